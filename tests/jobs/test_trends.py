"""Trends of small libraries: what counts as coming, going and vanishing, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine.core.identity import UNAVAILABLE
from syncengine.core.moment import Instant, to_iso
from syncengine.core.months import day_of, end_of
from syncengine.core.snapshot import Kind, Source
from syncengine.core.track import API_RANK, Claim, Dialect
from syncengine.core.trends import Trends
from syncengine.errors import NotFound, UsageError
from syncengine.jobs.trends import trends
from syncengine.storage.repositories.library import number_of
from syncengine.storage.unit_of_work import UnitOfWork
from tests.builders import DAY, Row, Seen, make_database, observe, track

T0 = 1_767_225_600
"""2026-01-01T00:00:00Z."""
API = Dialect("spotify", "test", API_RANK)


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[UnitOfWork]:
    with make_database(tmp_path).unit() as unit:
        yield unit


def day(number: float) -> int:
    return round(T0 + number * DAY)


def rows(*numbers: int, stamp: float | None = -10, popularity: int | None = None) -> list[Row]:
    added_at = None if stamp is None else day(stamp)
    return [Row(track(n), added_at, f"Song {n}", popularity) for n in numbers]


def gone(stamp: float) -> Row:
    return Row(UNAVAILABLE, day(stamp), claim=Claim(UNAVAILABLE))


def see(unit: UnitOfWork, at: float, key: str, listed: list[Row], **more: object) -> None:
    observe(unit.memory, Seen(key, day(at), tuple(listed), **more))  # type: ignore[arg-type]


def moves(found: Trends) -> dict[str, tuple[int, int]]:
    return {each.day: (each.added, each.removed) for each in found.days}


def iso(number: float) -> str:
    return to_iso(Instant(day(number)))


def on(number: float) -> str:
    return day_of(Instant(day(number)))


def test_the_first_observation_adds_nothing_but_what_stamps_tell(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1, 2) + rows(3, stamp=None))
    found = trends(unit)
    assert moves(found) == {on(-10): (2, 0)}
    assert [(each.month, each.entries) for each in found.months] == [("2025-12", 2), ("2026-01", 3)]
    assert found.start == day(-10) - 1
    assert (found.end, found.observed_from) == (day(0), day(0))


def test_a_playlist_that_is_first_seen_later_adds_nothing_then(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1))
    see(unit, 40, "csv:b", rows(2, 3, stamp=None) + rows(4, stamp=-300))
    assert moves(trends(unit)) == {on(-300): (1, 0), on(-10): (1, 0)}


def test_coming_is_dated_by_the_stamp_and_going_by_the_observation(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1, 2))
    see(unit, 20, "csv:a", rows(1) + rows(3, stamp=7) + rows(4, stamp=None))
    assert moves(trends(unit, since=iso(0))) == {on(7): (1, 0), on(20): (1, 1)}


def test_a_playlist_that_is_not_observed_is_unchanged(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1, 2))
    see(unit, 0, "csv:b", rows(3))
    see(unit, 70, "csv:b", rows(3, 4))
    found = trends(unit)
    assert found.months[-1].entries == 4
    assert {each.removed for each in found.months} == {0}
    assert [each.entries for each in found.months] == [3, 3, 3, 4]


def test_a_forbidden_a_partial_and_a_suspect_observation_say_nothing(unit: UnitOfWork) -> None:
    many = rows(*range(1, 50), stamp=None)
    see(unit, 0, "csv:a", many)
    see(unit, 10, "csv:a", [], kind=Kind.FORBIDDEN, source=Source.API)
    see(unit, 20, "csv:a", many[:30], kind=Kind.PARTIAL)
    see(unit, 30, "csv:a", many[:3])
    found = trends(unit)
    assert moves(found) == {}
    assert {each.entries for each in found.months if each.observed} == {49}


def test_another_source_is_no_change(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1, 2, stamp=None))
    see(unit, 10, "csv:a", rows(2, 1, stamp=-100), source=Source.API, dialect=API)
    see(unit, 20, "csv:a", rows(2, 1, stamp=None))
    found = trends(unit, since=iso(0))
    assert moves(found) == {}
    assert [each.added + each.removed for each in found.playlists] == [0]


def test_another_id_for_the_same_entry_is_no_change(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1, 2, stamp=-5))
    see(unit, 10, "csv:a", rows(1, 3, stamp=-5), source=Source.API, dialect=API)
    assert moves(trends(unit, since=iso(0))) == {}


def test_a_track_that_became_unavailable_vanished_and_was_not_removed(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1, stamp=-9) + rows(2, stamp=-8))
    see(unit, 10, "csv:a", [gone(-9), *rows(2, stamp=-8)])
    see(unit, 20, "csv:a", rows(2, stamp=-8))
    found = trends(unit)
    assert [(each.track, each.title, each.artists, each.since) for each in found.vanished] == [
        (track(1), "Song 1", "Somebody", day(10))
    ]
    assert moves(found) == {on(-9): (1, 0), on(-8): (1, 0)}
    assert [each.tracks for each in found.months] == [2, 1]


def test_a_track_that_is_shown_again_or_elsewhere_has_not_vanished(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1, stamp=-9) + rows(2, stamp=-8))
    see(unit, 0, "csv:b", rows(2, stamp=-8))
    see(unit, 10, "csv:a", [gone(-9), gone(-8)])
    see(unit, 15, "csv:b", rows(2, stamp=-8))
    assert [each.track for each in trends(unit).vanished] == [track(1)]
    see(unit, 20, "csv:a", [*rows(1, stamp=-9), gone(-8)])
    assert trends(unit).vanished == []
    assert [each.track for each in trends(unit, until=iso(17)).vanished] == [track(1)]


def test_a_track_that_vanished_from_all_its_playlists_did_so_when_it_first_did(
    unit: UnitOfWork,
) -> None:
    see(unit, 0, "csv:a", rows(1, stamp=-9))
    see(unit, 0, "csv:b", rows(1, stamp=-8))
    see(unit, 10, "csv:a", [gone(-9)])
    assert [each.since for each in trends(unit).vanished] == [day(10)], "b was not looked at"
    see(unit, 30, "csv:b", [gone(-8)])
    assert [each.since for each in trends(unit).vanished] == [day(10)]


def test_a_track_that_a_source_shows_without_its_name_vanished(unit: UnitOfWork) -> None:
    bare = Row(track(1), day(-9), claim=Claim(track(1)))
    see(unit, 0, "csv:a", rows(1, stamp=-9) + rows(2, stamp=-8))
    see(unit, 10, "csv:a", [bare, *rows(2, stamp=-8)], source=Source.API, dialect=API)
    found = trends(unit)
    assert [(each.track, each.title, each.since) for each in found.vanished] == [
        (track(1), "Song 1", day(10))
    ]
    assert trends(unit, until=iso(9)).vanished == []
    see(unit, 20, "csv:a", rows(1, stamp=-9) + rows(2, stamp=-8), source=Source.API, dialect=API)
    assert trends(unit).vanished == []


def test_an_exporter_that_tells_no_names_makes_nothing_vanish(unit: UnitOfWork) -> None:
    old = Dialect("unknown table", "test", 10)
    see(unit, 0, "csv:a", rows(1, stamp=-9))
    see(unit, 10, "csv:a", [Row(track(1), day(-9), claim=Claim(track(1)))], dialect=old)
    assert trends(unit).vanished == []


def test_winners_and_losers_are_of_tracks_in_playlists_and_of_the_time_looked_at(
    unit: UnitOfWork,
) -> None:
    def rated(*values: int) -> list[Row]:
        return [each for n, v in enumerate(values, 1) for each in rows(n, popularity=v)]

    see(unit, 0, "csv:a", rated(10, 50, 30, 70))
    see(unit, 10, "csv:a", rated(60, 50, 20, 90))
    see(unit, 20, "csv:a", rated(40, 50, 10))
    found = trends(unit)
    assert [(each.track, each.first, each.last) for each in found.winners] == [(track(1), 10, 40)]
    assert [(each.track, each.first, each.last) for each in found.losers] == [(track(3), 30, 10)]
    late = trends(unit, since=iso(10))
    assert late.winners == []
    assert [(each.track, each.first, each.last) for each in late.losers] == [
        (track(1), 60, 40),
        (track(3), 20, 10),
    ]


def test_a_rename_changes_nothing_but_the_name(unit: UnitOfWork) -> None:
    listed = [each for n in range(1, 8) for each in rows(n, stamp=-n)]
    see(unit, 0, "csv:old", listed, name="Old")
    see(unit, 10, "csv:new", listed, name="New")
    found = trends(unit, since=iso(0))
    assert [(each.name, each.added, each.removed) for each in found.playlists] == [("New", 0, 0)]
    assert moves(found) == {}
    assert [(each.playlists, each.entries) for each in found.months] == [(1, 7)]


def test_albums_are_no_playlists(unit: UnitOfWork) -> None:
    see(unit, 0, "csv:a", rows(1))
    see(unit, 0, f"spotify:album:{1:022d}", rows(2, 3), source=Source.API, dialect=API)
    last = trends(unit).months[-1]
    assert (last.playlists, last.entries, last.tracks) == (1, 1, 1)


def test_times_that_are_none(unit: UnitOfWork) -> None:
    with pytest.raises(NotFound, match="the library is empty"):
        trends(unit)
    see(unit, 0, "csv:a", rows(1))
    see(unit, 40, "csv:a", rows(1, 2))
    with pytest.raises(UsageError, match="nothing to tell between"):
        trends(unit, since="latest")
    with pytest.raises(UsageError, match="nothing to tell between"):
        trends(unit, since=iso(20), until=iso(10))
    with pytest.raises(UsageError, match="no moment"):
        trends(unit, since="soon")
    with pytest.raises(NotFound, match="nothing is known before"):
        trends(unit, until=iso(-1))
    assert trends(unit, since=iso(-500)).start == day(-500)
    assert trends(unit, until="2199-01-01").end == day(40)


_STATES = st.lists(
    st.tuples(
        st.sampled_from(["csv:a", "csv:b"]),
        st.lists(
            st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(1, 30))), max_size=6
        ),
        st.integers(1, 40),
    ),
    min_size=1,
    max_size=6,
)


@given(_STATES)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_end_of_each_month_is_what_the_library_was_then(
    tmp_path: Path, states: list[tuple[str, list[tuple[int, int | None]], int]]
) -> None:
    with make_database(tmp_path).unit() as unit:
        at = 0.0
        for key, listed, days in states:
            at += days
            entries = [
                gone(-(stamp or 1)) if n == 0 else rows(n, stamp=None if not stamp else -stamp)[0]
                for n, stamp in listed
            ]
            see(unit, at, key, entries)
        presences = unit.evolution.presences(Instant(2**40))
        begun = max(each[0].since for each in presences.values())
        found = trends(unit)
        keys = unit.library.track_keys()
        for month in found.months:
            end = min(end_of(month.month), found.end)
            if end < begun:
                continue  # stamps tell of the time before
            held_then = [e for each in unit.library.entries(end).values() for e in each]
            assert month.entries == len(held_then)
            assert month.playlists == len(unit.library.playlists(end))
            assert month.tracks == len({keys[number_of(e)] for e in held_then} - {UNAVAILABLE})
