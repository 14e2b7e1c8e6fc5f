"""What a page says in our words: its keys, and its properties that are ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from syncengine.adapters.notion.address import dashed
from syncengine.adapters.notion.asking import SYSTEM, Json
from syncengine.adapters.notion.fields import PROPERTIES, SYNC_KEY
from syncengine.adapters.notion.shelf import Known, Shelf
from syncengine.adapters.notion.values import READABLE, from_json
from syncengine.core.identity import LIKED, parse_album, parse_artist, parse_playlist, parse_track
from syncengine.core.moment import from_datetime
from syncengine.core.plan import Entity, Value
from syncengine.core.writer import SeenItem
from syncengine.errors import Transient

URI, URL = "Spotify URI", "Spotify URL"
_PARSERS: Mapping[Entity, Callable[[str], str | None]] = {
    "artist": parse_artist,
    "album": parse_album,
    "playlist": parse_playlist,
    "track": parse_track,
}


def ours(entity: Entity, shelf: Shelf) -> dict[str, Known]:
    """Return the properties of a shelf that are written and read, by our names.

    Rollups are not, nor is what has another type there than is kept: it is as if it were missing.
    """
    kept = PROPERTIES[entity]
    return {
        name: known
        for name, known in shelf.properties.items()
        if name in kept and kept[name].type == known.type and known.type in READABLE
    }


class PageReader:
    """Reads the pages of one shelf."""

    def __init__(self, entity: Entity, shelf: Shelf) -> None:
        self._entity = entity
        self._types = {name: known.type for name, known in ours(entity, shelf).items()}
        self._ids = {unquote(known.id): name for name, known in shelf.properties.items()}
        self._names: dict[str, str | None] = {}

    def item(self, page: Json) -> SeenItem:
        """Return a page as it stands there. Raises Transient for what is no page."""
        try:
            held = self._held(page)
            fields = self._fields(held)
            return SeenItem(
                self._entity,
                dashed(page["id"]),
                tuple(dict.fromkeys(self._keys(held))),
                fields,
                bool(page.get("in_trash", page.get("archived"))),
                from_datetime(datetime.fromisoformat(page["created_time"])),
                frozenset(name for name in fields if held[name].get("has_more")),
                _is_key(_said(held.get(SYNC_KEY))),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            said = f"Notion showed something that is no page of ours ({type(error).__name__})"
            raise Transient(said, system=SYSTEM, operation="reading a page") from error

    def _held(self, page: Json) -> dict[str, Json]:
        """Return the properties by our names; those of a person's own are left out."""
        shown: Mapping[str, Json] = page["properties"]
        named = ((self._name(each["id"]), each) for each in shown.values())
        return {name: each for name, each in named if name is not None}

    def _name(self, shown_id: str) -> str | None:
        """Return our name for a property by its id as answers have it: percent-encoded."""
        if shown_id not in self._names:
            self._names[shown_id] = self._ids.get(unquote(shown_id))
        return self._names[shown_id]

    def _fields(self, held: Mapping[str, Json]) -> dict[str, Value]:
        return {
            name: from_json(held[name])
            for name, kind in self._types.items()
            if name in held and held[name]["type"] == kind
        }

    def _keys(self, held: Mapping[str, Json]) -> Iterator[str]:
        """Yield what a page goes by, best first: our key, then what Spotify calls it."""
        if key := _said(held.get(SYNC_KEY)):
            yield key
        for name in (URI, URL):
            known = _PARSERS[self._entity](_said(held.get(name)))
            if known is not None:
                yield known


def _is_key(text: str) -> bool:
    """Tell whether a text has the form of a key, and not of what people write in its place."""
    return text == LIKED or text.startswith(("spotify:", "csv:", "meta:"))


def _said(held: Json | None) -> str:
    """Return the text of a property of whatever type; people keep URIs and URLs in either."""
    value: Any = from_json(held) if held and held["type"] in READABLE else None
    return value.strip() if isinstance(value, str) else ""
