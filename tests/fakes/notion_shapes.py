"""How pages, databases and data sources look in answers of either version."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any

from tests.fakes.notion_http import NEW
from tests.fakes.notion_schema import ARRAYS, DATES, NUMBERS, shown
from tests.fakes.notion_things import (
    CHOICES,
    LINES,
    TEXTS,
    Block,
    Database,
    DataSource,
    Json,
    Page,
    Property,
    minute,
    plain,
)
from tests.fakes.notion_world import World

SHOWN_RELATED = 25
"""How many related pages a page shows; the rest has the endpoint for one property."""
_HOME = "https://app.notion.com"
"""Where pages live since 2026-04; before it was www.notion.so."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Writes things down for one call, in a version of the API."""

    world: World
    version: str
    _columns: dict[str, list[Property]] = field(default_factory=dict)

    # ---------------------------------------------------------------------------------- containers

    def _common(self, thing: Page | Database | DataSource, trashed: bool) -> Json:
        found: Json = {
            "id": thing.id,
            "created_time": minute(thing.created),
            "last_edited_time": minute(thing.edited),
            "icon": thing.icon,
            "in_trash": trashed,
            "url": f"{_HOME}/p/{thing.id.replace('-', '')}",
            "public_url": None,
        }
        if self.version != NEW:
            found["archived"] = trashed
        return found

    def database(self, made: Database) -> Json:
        """Return a database; its schema is in its data sources."""
        sources = [self.world.sources[each] for each in made.sources]
        return {
            "object": "database",
            **self._common(made, made.trashed),
            "title": made.title,
            "description": made.description,
            "parent": {"type": "page_id", "page_id": made.parent},
            "is_inline": made.inline,
            "is_locked": made.locked,
            "cover": made.cover,
            "data_sources": [{"id": each.id, "name": each.name} for each in sources],
        }

    def source(self, made: DataSource) -> Json:
        """Return a data source with its schema."""
        database = self.world.databases[made.database]
        return {
            "object": "data_source",
            **self._common(made, made.trashed or database.trashed),
            "title": made.title,
            "description": database.description,
            "parent": {"type": "database_id", "database_id": database.id},
            "database_parent": {"type": "page_id", "page_id": database.parent},
            "is_inline": database.inline,
            "cover": None,
            "created_by": _user(""),
            "last_edited_by": _user(""),
            "properties": {
                each.name: shown(self.world, each, made) for each in self._visible(made)
            },
        }

    def _visible(self, source: DataSource) -> list[Property]:
        """Return the properties; a relation to what is not shared does not show."""
        if source.id not in self._columns:
            self._columns[source.id] = [
                prop for prop in source.properties.values() if self._shows(prop)
            ]
        return self._columns[source.id]

    def _shows(self, prop: Property) -> bool:
        target = self.world.sources.get(prop.target or "")
        return prop.type != "relation" or (target is not None and self.world.is_visible(target))

    # --------------------------------------------------------------------------------------- pages

    def page(self, page: Page, chosen: Container[str] | None = None) -> Json:
        """Return a page with all or the ``chosen`` properties (ids as answers have them or bare)."""
        source = self.world.source_of(page)
        return {
            "object": "page",
            **self._common(page, page.trashed),
            "cover": page.cover,
            "is_locked": False,
            "created_by": _user(page.created_by),
            "last_edited_by": _user(page.edited_by),
            "parent": self._parent(page, source),
            "properties": self._properties(page, source, chosen),
        }

    def _parent(self, page: Page, source: DataSource | None) -> Json:
        kind, name = page.parent
        if source is not None:
            return {"type": kind, kind: name, "database_id": source.database}
        return {"type": kind, kind: name or True}

    def _properties(
        self, page: Page, source: DataSource | None, chosen: Container[str] | None
    ) -> Json:
        if source is None:
            title = {"id": "title", "type": "title", "title": page.values.get("title", [])}
            return {"title": title}
        return {
            prop.name: {"id": prop.shown_id, "type": prop.type, **self.value(page, prop)}
            for prop in self._visible(source)
            if chosen is None or prop.id in chosen or prop.shown_id in chosen
        }

    def value(self, page: Page, prop: Property) -> Json:
        """Return a value under its type, and whether there is more of it."""
        if prop.type != "relation":
            return {prop.type: self.inner(page, prop)}
        found = list(islice(self.world.related(page, prop), SHOWN_RELATED + 1))
        more = len(found) > SHOWN_RELATED
        return {"relation": [{"id": each} for each in found[:SHOWN_RELATED]], "has_more": more}

    def inner(self, page: Page, prop: Property) -> Any:
        """Return the value of a property that is no relation."""
        value = page.values.get(prop.id)
        if prop.type in TEXTS or prop.type in ("people", "files"):
            return value or []
        if prop.type in CHOICES:
            return _chosen(prop, value)
        if prop.type == "checkbox":
            return bool(value)
        if prop.type in LINES or prop.type in ("number", "date"):
            return value
        return self._computed(page, prop)

    def _computed(self, page: Page, prop: Property) -> Any:
        match prop.type:
            case "created_time":
                return minute(page.created)
            case "last_edited_time":
                return minute(page.edited)
            case "created_by":
                return _user(page.created_by)
            case "last_edited_by":
                return _user(page.edited_by)
            case "unique_id":
                return {"prefix": prop.config.get("prefix"), "number": page.number}
            case "rollup":
                return self.rollup(page, prop)
            case _:
                return {"type": "string", "string": None}

    # ------------------------------------------------------------------------------------- rollups

    def rollup(self, page: Page, prop: Property) -> Json:
        """Return what a rollup makes of the related pages."""
        function = prop.config["function"]
        source = self.world.source_of(page)
        relation = source.properties.get(prop.config["relation_property_id"]) if source else None
        if relation is None:
            return {"type": "unsupported", "unsupported": {}, "function": function}
        pages = [self.world.pages[each] for each in self.world.related(page, relation)]
        target = self.world.sources[relation.target or ""]
        there = target.properties.get(prop.config["rollup_property_id"])
        if function in NUMBERS:
            return {
                "type": "number",
                "number": _number(function, pages, there),
                "function": function,
            }
        if function in DATES and there is not None:
            return {"type": "date", "date": _extreme(function, pages, there), "function": function}
        if function in ARRAYS and there is not None:
            values = [{"type": there.type, **self.value(each, there)} for each in pages[:25]]
            return {"type": "array", "array": values, "function": function}
        return {"type": "unsupported", "unsupported": {}, "function": function}

    # -------------------------------------------------------------------------------------- blocks

    def block(self, made: Block, parent: str) -> Json:
        """Return a block of a page's content."""
        return {
            "object": "block",
            **self._block(made.id, made.trashed, parent),
            "type": made.type,
            made.type: made.body,
        }

    def child(self, made: Page | Database) -> Json:
        """Return the block that stands for a page or a database on the page above it."""
        kind = "child_page" if isinstance(made, Page) else "child_database"
        title = made.title if isinstance(made, Page) else plain(made.title)
        parent = made.parent[1] if isinstance(made, Page) else made.parent
        common = self._block(made.id, made.trashed, parent)
        return {"object": "block", **common, "type": kind, kind: {"title": title}}

    def _block(self, name: str, trashed: bool, parent: str) -> Json:
        found: Json = {"id": name, "in_trash": trashed, "has_children": False}
        found["parent"] = {"type": "page_id", "page_id": parent}
        return found if self.version == NEW else {**found, "archived": trashed}


