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
from syncengine.core.survival import DAY
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
            steps = self._steps[name] = [0.0] * (self._months + 1)
        steps[span[0]] += weight
        steps[span[1]] -= weight

    def of(self, *names: str) -> list[float]:
        """Return the sum of what has these names, at the end of each month."""
        found = [self._steps[name] for name in names if name in self._steps]
        steps = [sum(each) for each in zip(*found, strict=True)] or [0.0] * (self._months + 1)
        return [round(each, 6) for each in accumulate(steps[:-1])]

    def names(self) -> list[str]:
        """Return the names, those with most over all months first."""
        weights = {name: round(sum(accumulate(steps)), 6) for name, steps in self._steps.items()}
        return sorted(weights, key=lambda name: (-weights[name], name))


@dataclass
class Evolution:
    """Notes playlist by playlist, then counts; ``unavailable`` is the track of entries without one.

    ``features`` are the names of what the traits have as features.
    """

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
        self._held: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._came: Counter[Instant] = Counter()
        self._went: Counter[Instant] = Counter()

    def take(self, past: PlaylistPast) -> None:
        """Note a playlist: what came and went, and its own trend if it was there at the end of a month."""
        sizes = Levels(self.window)
        came, went = comings(past, self.window), goings(past, self.window)
        self._came.update(came)
        self._went.update(went)
        for row, span in spans(past, self.window):
            sizes.add("", span)
            self._held[span].append(row.track)
        there = self._months_of(past)
        if not there:
            return
        for month in there:
            self._sizes.add("playlists", (month, month + 1))
        level = sizes.of("")
        listed = [(self.window.months[each], round(level[each])) for each in there]
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

    def _count(self, span: tuple[int, int], tracks: Sequence[int]) -> None:
        """Count tracks that hold in the same months; what they have in common is added up first."""
        known = [self.traits.get(track, NO_TRAITS) for track in tracks]
        self._sizes.add("entries", span, len(tracks))
        genres: dict[str, float] = defaultdict(float)
        for several, count in Counter(traits.genres for traits in known).items():
            for genre in several:
                genres[genre] += count / len(several)
        for name, weight in genres.items():
            self._genres.add(name, span, weight)
        decades = Counter(traits.decade for traits in known if traits.decade is not None)
        for name, weight in decades.items():
            self._decades.add(name, span, weight)
        heard = [traits.features for traits in known if traits.features]
        for name, column in zip(self.features, zip(*heard, strict=True), strict=False):
            values = [value for value in column if value is not None]
            self._sums.add(name, span, sum(values))
            self._counts.add(name, span, len(values))

    def count(self) -> None:
        """Count what all playlists hold, once they are noted."""
        tracks: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for span, held in self._held.items():
            self._count(span, held)
            for track in held:
                tracks[track].append(span)
        tracks.pop(self.unavailable or -1, None)
        for stretches in tracks.values():
            for span in _union(stretches):
                self._sizes.add("tracks", span)

    def months(self, observed_from: Instant) -> list[Month]:
        """Return the months; ``observed_from`` is the library's first observation."""
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
        if rest := [name for name in levels.names() if name not in listed]:
            listed[OTHER] = levels.of(*rest)
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
    if len(stretches) == 1:
        yield stretches[0]
        return
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
    days: Counter[int] = Counter()
    for at, count in counts.items():
        days[at // DAY] += count
    found: Counter[str] = Counter()
    for day, count in days.items():
        found[name(Instant(day * DAY))] += count
    return found
