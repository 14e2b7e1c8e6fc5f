"""What brings a playlist to what is wanted: the laws, on made-up playlists with copies and odd entries."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.bringing import (
    Add,
    Move,
    Remove,
    Replace,
    Step,
    after,
    reachable,
    to_bring,
    to_fill,
)
from syncengine.core.identity import UNAVAILABLE, TrackKey
from syncengine.core.remote_writing import BATCH, can_be_added
from tests.builders import track

LOCAL = TrackKey("spotify:local:Ada:Home:Song:174")
few = st.lists(st.sampled_from([track(n) for n in range(8)]), max_size=14)
odd = st.lists(st.sampled_from([*(track(n) for n in range(6)), LOCAL, UNAVAILABLE]), max_size=12)


def brought(there: list[TrackKey], steps: list[Step] | list[Add]) -> list[TrackKey]:
    for step in steps:
        there = after(there, step)
    return there


def is_part(part: list[TrackKey], whole: list[TrackKey]) -> bool:
    rest = iter(whole)
    return all(each in rest for each in part)


@given(few, few)
def test_filling_adds_what_is_missing_and_touches_nothing_else(
    there: list[TrackKey], wanted: list[TrackKey]
) -> None:
    steps = to_fill(there, wanted)
    end = brought(there, steps)
    assert Counter(end) == Counter(there) | Counter(wanted)
    assert is_part(there, end), "what was there is in the order it had"
    assert to_fill(end, wanted) == []


@given(few, st.integers(0, 14))
def test_what_was_begun_in_order_ends_in_order(wanted: list[TrackKey], begun: int) -> None:
    steps = to_fill(wanted[:begun], wanted)
    assert brought(wanted[:begun], steps) == wanted
    assert len(steps) == (1 if begun < len(wanted) else 0)


@given(st.lists(st.booleans(), max_size=12))
def test_what_was_lost_comes_back_at_its_place(kept: list[bool]) -> None:
    wanted = [track(n) for n in range(len(kept))]
    there = [each for each, stays in zip(wanted, kept, strict=True) if stays]
    assert brought(there, to_fill(there, wanted)) == wanted


@given(odd, odd)
def test_bringing_ends_at_what_can_be_reached(
    there: list[TrackKey], wanted: list[TrackKey]
) -> None:
    steps = to_bring(there, wanted)
    goal = reachable(there, wanted)
    assert brought(there, steps) == goal
    assert to_bring(goal, wanted) == []
    assert [each for each in goal if can_be_added(each)] == [
        each for each in wanted if can_be_added(each)
    ]
    for step in steps:
        if isinstance(step, Add | Remove | Replace):
            assert len(step.tracks) <= BATCH
            assert all(can_be_added(each) for each in step.tracks)


@given(few, few, st.integers(0, 20))
def test_bringing_may_be_cut_off_anywhere(
    there: list[TrackKey], wanted: list[TrackKey], done: int
) -> None:
    half = brought(there, to_bring(there, wanted)[:done])
    assert brought(half, to_bring(half, wanted)) == wanted


def test_batches_are_a_hundred() -> None:
    wanted = [track(n) for n in range(250)]
    assert [(step.position, len(step.tracks)) for step in to_fill([], wanted)] == [
        (0, 100),
        (100, 100),
        (200, 50),
    ]
    anew = to_bring([track(n) for n in range(900, 905)], wanted)
    assert [type(step) for step in anew] == [Replace, Add, Add]


def test_what_stays_keeps_its_stamp_where_that_costs_no_more() -> None:
    wanted = [track(n) for n in range(300)]
    there = [*wanted[:100], *wanted[102:], track(900)]
    assert to_bring(there, wanted) == [
        Remove((track(900),)),
        Add(100, (track(100), track(101))),
    ]
    swapped = [*wanted[150:], *wanted[:150]]
    assert [type(each) for each in to_bring(swapped, wanted)] == [Move]


def test_a_list_turned_around_is_written_anew() -> None:
    wanted = [track(n) for n in range(300)]
    assert len(to_bring(wanted[::-1], wanted)) == 3


def test_a_local_file_that_is_there_is_moved_and_never_lost() -> None:
    wanted = [LOCAL, *(track(n) for n in range(40))]
    there = [*(track(n) for n in range(39, -1, -1)), LOCAL]
    steps = to_bring(there, wanted)
    assert not any(isinstance(step, Replace) for step in steps)
    assert brought(there, steps) == wanted


@pytest.mark.parametrize("strange", [LOCAL, UNAVAILABLE])
def test_what_no_call_removes_goes_when_the_list_is_written_anew(strange: TrackKey) -> None:
    assert to_bring([track(1), strange], [track(1)]) == [Replace((track(1),))]
    assert to_bring([strange], []) == [Replace(())]
