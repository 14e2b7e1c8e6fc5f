"""What clients may write into properties, and how it is kept: every type's rules and limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.fakes.notion_http import (
    Json,
    a_list,
    a_text,
    an_object,
    at_most,
    invalid,
    need,
    only,
    unfit,
)
from tests.fakes.notion_things import COMPUTED, Option, Property, as_id, made_id

LONGEST_TEXT = 2_000
LONGEST_URL = 2_000
LONGEST_LINE = 200
LONGEST_OPTION = 100
LONGEST_LIST = 100
"""Limits of reference/request-limits: elements of an array, options, related pages, people."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TEXT_FIELDS = frozenset({"type", "text", "annotations", "plain_text", "href"})
_COLORS = frozenset("default gray brown orange yellow green blue purple pink red".split())
_ANNOTATIONS: Json = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}


def rich(text: str, link: str | None = None, annotations: Json | None = None) -> Json:
    """Return one piece of rich text as answers show it."""
    return {
        "type": "text",
        "text": {"content": text, "link": None if link is None else {"url": link}},
        "annotations": {**_ANNOTATIONS, **(annotations or {})},
        "plain_text": text,
        "href": link,
    }


def rich_text(value: Any, where: str) -> list[Json]:
    """Return rich text that a client wrote; empty pieces are dropped."""
    pieces = a_list(value, where, LONGEST_LIST)
    read = [_piece(each, f"{where}[{n}]") for n, each in enumerate(pieces)]
    return [each for each in read if each["plain_text"]]


def _piece(value: Any, where: str) -> Json:
    piece = an_object(value, where)
    need(piece.get("type", "text") == "text", f"{where}.type", "`text`", piece.get("type"))
    need("text" in piece, f"{where}.text", "defined")
    only(piece, _TEXT_FIELDS, where)
    text = an_object(piece["text"], f"{where}.text")
    only(text, frozenset({"content", "link"}), f"{where}.text")
    need("content" in text, f"{where}.text.content", "defined")
    content = a_text(text["content"], f"{where}.text.content", LONGEST_TEXT)
    link = text.get("link")
    if link is not None:
        link = an_object(link, f"{where}.text.link").get("url")
        a_text(link, f"{where}.text.link.url", LONGEST_URL)
    annotations = an_object(piece.get("annotations", {}), f"{where}.annotations")
    only(annotations, frozenset(_ANNOTATIONS), f"{where}.annotations")
    return rich(content, link, annotations)


def option_name(value: Any, where: str) -> str:
    """Return the name of an option: no commas, at most 100 characters."""
    name = a_text(value, where, LONGEST_OPTION)
    need(name.strip() != "", f"{where}.length", "≥ `1`", len(name))
    if "," in name:
        raise invalid(f"Invalid select option, commas not allowed: {name}")
    return name


def new_option(prop: Property, name: str, color: str = "default") -> Option:
    """Return an option that a property does not have yet; the same one when it is asked for again."""
    number = int(made_id("option", len(prop.options)).replace("-", "")[:8], 16)
    return Option(made_id(f"option/{prop.id}/{name}", number), name, color)


def moment(value: Any, where: str) -> str:
    """Return a date as it was written, and a time in UTC to the minute, for Notion keeps no seconds."""
    text = a_text(value, where)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise unfit(where, "a valid ISO 8601 date string", value) from None
    if _DATE.fullmatch(text):
        return text
    need(_DATE.match(text) is not None, where, "a valid ISO 8601 date string", value)
    whole = at if at.tzinfo else at.replace(tzinfo=UTC)
    return whole.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000+00:00")


