"""Stays: which rows are one entry, when it came, how it left, and what vanished out of its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.moment import FOR_EVER, Instant
from syncengine.core.stay import FIRST_STAMP, Ending, Presence, Row, Stay, Stays, find_stays

T0 = 1_700_000_000
DAY = 86_400
GONE = 99
"""The track of entries of which nothing is shown."""
HERE = (Presence(Instant(T0), None, Instant(T0)),)


def day(number: float) -> Instant:
    return Instant(round(T0 + number * DAY))


def row(
    track: int, since: float, until: float | None = None, stamp: float | None = None, rank: int = 0
) -> Row:
    added_at = None if stamp is None else day(stamp)
    return Row(track, added_at, rank, day(since), None if until is None else day(until))


def one(stays: Stays) -> Stay:
    assert len(stays.stays) == 1
    return stays.stays[0]


def test_what_was_there_at_first_came_when_its_stamp_says() -> None:
    stay = one(find_stays([row(1, 0, stamp=-300)], HERE, GONE))
    assert (stay.came, stay.is_new, stay.ending) == (day(-300), True, Ending.HELD)


def test_what_was_there_at_first_without_a_stamp_is_no_addition() -> None:
    stay = one(find_stays([row(1, 0)], HERE, GONE))
    assert (stay.came, stay.is_new) == (None, False)


def test_what_comes_later_without_a_stamp_came_when_it_was_seen() -> None:
    stay = one(find_stays([row(1, 3)], HERE, GONE))
    assert (stay.came, stay.is_new) == (day(3), True)


def test_a_stamp_of_1970_is_none() -> None:
    epoch = Row(1, Instant(0), 0, day(0), None)
    late = Row(2, Instant(FIRST_STAMP - 1), 0, day(3), None)
    first, second = find_stays([epoch, late], HERE, GONE).stays
    assert (first.came, first.is_new) == (None, False)
    assert (second.came, second.is_new) == (day(3), True)
    told = [epoch._replace(until=day(4)), row(1, 4, 6), row(1, 6, None, -20)]
    assert one(find_stays(told, HERE, GONE)).came == day(-20)


def test_a_stamp_after_the_observation_that_showed_it_is_not_believed() -> None:
    assert one(find_stays([row(1, 3, stamp=5)], HERE, GONE)).came == day(3)


def test_until_a_playlist_was_seen_whole_nothing_without_a_stamp_is_new() -> None:
    partial = (Presence(day(0), None, day(2)),)
    rows = [row(1, 0), row(2, 1), row(3, 2), row(4, 3), row(5, 2, stamp=1.5)]
    stays = {stay.rows[0].track: stay.is_new for stay in find_stays(rows, partial, GONE).stays}
    assert stays == {1: False, 2: False, 3: False, 4: True, 5: True}
    never = (Presence(day(0), None, FOR_EVER),)
    assert not any(stay.is_new for stay in find_stays(rows[:4], never, GONE).stays)


def test_an_entry_that_moved_is_one_stay() -> None:
    stay = one(find_stays([row(1, 0, 4, -1, 5), row(1, 4, 7, -1, 9)], HERE, GONE))
    assert (stay.seen, stay.until, stay.ending) == (day(0), day(7), Ending.REMOVED)


def test_a_stamp_that_became_known_or_was_lost_makes_no_other_entry() -> None:
    stay = one(find_stays([row(1, 0, 4), row(1, 4, 6, -20), row(1, 6)], HERE, GONE))
    assert (stay.came, stay.added_at, stay.ending) == (day(-20), day(-20), Ending.HELD)


def test_another_stamp_is_a_removal_and_an_addition() -> None:
    old, new = find_stays([row(1, 0, 4, -20), row(1, 4, None, 3)], HERE, GONE).stays
    assert (old.ending, old.until) == (Ending.REMOVED, day(4))
    assert (new.came, new.is_new) == (day(3), True)


def test_copies_are_paired_one_by_one() -> None:
    rows = [row(1, 0, 4, -20, 1), row(1, 0, 4, -20, 2), row(1, 4, None, -20, 7)]
    endings = Counter(stay.ending for stay in find_stays(rows, HERE, GONE).stays)
    assert endings == {Ending.HELD: 1, Ending.REMOVED: 1}


def test_a_place_in_which_nothing_is_shown_any_more_is_no_removal_and_its_track_vanished() -> None:
    stays = find_stays([row(1, 0, 4, -20), row(GONE, 4, 9, -20)], HERE, GONE)
    assert one(stays).ending is Ending.UNAVAILABLE
    assert one(stays).is_new
    assert stays.vanished == [(1, day(4))]


def test_a_place_in_which_something_is_shown_again_is_one_stay() -> None:
    rows = [row(1, 0, 4, -20), row(GONE, 4, 6, -20), row(1, 6, None, -20)]
    assert one(find_stays(rows, HERE, GONE)).ending is Ending.HELD


def test_which_of_several_with_one_stamp_vanished_is_not_guessed() -> None:
    rows = [row(1, 0, 4, -20, 1), row(2, 0, 4, -20, 2), row(GONE, 4, None, -20, 1)]
    stays = find_stays(rows, HERE, GONE)
    assert stays.vanished == []
    assert Counter(stay.ending for stay in stays.stays) == {Ending.HELD: 1, Ending.REMOVED: 1}
    both = find_stays([*rows, row(GONE, 4, None, -20, 2)], HERE, GONE)
    assert both.vanished == [(1, day(4)), (2, day(4))]


def test_nothing_shown_without_a_stamp_is_nobodys_place() -> None:
    stays = find_stays([row(1, 0, 4), row(GONE, 4)], HERE, GONE)
    assert stays.vanished == []
    assert [(stay.ending, stay.is_new) for stay in stays.stays] == [
        (Ending.REMOVED, False),
        (Ending.HELD, False),
    ]


def test_places_that_one_exporter_shows_and_another_leaves_out_come_and_go_uncounted() -> None:
    rows = [row(GONE, 0, 4, -20), row(GONE, 6, 8, -20)]
    stays = find_stays(rows, HERE, GONE).stays
    assert [(stay.is_new, stay.ending) for stay in stays] == [(False, Ending.UNAVAILABLE)] * 2


def test_another_id_with_the_same_stamp_is_the_same_entry() -> None:
    stay = one(find_stays([row(1, 0, 4, -20), row(2, 4, None, -20)], HERE, GONE))
    assert (stay.came, stay.ending) == (day(-20), Ending.HELD)


def test_an_entry_that_came_back_with_its_old_stamp_came_when_it_was_seen_again() -> None:
    old, new = find_stays([row(1, 0, 4, -20), row(1, 7, None, -20)], HERE, GONE).stays
    assert (old.came, old.ending) == (day(-20), Ending.REMOVED)
    assert (new.came, new.is_new) == (day(7), True)


def test_two_copies_that_came_at_once_are_two_additions() -> None:
    stays = find_stays([row(1, 0, None, -20, 1), row(1, 0, None, -20, 2)], HERE, GONE).stays
    assert [stay.is_new for stay in stays] == [True, True]


def test_a_playlist_that_ended_removed_nothing_and_brings_nothing_when_it_comes_back() -> None:
    twice = (Presence(day(0), day(4), day(0)), Presence(day(9), None, day(9)))
    rows = [row(1, 0, 4, -20), row(2, 0, 4), row(1, 9, None, -20), row(2, 9), row(3, 9, None, 6)]
    stays = find_stays(rows, twice, GONE).stays
    assert [stay.ending for stay in stays[:2]] == [Ending.PLAYLIST_ENDED] * 2
    assert {stay.rows[0].track: stay.is_new for stay in stays[2:]} == {1: False, 2: False, 3: True}


def test_no_rows_no_stays() -> None:
    assert find_stays([], HERE, None) == ([], [])


State = tuple[tuple[int, int | None], ...]
_ENTRY = st.tuples(st.integers(1, 4), st.one_of(st.none(), st.integers(-3, 12)))
_STATES = st.lists(st.lists(_ENTRY, max_size=5).map(tuple), min_size=1, max_size=6)


def merged_rows(states: Sequence[State]) -> list[Row]:
    """Return rows as storage keeps them: an entry that stands still is one."""
    found: list[Row] = []
    open_rows: list[Row] = []
    for number, state in enumerate(states):
        left = list(open_rows)
        open_rows = []
        for place, (track, stamp) in enumerate(state):
            same = (track, None if stamp is None else day(stamp))
            kept = next((each for each in left if (each.track, each.added_at) == same), None)
            if kept is None:
                open_rows.append(Row(*same, place, day(number), None))
            else:
                left.remove(kept)
                open_rows.append(kept)
        found += [each._replace(until=day(number)) for each in left]
    return found + open_rows


def split_rows(states: Sequence[State]) -> list[Row]:
    """Return rows as storage keeps them where every observation gives every entry a new rank."""
    return [
        Row(
            track,
            None if stamp is None else day(stamp),
            place,
            day(number),
            None if number + 1 == len(states) else day(number + 1),
        )
        for number, state in enumerate(states)
        for place, (track, stamp) in enumerate(state)
    ]


def present(rows: Sequence[Row] | Sequence[Stay], at: Instant) -> int:
    def since(each: Row | Stay) -> Instant:
        return each.seen if isinstance(each, Stay) else each.since

    return sum(since(each) <= at and (each.until is None or each.until > at) for each in rows)


@given(_STATES)
def test_at_every_moment_there_are_as_many_stays_as_rows(states: list[State]) -> None:
    rows = merged_rows(states)
    stays = find_stays(rows, HERE, 4).stays
    for number, state in enumerate(states):
        assert present(stays, day(number)) == present(rows, day(number)) == len(state)


@given(_STATES)
def test_every_row_is_in_one_stay_and_the_rows_of_a_stay_follow_each_other(
    states: list[State],
) -> None:
    rows = merged_rows(states)
    stays = find_stays(rows, HERE, 4).stays
    assert Counter(each for stay in stays for each in stay.rows) == Counter(rows)
    for stay in stays:
        for before, after in zip(stay.rows, stay.rows[1:], strict=False):
            assert before.until == after.since
        assert stay.came is None or stay.came <= stay.seen


@given(_STATES)
def test_how_storage_cuts_entries_into_rows_makes_no_difference_to_the_counts(
    states: list[State],
) -> None:
    def counts(rows: list[Row]) -> tuple[object, ...]:
        stays = find_stays(rows, HERE, None).stays
        return (
            sum(stay.is_new and stay.seen > day(0) for stay in stays),
            Counter(stay.until for stay in stays if stay.ending is Ending.REMOVED),
        )

    assert counts(merged_rows(states)) == counts(split_rows(states))


@given(_STATES)
def test_what_came_less_what_went_is_how_the_size_changed(states: list[State]) -> None:
    bare = [tuple((track, None) for track, _ in state) for state in states]
    stays = find_stays(merged_rows(bare), HERE, None).stays
    came = sum(stay.is_new for stay in stays)
    went = sum(stay.ending is Ending.REMOVED for stay in stays)
    assert came - went == len(bare[-1]) - len(bare[0])
