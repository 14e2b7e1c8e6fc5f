"""The parts of Spotify's answers that are read, under their old names and their new ones.

What holds the rest together has to be as it should; single facts may be anything and are looked at one
by one in ``facts``, so that one odd field costs itself and not a page. A field that the app may not see
is absent, and absent is None here, which says nothing.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from syncengine.adapters.spotify.refusals import SYSTEM
from syncengine.errors import Transient

Shape = TypeVar("Shape")
_HALF = re.compile("[\ud800-\udfff]")


class Person(Struct):
    """A user; all but the id is told of whoever is signed in alone."""

    id: Any = None
    account_id: Any = None
    display_name: Any = None


class Credit(Struct):
    """An artist as tracks and albums name one."""

    name: Any = None
    uri: Any = None


class Copyright(Struct):
    """A line of small print."""

    text: Any = None
    type: Any = None


class Link(Struct):
    """Another track that stands for this one."""

    uri: Any = None


class Album(Struct):
    """An album in full or in short; of an episode the show comes in its own field."""

    name: Any = None
    uri: Any = None
    artists: list[Credit | None] | None = None
    release_date: Any = None
    release_date_precision: Any = None
    label: Any = None
    genres: Any = None
    copyrights: list[Copyright | None] | None = None


class Show(Struct):
    """A podcast."""

    name: Any = None


class Thing(Struct):
    """A track, an episode or a local file."""

    uri: Any = None
    name: Any = None
    artists: list[Credit | None] | None = None
    album: Album | None = None
    show: Show | None = None
    duration_ms: Any = None
    explicit: Any = None
    disc_number: Any = None
    track_number: Any = None
    preview_url: Any = None
    external_ids: Any = None
    popularity: Any = None
    release_date: Any = None
    release_date_precision: Any = None
    linked_from: Link | None = None


class Place(Struct):
    """One place of a list; what stands there is null where Spotify no longer shows it."""

    item: Thing | UnsetType | None = UNSET
    track: Thing | UnsetType | None = UNSET
    added_at: Any = None
    added_by: Person | None = None


class Page(Struct):
    """Some places of a playlist, or of Liked Songs."""

    items: list[Place | None]
    total: int
    offset: int
    limit: int | None = None


class AlbumPage(Struct):
    """Some tracks of an album."""

    items: list[Thing | None]
    total: int
    offset: int
    limit: int | None = None


class WholeAlbum(Album):
    """An album with some of its tracks."""

    tracks: AlbumPage | None = None
    total_tracks: int | None = None


class Held(Struct):
    """What a playlist holds, as a number alone."""

    total: int | None = None


class Playlist(Struct):
    """A playlist without its entries; ``items`` is absent where the app may not see them."""

    id: Any = None
    name: Any = None
    snapshot_id: Any = None
    owner: Person | None = None
    items: Held | None = None
    tracks: Held | None = None


class PlaylistPage(Struct):
    """Some playlists of a library."""

    items: list[Playlist | None]
    total: int


class Tracks(Struct):
    """A batch of tracks, in the order of the question; null for one that is not there."""

    tracks: list[Thing | None]


class Found(Struct):
    """A page of tracks that a text found."""

    items: list[Thing | None]


class SearchAnswer(Struct):
    """What a text found."""

    tracks: Found


class Features(Struct):
    """Audio features of one track."""

    danceability: Any = None
    energy: Any = None
    key: Any = None
    loudness: Any = None
    mode: Any = None
    speechiness: Any = None
    acousticness: Any = None
    instrumentalness: Any = None
    liveness: Any = None
    valence: Any = None
    tempo: Any = None
    time_signature: Any = None


class FeaturesAnswer(Struct):
    """A batch of audio features, in the order of the question."""

    audio_features: list[Features | None]


class Artist(Struct):
    """An artist in full."""

    genres: Any = None


class ArtistsAnswer(Struct):
    """A batch of artists, in the order of the question."""

    artists: list[Artist | None]


def read(answer: bytes, kind: type[Shape], what: str) -> Shape:
    """Read an answer. Raises Transient, naming ``what`` was asked for, where it is not as it should be."""
    try:
        try:
            return msgspec.json.decode(answer, type=kind)
        except ValueError:
            return msgspec.json.decode(_without_halves(answer), type=kind)
    except (ValueError, RecursionError) as error:
        raise malformed(what, str(error)) from error


def malformed(what: str, how: str) -> Transient:
    """Return the error for an answer that cannot be read."""
    return Transient(
        f"Spotify's answer to {what} cannot be read: {how}", system=SYSTEM, operation=what
    )


def _without_halves(answer: bytes) -> bytes:
    """Replace halves of characters, which JSON can write and UTF-8 cannot: an emoji was cut in two."""
    if b"\\ud" not in answer and b"\\uD" not in answer:
        return answer
    written = json.dumps(json.loads(answer), ensure_ascii=False)
    return _HALF.sub("\ufffd", written).encode()