def _user(name: str) -> Json:
    return {"object": "user", "id": name or "00000000-0000-4000-8000-000000000000"}


def _chosen(prop: Property, value: Any) -> Any:
    options = prop.options
    if prop.type == "multi_select":
        return [_option(prop, each) for each in value or [] if each in options]
    return _option(prop, value) if value in options else None


def _option(prop: Property, name: str) -> Json:
    option = prop.options[name]
    return {"id": option.id, "name": option.name, "color": option.color}


def _number(function: str, pages: list[Page], prop: Property | None) -> float | None:
    """Return a rollup that is a number, without properties that are rollups themselves."""
    if function == "count":
        return len(pages)
    values = [page.values.get(prop.id) for page in pages] if prop else []
    held = [each for each in values if each not in (None, [], "", False, {})]
    counts = {
        "count_values": len(held),
        "not_empty": len(held),
        "checked": len(held),
        "empty": len(values) - len(held),
        "unchecked": len(values) - len(held),
        "unique": len({repr(each) for each in held}),
    }
    if function in counts:
        return counts[function]
    if function.startswith("percent"):
        few = function in ("percent_empty", "percent_unchecked")
        part = len(values) - len(held) if few else len(held)
        return part / len(values) if values else None
    numbers = [each for each in values if isinstance(each, int | float)]
    return _of_numbers(function, numbers)


def _of_numbers(function: str, numbers: list[float]) -> float | None:
    if function == "sum":
        return sum(numbers)
    if not numbers:
        return None
    match function:
        case "average":
            return sum(numbers) / len(numbers)
        case "median":
            return median(numbers)
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case _:
            return max(numbers) - min(numbers)


def _extreme(function: str, pages: list[Page], prop: Property) -> Json | None:
    dates = [page.values[prop.id] for page in pages if page.values.get(prop.id)]
    if not dates:
        return None
    pick = min if function == "earliest_date" else max
    found: Json = pick(dates, key=lambda date: str(date["start"]))
    return found
