"""What counts in the series of tracks: observations of playlists, and applied enrichments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.storage.repositories.contents import ContentBook

Order = tuple[Instant, int, bytes]


class Heard(NamedTuple):
    """Something that counts; ``rank`` is its dialect's.

    ``content`` is what an observation told; an enrichment tells ``words`` and has no content (0).
    """

    order: Order
    rank: int
    content: int
    words: tuple[Line, ...] | None = None

    @property
    def at(self) -> Instant:
        """When it was taken."""
        return self.order[0]

    def lines(self, contents: ContentBook) -> Sequence[Line]:
        """Return what it says, line by line; a line whose claim is 0 says nothing but its popularity."""
        return contents.lines(self.content) if self.words is None else self.words
