"""Asking for databases and data sources, making them, and changing their properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from syncengine.adapters.notion.asking import Json, Wire
from syncengine.adapters.notion.schema import Source, read_source
from syncengine.core.setup import Told


class Child(NamedTuple):
    """A database on a page."""

    id: str
    title: str


class Database(NamedTuple):
    """A database: the ids and names of its data sources."""

    id: str
    trashed: bool
    sources: tuple[tuple[str, str], ...]


class Containers:
    """Databases and data sources, one request for each method but ``children``."""

    def __init__(self, wire: Wire, tell: Told = lambda _text: None) -> None:
        self._wire = wire
        self.tell = tell

    def source(self, name: str) -> Source:
        """Return a data source. Raises Gone where there is none that the integration may see."""
        endpoint = "GET /v1/data_sources/{data_source_id}"
        answer = self._wire.read(endpoint, lambda client: client.data_sources.retrieve(name))
        return read_source(answer)

    def database(self, name: str) -> Database:
        """Return a database. Raises Gone as ``source`` does."""
        endpoint = "GET /v1/databases/{database_id}"
        answer = self._wire.read(endpoint, lambda client: client.databases.retrieve(name))
        return _database(answer)

    def children(self, page: str) -> Iterator[Child]:
        """Yield the databases that stand on a page itself; 100 blocks take one request."""
        cursor = None
        while True:
            answer = self._blocks(page, {"page_size": 100, "start_cursor": cursor})
            for block in answer.get("results") or ():
                if block.get("type") == "child_database":
                    yield Child(block["id"], block["child_database"].get("title") or "")
            cursor = answer.get("next_cursor")
            if not cursor:
                return

    def _blocks(self, page: str, asked: Json) -> Json:
        given = {name: value for name, value in asked.items() if value is not None}
        return self._wire.read(
            "GET /v1/blocks/{block_id}/children",
            lambda client: client.blocks.children.list(page, **given),
        )

    def create(self, page: str, title: str, properties: Json) -> Database:
        """Make a database on a page. Raises OutcomeUnknown where it may be there or not."""
        endpoint = "POST /v1/databases"
        answer = self._wire.write(
            endpoint,
            lambda client: client.databases.create(
                parent={"type": "page_id", "page_id": page},
                title=[{"type": "text", "text": {"content": title}}],
                initial_data_source={"properties": properties},
            ),
            repeatable=False,
        )
        return _database(answer)

    def change(self, name: str, properties: Json) -> Source:
        """Change properties of a data source. Raises OutcomeUnknown where it may be done or not.

        It is not repeated: a relation that was added is renamed by adding it again.
        """
        endpoint = "PATCH /v1/data_sources/{data_source_id}"
        answer = self._wire.write(
            endpoint,
            lambda client: client.data_sources.update(name, properties=properties),
            repeatable=False,
        )
        return read_source(answer)


def _database(answer: Json) -> Database:
    sources = tuple((each["id"], each.get("name") or "") for each in answer["data_sources"])
    return Database(answer["id"], bool(answer.get("in_trash") or answer.get("archived")), sources)
