"""Tracks within a span of popularity: the same as out of all, and not by looking at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.moment import Instant
from syncengine.core.query import TIERS, TrackQuery, select_tracks
from syncengine.storage.unit_of_work import UnitOfWork
from tests.builders import DAY, Row, Seen, make_database, observe, track


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[UnitOfWork]:
    """A library of tracks with every popularity, and one without."""
    with make_database(tmp_path).unit() as opened:
        rows = tuple(Row(track(n), popularity=n if n <= 100 else None) for n in range(102))
        observe(opened.memory, Seen("csv:a", DAY, rows), Seen("csv:b", DAY, rows[::3]))
        observe(opened.memory, Seen("csv:b", 2 * DAY, rows[::2]))
        yield opened


@pytest.mark.parametrize("span", [*TIERS.values(), (0, 100), (100, 100), (50, 50)])
@pytest.mark.parametrize("at", [None, Instant(DAY)])
def test_a_span_is_what_a_question_about_all_would_give(
    unit: UnitOfWork, span: tuple[int, int], at: Instant | None
) -> None:
    low, high = span
    query = TrackQuery(popularity=span)
    expected = select_tracks(unit.catalogue.tracks(at), query, "title", None)
    found = select_tracks(unit.catalogue.tracks(at, rated=span), query, "title", None)
    assert found == expected
    assert len(found) == high - low + 1


def test_the_tiers_take_every_popularity_once() -> None:
    spans = sorted(TIERS.values())
    assert [value for low, high in spans for value in range(low, high + 1)] == list(range(101))


def test_tracks_are_found_by_the_index(unit: UnitOfWork) -> None:
    for column, condition in (("popularity", "BETWEEN 80 AND 100"), ("isrc", "= 'ZZTST2400001'")):
        plan = unit.connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN SELECT id FROM tracks WHERE {column} {condition}"
        ).all()
        assert f"ix_tracks_{column}" in str(plan)
