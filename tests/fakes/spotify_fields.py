"""The ``fields`` parameter: ``items(added_at,item(name,album(!images))),next`` and dotted names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.fakes.spotify_http import Refused

_TOKEN = re.compile(r"[^\s.,()!]+|[.,()!]")


@dataclass(slots=True)
class Wanted:
    """Names to keep with what is wanted below them (None: all), and names to leave out."""

    kept: dict[str, Wanted | None] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)


def pick(document: object, fields: str | None) -> object:
    """Return the part of a document that ``fields`` names; all of it without ``fields``."""
    return _pick(document, _parse(fields)) if fields else document


def _pick(document: object, wanted: Wanted | None) -> object:
    if wanted is None:
        return document
    if isinstance(document, list):
        return [_pick(each, wanted) for each in document]
    if not isinstance(document, dict):
        return document
    if not wanted.kept:
        return {name: value for name, value in document.items() if name not in wanted.dropped}
    return {
        name: _pick(document[name], below)
        for name, below in wanted.kept.items()
        if name in document
    }


def _parse(text: str) -> Wanted:
    try:
        wanted, rest = _group(_TOKEN.findall(text))
    except IndexError:  # It ended after a dot or an exclamation mark.
        raise Refused(400, "Invalid fields") from None
    if rest:
        raise Refused(400, "Invalid fields")
    return wanted


def _group(tokens: list[str]) -> tuple[Wanted, list[str]]:
    """Read names up to the end or the closing bracket; return what is left with that bracket."""
    wanted = Wanted()
    # One mark is for the whole group: the vendor's own example is ``album(!name,href)``.
    without = tokens[:1] == ["!"]
    tokens = tokens[without:]
    while tokens and tokens[0] != ")":
        tokens = _one(wanted, tokens) if not without else _leave_out(wanted, tokens)
        if tokens and tokens[0] == ",":
            tokens = tokens[1:]
    return wanted, tokens


def _leave_out(wanted: Wanted, tokens: list[str]) -> list[str]:
    wanted.dropped.add(tokens[0])
    return tokens[1:]


def _one(wanted: Wanted, tokens: list[str]) -> list[str]:
    """Read one name with what stands below it."""
    name, rest = tokens[0], tokens[1:]
    if rest[:1] == ["("]:
        below, rest = _group(rest[1:])
        if rest[:1] != [")"]:
            raise Refused(400, "Invalid fields")
        _merge(wanted, name, below)
        return rest[1:]
    if rest[:1] == ["."]:
        below = Wanted()
        rest = _one(below, rest[1:])
        _merge(wanted, name, below)
        return rest
    wanted.kept[name] = None
    return rest


def _merge(wanted: Wanted, name: str, below: Wanted) -> None:
    """Add to what is wanted below a name: ``tracks.next,tracks.total`` asks for both."""
    known = wanted.kept.setdefault(name, below)
    if known is not None and known is not below:
        known.kept.update(below.kept)
        known.dropped |= below.dropped
