"""Notion with the four databases that are kept there, and what writes to them: in a time by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.adapters.notion.asking import Json
from syncengine.adapters.notion.fields import ENTITIES, PROPERTIES, SHOWN_AS
from syncengine.adapters.notion.shelf import Known, Shelf
from syncengine.adapters.notion.writer import NotionWriter
from syncengine.core.plan import Entity, Value
from syncengine.core.writer import Change, Written
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_things import DataSource, Page, encoded
from tests.fakes.notion_wired import Time, wired


class House:
    """Four databases as ``notion init`` makes them, in one version of the API."""

    def __init__(self, double: NotionDouble, version: str) -> None:
        self.double = double
        self.time = Time()
        double.world.clock = self.time.doubles
        self.wire = wired(double, self.time, version=version)
        self._told = 0
        self.remembered: list[tuple[Entity, Shelf]] = []
        home = double.home("Music")
        self.sources: dict[Entity, DataSource] = {}
        for entity in ENTITIES:
            self.sources[entity] = double.person.add_database(
                home, f"{entity}s", self._schema(entity)
            )
        self.writer = self.new_writer()

    def _schema(self, entity: Entity) -> dict[str, Any]:
        schema: dict[str, Any] = {}
        for name, prop in PROPERTIES[entity].items():
            config: Json = {}
            if prop.to is not None:
                dual = {
                    "type": "dual_property",
                    "dual_property": {"synced_property_name": "Tracks"},
                }
                config = {"data_source_id": self.sources[prop.to].id, **dual}
            if prop.type != "rollup":
                schema[SHOWN_AS.get(name, name)] = {prop.type: config}
        return {**schema, "My notes": "rich_text"}

    def shelf(self, entity: Entity) -> Shelf:
        """Return a shelf as setting up would make it."""
        source = self.sources[entity]
        known: dict[str, Known] = {}
        for name in PROPERTIES[entity]:
            prop = source.named(SHOWN_AS.get(name, name))
            if prop is not None:
                known[name] = Known(encoded(prop.id), prop.type)
        return Shelf(source.id, source.database, known)

    def new_writer(self, *, track: Shelf | None = None) -> NotionWriter:
        """Return a writer, which knows the databases as they are now."""
        made: dict[Entity, Shelf] = {entity: self.shelf(entity) for entity in ENTITIES}
        made["track"] = track or made["track"]
        return NotionWriter(
            self.wire,
            made,
            lambda entity, shelf: self.remembered.append((entity, shelf)),
            self.time.sleep,
            self.time.clock,
        )

    def create(
        self, entity: Entity, key: str, fields: Mapping[str, Value] | None = None
    ) -> Written:
        """Create a page."""
        held = {"Name": key, "Sync key": key, **(fields or {})}
        return self.writer.write(Change(entity, key, None, held))

    def pages(self, entity: Entity, *, trashed: bool | None = False) -> list[Page]:
        """Return the rows there are."""
        return self.double.pages_of(self.sources[entity], trashed=trashed)

    def values(self, address: str) -> dict[str, Any]:
        """Return what a person sees on a page."""
        return self.double.person.values(self.double.world.pages[address])

    def trashed(self, address: str) -> bool:
        """Tell whether a page is in the trash."""
        return self.double.world.pages[address].trashed

    def requests(self) -> list[str]:
        """Return the requests since this was last asked."""
        calls = self.double.log.noted
        made = [call.name for call in calls[self._told :]]
        self._told = len(calls)
        return made
