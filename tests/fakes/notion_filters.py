"""Filters of a query: what each type can be asked, and which rows fit.

A filter on the text of a property that asks for equality knows its rows by an index, so that a
lookup by key among 25,000 rows does not look at them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.fakes.notion_http import Json, a_list, an_object, invalid, need, unfit
from tests.fakes.notion_shapes import Shapes
from tests.fakes.notion_things import LINES, TEXTS, DataSource, Page, Property, as_id, plain

Test = Callable[[Page], bool]
_STAMPS = ("created_time", "last_edited_time")
_DEEPEST = 2
_EMPTY = ("is_empty", "is_not_empty")
_DATED = ("equals", "before", "after", "on_or_before", "on_or_after")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows fit; ``among`` are the only ones that can, or None where all have to be looked at."""

    fits: Test
    among: frozenset[str] | None = None


class Compiler:
    """Makes filters for a data source."""

    def __init__(self, source: DataSource, shapes: Shapes) -> None:
        self._source = source
        self._shapes = shapes

    def compiled(self, asked: Any, where: str = "body.filter", depth: int = 0) -> Filter:
        """Return a filter of a request, or refuse it."""
        wanted = an_object(asked, where)
        for joint in ("and", "or"):
            if joint in wanted:
                need(len(wanted) == 1, f"{where}.{joint}", "alone", list(wanted))
                need(depth < _DEEPEST, f"{where}.{joint}", "not present", wanted)
                parts = a_list(wanted[joint], f"{where}.{joint}", 100)
                filters = [
                    self.compiled(each, f"{where}.{joint}[{n}]", depth + 1)
                    for n, each in enumerate(parts)
                ]
                return _all(filters) if joint == "and" else _any(filters)
        return (
            self._stamp(wanted, where) if "timestamp" in wanted else self._property(wanted, where)
        )

    def _stamp(self, wanted: Json, where: str) -> Filter:
        stamp = wanted["timestamp"]
        need(stamp in _STAMPS, f"{where}.timestamp", "a known timestamp", stamp)
        need(stamp in wanted, f"{where}.{stamp}", "defined")
        need(len(wanted) == 2, where, "a timestamp filter", wanted)
        get = _created if stamp == "created_time" else _edited
        return Filter(_dated(get, wanted[stamp], f"{where}.{stamp}"))

    def _property(self, wanted: Json, where: str) -> Filter:
        kinds = [key for key in wanted if key not in ("property", "type")]
        if len(kinds) != 1:
            raise unfit(f"{where}.title", "defined")
        need(isinstance(wanted.get("property"), str), f"{where}.property", "defined")
        prop = self._source.named(wanted["property"])
        if prop is None:
            raise invalid(f"Could not find property with name or id: {wanted['property']}")
        if kinds[0] != prop.type:
            raise invalid(f"database property {prop.type} does not match filter {kinds[0]}")
        condition = an_object(wanted[prop.type], f"{where}.{prop.type}")
        need(len(condition) == 1, f"{where}.{prop.type}", "one condition", condition)
        return self._typed(prop, condition, f"{where}.{prop.type}")

    def _typed(self, prop: Property, condition: Json, where: str) -> Filter:
        ((name, value),) = condition.items()
        if prop.type in TEXTS or prop.type in LINES:
            return self._text(prop, name, value, where)
        if name in _EMPTY and prop.type not in ("checkbox", "rollup", *_STAMPS):
            need(value is True, f"{where}.{name}", "`true`", value)
            return Filter(self._emptiness(prop, name == "is_empty"))
        match prop.type:
            case "number":
                return Filter(_numeric(lambda page: page.values.get(prop.id), name, value, where))
            case "checkbox":
                return Filter(_boolean(prop, name, value, where))
            case "date":
                return Filter(_dated(lambda page: _start(page, prop), condition, where))
            case "relation":
                return self._relation(prop, name, value, where)
            case "select" | "status" | "multi_select":
                return Filter(_choice(prop, name, value, where))
            case "rollup":
                return Filter(self._rollup(prop, name, value, where))
            case "created_time" | "last_edited_time":
                get = _created if prop.type == "created_time" else _edited
                return Filter(_dated(get, condition, where))
            case _:
                raise unfit(where, "a filter that the double plays", condition)

    # --------------------------------------------------------------------------------- each type

    def _text(self, prop: Property, name: str, value: Any, where: str) -> Filter:
        if name in _EMPTY:
            need(value is True, f"{where}.{name}", "`true`", value)
            empty = name == "is_empty"
            return Filter(lambda page: (plain(page.values.get(prop.id)) == "") is empty)
        need(name in _TEXT_TESTS, f"{where}.{name}", "not present", value)
        need(isinstance(value, str), f"{where}.{name}", "a string", value)
        folds = self._shapes.world.folds_case
        wanted, test = (value.casefold() if folds else value), _TEXT_TESTS[name]

        def fits(page: Page) -> bool:
            text = plain(page.values.get(prop.id))
            return test(text.casefold() if folds else text, wanted)

        if name != "equals":
            return Filter(fits)
        return Filter(fits, frozenset(self._source.index(prop.id).get(value.casefold(), ())))

    def _emptiness(self, prop: Property, wanted: bool) -> Test:
        world = self._shapes.world
        if prop.type == "relation":
            return lambda page: (next(world.related(page, prop), None) is None) is wanted
        return lambda page: (page.values.get(prop.id) in (None, [], {})) is wanted

    def _relation(self, prop: Property, name: str, value: Any, where: str) -> Filter:
        need(name in ("contains", "does_not_contain"), f"{where}.{name}", "not present", value)
        wanted, world = as_id(value), self._shapes.world
        if wanted is None:
            raise unfit(f"{where}.{name}", "a valid uuid", value)
        if name == "does_not_contain":
            return Filter(lambda page: wanted not in page.values.get(prop.id, ()))
        other = world.pages.get(wanted)
        among = None
        if prop.synced is not None:
            among = frozenset(other.values.get(prop.synced, ())) if other else frozenset()
        return Filter(lambda page: wanted in page.values.get(prop.id, ()), among)

    def _rollup(self, prop: Property, name: str, value: Any, where: str) -> Test:
        need(name == "number", f"{where}.{name}", "`number`, the only one that is played", value)
        condition = an_object(value, f"{where}.number")
        need(len(condition) == 1, f"{where}.number", "one condition", condition)
        ((how, much),) = condition.items()
        shapes = self._shapes
        return _numeric(lambda page: shapes.rollup(page, prop).get("number"), how, much, where)


