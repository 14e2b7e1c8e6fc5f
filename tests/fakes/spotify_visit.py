"""What an endpoint gets to see of a call, and the rules that all endpoints share: ids, limits, pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from tests.fakes.spotify_fields import pick
from tests.fakes.spotify_http import Answer, Json, Refused, Request
from tests.fakes.spotify_log import Log
from tests.fakes.spotify_shapes import Shapes
from tests.fakes.spotify_things import Playlist, User
from tests.fakes.spotify_world import MAKER, World

T = TypeVar("T")
_ID = re.compile(r"[0-9A-Za-z]{22}")
_URI = re.compile(r"spotify:(track|album|artist|episode|playlist|show|audiobook|user):([^:]+)")


@dataclass(frozen=True, slots=True)
class Visit:
    """One call that was let in: who asks, with which scopes, what the path named."""

    request: Request
    params: Mapping[str, str]
    user: User
    scopes: frozenset[str]
    world: World
    shapes: Shapes
    log: Log

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    @property
    def market(self) -> str | None:
        return self.query.get("market")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a number of the query; Spotify refuses one that is out of bounds."""
        text = self.query.get(name)
        if text is None:
            return default
        if not re.fullmatch(r"-?\d{1,9}", text) or not low <= int(text) <= high:
            raise Refused(400, f"Invalid {name}")
        return int(text)

    def page(
        self,
        things: Sequence[T],
        shape: Callable[[T], object],
        *,
        default: int = 20,
        most: int = 50,
        furthest: int = 100_000_000,
    ) -> Json:
        """Return the page that the query asks for; its links lead back to this server."""
        limit = self.number("limit", default, 1, most)
        offset = self.number("offset", 0, 0, furthest)
        kept = {k: v for k, v in self.query.items() if k not in ("limit", "offset")}
        path = self.request.path.rstrip("/")
        return make_page(f"{self.shapes.root}{path}", things, shape, offset, limit, kept)

    def chosen(self, document: object, status: int = 200) -> Answer:
        """Answer with what ``fields`` names of the document."""
        return Answer(status, pick(document, self.query.get("fields")))

    def ids(self, most: int) -> list[str]:
        """Return the ids of a batch call."""
        asked = self.query.get("ids", "").split(",")
        if len(asked) > most:
            raise Refused(400, "Too many ids requested")
        return [sound_id(each) for each in asked]

    def uris(self, most: int = 40) -> list[tuple[str, str]]:
        """Return kind and id of each URI of a library call."""
        asked = self.query.get("uris", "")
        matches = [_URI.fullmatch(each) for each in asked.split(",")]
        found = [(match[1], match[2]) for match in matches if match]
        if len(found) < len(matches):
            raise Refused(400, "Invalid URI")
        if len(found) > most:
            raise Refused(400, "Too many URIs requested")
        return found

    def look_up(self, among: Mapping[str, T], name: str = "id") -> T:
        """Return the thing that the path names."""
        found = among.get(sound_id(self.params[name]))
        if found is None:
            raise Refused(404, "Resource not found")
        return found

    def playlist(self) -> Playlist:
        """Return the playlist that the path names, as far as the app may see that there is one.

        Since November 2024 playlists made by Spotify are not there for apps without extended quota.
        """
        found = self.look_up(self.world.playlists, "playlist_id")
        if found.owner.id == MAKER and self.shapes.mode != "extended":
            raise Refused(404, "Resource not found")
        return found

    def need(self, scope: str) -> None:
        """See that the user granted a scope."""
        if scope not in self.scopes:
            raise Refused(403, "Insufficient client scope")


def sound_id(text: str) -> str:
    """Return an id that looks like one."""
    if not _ID.fullmatch(text):
        raise Refused(400, "Invalid base62 id")
    return text


def make_page(
    href: str,
    things: Sequence[T],
    shape: Callable[[T], object],
    offset: int,
    limit: int,
    kept: Mapping[str, str],
) -> Json:
    """Return a page with absolute links to itself and to its neighbours."""

    def link(to: int) -> str:
        return f"{href}?{urlencode({**kept, 'offset': to, 'limit': limit})}"

    return {
        "href": link(offset),
        "items": [shape(each) for each in things[offset : offset + limit]],
        "limit": limit,
        "next": link(offset + limit) if offset + limit < len(things) else None,
        "offset": offset,
        "previous": link(max(0, offset - limit)) if offset else None,
        "total": len(things),
    }
