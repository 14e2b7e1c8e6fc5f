"""A playlist's past as its stays tell it, and what is measured of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncengine.core import survival
from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.months import Window
from syncengine.core.stay import Ending, Presence, Row, Stay, Vanishing
from syncengine.core.survival import Watched


@dataclass(frozen=True, slots=True)
class PlaylistPast:
    """A playlist as it is called now, and its past up to a moment.

    ``looked_at`` is its last sound observation; what came after that nobody saw. ``id`` is its row
    number, ``vanished`` are tracks that became unavailable in it.
    """

    id: int
    key: PlaylistKey
    name: str
    presences: Sequence[Presence]
    looked_at: Instant
    stays: Sequence[Stay]
    vanished: Sequence[Vanishing] = ()

    @property
    def ended_at(self) -> Instant | None:
        """When it ended; None while it is there."""
        return self.presences[-1].until


def spans(past: PlaylistPast, window: Window) -> Iterator[tuple[Row, tuple[int, int]]]:
    """Yield each row of a playlist that holds at the end of some month, with its months.

    What the first observation showed holds from when it was added, where that is known.
    """
    first = past.presences[0].since
    for stay in past.stays:
        for row in stay.rows:
            since = row.since
            if since == first and stay.came is not None:
                since = min(since, stay.came)
            span = window.span(since, row.until)
            if span[0] < span[1]:
                yield row, span


def comings(past: PlaylistPast, window: Window) -> Counter[Instant]:
    """Count the additions to a playlist by moment."""
    came = (stay.came for stay in past.stays if stay.is_new)
    return Counter(at for at in came if at is not None and at in window)


def goings(past: PlaylistPast, window: Window) -> Counter[Instant]:
    """Count the removals from a playlist by the moment at which each was first seen."""
    went = (stay.until for stay in past.stays if stay.ending is Ending.REMOVED)
    return Counter(at for at in went if at is not None and at in window)


def churn_of(past: PlaylistPast, window: Window) -> float | None:
    """Return the share of a playlist's entries that left in a month, in the time it was watched."""
    seconds = sum(until - since for since, until, _ in _watches(past, window))
    longest = sum(
        max(0, min(p.until or past.looked_at, past.looked_at) - max(p.since, window.start))
        for p in past.presences
    )
    return survival.churn(goings(past, window).total(), seconds, longest)


def half_life_of(past: PlaylistPast, window: Window) -> float | None:
    """Return after how many days half of what was added to a playlist was gone."""
    return survival.half_life(watched(past, window))


def watched(past: PlaylistPast, window: Window) -> Iterator[Watched]:
    """Yield the ages at which entries were watched, of those of which it is known when they came."""
    for since, until, stay in _watches(past, window):
        if stay.came is not None:
            gone = stay.ending is Ending.REMOVED and until == stay.until
            yield Watched(since - stay.came, until - stay.came, gone)


def _watches(past: PlaylistPast, window: Window) -> Iterator[tuple[Instant, Instant, Stay]]:
    for stay in past.stays:
        since = max(stay.seen, window.start)
        until = min(past.looked_at, stay.until or past.looked_at)
        if since < until:
            yield since, until, stay
