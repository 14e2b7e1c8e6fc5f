"""``enrich fetch`` through the real client, over HTTP, against a double of Spotify."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.enrichment import HEADER
from tests import made_exports as made
from tests.builders import DAY
from tests.fakes.spotify_faults import rate_limited
from tests.fakes.spotify_http import Mode
from tests.fakes.spotify_things import Track
from tests.made_exports import Song
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

COUNT = 3_159


@pytest.fixture
def mode() -> Mode:
    return "development"


@pytest.fixture
def remote(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> Iterator[RemoteShell]:
    monkeypatch.chdir(tmp_path)
    yield from remote_shell(shell, tmp_path, monkeypatch, mode)


extended = pytest.mark.parametrize("mode", ["extended"])


def exported(remote: RemoteShell, count: int, tmp_path: Path) -> list[Track]:
    """Return tracks that an export without ISRCs told of."""
    songs = remote.world.add_tracks(count)
    rows = [Song(uri=each.uri, title=each.name) for each in songs]
    path = made.write(tmp_path / "Mix.csv", rows)
    remote.shell("import-csv", path, "--taken-at", "2026-01-10")
    return songs


def enrich(remote: RemoteShell, *words: object, code: int = 0) -> dict[str, Any]:
    remote.double.log.clear()
    found = remote.shell.json("enrich", "fetch", *words, code=code)
    assert found["kind"] == "enrich-fetch"
    assert found["calls"] == remote.calls
    remote.double.assert_clean()
    return found


def rows(said: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Return the rows of a file that was written, by track."""
    with Path(said["file"]).open(encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    assert tuple(header) == HEADER
    return {row[0]: (row[1], row[2], row[3]) for row in body}


def told(track: Track, *, popularity: bool = True) -> tuple[str, str, str]:
    return (track.id, str(track.popularity) if popularity else "", track.isrc or "")


@extended
def test_a_library_in_64_calls(remote: RemoteShell, tmp_path: Path) -> None:
    songs = exported(remote, COUNT, tmp_path)
    before = remote.shell("tracks", "--json").out
    said = enrich(remote)
    assert said["calls"] <= 64
    assert (said["rows"], said["isrc"], said["popularity"]) == (COUNT, COUNT, COUNT)
    assert (said["left"], said["popularity_served"], said["stopped"]) == (0, True, None)
    assert rows(said) == {each.uri: told(each) for each in songs}
    assert remote.shell("tracks", "--json").out == before
    assert Path(said["file"]).parent == tmp_path
    assert list(tmp_path.glob(".*partial*")) == []


def test_what_lists_told_costs_no_call(remote: RemoteShell) -> None:
    songs = remote.world.add_tracks(120)
    remote.world.like(*songs)
    remote.fetch()
    said = enrich(remote, "--out", "isrc.csv", "--missing", "isrc")
    assert (said["calls"], said["rows"]) == (0, 0)
    said = enrich(remote, "--out", "all.csv")
    assert (said["calls"], said["asked"]) == (1, 0)  # whether this app is told popularity
    assert rows(said) == {each.uri: told(each, popularity=False) for each in songs}
    assert (said["isrc"], said["popularity"], said["popularity_served"]) == (120, 0, False)
    remote.sleep(1)
    assert enrich(remote)["calls"] == 0  # and the answer is remembered


def test_development_mode_asks_one_by_one_and_leaves_popularity_empty(
    remote: RemoteShell, tmp_path: Path
) -> None:
    songs = exported(remote, 7, tmp_path)
    said = enrich(remote)
    assert (said["calls"], said["asked"], said["left"]) == (1 + 7, 7, 0)
    assert rows(said) == {each.uri: told(each, popularity=False) for each in songs}
    remote.sleep(60)
    told_in_words = remote.shell("enrich", "fetch").err
    assert "does not tell this app popularity" in told_in_words
    assert remote.calls == 1 + 7


def test_a_budget_that_is_used_up_leaves_a_whole_file_and_the_next_day_goes_on(
    remote: RemoteShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "6")
    songs = exported(remote, 9, tmp_path)
    first = enrich(remote, code=6)
    assert (first["calls"], first["asked"], first["left"]) == (6, 5, 4)
    assert first["stopped"]["code"] == 6
    assert first["stopped"]["not_before"] > first["taken_at"]
    assert len(rows(first)) == 9
    assert sum(bool(isrc) for _, _, isrc in rows(first).values()) == 5
    remote.sleep(DAY + 1)
    second = enrich(remote)
    assert (second["calls"], second["left"]) == (4, 0)
    assert rows(second) == {each.uri: told(each, popularity=False) for each in songs}
    assert first["file"] != second["file"]


@extended
def test_after_a_429_the_next_run_asks_for_the_rest_only(
    remote: RemoteShell, tmp_path: Path
) -> None:
    songs = exported(remote, 170, tmp_path)
    remote.double.faults.add("GET /tracks", rate_limited(3_600), skip=2)
    first = enrich(remote, code=6)
    assert (first["asked"], first["left"], first["popularity"]) == (100, 70, 100)
    remote.sleep(3_601)
    second = enrich(remote)
    assert (second["calls"], second["asked"], second["left"]) == (2, 70, 0)
    assert rows(second) == {each.uri: told(each) for each in songs}
    # That round is over: popularity is asked for anew.
    songs[0].popularity = 99
    remote.sleep(1)
    third = enrich(remote)
    assert third["calls"] == 4
    assert rows(third)[songs[0].uri] == told(songs[0])


@extended
def test_no_sign_in_leaves_a_file_of_what_is_known(remote: RemoteShell, tmp_path: Path) -> None:
    exported(remote, 3, tmp_path)
    remote.token_file.unlink()
    said = enrich(remote, code=5)
    assert (said["rows"], said["isrc"], said["left"]) == (3, 0, 3)
    assert Path(said["file"]).is_file()


def test_no_app_is_said_before_anything_is_written(
    remote: RemoteShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(remote, 3, tmp_path)
    monkeypatch.delenv("SPOTIFY_CLIENT_ID")
    assert "SPOTIFY_CLIENT_ID" in remote.shell.error("enrich", "fetch", code=2)
    assert list(tmp_path.glob("spotify_enrichment*")) == []


@pytest.mark.parametrize("mode", ["extended", "development"])
def test_tracks_that_are_gone_are_asked_about_once_a_month(
    remote: RemoteShell, tmp_path: Path
) -> None:
    songs = exported(remote, 4, tmp_path)
    remote.world.remove_track_from_service(songs[2])
    songs[1].isrc = None
    said = enrich(remote, "--missing", "isrc")
    assert (said["gone"], said["isrc"]) == (1, 2)
    assert rows(said)[songs[2].uri] == (songs[2].id, "", "")
    remote.sleep(DAY)
    assert enrich(remote, "--missing", "isrc")["calls"] == 0
    remote.sleep(30 * DAY)
    assert enrich(remote, "--missing", "isrc")["asked"] == 2


@extended
def test_a_part_of_the_library(remote: RemoteShell, tmp_path: Path) -> None:
    exported(remote, 30, tmp_path)
    others = remote.world.add_tracks(10)
    other = made.write(tmp_path / "Other.csv", [Song(uri=e.uri, title=e.name) for e in others])
    remote.shell("import-csv", other, "--taken-at", "2026-01-10")
    said = enrich(remote, "--playlist", "Other", "--out", "some/folder")
    assert set(rows(said)) == {each.uri for each in others}
    assert Path(said["file"]).parent == tmp_path / "some" / "folder"
    remote.sleep(1)
    said = enrich(remote, "--limit", 5)
    assert (said["rows"], said["calls"]) == (5, 1)
    assert "no playlist 'Nothing'" in remote.shell.error("enrich", "fetch", "--playlist", "Nothing")
    for words in (("--missing", "label"), ("--limit", "0"), ("--limit", "-3"), ("--limit", "²")):
        remote.shell.error("enrich", "fetch", *words, code=2)


@extended
def test_local_files_episodes_and_nameless_tracks_have_no_row(
    remote: RemoteShell, tmp_path: Path
) -> None:
    (song,) = remote.world.add_tracks(1)
    path = made.write(
        tmp_path / "Mix.csv",
        [
            Song(uri=song.uri, title="A song"),
            Song(uri="spotify:local:Somebody:An+album:A+file:200", title="A file"),
            Song(uri=f"spotify:episode:{'1' * 22}", title="An episode"),
            Song(uri="", title="Without an id"),
        ],
    )
    remote.shell("import-csv", path, "--taken-at", "2026-01-10")
    assert set(rows(enrich(remote))) == {song.uri}


@extended
def test_a_file_that_a_person_changed_is_not_written_over(
    remote: RemoteShell, tmp_path: Path
) -> None:
    exported(remote, 2, tmp_path)
    path = tmp_path / "review.csv"
    first = enrich(remote, "--out", path)
    again = enrich(remote, "--out", path)
    assert rows(again) == rows(first)
    path.write_text(path.read_text() + "\n")
    assert "would be lost" in remote.shell.error("enrich", "fetch", "--out", path)
    strange = tmp_path / "mine.csv"
    strange.write_text("a,b\n")
    remote.shell.error("enrich", "fetch", "--out", strange)
    assert strange.read_text() == "a,b\n"


@extended
def test_what_a_person_said_is_written_and_not_what_spotify_says(
    remote: RemoteShell, tmp_path: Path
) -> None:
    songs = exported(remote, 2, tmp_path)
    said = enrich(remote, "--out", "review.csv")
    path = Path(said["file"])
    path.write_text(path.read_text().replace(songs[0].isrc or "", "GB-AYE-69-00001"))
    remote.shell("enrich", "apply", path)
    remote.sleep(1)
    assert rows(enrich(remote))[songs[0].uri][2] == "GBAYE6900001"
