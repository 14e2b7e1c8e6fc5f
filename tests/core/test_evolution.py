"""The library counted month by month, against counting each month on its own."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.evolution import MOST_NAMES, OTHER, Evolution, Traits
from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant, parse_utc
from syncengine.core.months import Window, end_of
from syncengine.core.playlist_past import PlaylistPast
from syncengine.core.stay import Presence, Row, find_stays
from syncengine.core.trends import Day, PlaylistTrend, Share

GONE = 9
START, FIRST, END = (
    parse_utc(day) for day in ("2024-12-15T00:00", "2025-02-10T00:00", "2025-06-20T00:00")
)
WINDOW = Window(START, END)
TRAITS = {
    1: Traits(("fog", "tram"), "1990s", (0.5, None)),
    2: Traits(("fog",), "2000s", (0.1, 120.0)),
    3: Traits((), None, ()),
}


def at(text: str) -> Instant:
    return parse_utc(text)


def past(*rows: Row, name: str = "A", presences: tuple[Presence, ...] = ()) -> PlaylistPast:
    there = presences or (Presence(FIRST, None, FIRST),)
    found = find_stays(rows, there, GONE)
    return PlaylistPast(1, PlaylistKey(name), name, there, END, found.stays, found.vanished)


def evolved(*pasts: PlaylistPast, window: Window = WINDOW) -> Evolution:
    evolution = Evolution(window, TRAITS, ("energy", "tempo"), GONE)
    for each in pasts:
        evolution.take(each)
    evolution.count()
    return evolution


def row(track: int, stamp: str | None, since: str | None = None, until: str | None = None) -> Row:
    return Row(
        track,
        None if stamp is None else at(stamp),
        0,
        FIRST if since is None else at(since),
        None if until is None else at(until),
    )


def test_sizes_before_the_first_observation_are_what_stamps_tell() -> None:
    months = evolved(
        past(row(1, "2024-01-05"), row(2, "2025-01-05"), row(3, None), row(1, "2025-02-01"))
    ).months(FIRST)
    assert [each.month for each in months][:3] == ["2024-12", "2025-01", "2025-02"]
    assert [each.entries for each in months] == [1, 2, 4, 4, 4, 4, 4]
    assert [each.tracks for each in months] == [1, 2, 3, 3, 3, 3, 3]
    assert [each.playlists for each in months] == [1] * 7
    assert [each.added for each in months] == [0, 1, 1, 0, 0, 0, 0]
    assert [each.observed for each in months] == [False, False, True, True, True, True, True]


def test_what_comes_and_goes_is_counted_in_its_month_and_on_its_day() -> None:
    rows = (
        row(1, None, until="2025-04-03T10:00"),
        row(2, "2025-03-31T23:59:59", "2025-04-03T10:00"),
        row(3, None, "2025-05-01", "2025-05-02"),
    )
    evolution = evolved(past(*rows))
    months = {each.month: (each.added, each.removed) for each in evolution.months(FIRST)}
    assert months["2025-03"] == (1, 0)
    assert months["2025-04"] == (0, 1)
    assert months["2025-05"] == (1, 1)
    assert evolution.days() == [
        Day("2025-03-31", 1, 0),
        Day("2025-04-03", 0, 1),
        Day("2025-05-01", 1, 0),
        Day("2025-05-02", 0, 1),
    ]


def test_what_was_before_the_window_is_not_counted_as_coming_or_going() -> None:
    window = Window(at("2025-04-03T10:00"), END)
    rows = (row(1, "2025-01-01", until="2025-04-03T10:00"), row(2, "2025-04-03T10:00:01"))
    evolution = evolved(past(*rows, row(3, "2025-04-03T10:00:01", "2025-04-04")), window=window)
    assert [(each.added, each.removed) for each in evolution.months(FIRST)] == [
        (1, 0),
        (0, 0),
        (0, 0),
    ]


def test_a_track_in_two_playlists_is_one_track_and_two_entries() -> None:
    one, other = past(row(1, None)), past(row(1, None), name="B")
    last = evolved(one, other).months(FIRST)[-1]
    assert (last.tracks, last.entries, last.playlists) == (1, 2, 2)


def test_unavailable_entries_are_entries_and_no_tracks() -> None:
    last = evolved(past(row(1, None), row(GONE, None))).months(FIRST)[-1]
    assert (last.tracks, last.entries) == (1, 2)


def test_a_playlist_that_was_gone_for_a_time_has_no_size_then() -> None:
    twice = (
        Presence(FIRST, at("2025-03-05"), FIRST),
        Presence(at("2025-05-05"), None, at("2025-05-05")),
    )
    rows = (row(1, None, until="2025-03-05"), row(1, None, "2025-05-05"))
    evolution = evolved(past(*rows, presences=twice))
    assert evolution.playlists[0].sizes == [("2025-02", 1), ("2025-05", 1), ("2025-06", 1)]
    assert [each.playlists for each in evolution.months(FIRST)] == [0, 0, 1, 0, 0, 1, 1]
    assert (evolution.playlists[0].added, evolution.playlists[0].removed) == (0, 0)


def test_an_empty_playlist_has_the_size_0() -> None:
    assert evolved(past()).playlists[0].sizes[0] == ("2025-02", 0)


def test_a_playlist_that_was_not_there_in_the_window_is_left_out() -> None:
    before = (Presence(FIRST, at("2025-03-05"), FIRST),)
    window = Window(at("2025-04-01"), END)
    gone = past(row(1, None, until="2025-03-05"), presences=before)
    assert evolved(gone, window=window).playlists == []


def test_what_came_and_went_between_two_ends_of_months_is_counted() -> None:
    short = (Presence(at("2025-03-02"), at("2025-03-20"), at("2025-03-02")),)
    rows = (
        row(1, "2025-03-05", "2025-03-06", "2025-03-07"),
        row(2, None, "2025-03-02", "2025-03-20"),
    )
    evolution = evolved(past(*rows, presences=short))
    assert evolution.playlists == []
    assert evolution.days() == [Day("2025-03-05", 1, 0), Day("2025-03-07", 0, 1)]


def test_churn_and_half_life_are_of_the_time_in_which_the_playlist_was_watched() -> None:
    rows = [row(1, "2025-02-01", until="2025-04-01") for _ in range(10)]
    rows += [row(2, "2025-02-01") for _ in range(5)]
    trend = evolved(past(*rows)).playlists[0]
    assert isinstance(trend, PlaylistTrend)
    assert (trend.added, trend.removed) == (15, 10)
    assert trend.half_life_days == 59
    days = 10 * 50 + 5 * 130
    assert trend.churn == pytest.approx(10 / (days / 30.436875))


def test_an_entry_of_two_genres_is_half_of_one_in_each() -> None:
    shares = evolved(past(row(1, None), row(2, None), row(3, None))).genres()
    last = [share for share in shares if share.month == "2025-06"]
    assert last == [Share("2025-06", "fog", 1.5), Share("2025-06", "tram", 0.5)]
    assert [share.entries for share in shares if share.name == "fog"] == [0, 0, *[1.5] * 5]


def test_small_genres_are_other() -> None:
    names = [f"genre {number:02d}" for number in range(MOST_NAMES + 3)]
    traits = {number: Traits((name,), None, ()) for number, name in enumerate(names)}
    evolution = Evolution(WINDOW, traits, (), GONE)
    rows = [row(number, None) for number in traits] * 2 + [row(len(names) - 1, None)]
    evolution.take(past(*rows))
    evolution.count()
    last = {s.name: s.entries for s in evolution.genres() if s.month == "2025-06"}
    assert len(last) == MOST_NAMES + 1
    assert last[OTHER] == 6
    assert next(iter(last)) == names[-1]


def test_decades_and_features_are_of_those_that_have_them() -> None:
    evolution = evolved(past(row(1, None), row(2, None), row(3, None)))
    last = [(s.name, s.entries) for s in evolution.decades() if s.month == "2025-06"]
    assert last == [("1990s", 1), ("2000s", 1)]
    energy, tempo = evolution.feature_trends()
    assert (energy.name, energy.means[0], energy.means[-1]) == (
        "energy",
        ("2025-02", 0.3),
        ("2025-06", 0.3),
    )
    assert tempo.means[-1] == ("2025-06", 120)


_DAYS = st.integers(0, 120)
_ROWS = st.lists(
    st.builds(
        lambda track, since, length, stamp: Row(
            track,
            None if stamp is None else Instant(FIRST - stamp * 86_400),
            0,
            Instant(FIRST + since * 86_400),
            None if length is None else Instant(FIRST + (since + length) * 86_400),
        ),
        st.sampled_from([1, 2, 3, GONE]),
        st.one_of(st.just(0), _DAYS),
        st.one_of(st.none(), st.integers(1, 90)),
        st.one_of(st.none(), st.integers(0, 80)),
    ),
    max_size=8,
)


@given(_ROWS, _ROWS)
def test_sizes_are_what_counting_at_the_end_of_each_month_gives(
    one: list[Row], other: list[Row]
) -> None:
    months = evolved(past(*one), past(*other, name="B")).months(FIRST)
    for month in months:
        end = min(end_of(month.month), END)
        if end < FIRST:
            continue
        held = [r for r in one + other if r.since <= end and (r.until is None or r.until > end)]
        assert month.entries == len(held)
        assert month.tracks == len({each.track for each in held} - {GONE})


@given(_ROWS)
def test_genres_add_up_to_the_entries_that_have_one(rows: list[Row]) -> None:
    evolution = evolved(past(*rows))
    sums: Counter[str] = Counter()
    for share in evolution.genres():
        sums[share.month] += share.entries  # type: ignore[assignment]  # parts of entries
    for number, month in enumerate(WINDOW.months):
        end = WINDOW.ends[number]
        if end >= FIRST:
            held = [r for r in rows if r.since <= end and (r.until is None or r.until > end)]
            assert sums[month] == pytest.approx(sum(each.track in (1, 2) for each in held))
