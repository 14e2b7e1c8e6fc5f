"""One track's life: where it stood and when, what was said of it, how popular it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from syncengine.core.fact_history import FactTurn, fact_turns
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.playlist_past import PlaylistPast
from syncengine.core.stay import Ending, Stay
from syncengine.errors import NotFound
from syncengine.jobs.moments import observed_time
from syncengine.jobs.pasts import read_pasts
from syncengine.storage.repositories.facts import attested
from syncengine.storage.repositories.sightings import (
    NameSpan,
    Sighting,
    name_spans,
    popularity_of,
    rosters_at,
    sightings,
)
from syncengine.storage.unit_of_work import UnitOfWork


class Parting(StrEnum):
    """How a track ceased to stand in a place; ``HELD`` says that it stands there."""

    HELD = "held"
    REMOVED = "removed"
    VANISHED = "vanished"
    """The place is there, and the source shows nothing in it."""
    OTHER_ID = "other-id"
    """The place is there, and the source names another track in it, with the same added-at stamp."""
    PLAYLIST_ENDED = "playlist-ended"


@dataclass(frozen=True, slots=True)
class Visit:
    """A time in which a track stood in a playlist.

    ``came`` is the observation that first showed it there, ``left`` the first that did not, or that said
    that the playlist was gone; either is None where no stored observation is of that moment. The names
    are those of the playlist now, when it came and when it left.
    """

    key: PlaylistKey
    name: str
    name_then: str
    name_at_end: str
    added_at: Instant | None
    seen: Instant
    came: Sighting | None
    until: Instant | None
    left: Sighting | None
    parting: Parting
    other: TrackKey | None


@dataclass(frozen=True, slots=True)
class TrackLife:
    """A track's life; ``also`` are ids it goes by besides, ``popularity`` is 0–100 from each moment on."""

    track: TrackKey
    also: Sequence[TrackKey]
    title: str
    artists: str
    visits: Sequence[Visit]
    facts: Sequence[FactTurn]
    popularity: Sequence[tuple[Instant, int]]


def track_life(unit: UnitOfWork, track: TrackKey) -> TrackLife:
    """Return a track's life. Raises NotFound for a track that was never seen, and an empty library."""
    _, latest = observed_time(unit.library)
    number = unit.library.track_number(track)
    if number is None:
        raise NotFound(f"{track} was never seen in this library")
    playlists = unit.evolution.ever_holding(number)
    pasts = read_pasts(unit, latest, playlists)
    key = unit.library.track_keys({number})[number]
    facts = unit.library.facts(None, {number}).get(number)
    recording = facts.recording if facts else None
    return TrackLife(
        key,
        unit.evolution.other_names(number),
        (recording.title if recording else None) or "",
        ", ".join(artist.name for artist in recording.artists) if recording else "",
        _Visits(unit, number, pasts).told(),
        list(fact_turns(key, attested(unit.connection, number))),
        popularity_of(unit.connection, number),
    )


class _Visits:
    """Puts the visits of one track together."""

    def __init__(self, unit: UnitOfWork, track: int, pasts: Sequence[PlaylistPast]) -> None:
        self._track = track
        self._pasts = pasts
        self._unavailable = unit.evolution.unavailable()
        found = [(past, stay, places) for past in pasts for stay, places in self._stays(past)]
        moments = {
            at
            for _, stay, (first, last) in found
            for at in (stay.rows[first].since, stay.rows[last].until)
            if at is not None
        }
        playlists = [past.id for past in pasts]
        self._found = found
        self._seen = sightings(unit.connection, playlists, moments)
        self._rosters = rosters_at(unit.connection, moments)
        self._names = name_spans(unit.connection, playlists)
        others = {
            stay.rows[last + 1].track for _, stay, (_, last) in found if last + 1 < len(stay.rows)
        }
        self._keys: Mapping[int, TrackKey] = unit.library.track_keys(others)

    def told(self) -> list[Visit]:
        """Return the visits in order of coming."""
        visits = [self._visit(past, stay, *places) for past, stay, places in self._found]
        return sorted(visits, key=lambda visit: (visit.seen, visit.name.casefold(), visit.key))

    def _stays(self, past: PlaylistPast) -> Iterator[tuple[Stay, tuple[int, int]]]:
        """Yield the stays in which the track stood, each with its first and last row in a run."""
        for stay in past.stays:
            first = None
            for place, row in enumerate(stay.rows):
                is_ours = row.track == self._track
                if is_ours and first is None:
                    first = place
                is_last = place + 1 == len(stay.rows) or stay.rows[place + 1].track != self._track
                if first is not None and is_last:
                    yield stay, (first, place)
                    first = None

    def _visit(self, past: PlaylistPast, stay: Stay, first: int, last: int) -> Visit:
        seen, until = stay.rows[first].since, stay.rows[last].until
        parting, other = self._parting(stay, last)
        left = None
        if until is not None:
            ended = parting is Parting.PLAYLIST_ENDED
            left = self._rosters.get(until) if ended else self._seen.get((past.id, until))
        names = self._names.get(past.id, ())
        return Visit(
            past.key,
            past.name,
            _named(names, seen) or past.name,
            _named(names, until) or past.name,
            stay.added_at,
            seen,
            self._seen.get((past.id, seen)),
            until,
            left,
            parting,
            other,
        )

    def _parting(self, stay: Stay, last: int) -> tuple[Parting, TrackKey | None]:
        if last + 1 < len(stay.rows):
            following = stay.rows[last + 1].track
            if following == self._unavailable:
                return Parting.VANISHED, None
            return Parting.OTHER_ID, self._keys.get(following)
        if stay.ending is Ending.HELD:
            return Parting.HELD, None
        return (
            Parting.PLAYLIST_ENDED if stay.ending is Ending.PLAYLIST_ENDED else Parting.REMOVED
        ), None


def _named(names: Collection[NameSpan], at: Instant | None) -> str | None:
    """Return what a playlist was called at a moment, or just before it ended then (none: now)."""
    if at is None:
        return None
    held = [span.name for span in names if span.since <= at]
    return held[-1] if held else None
