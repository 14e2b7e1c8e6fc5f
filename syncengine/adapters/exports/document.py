"""JSON documents: cut into pieces that are read on their own, so that one that is odd spoils no other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from syncengine.adapters.exports.sections import MARK
from syncengine.core.ports import ExportFile
from syncengine.errors import MalformedExport

_BYTE = re.compile(r" \(byte (\d+)\)")
_AT = re.compile(r" - at `\$\.?(.*)`\Z")

Value = TypeVar("Value")
Object = Mapping[str, msgspec.Raw]
"""The members of a JSON object by name, unread."""


def members(file: ExportFile, content: bytes) -> Object | Sequence[msgspec.Raw]:
    """Return the members of a document's object, or the elements of its list, unread.

    Raises MalformedExport, with the line, for what is no JSON or is nested absurdly deep.
    """
    content = content.removeprefix(MARK)
    is_object = content.lstrip()[:1] == b"{"
    try:
        if is_object:
            return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(content, type=list[msgspec.Raw])
    except RecursionError:
        reason = "it is nested too deep for an export"
        raise MalformedExport(reason, file=file.path) from None
    except ValueError as error:
        raise _broken(file, content, str(error)) from error


def read(raw: msgspec.Raw | bytes, kind: type[Value]) -> Value:
    """Read a part of a document. Raises ValueError that says what is not as it should be, and where."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except UnicodeDecodeError as error:
        raise ValueError("it holds bytes that are no UTF-8") from error
    except ValueError as error:
        text = str(error)
        place = _AT.search(text)
        where = f" at {place[1]!r}" if place and place[1] else ""
        raise ValueError(_AT.sub("", text) + where) from error


def text_in(parent: Object, name: str) -> str:
    """Return a member's text, empty where there is none. Raises ValueError for what is no text."""
    kind: Any = str | None
    return (read(parent[name], kind) if name in parent else None) or ""


def elements(raw: msgspec.Raw | None) -> Sequence[msgspec.Raw] | None:
    """Return the elements of a list, unread; None for what is no list."""
    if raw is None:
        return None
    try:
        return read(raw, list[msgspec.Raw])
    except ValueError:
        return None


def fields(raw: msgspec.Raw) -> Object:
    """Return the members of an object, unread; none for what is no object."""
    try:
        return read(raw, dict[str, msgspec.Raw])
    except ValueError:
        return {}


class Places:
    """Finds the lines in which pieces of a document begin, asked for in their order."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        self._line = 1

    def enter(self, raw: msgspec.Raw) -> int:
        """Return the line of a piece; what is asked for next may be inside of it."""
        start = self._content.find(raw, self._at)
        if start > self._at:
            self._line += self._content.count(b"\n", self._at, start)
            self._at = start
        return self._line

    def past(self, raw: msgspec.Raw) -> int:
        """Return the line of a piece; what is asked for next stands behind it."""
        line = self.enter(raw)
        end = self._at + memoryview(raw).nbytes
        self._line += self._content.count(b"\n", self._at, end)
        self._at = end
        return line


def _broken(file: ExportFile, content: bytes, message: str) -> MalformedExport:
    place = _BYTE.search(message)
    at = int(place[1]) if place else len(content)
    line = 1 + content.count(b"\n", 0, at)
    if "truncated" in message:
        reason = "the JSON ends in the middle of it; export or download it again"
    else:
        reason = f"no valid JSON ({_BYTE.sub('', message)}); export or download it again"
    return MalformedExport(reason, file=file.path, line=line)
