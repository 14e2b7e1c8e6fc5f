"""The library's evolution counted month by month, out of the stays of all entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from syncengine.core.moment import Instant
from syncengine.core.months import Window, day_of, month_of
from syncengine.core.playlist_past import (
    PlaylistPast,
    churn_of,
    comings,
    goings,
    half_life_of,
    spans,
)
from syncengine.core.trends import Day, FeatureTrend, Month, PlaylistTrend, Share

OTHER = "other"
MOST_NAMES = 12
"""So many genres are told by name."""


class Traits(NamedTuple):
    """What is known of a track that is counted over time; ``features`` in the order of their names."""

    genres: tuple[str, ...]
    decade: str | None
    features: tuple[float | None, ...]


NO_TRAITS = Traits((), None, ())


class Levels:
    """Sums over what holds, by name and month; weights are noted where they begin and end."""

    def __init__(self, window: Window) -> None:
        self._months = len(window.months)
        self._steps: dict[str, list[float]] = {}

    def add(self, name: str, span: tuple[int, int], weight: float = 1) -> None:
        """Count a thing in the months of its span."""
        steps = self._steps.get(name)
        if steps is None:
            steps = self._steps[name] = [0] * (self._months + 1)
        steps[span[0]] += weight
        steps[span[1]] -= weight

    def of(self, name: str) -> list[float]:
        """Return the sum at the end of each month."""
        steps = self._steps.get(name, [0] * (self._months + 1))
        return [round(each, 6) for each in accumulate(steps[:-1])]

    def names(self) -> list[str]:
        """Return the names, those with most over all months first."""
        weights = {name: sum(self.of(name)) for name in self._steps}
        return sorted(weights, key=lambda name: (-weights[name], name))


@dataclass
class Evolution:
    """Counts playlist by playlist; ``unavailable`` is the track of entries of which nothing is shown."""

    window: Window
    traits: Mapping[int, Traits]
    features: Sequence[str]
    unavailable: int | None
    playlists: list[PlaylistTrend] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sizes = Levels(self.window)
        self._genres = Levels(self.window)
        self._decades = Levels(self.window)
        self._sums = Levels(self.window)
        self._counts = Levels(self.window)
        self._tracks: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._came: Counter[Instant] = Counter()
        self._went: Counter[Instant] = Counter()

    def take(self, past: PlaylistPast) -> None:
        """Count a playlist in, unless it was not there in this time."""
        sizes = Levels(self.window)
        for row, span in spans(past, self.window):
            sizes.add("", span)
            self._count(row.track, span)
        there = self._months_of(past)
        if not there:
            return
        for month in there:
            self._sizes.add("playlists", (month, month + 1))
        listed = [(self.window.months[each], round(sizes.of("")[each])) for each in there]
        came, went = comings(past, self.window), goings(past, self.window)
        self._came += came
        self._went += went
        self.playlists.append(
            PlaylistTrend(
                past.key,
                past.name,
                past.ended_at,
                listed,
                came.total(),
                went.total(),
                churn_of(past, self.window),
                half_life_of(past, self.window),
            )
        )

    def _months_of(self, past: PlaylistPast) -> list[int]:
        """Return the months at whose end the playlist was there, as far as is known."""
        there: set[int] = set()
        for presence in past.presences:
            there.update(range(*self.window.span(presence.since, presence.until)))
        first = past.presences[0].since
        stamps = (s.came for s in past.stays if s.seen == first and s.came is not None)
        if (began := min(stamps, default=first)) < first:
            there.update(range(self.window.span(began, None)[0], self.window.span(first, None)[0]))
        return sorted(there)

    def _count(self, track: int, span: tuple[int, int]) -> None:
        self._sizes.add("entries", span)
        if track != self.unavailable:
            self._tracks[track].append(span)
        traits = self.traits.get(track, NO_TRAITS)
        for genre in traits.genres:
            self._genres.add(genre, span, 1 / len(traits.genres))
        if traits.decade is not None:
            self._decades.add(traits.decade, span)
        for name, value in zip(self.features, traits.features, strict=False):
            if value is not None:
                self._sums.add(name, span, value)
                self._counts.add(name, span)

    def months(self, observed_from: Instant) -> list[Month]:
        """Return the months; ``observed_from`` is the library's first observation."""
        for stretches in self._tracks.values():
            for span in _union(stretches):
                self._sizes.add("tracks", span)
        came = _by(self._came, month_of)
        went = _by(self._went, month_of)
        tracks, entries, playlists = (
            [round(each) for each in self._sizes.of(name)]
            for name in ("tracks", "entries", "playlists")
        )
        sizes = zip(tracks, entries, playlists, strict=True)
        return [
            Month(month, *size, came[month], went[month], observed=end >= observed_from)
            for month, size, end in zip(self.window.months, sizes, self.window.ends, strict=True)
        ]

    def days(self) -> list[Day]:
        """Return the days on which something came or went."""
        came, went = _by(self._came, day_of), _by(self._went, day_of)
        return [Day(day, came[day], went[day]) for day in sorted(came.keys() | went.keys())]

    def genres(self) -> list[Share]:
        """Return the genres over time; an entry of several counts as a part of one in each."""
        return self._shares(self._genres, self._genres.names()[:MOST_NAMES])

    def decades(self) -> list[Share]:
        """Return the decades of release over time."""
        return self._shares(self._decades, sorted(self._decades.names()))

    def _shares(self, levels: Levels, named: Sequence[str]) -> list[Share]:
        listed = {name: levels.of(name) for name in named if name != OTHER}
        rest = [levels.of(name) for name in levels.names() if name not in listed]
        if rest:
            listed[OTHER] = [round(sum(each), 6) for each in zip(*rest, strict=True)]
        return [
            Share(month, name, level[number])
            for number, month in enumerate(self.window.months)
            for name, level in listed.items()
        ]

    def feature_trends(self) -> list[FeatureTrend]:
        """Return each audio feature's mean over time, in months in which an entry had it."""
        found = []
        for name in self.features:
            sums, counts = self._sums.of(name), self._counts.of(name)
            means = [
                (month, round(total / count, 4))
                for month, total, count in zip(self.window.months, sums, counts, strict=True)
                if count
            ]
            if means:
                found.append(FeatureTrend(name, means))
        return found


def _union(stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield stretches of months without overlaps."""
    begun, ended = -1, -1
    for start, stop in sorted(stretches):
        if start > ended:
            if begun >= 0:
                yield begun, ended
            begun, ended = start, stop
        else:
            ended = max(ended, stop)
    if begun >= 0:
        yield begun, ended


def _by(counts: Mapping[Instant, int], name: Callable[[Instant], str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for at, count in counts.items():
        found[name(at)] += count
    return found
