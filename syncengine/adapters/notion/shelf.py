"""Where an entity is kept in Notion: its data source, and which of its properties are ours.

Properties are addressed by their ids, because people rename them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from syncengine.adapters.notion.fields import ENTITIES
from syncengine.core.plan import Entity


class Known(msgspec.Struct, frozen=True):
    """A property that exists: its id, as requests may name it, and its type there."""

    id: str
    type: str


class Shelf(msgspec.Struct, frozen=True):
    """One data source; ``properties`` go by our names, and those that it does not have are missing.

    ``ours`` says that we made it, so that it is completed without being asked.
    """

    source: str
    database: str | None
    properties: dict[str, Known]
    ours: bool = False


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


class Notes(Protocol):
    """Where texts are remembered between runs, by entity."""

    def read(self) -> Mapping[str, str]:
        """Return every text."""

    def write(self, entity: Entity, text: str, *, elsewhere: bool, anew: Collection[str]) -> None:
        """Remember a text.

        ``elsewhere`` says that all that was agreed of the entity is void; ``anew`` are the fields
        of which it is.
        """


@dataclass(frozen=True, slots=True)
class KeptShelves:
    """Shelves that are remembered as texts."""

    notes: Notes

    def read(self) -> Mapping[Entity, Shelf]:
        """Return every shelf that was set up or adopted."""
        known = self.notes.read()
        return {entity: from_text(known[entity]) for entity in ENTITIES if entity in known}

    def write(self, entity: Entity, shelf: Shelf) -> None:
        """Remember a shelf; what was agreed holds for its data source and properties, and for no others."""
        before = self.read().get(entity)
        if before == shelf:
            return
        known = shelf.properties if before is None else before.properties
        names = known.keys() | shelf.properties.keys()
        anew = sorted(name for name in names if known.get(name) != shelf.properties.get(name))
        elsewhere = before is not None and before.source != shelf.source
        self.notes.write(entity, to_text(shelf), elsewhere=elsewhere, anew=anew)
