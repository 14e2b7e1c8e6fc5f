"""Ranks rise, keep what is given, and say so when there is no room."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core import rank


@st.composite
def gaps(draw: st.DrawFn) -> list[int | None]:
    known = sorted(draw(st.sets(st.integers(-9_000, 9_000), max_size=6)))
    ranks: list[int | None] = list(known)
    for _ in range(draw(st.integers(0, 8))):
        ranks.insert(draw(st.integers(0, len(ranks))), None)
    return ranks


@given(gaps())
def test_filled_ranks_rise_and_keep_the_given_ones(ranks: list[int | None]) -> None:
    filled = rank.fill(ranks)
    if filled is not None:
        assert all(low < high for low, high in pairwise(filled))
        assert all(given in (None, made) for given, made in zip(ranks, filled, strict=True))


@given(gaps())
def test_there_is_no_answer_only_where_there_is_no_room(ranks: list[int | None]) -> None:
    places = [place for place, given in enumerate(ranks) if given is not None]
    room = all(
        (ranks[right] or 0) - (ranks[left] or 0) >= right - left for left, right in pairwise(places)
    )
    assert (rank.fill(ranks) is not None) == room


def test_fresh_ranks_leave_room_for_many_insertions_at_one_place() -> None:
    low, high = rank.fresh(2)
    insertions = 0
    while made := rank.fill([low, None, high]):
        high = made[1]
        insertions += 1
    assert insertions == 12
