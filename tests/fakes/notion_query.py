"""Querying a data source: filters, sorts, pages of results, and the end after 10,000."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.notion_filters import Compiler, Filter
from tests.fakes.notion_http import Json, a_list, an_object, invalid, need, only, unfit
from tests.fakes.notion_shapes import Shapes
from tests.fakes.notion_things import DataSource, Page, Property, minute

_ORDERS = 8
"""How many results of queries are kept, for their next pages."""
Key = Callable[[Page], Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cursor leads: to the next page that was due, and to its number among the results."""

    question: str
    page: str
    number: int


class Cursors:
    """Opaque cursors: what is in them is the service's business."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def make(self, place: Place) -> str:
        """Return the cursor of a place."""
        digest = hashlib.sha256(repr(place).encode()).hexdigest()
        name = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
        self._places[name] = place
        return name

    def read(self, name: Any, question: str) -> Place:
        """Return the place of a cursor that was made for the same question."""
        place = self._places.get(name) if isinstance(name, str) else None
        if place is None or place.question != question:
            raise invalid(f"The start_cursor provided is invalid: {name}")
        return place


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results."""

    pages: list[Page]
    cursor: str | None
    incomplete: bool


def page_size(value: Any, where: str = "body.page_size") -> int:
    """Return how many results a page may have."""
    if value is None:
        return 100
    need(isinstance(value, int) and not isinstance(value, bool), where, "a number", value)
    if not 1 <= value <= 100:
        raise unfit(where, "≤ `100`" if value > 100 else "≥ `1`", value)
    found: int = value
    return found


def run(source: DataSource, body: Json, shapes: Shapes, cursors: Cursors) -> Found:
    """Answer a query with the rows that it sees."""
    world = shapes.world
    world.count_query(source)
    size = page_size(body.get("page_size"))
    question = _question(source, body)
    order = _order(source, body, shapes, question)
    start = 0
    if body.get("start_cursor") is not None:
        place = cursors.read(body["start_cursor"], question)
        start = _position(order, place)
    end = min(start + size, len(order), world.query_limit)
    cut = end == world.query_limit and end < len(order)
    more = end < len(order) and not cut
    cursor = cursors.make(Place(question, order[end], end)) if more else None
    return Found([_seen(source, each) for each in order[start:end]], cursor, cut)


def _question(source: DataSource, body: Json) -> str:
    parts = {key: body.get(key) for key in ("filter", "sorts", "in_trash", "archived")}
    return json.dumps([source.id, parts], sort_keys=True)


def _position(order: list[str], place: Place) -> int:
    """Return where to go on: at the page that was due, wherever it has moved meanwhile."""
    if place.number < len(order) and order[place.number] == place.page:
        return place.number
    return order.index(place.page) if place.page in order else place.number


def _seen(source: DataSource, name: str) -> Page:
    """Return a page as queries see it; what was just written may be still to come."""
    behind = source.behind.get(name)
    return source.pages[name] if behind is None or behind.shown is None else behind.shown


def _order(source: DataSource, body: Json, shapes: Shapes, question: str) -> list[str]:
    """Return the ids of all results in order; kept until something is written."""
    known = source.orders.get(question)
    if known is not None and known[0] == source.version:
        return known[1]
    trashed = _trashed(body)
    fits = Compiler(source, shapes).compiled(body["filter"]) if body.get("filter") else None
    pages = [each for each in _candidates(source, fits) if each.trashed is trashed]
    if fits is not None:
        pages = [each for each in pages if fits.fits(each)]
    # Without a sort, and among equals, no order is promised: here it is that of ids, which is none.
    pages.sort(key=lambda page: page.id)
    for key, reverse in reversed(_sorts(source, body.get("sorts"), shapes)):
        held = [page for page in pages if key(page) is not None]
        empty = [page for page in pages if key(page) is None]
        pages = sorted(held, key=key, reverse=reverse) + empty
    order = [page.id for page in pages]
    while len(source.orders) >= _ORDERS:
        del source.orders[next(iter(source.orders))]
    source.orders[question] = (source.version, order)
    return order


def _trashed(body: Json) -> bool:
    trashed: Any = body.get("in_trash", body.get("archived", False))
    need(isinstance(trashed, bool), "body.in_trash", "a boolean", trashed)
    found: bool = trashed
    return found


def _candidates(source: DataSource, fits: Filter | None) -> Iterator[Page]:
    names = source.pages if fits is None or fits.among is None else [*fits.among, *source.behind]
    for name in dict.fromkeys(names):
        behind = source.behind.get(name)
        if name in source.pages and (behind is None or behind.shown is not None):
            yield _seen(source, name)


# ---------------------------------------------------------------------------------------------- sorts


def _sorts(source: DataSource, asked: Any, shapes: Shapes) -> list[tuple[Key, bool]]:
    if asked is None:
        return []
    sorts = a_list(asked, "body.sorts", 100)
    return [_sort(source, each, f"body.sorts[{n}]", shapes) for n, each in enumerate(sorts)]


def _sort(source: DataSource, asked: Any, where: str, shapes: Shapes) -> tuple[Key, bool]:
    sort = an_object(asked, where)
    only(sort, frozenset({"property", "timestamp", "direction"}), where)
    way = sort.get("direction", "ascending")
    need(way in ("ascending", "descending"), f"{where}.direction", "a direction", way)
    if "timestamp" in sort:
        stamp = sort["timestamp"]
        known = stamp in ("created_time", "last_edited_time")
        need(known, f"{where}.timestamp", "a known timestamp", stamp)
        return (_stamp(stamp), way == "descending")
    prop = source.named(str(sort.get("property")))
    if prop is None:
        raise invalid(f"Could not find sort property with name or id: {sort.get('property')}")
    return (_by(prop, shapes), way == "descending")


def _stamp(stamp: str) -> Key:
    if stamp == "created_time":
        return lambda page: minute(page.created)
    return lambda page: minute(page.edited)


def _by(prop: Property, shapes: Shapes) -> Key:
    if prop.type in ("created_time", "last_edited_time"):
        return _stamp(prop.type)

    def key(page: Page) -> Any:
        value = shapes.value(page, prop)[prop.type]
        match prop.type:
            case "title" | "rich_text":
                return "".join(each["plain_text"] for each in value).casefold() or None
            case "date":
                return value and value["start"]
            case "select" | "status":
                return value and value["name"]
            case "rollup":
                return value.get("number")
            case "number" | "checkbox" | "url" | "email" | "phone_number":
                return value
            case _:
                return None

    return key
