"""What a thing is: keys of tracks, playlists, artists and albums, and the texts they come in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NewType

TrackKey = NewType("TrackKey", str)
"""``spotify:track:…``, ``spotify:episode:…``, ``spotify:local:…``, ``meta:…`` or ``unavailable``."""
PlaylistKey = NewType("PlaylistKey", str)
"""``spotify:playlist:ID``, ``csv:`` + folded file stem, or ``liked``."""
ArtistKey = NewType("ArtistKey", str)
"""``spotify:artist:ID``, or ``meta:artist:`` + a digest of the name."""
AlbumKey = NewType("AlbumKey", str)
"""``spotify:album:ID``, or ``meta:album:`` + a digest of name and artists."""

LIKED = PlaylistKey("liked")
LIKED_NAME = "Liked Songs"
UNAVAILABLE = TrackKey("unavailable")
"""An entry that Spotify no longer shows anything of; it only keeps its place in the order."""

_ID = re.compile(r"[0-9A-Za-z]{22}\Z")
_URI = re.compile(r"spotify:(track|episode):([0-9A-Za-z]{22})\Z")
_URL = re.compile(
    r"(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?(?:embed/)?"
    r"(track|episode|playlist|album|artist)/([0-9A-Za-z]{22})(?:[/?#].*)?\Z"
)
_PLAYLIST_URI = re.compile(r"spotify:(?:user:[^:]+:)?playlist:([0-9A-Za-z]{22})\Z")
_ALBUM_URI = re.compile(r"spotify:album:[0-9A-Za-z]{22}\Z")
_ARTIST_URI = re.compile(r"spotify:artist:[0-9A-Za-z]{22}\Z")
_STEM_ID = re.compile(r".*\[([0-9A-Za-z]{22})\]\Z", re.DOTALL)
_TWIN = re.compile(r"~\d+\Z")
_GAP = re.compile(r"[\s_]+")
_LIKED_STEMS = frozenset({"liked", "liked_songs", "liked_songs_[liked_songs]"})


def parse_track(text: str) -> TrackKey | None:
    """Read a track or episode from a URI, a bare 22-character id or a URL; a local file from its URI.

    Returns None when the text names none. A bare id is taken for a track.
    """
    if _URI.match(text) or text.startswith("spotify:local:"):
        return TrackKey(text)
    if _ID.match(text):
        return TrackKey(f"spotify:track:{text}")
    found = _URL.match(text)
    if found and found[1] in ("track", "episode"):
        return TrackKey(f"spotify:{found[1]}:{found[2]}")
    return None


def parse_playlist(text: str) -> PlaylistKey | None:
    """Read a playlist from a URI, a bare 22-character id, a URL or one of our own keys."""
    if text == LIKED or text.startswith("csv:"):
        return PlaylistKey(text)
    if _ID.match(text):
        return PlaylistKey(f"spotify:playlist:{text}")
    found = _PLAYLIST_URI.match(text)
    if found:
        return PlaylistKey(f"spotify:playlist:{found[1]}")
    found = _URL.match(text)
    if found and found[1] == "playlist":
        return PlaylistKey(f"spotify:playlist:{found[2]}")
    return None


def is_track(key: TrackKey) -> bool:
    """Tell whether a key is a track's that the service gave: no episode, file of one's own or bare name."""
    return key.startswith("spotify:track:")


def is_album(key: PlaylistKey) -> bool:
    """Tell whether a list is an album, which is kept as a collection of its own kind."""
    return key.startswith("spotify:album:")


def playlist_key(stem: str) -> PlaylistKey:
    """Return the key that an export's file stem stands for.

    NFC, runs of white space and ``_`` become one ``_``, case folded; ``liked`` and ``liked_songs``
    are Liked Songs; ``Name [ID]`` gives the id.
    """
    text = unicodedata.normalize("NFC", stem)
    folded = unicodedata.normalize("NFC", _GAP.sub("_", text).casefold())
    if folded in _LIKED_STEMS:
        return LIKED
    found = _STEM_ID.match(text)
    if found:
        return PlaylistKey(f"spotify:playlist:{found[1]}")
    return PlaylistKey(f"csv:{folded}")


def shown_key(seen: PlaylistKey, known: Iterable[PlaylistKey]) -> PlaylistKey:
    """Return the key to show for a playlist that is seen under one key and known by others.

    Spotify's, once any source told it: a file without an id does not take it back.
    """
    if _PLAYLIST_URI.match(seen):
        return seen
    return min(filter(_PLAYLIST_URI.match, known), default=seen)


def keys_of_file(key: PlaylistKey) -> frozenset[PlaylistKey]:
    """Return the keys that a file with this key may go by: it, and the one without ``~`` and a number.

    The number tells files of one name apart, or it belongs to the playlist's own name.
    """
    if not key.startswith("csv:"):
        return frozenset((key,))
    return frozenset((key, PlaylistKey(_TWIN.sub("", key))))


def shown_name(stem: str) -> str:
    """Return the name to show for an export's file stem: ``_`` as spaces, without a trailing id."""
    if playlist_key(stem) == LIKED:
        return LIKED_NAME
    text = unicodedata.normalize("NFC", stem)
    if _STEM_ID.match(text):
        text = text[: text.rindex("[")]
    return _GAP.sub(" ", text).strip() or stem


def fold(text: str) -> str:
    """Return a text for comparing: compatibility forms, case and accents folded, gaps narrowed."""
    if text.isascii():
        return " ".join(text.casefold().split())
    flat = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(mark for mark in flat if not unicodedata.combining(mark))
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().split())


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def meta_track(title: str, artists: Sequence[str], duration_ms: int | None) -> TrackKey:
    """Return the key of a track that has a name but no id: a digest of title, artists, duration."""
    length = "" if duration_ms is None else str(duration_ms)
    return TrackKey("meta:" + _digest(title, "\x1e".join(artists), length))


def artist_key(name: str, uri: str | None = None) -> ArtistKey:
    """Return an artist's key: the URI where known, else a digest of the folded name."""
    return ArtistKey(uri or "meta:artist:" + _digest(fold(name)))


def album_key(name: str, artists: Sequence[str], uri: str | None = None) -> AlbumKey:
    """Return an album's key: the URI where known, else a digest of the folded name and artists."""
    folded = "\x1e".join(fold(artist) for artist in artists)
    return AlbumKey(uri or "meta:album:" + _digest(fold(name), folded))


def parse_album(text: str) -> AlbumKey | None:
    """Read an album from a URI, a bare 22-character id, a URL or one of our own keys."""
    if text.startswith("meta:album:") or _ALBUM_URI.match(text):
        return AlbumKey(text)
    if _ID.match(text):
        return AlbumKey(f"spotify:album:{text}")
    found = _URL.match(text)
    return AlbumKey(f"spotify:album:{found[2]}") if found and found[1] == "album" else None


def parse_artist(text: str) -> ArtistKey | None:
    """Read an artist from a URI, a bare 22-character id, a URL or one of our own keys."""
    if text.startswith("meta:artist:") or _ARTIST_URI.match(text):
        return ArtistKey(text)
    if _ID.match(text):
        return ArtistKey(f"spotify:artist:{text}")
    found = _URL.match(text)
    return ArtistKey(f"spotify:artist:{found[2]}") if found and found[1] == "artist" else None
