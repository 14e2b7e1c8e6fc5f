"""Differences of two states: exact, minimal, the same from both sides, and fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.diff import align, apply, diff
from syncengine.core.moment import Instant
from syncengine.core.playlist import Entry

stamps = st.sampled_from([Instant(1), Instant(2)])
people = st.sampled_from([None, "ann"])
entries = st.builds(Entry, st.sampled_from("abc"), st.none() | stamps, people)
stamped = st.builds(Entry, st.sampled_from("abc"), stamps, st.none())
states = st.lists(entries, max_size=9)
stamped_states = st.lists(stamped, max_size=9)


@given(states, states)
def test_applying_a_difference_gives_the_other_state(
    before: list[Entry], after: list[Entry]
) -> None:
    assert apply(diff(before, after), before) == after


@given(states)
def test_a_state_does_not_differ_from_itself(state: list[Entry]) -> None:
    assert diff(state, state).empty


@given(states, st.data())
def test_small_changes_of_long_lists_apply(state: list[Entry], data: st.DataObject) -> None:
    after = state * 3
    for _ in range(data.draw(st.integers(1, 3))):
        if after:
            place = st.integers(0, len(after) - 1)
            after.insert(data.draw(place), after.pop(data.draw(place)))
    assert apply(diff(state * 3, after), state * 3) == after


@given(states, states)
def test_both_sides_of_a_pair_are_one_track_and_stamps_that_may_be_one(
    before: list[Entry], after: list[Entry]
) -> None:
    kept, moved = align(before, after)
    for i, j in kept + moved:
        assert before[i].track == after[j].track
        assert before[i].added_at == after[j].added_at or None in (
            before[i].added_at,
            after[j].added_at,
        )
    for side in zip(*kept, strict=True):
        assert list(side) == sorted(set(side))
    assert (
        len({i for i, _ in kept + moved}) == len({j for _, j in kept + moved}) == len(kept + moved)
    )


@given(states, states)
def test_what_is_paired_is_as_much_as_can_be(before: list[Entry], after: list[Entry]) -> None:
    """Exact pairs first; of the rest, a missing stamp pairs with any."""
    left = Counter(entry[:2] for entry in before)
    right = Counter(entry[:2] for entry in after)
    exact = (left & right).total()
    loose = 0
    for track in "abc":
        bare = [(left - right)[track, None], (right - left)[track, None]]
        dated = [
            sum(n for (name, at), n in side.items() if name == track and at is not None)
            for side in (left - right, right - left)
        ]
        loose += min(bare[0], dated[1]) + min(bare[1], dated[0])
    kept, moved = align(before, after)
    assert len(kept) + len(moved) == exact + loose


def longest_common(before: Sequence[Entry], after: Sequence[Entry]) -> int:
    lengths = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i, one in enumerate(before):
        for j, other in enumerate(after):
            equal = one[:2] == other[:2]
            lengths[i + 1][j + 1] = (
                lengths[i][j] + 1 if equal else max(lengths[i][j + 1], lengths[i + 1][j])
            )
    return lengths[-1][-1]


@given(stamped_states, stamped_states)
def test_moves_are_as_few_as_can_be(before: list[Entry], after: list[Entry]) -> None:
    paired = (
        Counter(entry[:2] for entry in before) & Counter(entry[:2] for entry in after)
    ).total()
    assert len(diff(before, after).moved) == paired - longest_common(before, after)


@given(states, states)
def test_back_is_the_mirror_of_forth(before: list[Entry], after: list[Entry]) -> None:
    forth, back = diff(before, after), diff(after, before)

    def said(occurrences: Sequence[tuple[int, Entry]]) -> Counter[object]:
        return Counter(entry[:2] for _, entry in occurrences)

    assert said(forth.added) == said(back.removed)
    assert said(forth.removed) == said(back.added)


@given(stamped_states, stamped_states)
def test_as_much_moves_back_as_forth(before: list[Entry], after: list[Entry]) -> None:
    assert len(diff(before, after).moved) == len(diff(after, before).moved)


@given(states, states, st.sets(st.integers(0, 8)), st.sets(st.integers(0, 8)))
def test_what_nobody_placed_did_not_move(
    before: list[Entry], after: list[Entry], here: set[int], there: set[int]
) -> None:
    whole, change = diff(before, after), diff(before, after, unplaced=(here, there))
    assert len(change.moved) <= len(whole.moved)
    for move in change.moved:
        assert move.source not in here
        assert move.target not in there
    assert replace(change, moved=()) == replace(whole, moved=())
    if not here | there:
        assert change == whole


def test_moves_are_counted_among_what_was_placed() -> None:
    before = [Entry(name, Instant(1), None) for name in "abcd"]
    after = [Entry(name, Instant(1), None) for name in "dbac"]
    assert [move.track for move in diff(before, after, unplaced=({3}, ())).moved] == ["a"]


def test_another_stamp_is_another_entry_and_a_missing_one_is_any() -> None:
    early, late, bare = (Entry("a", at, None) for at in (Instant(1), Instant(2), None))
    change = diff([early], [late])
    assert (len(change.added), len(change.removed), len(change.restamped)) == (1, 1, 0)
    change = diff([bare], [late])
    assert (len(change.added), len(change.removed), len(change.restamped)) == (0, 0, 1)


def test_one_track_to_the_top_of_a_long_list_is_one_move() -> None:
    before = [Entry(n, Instant(n), None) for n in range(2_000)]
    change = diff(before, [before[-1], *before[:-1]])
    assert [(move.source, move.target) for move in change.moved] == [(1_999, 0)]


def test_large_lists_take_no_time_that_grows_with_their_square() -> None:
    size = 20_000
    rows = [Entry(n, Instant(n), None) for n in range(size)]
    copies = [Entry("a", Instant(n), None) for n in range(size)]
    later = [Entry("a", Instant(n + size), None) for n in range(size)]
    same = [Entry("a", Instant(1), None)] * size
    began = perf_counter()
    for before, after in ((rows, rows[::-1]), (copies, later), (same, [rows[0], *same, rows[1]])):
        change = diff(before, after)
        assert len(before) - len(change.removed) + len(change.added) == len(after)
    assert perf_counter() - began < 5
