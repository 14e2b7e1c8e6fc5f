"""Short ways to make what plans are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.core.catalog import CatalogPlaylist, CatalogTrack, Place
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.plan import (
    ENTITIES,
    Action,
    Agreed,
    Along,
    Entity,
    Estimate,
    GuardRefusal,
    Item,
    Policies,
    Related,
    SinkPlan,
    Target,
    Tolerant,
    Value,
)
from syncengine.core.settle import settle
from syncengine.core.track import Artist, AudioFeatures, Facts, Provenance, Recording, Release

NOON = Instant(1_768_305_600)
"""2026-01-13T12:00:00Z."""


@dataclass(frozen=True)
class Shelf:
    """A sink that wants what it is told, at a second a call."""

    name: str = "shelf"
    entities: Sequence[Entity] = ENTITIES
    policies: Policies = field(
        default_factory=lambda: {
            "track": {
                "Popularity": Tolerant(5),
                "Source": Along(),
                "Artists": Related("artist"),
                "Album": Related("album"),
                "Playlists": Related("playlist"),
            },
            "album": {"Artists": Related("artist")},
        }
    )
    wants: Sequence[Item] = ()
    rules: str = "1"
    marks: Sequence[Entity] = ENTITIES
    leaving: Mapping[Entity, Sequence[str]] = field(
        default_factory=lambda: {"track": ("Playlists",)}
    )

    forgets: bool = False
    state: str = ""
    refuses: Sequence[GuardRefusal] = ()

    def refusals(
        self, actions: Sequence[Action], agreed: Mapping[Target, Agreed]
    ) -> Sequence[GuardRefusal]:
        return self.refuses

    def desired(
        self, tracks: Iterable[CatalogTrack], playlists: Iterable[CatalogPlaylist]
    ) -> Iterable[Item]:
        return self.wants

    def estimate(self, actions: Sequence[Action]) -> Estimate:
        return Estimate(len(actions), float(len(actions)))


def item(entity: Entity, key: str, **properties: Value) -> Item:
    return Item(entity, key, f"{entity} {key}", {"Name": f"{entity} {key}", **properties})


def agree(plan: SinkPlan, agreed: Iterable[Agreed]) -> list[Agreed]:
    """Return what is agreed when all of a plan was done."""
    now: dict[Target, Agreed] = {(each.entity, each.key): each for each in agreed}
    for action in plan.actions:
        if action.action != "conflict":
            target = (action.entity, action.key)
            before = now.get(target)
            now[target] = settle(action, before, before.address if before else f"at {action.id}")
    return list(now.values())


def catalog_track(
    key: str = "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
    *,
    title: str | None = "A song",
    artists: Sequence[Artist | str] = ("Somebody",),
    release: Release | None = None,
    features: AudioFeatures | None = None,
    genres: tuple[str, ...] = (),
    isrc: str | None = None,
    duration_ms: int | None = None,
    popularity: int | None = None,
    places: Sequence[tuple[str, int | None]] = (),
    sources: Mapping[str, Provenance] | None = None,
) -> CatalogTrack:
    credited = tuple(Artist(each) if isinstance(each, str) else each for each in artists)
    facts = Facts(
        TrackKey(key),
        Recording(title, credited, duration_ms),
        release or Release(),
        genres,
        features,
        isrc,
        dict(sources or {}),
    )
    where = [
        Place(PlaylistKey(playlist), None if at is None else Instant(at), position)
        for position, (playlist, at) in enumerate(places)
    ]
    return CatalogTrack(facts, popularity, tuple(where))


def catalog_playlist(key: str = "csv:road_trip", name: str = "Road trip") -> CatalogPlaylist:
    return CatalogPlaylist(PlaylistKey(key), name, inferred=True, observed_at=NOON, entries=1)
