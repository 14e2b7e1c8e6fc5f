"""JSON documents: cut into pieces that are read on their own, so that one that is odd spoils no other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from syncengine.adapters.exports.fault import broken, wrong
from syncengine.adapters.exports.sections import MARK
from syncengine.adapters.exports.text import as_utf8
from syncengine.core.ports import ExportFile
from syncengine.errors import MalformedExport

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
# A pair, a lone half of one, or any other escape, which is skipped so that "\\ud83d" is no half.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_REPLACEMENT = rb"\ufffd"

Value = TypeVar("Value")
Object = Mapping[str, msgspec.Raw]
"""The members of a JSON object by name, unread."""


def sound(file: ExportFile, content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return a document in UTF-8 without halves of characters, and a warning where it had some.

    A half has no meaning of its own and no UTF-8: an emoji was cut in two. What stands for it is as
    long as it was, so that places stay. Raises MalformedExport for UTF-16 that is damaged.
    """
    content = as_utf8(file.path, content)
    if not _SURROGATE.search(content):
        return content, ()
    halves = [found.start() for found in _ESCAPE.finditer(content) if found[1]]
    if not halves:
        return content, ()
    line = content.count(b"\n", 0, halves[0]) + 1
    repaired = _ESCAPE.sub(lambda found: _REPLACEMENT if found[1] else found[0], content)
    warning = (
        f"characters cut in half are replaced by � ({len(halves):,}, the first in line {line:,})"
    )
    return repaired, (warning,)


def members(file: ExportFile, content: bytes) -> Object | Sequence[msgspec.Raw]:
    """Return the members of a document's object, or the elements of its list, unread.

    ``content`` is ``sound``. Raises MalformedExport, with the line, for what is no JSON or is nested
    absurdly deep.
    """
    content = content.removeprefix(MARK)
    is_object = content.lstrip()[:1] == b"{"
    try:
        if is_object:
            return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(content, type=list[msgspec.Raw])
    except RecursionError:
        reason = "it is nested too deep for an export; export or download it again"
        raise MalformedExport(reason, file=file.path) from None
    except ValueError as error:
        raise broken(file, content, str(error)) from error


def read(raw: msgspec.Raw | bytes, kind: type[Value]) -> Value:
    """Read a part of a document. Raises ValueError that says what is not as it should be, and where."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except UnicodeDecodeError as error:
        raise ValueError("it holds bytes that are no UTF-8") from error
    except ValueError as error:
        raise ValueError(wrong(str(error))) from error


def text_in(parent: Object, name: str) -> str:
    """Return a member's text, empty where there is none. Raises ValueError for what is no text."""
    kind: Any = str | None
    if name not in parent:
        return ""
    try:
        return read(parent[name], kind) or ""
    except ValueError as error:
        raise ValueError(f"its {name} cannot be read: {error}; export again") from error


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
