"""Every playlist that holds a track."""

from __future__ import annotations

from typing import NamedTuple

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.errors import NotFound
from syncengine.storage.repositories.stored import StoredTracks
from syncengine.storage.unit_of_work import UnitOfWork


class Holding(NamedTuple):
    """One occurrence of a track in a playlist; ``position`` counts from 0.

    ``source`` spoke of the playlist last, at ``observed_at``.
    """

    key: PlaylistKey
    name: str
    added_at: Instant | None
    position: int
    source: str
    observed_at: Instant


def playlists_of(unit: UnitOfWork, track: TrackKey) -> list[Holding]:
    """Return every place a track has in the library now, by playlist.

    Raises NotFound for a track that was never seen.
    """
    library = unit.library
    number = library.track_number(track)
    if number is None:
        raise NotFound(f"{track} was never seen in this library")
    holders = library.playlists_holding(number)
    entries = library.entries(None, holders)
    return [
        Holding(each.key, each.name, entry.added_at, position, each.source, each.observed_at)
        for each in StoredTracks(unit.connection).playlists(holders)
        for position, entry in enumerate(entries[each.id])
        if entry.track == number
    ]
