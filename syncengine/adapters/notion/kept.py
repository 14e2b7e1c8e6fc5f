"""The shelves of one run: threads share them, and they lose what people delete meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from urllib.parse import unquote

from msgspec.structs import replace

from syncengine.adapters.notion.asking import Json, Wire
from syncengine.adapters.notion.shelf import Shelf
from syncengine.core.plan import Entity
from syncengine.errors import ConfigError

SCHEMA = "GET /v1/data_sources/{data_source_id}"
Remember = Callable[[Entity, Shelf], None]


class Kept:
    """The shelves there are; ``remember`` is told of those that changed, by one thread at a time."""

    def __init__(self, wire: Wire, shelves: Mapping[Entity, Shelf], remember: Remember) -> None:
        self._wire = wire
        self._shelves = dict(shelves)
        self._remember = remember
        self._lock = Lock()

    def __getitem__(self, entity: Entity) -> Shelf:
        shelf = self._shelves.get(entity)
        if shelf is None:
            raise ConfigError(f"Notion has no database for {entity}s; run `syncengine notion init`")
        return shelf

    def __iter__(self) -> Iterator[tuple[Entity, Shelf]]:
        return iter(list(self._shelves.items()))

    def shrank(self, entity: Entity, used: Shelf) -> bool:
        """Look at the schema again, and tell whether properties of a shelf that was used are gone.

        A property that has another type now is as good as gone. Raises RemoteError.
        """
        with self._lock:
            shelf = self[entity]
            if shelf is not used:
                return True
            types = self._types(shelf)
            properties = {
                name: known
                for name, known in shelf.properties.items()
                if types.get(unquote(known.id)) == known.type
            }
            if len(properties) == len(shelf.properties):
                return False
            self._shelves[entity] = replace(shelf, properties=properties)
            self._remember(entity, self._shelves[entity])
            return True

    def _types(self, shelf: Shelf) -> dict[str, str]:
        answer = self._wire.read(SCHEMA, lambda client: client.data_sources.retrieve(shelf.source))
        shown: dict[str, Json] = answer.get("properties") or {}
        return {unquote(each["id"]): each["type"] for each in shown.values()}