def _all(filters: list[Filter]) -> Filter:
    known = [each.among for each in filters if each.among is not None]
    among = frozenset.intersection(*known) if known else None
    return Filter(lambda page: all(each.fits(page) for each in filters), among)


def _any(filters: list[Filter]) -> Filter:
    known = [each.among for each in filters if each.among is not None]
    among = frozenset().union(*known) if len(known) == len(filters) else None
    return Filter(lambda page: any(each.fits(page) for each in filters), among)


_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda text, wanted: text == wanted,
    "does_not_equal": lambda text, wanted: text != wanted,
    "contains": lambda text, wanted: wanted in text,
    "does_not_contain": lambda text, wanted: wanted not in text,
    "starts_with": lambda text, wanted: text.startswith(wanted),
    "ends_with": lambda text, wanted: text.endswith(wanted),
}
_NUMBER_TESTS: dict[str, Callable[[float, float], bool]] = {
    "equals": lambda number, wanted: number == wanted,
    "greater_than": lambda number, wanted: number > wanted,
    "less_than": lambda number, wanted: number < wanted,
    "greater_than_or_equal_to": lambda number, wanted: number >= wanted,
    "less_than_or_equal_to": lambda number, wanted: number <= wanted,
}


def _numeric(get: Callable[[Page], Any], name: str, value: Any, where: str) -> Test:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    need(number, f"{where}.{name}", "a number", value)
    if name == "does_not_equal":
        return lambda page: get(page) != value
    need(name in _NUMBER_TESTS, f"{where}.{name}", "not present", value)
    test = _NUMBER_TESTS[name]
    return lambda page: (held := get(page)) is not None and test(held, value)


def _boolean(prop: Property, name: str, value: Any, where: str) -> Test:
    need(name in ("equals", "does_not_equal"), f"{where}.{name}", "not present", value)
    need(isinstance(value, bool), f"{where}.{name}", "a boolean", value)
    wanted = value is (name == "equals")
    return lambda page: bool(page.values.get(prop.id)) is wanted


def _choice(prop: Property, name: str, value: Any, where: str) -> Test:
    many = prop.type == "multi_select"
    is_in = name in (("contains",) if many else ("equals",))
    is_out = name in (("does_not_contain",) if many else ("does_not_equal",))
    need(is_in or is_out, f"{where}.{name}", "not present", value)
    need(isinstance(value, str), f"{where}.{name}", "a string", value)

    def fits(page: Page) -> bool:
        held = page.values.get(prop.id) or []
        chosen = held if isinstance(held, list) else [held]
        names = {prop.options[each].name for each in chosen if each in prop.options}
        return (value in names) is is_in

    return fits


# ---------------------------------------------------------------------------------------------- times


def _created(page: Page) -> datetime:
    return page.created.replace(second=0, microsecond=0)


def _edited(page: Page) -> datetime:
    return page.edited.replace(second=0, microsecond=0)


def _start(page: Page, prop: Property) -> datetime | None:
    date = page.values.get(prop.id)
    return None if date is None else _moment(str(date["start"]))


def _dated(get: Callable[[Page], datetime | None], condition: Any, where: str) -> Test:
    """Compare times as answers show them: rounded down, so that seconds do not count."""
    asked = an_object(condition, where)
    need(len(asked) == 1, where, "one condition", asked)
    ((name, value),) = asked.items()
    need(name in _DATED, f"{where}.{name}", "not present", value)
    try:
        wanted = _moment(value)
    except (TypeError, ValueError):
        raise unfit(f"{where}.{name}", "a valid ISO 8601 date string", value) from None
    whole_day = len(value) == 10
    test = _TIME_TESTS[name]

    def fits(page: Page) -> bool:
        held = get(page)
        if held is not None and whole_day:
            held = held.astimezone(UTC).replace(hour=0, minute=0)
        return held is not None and test(held, wanted)

    return fits


_TIME_TESTS: dict[str, Callable[[datetime, datetime], bool]] = {
    "equals": lambda held, wanted: held == wanted,
    "before": lambda held, wanted: held < wanted,
    "after": lambda held, wanted: held > wanted,
    "on_or_before": lambda held, wanted: held <= wanted,
    "on_or_after": lambda held, wanted: held >= wanted,
}


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
