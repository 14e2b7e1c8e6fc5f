"""Plan what every sink would do to agree with the library; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from typing import Protocol

from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.plan import Agreed, Base, Item, Plan, make_plan
from syncengine.core.ports import Clock
from syncengine.core.reconcile import plan_sink
from syncengine.core.scope import WHOLE, Scope
from syncengine.core.sink import Sink
from syncengine.errors import NotFound

AgreedLookup = Callable[[str], Iterable[Agreed]]
"""Returns what the sink of a name last agreed to; nothing for one that never did."""


class Catalog(Protocol):
    """The library at one moment."""

    def tracks(self) -> Iterable[CatalogTrack]:
        """Yield every track that is in at least one playlist, each once."""

    def playlists(self) -> Iterable[CatalogPlaylist]:
        """Yield every playlist that exists, each once."""


def plan_reconcile(
    *,
    catalog: Catalog,
    base: Base,
    agreed: AgreedLookup,
    sinks: Sequence[Sink],
    clock: Clock,
    scope: Scope = WHOLE,
    lifted: Collection[str] = (),
) -> Plan:
    """Return the plan of all sinks; needs no network.

    ``base`` names the state that ``catalog`` shows. ``lifted`` names the guards a person lifted; one
    that trips refuses its sink and no other. Raises NotFound when the scope names something that
    neither the library nor a sink knows.
    """
    tracks = tuple(catalog.tracks())
    playlists = tuple(catalog.playlists())
    wanted = {sink.name: list(sink.desired(tracks, playlists)) for sink in sinks}
    held = {sink.name: list(agreed(sink.name)) for sink in sinks}
    if not scope.whole:
        _require_known(scope, chain(*wanted.values(), *held.values()))
    planned = {
        sink.name: plan_sink(sink, wanted[sink.name], held[sink.name], scope=scope, lifted=lifted)
        for sink in sinks
    }
    return make_plan(clock(), base, planned)


def _require_known(scope: Scope, things: Iterable[Item | Agreed]) -> None:
    unknown = scope.named - {(thing.entity, thing.key) for thing in things}
    if unknown:
        names = [f"{entity} {key}" for entity, key in sorted(unknown)]
        raise NotFound(f"the library does not know {', '.join(names)}", names)
