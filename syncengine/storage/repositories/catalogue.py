"""The library at one moment, as sinks and questions want it: tracks with their facts and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from syncengine.core.catalog import CatalogPlaylist, CatalogTrack, Place
from syncengine.core.identity import TrackKey, is_album
from syncengine.core.moment import Instant
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.claims import TRACKS
from syncengine.storage.repositories.library import LibraryReader, number_of
from syncengine.storage.repositories.timeline import keys_of_joined

_PLAYLIST = "spotify:playlist:"
_MANY = 4


class CatalogueReader:
    """What is in the library at a moment (none: now), whole."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._library = LibraryReader(connection)

    def playlists(self, at: Instant | None = None) -> list[CatalogPlaylist]:
        """Return the playlists that exist; albums are none."""
        sizes = {number: len(entries) for number, entries in self._library.entries(at).items()}
        known = keys_of_joined(self._connection)
        return [
            CatalogPlaylist(
                each.key, each.name, each.inferred, each.observed_at, sizes.get(each.id, 0),
                f"https://open.spotify.com/playlist/{each.key.removeprefix(_PLAYLIST)}"
                if each.key.startswith(_PLAYLIST) else None,
                also=tuple(key for key in known.get(each.id, ()) if key != each.key),
            )
            for each in self._library.playlists(at)
            if not is_album(each.key)
        ]  # fmt: skip

    def tracks(
        self, at: Instant | None = None, *, rated: tuple[int, int] | None = None
    ) -> Iterator[CatalogTrack]:
        """Yield every track that stands in a playlist, with its places.

        ``rated`` are the ends of a span of popularity, 0–100: tracks without it are left out.
        """
        places = self._places(at)
        popularity = self._library.popularity(at, rated)
        every = len(places)
        if rated is not None:
            places = {track: where for track, where in places.items() if track in popularity}
        # Of most tracks the facts are read quickest together.
        some = at is not None or len(places) * _MANY < every
        facts = self._library.facts(at, places.keys() if some else None)
        aliases = self._aliases()
        for track, where in places.items():
            also = aliases.get(track, ())
            yield CatalogTrack(facts[track], popularity.get(track), tuple(where), tuple(also))

    def _aliases(self) -> Mapping[int, Sequence[TrackKey]]:
        query = select(ALIASES.c.alias_of, TRACKS.c.key).join(
            TRACKS, TRACKS.c.id == ALIASES.c.track_id
        )
        found: dict[int, list[TrackKey]] = {}
        for track, key in self._connection.execute(query):
            found.setdefault(track, []).append(TrackKey(key))
        return found

    def _places(self, at: Instant | None) -> Mapping[int, Sequence[Place]]:
        keys = {each.id: each.key for each in self._library.playlists(at)}
        places: dict[int, list[Place]] = {}
        for playlist, entries in self._library.entries(at).items():
            for position, entry in enumerate(entries):
                where = places.setdefault(number_of(entry), [])
                if not where or where[-1].playlist != keys[playlist]:
                    where.append(Place(keys[playlist], entry.added_at, position))
        return places
