"""Tracks without an id that turn out to be real ones: everything is read as if it had been told so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.diff import diff
from syncengine.core.identity import TrackKey, meta_track
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect
from syncengine.core.track import OLD_RANK, Artist, Claim, Dialect, Recording, Release
from syncengine.storage.bulk import Numbers
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.unit_of_work import UnitOfWork
from tests.builders import DAY, Row, Seen, make_database, observe, track

NO_IDS = Dialect("exportify.net", "2024-09-04", OLD_RANK)


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[UnitOfWork]:
    with make_database(tmp_path).unit() as unit:
        yield unit


def meta(number: int) -> TrackKey:
    return meta_track(f"Song {number}", ["Å"], 1_000)


def row(key: TrackKey, number: int, popularity: int | None = None) -> Row:
    said = Recording(f"Song {number}", (Artist("Å"),), 1_000)
    return Row(key, 1_000 + number, popularity=popularity, claim=Claim(key, said, Release("Album")))


def without_ids(at: int, *numbers: int, popularity: int | None = None, key: str = "csv:a") -> Seen:
    rows = tuple(row(meta(n), n, popularity) for n in numbers)
    return Seen(key, at, rows, dialect=NO_IDS)


def with_ids(at: int, *numbers: int, popularity: int | None = None, key: str = "csv:a") -> Seen:
    return Seen(key, at, tuple(row(track(n), n, popularity) for n in numbers))


def uris(unit: UnitOfWork, at: int) -> list[TrackKey]:
    keys = unit.library.track_keys()
    found = unit.library.entries(Instant(at))
    return [keys[e.track] for entries in found.values() for e in entries]  # type: ignore[index]  # a row number


@pytest.mark.parametrize("ids_first", [True, False])
def test_a_change_to_a_dialect_with_ids_changes_no_entry(unit: UnitOfWork, ids_first: bool) -> None:
    numbers = range(1, 60)
    told = [without_ids(DAY, *numbers), with_ids(2 * DAY, *numbers)]
    for seen in reversed(told) if ids_first else told:
        _, settled = observe(unit.memory, seen)
        assert list(settled.effects.values()) == [Effect.FOLDED]
    assert uris(unit, DAY) == uris(unit, 2 * DAY) == [track(n) for n in numbers]
    before, after = unit.library.entries(Instant(DAY)), unit.library.entries(Instant(2 * DAY))
    assert diff(before[1], after[1]).empty
    assert unit.library.track_count() == len(numbers)


def test_what_was_said_without_an_id_is_said_of_the_real_track(unit: UnitOfWork) -> None:
    observe(unit.memory, without_ids(DAY, 1, popularity=10))
    observe(unit.memory, with_ids(2 * DAY, 1, popularity=20, key="csv:b"))
    number = unit.library.track_number(track(1))
    assert number is not None
    assert unit.library.track_number(meta(1)) == number
    assert unit.library.popularity(Instant(DAY)) == {number: 10}
    assert unit.library.popularity() == {number: 20}
    then = unit.library.facts(Instant(DAY))
    assert [facts.track for facts in then.values()] == [track(1)]
    assert set(unit.library.facts()) == {number}


def test_a_real_track_that_only_rows_without_id_tell_of_has_their_facts(unit: UnitOfWork) -> None:
    """The export with ids came back empty for most, so it is kept aside: its ids are known all the same."""
    many = range(1, 60)
    observe(unit.memory, without_ids(DAY, *many))
    _, settled = observe(unit.memory, with_ids(2 * DAY, 1))
    assert list(settled.effects.values()) == [Effect.ASIDE]
    assert uris(unit, 2 * DAY) == [track(1), *(meta(n) for n in many[1:])]
    found = {each.facts.track: each.facts for each in unit.catalogue.tracks()}
    assert found[track(1)].recording.title == "Song 1"
    current = "SELECT r.title FROM tracks t JOIN recordings r ON r.id = t.recording_id"
    where = f"{current} WHERE t.key = '{track(1)}'"
    assert unit.connection.exec_driver_sql(where).scalar_one() == "Song 1"


def test_a_second_track_of_the_name_takes_the_answer_back(unit: UnitOfWork) -> None:
    observe(unit.memory, without_ids(DAY, 1, popularity=10))
    observe(unit.memory, with_ids(2 * DAY, 1, key="csv:b"))
    assert uris(unit, DAY) == [track(1)]
    late, _ = observe(unit.memory, Seen("csv:c", 3 * DAY, (row(track(9), 1),)))
    assert uris(unit, DAY) == [meta(1)]
    assert unit.library.popularity() == {unit.library.track_number(meta(1)): 10}
    unit.memory.drop(late)
    assert uris(unit, DAY) == [track(1)]


def test_a_dropped_snapshot_takes_the_answer_along(unit: UnitOfWork) -> None:
    observe(unit.memory, without_ids(DAY, 1, 2))
    wrong, _ = observe(unit.memory, with_ids(2 * DAY, 1, key="csv:b"))
    observe(unit.memory, with_ids(3 * DAY, 2, key="csv:c"))
    unit.memory.drop(wrong)
    assert uris(unit, DAY) == [meta(1), track(2)]
    observe(unit.memory, with_ids(4 * DAY, 1, key="csv:b"))
    assert uris(unit, DAY) == [track(1), track(2)]


def test_a_rename_is_recognised_across_dialects(unit: UnitOfWork) -> None:
    observe(unit.memory, without_ids(DAY, *range(1, 9)))
    _, settled = observe(unit.memory, with_ids(2 * DAY, *range(1, 9), key="csv:b"))
    assert [(join.earlier, join.later) for join in settled.joins] == [("csv:a", "csv:b")]


def test_contents_stay_as_they_were_told(unit: UnitOfWork) -> None:
    observe(unit.memory, without_ids(DAY, 1))
    observe(unit.memory, without_ids(2 * DAY, 1, 2), with_ids(2 * DAY, 1, 2, key="csv:b"))
    keys, contents = unit.library.track_keys(), unit.memory.contents
    assert [keys[line.track] for line in contents.told(2)] == [meta(1), meta(2)]
    assert [keys[line.track] for line in contents.lines(2)] == [track(1), track(2)]
    more = contents.keep([*contents.told(2), *contents.told(1)], base=2)
    book = ContentBook(unit.connection, Numbers(unit.connection))
    assert book.told(more) == [*contents.told(2), *contents.told(1)]


def test_playlists_that_become_one_by_it_leave_nothing_behind(unit: UnitOfWork) -> None:
    """Both were seen without ids, a little differently; ids that come in order make one of them."""
    longer = [
        Row(key, 1_000 + n, claim=Claim(key, Recording(f"Song {n}", (Artist("Å"),), 1_500)))
        for n in range(1, 9)
        for key in [meta_track(f"Song {n}", ["Å"], 1_500)]
    ]
    observe(unit.memory, without_ids(DAY, *range(1, 9)))
    observe(unit.memory, Seen("csv:b", 2 * DAY, longer, dialect=NO_IDS))
    assert len(unit.library.playlists(Instant(2 * DAY))) == 2
    observe(unit.memory, with_ids(3 * DAY, *range(1, 9), key="csv:c"))
    assert len(unit.library.playlists()) == 1
    for at in (DAY, 2 * DAY, 3 * DAY):
        assert uris(unit, at) == [track(n) for n in range(1, 9)]
