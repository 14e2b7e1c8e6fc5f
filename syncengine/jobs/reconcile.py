"""Plan what every sink would do to agree with the library; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import Protocol

from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.plan import Agreed, Agreement, Base, Item, Plan, SinkPlan, make_plan
from syncengine.core.ports import Clock
from syncengine.core.reconcile import plan_nothing, plan_sink
from syncengine.core.scope import WHOLE, Scope
from syncengine.core.sink import Sink
from syncengine.errors import NotFound


class Agreements(Protocol):
    """What sinks, by name, last agreed to."""

    def agreed(self, sink: str) -> Iterable[Agreed]:
        """Return every item a sink was last known to hold; none for one that never agreed."""

    def agreement(self, sink: str) -> Agreement | None:
        """Return the state in which nothing was left to do for a sink; None where there is none."""


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
    agreements: Agreements,
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
    planned: dict[str, SinkPlan] = {}
    settled = {sink.name: agreements.agreement(sink.name) for sink in sinks} if scope.whole else {}
    shown = _Shown(catalog)
    sides: list[tuple[Sink, list[Item], list[Agreed]]] = []
    for sink in sinks:
        agreement = settled.get(sink.name)
        if agreement and (agreement.library, agreement.rules) == (base.digest, sink.rules):
            planned[sink.name] = plan_nothing(sink, agreement)
        else:
            wanted = list(sink.desired(shown.tracks, shown.playlists))
            sides.append((sink, wanted, list(agreements.agreed(sink.name))))
    if not scope.whole:
        _require_known(scope, chain(*(chain[Item | Agreed](mine, its) for _, mine, its in sides)))
    for sink, wanted, held in sides:
        planned[sink.name] = plan_sink(sink, wanted, held, scope=scope, lifted=lifted)
    return make_plan(clock(), base, {sink.name: planned[sink.name] for sink in sinks})


class _Shown:
    """The library, read once and only if some sink has to be compared with it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @cached_property
    def tracks(self) -> tuple[CatalogTrack, ...]:
        return tuple(self._catalog.tracks())

    @cached_property
    def playlists(self) -> tuple[CatalogPlaylist, ...]:
        return tuple(self._catalog.playlists())


def _require_known(scope: Scope, things: Iterable[Item | Agreed]) -> None:
    unknown = scope.named - {(thing.entity, thing.key) for thing in things}
    if unknown:
        names = [f"{entity} {key}" for entity, key in sorted(unknown)]
        raise NotFound(f"the library does not know {', '.join(names)}", names)
