"""What stands in a double of Notion, and what a database believes that stands there, by keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from syncengine.adapters.notion.fields import PROPERTIES, SYNC_KEY
from syncengine.core.plan import REMOVED, Agreed, Target
from syncengine.storage.unit_of_work import Database
from tests.builders import NOW
from tests.fakes.notion import NotionDouble

_SOURCES = {"artist": "Artists", "album": "Albums", "playlist": "Playlists", "track": "Tracks"}
_SHOWN = {REMOVED: "Removed at"}

Page = dict[str, Any]


def doubled(double: NotionDouble) -> list[str]:
    """Return the keys that several pages have, in the trash or not."""
    keys = Counter(
        (name, double.person.values(page)[SYNC_KEY])
        for name in _SOURCES.values()
        for page in double.pages_of(double.source(name), trashed=None)
    )
    return [f"{name}: {key}" for (name, key), count in keys.items() if count > 1]


def stands(double: NotionDouble) -> dict[Target, Page]:
    """Return what every page says in properties of ours that are not empty, relations by keys."""
    keys: dict[str, str] = {}
    pages: dict[Target, Page] = {}
    for entity, name in _SOURCES.items():
        for page in double.pages_of(double.source(name), trashed=None):
            values = double.person.values(page)
            keys[page.id] = values[SYNC_KEY]
            pages[entity, keys[page.id]] = {  # type: ignore[index]
                prop: _plain(values[_SHOWN.get(prop, prop)])
                for prop in PROPERTIES[entity]  # type: ignore[index]
                if not _is_empty(values.get(_SHOWN.get(prop, prop)))
            } | ({"(in trash)": True} if page.trashed else {})
    for (entity, _), said in pages.items():
        if entity == "track":
            for name in ("Artists", "Album", "Playlists"):
                if name in said:
                    said[name] = sorted(keys[each] for each in said[name])
    return pages


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value == []


def _plain(value: Any) -> Any:
    """Return a time as we write it, and other values as they are."""
    return value.replace(":00.000+00:00", ":00Z") if isinstance(value, str) else value


def agreed(path: Path) -> dict[Target, Agreed]:
    """Return what a database believes that Notion holds."""
    with Database(f"sqlite:///{path}", lambda: NOW).reading() as unit:
        return {(each.entity, each.key): each for each in unit.agreed.agreed("notion")}


def in_doubt(path: Path) -> int:
    """Return how many writes have been begun of which the end is not known."""
    with Database(f"sqlite:///{path}", lambda: NOW).reading() as unit:
        return len(unit.journal("notion").doubts())


def believed(known: Mapping[Target, Agreed]) -> dict[Target, Page]:
    """Return what is believed in the form of ``stands``, as far as it can be told."""
    found: dict[Target, Page] = {}
    for target, each in known.items():
        found[target] = {
            name: _listed(name, value)
            for name, value in each.properties.items()
            if value is not False
        }
    return found


def _listed(name: str, value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return list(value) if name == "Genres" else sorted(value)


def differences(one: Mapping[Target, Page], other: Mapping[Target, Page]) -> list[str]:
    """Return what differs, a line for each value: pages that only one has differ in all."""
    return [
        f"{target} {name}: {one.get(target, {}).get(name)!r}, {other.get(target, {}).get(name)!r}"
        for target in sorted({*one, *other})
        for name in sorted({*one.get(target, {}), *other.get(target, {})})
        if one.get(target, {}).get(name) != other.get(target, {}).get(name)
    ]
