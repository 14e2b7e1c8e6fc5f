"""Values of properties: ours as Notion writes them down in JSON, and Notion's as ours.

What was pushed reads back equal, by these rules:

- Texts count by what they say. Bold letters and links change nothing, a mention does if it changes
  the words; an empty text is None.
- A box is ticked (True) or not (None): nobody can tell a box that was never touched from one that was
  unticked, so no page of ours says False, and reading does not either.
- Times have no seconds. They read in UTC, whatever zone they are shown in. A date with an end reads as
  ``start/end`` and a time in a named zone without an offset as ``time[zone]``: we write neither, so
  both are a person's.
- The names of a multi-select are sorted; a relation keeps its order; both are None where nothing is in
  them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from syncengine.adapters.notion.address import dashed
from syncengine.adapters.notion.asking import Json
from syncengine.adapters.notion.fields import Type
from syncengine.adapters.notion.limits import TEXT_UNITS
from syncengine.core.plan import Value

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)\Z")
_WIDEST_PLAIN = "\uffff"


def to_json(kind: Type, value: Value) -> Json:
    """Return a property as requests have it; None empties it. Rollups cannot be written."""
    return {kind: _WRITTEN[kind](value)}


def _text(value: Value) -> list[Json]:
    """Return rich text in pieces that Notion takes, none of them ending within a character."""
    text = "" if value is None else str(value)
    step = TEXT_UNITS
    if len(text) > TEXT_UNITS // 2 and max(text) > _WIDEST_PLAIN:
        step //= 2
    pieces = (text[start : start + step] for start in range(0, len(text), step))
    return [{"text": {"content": piece}} for piece in pieces]


def _same(value: Value) -> Value:
    return value


def _ticked(value: Value) -> bool:
    return bool(value)


def _date(value: Value) -> Json | None:
    return None if value is None else {"start": value}


def _option(value: Value) -> Json | None:
    return None if value is None else {"name": value}


def _options(value: Value) -> list[Json]:
    return [{"name": name} for name in value] if isinstance(value, tuple) else []


def _related(value: Value) -> list[Json]:
    return [{"id": address} for address in value] if isinstance(value, tuple) else []


_WRITTEN: Mapping[Type, Callable[[Value], object]] = {
    "title": _text,
    "rich_text": _text,
    "url": _same,
    "number": _same,
    "checkbox": _ticked,
    "date": _date,
    "select": _option,
    "multi_select": _options,
    "relation": _related,
}


def from_json(held: Json) -> Value:
    """Return what a property of a page says; ``held`` is as answers have it, with its type.

    Raises KeyError for a type that is not among ours to write.
    """
    kind: Type = held["type"]
    return _READ[kind](held[kind])


def _read_text(held: Any) -> Value:
    return "".join(piece["plain_text"] for piece in held) or None


def _read_same(held: Any) -> Value:
    value: Value = held
    return None if value == "" else value


def _read_ticked(held: Any) -> Value:
    return True if held else None


def _read_date(held: Any) -> Value:
    if held is None:
        return None
    start = _moment(held["start"], held.get("time_zone"))
    return f"{start}/{_moment(held['end'], held.get('time_zone'))}" if held.get("end") else start


def _moment(text: str, zone: str | None) -> str:
    """Return a date as it is, a time to the minute in UTC, and what is neither as it stands there."""
    if _DATE.match(text):
        return text
    if zone and not _OFFSET.search(text):
        return f"{text}[{zone}]"
    try:
        at = datetime.fromisoformat(text)
        known = at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError):
        return text
    return known.replace(tzinfo=None).isoformat(timespec="minutes") + ":00Z"


def _read_option(held: Any) -> Value:
    return None if held is None else str(held["name"])


def _read_options(held: Any) -> Value:
    return tuple(sorted(option["name"] for option in held)) or None


def _read_related(held: Any) -> Value:
    return tuple(dashed(page["id"]) for page in held) or None


_READ: Mapping[Type, Callable[[Any], Value]] = {
    "title": _read_text,
    "rich_text": _read_text,
    "url": _read_same,
    "number": _read_same,
    "checkbox": _read_ticked,
    "date": _read_date,
    "select": _read_option,
    "multi_select": _read_options,
    "relation": _read_related,
}
READABLE = frozenset(_READ)
