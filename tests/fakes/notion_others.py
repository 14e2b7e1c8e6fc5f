"""The endpoints around pages: users, search, and blocks."""

from __future__ import annotations

from typing import Any

from tests.fakes.notion_http import Answer, Json, Refused, an_object, invalid, need, only, said
from tests.fakes.notion_schema import unfound
from tests.fakes.notion_things import Database, DataSource, Page, made_id, minute
from tests.fakes.notion_visit import Visit, blocks_of
from tests.fakes.notion_world import PERSON

_FREE_UPLOAD, _PAID_UPLOAD = 5 * 1024**2, 5 * 1024**3
"""Bytes of the largest upload: the one thing by which a connection sees the plan."""


def me(visit: Visit) -> Answer:
    """Show who asks."""
    paid = visit.world.plan != "free"
    bot = {
        "owner": {"type": "workspace", "workspace": True},
        "workspace_id": made_id("workspace", 0),
        "workspace_name": "A workspace",
        "workspace_limits": {
            "max_file_upload_size_in_bytes": _PAID_UPLOAD if paid else _FREE_UPLOAD
        },
    }
    base = {"object": "user", "id": visit.integration.id, "name": visit.integration.name}
    return said({**base, "avatar_url": None, "type": "bot", "bot": bot})


def users(visit: Visit) -> Answer:
    """Show who is in the workspace."""
    visit.need("users")
    people = [PERSON, *(made_id("person", n) for n in range(1, visit.world.members))]
    return said(visit.listed(people, _person, kind="user"))


def user(visit: Visit) -> Answer:
    """Show one user."""
    visit.need("users")
    return said(_person(visit.name("user_id")))


def _person(name: str) -> Json:
    base = {"object": "user", "id": name, "name": "A person", "avatar_url": None}
    return {**base, "type": "person", "person": {"email": "person@example.org"}}


def search(visit: Visit) -> Answer:
    """Find pages and data sources by their titles; rows that were just written may be missing."""
    visit.need("read")
    body = visit.body("query filter sort start_cursor page_size")
    kind = _kind(body.get("filter"))
    wanted = str(body.get("query", "")).casefold()
    found: list[Page | DataSource] = []
    if kind != "data_source":
        found += [each for each in visit.world.pages.values() if _is_found(visit, each, wanted)]
    if kind != "page":
        found += [each for each in visit.world.sources.values() if _is_found(visit, each, wanted)]
    down = an_object(body.get("sort", {}), "body.sort").get("direction", "descending")
    found.sort(key=lambda each: (minute(each.edited), each.id), reverse=down == "descending")
    return said(visit.listed(found, _shape(visit), kind="page_or_data_source", asked=body))


def _kind(asked: Any) -> str | None:
    if asked is None:
        return None
    wanted = an_object(asked, "body.filter")
    only(wanted, frozenset({"property", "value"}), "body.filter")
    need(wanted.get("property") == "object", "body.filter.property", '`"object"`')
    known = wanted.get("value") in ("page", "data_source")
    need(known, "body.filter.value", '`"page"` or `"data_source"`', wanted.get("value"))
    return str(wanted["value"])


def _is_found(visit: Visit, thing: Page | DataSource, wanted: str) -> bool:
    title = thing.title if isinstance(thing, Page) else thing.name
    if thing.trashed or wanted not in title.casefold() or not visit.world.is_visible(thing):
        return False
    source = visit.world.source_of(thing) if isinstance(thing, Page) else None
    return source is None or thing.id not in source.behind


def _shape(visit: Visit) -> Any:
    shapes = visit.shapes
    return lambda each: shapes.page(each) if isinstance(each, Page) else shapes.source(each)


# --------------------------------------------------------------------------------------------- blocks


def retrieve_block(visit: Visit) -> Answer:
    """Show the block that a page or a database is."""
    visit.need("read")
    return said(visit.shapes.child(_container(visit)))


def children(visit: Visit) -> Answer:
    """Show what is on a page: its blocks, and the pages and databases under it."""
    visit.need("read")
    page, shapes, world = _container(visit), visit.shapes, visit.world
    if isinstance(page, Database):
        return said(visit.listed([], shapes.child, kind="block"))
    found = [shapes.block(each, page.id) for each in page.blocks if not each.trashed]
    place = ("page_id", page.id)
    under: list[Page | Database] = [each for each in world.pages.values() if each.parent == place]
    under += [each for each in world.databases.values() if each.parent == page.id]
    found += [shapes.child(each) for each in under if not each.trashed]
    return said(visit.listed(found, lambda block: block, kind="block"))


def append_children(visit: Visit) -> Answer:
    """Add blocks to a page; where they go is said with ``position``, or ``after`` in the old version."""
    visit.need("insert")
    page = _container(visit)
    body = visit.body("children position" if visit.is_new else "children after", "children")
    if not isinstance(page, Page) or page.trashed:
        raise invalid("Can't edit block that is archived.")
    blocks = blocks_of(body["children"], visit.world, "body.children")
    visit.make_room(len(blocks))
    visit.world.add_blocks(page, blocks)
    shapes = visit.shapes
    return said(visit.listed(blocks, lambda each: shapes.block(each, page.id), kind="block"))


def delete_block(visit: Visit) -> Answer:
    """Put a page, a database or a block into the trash."""
    visit.need("update")
    name = visit.name("block_id")
    for page in visit.world.pages.values():
        for block in page.blocks:
            if block.id == name and visit.world.is_visible(page):
                block.trashed = True
                return visit.written(visit.shapes.block(block, page.id))
    made = _container(visit)
    if isinstance(made, Page):
        visit.world.set_trashed(made, True, visit.integration.id)
    else:
        made.trashed = True
    return visit.written(visit.shapes.child(made))


def _container(visit: Visit) -> Page | Database:
    name = visit.name("block_id")
    made = visit.world.pages.get(name) or visit.world.databases.get(name)
    if made is None or not visit.world.is_visible(made):
        raise Refused(404, "object_not_found", unfound("block", name, visit.integration.name))
    return made
