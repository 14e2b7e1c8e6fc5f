"""What a small Spotify is made of: artists, albums, tracks, playlists and the people who have them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import quote_plus


def made_id(kind: str, number: int | str) -> str:
    """Return 22 characters of base62 that are always the same for a kind and a number."""
    digest = hashlib.sha256(f"{kind}/{number}".encode()).digest()
    return base64.b64encode(digest, altchars=b"Zz").decode()[:22]


@dataclass(eq=False, slots=True)
class Artist:
    """An artist; ``followers`` and ``popularity`` are shown outside development mode only."""

    id: str
    name: str
    genres: tuple[str, ...] = ()
    followers: int = 1_000
    popularity: int = 50

    @property
    def uri(self) -> str:
        return f"spotify:artist:{self.id}"


@dataclass(eq=False, slots=True)
class Album:
    """An album; ``release_date`` is YYYY, YYYY-MM, YYYY-MM-DD or unknown."""

    id: str
    name: str
    artists: tuple[Artist, ...]
    release_date: str | None = "2020-01-31"
    album_type: str = "album"
    label: str = "A label"
    upc: str = "123456789012"
    popularity: int = 40
    tracks: list[Track] = field(default_factory=list)

    @property
    def uri(self) -> str:
        return f"spotify:album:{self.id}"


@dataclass(eq=False, slots=True)
class Track:
    """A track with all its facts; ``features`` are the numbers of the audio-features endpoint."""

    id: str
    name: str
    artists: tuple[Artist, ...]
    album: Album
    duration_ms: int = 200_000
    explicit: bool = False
    isrc: str | None = None
    popularity: int = 50
    disc_number: int = 1
    track_number: int = 1
    features: dict[str, float] | None = None

    @property
    def uri(self) -> str:
        return f"spotify:track:{self.id}"


@dataclass(eq=False, slots=True)
class Episode:
    """An episode of a podcast."""

    id: str
    name: str
    show: str
    duration_ms: int = 1_800_000
    release_date: str = "2024-05-06"

    @property
    def uri(self) -> str:
        return f"spotify:episode:{self.id}"


@dataclass(eq=False, slots=True)
class LocalFile:
    """A file of the user's own in a playlist; Spotify knows its tags and no more."""

    artist: str
    album: str
    title: str
    seconds: int = 174

    @property
    def uri(self) -> str:
        words = (quote_plus(word) for word in (self.artist, self.album, self.title))
        return f"spotify:local:{':'.join(words)}:{self.seconds}"


Item = Track | Episode | LocalFile
T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Entry:
    """One place in a playlist; an item of None is what Spotify no longer shows."""

    item: Item | None
    added_at: datetime | None
    added_by: str | None


@dataclass(eq=False, slots=True)
class Saved(Generic[T]):
    """A liked track or a saved album."""

    item: T
    added_at: datetime


@dataclass(eq=False, slots=True)
class User:
    """A person: liked songs and saved albums newest first, playlists in the order they show them."""

    id: str
    display_name: str | None = None
    liked: list[Saved[Track]] = field(default_factory=list)
    albums: list[Saved[Album]] = field(default_factory=list)
    playlists: list[Playlist] = field(default_factory=list)

    @property
    def uri(self) -> str:
        return f"spotify:user:{self.id}"


@dataclass(eq=False, slots=True)
class Playlist:
    """A playlist; every change of it gives another ``snapshot_id``."""

    id: str
    name: str
    owner: User
    description: str | None = ""
    public: bool | None = True
    collaborative: bool = False
    collaborators: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    changes: int = 1

    @property
    def uri(self) -> str:
        return f"spotify:playlist:{self.id}"

    @property
    def snapshot_id(self) -> str:
        made = f"{self.changes},{made_id(self.id, self.changes)}"
        return base64.b64encode(made.encode()).decode()

    def holds(self, user: User) -> bool:
        """Return whether the user owns it or works on it, so that development mode shows it."""
        return user is self.owner or user.id in self.collaborators

    def touch(self) -> None:
        """Note a change."""
        self.changes += 1
