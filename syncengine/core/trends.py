"""How a library evolved between two moments, as numbers: what tables and charts are made of.

docs/history.md says exactly what each number counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant

NO_TIME = Instant(0)
"""Where nobody says since when the library was observed."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month (``YYYY-MM``, UTC): what there was at its end, and the entries that came and went in it.

    ``tracks`` counts each track once, however many playlists hold it. A month that was over before the
    library was first observed is not ``observed``: what had left by then is not known.
    """

    month: str
    tracks: int
    entries: int
    playlists: int
    added: int
    removed: int
    observed: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """A day (``YYYY-MM-DD``, UTC) on which entries came or went, and how many."""

    day: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class PlaylistTrend:
    """One playlist: ``sizes`` are (month, entries at its end), without months in which it was not there.

    ``churn`` is the share of its entries that leave in a month, 0 or more; ``half_life_days`` after how
    many days half of what was added is gone. Either is None where the history does not tell.
    """

    key: PlaylistKey
    name: str
    ended_at: Instant | None
    sizes: Sequence[tuple[str, int]]
    added: int
    removed: int
    churn: float | None
    half_life_days: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many entries a genre or decade (``name``) had at the end of a month; the rest is ``other``."""

    month: str
    name: str
    entries: float


@dataclass(frozen=True, slots=True)
class FeatureTrend:
    """An audio feature's mean over the entries that have it, at the end of each month."""

    name: str
    means: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Vanished:
    """A track that Spotify no longer shows, and since when."""

    track: TrackKey
    title: str
    artists: str
    since: Instant


@dataclass(frozen=True, slots=True)
class PopularityMove:
    """A track's first and last known popularity (0–100) in the time that was looked at."""

    track: TrackKey
    title: str
    artists: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Trends:
    """How the library evolved from ``start`` to ``end``; months and days in order.

    Before ``observed_from``, the first observation, there is only what added-at stamps tell.
    """

    start: Instant
    end: Instant
    months: Sequence[Month]
    days: Sequence[Day]
    playlists: Sequence[PlaylistTrend]
    genres: Sequence[Share]
    decades: Sequence[Share]
    features: Sequence[FeatureTrend]
    vanished: Sequence[Vanished]
    winners: Sequence[PopularityMove]
    losers: Sequence[PopularityMove]
    observed_from: Instant = NO_TIME
