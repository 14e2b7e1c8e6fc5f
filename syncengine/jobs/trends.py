"""How the library evolved; docs/history.md says what each number counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from syncengine.core.evolution import Evolution
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant, to_iso
from syncengine.core.months import Window
from syncengine.core.playlist_past import PlaylistPast
from syncengine.core.stay import Vanishing
from syncengine.core.track import Facts
from syncengine.core.trends import PopularityMove, Trends, Vanished
from syncengine.errors import UsageError
from syncengine.jobs.moments import any_moment_of, moment_of, observed_time
from syncengine.jobs.pasts import read_pasts
from syncengine.storage.repositories.evolution import FEATURES, PopularityRow
from syncengine.storage.unit_of_work import UnitOfWork

MOST_MOVES = 20
"""So many winners and losers are told."""
_SITTING = 3600
"""Seconds within which observations are of one moment: the files of one export differ by minutes."""


def trends(unit: UnitOfWork, *, since: str | None = None, until: str | None = None) -> Trends:
    """Return how the library evolved after one moment, up to another (each a WHEN).

    Without ``since`` it is all that is known, what stamps tell of the time before the first observation
    included; ``until`` is the last observation at the latest. Raises UsageError for a time that is none
    or that ends before it begins, NotFound for an empty library and an ``until`` before it.
    """
    library = unit.library
    observed_from, latest = observed_time(library)
    end = latest if until is None else min(latest, moment_of(until, library))
    pasts = read_pasts(unit, end)
    if since is None:
        start = _beginning(pasts, observed_from)
    else:
        start = any_moment_of(since, library)
        if start >= end:
            raise UsageError(f"there is nothing to tell between {to_iso(start)} and {to_iso(end)}")
    window = Window(start, end)
    evolution = Evolution(window, unit.evolution.traits(), FEATURES, unit.evolution.unavailable())
    for past in pasts:
        evolution.take(past)
    evolution.count()
    vanished = [v for v in _vanished(pasts, unit.evolution.nameless(end)) if v.at in window]
    winners, losers = _moves(unit.evolution.popularity(start, end), _held(pasts))
    facts = unit.library.facts(
        None, {*(v.track for v in vanished), *(move.number for move in (*winners, *losers))}
    )
    return Trends(
        start,
        end,
        evolution.months(observed_from),
        evolution.days(),
        evolution.playlists,
        evolution.genres(),
        evolution.decades(),
        evolution.feature_trends(),
        sorted(
            (Vanished(*_named(facts[v.track]), v.at) for v in vanished),
            key=lambda each: (-each.since, each.track),
        ),
        _told(winners, facts),
        _told(losers, facts),
        observed_from,
    )


def _beginning(pasts: Iterable[PlaylistPast], observed_from: Instant) -> Instant:
    """Return the last second of which nothing is known at all."""
    came = (stay.came for past in pasts for stay in past.stays if stay.came is not None)
    return Instant(min(observed_from, min(came, default=observed_from)) - 1)


def _held(pasts: Iterable[PlaylistPast]) -> set[int]:
    """Return the tracks that stand in a playlist at the end."""
    return {s.rows[-1].track for past in pasts for s in past.stays if s.until is None}


def _vanished(pasts: Sequence[PlaylistPast], nameless: Iterable[Vanishing]) -> list[Vanishing]:
    """Return the tracks that Spotify shows no more, each since it was first seen so for good."""
    gone: dict[int, list[Instant]] = {}
    for past in pasts:
        for each in past.vanished:
            gone.setdefault(each.track, []).append(each.at)
    begun: dict[int, Instant] = {}
    for past in pasts:
        for stay in past.stays:
            for row in stay.rows:
                if row.track not in gone:
                    continue
                last = gone[row.track]
                seen = min(past.looked_at, row.until or past.looked_at)
                if seen > max(last) + _SITTING:
                    del gone[row.track]  # it was shown again, or elsewhere
                else:
                    begun[row.track] = max(begun.get(row.track, row.since), row.since)
    found = {each.track: each.at for each in nameless}
    found |= {
        track: min((at for at in times if at > begun[track]), default=max(times))
        for track, times in gone.items()
    }
    return [Vanishing(track, at) for track, at in found.items()]


def _moves(
    rows: Iterable[PopularityRow], held: set[int]
) -> tuple[list[PopularityRow], list[PopularityRow]]:
    """Return the tracks in playlists that gained and that lost most, the largest move first."""
    moved = sorted((row for row in rows if row.number in held), key=lambda row: row.track)
    winners = sorted(moved, key=lambda row: row.first - row.last)[:MOST_MOVES]
    losers = sorted(moved, key=lambda row: row.last - row.first)[:MOST_MOVES]
    return [r for r in winners if r.last > r.first], [r for r in losers if r.last < r.first]


def _told(rows: Iterable[PopularityRow], facts: Mapping[int, Facts]) -> list[PopularityMove]:
    return [PopularityMove(*_named(facts[row.number]), row.first, row.last) for row in rows]


def _named(facts: Facts) -> tuple[TrackKey, str, str]:
    """Return a track's key, title and artists."""
    recording = facts.recording
    return facts.track, recording.title or "", ", ".join(each.name for each in recording.artists)