class Reader:
    """Reads the ``properties`` of one request; nothing is changed before `commit`.

    ``related`` says whether a page may be related by a property, or raises.
    """

    def __init__(self, related: Callable[[Property, str], None]) -> None:
        self._related = related
        self._made: list[tuple[Property, Option]] = []

    def commit(self) -> None:
        """Make the options that the request named first."""
        for prop, option in self._made:
            prop.options[option.id] = option

    def read(self, prop: Property, value: Any, where: str) -> Any:
        """Return a value as it is stored, or refuse it."""
        written = an_object(value, where)
        if prop.type in COMPUTED:
            raise invalid(f"{prop.name} is a {prop.type} property and cannot be updated.")
        kinds = [key for key in written if key not in ("type", "id", "name", "has_more")]
        if len(kinds) != 1:
            raise unfit(f"{where}.{prop.type}", "defined")
        if kinds[0] != prop.type or written.get("type", prop.type) != prop.type:
            raise invalid(f"{prop.name} is expected to be {prop.type}.")
        return _READERS[prop.type](self, prop, written[prop.type], f"{where}.{prop.type}")

    # --------------------------------------------------------------------------------- each type

    def _rich_text(self, prop: Property, value: Any, where: str) -> list[Json]:
        return rich_text(value, where)

    def _number(self, prop: Property, value: Any, where: str) -> float | None:
        sound = isinstance(value, int | float) and not isinstance(value, bool)
        need(value is None or sound, where, "a number or `null`", value)
        found: float | None = value
        return found

    def _line(self, prop: Property, value: Any, where: str) -> str | None:
        if value is None:
            return None
        most = LONGEST_URL if prop.type == "url" else LONGEST_LINE
        text = a_text(value, where, most)
        need(text != "", f"{where}.length", "≥ `1`", 0)
        return text

    def _checkbox(self, prop: Property, value: Any, where: str) -> bool:
        need(isinstance(value, bool), where, "a boolean", value)
        found: bool = value
        return found

    def _date(self, prop: Property, value: Any, where: str) -> Json | None:
        if value is None:
            return None
        date = an_object(value, where)
        only(date, frozenset({"start", "end", "time_zone"}), where)
        need("start" in date, f"{where}.start", "defined")
        end = date.get("end")
        return {
            "start": moment(date["start"], f"{where}.start"),
            "end": None if end is None else moment(end, f"{where}.end"),
            "time_zone": date.get("time_zone"),
        }

    def _select(self, prop: Property, value: Any, where: str) -> str | None:
        return None if value is None else self._option(prop, value, where)

    def _multi_select(self, prop: Property, value: Any, where: str) -> list[str]:
        chosen = a_list(value, where, LONGEST_LIST)
        found = [self._option(prop, each, f"{where}[{n}]") for n, each in enumerate(chosen)]
        return list(dict.fromkeys(found))

    def _option(self, prop: Property, value: Any, where: str) -> str:
        chosen = an_object(value, where)
        only(chosen, frozenset({"id", "name", "color", "description"}), where)
        if "name" not in chosen:
            need(chosen.get("id") in prop.options, f"{where}.name", "defined")
            return str(chosen["id"])
        name = option_name(chosen["name"], f"{where}.name")
        known = prop.option(name)
        if known is not None:
            return known.id
        if prop.type == "status":
            raise invalid(f'Invalid status option. Status option "{name}" does not exist')
        made = new_option(prop, name)
        self._made.append((prop, made))
        return made.id

    def _relation(self, prop: Property, value: Any, where: str) -> dict[str, None]:
        related: dict[str, None] = {}
        for n, each in enumerate(a_list(value, where, LONGEST_LIST)):
            page = as_id(an_object(each, f"{where}[{n}]").get("id"))
            if page is None:
                raise unfit(f"{where}[{n}].id", "a valid uuid", each.get("id"))
            self._related(prop, page)
            related[page] = None
        return related

    def _things(self, prop: Property, value: Any, where: str) -> list[Json]:
        return [an_object(each, where) for each in a_list(value, where, LONGEST_LIST)]


_READERS: dict[str, Callable[[Reader, Property, Any, str], Any]] = {
    "title": Reader._rich_text,
    "rich_text": Reader._rich_text,
    "number": Reader._number,
    "url": Reader._line,
    "email": Reader._line,
    "phone_number": Reader._line,
    "checkbox": Reader._checkbox,
    "date": Reader._date,
    "select": Reader._select,
    "status": Reader._select,
    "multi_select": Reader._multi_select,
    "relation": Reader._relation,
    "people": Reader._things,
    "files": Reader._things,
}


def read_properties(
    properties: Any, named: Callable[[str], Property | None], reader: Reader
) -> dict[str, Any]:
    """Return the stored values of a request's ``properties`` by property id."""
    found: dict[str, Any] = {}
    for name, value in an_object(properties, "body.properties").items():
        prop = named(name)
        if prop is None:
            raise invalid(f"{name} is not a property that exists.")
        found[prop.id] = reader.read(prop, value, f"body.properties.{name}")
    return found


# ------------------------------------------------------------------------------------ in the schema


def read_options(prop: Property, config: Json, where: str) -> dict[str, Option]:
    """Return the options that a schema asks for; those that it leaves out are gone."""
    asked = a_list(config.get("options", []), f"{where}.options")
    at_most(f"{where}.options", len(asked), LONGEST_LIST)
    found: dict[str, Option] = {}
    for n, each in enumerate(asked):
        option = _schema_option(prop, an_object(each, where), f"{where}.options[{n}]")
        if any(known.name == option.name for known in found.values()):
            raise invalid(f"Duplicate select option: {option.name}")
        found[option.id] = option
    return found


def _schema_option(prop: Property, asked: Json, where: str) -> Option:
    color = asked.get("color", "default")
    need(color in _COLORS, f"{where}.color", "a known color", color)
    known = prop.options.get(asked.get("id", ""))
    if "name" not in asked:
        if known is None:
            raise unfit(f"{where}.name", "defined")
        return known
    name = option_name(asked["name"], f"{where}.name")
    known = known or prop.option(name)
    if known is None:
        return new_option(prop, name, color)
    return Option(known.id, name, asked.get("color", known.color), asked.get("description"))
