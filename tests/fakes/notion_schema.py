"""What clients may ask of a data source's schema: properties of every type, relations with two sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.notion_http import Json, Refused, a_text, an_object, invalid, need, only, unfit
from tests.fakes.notion_things import CHOICES, TYPES, DataSource, Page, Property, as_id, encoded
from tests.fakes.notion_values import read_options
from tests.fakes.notion_world import World

MOST_PROPERTIES = 500
"""Notion's recommended most of a data source, taken as the end (reference/request-limits)."""
NUMBERS = frozenset("count count_values empty not_empty unique sum average median min max".split())
NUMBERS |= frozenset("range checked unchecked percent_empty percent_not_empty".split())
NUMBERS |= frozenset("percent_checked percent_unchecked".split())
DATES = frozenset({"earliest_date", "latest_date"})
ARRAYS = frozenset({"show_original", "show_unique"})
FUNCTIONS = NUMBERS | DATES | ARRAYS | {"date_range", "count_per_group", "percent_per_group"}
_COMMON = frozenset({"type", "name", "description", "id"})
_STATUSES = ("Not started", "In progress", "Done")


class Draft:
    """A schema in the making: what one request asks for is done whole or not at all."""

    def __init__(self, world: World, source: DataSource) -> None:
        self._world = world
        self._source = source
        self._properties = dict(source.properties)
        self._names = {each.id: each.name for each in source.properties.values()}
        self._changed: list[tuple[Property, Property]] = []
        self._gone: list[Property] = []
        self._relations: list[Property] = []
        self._synced_names: dict[str, str | None] = {}
        self._rollups: list[tuple[Property, Json, str]] = []

    def create(self, properties: Any) -> None:
        """Read the schema of a new data source; without a title there is one called Name."""
        asked = an_object(properties, "body.properties")
        for name, config in asked.items():
            self._add(name, an_object(config, f"body.properties.{name}"))
        if not any(each.type == "title" for each in self._properties.values()):
            self._put(Property("title", "Name", "title"))
        self._finish()

    def update(self, properties: Any) -> None:
        """Read the changes to a schema: new, changed, renamed and, as null, removed properties."""
        for key, config in an_object(properties, "body.properties").items():
            where = f"body.properties.{key}"
            known = self._named(key)
            if config is None:
                self._remove(known, key)
            elif known is None:
                self._add(key, an_object(config, where))
            else:
                self._change(known, an_object(config, where), where)
        self._finish()

    # ---------------------------------------------------------------------------------- the parts

    def _named(self, key: str) -> Property | None:
        found = self._source.named(key)
        return found if found is not None and found.id in self._properties else None

    def _remove(self, known: Property | None, key: str) -> None:
        if known is None:
            raise invalid(f"Could not find property with name or id: {key}")
        if known.type == "title":
            raise invalid("Cannot delete the title property.")
        del self._properties[known.id]
        self._gone.append(known)

    def _add(self, name: str, config: Json) -> None:
        where = f"body.properties.{name}"
        kind = _kind(config, where)
        if kind is None:
            raise invalid(f"Could not find property with name or id: {name}")
        need(config.get("name", name) == name, f"{where}.name", f"`{name}`", config.get("name"))
        if kind == "title":
            if any(each.type == "title" for each in self._properties.values()):
                raise invalid("Cannot create more than one title property.")
            self._put(Property("title", name, "title"))
            return
        made = Property(self._world.new_property_id(self._source), name, kind)
        self._configure(made, config[kind], f"{where}.{kind}")
        self._put(made)

    def _put(self, prop: Property) -> None:
        a_text(prop.name, "body.properties", 2_000)
        if not prop.name:
            raise invalid("Property name must not be empty.")
        self._properties[prop.id] = prop
        self._names[prop.id] = prop.name

    def _change(self, known: Property, config: Json, where: str) -> None:
        kind = _kind(config, where)
        draft = Property(known.id, known.name, known.type, known.options, known.config)
        draft.target, draft.synced = known.target, known.synced
        if config.get("name") is not None:
            draft.name = a_text(config["name"], f"{where}.name")
        if kind is not None and kind != known.type:
            if "title" in (kind, known.type):
                raise invalid("Cannot change the type of the title property.")
            draft.type, draft.options, draft.config = kind, {}, {}
            draft.target = draft.synced = None
        if kind is not None:
            self._configure(draft, config[kind], f"{where}.{kind}")
        self._changed.append((known, draft))
        self._names[known.id] = draft.name

    def _configure(self, prop: Property, asked: Any, where: str) -> None:
        config = an_object(asked, where)
        match prop.type:
            case "select" | "multi_select" | "status":
                if prop.type == "status" and not config.get("options"):
                    config = {"options": [{"name": each} for each in _STATUSES]}
                prop.options = read_options(prop, config, where)
            case "number":
                only(config, frozenset({"format"}), where)
                prop.config = {"format": config.get("format", "number")}
            case "formula":
                prop.config = {"expression": config.get("expression", "")}
            case "unique_id":
                prop.config = {"prefix": config.get("prefix")}
            case "relation":
                self._relation(prop, config, where)
            case "rollup":
                self._rollups.append((prop, config, where))
            case _:
                only(config, frozenset(), where)

    # ---------------------------------------------------------------------------------- relations

    def _relation(self, prop: Property, config: Json, where: str) -> None:
        known = frozenset({"data_source_id", "type", "single_property", "dual_property"})
        only(config, known | {"database_id"}, where)
        target = self._world.sources.get(as_id(config.get("data_source_id")) or "")
        if "data_source_id" not in config:
            raise unfit(f"{where}.data_source_id", "defined")
        if target is None or not self._world.is_visible(target):
            raise Refused(404, "object_not_found", unfound("database", config["data_source_id"]))
        kinds = {"single_property", "dual_property"} & config.keys()
        need(len(kinds) == 1, f"{where}.single_property", "defined")
        if prop.target is not None and prop.target != target.id:
            raise invalid("Cannot change the data source of a relation.")
        prop.target = target.id
        if "dual_property" in kinds:
            dual = an_object(config["dual_property"], f"{where}.dual_property")
            only(dual, frozenset({"synced_property_name", "synced_property_id"}), where)
            self._relations.append(prop)
            self._synced_names[prop.id] = dual.get("synced_property_name")
        else:
            prop.synced = None

    def _link(self, prop: Property) -> None:
        """Make or rename the other side of a relation."""
        assert prop.target is not None
        target = self._world.sources[prop.target]
        wanted = self._synced_names[prop.id] if self._world.names_synced else None
        if prop.synced is not None:
            if wanted is not None:
                target.properties[prop.synced].name = _free(target, wanted)
            return
        name = wanted or f"Related to {self._source.name} ({prop.name})"
        other = Property(self._world.new_property_id(target), _free(target, name), "relation")
        other.target, other.synced = self._source.id, prop.id
        target.properties[other.id] = other
        target.version += 1
        prop.synced = other.id
        for page in self._source.pages.values():
            for each in self._world.related(page, prop):
                self._world.pages[each].values.setdefault(other.id, {})[page.id] = None

    # ------------------------------------------------------------------------------------ rollups

    def _rollup(self, prop: Property, config: Json, where: str) -> None:
        need(config.get("function") in FUNCTIONS, f"{where}.function", "a known function")
        own = {each: self._names[each] for each in self._properties}
        relation = self._properties[_side(config, "relation", own)]
        if relation.type != "relation" or relation.target is None:
            raise invalid(f"{relation.name} is not a relation property.")
        target = self._world.sources[relation.target]
        theirs = {each.id: each.name for each in target.properties.values()}
        shown = _side(config, "rollup", own if target is self._source else theirs)
        prop.config = {
            "function": config["function"],
            "relation_property_id": relation.id,
            "rollup_property_id": shown,
        }

    # ------------------------------------------------------------------------------------- the end

    def _finish(self) -> None:
        names = [self._names[each] for each in self._properties]
        if len(set(names)) < len(names):
            doubled = next(each for each in names if names.count(each) > 1)
            raise invalid(f"Property name {doubled} is already in use.")
        if len(names) > MOST_PROPERTIES:
            raise invalid(f"A data source can have at most {MOST_PROPERTIES} properties.")
        for prop, config, where in self._rollups:
            self._rollup(prop, config, where)
        self._commit()

    def _commit(self) -> None:
        for known, draft in self._changed:
            if known.type != draft.type or known.options.keys() - draft.options.keys():
                _forget(self._source, known, draft)
            if known.synced is not None and draft.synced is None:
                unlink(self._world, known)
            for part in ("name", "type", "options", "config", "target", "synced"):
                setattr(known, part, getattr(draft, part))
        for gone in self._gone:
            unlink(self._world, gone)
        self._source.properties = self._properties
        drafts = {id(draft): known for known, draft in self._changed}
        for prop in self._relations:
            self._link(drafts.get(id(prop), prop))
        self._source.version += 1
        self._source.indexes.clear()
        self._source.edited = self._world.clock()


