"""Paths as text that every file and database takes."""

from __future__ import annotations

import re

_NO_TEXT = re.compile("[\ud800-\udfff]")
_WRITTEN = re.compile("//(d[89a-f][0-9a-f]{2})")


def path_text(path: str) -> str:
    """Return a path as it is stored: what is no text in it as ``//`` and four hexadecimal digits.

    Names are bytes to the system, and need not be text in its encoding. Two slashes stand in no path.
    """
    if path.isascii():
        return path
    return _NO_TEXT.sub(lambda found: f"//{ord(found[0]):04x}", path)


def path_of(text: str) -> str:
    """Return the path that is stored so."""
    if "//" not in text:
        return text
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)
