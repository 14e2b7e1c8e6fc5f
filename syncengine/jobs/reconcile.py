"""Plan what every sink would do to agree with the library; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Protocol

from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.edits import Choice, Decision, Decisions, decide
from syncengine.core.plan import (
    Agreed,
    Agreement,
    Base,
    Item,
    Plan,
    SinkPlan,
    Target,
    make_plan,
)
from syncengine.core.ports import Clock
from syncengine.core.reconcile import Rules, by_target, plan_nothing, plan_sink
from syncengine.core.rekey import rekeyed, renamed_keys
from syncengine.core.scope import WHOLE, Scope
from syncengine.core.sink import Sink
from syncengine.errors import NotFound


class Agreements(Protocol):
    """What sinks, by name, last agreed to."""

    def agreed(self, sink: str) -> Iterable[Agreed]:
        """Return every item a sink was last known to hold; none for one that never agreed."""

    def agreement(self, sink: str) -> Agreement | None:
        """Return the state in which nothing was left to do for a sink; None where there is none."""

    def decisions(self, sink: str) -> Decisions:
        """Return what people decided about what was edited in a sink."""


class Catalog(Protocol):
    """The library at one moment."""

    def tracks(self) -> Iterable[CatalogTrack]:
        """Yield every track that is in at least one playlist, each once."""

    def playlists(self) -> Iterable[CatalogPlaylist]:
        """Yield every playlist that exists, each once."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants a plan: limited to something, with guards lifted, with conflicts resolved.

    ``only`` are the fields it is limited to (see ``Rules``). ``marked`` says of things whether they stand
    there as removed now, where that is not what was agreed.
    """

    scope: Scope = WHOLE
    lifted: frozenset[str] = frozenset()
    trash_removed: bool = False
    choice: Choice | None = None
    only: frozenset[str] | None = None
    marked: Mapping[Target, bool] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Say whether the plan is about all of the library, as it was last agreed."""
        return self.scope.whole and self.only is None and not self.marked


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Side:
    """What a sink should hold, and what it is known to hold, by its present keys.

    ``renames`` says which of these are remembered under another key as yet, old to new, and ``moved``
    what is not remembered in this way; ``decided`` is what the plan takes as decided beyond what is
    remembered.
    """

    desired: Mapping[Target, Item]
    agreed: Mapping[Target, Agreed]
    renames: Mapping[Target, Target]
    moved: Sequence[Agreed] = ()
    decided: Sequence[Decision] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and for each sink that was compared what it was made from.

    ``whole`` says that it is about all of the library, as it is now.
    """

    plan: Plan
    sides: Mapping[str, Side]
    whole: bool = False


def plan_reconcile(
    *,
    catalog: Catalog,
    base: Base,
    agreements: Agreements,
    sinks: Sequence[Sink],
    clock: Clock,
    wishes: Wishes = NO_WISHES,
) -> Planned:
    """Return the plan of all sinks; needs no network.

    ``base`` names the state that ``catalog`` shows. A guard that trips refuses its sink and no other.
    Raises NotFound when the scope names something that neither the library nor a sink knows.
    """
    planned: dict[str, SinkPlan] = {}
    sides: dict[str, Side] = {}
    shown = _Shown(catalog)
    scope = wishes.scope
    for sink in sinks:
        may_be_settled = wishes.whole and not wishes.trash_removed
        agreement = agreements.agreement(sink.name) if may_be_settled else None
        if agreement and (agreement.library, agreement.rules) == (base.digest, sink.rules):
            planned[sink.name] = plan_nothing(sink, agreement, wishes.lifted)
        else:
            side = compared(sink, shown, agreements.agreed(sink.name))
            sides[sink.name] = _as_marked(side, wishes.marked)
    if not scope.whole:
        known = (chain(side.desired, side.agreed) for side in sides.values())
        _require_known(scope, chain.from_iterable(known))
    for sink in sinks:
        if sink.name in sides:
            decisions = agreements.decisions(sink.name)
            planned[sink.name], sides[sink.name] = _plan(sink, sides[sink.name], decisions, wishes)
    return Planned(
        make_plan(clock(), base, {sink.name: planned[sink.name] for sink in sinks}),
        sides,
        wishes.whole,
    )


def compared(sink: Sink, shown: Catalog, remembered: Iterable[Agreed]) -> Side:
    """Return the two sides of a sink, with what is remembered by its present keys."""
    desired = by_target(sink.desired(shown.tracks(), shown.playlists()))
    agreed = {(each.entity, each.key): each for each in remembered}
    renames = renamed_keys(desired, agreed)
    present = rekeyed(agreed, renames, sink.policies)
    moved = [each for target, each in present.items() if agreed.get(target) is not each]
    return Side(desired, present, renames, moved)


def _as_marked(side: Side, marked: Mapping[Target, bool]) -> Side:
    """Return the sides with things as removed, or not, as they stand in the sink."""
    there = {
        target: replace(side.agreed[target], removed=removed)
        for target, removed in marked.items()
        if target in side.agreed
    }
    return replace(side, agreed={**side.agreed, **there}) if there else side


def _plan(sink: Sink, side: Side, decisions: Decisions, wishes: Wishes) -> tuple[SinkPlan, Side]:
    def plan(decisions: Decisions) -> SinkPlan:
        rules = Rules(wishes.lifted, decisions, wishes.trash_removed, wishes.only)
        wanted, held = side.desired.values(), side.agreed.values()
        return plan_sink(sink, wanted, held, scope=wishes.scope, rules=rules)

    made = plan(decisions)
    conflicts = [each for each in made.actions if each.action == "conflict"]
    if not conflicts or wishes.choice is None:
        return made, side
    decided = decide(conflicts, side.agreed, wishes.choice)
    return plan(decisions.with_more(decided)), replace(side, decided=decided)


class _Shown:
    """The library, read once and only if some sink has to be compared with it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._tracks: tuple[CatalogTrack, ...] | None = None
        self._playlists: tuple[CatalogPlaylist, ...] | None = None

    def tracks(self) -> Iterable[CatalogTrack]:
        if self._tracks is None:
            self._tracks = tuple(self._catalog.tracks())
        return self._tracks

    def playlists(self) -> Iterable[CatalogPlaylist]:
        if self._playlists is None:
            self._playlists = tuple(self._catalog.playlists())
        return self._playlists


def _require_known(scope: Scope, things: Iterable[Target]) -> None:
    unknown = scope.named - set(things)
    if unknown:
        names = [f"{entity} {key}" for entity, key in sorted(unknown)]
        raise NotFound(f"the library does not know {', '.join(names)}", names)