def _kind(config: Json, where: str) -> str | None:
    """Return the type that a configuration names, or None where it only renames."""
    kinds = [key for key in config if key not in _COMMON]
    if not kinds and "name" in config:
        return None
    wish = config.get("type")
    if len(kinds) != 1 or kinds[0] not in TYPES or wish not in (None, kinds[0]):
        raise unfit(f"{where}.{wish or 'title'}", "defined")
    return kinds[0]


def _side(config: Json, side: str, names: Mapping[str, str]) -> str:
    """Return the id of the property that a rollup names on one side."""
    name, number = config.get(f"{side}_property_name"), config.get(f"{side}_property_id")
    for each, known in names.items():
        if number in (each, encoded(each)) or (number is None and name == known):
            return each
    raise invalid(f"Could not find property with name or id: {number or name}")


def _free(source: DataSource, name: str) -> str:
    """Return a name that no property of a data source has."""
    taken = {each.name for each in source.properties.values()}
    found, number = name, 0
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def _forget(source: DataSource, known: Property, draft: Property) -> None:
    """Let go of values that a changed property cannot hold: another type, an option that is gone."""
    for page in source.pages.values():
        value = page.values.get(known.id)
        if value is not None:
            page.values[known.id] = _kept(page, known, draft)


def _kept(page: Page, known: Property, draft: Property) -> Any:
    value = page.values[known.id]
    if known.type != draft.type or known.type not in CHOICES:
        return None
    if isinstance(value, list):
        return [each for each in value if each in draft.options]
    return value if value in draft.options else None


