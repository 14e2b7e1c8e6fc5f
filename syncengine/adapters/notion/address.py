"""Addresses of pages: ids with their dashes, and the URLs that people copy."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

_DASHED = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"[0-9a-f]{{32}}|{_DASHED}")
_AT_THE_END = re.compile(rf"(?:\A|-)({_ID.pattern})\Z")
_HOSTS = (".notion.so", ".notion.com", ".notion.site")
"""Pages were at www.notion.so until April 2026 and are at app.notion.com since."""
_SCHEMES = ("http", "https", "notion")


def dashed(text: str) -> str:
    """Return an id with its dashes, as answers have it."""
    bare = text.replace("-", "").lower()
    return "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))


def page_address(text: str) -> str | None:
    """Return the address of a page that a URL or an id names; None where it names none.

    Whether there is such a page is another question. ``?p=`` names the page that is open beside a
    database; ``?v=`` a view of it, which is none.
    """
    said = text.strip()
    if _ID.fullmatch(said.lower()):
        return dashed(said)
    try:
        parts = urlsplit(said if "://" in said else f"https://{said}")
    except ValueError:
        return None
    host = f".{(parts.hostname or '').lower()}"
    if parts.scheme.lower() not in _SCHEMES or not host.endswith(_HOSTS):
        return None
    for open_beside in parse_qs(parts.query).get("p", ()):
        if beside := _id_at_the_end(open_beside):
            return beside
    return _id_at_the_end(parts.path.rstrip("/").rpartition("/")[2])


def page_url(address: str) -> str | None:
    """Return where people see a page; None for what is no id."""
    bare = address.replace("-", "").lower()
    return f"https://app.notion.com/p/{bare}" if _ID.fullmatch(bare) else None


def _id_at_the_end(text: str) -> str | None:
    found = _AT_THE_END.search(text.lower())
    return dashed(found[1]) if found else None
