"""Instants: whole seconds since 1970-01-01T00:00:00Z, and the ways people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, tzinfo
from typing import NewType

Instant = NewType("Instant", int)
"""Whole seconds since the epoch, UTC. What is printed is exact, so it can be asked for again."""

_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}\Z")
_MINIMUM = int(datetime(1970, 1, 1, tzinfo=UTC).timestamp())
LATEST = Instant(int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()))
"""The last instant that ISO 8601's four digits can name."""
FOR_EVER = Instant(2**62)
"""Later than any moment."""


def from_datetime(moment: datetime) -> Instant:
    """Return the instant of an aware date-time, cut to whole seconds."""
    return Instant(int(moment.timestamp() // 1))


def to_datetime(instant: Instant) -> datetime:
    """Return an instant as an aware date-time in UTC."""
    return datetime.fromtimestamp(instant, UTC)


def to_iso(instant: Instant) -> str:
    """Return an instant as ``YYYY-MM-DDTHH:MM:SSZ``."""
    return to_datetime(instant).isoformat()[:19] + "Z"


def parse_utc(text: str) -> Instant:
    """Read an ISO 8601 date-time; one without a zone is taken as UTC.

    Raises ValueError for anything else, and for years before 1970 or after 9999.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _in_range(moment, text)


def parse_local(text: str, zone: tzinfo | None = None) -> Instant:
    """Read what a person types: an ISO date (it means its last second) or date-time.

    ``zone`` is the zone of texts without one; None is the machine's. Raises ValueError.
    """
    moment = datetime.fromisoformat(text)
    if _DATE.match(text):
        moment = datetime.combine(moment, time(23, 59, 59, fold=1))
    if moment.tzinfo is None:
        try:
            moment = moment.replace(tzinfo=zone) if zone else moment.astimezone()
        except OverflowError as error:
            raise ValueError(f"out of range: {text}") from error
    return _in_range(moment, text)


def _in_range(moment: datetime, text: str) -> Instant:
    seconds = int(moment.timestamp() // 1)
    if not _MINIMUM <= seconds <= LATEST:
        raise ValueError(f"out of range: {text}")
    return Instant(seconds)