def unlink(world: World, prop: Property) -> None:
    """Take away the other side of a relation that goes."""
    if prop.target is not None and prop.synced is not None and prop.target in world.sources:
        target = world.sources[prop.target]
        target.properties.pop(prop.synced, None)
        target.version += 1


def unfound(kind: str, name: object, by: str = "Syncengine") -> str:
    """Return what Notion says where there is nothing, or nothing that was shared."""
    return (
        f"Could not find {kind} with ID: {name}. Make sure the relevant pages and databases are "
        f'shared with your integration "{by}".'
    )


# ----------------------------------------------------------------------------------------- showing it


def shown(world: World, prop: Property, source: DataSource) -> Json:
    """Return a property's configuration as answers have it."""
    base: Json = {"id": prop.shown_id, "name": prop.name, "type": prop.type, "description": None}
    return {**base, prop.type: _config(world, prop, source)}


def _config(world: World, prop: Property, source: DataSource) -> Json:
    match prop.type:
        case "select" | "multi_select":
            return {"options": [_option(each) for each in prop.options.values()]}
        case "status":
            options = [_option(each) for each in prop.options.values()]
            group = {"id": "todo", "name": "To-do", "color": "gray"}
            groups = [{**group, "option_ids": list(prop.options)}]
            return {"options": options, "groups": groups}
        case "relation":
            return _relation(world, prop)
        case "rollup":
            return _rollup(world, prop, source)
        case _:
            return dict(prop.config)


def _option(option: Any) -> Json:
    parts = ("id", "name", "color", "description")
    return {part: getattr(option, part) for part in parts}


def _relation(world: World, prop: Property) -> Json:
    assert prop.target is not None
    target = world.sources[prop.target]
    found: Json = {"database_id": target.database, "data_source_id": target.id}
    if prop.synced is None:
        return {**found, "type": "single_property", "single_property": {}}
    other = target.properties[prop.synced]
    dual = {"synced_property_id": other.shown_id, "synced_property_name": other.name}
    return {**found, "type": "dual_property", "dual_property": dual}


def _rollup(world: World, prop: Property, source: DataSource) -> Json:
    relation = source.properties.get(prop.config["relation_property_id"])
    target = world.sources.get(relation.target or "") if relation else None
    there = target.properties.get(prop.config["rollup_property_id"]) if target else None
    return {
        "function": prop.config["function"],
        "relation_property_name": relation.name if relation else "",
        "relation_property_id": encoded(prop.config["relation_property_id"]),
        "rollup_property_name": there.name if there else "",
        "rollup_property_id": encoded(prop.config["rollup_property_id"]),
    }
