"""What an endpoint gets to see of a call, and the rules that all endpoints share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.notion_http import (
    MOST_BYTES,
    NEW,
    Answer,
    Json,
    Refused,
    Request,
    a_list,
    an_object,
    invalid,
    only,
    said,
    unfit,
)
from tests.fakes.notion_query import Cursors, Place, page_size
from tests.fakes.notion_schema import unfound
from tests.fakes.notion_shapes import Shapes
from tests.fakes.notion_things import Block, Database, DataSource, Integration, Page, as_id
from tests.fakes.notion_world import World
from tests.fakes.spotify_log import Log

T = TypeVar("T")
Thing = TypeVar("Thing", Page, Database, DataSource)


@dataclass(frozen=True, slots=True)
class Visit:
    """One call that was let in: who asks, in which version, and what the path named."""

    request: Request
    params: Mapping[str, str]
    integration: Integration
    version: str
    world: World
    cursors: Cursors
    log: Log

    @property
    def shapes(self) -> Shapes:
        return Shapes(self.world, self.version)

    @property
    def is_new(self) -> bool:
        return self.version == NEW

    # ------------------------------------------------------------------------------------ requests

    def body(self, known: str, needed: str = "") -> Json:
        """Return the JSON object that was sent; its fields are among the ``known``.

        ``archived`` is known to the older version only, wherever ``in_trash`` is known.
        """
        if len(self.request.body) > MOST_BYTES:
            raise invalid(f"Request body is larger than {MOST_BYTES} bytes.")
        try:
            found = json.loads(self.request.body or b"{}")
        except ValueError:
            raise Refused(400, "invalid_json", "Error parsing JSON body.") from None
        fields = set(known.split())
        if "in_trash" in fields and not self.is_new:
            fields.add("archived")
        only(an_object(found, "body"), frozenset(fields), "body")
        for name in needed.split():
            if name not in found:
                raise unfit(f"body.{name}", "defined")
        whole: Json = found
        return whole

    def trash_wish(self, body: Json) -> bool | None:
        """Return whether the request puts a thing into the trash, takes it out, or says nothing."""
        wish = body.get("in_trash", body.get("archived"))
        if wish is not None and not isinstance(wish, bool):
            raise unfit("body.in_trash", "a boolean", wish)
        found: bool | None = wish
        return found

    def need(self, capability: str) -> None:
        """See that the integration may do this."""
        if capability not in self.integration.capabilities:
            message = "Insufficient permissions for this endpoint."
            raise Refused(403, "restricted_resource", message)

    def name(self, param: str) -> str:
        """Return the id in the path."""
        found = as_id(self.params[param])
        if found is None:
            raise unfit(f"path.{param}", "a valid uuid", self.params[param])
        return found

    def look_up(self, among: Mapping[str, Thing], name: Any, kind: str) -> Thing:
        """Return a thing that is shared with the integration, in the trash or not."""
        found = among.get(as_id(name) or "")
        if found is None or not self.world.is_visible(found):
            raise Refused(404, "object_not_found", unfound(kind, name, self.integration.name))
        return found

    def page(self) -> Page:
        """Return the page that the path names."""
        return self.look_up(self.world.pages, self.name("page_id"), "page")

    def database(self) -> Database:
        """Return the database that the path names."""
        return self.look_up(self.world.databases, self.name("database_id"), "database")

    def source(self) -> DataSource:
        """Return the data source that the path names."""
        return self.look_up(self.world.sources, self.name("data_source_id"), "data source")

    def make_room(self, blocks: int) -> None:
        """See that the workspace may hold more blocks: a free one with several members may not.

        The first write that reaches the limit still succeeds (reference/workspace-block-limits).
        """
        world = self.world
        limited = world.plan == "free" and world.members > 1 and world.block_limit is not None
        if limited and blocks and world.blocks_used >= (world.block_limit or 0):
            more = {"block_limit": {"limit": world.block_limit, "used": world.blocks_used}}
            message = "This workspace has reached its block limit. Upgrade the plan to add more."
            raise Refused(403, "restricted_resource", message, more=more)

    # ------------------------------------------------------------------------------------- answers

    def written(self, document: Json) -> Answer:
        """Answer a write; who may not read gets to know the id and no more."""
        if "read" in self.integration.capabilities:
            return said(document)
        return said({"object": document["object"], "id": document["id"]})

    def listed(
        self,
        things: Sequence[T],
        shape: Callable[[T], Json],
        *,
        kind: str,
        asked: Mapping[str, Any] | None = None,
    ) -> Json:
        """Return one page of a list; GET has its size and cursor in the query."""
        given = self.request.query if asked is None else asked
        where = "query" if asked is None else "body"
        size = given.get("page_size")
        if isinstance(size, str):
            size = int(size) if size.isdecimal() else size
        start = 0
        question = f"{self.request.method} {self.request.path}"
        if given.get("start_cursor") is not None:
            start = self.cursors.read(given["start_cursor"], question).number
        end = start + page_size(size, f"{where}.page_size")
        more = end < len(things)
        return {
            "object": "list",
            "results": [shape(each) for each in things[start:end]],
            "next_cursor": self.cursors.make(Place(question, "", end)) if more else None,
            "has_more": more,
            "type": kind,
            kind: {},
        }


def blocks_of(value: Any, world: World, where: str, depth: int = 1) -> list[Block]:
    """Return the blocks that a client wants on a page: 100 in a list, two levels deep."""
    made = []
    for n, each in enumerate(a_list(value, where, 100)):
        block = an_object(each, f"{where}[{n}]")
        kinds = [key for key in block if key not in ("type", "object")]
        if len(kinds) != 1 or block.get("type", kinds[0]) != kinds[0]:
            raise unfit(f"{where}[{n}].paragraph", "defined")
        body = an_object(block[kinds[0]], f"{where}[{n}].{kinds[0]}")
        made.append(Block(world.new_id("block"), kinds[0], body))
        if "children" in body:
            inside = f"{where}[{n}].{kinds[0]}.children"
            if depth == 2:
                raise unfit(inside, "not present", body["children"])
            made += blocks_of(body["children"], world, inside, depth + 1)
    return made
