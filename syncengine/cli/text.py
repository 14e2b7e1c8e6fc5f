"""Texts of the library made harmless for a terminal, and JSON made of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import PurePath

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_IN_LINES = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_C1_IN_UTF8 = re.compile(b"\xc2[\x80-\x9f]")
_PICTURES = 0x2400
"""Where Unicode's pictures of the control characters begin."""


def _shown(found: re.Match[str]) -> str:
    mark = found[0]
    if mark in "\t\u2028\u2029":
        return " "
    if "\u202a" <= mark <= "\u2069":
        return ""  # changes of writing direction would spoil the rest of the line
    if mark < " ":
        return chr(_PICTURES + ord(mark))
    return "␡" if mark == "\x7f" else "\ufffd"


def safe(text: str) -> str:
    """Return a text of the library as one line that cannot steer a terminal."""
    return text if text.isprintable() else _UNSAFE.sub(_shown, text)


def safe_lines(text: str) -> str:
    """Return a text that cannot steer a terminal, its line ends kept."""
    return text if text.isprintable() else _UNSAFE_IN_LINES.sub(_shown, text)


def to_json(content: Mapping[str, object]) -> bytes:
    """Return one JSON object in UTF-8 and a line end.

    Paths become texts, and NaN null. Lone surrogates (odd file names) and C1 controls are written as
    escapes. Raises TypeError for a value that JSON cannot hold.
    """
    import msgspec  # help and version have no JSON to write

    try:
        said = msgspec.json.encode(content, enc_hook=_plain)
    except UnicodeEncodeError:  # only the slower one can write lone surrogates
        compact = (",", ":")
        text = json.dumps(content, ensure_ascii=False, default=_plain, separators=compact)
        said = text.encode("utf-8", "backslashreplace")
    # Two passes, each of which looks for one first byte: 8 ms for a plan of 25 MB, where a choice takes 110.
    return _C1_IN_UTF8.sub(_escaped, said.replace(b"\x7f", b"\\u007f")) + b"\n"


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode())


def _plain(value: object) -> object:
    if isinstance(value, PurePath):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number with its noun; ``several`` is the plural where that is not one with an s."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def duration(seconds: float) -> str:
    """Return how long something takes, as a person says it."""
    if seconds < 90:
        number, unit = f"{max(1, round(seconds))}", "second"
    elif seconds < 2 * 60 * 60:
        number, unit = f"{round(seconds / 60)}", "minute"
    else:
        number, unit = f"{seconds / 3600:.1f}", "hour"
    return f"{number} {unit}{'' if number == '1' else 's'}"
