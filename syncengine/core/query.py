"""Which tracks a person asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from syncengine.core.catalog import CatalogTrack
from syncengine.core.identity import UNAVAILABLE, PlaylistKey, fold

TIERS = {"easy": (80, 100), "medium": (50, 79), "hard": (0, 49)}
"""Popularity tiers, 0–100, ends included."""

MISSING: dict[str, Callable[[CatalogTrack], bool]] = {
    "isrc": lambda track: not track.facts.isrc,
    "features": lambda track: track.facts.features is None,
    "popularity": lambda track: track.popularity is None,
    "genres": lambda track: not track.facts.genres,
    "label": lambda track: not track.facts.release.label,
    "release_date": lambda track: not track.facts.release.release_date,
    "duration": lambda track: track.facts.recording.duration_ms is None,
}
SORTS: dict[str, Callable[[CatalogTrack], tuple[object, ...]]] = {
    "title": lambda track: (fold(track.facts.recording.title or ""),),
    "artist": lambda track: (fold(_artists(track)), fold(track.facts.recording.title or "")),
    "popularity": lambda track: (-1 if track.popularity is None else track.popularity,),
    "added": lambda track: (added_at(track),),
    "duration": lambda track: (track.facts.recording.duration_ms or 0,),
    "released": lambda track: (track.facts.release.release_date or "",),
}


@dataclass(frozen=True, slots=True)
class TrackQuery:
    """What is asked for; ``popularity`` holds both ends, 0–100, and everything named must hold."""

    search: str = ""
    artist: str = ""
    playlist: PlaylistKey | None = None
    popularity: tuple[int, int] | None = None
    missing: frozenset[str] = frozenset()

    def accepts(self, track: CatalogTrack) -> bool:
        """Tell whether a track is asked for; case and accents don't matter."""
        if track.facts.track == UNAVAILABLE:
            return False
        if self.playlist is not None and all(p.playlist != self.playlist for p in track.places):
            return False
        if self.popularity is not None and not self._is_within(track.popularity):
            return False
        if any(not MISSING[name](track) for name in self.missing):
            return False
        if self.artist and fold(self.artist) not in fold(_artists(track)):
            return False
        text = fold(_text(track)) if self.search else ""
        return all(word in text for word in fold(self.search).split())

    def _is_within(self, value: int | None) -> bool:
        low, high = self.popularity or (0, 100)
        return value is not None and low <= value <= high


def select_tracks(
    tracks: Iterable[CatalogTrack], query: TrackQuery, sort: str, limit: int | None
) -> list[CatalogTrack]:
    """Return the tracks that are asked for, sorted by one of SORTS; ``-`` in front turns it round."""
    found = [track for track in tracks if query.accepts(track)]
    key = SORTS[sort.removeprefix("-")]
    found.sort(key=lambda track: (key(track), track.facts.track), reverse=sort.startswith("-"))
    return found[:limit]


def added_at(track: CatalogTrack) -> int:
    """Return the first moment at which a track was added to any playlist; 0 where none is known."""
    return min((place.added_at for place in track.places if place.added_at), default=0)


def _artists(track: CatalogTrack) -> str:
    return ", ".join(artist.name for artist in track.facts.recording.artists)


def _text(track: CatalogTrack) -> str:
    recording, release = track.facts.recording, track.facts.release
    return " ".join(filter(None, (recording.title, _artists(track), release.album)))
