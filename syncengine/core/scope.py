"""What a plan is limited to when a person asks for some tracks, playlists or albums only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncengine.core.identity import AlbumKey, ArtistKey, PlaylistKey, TrackKey
from syncengine.core.plan import Agreed, Entity, Item, Policies, Related, Target, Value


@dataclass(frozen=True, slots=True)
class Scope:
    """The things a plan was asked for; with none named it is for the whole library."""

    tracks: frozenset[TrackKey] = frozenset()
    playlists: frozenset[PlaylistKey] = frozenset()
    albums: frozenset[AlbumKey] = frozenset()
    artists: frozenset[ArtistKey] = frozenset()
    files: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Say whether nothing is left out."""
        return not self.named

    @property
    def named(self) -> frozenset[Target]:
        """Return what was asked for by entity and key."""
        groups: tuple[tuple[Entity, frozenset[str]], ...] = (
            ("track", frozenset(self.tracks)),
            ("playlist", frozenset(self.playlists)),
            ("album", frozenset(self.albums)),
            ("artist", frozenset(self.artists)),
            ("file", self.files),
        )
        return frozenset((entity, key) for entity, keys in groups for key in keys)


WHOLE = Scope()


@dataclass(frozen=True, slots=True)
class Reach:
    """What a limited plan may write, and what it may remove."""

    written: frozenset[Target]
    removed: frozenset[Target]


def reach(
    scope: Scope,
    desired: Mapping[Target, Item],
    agreed: Mapping[Target, Agreed],
    policies: Policies,
) -> Reach:
    """Return how far a scope reaches.

    What is named, and what is or was related to it (the tracks of a playlist), may be removed. Written
    is also whatever these are related to in turn (a track's artists), since a relation needs both ends.
    """
    named = scope.named
    held = set(named)
    for side in (desired, agreed):
        for target, thing in side.items():
            if not named.isdisjoint(_related(target, thing.properties, policies)):
                held.add(target)
    written = set(held)
    waiting = list(held)
    while waiting:
        target = waiting.pop()
        if item := desired.get(target):
            new = set(_related(target, item.properties, policies)) - written
            written |= new
            waiting.extend(new)
    return Reach(frozenset(written), frozenset(held))


def _related(
    target: Target, properties: Mapping[str, Value], policies: Policies
) -> Iterator[Target]:
    for name, policy in policies.get(target[0], {}).items():
        keys = properties.get(name) if isinstance(policy, Related) else None
        if isinstance(keys, tuple) and isinstance(policy, Related):
            yield from ((policy.to, key) for key in keys)
