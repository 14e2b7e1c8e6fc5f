"""Shelves in memory."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.adapters.notion.shelf import Shelf
from syncengine.core.plan import Entity


class Remembered:
    """Shelves that are remembered for as long as a test lasts."""

    def __init__(self) -> None:
        self.shelves: dict[Entity, Shelf] = {}

    def read(self) -> Mapping[Entity, Shelf]:
        return dict(self.shelves)

    def write(self, entity: Entity, shelf: Shelf) -> None:
        self.shelves[entity] = shelf
