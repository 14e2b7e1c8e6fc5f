"""Months and days in UTC."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.moment import LATEST, Instant, parse_utc, to_iso
from syncengine.core.months import Window, day_of, end_of, month_of, months_between

MOMENTS = st.integers(0, LATEST).map(Instant)


def test_names() -> None:
    at = parse_utc("2025-12-31T23:59:59Z")
    assert (month_of(at), day_of(at)) == ("2025-12", "2025-12-31")
    assert (month_of(Instant(at + 1)), day_of(Instant(at + 1))) == ("2026-01", "2026-01-01")


def test_from_month_to_month() -> None:
    start, end = parse_utc("2025-11-30T12:00Z"), parse_utc("2026-02-01T00:00Z")
    assert months_between(start, end) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_between(start, start) == ["2025-11"]


@given(MOMENTS)
def test_a_moment_is_in_its_month(at: Instant) -> None:
    end = end_of(month_of(at))
    assert at <= end
    assert month_of(end) == month_of(at)
    assert end == LATEST or month_of(Instant(end + 1)) != month_of(at)


def test_the_end_of_months() -> None:
    assert to_iso(end_of("2024-02")) == "2024-02-29T23:59:59Z"
    assert to_iso(end_of("2025-12")) == "2025-12-31T23:59:59Z"
    assert end_of("9999-12") == LATEST


def test_a_window_counts_at_the_ends_of_months_and_at_its_own() -> None:
    window = Window(parse_utc("2025-01-10T00:00Z"), parse_utc("2025-03-15T00:00Z"))
    assert window.start not in window
    assert window.end in window
    assert Instant(window.end + 1) not in window

    def span(since: str, until: str | None) -> tuple[int, int]:
        return window.span(parse_utc(since), None if until is None else parse_utc(until))

    assert span("2024-01-01", None) == (0, 3)
    assert span("2025-02-01", "2025-03-01") == (1, 2)
    assert span("2025-02-02", "2025-02-20") == (1, 1)
    assert span("2025-03-15", None) == (2, 3)
    assert span("2025-03-15T00:00:01Z", None) == (3, 3)
    assert span("2024-01-01", "2025-01-31T23:59:59Z") == (0, 0)
    assert span("2024-01-01", "2025-02-01") == (0, 1)
