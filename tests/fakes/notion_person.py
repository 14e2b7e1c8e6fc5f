"""What a person does in Notion's own app, and what they see there, in plain values.

>>> songs = person.add_database(page, "Songs", {"Name": "title", "Plays": "number"})
>>> song = person.add(songs, {"Name": "Hello", "Plays": 3})
>>> person.edit(song, {"Plays": 4})
>>> person.values(song)
{'Name': 'Hello', 'Plays': 4}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tests.fakes.notion_schema import Draft
from tests.fakes.notion_things import COMPUTED, TEXTS, DataSource, Json, Page, Property, plain
from tests.fakes.notion_values import moment, new_option, rich
from tests.fakes.notion_world import PERSON, World


class Person:
    """Works on a world while the double serves it; no limit of the API holds here."""

    def __init__(self, world: World) -> None:
        self.world = world

    # -------------------------------------------------------------------------------------- schema

    def add_database(
        self, parent: Page, title: str, schema: Mapping[str, str | Json]
    ) -> DataSource:
        """Add a database to a page; a property is a type, or a configuration as the API has it."""
        with self.world.turn:
            _, source = self.world.new_database(parent.id, [rich(title)])
            Draft(self.world, source).create(_schema(schema))
            return source

    def add_source(
        self, beside: DataSource, title: str, schema: Mapping[str, str | Json]
    ) -> DataSource:
        """Add a second data source to a database."""
        with self.world.turn:
            database = self.world.databases[beside.database]
            source = self.world.new_source(database, [rich(title)])
            Draft(self.world, source).create(_schema(schema))
            return source

    def change_schema(self, source: DataSource, schema: Mapping[str, str | Json | None]) -> None:
        """Add, change or (None) remove properties."""
        with self.world.turn:
            Draft(self.world, source).update(_schema(schema))

    def rename(self, source: DataSource, old: str, new: str) -> None:
        """Give a property another name; its id stays."""
        self.change_schema(source, {old: {"name": new}})

    def set_database_trashed(self, source: DataSource, trashed: bool = True) -> None:
        """Put the database of a data source into the trash or take it out."""
        with self.world.turn:
            self.world.databases[source.database].trashed = trashed

    # --------------------------------------------------------------------------------------- pages

    def add(
        self, source: DataSource, values: Mapping[str, Any], *, created: datetime | None = None
    ) -> Page:
        """Add a row."""
        with self.world.turn:
            stored = self._stored(source, values)
            return self.world.new_page(("data_source_id", source.id), stored, created=created)

    def edit(self, page: Page, values: Mapping[str, Any]) -> None:
        """Change properties of a page; None empties one."""
        with self.world.turn:
            source = self.world.source_of(page)
            if source is None:
                self.world.write(page, {"title": [rich(str(values["title"]))]})
            else:
                self.world.write(page, self._stored(source, values))

    def trash(self, *pages: Page) -> None:
        """Put pages into the trash."""
        with self.world.turn:
            for page in pages:
                self.world.set_trashed(page, True)

    def restore(self, *pages: Page) -> None:
        """Take pages out of the trash."""
        with self.world.turn:
            for page in pages:
                self.world.set_trashed(page, False)

    def delete(self, *pages: Page) -> None:
        """Delete pages for good."""
        with self.world.turn:
            for page in pages:
                self.world.delete(page)

    def duplicate(self, page: Page) -> Page:
        """Copy a row with all that can be written, so that two pages have one key."""
        source = self.world.source_of(page)
        assert source is not None
        return self.add(source, self.values(page, computed=False))

    def share(self, thing: Page | DataSource) -> None:
        """Share a page or a data source's database with the integration."""
        self.world.shared.add(thing.database if isinstance(thing, DataSource) else thing.id)

    def unshare(self, thing: Page | DataSource) -> None:
        """End that; what is above may still be shared."""
        self.world.shared.discard(thing.database if isinstance(thing, DataSource) else thing.id)

    # ------------------------------------------------------------------------------------- looking

    def pages(self, source: DataSource, *, trashed: bool | None = False) -> list[Page]:
        """Return the rows in the order in which they were made; None for those in the trash too."""
        with self.world.turn:
            rows = list(source.pages.values())
        return [each for each in rows if trashed is None or each.trashed is trashed]

    def find(
        self, source: DataSource, name: str, value: Any, *, trashed: bool | None = False
    ) -> list[Page]:
        """Return the rows with a plain value in a property."""
        prop = self._named(source, name)
        rows = self.pages(source, trashed=trashed)
        return [each for each in rows if self._plain(each, prop) == value]

    def values(self, page: Page, *, computed: bool = True) -> dict[str, Any]:
        """Return what a page has, by name: texts, names of options, ids of related pages.

        Rollups, formulas and times are left out; ``computed=False`` leaves out numbers given by
        Notion as well. Empty is None, or an empty list.
        """
        source = self.world.source_of(page)
        if source is None:
            return {"title": page.title}
        return {
            prop.name: self._plain(page, prop)
            for prop in source.properties.values()
            if prop.type not in COMPUTED or (computed and prop.type == "unique_id")
        }

    def snapshot(self, *sources: DataSource, but: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
        """Return all values of all rows by page id, for comparing later; ``but`` names properties."""
        left_out = frozenset(but)
        with self.world.turn:
            chosen = sources or tuple(self.world.sources.values())
            return {
                page.id: {
                    **{k: v for k, v in self.values(page).items() if k not in left_out},
                    "(in trash)": page.trashed,
                    "(icon)": page.icon,
                    "(blocks)": [(each.id, each.trashed) for each in page.blocks],
                }
                for source in chosen
                for page in source.pages.values()
            }

    # -------------------------------------------------------------------------------------- values

    def _named(self, source: DataSource, name: str) -> Property:
        prop = source.named(name)
        if prop is None:
            raise KeyError(f"{source.name} has no property {name!r}")
        return prop

    def _stored(self, source: DataSource, values: Mapping[str, Any]) -> dict[str, Any]:
        props = [(self._named(source, name), value) for name, value in values.items()]
        return {prop.id: _stored(prop, value) for prop, value in props}

    def _plain(self, page: Page, prop: Property) -> Any:
        value = page.values.get(prop.id)
        match prop.type:
            case "title" | "rich_text":
                return plain(value) or None
            case "select" | "status":
                return prop.options[value].name if value in prop.options else None
            case "multi_select":
                return [prop.options[each].name for each in value or () if each in prop.options]
            case "relation":
                return list(self.world.related(page, prop))
            case "checkbox":
                return bool(value)
            case "date":
                return value and value["start"]
            case "unique_id":
                return page.number
            case _:
                return value


def _schema(schema: Mapping[str, str | Json | None]) -> Json:
    return {
        name: {config: {}} if isinstance(config, str) else config for name, config in schema.items()
    }


def _stored(prop: Property, value: Any) -> Any:
    """Return a plain value as the world keeps it."""
    if value is None:
        return {} if prop.type == "relation" else None
    if prop.type in TEXTS:
        return [rich(str(value))]
    match prop.type:
        case "select" | "status":
            return _option(prop, value)
        case "multi_select":
            return [_option(prop, each) for each in value]
        case "relation":
            return {each.id if isinstance(each, Page) else each: None for each in value}
        case "date":
            return {"start": moment(value, prop.name), "end": None, "time_zone": None}
        case _:
            return value


def _option(prop: Property, name: str) -> str:
    option = prop.option(name) or new_option(prop, name)
    prop.options[option.id] = option
    return option.id


__all__ = ["PERSON", "Person"]
