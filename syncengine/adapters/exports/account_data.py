"""Spotify's account data: ``YourLibrary.json`` (Liked Songs) and ``Playlist1.json`` and its like.

Source: the download of https://www.spotify.com/account/privacy and
https://support.spotify.com/article/understanding-your-data; what it leaves open, public files show. It
knows a day of adding and no moment, one artist of each track, own playlists only and no id of them.
Files of 2020 have no addresses of tracks and no days, and some have a track's names in the entry itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from html.entities import html5

from msgspec import Raw, Struct

from syncengine.adapters.exports.document import Object, elements, fields, text_in
from syncengine.adapters.exports.listed import Told, credited, track_of
from syncengine.core.identity import LIKED, LIKED_NAME, UNAVAILABLE, playlist_key
from syncengine.core.moment import Instant, from_datetime
from syncengine.core.track import OLD_RANK, Claim, Dialect, Recording, Release

NAME = "Spotify account data"
# It names the first artist of a track only.
_DAMAGES = frozenset({"artists"})
PLAYLISTS = Dialect(NAME, "Playlist1.json", OLD_RANK, _DAMAGES)
LIBRARY = Dialect(NAME, "YourLibrary.json", OLD_RANK, _DAMAGES)
_NOT_READ = {
    "albums": "albums",
    "shows": "shows",
    "episodes": "episodes",
    "artists": "artists",
    "bannedTracks": "banned tracks",
    "bannedArtists": "banned artists",
    "other": "other things",
}
# Only what is a sign in full: html.unescape alone would take the "not" of "&nothing;" for one.
_ESCAPE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_DAY = re.compile(rb'"(?:addedDate|lastModifiedDate)"\s*:\s*"(\d{4}-\d{2}-\d{2})')


class _Track(Struct, omit_defaults=True):
    trackName: str | None = None  # noqa: N815 - Spotify's name
    artistName: str | None = None  # noqa: N815 - Spotify's name
    albumName: str | None = None  # noqa: N815 - Spotify's name
    trackUri: str | None = None  # noqa: N815 - Spotify's name
    uri: str | None = None


class _Episode(Struct, omit_defaults=True):
    episodeName: str | None = None  # noqa: N815 - Spotify's name
    showName: str | None = None  # noqa: N815 - Spotify's name
    episodeUri: str | None = None  # noqa: N815 - Spotify's name


class Item(_Track, omit_defaults=True):
    """One entry of a playlist: of what it is not, there is null."""

    track: _Track | None = None
    episode: _Episode | None = None
    localTrack: _Track | str | None = None  # noqa: N815 - Spotify's name


class Liked(Struct, omit_defaults=True):
    """One entry of Liked Songs."""

    artist: str | None = None
    album: str | None = None
    track: str | None = None
    uri: str | None = None


def is_playlist(playlist: Object) -> bool:
    """Return whether an object is a playlist of this form, which never has an id."""
    if "id" in playlist or "uri" in playlist:
        return False
    return "items" in playlist or "lastModifiedDate" in playlist or _is_flat(playlist)


def is_library(document: Object) -> bool:
    """Return whether a document is ``YourLibrary.json``."""
    return elements(document.get("tracks")) is not None


def stem_of(playlist: Object) -> str:
    """Return a playlist's name. Raises ValueError.

    Liked Songs is never among them, so a playlist of this name is one that the person calls so.
    """
    name = _plain(text_in(playlist, "name")) or ""
    return f"{name} (playlist)" if playlist_key(name) == LIKED else name


def liked_stem(_document: Object) -> str:
    """Return the name of the one playlist of ``YourLibrary.json``."""
    return LIKED_NAME


def entries_of(playlist: Object) -> Sequence[Raw] | None:
    """Return a playlist's entries; None where there is no list of them."""
    return elements(playlist.get("items", playlist.get("tracks")))


def liked_entries(document: Object) -> Sequence[Raw] | None:
    """Return the entries of Liked Songs."""
    return elements(document.get("tracks"))


def newest_day(playlist: Raw) -> Instant:
    """Return the start of the newest day of which a playlist tells a change; 0 for none."""
    found = max(_DAY.findall(playlist), default=b"").decode()
    try:
        day = date.fromisoformat(found)
        return max(Instant(0), from_datetime(datetime.combine(day, time(), UTC)))
    except ValueError:
        return Instant(0)


def not_read(document: Object) -> tuple[str, ...]:
    """Return a sentence on what ``YourLibrary.json`` holds beside Liked Songs."""
    counts = {what: len(elements(document.get(name)) or ()) for name, what in _NOT_READ.items()}
    told = [f"{what} ({number:,})" for what, number in counts.items() if number]
    return (f"{', '.join(told)}: these are not playlists and are not read",) if told else ()


def told(line: int, item: Item | None) -> Told:
    """Return what an entry of a playlist says. Raises ValueError for an address that is none.

    A day of adding is no moment: as one, it would contradict the stamp that another source knows.
    """
    if item is None:
        return Told(line, Claim(UNAVAILABLE))
    local = _Track(uri=item.localTrack) if isinstance(item.localTrack, str) else item.localTrack
    track = item.track or local or item
    if item.episode and track is item:
        episode = item.episode
        claim = _claim(episode.episodeName, None, episode.showName, episode.episodeUri)
    else:
        address = track.trackUri or track.uri
        claim = _claim(track.trackName, track.artistName, track.albumName, address)
    return Told(line, claim)


def liked(line: int, item: Liked | None) -> Told:
    """Return what an entry of Liked Songs says. Raises ValueError for an address that is none."""
    said = item or Liked()
    return Told(line, _claim(said.track, said.artist, said.album, said.uri))


def _claim(title: str | None, artist: str | None, album: str | None, address: str | None) -> Claim:
    title, album = _plain(title), _plain(album)
    artists = credited([_plain(artist)])
    track = track_of(address, title, artists)
    if track == UNAVAILABLE:
        return Claim(UNAVAILABLE)
    return Claim(
        track,
        Recording(title=title, artists=artists) if title or artists else None,
        Release(album=album) if album else None,
    )


def _plain(text: str | None) -> str | None:
    """Return a text without the escapes of HTML that some of these files have."""
    if not text or "&" not in text:
        return text or None
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(found: re.Match[str]) -> str:
    name = found[0][1:]
    return html5.get(name, found[0]) if name[0] != "#" else html.unescape(found[0])


def _is_flat(playlist: Object) -> bool:
    """Return whether the entries hold the names of their tracks themselves."""
    found = elements(playlist.get("tracks")) or ()
    return any("trackName" in fields(first) for first in found[:1])
