"""What the planner expects of a sink: a system that is kept in agreement with the library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.plan import (
    Action,
    Agreed,
    Entity,
    Estimate,
    GuardRefusal,
    Item,
    Policies,
    Target,
)


class Sink(Protocol):
    """One sink as a plan sees it; nothing here needs a network or credentials."""

    @property
    def name(self) -> str:
        """The name it goes by in settings, plans and on the command line."""

    @property
    def entities(self) -> Sequence[Entity]:
        """The entities it keeps; others are never planned, not even removed."""

    @property
    def rules(self) -> str:
        """What else than the library its items follow from, such that equal rules make equal items."""

    @property
    def state(self) -> str:
        """A digest of what else than the library a plan rests on, such as files; empty for nothing."""

    @property
    def policies(self) -> Policies:
        """How changes of fields are judged, and which fields are relations."""

    @property
    def marks(self) -> Collection[Entity]:
        """The entities in which it has a place to mark a thing as removed."""

    @property
    def leaving(self) -> Mapping[Entity, Collection[str]]:
        """The fields that a thing no longer has once it left the library, such as its playlists."""

    @property
    def forgets(self) -> bool:
        """Whether what left the library is taken away there, and nothing of it is remembered."""

    def desired(
        self, tracks: Iterable[CatalogTrack], playlists: Iterable[CatalogPlaylist]
    ) -> Iterable[Item]:
        """Yield what it should hold of a library, each (entity, key) once, in any order."""

    def refusals(
        self, actions: Sequence[Action], agreed: Mapping[Target, Agreed]
    ) -> Sequence[GuardRefusal]:
        """Return why doing the actions would be refused, beside the guards that all sinks have."""

    def estimate(self, actions: Sequence[Action]) -> Estimate:
        """Return what doing the actions would cost."""
