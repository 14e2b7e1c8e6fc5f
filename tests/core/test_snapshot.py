"""The fold: what is suspect, what confirms it, and what a partial observation adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.snapshot import (
    CONFIRMATION,
    Effect,
    Ending,
    Event,
    Fold,
    Kind,
    Observation,
    Source,
    Standing,
    Step,
    agree,
    choose,
    is_collapse,
    merge,
    take_over,
)


class Shelf:
    """Contents in a list."""

    def __init__(self, *contents: Sequence[Line]) -> None:
        self.contents = [list(each) for each in contents]

    def lines(self, content: int) -> Sequence[Line]:
        return self.contents[content]

    def keep(self, lines: Sequence[Line], base: int | None = None) -> int:
        if list(lines) not in self.contents:
            self.contents.append(list(lines))
        return self.contents.index(list(lines))


def lines(*tracks: int) -> list[Line]:
    return [Line(track, Instant(track), None, track, None) for track in tracks]


FULL, LESS, HALF, NONE, FEW = range(5)
SHELF = (lines(*range(60)), lines(*range(39)), lines(*range(29)), lines(), lines(1, 2))


def seen(number: int, at: int, content: int, **more: object) -> Observation:
    return Observation(
        number,
        Instant(at),
        Source.CSV,
        bytes([content]),
        content=content,
        **more,  # type: ignore[arg-type]  # any field
    )


def fold(*events: Event, shelf: Shelf | None = None) -> list[Step]:
    made = Fold(shelf or Shelf(*SHELF), lambda _digest, _at: False, Standing())
    return made.run(sorted(events, key=lambda event: event.order), lambda _steps: False).steps


def effects(*events: Event) -> list[Effect]:
    return [step.effect for step in fold(*events)]


F, C, V, A, S = Effect.FOLDED, Effect.CONFIRMED, Effect.VOUCHED, Effect.ASIDE, Effect.SILENT


@pytest.mark.parametrize(
    ("before", "after", "collapsed"),
    [
        (lines(*range(41)), lines(*range(20)), True),
        (lines(*range(40)), lines(*range(19)), True),
        (lines(*range(40)), lines(*range(20)), False),
        (lines(*range(42)), lines(*range(21)), False),
        (lines(*range(20)), lines(1), False),
        (lines(1), lines(), True),
        (lines(), lines(), False),
        (lines(*range(50)), lines(*range(100, 150)), True),
        ([*lines(1)] * 50, lines(1), True),
    ],
)
def test_a_collapse_loses_more_than_half_and_more_than_twenty(
    before: list[Line], after: list[Line], collapsed: bool
) -> None:
    assert is_collapse(before, after) == collapsed


def test_a_suspect_needs_a_witness_an_hour_apart() -> None:
    first, bad = seen(1, 0, FULL), seen(2, 100, HALF)
    assert effects(first, bad) == [F, A]
    assert effects(first, bad, seen(3, 100 + CONFIRMATION - 1, HALF)) == [F, A, A]
    assert effects(first, bad, seen(3, 100 + CONFIRMATION, HALF)) == [F, V, C]
    assert effects(first, bad, seen(3, 100 + CONFIRMATION, LESS)) == [F, A, F]


def test_what_was_vouched_for_counts_from_its_own_time() -> None:
    steps = fold(seen(1, 0, FULL), seen(2, 100, HALF), seen(3, 10_000, HALF))
    assert [step.state for step in steps] == [FULL, HALF, HALF]


def test_something_sound_between_clears_the_doubt() -> None:
    assert effects(
        seen(1, 0, FULL), seen(2, 100, NONE), seen(3, 200, FULL), seen(4, 9_000, NONE)
    ) == [F, A, C, A]


def test_a_person_can_accept() -> None:
    assert effects(seen(1, 0, FULL), seen(2, 100, NONE, accepted=True)) == [F, F]


def test_old_bytes_under_an_inferred_time_confirm_no_empty_answer() -> None:
    old = seen(4, 20_000, FULL, inferred=True)
    assert effects(seen(1, 0, FULL), seen(2, 100, LESS), seen(3, 200, NONE), old) == [F, F, A, A]


def test_old_bytes_that_come_back_twice_do_not_confirm_each_other() -> None:
    old = [seen(n, n * 10_000, FULL, inferred=True) for n in (3, 4)]
    assert effects(seen(1, 0, FULL), seen(2, 100, LESS), *old) == [F, F, A, A]
    given = seen(5, 50_000, FULL)
    assert effects(seen(1, 0, FULL), seen(2, 100, LESS), *old, given) == [F, F, A, A, F]


def test_a_list_that_is_still_empty_confirms_that_it_was() -> None:
    empty = [seen(n, n * 10_000, NONE, inferred=True) for n in (2, 3)]
    assert effects(seen(1, 0, FULL), *empty) == [F, V, C]


def test_old_bytes_under_a_given_time_count() -> None:
    back = seen(3, 200, FULL)
    assert effects(seen(1, 0, FULL), seen(2, 100, LESS), back) == [F, F, F]


def test_the_end_of_a_playlist_takes_its_doubts_along() -> None:
    steps = fold(seen(1, 0, FULL), seen(2, 100, NONE), Ending(Instant(150)), seen(3, 9_000, NONE))
    assert [(step.effect, step.state) for step in steps] == [
        (F, FULL),
        (A, FULL),
        (F, None),
        (F, NONE),
    ]


def test_what_says_nothing_changes_nothing() -> None:
    mute = Observation(2, Instant(50), Source.API, b"x", Kind.FORBIDDEN)
    assert effects(seen(1, 0, FULL), mute, seen(3, 60, FULL)) == [F, S, C]


contents = st.integers(0, len(SHELF) - 1)
observations = st.lists(
    st.tuples(
        st.integers(0, 6), contents, st.sampled_from(list(Kind)), st.booleans(), st.booleans()
    ),
    max_size=8,
    unique_by=lambda each: each[:2],
).map(
    lambda drawn: [
        Observation(
            number,
            Instant(slot * 1_800),
            Source.CSV,
            bytes([content]),
            kind,
            inferred,
            None if kind is Kind.FORBIDDEN else content,
            accepted,
        )
        for number, (slot, content, kind, inferred, accepted) in enumerate(drawn)
    ]
)


@given(observations)
def test_every_step_has_its_reason(told: list[Observation]) -> None:
    shelf = Shelf(*SHELF)
    steps = fold(*told, shelf=shelf)
    assert [step.event for step in steps] == sorted(told, key=lambda each: each.order)
    before: int | None = None
    for step in steps:
        assert isinstance(step.event, Observation)
        if not step.effect.heard:
            assert step.state == before
        elif step.event.kind is Kind.COMPLETE:
            assert step.state == step.event.content
        if step.effect is Effect.ASIDE:
            assert not step.event.accepted
            assert before is not None
        if step.effect is Effect.SILENT:
            assert step.event.content is None
        before = step.state


def _among(said: set[bytes]) -> Callable[[bytes, Instant], bool]:
    return lambda digest, _at: digest in said


@given(observations)
def test_folding_on_from_what_counts_by_itself_gives_the_same(told: list[Observation]) -> None:
    """A fold may begin behind any observation that counts, if none up to there was vouched for."""
    steps = fold(*told)
    for place, step in enumerate(steps):
        if step.effect is Effect.VOUCHED:
            break
        if not step.effect.heard:
            continue
        assert isinstance(step.event, Observation)
        said = {
            s.event.digest
            for s in steps[: place + 1]
            if s.effect.heard and isinstance(s.event, Observation)
        }
        shelf = Shelf(*SHELF)
        whole = fold(*told, shelf=shelf)
        standing = Standing(whole[place].state, step.event.digest)
        rest = Fold(shelf, _among(said), standing)
        events = [each.event for each in steps[place + 1 :]]
        again = rest.run(events, lambda _steps: False).steps
        assert [(s.effect, s.state) for s in again] == [
            (s.effect, s.state) for s in whole[place + 1 :]
        ]


stamps = st.sampled_from([None, Instant(1), Instant(2)])
said_lines = st.builds(
    Line, st.integers(1, 4), stamps, st.none(), st.integers(1, 3), st.sampled_from([None, 5])
)
many = st.lists(said_lines, max_size=8)


@given(many, many)
def test_a_partial_observation_adds_and_never_removes_or_moves(
    known: list[Line], said: list[Line]
) -> None:
    merged = merge(known, said)
    assert len(merged) <= len(known) + len(said)
    assert not Counter(line.track for line in known) - Counter(line.track for line in merged)
    assert not Counter(line.track for line in said) - Counter(line.track for line in merged)
    rest = iter(line.track for line in merged)
    assert all(line.track in rest for line in known)


@given(many)
def test_a_partial_observation_of_what_is_known_changes_nothing(known: list[Line]) -> None:
    assert merge(known, known) == known
    assert merge(known, []) == known
    assert merge([], known) == known


def bare(line: Line) -> Line:
    return line._replace(added_at=None, added_by=None)


def entries(told: Sequence[Line]) -> list[tuple[object, ...]]:
    return [line.entry for line in told]


def test_a_dialect_without_stamps_erases_none() -> None:
    known = [Line(n, Instant(n), 7, 1, None) for n in (1, 2, 3)]
    seen = [Line(n, None, None, 2, None) for n in (3, 4, 1)]
    assert take_over(known, seen) == [
        Line(3, Instant(3), 7, 2, None), Line(4, None, None, 2, None), Line(1, Instant(1), 7, 2, None)
    ]  # fmt: skip


def test_a_row_that_lacks_one_stamp_keeps_the_one_it_has() -> None:
    known, seen = [Line(1, Instant(5), 7, 1, None)], [Line(1, Instant(5), None, 1, None)]
    assert take_over(known, seen) == known
    other = [Line(1, Instant(6), None, 1, None)]
    assert take_over(known, other) is other


@given(many.map(lambda told: [line._replace(added_by=line.track % 3 or None) for line in told]))
def test_the_same_list_without_stamps_changes_no_entry(known: list[Line]) -> None:
    blind = [bare(line) for line in known]
    assert entries(take_over(known, blind)) == entries(known)
    assert take_over(known, known) is known


@given(many, many)
def test_stamps_are_filled_in_and_nothing_else_changes(known: list[Line], seen: list[Line]) -> None:
    result = take_over(known, seen)
    assert [bare(line) for line in result] == [bare(line) for line in seen]
    for before, after in zip(seen, result, strict=True):
        assert before.added_at in (None, after.added_at)
    assert take_over(result, seen) == result


@given(many, many)
def test_a_membership_says_who_is_in_and_moves_nobody(known: list[Line], seen: list[Line]) -> None:
    result = choose(known, seen)
    assert Counter(line.track for line in result) == Counter(line.track for line in seen)
    assert choose(known, known) == known
    assert choose([], seen) == seen


@given(many, many, st.randoms(use_true_random=False))
def test_the_order_in_which_members_are_told_moves_nothing_that_stays(
    known: list[Line], new: list[Line], chance: object
) -> None:
    known = [line._replace(added_at=Instant(place)) for place, line in enumerate(known)]
    new = [line._replace(track=line.track + 10) for line in new]
    told = known[::2] + new
    chance.shuffle(told)  # type: ignore[attr-defined]  # a Random
    result = choose(known, told)
    assert result[: len(known[::2])] == known[::2]
    assert result[len(known[::2]) :] == [line for line in told if line in new]


def test_a_membership_that_lost_most_is_suspect() -> None:
    members = seen(2, 100, HALF, kind=Kind.MEMBERSHIP)
    assert effects(seen(1, 0, FULL), members) == [F, A]


@given(many, many)
def test_agreement_is_mutual(one: list[Line], other: list[Line]) -> None:
    assert agree(one, other) == agree(other, one)
    assert agree(one, one)
