"""Applied files in the series of tracks: what stands behind a change is told again when it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.enrichment import Statement
from syncengine.core.moment import Instant
from syncengine.core.track import Claim, Recording
from syncengine.storage.unit_of_work import UnitOfWork
from tests.builders import DAY, NOW, Row, Seen, enrich, make_database, observe, track
from tests.statements import counting

KEY = track(1)
A, B = "ZZTST2400001", "ZZTST2400002"


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[UnitOfWork]:
    """A library in which a track had a popularity of 10 on its first day."""
    with make_database(tmp_path).unit() as opened:
        observe(opened.memory, Seen("csv:a", DAY, (Row(KEY, popularity=10),)))
        yield opened


def said(day: int, popularity: int | None = None, isrc: str | None = None) -> Statement:
    return Statement(KEY, True, Instant(day * DAY), popularity, isrc)


def popularity(unit: UnitOfWork) -> list[tuple[int, int]]:
    """Return the series, by day."""
    sql = "SELECT at / 86400, value FROM popularity ORDER BY at"
    return [(day, value) for day, value in unit.connection.exec_driver_sql(sql)]


def isrcs(unit: UnitOfWork) -> list[tuple[int, str]]:
    """Return the ISRC claims, by day."""
    sql = """SELECT a.at / 86400, c.isrc FROM attestations a JOIN claims c ON c.id = a.claim_id
             WHERE c.isrc IS NOT NULL ORDER BY a.at"""
    return [(day, isrc) for day, isrc in unit.connection.exec_driver_sql(sql)]


def test_a_word_that_only_repeated_an_import_counts_when_that_is_dropped(unit: UnitOfWork) -> None:
    snapshot, _ = observe(unit.memory, Seen("csv:a", 3 * DAY, (Row(KEY, popularity=20),)))
    enrich(unit, 5 * DAY, said(5, 20))
    assert popularity(unit) == [(1, 10), (3, 20)]
    unit.memory.drop(snapshot)
    assert popularity(unit) == [(1, 10), (5, 20)]


def test_a_word_is_a_repetition_once_an_earlier_import_says_the_same(unit: UnitOfWork) -> None:
    enrich(unit, 5 * DAY, said(5, 20))
    observe(unit.memory, Seen("csv:a", 3 * DAY, (Row(KEY, popularity=20),)))
    assert popularity(unit) == [(1, 10), (3, 20)]


def test_a_file_that_only_repeated_another_counts_when_that_is_taken_back(unit: UnitOfWork) -> None:
    first = enrich(unit, 3 * DAY, said(3, None, A))
    enrich(unit, 5 * DAY, said(5, None, A))
    assert isrcs(unit) == [(3, A)]
    unit.enrichment.undo(first, NOW)
    assert isrcs(unit) == [(5, A)]


def test_of_two_files_of_one_moment_the_later_applied_wins_value_by_value(unit: UnitOfWork) -> None:
    enrich(unit, 5 * DAY, said(5, 20, A))
    later = enrich(unit, 5 * DAY, said(5, 30))
    assert (popularity(unit), isrcs(unit)) == ([(1, 10), (5, 30)], [(5, A)])
    unit.enrichment.undo(later, NOW)
    assert popularity(unit) == [(1, 10), (5, 20)]


def test_what_spotify_told_gives_way_to_what_its_lists_tell(unit: UnitOfWork) -> None:
    from tests.sightings import API

    enrich(unit, 5 * DAY, said(5, None, A)._replace(edited=False))
    told = Claim(KEY, Recording("A song"), isrc=B)
    observe(unit.memory, Seen("liked", 3 * DAY, (Row(KEY, claim=told),), dialect=API))
    (facts,) = unit.library.facts().values()
    assert (facts.isrc, facts.sources["isrc"].source) == (B, "api")
    enrich(unit, 2 * DAY, said(2, None, A))
    (facts,) = unit.library.facts().values()
    assert (facts.isrc, facts.sources["isrc"].source) == (A, "enrichment")


def test_the_digest_of_the_library_follows(unit: UnitOfWork) -> None:
    before = unit.library.digest()
    number = enrich(unit, 5 * DAY, said(5, 20))
    assert unit.library.digest() != before
    unit.enrichment.undo(number, NOW)
    assert unit.library.digest() == before


def test_no_question_a_track(unit: UnitOfWork) -> None:
    rows = tuple(Row(track(n), popularity=10) for n in range(1, 2_001))
    observe(unit.memory, Seen("csv:b", 2 * DAY, rows))
    counts = []
    for day, some in ((5, rows[:600]), (6, rows)):
        words = [Statement(row.track, True, Instant(day * DAY), 30 + day, A) for row in some]
        with counting() as sent:
            enrich(unit, day * DAY, *words)
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 3
