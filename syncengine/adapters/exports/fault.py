"""What is wrong with a JSON document, in words of the document and not of the library that reads it."""

from __future__ import annotations

import re

from syncengine.adapters.exports.cells import shorten
from syncengine.core.ports import ExportFile
from syncengine.errors import MalformedExport

_BYTE = re.compile(r" \(byte (\d+)\)")
_AT = re.compile(r" - at `(?:key in )?\$\.?(.*)`\Z")
_OTHER_KIND = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_OUT_OF_RANGE = re.compile(r"Expected `int` (<=|>=) (-?\d+)")
_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "nothing",
}
_SHOWN = 24
_TRUNCATED = "truncated"


def broken(file: ExportFile, content: bytes, message: str) -> MalformedExport:
    """Return the error for a document that is no JSON; ``message`` is what msgspec says of it."""
    place = _BYTE.search(message)
    if place is None or _TRUNCATED in message:
        line = 1 + content.count(b"\n", 0, len(content))
        reason = "the JSON ends in the middle of it; export or download it again"
        return MalformedExport(reason, file=file.path, line=line)
    at = min(int(place[1]), len(content))
    start = content.rfind(b"\n", 0, at) + 1
    column = len(content[start:at].decode("utf-8", "replace")) + 1
    near = shorten(content[at : at + _SHOWN].decode("utf-8", "replace").split("\n")[0])
    return MalformedExport(
        f"this is no valid JSON from column {column} on, at {near}; export or download it again",
        file=file.path,
        line=1 + content.count(b"\n", 0, at),
        column=column,
    )


def wrong(message: str) -> str:
    """Return what is wrong with a part of a document; ``message`` is what msgspec says of it."""
    place = _AT.search(message)
    what = (place and place[1]) or "it"
    if out := _OUT_OF_RANGE.search(message):
        bound = "more" if out[1] == "<=" else "less"
        return f"{what} is {bound} than {int(out[2]):,}"
    if other := _OTHER_KIND.search(message):
        return f"{what} is {_kind(other[2])} where {_kind(other[1])} should stand"
    return f"{what} is not as exporters write it"


def _kind(name: str) -> str:
    kinds = [each for each in name.split(" | ") if each != "null"] or [name]
    return " or ".join(_KINDS.get(each, each) for each in kinds)
