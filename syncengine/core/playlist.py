"""What stands in a playlist: entries in order, as one observation told them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from syncengine.core.moment import Instant


class Entry(NamedTuple):
    """One place in a playlist: the track, when it was added and by whom.

    ``track`` is a TrackKey, or a row number where the storage speaks to the core.
    """

    track: Hashable
    added_at: Instant | None
    added_by: Hashable | None


class Line(NamedTuple):
    """One row of an observation's content, in numbers the storage gave out; ``popularity`` is 0–100.

    ``track``, ``added_by`` and ``claim`` are row numbers.
    """

    track: int
    added_at: Instant | None
    added_by: int | None
    claim: int
    popularity: int | None

    @property
    def entry(self) -> tuple[int, Instant | None, int | None]:
        """The part that makes an entry: track, added at, added by."""
        return self[:3]
