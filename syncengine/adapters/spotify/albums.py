"""Albums as lists of tracks.

The object of an album holds its first 50 tracks, so a page costs one call. Its later pages hold tracks
without a word of the album; they are told with what the object said, in the form that it has.
"""

from __future__ import annotations

import msgspec

from syncengine.adapters.spotify import claims, shapes
from syncengine.adapters.spotify.numbers import numbered
from syncengine.adapters.spotify.wire import Wire
from syncengine.core.identity import AlbumKey
from syncengine.core.remote import EntryPage, RemotePlaylist

ALBUM = "GET /albums/{id}"
ALBUM_TRACKS = "GET /albums/{id}/tracks"
_PAGE = 50


class Albums:
    """Asks for albums, and remembers the last one for its later pages."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._last: tuple[AlbumKey, bytes] | None = None

    def describe(self, key: AlbumKey) -> RemotePlaylist:
        """Ask for an album's name and number of tracks."""
        return claims.album(key, shapes.read(self._whole(key), shapes.WholeAlbum, ALBUM))

    def page(self, key: AlbumKey, offset: int) -> bytes:
        """Ask for a page of an album's tracks."""
        if offset == 0:
            return self._whole(key)
        known = self._last
        whole = known[1] if known and known[0] == key else self._whole(key)
        number = numbered("album", key)
        page = self._wire.read(
            ALBUM_TRACKS, lambda api: api.album_tracks(number, limit=_PAGE, offset=offset)
        )
        album = shapes.read(whole, dict[str, msgspec.Raw], ALBUM)
        return msgspec.json.encode(album | {"tracks": msgspec.Raw(page)})

    def read_page(self, key: AlbumKey, answer: bytes) -> EntryPage:
        """Read a page of an album's tracks; each is said to be on this album."""
        what = f"a page of {key}"
        said = shapes.read(answer, shapes.WholeAlbum, what)
        if said.tracks is None:
            raise shapes.malformed(what, "it has no tracks")
        page = said.tracks
        entries = [claims.entry(each, said) for each in page.items]
        return EntryPage(entries, page.offset, page.total, page.limit, claims.album(key, said))

    def _whole(self, key: AlbumKey) -> bytes:
        number = numbered("album", key)
        answer = self._wire.read(ALBUM, lambda api: api.album(number))
        self._last = (key, answer)
        return answer
