"""Notion as a sink of plans: what it should hold and what writing it costs. No network here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from syncengine.adapters.notion.fields import ENTITIES, PROPERTIES
from syncengine.adapters.notion.pages import RULES, pages
from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.plan import (
    REMOVED,
    Action,
    Agreed,
    Along,
    Always,
    Entity,
    Estimate,
    FieldPolicy,
    GuardRefusal,
    Item,
    Policies,
    Related,
    Target,
    Tolerant,
)

REQUESTS_PER_MINUTE = 180
POPULARITY_DRIFT = 5
"""Points of 100. Popularity moves a little on a third of all tracks from one week to the next."""


@dataclass(frozen=True, slots=True)
class NotionSink:
    """The library in Notion, as a plan sees it.

    ``popularity_always`` writes every change of popularity, else only one of POPULARITY_DRIFT or more
    is a reason to write a page. ``known`` says which properties the databases have, and only these are
    written; where it is None they are yet to be made, with all of them.
    """

    entities: Sequence[Entity] = ENTITIES
    requests_per_minute: int = REQUESTS_PER_MINUTE
    popularity_always: bool = False
    known: Mapping[Entity, Collection[str]] | None = None
    name: str = "notion"

    @property
    def rules(self) -> str:
        """Return by which rules pages are made and compared; the pace has no part in it."""
        judged = "popularity" if self.popularity_always else ""
        lacking = [
            f"-{entity}.{name}"
            for entity in sorted(self.entities)
            for name in PROPERTIES[entity]
            if not self._has(entity, name)
        ]
        return " ".join([str(RULES), *sorted(self.entities), judged, *lacking]).strip()

    @property
    def marks(self) -> Collection[Entity]:
        """Return the entities whose databases have a place for "Removed at"."""
        return [entity for entity in self.entities if self._has(entity, REMOVED)]

    forgets = False
    state = ""

    @property
    def leaving(self) -> Mapping[Entity, Collection[str]]:
        """Return the relation of which Notion counts a playlist's tracks."""
        return {"track": ["Playlists"]}

    @property
    def policies(self) -> Policies:
        """Return how changes are judged; another source of equal facts is no reason to write."""
        track: Mapping[str, FieldPolicy] = {
            "Artists": Related("artist"),
            "Album": Related("album"),
            "Playlists": Related("playlist"),
            "Popularity": Always() if self.popularity_always else Tolerant(POPULARITY_DRIFT),
            "Facts source": Along(),
            "Facts as of": Along(),
        }
        return {"track": track}

    def desired(
        self, tracks: Iterable[CatalogTrack], playlists: Iterable[CatalogPlaylist]
    ) -> Iterable[Item]:
        """Yield the pages that should be there, with the properties that there is a place for."""
        found = pages(tracks, playlists, self.entities)
        return found if self.known is None else map(self._fitting, found)

    def _has(self, entity: Entity, name: str) -> bool:
        return self.known is None or name in self.known.get(entity, ())

    def _fitting(self, item: Item) -> Item:
        there = self.known[item.entity] if self.known else ()
        fitting = {name: value for name, value in item.properties.items() if name in there}
        return item if len(fitting) == len(item.properties) else replace(item, properties=fitting)

    def refusals(
        self, actions: Sequence[Action], agreed: Mapping[Target, Agreed]
    ) -> Sequence[GuardRefusal]:
        """Return nothing: what all sinks are guarded against is enough here."""
        return ()

    def estimate(self, actions: Sequence[Action]) -> Estimate:
        """Return one call for each page to write, at the pace of the settings; conflicts cost none."""
        calls = sum(action.action != "conflict" for action in actions)
        return Estimate(calls, round(calls * 60 / self.requests_per_minute, 1))
