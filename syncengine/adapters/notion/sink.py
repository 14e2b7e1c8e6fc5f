"""Notion as a sink of plans: what it should hold and what writing it costs. No network here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncengine.adapters.notion.pages import RULES, pages
from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.plan import (
    ENTITIES,
    Action,
    Along,
    Always,
    Entity,
    Estimate,
    FieldPolicy,
    Item,
    Policies,
    Related,
    Tolerant,
)

REQUESTS_PER_MINUTE = 180
POPULARITY_DRIFT = 5
"""Points of 100. Popularity moves a little on a third of all tracks from one week to the next."""


@dataclass(frozen=True, slots=True)
class NotionSink:
    """The library in Notion, as a plan sees it.

    ``popularity_always`` writes every change of popularity, else only one of POPULARITY_DRIFT or more
    is a reason to write a page.
    """

    entities: Sequence[Entity] = ENTITIES
    requests_per_minute: int = REQUESTS_PER_MINUTE
    popularity_always: bool = False
    name: str = "notion"

    @property
    def rules(self) -> str:
        """Return by which rules pages are made and compared; the pace has no part in it."""
        judged = "popularity" if self.popularity_always else ""
        return " ".join([str(RULES), *sorted(self.entities), judged]).strip()

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
        """Yield the pages that should be there."""
        return pages(tracks, playlists, self.entities)

    def estimate(self, actions: Sequence[Action]) -> Estimate:
        """Return one call for each page to write, at the pace of the settings; conflicts cost none."""
        calls = sum(action.action != "conflict" for action in actions)
        return Estimate(calls, round(calls * 60 / self.requests_per_minute, 1))
