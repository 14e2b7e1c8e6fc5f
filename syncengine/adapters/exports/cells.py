"""The forms in which exporters write values into cells: how to read each of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

from syncengine.core.identity import parse_track

BLANKS = frozenset({"", "undefined", "null", "NaN"})
"""What JavaScript leaves in a cell where it had no value."""

_BLANKS_IN_ANY_CASE = frozenset({"", "undefined", "null", "nan", "none", "n/a"})
_SHOWN = 60
ANY = 10**15
_WHOLE = re.compile(r"(-?[0-9]{1,15})(?:\.0+)?\Z")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_JOINT = re.compile(r"(?<!\\), ")
_USER = "spotify:user:"
_ID_AT_END = re.compile(
    r"(?:(?:https?://)?open\.spotify\.com/(?:[\w-]+/)*)?([0-9A-Za-z]{22})(?:[/?#].*)?\Z"
)
_DURATION = re.compile(r"(?:([0-9]{1,4}):([0-5][0-9])|([0-9]{1,6}) ?s)\Z")
_BARE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?\Z")
_DAY = 86_400
_UNLIKELY = 10_000
_FULL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?\Z"
)


def said(cell: str) -> str | None:
    """Return the cell's text exactly as it stands, or None where the exporter had no value."""
    return None if cell.strip() in BLANKS else cell


def is_nothing(cell: str) -> bool:
    """Return whether a cell that can hold no words has no value, in any exporter's way to say so."""
    return cell.strip().lower() in _BLANKS_IN_ANY_CASE


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
    if not found and is_nothing(text):
        return None
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
    if math.isnan(number) and is_nothing(text):
        return None
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
        if is_nothing(text):
            return None
        raise ValueError(f"{title} is neither true nor false: {shorten(cell)}")
    return folded == "true"


def release_date(title: str, cell: str) -> str | None:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. Raises ValueError for days there never were.

    The year 0000 is Spotify's way of saying that it does not know.
    """
    text = cell.strip()
    if is_nothing(text) or text.partition("-")[0] == "0000":
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
    return None if is_nothing(text) else text


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


def at_any(cell: str) -> tuple[str, ...]:
    """Split at ``;`` where there is one, else at bare joints."""
    return tuple(map(str.strip, cell.split(";"))) if ";" in cell else at_bare_joints(cell)


def at_tight_commas(cell: str) -> tuple[str, ...]:
    """Split at ``,`` where no space follows, as behind the commas inside names."""
    return tuple(_TIGHT.split(cell))


_WAYS = (at_semicolons, at_bare_joints, at_joints, at_commas)
_TIGHT = re.compile(r",(?! )")
_LINK = re.compile(r",\s?")


def links(kind: str, cell: str) -> tuple[str | None, ...]:
    """Read a list of URIs, bare ids or URLs of one kind, such as ``artist``."""
    return tuple(link(kind, part) for part in _LINK.split(cell))


def link(kind: str, cell: str) -> str | None:
    """Read a URI of one kind from a URI, a bare id or a URL; other texts stay as they are."""
    text = cell.strip()
    if text in BLANKS:
        return None
    bare = _ID_AT_END.match(text)
    return f"spotify:{kind}:{bare[1]}" if bare else cell


def link_of_album(cell: str) -> str:
    """Return an album's URI where a cell has its bare id or URL."""
    return link("album", cell) or ""


def counted(cell: str, count: int, split: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """Split names of which there are ``count``: by the rule that is given, else by one that fits.

    Where two others fit and disagree, or none fits, the rule that is given stands.
    """
    ruled = split(cell)
    if len(ruled) == count:
        return ruled
    whole_cell = {(cell,)} if count == 1 else set()
    fitting = {names for way in _WAYS if len(names := way(cell)) == count} | whole_cell
    return fitting.pop() if len(fitting) == 1 else ruled


def lasting(cell: str) -> str:
    """Return a duration such as ``225s`` or ``3:45`` as milliseconds; one in milliseconds stays."""
    found = _DURATION.match(cell.strip())
    if not found:
        return cell
    minutes, seconds = (found[1], found[2]) if found[2] else (0, found[3])
    return str((int(minutes) * 60 + int(seconds)) * 1000)


def lasting_seconds(cell: str) -> str:
    """Return a duration as milliseconds, where a bare number of less than a day is seconds."""
    return _in_seconds(cell, _DAY)


def lasting_likely(cell: str) -> str:
    """Return a duration as milliseconds, where nothing says what a bare number counts.

    Hardly any track lasts less than ten seconds, or as many thousand.
    """
    return _in_seconds(cell, _UNLIKELY)


def _in_seconds(cell: str, below: int) -> str:
    text = cell.strip()
    if _BARE.match(text) and float(text) < below:
        return str(round(float(text) * 1000))
    return lasting(cell)


def is_broken_link(cell: str) -> bool:
    """Return whether a cell has an address of Spotify that names no track."""
    text = cell.strip()
    return "spotify" in text.lower() and parse_track(text) is None


def is_broken_id(cell: str) -> bool:
    """Return whether a cell has an id or address that names no track, and is no other service's."""
    text = cell.strip()
    if is_nothing(text) or parse_track(text) is not None:
        return False
    return "/" not in text or is_broken_link(text)


def link_of_track(cell: str) -> str:
    """Return a cell that names a track of Spotify, and nothing for an address of another service."""
    text = cell.strip()
    return text if parse_track(text) else ""


def exact_moment(cell: str) -> str:
    """Return a full date-time; a day alone is not the moment at which something was added."""
    text = cell.strip()
    return text if _FULL.match(text) else ""


def parts(cell: str) -> tuple[str, ...]:
    """Split a list of genres at ``,``, keeping repetitions and dropping nothings."""
    return () if cell.strip() in BLANKS else tuple(filter(None, cell.split(",")))
