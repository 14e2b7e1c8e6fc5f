"""What the jobs expect of a music service that can be asked, and of the book of what that costs.

An answer is kept as the bytes it came in until the list it belongs to is whole, so a fetch that was
killed reads them again instead of asking again. Keys are those of ``identity``; positions count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from syncengine.core.identity import ArtistKey, PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import AudioFeatures, Claim, Dialect

ListKey = PlaylistKey
"""What has entries: a playlist, Liked Songs (``liked``), or an album, whose key is a ``spotify:album:…``."""


class RemotePlaylist(NamedTuple):
    """A list as the service describes it, without its entries.

    ``version`` changes whenever its contents do; None where the service has none (Liked Songs).
    ``total`` counts its entries; None where the app may not see it. ``owner`` is a user id.
    """

    key: ListKey
    name: str
    version: str | None
    total: int | None
    owner: str | None = None


class ListingPage(NamedTuple):
    """Some of the playlists in a person's library; ``total`` counts all of them.

    ``unseen`` counts places of which the service shows nothing: they count for the next offset, and
    a listing that has some does not say of any playlist that it is gone.
    """

    playlists: Sequence[RemotePlaylist]
    total: int
    unseen: int = 0


class RemoteEntry(NamedTuple):
    """One place of a list. Of an entry that the service no longer shows the claim is of UNAVAILABLE.

    ``popularity`` is 0–100; None where the app may not see it.
    """

    claim: Claim
    added_at: Instant | None = None
    added_by: str | None = None
    popularity: int | None = None


class EntryPage(NamedTuple):
    """Some entries of a list, from ``offset`` on; ``total`` counts all of them.

    The next page begins at ``offset + len(entries)``. ``limit`` is how many entries the page could
    have had, and ``described`` is the list itself, where the answer says so: an album's first page does,
    so that it needs no ``describe``.
    """

    entries: Sequence[RemoteEntry]
    offset: int
    total: int
    limit: int | None = None
    described: RemotePlaylist | None = None


class Service(Protocol):
    """A music service. Every method that asks makes one call, and retries as its policy says.

    All of them raise RemoteError: TryLater when the calls are used up or it said so, SignInNeeded,
    Forbidden where this app may not see it, Gone where it is not there, Transient when it is down or
    answers what cannot be read, Rejected when it calls the request wrong.
    """

    name: str
    dialect: Dialect
    page_size: int
    """Entries that a page of a list has to expect, for estimates; ``EntryPage.limit`` has the truth."""

    def hasty(self) -> Service:
        """Return the same service for lookups that have another answer: it waits for nothing."""

    def listing(self, offset: int) -> bytes:
        """Ask which playlists are in the person's library."""

    def read_listing(self, answer: bytes) -> ListingPage:
        """Read what ``listing`` answered."""

    def describe(self, key: ListKey) -> RemotePlaylist:
        """Ask for one list's name and version, without its entries."""

    def entries(self, key: ListKey, offset: int) -> bytes:
        """Ask for a page of a list.

        A later page of an album takes two calls where another process asked for its first one.
        """

    def read_entries(self, key: ListKey, answer: bytes) -> EntryPage:
        """Read what ``entries`` answered."""

    def track(self, key: TrackKey) -> RemoteEntry:
        """Ask for one track; its places are not told."""

    def tracks(self, keys: Sequence[TrackKey]) -> Mapping[TrackKey, RemoteEntry]:
        """Ask for 50 tracks at most; those that are not there are left out. Many apps may not."""

    def audio_features(self, keys: Sequence[TrackKey]) -> Mapping[TrackKey, AudioFeatures]:
        """Ask for audio features of 100 tracks at most. Many apps may not."""

    def genres(self, keys: Sequence[ArtistKey]) -> Mapping[ArtistKey, Sequence[str]]:
        """Ask for the genres of 50 artists at most. Many apps may not."""

    def search(self, text: str, limit: int) -> Sequence[RemoteEntry]:
        """Ask for tracks that a text finds, 10 at most."""


class Capability(NamedTuple):
    """Whether an endpoint answered this app, and when that was found out."""

    allowed: bool
    at: Instant


class CallBook(Protocol):
    """Where every call is counted and what a service said of itself is remembered, across processes."""

    def before_call(self, endpoint: str) -> None:
        """Count a call that is about to be made.

        Raises TryLater when the service asked for a pause that is not over, or the budget is used up.
        """

    def pause_until(self, at: Instant, reason: str) -> None:
        """Note that the service wants no call before a moment; ``reason`` is shown to people."""

    def capability(self, endpoint: str) -> Capability | None:
        """Return what is known of an endpoint; None for nothing."""

    def note_capability(self, endpoint: str, *, allowed: bool) -> None:
        """Note whether an endpoint answers this app."""
