"""The endpoints for pages: create, retrieve, update, and one property of a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from tests.fakes.notion_http import (
    MOST_BLOCKS,
    Answer,
    Json,
    Refused,
    an_object,
    at_most,
    invalid,
    need,
    only,
    said,
    unfit,
)
from tests.fakes.notion_schema import unfound
from tests.fakes.notion_things import DataSource, Page, Property, as_id
from tests.fakes.notion_values import Reader, read_properties
from tests.fakes.notion_visit import Visit, blocks_of

_TRASHED = "Can't edit block that is archived. You must unarchive the block before editing."
_BURIED = (
    "Can't edit page on block with an archived ancestor. You must unarchive the ancestor before "
    "editing page."
)
_PARENTS = frozenset({"type", "data_source_id", "database_id", "page_id"})
_LISTED = frozenset({"title", "rich_text", "people"})
_FREE_TITLE = Property("title", "title", "title")


def _named(source: DataSource | None, name: str) -> Property | None:
    if source is not None:
        return source.named(name)
    return _FREE_TITLE if name == "title" else None


def _reader(visit: Visit) -> Reader:
    def related(prop: Property, name: str) -> None:
        page = visit.world.pages.get(name)
        if page is None or not visit.world.is_visible(page):
            raise Refused(404, "object_not_found", unfound("page", name, visit.integration.name))
        if page.parent != ("data_source_id", prop.target):
            raise invalid(f"{prop.name} cannot relate page {name}: it is in another data source.")
        if page.trashed:
            raise invalid(f"{prop.name} cannot relate page {name}: it is archived.")

    return Reader(related)


def create(visit: Visit) -> Answer:
    """Make a row of a data source, or a page under a page."""
    visit.need("insert")
    body = visit.body("parent properties children icon cover", "parent")
    parent, source = _parent(visit, an_object(body["parent"], "body.parent"))
    reader = _reader(visit)
    values = read_properties(body.get("properties", {}), lambda n: _named(source, n), reader)
    blocks = blocks_of(body.get("children", []), visit.world, "body.children")
    at_most("body.children", len(blocks), MOST_BLOCKS)
    visit.make_room(1)
    reader.commit()
    page = visit.world.new_page(parent, values, by=visit.integration.id)
    visit.world.add_blocks(page, blocks)
    _dress(page, body)
    return visit.written(visit.shapes.page(page))


def _parent(visit: Visit, parent: Json) -> tuple[tuple[str, str], DataSource | None]:
    """Return where the page goes; a database may stand for its only data source."""
    only(parent, _PARENTS, "body.parent")
    kinds = [key for key in parent if key != "type"]
    if len(kinds) != 1:
        raise unfit("body.parent.data_source_id", "defined")
    kind, name = kinds[0], parent[kinds[0]]
    need(parent.get("type", kind) == kind, "body.parent.type", f"`{kind}`", parent.get("type"))
    if as_id(name) is None:
        raise unfit(f"body.parent.{kind}", "a valid uuid", name)
    if kind == "page_id":
        above = visit.look_up(visit.world.pages, name, "page")
        _see_that_it_lives(visit, above)
        return ("page_id", above.id), None
    if kind == "database_id":
        database = visit.look_up(visit.world.databases, name, "database")
        if len(database.sources) > 1:
            raise invalid("Databases with multiple data sources are not supported here.")
        name = database.sources[0]
    source = visit.look_up(visit.world.sources, name, "data source")
    if source.trashed or any(each.trashed for each in visit.world.ancestors(source)):
        raise invalid(_BURIED)
    return ("data_source_id", source.id), source


def retrieve(visit: Visit) -> Answer:
    """Show a page, in the trash or not."""
    visit.need("read")
    return said(visit.shapes.page(visit.page(), chosen(visit)))


def chosen(visit: Visit) -> frozenset[str] | None:
    """Return the properties that ``filter_properties`` names."""
    asked = visit.request.repeated.get("filter_properties")
    if asked is None:
        return None
    return frozenset(asked) | {unquote(each) for each in asked}


def update(visit: Visit) -> Answer:
    """Change properties, or put a page into the trash or take it out."""
    visit.need("update")
    page = visit.page()
    body = visit.body("properties in_trash icon cover is_locked erase_content")
    wish = visit.trash_wish(body)
    if page.trashed and wish is not False:
        if wish is True and len(body) == 1:
            return visit.written(visit.shapes.page(page))
        raise invalid(_TRASHED)
    if any(each.trashed for each in visit.world.ancestors(page)):
        raise invalid(_BURIED)
    source, reader = visit.world.source_of(page), _reader(visit)
    values = read_properties(body.get("properties", {}), lambda n: _named(source, n), reader)
    reader.commit()
    if wish is not None and wish is not page.trashed:
        visit.world.set_trashed(page, wish, visit.integration.id)
    if values or len(body) > (wish is not None):
        visit.world.write(page, values, visit.integration.id)
    _dress(page, body)
    return visit.written(visit.shapes.page(page))


def _see_that_it_lives(visit: Visit, page: Page) -> None:
    if page.trashed or any(each.trashed for each in visit.world.ancestors(page)):
        raise invalid(_TRASHED)


def _dress(page: Page, body: Json) -> None:
    for part in ("icon", "cover"):
        if part in body:
            value = body[part]
            need(value is None or isinstance(value, dict), f"body.{part}", "an object", value)
            setattr(page, part, value)


# --------------------------------------------------------------------------------------- one property


def property_item(visit: Visit) -> Answer:
    """Show one property of a page; relations, texts, people and lists of rollups in pages."""
    visit.need("read")
    page = visit.page()
    source = visit.world.source_of(page)
    prop = _named(source, unquote(visit.params["property_id"]))
    if prop is None:
        name = visit.params["property_id"]
        raise Refused(404, "object_not_found", f"Could not find property with ID: {name}.")
    if prop.type == "relation":
        pages = list(visit.world.related(page, prop))
        return _items(visit, prop, [{"id": each} for each in pages])
    if prop.type in _LISTED:
        return _items(visit, prop, visit.shapes.inner(page, prop))
    if prop.type == "rollup":
        return _rollup(visit, page, prop)
    item = {"object": "property_item", "id": prop.shown_id, "type": prop.type}
    return said({**item, prop.type: visit.shapes.inner(page, prop)})


def _items(visit: Visit, prop: Property, values: list[Any], inner: Json | None = None) -> Answer:
    def item(value: Any) -> Json:
        base = {"object": "property_item", "id": prop.shown_id}
        if prop.type == "rollup":
            return {**base, **value}
        return {**base, "type": prop.type, prop.type: value}

    found = visit.listed(values, item, kind="property_item")
    link = None
    if found["has_more"]:
        link = f"https://api.notion.com{visit.request.path}?start_cursor={found['next_cursor']}"
    about = {"id": prop.shown_id, "next_url": link, "type": prop.type}
    return said({**found, "property_item": {**about, prop.type: inner or {}}})


def _rollup(visit: Visit, page: Page, prop: Property) -> Answer:
    whole = visit.shapes.rollup(page, prop)
    if whole["type"] != "array":
        return _items(visit, prop, [], whole)
    return _items(visit, prop, whole["array"], {**whole, "array": []})
