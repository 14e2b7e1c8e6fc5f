from __future__ import annotations

from pathlib import Path

from syncengine.core.moment import Instant, parse_utc
from syncengine.storage.repositories.figures import (
    calls_by_day,
    held_tracks,
    logged_by_day,
    playing_time,
    tallied_by_day,
)
from syncengine.storage.unit_of_work import Database
from tests.builders import make_database
from tests.made_exports import UNAVAILABLE, Song, songs, write
from tests.shell import Shell

JANUARY = parse_utc("2026-01-31")
FEBRUARY = parse_utc("2026-02-01")
LATE = 86_399


def test_calls_are_counted_by_day_and_service(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        book = unit.remote("spotify")
        for at in (JANUARY, JANUARY + LATE, FEBRUARY, FEBRUARY + 5, FEBRUARY + LATE):
            book.count_call("GET /me", Instant(at), None)
        unit.remote("notion").count_call("POST /pages", FEBRUARY, None)
        assert calls_by_day(unit.connection, "spotify") == {JANUARY: 2, FEBRUARY: 3}


def test_what_runs_saved_is_added_up_by_day(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        run = unit.ledger.begin_run("fetch", JANUARY)
        for at, count in ((JANUARY, "7"), (JANUARY + LATE, "5"), (FEBRUARY, "1")):
            steps = [("fetch", "calls-saved", count, None), ("fetch", "fallback:x", "99", None)]
            unit.ledger.log(run, Instant(at), steps)
        unit.ledger.log(run, FEBRUARY, [("lookup", "calls-saved", "50", None)])
        saved = logged_by_day(unit.connection, "fetch", "calls-saved")
        assert saved == {JANUARY: 12, FEBRUARY: 1}


def test_what_lookups_saved_is_counted_by_day(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        unit.lookups.add({"calls-saved": 3, "stored": 8}, Instant(JANUARY + 9))
        unit.lookups.add({"calls-saved": 4}, Instant(JANUARY + LATE))
        assert tallied_by_day(unit.connection, "calls-saved") == {JANUARY: 7}


def test_only_what_stands_in_a_playlist_now_counts_and_once(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    write(folder / "One.csv", [*songs(1, 2, 2, 3), UNAVAILABLE], "2026-01-10T12:00:00Z")
    write(folder / "Two.csv", [Song(2)], "2026-01-10T12:00:00Z")
    shell("import-csv", folder)
    write(folder / "One.csv", [*songs(1, 2, 2), UNAVAILABLE], "2026-01-11T12:00:00Z")
    shell("import-csv", folder)
    with Database(shell.url, lambda: shell.now).reading() as unit:
        keys = unit.library.track_keys(held_tracks(unit.connection))
        assert sorted(key[-1] for key in keys.values()) == ["1", "2"]
        assert playing_time(unit.connection) == 2 * 200_000


def test_where_nothing_was_counted_there_is_nothing(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        assert calls_by_day(unit.connection, "spotify") == {}
        assert tallied_by_day(unit.connection, "calls-saved") == {}
        assert (held_tracks(unit.connection), playing_time(unit.connection)) == (set(), 0)
