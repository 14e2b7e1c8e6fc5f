"""Runs of commands that change what is believed: noted when they begin, and how they ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncengine.errors import NotFound, UserError
from syncengine.jobs.drop import drop_snapshot
from syncengine.jobs.playlists import join_playlists, split_playlist
from syncengine.storage.unit_of_work import Database
from tests.builders import DAY, NOW, Row, Seen, make_database, observe, track


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = make_database(tmp_path)
    with database.unit() as unit:
        observe(unit.memory, Seen("csv:a", DAY, (Row(track(1)),)))
        observe(unit.memory, Seen("csv:b", 2 * DAY, (Row(track(2)),)))
        unit.commit()
    return database


def runs(database: Database) -> list[tuple[str, int | None]]:
    with database.reading() as unit:
        return [(run.command, run.exit_code) for run in unit.ledger.runs(9)]


def test_what_people_decide_is_a_run(database: Database) -> None:
    join_playlists(database.unit, "csv:a", "csv:b", clock=lambda: NOW)
    split_playlist(database.unit, "csv:b", clock=lambda: NOW)
    drop_snapshot(database.unit, 2, clock=lambda: NOW)
    assert runs(database) == [("history drop", 0), ("playlists split", 0), ("playlists join", 0)]


def test_a_run_that_fails_is_noted_and_changes_nothing(database: Database) -> None:
    with database.unit() as unit:
        unit.connection.exec_driver_sql("ALTER TABLE entries RENAME TO mislaid")
        unit.commit()
    with pytest.raises(UserError):
        drop_snapshot(database.unit, 2, clock=lambda: NOW)
    with pytest.raises(UserError):
        drop_snapshot(database.unit, 1, clock=lambda: NOW)
    assert runs(database) == [("history drop", 1)] * 2
    with database.unit() as unit:
        unit.connection.exec_driver_sql("ALTER TABLE mislaid RENAME TO entries")
        unit.commit()
    with database.reading() as unit:
        assert len(unit.library.playlists()) == 2


def test_what_cannot_be_meant_is_no_run(database: Database) -> None:
    with pytest.raises(NotFound):
        drop_snapshot(database.unit, 7, clock=lambda: NOW)
    with pytest.raises(NotFound):
        join_playlists(database.unit, "csv:a", "nothing", clock=lambda: NOW)
    assert runs(database) == []
