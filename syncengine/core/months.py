"""Months and days in UTC, as charts and tables name them."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime

from syncengine.core.moment import LATEST, Instant, to_datetime


def month_of(at: Instant) -> str:
    """Return the month of a moment as ``YYYY-MM``."""
    return to_datetime(at).strftime("%Y-%m")


def day_of(at: Instant) -> str:
    """Return the day of a moment as ``YYYY-MM-DD``."""
    return to_datetime(at).strftime("%Y-%m-%d")


def months_between(start: Instant, end: Instant) -> list[str]:
    """Return the months from one moment's to another's, both included."""
    first, last = to_datetime(start), to_datetime(end)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]


def end_of(month: str) -> Instant:
    """Return the last second of a month."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    if year > to_datetime(LATEST).year:
        return LATEST
    return Instant(int(datetime(year, number + 1, 1, tzinfo=UTC).timestamp()) - 1)


class Window:
    """The time that is looked at: after ``start``, up to and with ``end``, by months.

    A thing that holds from one moment until another is counted in the months at whose end it holds; of
    the last month the end is the window's.
    """

    def __init__(self, start: Instant, end: Instant) -> None:
        self.start = start
        self.end = end
        self.months = months_between(start, end)
        self.ends = [min(end_of(month), end) for month in self.months]

    def __contains__(self, at: Instant) -> bool:
        return self.start < at <= self.end

    def span(self, since: Instant, until: Instant | None) -> tuple[int, int]:
        """Return the first month at whose end a thing holds, and the first at whose end it no longer does."""
        stop = len(self.ends) if until is None else bisect_left(self.ends, until)
        return bisect_left(self.ends, since), stop
