"""Data sources as Notion tells of them, and our properties as Notion's configuration of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import unquote

from syncengine.adapters.notion.asking import Json
from syncengine.adapters.notion.fields import BACK, PROPERTIES, Property
from syncengine.adapters.notion.names import Names
from syncengine.core.plan import Entity

_CONFIGURATIONS: Mapping[str, Json] = {"number": {"format": "number"}}
"""Of types whose configuration is not empty."""


class Column(NamedTuple):
    """A property that a data source has; ``id`` is as answers have it, and requests take it so."""

    id: str
    name: str
    type: str
    config: Json

    @property
    def target(self) -> str | None:
        """The data source that a relation leads to."""
        found = self.config.get("data_source_id") if self.type == "relation" else None
        return found if isinstance(found, str) else None

    @property
    def other_side(self) -> str | None:
        """The id of the property that shows a relation over there; None for one of one side."""
        found = (self.config.get("dual_property") or {}).get("synced_property_id")
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class Source:
    """A data source, as it was when it was asked for."""

    id: str
    database: str | None
    trashed: bool
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the property with an id."""
        return next((each for each in self.columns if same_id(each.id, name)), None)

    def named(self, name: str) -> Column | None:
        """Return the property with a name."""
        return next((each for each in self.columns if each.name == name), None)

    def like(self, name: str) -> Column | None:
        """Return the property with a name, else one that differs in capitals only."""
        folded = name.casefold().strip()
        near = (each for each in self.columns if each.name.casefold().strip() == folded)
        return self.named(name) or next(near, None)

    def with_column(self, column: Column) -> Source:
        """Return the data source with a property that it has, too."""
        return replace(self, columns=(*self.columns, column))

    def free(self, name: str) -> str:
        """Return a name that no property has, made of the one that is wanted."""
        found, number = name, 1
        while self.named(found):
            number += 1
            found = f"{name} {number}"
        return found


def same_id(one: str, other: str) -> bool:
    """Say whether two ids of properties are one: answers have them percent-encoded."""
    return one == other or unquote(one) == unquote(other)


def read_source(answer: Json) -> Source:
    """Read a data source from an answer."""
    properties = answer.get("properties") or {}
    columns = [
        Column(each["id"], name, each["type"], each.get(each["type"]) or {})
        for name, each in properties.items()
    ]
    return Source(
        answer["id"],
        (answer.get("parent") or {}).get("database_id"),
        bool(answer.get("in_trash") or answer.get("archived")),
        tuple(columns),
    )


def plain(prop: Property) -> Json:
    """Return the configuration of a property that is neither a relation nor a rollup."""
    return {prop.type: dict(_CONFIGURATIONS.get(prop.type, {}))}


def relation(target: Source, *, both_sides: bool) -> Json:
    """Return the configuration of a relation to a data source, which may get the other side of it."""
    sides: Json = {"type": "single_property", "single_property": {}}
    if both_sides:
        dual = {} if target.named(BACK) else {"synced_property_name": BACK}
        sides = {"type": "dual_property", "dual_property": dual}
    return {"relation": {"data_source_id": target.id, **sides}}


def rollup(prop: Property, over: Column, of: Column) -> Json:
    """Return the configuration of a rollup over a relation."""
    ids = {"relation_property_id": over.id, "rollup_property_id": of.id}
    return {"rollup": {"function": prop.function, **ids}}


def new_schema(
    entity: Entity, names: Names, targets: Mapping[Entity, Source], two_sided: frozenset[Entity]
) -> Json:
    """Return the properties of a new data source, but for rollups, which need what is not there yet.

    ``targets`` are the data sources to relate to; those that are ``two_sided`` get the other side.
    """
    schema: Json = {}
    for field, prop in PROPERTIES[entity].items():
        if prop.type == "relation":
            target = targets.get(prop.to) if prop.to else None
            if target is not None:
                sides = prop.to in two_sided
                schema[names.of(entity, field)] = relation(target, both_sides=sides)
        elif prop.type != "rollup":
            schema[names.of(entity, field)] = plain(prop)
    return schema
