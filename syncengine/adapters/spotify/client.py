"""Spotify's Web API as the jobs know a music service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncengine.adapters.retry import HASTY
from syncengine.adapters.spotify import claims, facts, shapes
from syncengine.adapters.spotify.albums import Albums
from syncengine.adapters.spotify.capabilities import Capabilities
from syncengine.adapters.spotify.numbers import numbered, numbers_of, paired
from syncengine.adapters.spotify.playlists import PlaylistPages
from syncengine.adapters.spotify.refusals import SYSTEM
from syncengine.adapters.spotify.wire import Ask, Wire
from syncengine.core.identity import (
    LIKED,
    LIKED_NAME,
    AlbumKey,
    ArtistKey,
    TrackKey,
    is_album,
)
from syncengine.core.remote import (
    EntryPage,
    ListingPage,
    ListKey,
    RemoteEntry,
    RemotePlaylist,
)
from syncengine.core.track import AudioFeatures

ACCOUNT = "GET /me"
LISTING = "GET /me/playlists"
SAVED = "GET /me/tracks"
PLAYLIST = "GET /playlists/{id}"
TRACK = "GET /tracks/{id}"
TRACKS = "GET /tracks"
FEATURES = "GET /audio-features"
ARTISTS = "GET /artists"
SEARCH = "GET /search"

_PAGE = 50
_BATCH = 50
_FEATURES_BATCH = 100
_SEARCH_PAGE = 10
_LONGEST_QUERY = 250
_DESCRIPTION = "id,name,snapshot_id,owner(id),items(total),tracks(total)"
"""What of a playlist says which one it is and whether it changed, under old names and new ones."""


class SpotifyService:
    """Spotify, asked through spotipy; fulfils ``core.remote.Service``.

    Threads may share it; they are served one after the other.
    """

    name = SYSTEM
    dialect = claims.DIALECT
    page_size = _PAGE

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._capabilities = Capabilities(wire.retry.book, wire.retry.clock)
        self._playlists = PlaylistPages(wire, self._capabilities)
        self._albums = Albums(wire)

    def hasty(self) -> SpotifyService:
        """Return the same service for lookups that have another answer: one attempt, no wait."""
        return SpotifyService(self._wire.with_policy(HASTY))

    def close(self) -> None:
        """End the connections; a later call opens others."""
        self._wire.connection.close()

    def account(self) -> shapes.Person:
        """Ask who is signed in."""
        answer = self._wire.read(ACCOUNT, lambda api: api._get("me"))
        return shapes.read(answer, shapes.Person, ACCOUNT)

    # --------------------------------------------------------------------------------------- lists

    def listing(self, offset: int) -> bytes:
        """Ask which playlists are in the person's library, 50 at a time."""
        return self._wire.read(LISTING, lambda api: api.current_user_playlists(_PAGE, offset))

    def read_listing(self, answer: bytes) -> ListingPage:
        """Read what ``listing`` answered."""
        page = shapes.read(answer, shapes.PlaylistPage, LISTING)
        # Of playlists that it hides from an app, Spotify has listed a null now and then since 2024-11.
        seen = [claims.playlist(each, LISTING) for each in page.items if each]
        return ListingPage(seen, page.total, len(page.items) - len(seen))

    def describe(self, key: ListKey) -> RemotePlaylist:
        """Ask for one list's name and version; Liked Songs and albums have no version."""
        if key == LIKED:
            page = shapes.read(self._saved(0, limit=1), shapes.Page, SAVED)
            return RemotePlaylist(LIKED, LIKED_NAME, None, page.total)
        if is_album(key):
            return self._albums.describe(AlbumKey(key))
        playlist = numbered("playlist", key)
        answer = self._wire.read(PLAYLIST, lambda api: api.playlist(playlist, _DESCRIPTION))
        return claims.playlist(shapes.read(answer, shapes.Playlist, PLAYLIST), PLAYLIST)

    def entries(self, key: ListKey, offset: int) -> bytes:
        """Ask for a page of a list.

        An album's first page is the album itself; a later one is told with what that said of it.
        """
        if key == LIKED:
            return self._saved(offset, limit=_PAGE)
        if is_album(key):
            return self._albums.page(AlbumKey(key), offset)
        return self._playlists.page(numbered("playlist", key), offset)

    def read_entries(self, key: ListKey, answer: bytes) -> EntryPage:
        """Read what ``entries`` answered."""
        if is_album(key):
            return self._albums.read_page(AlbumKey(key), answer)
        what = f"a page of {key}"
        page = shapes.read(answer, shapes.Page, what)
        entries = [claims.place(each, what) for each in page.items]
        return EntryPage(entries, page.offset, page.total, page.limit)

    def _saved(self, offset: int, *, limit: int) -> bytes:
        return self._wire.read(SAVED, lambda api: api.current_user_saved_tracks(limit, offset))

    # ------------------------------------------------------------------------------------- lookups

    def track(self, key: TrackKey) -> RemoteEntry:
        """Ask for one track. Raises Gone for anything else: Spotify has no page for it that we may see."""
        number = numbered("track", key)
        answer = self._wire.read(TRACK, lambda api: api.track(number))
        return _told_of(key, shapes.read(answer, shapes.Thing, TRACK))

    def tracks(self, keys: Sequence[TrackKey]) -> Mapping[TrackKey, RemoteEntry]:
        """Ask for 50 tracks at most; those that are not there, or are no tracks, are left out."""
        known = numbers_of("track", keys, most=_BATCH)
        if not known:
            return {}
        answer = self._batch(TRACKS, lambda api: api.tracks(list(known.values())))
        found = shapes.read(answer, shapes.Tracks, TRACKS).tracks
        # By place: what is played in a person's country may be another track than was asked for.
        return {key: _told_of(key, each) for key, each in paired(known, found, TRACKS) if each}

    def audio_features(self, keys: Sequence[TrackKey]) -> Mapping[TrackKey, AudioFeatures]:
        """Ask for audio features of 100 tracks at most; those that have none are left out."""
        known = numbers_of("track", keys, most=_FEATURES_BATCH)
        if not known:
            return {}
        # Not `audio_features()`, which warns that the endpoint is gone, though not for everyone.
        ids = ",".join(known.values())
        answer = self._batch(FEATURES, lambda api: api._get("audio-features", ids=ids))
        found = shapes.read(answer, shapes.FeaturesAnswer, FEATURES).audio_features
        return {key: claims.features(each) for key, each in paired(known, found, FEATURES) if each}

    def genres(self, keys: Sequence[ArtistKey]) -> Mapping[ArtistKey, Sequence[str]]:
        """Ask for the genres of 50 artists at most; where they are not told, the artist is left out."""
        known = numbers_of("artist", keys, most=_BATCH)
        if not known:
            return {}
        answer = self._batch(ARTISTS, lambda api: api.artists(list(known.values())))
        found = shapes.read(answer, shapes.ArtistsAnswer, ARTISTS).artists
        return {
            key: facts.words(each.genres)
            for key, each in paired(known, found, ARTISTS)
            if each and isinstance(each.genres, list)
        }

    def search(self, text: str, limit: int) -> Sequence[RemoteEntry]:
        """Ask for tracks that a text finds, 10 at most. Nothing finds nothing, without a call."""
        asked = text.strip()[:_LONGEST_QUERY]
        if not asked or limit < 1:
            return []
        most = min(limit, _SEARCH_PAGE)
        answer = self._wire.read(SEARCH, lambda api: api.search(asked, most, type="track"))
        found = shapes.read(answer, shapes.SearchAnswer, SEARCH).tracks.items
        return [claims.entry(each) for each in found if each]

    def _batch(self, endpoint: str, ask: Ask) -> bytes:
        return self._capabilities.read(endpoint, lambda: self._wire.read(endpoint, ask))


def _told_of(key: TrackKey, said: shapes.Thing) -> RemoteEntry:
    """Return what is said of the track that was asked for, whichever is played in its place."""
    found = claims.entry(said)
    return found._replace(claim=found.claim._replace(track=key))
