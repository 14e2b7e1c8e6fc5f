"""``from syncengine import Library``: the same answers for scripts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import syncengine
from syncengine import Library
from syncengine.core.moment import parse_utc
from syncengine.core.query import TrackQuery
from syncengine.errors import ConfigError, Locked, NotFound, UsageError
from syncengine.storage.lock import lock_path, writer_lock
from tests import made_exports as made
from tests.builders import NOW, track
from tests.made_exports import songs
from tests.shell import FIRST, FIRST_AT, SECOND, SECOND_AT, Shell


@pytest.fixture
def library(shell: Shell) -> Library:
    made_one = Library(shell.url, clock=lambda: NOW)
    made_one.import_csv(FIRST, taken_at=FIRST_AT)
    made_one.import_csv(str(SECOND), taken_at=SECOND_AT)
    return made_one


def test_the_name_costs_nothing_until_it_is_used() -> None:
    program = (
        "import sys, syncengine; assert 'Library' in syncengine.__all__;"
        "assert not {m for m in sys.modules if m.startswith(('syncengine.', 'sqlalchemy'))};"
        "from syncengine import Library; assert 'syncengine.library' in sys.modules"
    )
    root = Path(syncengine.__file__).parents[1]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = syncengine.Nothing


def test_lives_and_trends_are_those_of_the_command_line(library: Library, shell: Shell) -> None:
    said = shell.json("history", "trends", "--since", "1")
    found = library.trends("1")
    assert [(m.month, m.entries) for m in found.months] == [
        (each["month"], each["entries"]) for each in said["months"]
    ]
    life = library.playlist_life("Rainy Tram Rides")
    assert (life.added, life.removed, len(life.entries)) == (60, 6, 60)
    visits = library.track_life(life.went_last[0].track).visits
    assert parse_utc(SECOND_AT) in {visit.until for visit in visits}
    with pytest.raises(UsageError, match="moment"):
        library.trends(7)  # type: ignore[arg-type]  # as a script may
    with pytest.raises(UsageError, match="track"):
        library.track_life("nonsense")


def test_it_answers_as_the_command_line_does(library: Library, shell: Shell) -> None:
    assert [each.id for each in library.snapshots()] == [1, 2]
    for when in ("1", "latest", "2026-01-13"):
        then = library.at(when)
        said = shell.json("history", "at", when)["playlists"]
        assert [(p.state.key, [e.track for e in p.entries]) for p in then.playlists] == [
            (each["key"], [e["uri"] for e in each["entries"]]) for each in said
        ]
    assert library.at("1").at == parse_utc(FIRST_AT)
    changes = [(c.name, c.status) for c in library.diff("1").playlists]
    assert changes == [
        (each["playlist"], each["status"])
        for each in shell.json("history", "diff", "1", "2")["playlists"]
    ]
    assert {p.key for p in library.playlists()} == {
        each["key"] for each in shell.json("playlists")["playlists"]
    }


def test_tracks_and_where_they_are(library: Library, shell: Shell) -> None:
    uri = shell.entries("Kettle Songs")[0]
    assert "Kettle Songs" in [each.name for each in library.playlists_of(uri)]
    assert library.playlists_of(uri) == library.playlists_of(uri.rpartition(":")[2])
    some = library.tracks(TrackQuery(popularity=(80, 100)), playlist="Kettle Songs", sort="title")
    assert some
    assert {each.facts.track for each in some} <= set(shell.entries("Kettle Songs"))
    assert len(library.tracks()) == len(shell.json("tracks")["tracks"])


def test_an_import_reports_what_it_did(shell: Shell, tmp_path: Path) -> None:
    library = Library(shell.url, clock=lambda: NOW)
    report = library.import_csv(made.write(tmp_path / "Mix.csv", songs(1, 2)))
    assert (report.entries_added, report.tracks_new) == (2, 2)
    assert report.snapshot is not None
    assert not report.snapshot.unchanged
    again = library.import_csv(tmp_path / "Mix.csv")
    assert again.snapshot is not None
    assert again.snapshot.unchanged


def test_errors_are_the_packages_own(
    library: Library, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncengine.bootstrap.LOCK_SECONDS", 0.0)
    with pytest.raises(NotFound, match=FIRST_AT):
        library.at("2020-01-01")
    with pytest.raises(UsageError):
        library.at("soon")
    with pytest.raises(UsageError):
        library.playlists_of("no track")
    with pytest.raises(NotFound):
        library.tracks(playlist="Nope")
    with pytest.raises(UsageError, match="taken_at"):
        library.import_csv(FIRST, taken_at="soon")
    with pytest.raises(ConfigError):
        Library("nonsense")
    path = lock_path(shell.url, data_dir=tmp_path)
    with writer_lock(path, wait=0, clock=lambda: NOW), pytest.raises(Locked):
        library.import_csv(FIRST)


def test_the_settings_name_the_database(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCENGINE_DATABASE_URL", shell.url)
    Library(clock=lambda: NOW).import_csv(made.write(tmp_path / "Mix.csv", songs(1)))
    assert shell.entries("Mix") == [track(1)]


def test_duplicates_are_what_the_command_lists(library: Library, shell: Shell) -> None:
    found, told = library.duplicates(), shell.json("duplicates")
    assert [each.keep for each in found.in_playlists] == [each["keep"] for each in told["within"]]
    assert found.in_playlists
    (kettle,) = library.duplicates("Kettle Songs").in_playlists
    assert kettle.kind == "same-id"
    with pytest.raises(NotFound):
        library.duplicates("Nope")
    with pytest.raises(UsageError):
        library.duplicates(7)  # type: ignore[arg-type]
