"""What a report is made of: each number against what was put into the library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine import Library
from syncengine.core.moment import Instant, parse_utc
from syncengine.core.report import CallsOf, Report
from syncengine.errors import NotFound
from syncengine.jobs.report import gather, write_page
from syncengine.storage.unit_of_work import Database
from tests.builders import make_database, track
from tests.made_exports import Song, songs, write
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell


def gathered(shell: Shell) -> Report:
    with Database(shell.url, lambda: shell.now).reading() as unit:
        return gather(unit, shell.now)


def told(shell: Shell, folder: Path, at: str, **lists: list[Song]) -> None:
    for name, rows in lists.items():
        write(folder / f"{name}.csv", rows, at)
    shell("import-csv", folder, "--taken-at", at)


def test_sizes_and_features_count_each_track_once(shell: Shell, tmp_path: Path) -> None:
    told(shell, tmp_path / "e", "2026-01-10T12:00:00Z", One=songs(1, 2, 2), Two=songs(2, 3))
    report = gathered(shell)
    assert (report.tracks, report.entries, report.playlists) == (3, 5, 2)
    assert report.milliseconds == 3 * 200_000
    by_name = {each.name: each for each in report.features}
    assert {name: each.total for name, each in by_name.items()} == dict.fromkeys(by_name, 3)
    assert by_name["danceability"].counts[10] == 3  # 0.5 each
    assert by_name["tempo"].counts[8] == 3  # 120
    assert by_name["loudness"].counts[11] == 3  # -7
    assert report.popularity.counts[10] == 3
    assert report.at == shell.now


def test_drift_is_the_last_popularity_less_the_first(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    for day, values in ((10, (50, 50, 50)), (20, (60, 50, 40)), (30, (53, 50, 30))):
        rows = [Song(n, popularity=value) for n, value in enumerate(values)]
        told(shell, folder, f"2026-01-{day}T12:00:00Z", One=rows)
    drift = gathered(shell).drift
    assert (list(drift.changes), drift.steady) == ([(-20, 1), (3, 1)], 1)


def test_what_left_the_library_drifts_no_more(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    told(shell, folder, "2026-01-10T12:00:00Z", One=[Song(1, popularity=10), Song(2)])
    told(shell, folder, "2026-01-11T12:00:00Z", One=[Song(1, popularity=90), Song(2)])
    told(shell, folder, "2026-01-12T12:00:00Z", One=[Song(2)])
    report = gathered(shell)
    assert (list(report.drift.changes), report.drift.steady) == ([], 1)
    assert report.popularity.total == 1


def test_duplicates_are_named_with_their_places(shell: Shell, tmp_path: Path) -> None:
    told(shell, tmp_path / "e", "2026-01-10T12:00:00Z", Road_Trip=songs(1, 7, 1), Focus=songs(2))
    (found,) = gathered(shell).duplicates
    assert (found.kind, found.confidence) == ("same-id", "certain")
    assert found.title == "Artist 1 – Song 1"
    assert list(found.where) == ["Road Trip"]
    assert found.keep == track(1)
    assert found.reason
    assert found.rule


def test_calls_are_told_by_month_without_gaps(tmp_path: Path, shell: Shell) -> None:
    told(shell, tmp_path / "e", "2026-01-10T12:00:00Z", One=songs(1))
    with Database(shell.url, lambda: shell.now).unit() as unit:
        unit.remote("spotify").count_call("GET /me", parse_utc("2025-11-30T23:59:59"), None)
        run = unit.ledger.begin_run("fetch", parse_utc("2025-11-01"))
        unit.ledger.log(run, parse_utc("2025-11-02"), [("fetch", "calls-saved", "40", None)])
        unit.ledger.log(run, parse_utc("2025-09-02"), [("fetch", "calls-saved", "0", None)])
        unit.lookups.add({"calls-saved": 6}, parse_utc("2026-01-01"))
        unit.commit()
    report = gathered(shell)
    assert list(report.calls) == [
        CallsOf("2025-11", 1, 40, 0), CallsOf("2025-12", 0, 0, 0), CallsOf("2026-01", 0, 0, 6),
    ]  # fmt: skip
    assert (report.calls_made, report.calls_saved) == (1, 46)


def test_an_empty_library_has_no_report(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit, pytest.raises(NotFound):
        gather(unit, Instant(1))


def test_a_page_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_page(path, b"one")
    write_page(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


def test_calls_are_those_that_fetches_told_of(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(120)
    remote.world.add_playlist("Long", tracks)
    remote.world.like(*tracks[:30])
    told = [remote.shell.json("fetch")]
    remote.sleep(3600)
    told.append(remote.shell.json("fetch"))
    with Library(remote.shell.url, clock=lambda: remote.shell.now) as asked:
        assert asked.track(tracks[0].id, prefer="stored").title == tracks[0].name
    report = gathered(remote.shell)
    assert report.calls_made == sum(each["calls"] for each in told) == remote.calls
    (month,) = report.calls
    assert month.by_fetches == sum(each["calls_saved"] for each in told) > 0
    assert month.by_lookups == 1
