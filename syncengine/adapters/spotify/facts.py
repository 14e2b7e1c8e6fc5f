"""Single facts in Spotify's answers: each is what it should be, or says nothing."""

from __future__ import annotations

import math
from datetime import date
from typing import Any
from urllib.parse import unquote_plus

from syncengine.core.moment import Instant, parse_utc

_MOST = 10**15
_LENGTHS = {"year": 4, "month": 7}
_LOCAL = "spotify:local:"


def text(value: Any) -> str | None:
    """Return a text exactly as it stands; None for an empty one, which Spotify writes for unknown."""
    return value if isinstance(value, str) and value.strip() else None


def count(value: Any) -> int | None:
    """Return a whole number from 0 on."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= _MOST else None


def share(value: Any) -> int | None:
    """Return a whole number from 0 to 100."""
    found = count(value)
    return found if found is not None and found <= 100 else None


def real(value: Any) -> float | None:
    """Return a finite number."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


def integer(value: Any) -> int | None:
    """Return a whole number."""
    found = real(value)
    return int(found) if found is not None and found.is_integer() else None


def flag(value: Any) -> bool | None:
    """Return whether something is so."""
    return value if isinstance(value, bool) else None


def link(kind: str, value: Any) -> str | None:
    """Return a URI of one kind, such as ``artist``."""
    found = text(value)
    return found if found and found.startswith(f"spotify:{kind}:") else None


def address(value: Any) -> str | None:
    """Return a web address without its query, which names the app that asked."""
    found = text(value)
    return found.partition("?")[0] if found else None


def moment(value: Any) -> Instant | None:
    """Return when something was added; of very old entries Spotify does not know it, and says null."""
    try:
        return parse_utc(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def release_date(value: Any, precision: Any) -> str | None:
    """Return ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; the year 0000 is Spotify's for unknown."""
    found = text(value)
    if found is None:
        return None
    found = found.strip()[: _LENGTHS.get(precision, 10) if isinstance(precision, str) else 10]
    parts = found.split("-")
    widths = [len(part) for part in parts]
    if widths not in ([4], [4, 2], [4, 2, 2]) or not all(map(_is_number, parts)):
        return None
    try:
        date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except ValueError:
        return None
    return found


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal()


def words(value: Any) -> tuple[str, ...]:
    """Return the texts of a list."""
    found = value if isinstance(value, list) else ()
    return tuple(each for each in found if text(each))


def local_tags(uri: str) -> tuple[str | None, str | None, str | None, int | None]:
    """Return artist, album, title and duration in milliseconds from a local file's URI.

    ``spotify:local:Halsey:Manic+%28Deluxe%29:929:174``: parts may be empty; the last is in seconds.
    """
    parts = uri.removeprefix(_LOCAL).split(":")
    if not uri.startswith(_LOCAL) or len(parts) != 4:
        return None, None, None, None
    artist, album, title = (text(unquote_plus(part)) for part in parts[:3])
    seconds = int(parts[3]) if _is_number(parts[3]) and len(parts[3]) < 9 else 0
    return artist, album, title, seconds * 1_000 or None
