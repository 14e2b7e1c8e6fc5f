"""How playlists stand now, as a fetch compares them with what it is told."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.snapshot import Effect, Source
from syncengine.storage.bulk import chunks
from syncengine.storage.repositories.claims import TRACKS
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.standing import StandingClaims
from syncengine.storage.repositories.timeline import KEYS, OBSERVATIONS, ROSTER_KEYS, ROSTERS


class ListReader:
    """Questions about playlists as they are now."""

    def __init__(self, connection: Connection, contents: ContentBook) -> None:
        self._connection = connection
        self._contents = contents

    def sizes(self) -> dict[PlaylistKey, int]:
        """Return how many entries there are now in the playlist of each key."""
        e = ENTRIES.c
        query = (
            select(KEYS.c.key, func.count())
            .join(ENTRIES, e.playlist_id == KEYS.c.playlist_id)
            .where(e.valid_to.is_(None))
            .group_by(KEYS.c.key)
        )
        return {PlaylistKey(key): count for key, count in self._connection.execute(query)}

    def listed(self, source: Source) -> int:
        """Return how many playlists the last roster of a source listed."""
        r = ROSTERS.c
        last = select(r.id).where(r.source == int(source)).order_by(r.taken_at.desc(), r.id.desc())
        query = select(func.count()).where(
            ROSTER_KEYS.c.roster_id == last.limit(1).scalar_subquery()
        )
        return int(self._connection.execute(query).scalar_one())

    def lines(self, key: PlaylistKey) -> list[Line]:
        """Return what stands in the playlist of a key now, as lines; none where there is none."""
        o = OBSERVATIONS.c
        playlist = select(KEYS.c.playlist_id).where(KEYS.c.key == key).scalar_subquery()
        query = (
            select(o.state_id)
            .join(KEYS, KEYS.c.id == o.key_id)
            .where(KEYS.c.playlist_id == playlist, o.effect < Effect.ASIDE)
            .order_by(o.taken_at.desc(), o.source.desc(), o.digest.desc())
            .limit(1)
        )
        state = self._connection.execute(query).scalar()
        return [] if state is None else list(self._contents.lines(state))

    def places(self, key: PlaylistKey) -> list[tuple[str, Instant | None]]:
        """Return track and added-at of every entry of the playlist of a key now, in order."""
        lines = self.lines(key)
        names = self._names({line.track for line in lines})
        return [(names[line.track], line.added_at) for line in lines]

    def _names(self, tracks: Collection[int]) -> dict[int, str]:
        query = select(TRACKS.c.id, TRACKS.c.key)
        return {
            number: key
            for chunk in chunks(tracks)
            for number, key in self._connection.execute(query.where(TRACKS.c.id.in_(chunk)))
        }

    def present(self) -> set[TrackKey]:
        """Return the tracks of Spotify's that stand in some list now."""
        e = ENTRIES.c
        query = select(TRACKS.c.key).join(ENTRIES, e.track_id == TRACKS.c.id).distinct()
        query = query.where(e.valid_to.is_(None), TRACKS.c.kind == "track")
        return {TrackKey(key) for key in self._connection.execute(query).scalars()}

    def told_by(self, rank: int, tracks: Collection[TrackKey]) -> set[TrackKey]:
        """Return the tracks of which sources of a rank said anything."""
        return StandingClaims(self._connection, rank).known(tracks)

    def without_features(self, tracks: Collection[TrackKey]) -> set[TrackKey]:
        """Return the tracks of which no source told audio features."""
        return set(tracks) - self._with(tracks, "audio_features_id")

    def without_genres(self, tracks: Collection[TrackKey]) -> set[TrackKey]:
        """Return the tracks of which no source told genres."""
        return set(tracks) - self._with(tracks, "genre_set_id")

    def _with(self, tracks: Collection[TrackKey], column: str) -> set[TrackKey]:
        query = select(TRACKS.c.key).where(TRACKS.c[column].is_not(None))
        return {
            TrackKey(key)
            for chunk in chunks(tracks)
            for key in self._connection.execute(query.where(TRACKS.c.key.in_(chunk))).scalars()
        }
