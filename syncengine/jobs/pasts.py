"""The pasts of playlists, read and put together."""

from __future__ import annotations

from collections.abc import Collection

from syncengine.core.identity import is_album
from syncengine.core.moment import Instant
from syncengine.core.playlist_past import PlaylistPast
from syncengine.core.stay import find_stays
from syncengine.storage.unit_of_work import UnitOfWork


def read_pasts(
    unit: UnitOfWork, end: Instant, playlists: Collection[int] | None = None
) -> list[PlaylistPast]:
    """Return the pasts of playlists (none: all) up to a moment, by name; albums are no playlists."""
    reader = unit.evolution
    names, unavailable = reader.names(), reader.unavailable()
    rows, looked_at = reader.rows(end, playlists), reader.looked_at(end, playlists)
    found = []
    for number, presences in reader.presences(end, playlists).items():
        key, name = names[number]
        if playlists is None and is_album(key):
            continue
        stays, vanished = find_stays(rows.pop(number, ()), presences, unavailable)
        last = looked_at.get(number, presences[0].since)
        found.append(PlaylistPast(number, key, name, presences, last, stays, vanished))
    return sorted(found, key=lambda past: (past.name.casefold(), past.key))
