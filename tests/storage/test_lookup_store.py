"""What lookups read costs the same in every library, and is as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.lookup import Told
from syncengine.storage.lookup_store import LookupStore, Shelf
from syncengine.storage.repositories.ledger import LOOKUPS
from syncengine.storage.unit_of_work import Database
from tests.builders import NOW, Row, Seen, make_database, observe, track


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = make_database(tmp_path)
    with made.unit() as unit:
        for at in (1_000, 2_000):
            rows = [Row(track(number), title=f"Song {number}") for number in range(50)]
            observe(unit.memory, Seen("csv:mix", at, rows), Seen("csv:other", at, rows[:3]))
        unit.commit()
    return made


@pytest.fixture
def store(database: Database) -> Iterator[LookupStore]:
    made = LookupStore(database)
    yield made
    made.close()


def plans(shelf: Shelf, statements: list[str]) -> list[str]:
    """Return how SQLite goes about each statement."""
    run = shelf.unit.connection.exec_driver_sql
    return [
        str(row[3])
        for statement in statements
        if statement.startswith("SELECT")
        for row in run(f"EXPLAIN QUERY PLAN {statement}")
    ]


def test_no_question_goes_through_a_table(store: LookupStore) -> None:
    with store.reading() as shelf:
        shelf.names.search("song", 5)  # the index is made
        asked: list[str] = []
        driver = shelf.unit.connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(asked.append)
        told = shelf.tracks.read([track(1), track(2)])
        assert len(shelf.names.named("Song 3", "Somebody")) == 1
        assert shelf.names.with_isrc("GB") == []
        assert shelf.tracks.held([track(1)]) == {track(1)}
        driver.set_trace_callback(None)
        found = plans(shelf, asked)
    assert len(told) == 2
    assert len(found) > 10
    scans = [line for line in found if line.startswith("SCAN")]
    assert [line for line in scans if line not in {"SCAN dialects", "SCAN CONSTANT ROW"}] == []


def test_what_was_last_told_is_the_newest_observation(
    store: LookupStore, database: Database
) -> None:
    def last() -> Told:
        with store.reading() as shelf:
            return shelf.tracks.read([track(1)])[track(1)][1]

    assert dict(last().last_told) == {"exportify.net": 2_000}
    assert [said.at for said in last().attestations] == [1_000]
    with database.unit() as unit:
        rows = [Row(track(number), title=f"Song {number}") for number in range(50)]
        observe(unit.memory, Seen("csv:mix", 3_000, rows))
        unit.commit()
    assert dict(last().last_told) == {"exportify.net": 3_000}


def test_counting_makes_nothing_anew(store: LookupStore, database: Database) -> None:
    with store.reading() as shelf:
        assert shelf.names.search("song 7", 5)
        assert shelf.names._has_names
    with database.unit() as unit:
        unit.lookups.add({"stored": 1}, NOW)
        run = unit.ledger.begin_run(LOOKUPS, NOW)
        unit.ledger.log(run, NOW, [("lookup", "stored", "1", None)])
        unit.ledger.end_run(run, NOW, 0, {})
        unit.commit()
    with store.reading() as shelf:
        assert shelf.names._has_names
    with database.unit() as unit:
        observe(unit.memory, Seen("csv:new", 4_000, [Row(track(99), title="New")]))
        unit.commit()
    with store.reading() as shelf:
        assert not shelf.names._has_names
        assert shelf.names.search("new", 5) == [track(99)]
