"""How lookups were answered and what calls were spent, for people who want to know whether it pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.core.moment import Instant
from syncengine.jobs.lookup_notes import ASKED, CALLS, FAILED, FALLBACK, SAVED, STORED
from syncengine.storage.unit_of_work import UnitOfWork

_DAY = 24 * 60 * 60
DAYS = 30
"""Days that the figures look back."""
_SYSTEM = "spotify"


@dataclass(frozen=True, slots=True)
class LookupFigures:
    """Counts since a moment; ``fallbacks`` are by reason, ``calls`` of every command by endpoint.

    ``calls_made`` and ``calls_saved`` are those of lookups: what they spent, and what a client without
    stored facts would have spent besides. ``calls_today`` are those of the last 24 hours.
    """

    since: Instant
    stored: int
    asked: int
    failed: int
    fallbacks: Mapping[str, int]
    calls_made: int
    calls_saved: int
    calls: Mapping[str, int]
    calls_today: int

    @property
    def total(self) -> int:
        """How many lookups there were."""
        return self.stored + self.asked + self.failed + sum(self.fallbacks.values())

    @property
    def hit_rate(self) -> float | None:
        """The share (0–1) that was answered from stored facts, fallbacks included; None without lookups."""
        if not self.total:
            return None
        return round((self.stored + sum(self.fallbacks.values())) / self.total, 4)


def lookup_figures(unit: UnitOfWork, now: Instant) -> LookupFigures:
    """Return the figures of the last DAYS days."""
    since = Instant(max(0, now - DAYS * _DAY))
    tally = unit.lookups.since(since)
    book = unit.remote(_SYSTEM)
    return LookupFigures(
        since,
        tally.get(STORED, 0),
        tally.get(ASKED, 0),
        tally.get(FAILED, 0),
        {
            outcome.removeprefix(FALLBACK): count
            for outcome, count in sorted(tally.items())
            if outcome.startswith(FALLBACK)
        },
        tally.get(CALLS, 0),
        tally.get(SAVED, 0),
        book.calls_by_endpoint(since),
        book.calls_since(Instant(now - _DAY + 1)),
    )
