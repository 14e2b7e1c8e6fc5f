"""The endpoints for databases and data sources, and the query."""

from __future__ import annotations

from typing import Any

from tests.fakes.notion_http import (
    Answer,
    Json,
    Refused,
    an_object,
    invalid,
    need,
    only,
    said,
    unfit,
)
from tests.fakes.notion_pages import chosen
from tests.fakes.notion_query import run
from tests.fakes.notion_schema import Draft
from tests.fakes.notion_things import Database, DataSource, as_id
from tests.fakes.notion_values import rich_text
from tests.fakes.notion_visit import Visit


def create_database(visit: Visit) -> Answer:
    """Make a database on a page, with its first data source."""
    visit.need("insert")
    known = "parent title description is_inline initial_data_source icon cover"
    body = visit.body(known, "parent")
    parent = an_object(body["parent"], "body.parent")
    only(parent, frozenset({"type", "page_id"}), "body.parent")
    if as_id(parent.get("page_id")) is None:
        raise unfit("body.parent.page_id", "a valid uuid", parent.get("page_id"))
    need(parent.get("type", "page_id") == "page_id", "body.parent.type", "`page_id`")
    page = visit.look_up(visit.world.pages, parent["page_id"], "page")
    if page.trashed:
        raise invalid("Can't edit block that is archived.")
    first = an_object(body.get("initial_data_source", {}), "body.initial_data_source")
    only(first, frozenset({"properties"}), "body.initial_data_source")
    visit.make_room(1)
    title = rich_text(body.get("title", []), "body.title")
    made, source = visit.world.new_database(page.id, title)
    try:
        Draft(visit.world, source).create(first.get("properties", {}))
        _describe(visit, made, body)
    except Refused:
        del visit.world.databases[made.id], visit.world.sources[source.id]
        raise
    return visit.written(visit.shapes.database(made))


def retrieve_database(visit: Visit) -> Answer:
    """Show a database with the ids of its data sources."""
    visit.need("read")
    return said(visit.shapes.database(visit.database()))


def update_database(visit: Visit) -> Answer:
    """Change what a database is called and whether it is in the trash; its schema is elsewhere."""
    visit.need("update")
    made = visit.database()
    known = "parent title description is_inline icon cover in_trash is_locked"
    body = visit.body(known)
    wish = visit.trash_wish(body)
    if made.trashed and wish is not False:
        raise invalid("Can't edit block that is archived.")
    if "title" in body:
        made.title = rich_text(body["title"], "body.title")
        if len(made.sources) == 1:
            visit.world.sources[made.sources[0]].title = made.title
    _describe(visit, made, body)
    made.trashed = made.trashed if wish is None else wish
    made.edited = visit.world.clock()
    return visit.written(visit.shapes.database(made))


def _describe(visit: Visit, made: Database, body: Json) -> None:
    if "description" in body:
        made.description = rich_text(body["description"], "body.description")
    made.inline = bool(body.get("is_inline", made.inline))
    made.locked = bool(body.get("is_locked", made.locked))
    made.icon = body.get("icon", made.icon)
    made.cover = body.get("cover", made.cover)


# --------------------------------------------------------------------------------------- data sources


def create_source(visit: Visit) -> Answer:
    """Add a data source to a database; no block, so no limit on blocks counts it."""
    visit.need("insert")
    body = visit.body("parent properties title icon", "parent properties")
    parent = an_object(body["parent"], "body.parent")
    only(parent, frozenset({"type", "database_id"}), "body.parent")
    if as_id(parent.get("database_id")) is None:
        raise unfit("body.parent.database_id", "a valid uuid", parent.get("database_id"))
    database = visit.look_up(visit.world.databases, parent["database_id"], "database")
    made = visit.world.new_source(database, rich_text(body.get("title", []), "body.title"))
    try:
        Draft(visit.world, made).create(body["properties"])
    except Refused:
        del visit.world.sources[made.id]
        database.sources.remove(made.id)
        raise
    return visit.written(visit.shapes.source(made))


def retrieve_source(visit: Visit) -> Answer:
    """Show a data source with its schema."""
    visit.need("read")
    return said(visit.shapes.source(visit.source()))


def update_source(visit: Visit) -> Answer:
    """Change the schema or the title of a data source, or its place in the trash."""
    visit.need("update")
    made = visit.source()
    body = visit.body("title icon properties in_trash parent description")
    wish = visit.trash_wish(body)
    if (made.trashed or visit.world.databases[made.database].trashed) and wish is not False:
        raise invalid("Can't edit block that is archived.")
    title = rich_text(body["title"], "body.title") if "title" in body else None
    if "properties" in body:
        Draft(visit.world, made).update(body["properties"])
    made.title = made.title if title is None else title
    made.trashed = made.trashed if wish is None else wish
    made.edited = visit.world.clock()
    return visit.written(visit.shapes.source(made))


def query(visit: Visit) -> Answer:
    """Find rows."""
    visit.need("read")
    body = visit.body("sorts filter start_cursor page_size in_trash result_type")
    source = _alive(visit, visit.source())
    found = run(source, body, visit.shapes, visit.cursors)
    shown, shapes = chosen(visit), visit.shapes
    status: Json = {"type": "complete"}
    if found.incomplete:
        status = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    results: list[Any] = [shapes.page(each, shown) for each in found.pages]
    return said(
        {
            "object": "list",
            "results": results,
            "next_cursor": found.cursor,
            "has_more": found.cursor is not None,
            "type": "page_or_data_source",
            "page_or_data_source": {},
            "request_status": status,
        }
    )


def _alive(visit: Visit, source: DataSource) -> DataSource:
    if source.trashed or visit.world.databases[source.database].trashed:
        raise Refused(404, "object_not_found", f"Could not find data source with ID: {source.id}.")
    return source
