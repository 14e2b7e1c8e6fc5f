"""How Notion says no, and the versions of its API that the double plays."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import msgspec

from tests.fakes.spotify_http import Answer, Fault, Json, Make, Request

__all__ = ["Answer", "Fault", "Json", "Make", "Refused", "Request"]

OLD, NEW = "2025-09-03", "2026-03-11"
VERSIONS = (OLD, NEW)
"""``2026-03-11`` has ``in_trash`` where the older has ``archived`` too, and ``position`` for ``after``."""
MOST_BYTES = 500_000
MOST_BLOCKS = 1_000
"""What one request may carry (reference/request-limits, "Size limits")."""


class Refused(Exception):
    """The service says no; becomes Notion's error object."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        more: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = headers or {}
        self.more = more

    def answer(self) -> Answer:
        """Return the refusal as the API words it."""
        return error(self.status, self.code, self.message, headers=self.headers, more=self.more)


def error(
    status: int,
    code: str,
    message: str,
    *,
    headers: dict[str, str] | None = None,
    more: Json | None = None,
) -> Answer:
    """Return an answer with Notion's error object (reference/status-codes)."""
    document: Json = {"object": "error", "status": status, "code": code, "message": message}
    if more is not None:
        document["additional_data"] = more
    document["request_id"] = str(uuid4())
    return Answer(status, raw=json.dumps(document).encode(), headers=headers or {})


def said(document: Json) -> Answer:
    """Return an answer, written out at once: what it shows may change while it is on its way."""
    whole = {**document, "request_id": str(uuid4())}
    return Answer(200, raw=msgspec.json.encode(whole))


def invalid(message: str) -> Refused:
    """Refuse what fits the form and not the facts."""
    return Refused(400, "validation_error", message)


def unfit(where: str, wish: str, was: object = None) -> Refused:
    """Refuse what does not fit the form, in the words of Notion's validator."""
    part = where.partition(".")[0]
    return invalid(
        f"{part} failed validation: {where} should be {wish}, instead was {_shown(was)}."
    )


def _shown(was: object) -> str:
    if was is None:
        return "`undefined`"
    text = json.dumps(was, ensure_ascii=False)
    return f"`{text[:60]}{'...' if len(text) > 60 else ''}`"


def at_most(where: str, count: int, most: int) -> None:
    """Refuse what is too long."""
    if count > most:
        raise unfit(f"{where}.length", f"≤ `{most}`", count)


def need(holds: bool, where: str, wish: str, was: object = None) -> None:
    """Refuse unless a condition on a part of the request holds."""
    if not holds:
        raise unfit(where, wish, was)


def an_object(value: Any, where: str) -> Json:
    """Return what has to be a JSON object."""
    need(isinstance(value, dict), where, "an object", value)
    found: Json = value
    return found


def a_list(value: Any, where: str, most: int | None = None) -> list[Any]:
    """Return what has to be a list, and no longer than ``most``."""
    need(isinstance(value, list), where, "an array", value)
    found: list[Any] = value
    if most is not None:
        at_most(where, len(found), most)
    return found


def a_text(value: Any, where: str, most: int | None = None) -> str:
    """Return what has to be a text of at most ``most`` UTF-16 units, as JavaScript counts them."""
    need(isinstance(value, str), where, "a string", value)
    found: str = value
    if most is not None:
        at_most(where, len(found.encode("utf-16-le", "surrogatepass")) // 2, most)
    return found


def only(value: Json, known: frozenset[str], where: str) -> None:
    """Refuse fields that the endpoint does not have."""
    for name in value:
        need(name in known, f"{where}.{name}", "not present", value[name])
