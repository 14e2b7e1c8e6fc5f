"""What the jobs expect of a music service that playlists can be written to.

Only ``merge`` and ``history restore`` write, so only they may know of this (import-linter sees to it).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from syncengine.core.identity import PlaylistKey, TrackKey

MOST_ENTRIES = 10_000
"""Entries of a playlist. Spotify documents none; people met the end at 10,000, some at 11,000."""
BATCH = 100
"""Entries that one call adds, removes or puts in the place of all (Spotify's Web API reference)."""
PAGE = 50
"""Entries, or playlists, that one call reads."""
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 300


class OwnPlaylist(NamedTuple):
    """A playlist as the service lists it.

    ``owner`` is a user id. ``version`` changes with the contents. ``description`` may have come with its
    marks escaped as in HTML; letters, digits and hyphens never are. ``total`` counts its entries.
    """

    key: PlaylistKey
    name: str
    description: str
    version: str
    owner: str
    total: int


class OwnPage(NamedTuple):
    """Some playlists of a person's library; the next page begins at ``offset + places`` of ``total``."""

    playlists: Sequence[OwnPlaylist]
    places: int
    total: int


class TracksPage(NamedTuple):
    """Some entries of a playlist, by track key; ``total`` counts all of them."""

    tracks: Sequence[TrackKey]
    total: int


class PlaylistWriter(Protocol):
    """A music service that playlists can be written to; each method makes one call.

    All raise RemoteError as ``remote.Service`` does. What adds, makes or moves is never made again by
    itself: where the answer was lost it raises OutcomeUnknown, and whoever asked has to look.
    """

    name: str

    def person(self) -> str:
        """Ask for the user id of whoever is signed in."""

    def listing(self, offset: int) -> OwnPage:
        """Ask which playlists are in the person's library, PAGE at a time."""

    def describe(self, playlist: PlaylistKey) -> OwnPlaylist:
        """Ask for one playlist without its entries."""

    def tracks(self, playlist: PlaylistKey, offset: int) -> TracksPage:
        """Ask for PAGE entries of a playlist."""

    def create(self, name: str, description: str) -> OwnPlaylist:
        """Make a private playlist without entries."""

    def add(
        self, playlist: PlaylistKey, tracks: Sequence[TrackKey], position: int | None = None
    ) -> str:
        """Add BATCH entries at most, at the end or before a position; return the version now."""

    def remove(self, playlist: PlaylistKey, tracks: Sequence[TrackKey]) -> str:
        """Remove every occurrence of BATCH tracks at most; return the version now."""

    def replace(self, playlist: PlaylistKey, tracks: Sequence[TrackKey]) -> str:
        """Put BATCH entries at most in the place of all there are; return the version now."""

    def move(self, playlist: PlaylistKey, start: int, before: int, length: int) -> str:
        """Move ``length`` entries from ``start`` before another; all count in the order until then.

        Returns the version now.
        """

    def change(
        self, playlist: PlaylistKey, *, name: str | None = None, description: str | None = None
    ) -> None:
        """Give a playlist another name or description; None leaves it."""


def can_be_added(track: TrackKey) -> bool:
    """Tell whether the service takes a track into a playlist: tracks and episodes of its own."""
    return track.startswith(("spotify:track:", "spotify:episode:"))


def why_not(track: TrackKey) -> str:
    """Return why a track cannot be added, in a word or two."""
    if track.startswith("spotify:local:"):
        return "local file"
    return "no id" if track.startswith("meta:") else "unavailable"


def in_parts(name: str, tracks: Sequence[TrackKey]) -> list[tuple[str, Sequence[TrackKey]]]:
    """Cut a list into playlists of MOST_ENTRIES at most, each with its name: ``name (1/2)``."""
    count = max(1, -(-len(tracks) // MOST_ENTRIES))
    return [
        (
            name if count == 1 else f"{name} ({number + 1}/{count})",
            tracks[number * MOST_ENTRIES : (number + 1) * MOST_ENTRIES],
        )
        for number in range(count)
    ]


def mark_of(purpose: str, plan: str, number: int) -> str:
    """Return what the description of a plan's playlist is known by; ``number`` counts its parts from 1.

    One word of letters, digits and hyphens, which no service escapes.
    """
    return f"syncengine-{purpose}-{plan}-{number}"
