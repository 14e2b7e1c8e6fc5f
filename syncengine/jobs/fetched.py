"""What a fetch was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.remote import ListKey, RemotePlaylist
from syncengine.core.track import Claim


@dataclass(slots=True)
class FetchedList:
    """One list that was asked for; ``status`` is that of its report.

    ``version`` is what its pages are kept under, ``rest`` how many entries at its end are as they were.
    ``version_holds`` denies that what was read is of the version that the service told.
    """

    one: RemotePlaylist
    status: str
    at: Instant
    version: str | None = None
    rest: int = 0
    version_holds: bool = True
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Roster:
    """Which playlists are in the person's library, and when that was told."""

    at: Instant
    keys: Sequence[ListKey]


@dataclass(frozen=True, slots=True)
class Fetched:
    """All that a fetch was told; ``more`` is what was told of tracks beside their lists."""

    lists: Sequence[FetchedList]
    roster: Roster | None
    more: Mapping[TrackKey, Claim]
    calls: Mapping[str, int]
    saved: int
    left: int | None
    notes: Sequence[str]
    in_doubt: bool = False
    """Whether the listing of playlists was not believed."""
