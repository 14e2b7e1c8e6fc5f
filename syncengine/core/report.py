"""What a report on a library shows: numbers and names, so that a page or a picture only has to draw them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from syncengine.core.moment import Instant
from syncengine.core.trends import Trends


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values fall into each of many equal bins; the first begins at ``low``.

    ``width`` is a bin's, ``unit`` what the values are in (nothing where they have none), and ``beyond``
    how many values lay outside and are in the first or last bin.
    """

    name: str
    low: float
    width: float
    counts: Sequence[int]
    unit: str = ""
    beyond: int = 0

    @property
    def total(self) -> int:
        """How many values there are."""
        return sum(self.counts)

    def start(self, place: int) -> float:
        """Return where a bin begins; ``place`` counts from 0."""
        return round(self.low + place * self.width, 9)


class Span(NamedTuple):
    """Where a histogram begins and ends, in how many bins, and the unit of its values."""

    low: float
    high: float
    bins: int
    unit: str = ""


FEATURE_SPANS = {
    "danceability": Span(0, 1, 20),
    "energy": Span(0, 1, 20),
    "valence": Span(0, 1, 20),
    "acousticness": Span(0, 1, 20),
    "instrumentalness": Span(0, 1, 20),
    "liveness": Span(0, 1, 20),
    "speechiness": Span(0, 1, 20),
    "tempo": Span(40, 220, 18, "BPM"),
    "loudness": Span(-30, 0, 15, "dB"),
}
"""The audio features that have a distribution to show, and where nearly all their values lie."""
POPULARITY_SPAN = Span(0, 100, 20)


def histogram(name: str, values: Iterable[float | None], span: Span) -> Histogram:
    """Count values into a span's bins; what is unknown or not a number is left out.

    A value on the border of two bins is in the upper one, the highest of all in the last.
    """
    width = (span.high - span.low) / span.bins
    counts = [0] * span.bins
    beyond = 0
    for value in values:
        if value is None or not math.isfinite(value):
            continue
        beyond += not span.low <= value <= span.high
        # Rounded, because 0.15 / 0.05 is a little less than 3.
        inside = min(max(value, span.low), span.high)
        place = math.floor(round((inside - span.low) / width, 9))
        counts[min(place, span.bins - 1)] += 1
    return Histogram(name, span.low, width, counts, span.unit, beyond)


@dataclass(frozen=True, slots=True)
class Drift:
    """How the popularity of tracks moved: ``changes`` are (points, tracks), fewest points first.

    A change is the last known popularity less the first; no change is no part of it. ``steady`` is how
    many tracks are as popular as when they were first seen.
    """

    changes: Sequence[tuple[int, int]]
    steady: int

    def _counted(self, low: int, high: int) -> int:
        return sum(tracks for points, tracks in self.changes if low <= points <= high)

    @property
    def up(self) -> int:
        """How many tracks are more popular than they were."""
        return self._counted(1, 100)

    @property
    def down(self) -> int:
        """How many tracks are less popular than they were."""
        return self._counted(-100, -1)


@dataclass(frozen=True, slots=True)
class FoundDuplicate:
    """One recording that stands in the library more than once; texts for people.

    ``where`` are the names of the playlists that hold it, ``keep`` is the key of the track to keep,
    ``rule`` says why that one.
    """

    kind: str
    confidence: str
    title: str
    where: Sequence[str]
    reason: str
    keep: str
    rule: str


class CallsOf(NamedTuple):
    """A month (``YYYY-MM``, UTC): calls made to Spotify, and those that were not needed.

    ``by_fetches`` are calls that reading unchanged or stored lists would have taken, ``by_lookups``
    those that a script without stored facts would have made.
    """

    month: str
    made: int
    by_fetches: int
    by_lookups: int

    @property
    def saved(self) -> int:
        """How many calls were not needed."""
        return self.by_fetches + self.by_lookups


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report shows; ``at`` is when it was made.

    The sizes are those of the library's last moment. ``popularity`` and ``features`` are of the tracks
    that stand in some playlist then, each track once.
    """

    at: Instant
    tracks: int
    entries: int
    playlists: int
    milliseconds: int
    """How long all tracks play that have a known length, each once."""
    trends: Trends
    features: Sequence[Histogram]
    popularity: Histogram
    drift: Drift
    duplicates: Sequence[FoundDuplicate]
    calls: Sequence[CallsOf]

    @property
    def calls_made(self) -> int:
        """How many calls were made to Spotify since the first that is on record."""
        return sum(each.made for each in self.calls)

    @property
    def calls_saved(self) -> int:
        """How many calls were not needed since the first that is on record."""
        return sum(each.saved for each in self.calls)


GENERATOR = "syncengine report"
"""By which a page says what made it."""


class HeldChart(NamedTuple):
    """A chart that a page holds."""

    name: str
    title: str


class HeldTable(NamedTuple):
    """A table that a page holds, and how many of its rows."""

    name: str
    title: str
    rows: int
    shown: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report as it is written: the page in UTF-8, what it holds, and the charts as PNG by name."""

    page: bytes
    charts: Sequence[HeldChart]
    tables: Sequence[HeldTable]
    pictures: Mapping[str, bytes]
