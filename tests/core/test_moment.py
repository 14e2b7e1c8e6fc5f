"""Instants in and out of the texts people write."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.moment import (
    Instant,
    from_datetime,
    parse_local,
    parse_utc,
    to_datetime,
    to_iso,
)

LAST = from_datetime(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
instants = st.integers(0, LAST).map(Instant)


@given(instants)
def test_what_is_printed_is_read_back(instant: Instant) -> None:
    assert parse_utc(to_iso(instant)) == parse_local(to_iso(instant)) == instant
    assert from_datetime(to_datetime(instant)) == instant


@given(st.dates(date(1971, 1, 1)), st.integers(-12, 14))
def test_a_date_means_its_last_second(day: date, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    if str(day) < "9999-12-31":
        end = to_datetime(parse_local(str(day), zone)).astimezone(zone)
        assert end.isoformat(" ").startswith(f"{day} 23:59:59")


@pytest.mark.parametrize(
    ("day", "place", "end"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59Z"),
        # The clock goes back at midnight: the day's last hour comes twice, and it ends with the second.
        ("2026-10-24", "America/Havana", "2026-10-25T03:59:59Z"),
        ("2017-02-18", "America/Sao_Paulo", "2017-02-19T02:59:59Z"),
    ],
)
def test_a_date_ends_when_the_clocks_say_so(day: str, place: str, end: str) -> None:
    assert to_iso(parse_local(day, ZoneInfo(place))) == end


def test_fractions_are_cut() -> None:
    assert to_iso(parse_utc("2026-01-13T18:00:00.999Z")) == "2026-01-13T18:00:00Z"


def test_a_time_without_a_zone_is_utc_or_local() -> None:
    assert to_iso(parse_utc("2026-01-13T18:00:00")) == "2026-01-13T18:00:00Z"
    berlin = ZoneInfo("Europe/Berlin")
    assert to_iso(parse_local("2026-01-13T18:00:00", berlin)) == "2026-01-13T17:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30",
        "1969-12-30",
        "0001-01-01",
        "0001-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_local(text)


@pytest.mark.parametrize("text", ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "noon"])
def test_times_outside_our_years_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_utc(text)


def test_the_last_day_there_is_can_be_asked_for() -> None:
    assert parse_local("9999-12-31", UTC) == LAST
