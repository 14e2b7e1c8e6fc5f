"""What the texts of settings may be; every function raises ValueError with what it must be."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

ENTITIES = ("tracks", "playlists", "artists", "albums")
_FLAGS = {"true": True, "1": True, "yes": True, "on": True}
_FLAGS |= {"false": False, "0": False, "no": False, "off": False}
_LOOPBACK = ("127.0.0.1", "::1")


class Variable(NamedTuple):
    """A setting as it is written: its field, how its text is read, its default as text.

    ``separator`` parts the items of a list; None says that the setting is none.
    """

    name: str
    field: str
    parse: Callable[[str], object]
    separator: str | None
    default: str


def text(given: str) -> str:
    """Return the text without the space around it."""
    return given.strip()


def flag(given: str) -> bool:
    """Read true or false, also as 1/0, yes/no, on/off."""
    value = _FLAGS.get(given.strip().lower())
    if value is None:
        raise ValueError("must be true or false")
    return value


def count(given: str) -> int:
    """Read a whole number, 0 or more."""
    if not re.fullmatch(r"[0-9]{1,15}", given.strip()):
        raise ValueError("must be a whole number, 0 or more")
    return int(given)


def pace(given: str) -> int:
    """Read a whole number, 1 or more."""
    try:
        value = count(given)
    except ValueError:
        value = 0
    if not value:
        raise ValueError("must be a whole number, 1 or more")
    return value


def path(given: str) -> Path:
    """Read a path; ``~`` is the user's home."""
    try:
        return Path(given.strip()).expanduser()
    except RuntimeError:
        raise ValueError("names a home directory that does not exist") from None


def paths(given: str) -> tuple[Path, ...]:
    """Read paths that are separated as in ``PATH``."""
    return tuple(path(part) for part in given.split(os.pathsep) if part.strip())


def web(given: str) -> str:
    """Read a http or https address."""
    address = given.strip()
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or re.search(r"\s", address):
        raise ValueError("must be an address that starts with http:// or https://")
    return address


def base_url(given: str) -> str:
    """Read an address under which others lie, and return it without a final slash."""
    return web(given).rstrip("/")


def folder_url(given: str) -> str:
    """Read an address under which others lie, and return it with a final slash."""
    return base_url(given) + "/"


def redirect(given: str) -> str:
    """Read a redirect address by Spotify's rules since 2025-11 (platforms: redirect URIs)."""
    address = web(given)
    parts = urlsplit(address)
    if parts.hostname == "localhost":
        raise ValueError("must not be localhost: Spotify refuses it since 2025-11; use 127.0.0.1")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("must be https, or http on 127.0.0.1 or [::1]: Spotify refuses the rest")
    return address


def entities(given: str) -> tuple[str, ...]:
    """Read some of the entities, separated by commas, and return them in their own order."""
    named = {part.strip().lower() for part in given.split(",") if part.strip()}
    for stranger in sorted(named.difference(ENTITIES)):
        raise ValueError(f"must be some of {', '.join(ENTITIES)}; {stranger!r} is none of them")
    return tuple(name for name in ENTITIES if name in named) or ENTITIES


def api_version(given: str) -> str:
    """Read a Notion API version that knows data sources."""
    version = given.strip()
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", version) or version < "2025-09-03":
        raise ValueError("must be a Notion API version from 2025-09-03 on, written as a date")
    return version


def database(given: str) -> str:
    """Read a database URL; in a SQLite URL ``~`` is the user's home."""
    url = given.strip()
    if not re.match(r"[A-Za-z][A-Za-z0-9_+]*://", url):
        raise ValueError("must be a database URL; for a file write sqlite:///PATH")
    head, home, rest = url.partition(":///~")
    return f"{head}:///{path('~' + rest).as_posix()}" if home else url
