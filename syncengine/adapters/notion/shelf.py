"""Where an entity is kept in Notion: its data source, and which of its properties are ours.

Properties are addressed by their ids, because people rename them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from syncengine.core.plan import Entity


class Known(msgspec.Struct, frozen=True):
    """A property that exists: its id, as requests may name it, and its type there."""

    id: str
    type: str


class Shelf(msgspec.Struct, frozen=True):
    """One data source; ``properties`` go by our names, and those that it does not have are missing."""

    source: str
    database: str | None
    properties: dict[str, Known]


class Shelves(Protocol):
    """Where shelves are remembered between runs."""

    def read(self) -> Mapping[Entity, Shelf]:
        """Return every shelf that was set up or adopted."""

    def write(self, entity: Entity, shelf: Shelf) -> None:
        """Remember a shelf; an earlier one of the entity is replaced."""


def to_text(shelf: Shelf) -> str:
    """Return a shelf as JSON."""
    return msgspec.json.encode(shelf).decode()


def from_text(text: str) -> Shelf:
    """Read what ``to_text`` wrote."""
    return msgspec.json.decode(text, type=Shelf)
