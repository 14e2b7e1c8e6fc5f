"""Tracks with the facts that hold now, as far as duplicates are found by them; a whole library in one go.

Read from the present facts of each track, and not worked out from what sources said: half the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from syncengine.core.duplicates import HeldTrack
from syncengine.core.identity import TrackKey
from syncengine.core.song import SongFacts
from syncengine.storage.bulk import chunks
from syncengine.storage.models import catalog
from syncengine.storage.repositories.claims import TRACKS

_R, _A = catalog.recordings.c, catalog.releases.c
_FACTS = (
    select(
        TRACKS.c.id, TRACKS.c.key, _R.title, _R.artist_credit_id, _A.album, TRACKS.c.isrc,
        _R.duration_ms, _R.explicit, _A.album_uri, _A.release_date, _R.disc_number, _R.track_number,
        TRACKS.c.popularity,
    )
    .outerjoin(catalog.recordings, _R.id == TRACKS.c.recording_id)
    .outerjoin(catalog.releases, _A.id == TRACKS.c.release_id)
)  # fmt: skip
_MANY = 5_000
"""From so many tracks on, all are read: that is quicker than naming each."""


def held_tracks(connection: Connection, numbers: Collection[int]) -> dict[int, HeldTrack]:
    """Return tracks by row number, without when they were added."""
    wanted = frozenset(numbers)
    credits = _credits(connection)
    return {row[0]: _held(row, credits) for row in _rows(connection, wanted) if row[0] in wanted}


def _rows(connection: Connection, wanted: Collection[int]) -> Iterator[Any]:
    if len(wanted) >= _MANY:
        yield from connection.execute(_FACTS)
        return
    for chunk in chunks(wanted):
        yield from connection.execute(_FACTS.where(TRACKS.c.id.in_(chunk)))


def _held(row: Any, credits: Mapping[int, tuple[str, ...]]) -> HeldTrack:
    _, key, title, credit, album, isrc, duration_ms, explicit, *release, popularity = row
    artists = credits.get(credit, ())
    song = SongFacts(TrackKey(key), title or "", artists, album, isrc, duration_ms, explicit)
    album_uri, released, disc, number = release
    return HeldTrack(song, album_uri, released, (disc, number), None, popularity)


def _credits(connection: Connection) -> dict[int, tuple[str, ...]]:
    m = catalog.artist_credit_members.c
    query = select(m.artist_credit_id, m.name).order_by(m.artist_credit_id, m.position)
    lists: dict[int, list[str]] = {}
    for credit, name in connection.execute(query):
        if name:
            lists.setdefault(credit, []).append(name)
    return {credit: tuple(names) for credit, names in lists.items()}
