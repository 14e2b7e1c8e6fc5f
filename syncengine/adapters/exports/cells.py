"""The forms in which exporters write values into cells: how to read each of them."""

from __future__ import annotations

import math
import re
from datetime import date

BLANKS = frozenset({"", "undefined", "null", "NaN"})
"""What JavaScript leaves in a cell where it had no value."""

_SHOWN = 60
ANY = 10**15
_WHOLE = re.compile(r"(-?[0-9]{1,15})(?:\.0+)?\Z")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_JOINT = re.compile(r"(?<!\\), ")
_USER = "spotify:user:"


def said(cell: str) -> str | None:
    """Return the cell's text exactly as it stands, or None where the exporter had no value."""
    return None if cell.strip() in BLANKS else cell


def shorten(text: str) -> str:
    """Return a cell's text quoted for a message, cut where it is long."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def whole(title: str, cell: str, low: int, high: int) -> int | None:
    """Read a whole number; spreadsheets' ``50.0`` is 50.

    ``title`` is the column's title for the message. Raises ValueError outside ``low``–``high``.
    """
    text = cell.strip()
    if text in BLANKS:
        return None
    found = _WHOLE.match(text)
    if not found or not low <= int(found[1]) <= high:
        bounds = f" from {low} to {high}" if low > -ANY else ""
        raise ValueError(f"{title} is no whole number{bounds}: {shorten(cell)}")
    return int(found[1])


def count(title: str, cell: str) -> int | None:
    """Read a whole number that is 0 or more. Raises ValueError."""
    return whole(title, cell, 0, ANY)


def integer(title: str, cell: str) -> int | None:
    """Read a whole number. Raises ValueError."""
    return whole(title, cell, -ANY, ANY)


def popularity(title: str, cell: str) -> int | None:
    """Read a popularity, 0–100. Raises ValueError."""
    return whole(title, cell, 0, 100)


def real(title: str, cell: str) -> float | None:
    """Read a finite number. Raises ValueError."""
    text = cell.strip()
    if text in BLANKS:
        return None
    number = float(text) if _NUMBER.match(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{title} is no finite number: {shorten(cell)}")
    return number


def flag(title: str, cell: str) -> bool | None:
    """Read ``true`` or ``false`` in any case. Raises ValueError."""
    text = cell.strip()
    if text in BLANKS:
        return None
    folded = text.lower()
    if folded not in ("true", "false"):
        raise ValueError(f"{title} is neither true nor false: {shorten(cell)}")
    return folded == "true"


def release_date(title: str, cell: str) -> str | None:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. Raises ValueError for days there never were.

    The year 0000 is Spotify's way of saying that it does not know.
    """
    text = cell.strip()
    if text in BLANKS or text.partition("-")[0] == "0000":
        return None
    found = _DATE.match(text)
    try:
        if not found:
            raise ValueError(text)
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        problem = f"{title} is no date as YYYY, YYYY-MM or YYYY-MM-DD: {shorten(cell)}"
        raise ValueError(problem) from None
    return text


def user(cell: str) -> str | None:
    """Read a user's bare id; exportify.app and the older exportify.net write it as a URI."""
    text = cell.strip().removeprefix(_USER)
    return None if text in BLANKS else text


def at_semicolons(cell: str) -> tuple[str, ...]:
    """Split at ``;``."""
    return tuple(cell.split(";"))


def at_commas(cell: str) -> tuple[str, ...]:
    """Split at ``,``."""
    return tuple(cell.split(","))


def at_joints(cell: str) -> tuple[str, ...]:
    """Split at ``, ``."""
    return tuple(cell.split(", "))


def at_bare_joints(cell: str) -> tuple[str, ...]:
    r"""Split at ``, `` where no ``\`` stands before it, and read ``\,`` as a comma."""
    return tuple(part.replace("\\,", ",") for part in _JOINT.split(cell))


def parts(cell: str) -> tuple[str, ...]:
    """Split a list of genres at ``,``, keeping repetitions and dropping nothings."""
    return () if cell.strip() in BLANKS else tuple(filter(None, cell.split(",")))
