"""What things look like in JSON, in each mode.

The old shape is made in full; the rules of February 2026 then take fields away and rename
``tracks`` and ``track`` (references/changes/february-2026, march-2026 and may-2026).
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.fakes.spotify_http import Json, Mode
from tests.fakes.spotify_things import (
    Album,
    Artist,
    Entry,
    Episode,
    LocalFile,
    Playlist,
    Saved,
    Track,
    User,
    made_id,
)

MARKETS = ("DE", "GB", "US")
_GONE: dict[str, tuple[str, ...]] = {
    "track": ("available_markets", "linked_from", "popularity", "preview_url"),
    "album": ("album_group", "available_markets", "label", "popularity"),
    "artist": ("followers", "popularity"),
    "user": ("country", "email", "explicit_content", "followers", "product"),
    "show": ("available_markets", "publisher"),
    "playlist": (),
}
"""Fields that development mode does not show; ``external_ids`` were to go and stayed."""


def stamp(at: datetime | None) -> str | None:
    """Return a time as Spotify writes it."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _escaped(text: str | None) -> str | None:
    """Return a description as Spotify answers it: with marks as in HTML, the slash too."""
    return None if text is None else html.escape(text).replace("/", "&#x2F;")


class Shapes:
    """Makes JSON for one mode; ``root`` is the address of the API without a slash at its end."""

    def __init__(self, root: str, mode: Mode) -> None:
        self.root = root
        self.mode = mode

    @property
    def renamed(self) -> bool:
        """Whether ``items`` and ``item`` stand for ``tracks`` and ``track``."""
        return self.mode == "development"

    @property
    def held(self) -> str:
        """The name of what a playlist holds."""
        return "items" if self.renamed else "tracks"

    def _base(self, kind: str, number: str | None, where: str | None = None) -> Json:
        """Return what every thing has; a thing without an id has no address either."""
        if number is None:
            return {
                "external_urls": {},
                "href": None,
                "id": None,
                "type": kind,
                "uri": None,
            }
        return {
            "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{number}"},
            "href": f"{self.root}/{where or kind + 's'}/{number}",
            "id": number,
            "type": kind,
            "uri": f"spotify:{kind}:{number}",
        }

    def _shown(self, kind: str, document: Json) -> Json:
        """Return the document without what the mode does not show."""
        if self.mode == "development":
            for name in _GONE[kind]:
                document.pop(name, None)
        return document

    def _images(self, number: str) -> list[Json]:
        return [{"url": f"{self.root}/image/{number}", "height": 640, "width": 640}]

    # ------------------------------------------------------------------------------------- people

    def me(self, user: User, scopes: Iterable[str]) -> Json:
        """Return the profile of who signed in; some fields need a scope."""
        found = self._public_user(user) | {
            "account_id": made_id("account", user.id)[:10],
            "images": [],
            "followers": {"href": None, "total": 3},
        }
        if "user-read-private" in scopes:
            found |= {
                "country": "DE",
                "product": "premium",
                "explicit_content": {"filter_enabled": False, "filter_locked": False},
            }
        if "user-read-email" in scopes:
            found["email"] = f"{user.id}@example.org"
        return self._shown("user", found)

    def _user(self, user: str) -> Json:
        return self._base("user", user)

    def _public_user(self, user: User) -> Json:
        return self._user(user.id) | {"display_name": user.display_name}

    # -------------------------------------------------------------------------------- the catalogue

    def simple_artist(self, artist: Artist) -> Json:
        """Return an artist as tracks and albums name one."""
        return self._base("artist", artist.id) | {"name": artist.name}

    def artist(self, artist: Artist) -> Json:
        """Return an artist in full."""
        more = {
            "followers": {"href": None, "total": artist.followers},
            "genres": list(artist.genres),
            "images": self._images(artist.id),
            "popularity": artist.popularity,
        }
        return self._shown("artist", self.simple_artist(artist) | more)

    def simple_album(self, album: Album) -> Json:
        """Return an album as tracks name one."""
        date = album.release_date
        precision = None if date is None else ("year", "month", "day")[date.count("-")]
        more = {
            "album_type": album.album_type,
            "artists": [self.simple_artist(each) for each in album.artists],
            "available_markets": list(MARKETS),
            "images": self._images(album.id),
            "name": album.name,
            "release_date": date,
            "release_date_precision": precision,
            "total_tracks": len(album.tracks),
        }
        return self._shown("album", self._base("album", album.id) | more)

    def album(self, album: Album, tracks: Json) -> Json:
        """Return an album in full, with the first page of its tracks."""
        more = {
            "copyrights": [{"text": f"2020 {album.label}", "type": "C"}],
            "external_ids": {"upc": album.upc},
            "genres": [],
            "label": album.label,
            "popularity": album.popularity,
            "tracks": tracks,
        }
        return self._shown("album", self.simple_album(album) | more)

    def discography_album(self, album: Album) -> Json:
        """Return an album as an artist's list names one."""
        more = {"album_group": album.album_type}
        return self._shown("album", self.simple_album(album) | more)

    def simple_track(self, track: Track) -> Json:
        """Return a track as its album lists it: without ISRC and popularity."""
        more = {
            "artists": [self.simple_artist(each) for each in track.artists],
            "available_markets": list(MARKETS),
            "disc_number": track.disc_number,
            "duration_ms": track.duration_ms,
            "explicit": track.explicit,
            "is_local": False,
            "name": track.name,
            "preview_url": None,
            "track_number": track.track_number,
        }
        return self._shown("track", self._base("track", track.id) | more)

    def track(self, track: Track, market: str | None = None) -> Json:
        """Return a track in full; with a market it says whether it plays there instead of where."""
        found = self.simple_track(track) | {
            "album": self.simple_album(track.album),
            "external_ids": {} if track.isrc is None else {"isrc": track.isrc},
            "popularity": track.popularity,
        }
        if self.mode == "extended":
            found["preview_url"] = f"https://p.scdn.co/mp3-preview/{track.id}"
        if market is not None:
            found.pop("available_markets", None)
            found["is_playable"] = True
        return self._shown("track", found)

    def features(self, track: Track) -> Json | None:
        """Return the audio features of a track that has any."""
        if track.features is None:
            return None
        return dict(track.features) | {
            "analysis_url": f"{self.root}/audio-analysis/{track.id}",
            "duration_ms": track.duration_ms,
            "id": track.id,
            "track_href": f"{self.root}/tracks/{track.id}",
            "type": "audio_features",
            "uri": track.uri,
        }

    def local(self, file: LocalFile) -> Json:
        """Return a file of the user's own: tags, and null wherever Spotify has no page."""
        album = self._base("album", None) | {
            "album_type": None,
            "artists": [],
            "available_markets": [],
            "images": [],
            "name": file.album,
            "release_date": None,
            "release_date_precision": None,
            "total_tracks": 0,
        }
        found = self._base("track", None) | {
            "album": self._shown("album", album),
            "artists": [self._base("artist", None) | {"name": file.artist}],
            "available_markets": [],
            "disc_number": 0,
            "duration_ms": file.seconds * 1000,
            "explicit": False,
            "external_ids": {},
            "is_local": True,
            "name": file.title,
            "popularity": 0,
            "preview_url": None,
            "track_number": 0,
            "uri": file.uri,
        }
        return self._shown("track", found)

    def episode(self, episode: Episode) -> Json:
        """Return an episode in full."""
        more = {
            "audio_preview_url": None,
            "description": "",
            "duration_ms": episode.duration_ms,
            "explicit": False,
            "html_description": "",
            "images": self._images(episode.id),
            "is_externally_hosted": False,
            "is_playable": True,
            "languages": ["en"],
            "name": episode.name,
            "release_date": episode.release_date,
            "release_date_precision": "day",
            "show": self._show(episode.show),
        }
        return self._base("episode", episode.id) | more

    def _show(self, name: str) -> Json:
        number = made_id("show", name)
        more = {
            "available_markets": list(MARKETS),
            "copyrights": [],
            "description": "",
            "explicit": False,
            "html_description": "",
            "images": self._images(number),
            "is_externally_hosted": False,
            "languages": ["en"],
            "media_type": "audio",
            "name": name,
            "publisher": name,
            "total_episodes": 12,
        }
        return self._shown("show", self._base("show", number) | more)

    def episode_as_track(self, episode: Episode) -> Json:
        """Return an episode for a client that did not say it knows episodes: bent into a track."""
        show = Album(made_id("show", episode.show), episode.show, (), episode.release_date)
        host = Artist(made_id("show", episode.show), episode.show)
        as_track = Track(episode.id, episode.name, (host,), show, episode.duration_ms)
        as_track.popularity = as_track.track_number = 0
        return self.track(as_track) | self._base("episode", episode.id)

    # --------------------------------------------------------------------------------- the library

    def saved_track(self, saved: Saved[Track], market: str | None = None) -> Json:
        """Return a liked song; this ``track`` was not renamed."""
        return {"added_at": stamp(saved.added_at), "track": self.track(saved.item, market)}

    def entry(self, entry: Entry, *, new_name: bool, episodes: bool, market: str | None) -> Json:
        """Return one place of a playlist.

        The new endpoint says ``item``, and to those who still see the old shape ``track``, too.
        """
        item = self._item(entry, episodes=episodes, market=market)
        by = entry.added_by
        found: Json = {
            "added_at": stamp(entry.added_at),
            "added_by": None if by is None else self._user(by),
            "is_local": isinstance(entry.item, LocalFile),
        }
        if new_name or self.renamed:
            found["item"] = item
        if not self.renamed:
            found["track"] = item
        return found

    def _item(self, entry: Entry, *, episodes: bool, market: str | None) -> Json | None:
        match entry.item:
            case None:
                return None
            case Track() as track:
                return self.track(track, market)
            case LocalFile() as file:
                return self.local(file)
            case Episode() as episode:
                return self.episode(episode) if episodes else self.episode_as_track(episode)

    def _playlist(self, playlist: Playlist) -> Json:
        more = {
            "collaborative": playlist.collaborative,
            "description": _escaped(playlist.description),
            "images": self._images(playlist.id),
            "name": playlist.name,
            "owner": self._public_user(playlist.owner),
            "public": playlist.public,
            "snapshot_id": playlist.snapshot_id,
        }
        return self._base("playlist", playlist.id) | more

    def simple_playlist(self, playlist: Playlist) -> Json:
        """Return a playlist as lists name one: with the number of its entries alone."""
        href = f"{self.root}/playlists/{playlist.id}/{self.held}"
        held = {"href": href, "total": len(playlist.entries)}
        return self._playlist(playlist) | {self.held: held}

    def playlist(self, playlist: Playlist, page: Json | None) -> Json:
        """Return a playlist in full; without a page for whoever may not see its items."""
        found = self._playlist(playlist) | {"followers": {"href": None, "total": 0}}
        return found if page is None else found | {self.held: page}
