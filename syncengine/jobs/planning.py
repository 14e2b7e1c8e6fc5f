"""Plan from what is stored: the library as it is now, and what the sinks are known to hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.plan import Base
from syncengine.core.ports import Clock
from syncengine.core.sink import Sink
from syncengine.jobs.reconcile import NO_WISHES, Planned, Wishes, plan_reconcile
from syncengine.storage.repositories.library import LibraryReader
from syncengine.storage.unit_of_work import UnitOfWork


def plan_library(
    unit: UnitOfWork, sinks: Sequence[Sink], clock: Clock, wishes: Wishes = NO_WISHES
) -> Planned:
    """Return the plan that would bring sinks into agreement with the library; needs no network."""
    return plan_reconcile(
        catalog=StoredCatalog(unit.library),
        base=present_base(unit),
        agreements=unit.agreed,
        sinks=sinks,
        clock=clock,
        wishes=wishes,
    )


def present_base(unit: UnitOfWork) -> Base:
    """Return the state that the library is in."""
    latest = unit.library.latest()
    force = None if latest is None else unit.memory.timeline.in_force(latest)
    return Base(force[0] if force else None, unit.library.digest())


class StoredCatalog:
    """The library as it is now, as the planner asks for it."""

    def __init__(self, library: LibraryReader) -> None:
        self._library = library

    def tracks(self) -> Iterable[CatalogTrack]:
        """Yield every track that is in at least one playlist."""
        return self._library.catalog_tracks()

    def playlists(self) -> Iterable[CatalogPlaylist]:
        """Yield every playlist that exists."""
        return self._library.catalog_playlists()
