"""Writing playlists through spotipy's generic calls, at the endpoints of 2026.

spotipy's own methods are passed over where they write what is old or what the document does not know:
``playlist_add_items`` sends a bare list, and ``current_user_playlist_create`` makes public playlists.
Source: developer.spotify.com/documentation/web-api/references/changes/february-2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from syncengine.adapters.spotify import claims, shapes
from syncengine.adapters.spotify.capabilities import Capabilities
from syncengine.adapters.spotify.client import ACCOUNT, LISTING, PLAYLIST
from syncengine.adapters.spotify.numbers import numbered
from syncengine.adapters.spotify.playlists import PlaylistPages
from syncengine.adapters.spotify.refusals import SYSTEM
from syncengine.adapters.spotify.shapes import malformed
from syncengine.adapters.spotify.wire import Wire
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.remote_writing import BATCH, PAGE, OwnPage, OwnPlaylist, TracksPage
from syncengine.errors import OutcomeUnknown, Transient

CREATE = "POST /me/playlists"
CHANGE = "PUT /playlists/{id}"
ADD = "POST /playlists/{id}/items"
REPLACE = "PUT /playlists/{id}/items"
REMOVE = "DELETE /playlists/{id}/items"
_DESCRIPTION = "id,name,description,snapshot_id,owner(id),items(total),tracks(total)"


class _Version(Struct):
    """What a change answers."""

    snapshot_id: str


class _Described(shapes.Playlist):
    description: Any = None


class _Listed(Struct):
    items: list[_Described | None]
    total: int


class SpotifyWriter:
    """Spotify, written to through spotipy; fulfils ``core.remote_writing.PlaylistWriter``."""

    name = SYSTEM

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._pages = PlaylistPages(wire, Capabilities(wire.retry.book, wire.retry.clock))

    # ----------------------------------------------------------------------------------- reading back

    def person(self) -> str:
        """Ask for the user id of whoever is signed in."""
        said = shapes.read(
            self._wire.read(ACCOUNT, lambda api: api._get("me")), shapes.Person, ACCOUNT
        )
        if not isinstance(said.id, str):
            raise malformed(ACCOUNT, "it names nobody")
        return said.id

    def listing(self, offset: int) -> OwnPage:
        """Ask which playlists are in the person's library, PAGE at a time."""
        answer = self._wire.read(LISTING, lambda api: api.current_user_playlists(PAGE, offset))
        page = shapes.read(answer, _Listed, LISTING)
        seen = [_own(each, LISTING) for each in page.items if each]
        return OwnPage(seen, len(page.items), page.total)

    def describe(self, playlist: PlaylistKey) -> OwnPlaylist:
        """Ask for one playlist without its entries."""
        number = numbered("playlist", playlist)
        answer = self._wire.read(PLAYLIST, lambda api: api.playlist(number, _DESCRIPTION))
        return _own(shapes.read(answer, _Described, PLAYLIST), PLAYLIST)

    def tracks(self, playlist: PlaylistKey, offset: int) -> TracksPage:
        """Ask for PAGE entries of a playlist."""
        what = f"a page of {playlist}"
        answer = self._pages.page(numbered("playlist", playlist), offset)
        page = shapes.read(answer, shapes.Page, what)
        return TracksPage([claims.place(each, what).claim.track for each in page.items], page.total)

    # ---------------------------------------------------------------------------------------- writing

    def create(self, name: str, description: str) -> OwnPlaylist:
        """Make a private playlist without entries."""
        body = {"name": name, "description": description, "public": False, "collaborative": False}
        answer = self._wire.write(CREATE, lambda api: api._post("me/playlists", payload=body))
        with _may_be_done():
            return _own(shapes.read(answer, _Described, CREATE), CREATE)

    def add(
        self, playlist: PlaylistKey, tracks: Sequence[TrackKey], position: int | None = None
    ) -> str:
        """Add entries at the end or before a position; return the version now."""
        body: dict[str, object] = {"uris": _batch(tracks)}
        if position is not None:
            body["position"] = position
        path = _items(playlist)
        return _version(ADD, self._wire.write(ADD, lambda api: api._post(path, payload=body)))

    def remove(self, playlist: PlaylistKey, tracks: Sequence[TrackKey]) -> str:
        """Remove every occurrence of some tracks; return the version now."""
        body = {"items": [{"uri": each} for each in _batch(tracks)]}
        path = _items(playlist)
        # Twice is as good as once.
        answer = self._wire.read(REMOVE, lambda api: api._delete(path, payload=body))
        return _version(REMOVE, answer)

    def replace(self, playlist: PlaylistKey, tracks: Sequence[TrackKey]) -> str:
        """Put entries in the place of all there are; return the version now."""
        body = {"uris": _batch(tracks)}
        path = _items(playlist)
        answer = self._wire.read(REPLACE, lambda api: api._put(path, payload=body))
        return _version(REPLACE, answer)

    def move(self, playlist: PlaylistKey, start: int, before: int, length: int) -> str:
        """Move entries before another; return the version now."""
        body = {"range_start": start, "insert_before": before, "range_length": length}
        path = _items(playlist)
        return _version(
            REPLACE, self._wire.write(REPLACE, lambda api: api._put(path, payload=body))
        )

    def change(
        self, playlist: PlaylistKey, *, name: str | None = None, description: str | None = None
    ) -> None:
        """Give a playlist another name or description."""
        given: Mapping[str, str | None] = {"name": name, "description": description}
        body = {each: value for each, value in given.items() if value is not None}
        number = numbered("playlist", playlist)
        self._wire.read(
            CHANGE, lambda api: api._put(f"playlists/{number}", payload=body), bare=True
        )


def _items(playlist: PlaylistKey) -> str:
    return f"playlists/{numbered('playlist', playlist)}/items"


def _batch(tracks: Sequence[TrackKey]) -> list[TrackKey]:
    if len(tracks) > BATCH:
        raise ValueError(f"{len(tracks)} entries are more than the {BATCH} of a call")
    return list(tracks)


def _version(endpoint: str, answer: bytes) -> str:
    with _may_be_done():
        return shapes.read(answer, _Version, endpoint).snapshot_id


@contextmanager
def _may_be_done() -> Iterator[None]:
    """Say of an answer that cannot be read that what was asked for may be done."""
    try:
        yield
    except Transient as error:
        raise OutcomeUnknown(str(error), system=error.system, operation=error.operation) from error


def _own(said: _Described, what: str) -> OwnPlaylist:
    """Read a playlist; what cannot be seen of it is empty, so that nobody takes it for one's own."""
    found = claims.playlist(said, what)
    description = said.description if isinstance(said.description, str) else ""
    return OwnPlaylist(
        found.key, found.name, description, found.version or "", found.owner or "", found.total or 0
    )
