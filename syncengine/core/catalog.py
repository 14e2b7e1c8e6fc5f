"""The library at one moment, as sinks and questions want it: tracks with their facts and places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import Facts


class Place(NamedTuple):
    """A track's first place in a playlist; ``position`` counts from 0."""

    playlist: PlaylistKey
    added_at: Instant | None
    position: int


@dataclass(frozen=True, slots=True)
class CatalogTrack:
    """A track that is in at least one playlist; ``popularity`` is 0–100.

    ``also`` are other keys of it: those it went by while nobody knew its id.
    """

    facts: Facts
    popularity: int | None
    places: tuple[Place, ...]
    also: tuple[TrackKey, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogPlaylist:
    """A playlist that exists; ``inferred`` says that its name was made from a file name.

    ``also`` are the other keys it was seen under.
    """

    key: PlaylistKey
    name: str
    inferred: bool
    observed_at: Instant
    entries: int
    url: str | None = None
    owner: str | None = None
    folder: str | None = None
    also: tuple[PlaylistKey, ...] = ()
