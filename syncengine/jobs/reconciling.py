"""Bring sinks into agreement with the library: look where that is needed, plan, and do what was agreed to.

``prepare`` and ``carry_out`` are two steps, because a person is asked in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from syncengine.core.moment import Instant, to_iso
from syncengine.core.plan import KINDS, Action, Agreement, Entity, Plan, SinkPlan
from syncengine.core.portion import portion
from syncengine.core.ports import Clock
from syncengine.core.sink import Sink
from syncengine.core.stale import AGAIN, remaining
from syncengine.core.writer import Writer
from syncengine.errors import RemoteError, StalePlan, TryLater
from syncengine.jobs.apply import Means, apply
from syncengine.jobs.apply_report import ApplyReport, Progress, silent
from syncengine.jobs.calls import pause_now
from syncengine.jobs.look import (
    look_at_changes,
    look_at_everything,
    look_at_these,
    never_looked_at,
)
from syncengine.jobs.looked import Looked
from syncengine.jobs.planning import plan_library, present_base
from syncengine.jobs.reconcile import NO_WISHES, Planned, Side, Wishes, compared
from syncengine.jobs.runs import OpenUnit
from syncengine.jobs.settling import settle_doubts
from syncengine.jobs.watch import NOBODY, Watch
from syncengine.storage.repositories.judgements import judge_edits
from syncengine.storage.repositories.remote import PAUSE

_ALL = ""
FEW = 30
"""So many new tracks are looked for before they are created: people make pages by hand, one at a time."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A sink with what writes to it, and what is to be known of the world before it is planned."""

    sink: Sink
    writer: Writer
    survey: Callable[[Watch], None] = lambda _watch: None
    """What has to be found out before a plan, once what a killed run left in doubt is settled."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a reconciliation works with; units of ``open_unit`` outlive power cuts."""

    open_unit: OpenUnit
    clock: Clock
    run: int


@dataclass(slots=True)
class Prepared:
    """A plan to be consented to, and what was found on the way, by sink."""

    planned: Planned
    looked: dict[str, Looked] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """Return the plan."""
        return self.planned.plan


def prepare(
    hands: Sequence[Hand],
    tools: Tools,
    wishes: Wishes = NO_WISHES,
    *,
    refresh: bool = False,
    watch: Watch = NOBODY,
) -> Prepared:
    """Return the plan of sinks, after a look at them where one is needed.

    Writes that a killed run left in doubt are settled first. With ``refresh`` everything in the sinks is
    read; else only what people edited lately, and only where the plan changes what is there. Raises
    RemoteError where a sink cannot be asked.
    """
    for hand in hands:
        respect_pause(hand.sink.name, tools)
        settle_doubts(hand.sink, writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock)
        hand.survey(watch)
    looked = _looked_at_everything(hands, tools, refresh=refresh)
    prepared = Prepared(plan_of(hands, tools, wishes), dict(looked))
    again = False
    for hand in hands:
        name = hand.sink.name
        side = prepared.planned.sides.get(name)
        entities = touched(prepared.plan.sinks[name].actions)
        if hand.writer.in_steps and prepared.plan.sinks[name].actions:
            entities = set(hand.sink.entities)  # what a person renamed is in more than one place
        if refresh or side is None or prepared.plan.sinks[name].refusals:
            continue
        if entities:
            found = look_at_changes(
                hand.sink, side, entities,
                writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock,
            )  # fmt: skip
            prepared.looked.setdefault(name, found)
            again = True
        actions = prepared.plan.sinks[name].actions
        if name not in looked and (few := _look_for_few(hand, actions, tools)):
            prepared.looked.setdefault(name, few)
            again = True
    if again:
        prepared.planned = plan_of(hands, tools, wishes)
    return prepared


def _look_for_few(hand: Hand, actions: Sequence[Action], tools: Tools) -> Looked | None:
    """Look whether somebody made by hand what is to be created, where that is little; None if not."""
    new = [each.key for each in actions if each.action == "create" and each.entity == "track"]
    if not 0 < len(new) <= FEW:
        return None
    seen = list(hand.writer.find("track", new, Instant(0)))
    if not seen:
        return None
    return look_at_these(
        hand.sink, side_of(hand, tools), seen,
        writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock,
    )  # fmt: skip


def prepare_saved(
    hands: Sequence[Hand], tools: Tools, plan: Plan, watch: Watch = NOBODY
) -> Prepared:
    """Return what is left to do of a saved plan, after a look at what it changes.

    Raises StalePlan where the library, or what a sink is known to hold, moved on since it was made.
    """
    with tools.open_unit() as unit:
        if present_base(unit).digest != plan.base.digest:
            raise StalePlan(
                f"the plan is stale: the library moved on since it was made; {AGAIN}", lift=AGAIN
            )
    for hand in hands:
        respect_pause(hand.sink.name, tools)
        settle_doubts(hand.sink, writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock)
        hand.survey(watch)
        if hand.sink.state != plan.sinks[hand.sink.name].state:
            raise StalePlan(
                f"the plan is stale: {hand.sink.name} moved on since it was made; {AGAIN}",
                lift=AGAIN,
            )
    looked = _looked_at_everything(hands, tools, refresh=False)
    for hand in hands:
        name = hand.sink.name
        entities = touched(plan.sinks[name].actions)
        if entities and not plan.sinks[name].refusals:
            found = look_at_changes(
                hand.sink, side_of(hand, tools), entities,
                writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock,
            )  # fmt: skip
            looked.setdefault(name, found)
    sides = {hand.sink.name: side_of(hand, tools) for hand in hands}
    left = {
        name: _left_of(hand, plan.sinks[name], sides[name])
        for hand in hands
        if (name := hand.sink.name)
    }
    return Prepared(Planned(replace(plan, sinks=left), sides), looked)


def _left_of(hand: Hand, plan: SinkPlan, side: Side) -> SinkPlan:
    """Return a saved plan with what is left of it, and what that costs."""
    found = remaining(plan.actions, side.agreed)
    actions = [*found.to_do, *found.conflicts]
    outcomes = Counter((each.entity, each.action) for each in actions)
    tallies = {
        entity: replace(tally, **{kind: outcomes[entity, kind] for kind in KINDS})
        for entity, tally in plan.entities.items()
    }
    return replace(plan, entities=tallies, actions=actions, estimate=hand.sink.estimate(actions))


def side_of(hand: Hand, tools: Tools) -> Side:
    """Return what a sink should hold, and what it is known to hold."""
    with tools.open_unit() as unit:
        return compared(hand.sink, unit.catalogue, unit.agreed.agreed(hand.sink.name))


def touched(actions: Collection[Action]) -> set[Entity]:
    """Return the entities of which something is changed that is in the sink already."""
    return {each.entity for each in actions if each.action in ("update", "remove")}


def respect_pause(sink: str, tools: Tools) -> None:
    """Raise TryLater while a pause lasts that the sink's service asked for."""
    with tools.open_unit() as unit:
        pause = pause_now(unit.remote(sink), tools.clock())
    if pause is not None:
        raise TryLater(
            f"{pause.reason}; no request is made before {to_iso(pause.until)}",
            system=sink, operation="reconcile", not_before=pause.until,
        )  # fmt: skip


def _looked_at_everything(
    hands: Sequence[Hand], tools: Tools, *, refresh: bool
) -> dict[str, Looked]:
    """Read everything where that is wanted, and of what was never looked at: it may be filled already."""
    looked = {}
    for hand in hands:
        sink = hand.sink
        entities = sink.entities if refresh else never_looked_at(sink, tools.open_unit)
        if entities:
            looked[sink.name] = look_at_everything(
                sink, side_of(hand, tools), entities,
                writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock,
            )  # fmt: skip
    return looked


def plan_of(hands: Sequence[Hand], tools: Tools, wishes: Wishes) -> Planned:
    """Return the plan from what is stored."""
    with tools.open_unit() as unit:
        return plan_library(unit, [each.sink for each in hands], tools.clock, wishes)


def carry_out(
    hand: Hand,
    planned: Planned,
    tools: Tools,
    progress: Progress = silent,
    *,
    limit: int | None = None,
) -> ApplyReport:
    """Do what a plan says in one sink; ``limit`` bounds the things that are created.

    Conflicts are left out, and so is all where a guard refuses. What was decided about edits is
    remembered first.
    """
    sink = hand.sink
    plan = planned.plan.sinks[sink.name]
    side = planned.sides.get(sink.name)
    if side is None or plan.refusals:
        return ApplyReport(calls=dict(hand.writer.calls))
    remember(sink.name, side, tools)
    actions = to_do(plan)
    chosen = actions if limit is None else portion(actions, sink.policies, limit)
    report = _applied(hand, chosen, side, tools, progress) if chosen else ApplyReport()
    report.left += len(actions) - len(chosen)
    report.calls = dict(hand.writer.calls)
    if report.exact and not report.failed and not report.left:
        note_agreement(hand, planned, tools)
    return report


def remember(sink: str, side: Side, tools: Tools) -> None:
    """Write down better keys, and what was decided about edits."""
    if not side.renames and not side.decided:
        return
    now = tools.clock()
    with tools.open_unit() as unit:
        unit.agreed.forget(sink, side.renames)
        unit.agreed.save(sink, side.moved, now)
        judge_edits(unit.connection, sink, side.decided, now)
        unit.commit()


def _applied(
    hand: Hand, actions: Sequence[Action], side: Side, tools: Tools, progress: Progress
) -> ApplyReport:
    means = Means(hand.sink, hand.writer, tools.open_unit, tools.clock, tools.run)
    try:
        report = apply(actions, side.agreed, means, progress)
    finally:
        _note_calls(hand, tools)
    if report.stopped is not None:
        _note_pause(hand.sink.name, report.stopped, tools)
    _log(report, hand.sink.name, tools)
    return report


def to_do(plan: SinkPlan) -> list[Action]:
    """Return the actions that can be done."""
    return [each for each in plan.actions if each.action != "conflict"]


def note_agreement(hand: Hand, planned: Planned, tools: Tools) -> None:
    """Note that a sink agrees with the library in everything, so that the next plan need not compare.

    For after all of a plan was done, exactly as it said.
    """
    name = hand.sink.name
    if name not in planned.sides or not planned.whole:
        return
    plan = planned.plan.sinks[name]
    if plan.refusals or plan.summary.conflict:
        return
    desired = Counter(entity for entity, _ in planned.sides[name].desired)
    agreement = Agreement(planned.plan.base.digest, hand.sink.rules, desired)
    with tools.open_unit() as unit:
        unit.agreed.note_agreement(name, agreement, tools.clock())
        unit.commit()


def _note_calls(hand: Hand, tools: Tools) -> None:
    steps = [("call", name, str(count), None) for name, count in sorted(hand.writer.calls.items())]
    with suppress(RemoteError), tools.open_unit() as unit:
        unit.ledger.log(tools.run, tools.clock(), steps)
        unit.commit()


def _note_pause(sink: str, error: RemoteError, tools: Tools) -> None:
    if isinstance(error, TryLater):
        until = Instant(error.not_before)
        reason = str(error).partition(";")[0]
        with tools.open_unit() as unit:
            unit.remote(sink).note(PAUSE, _ALL, f"{until} {reason}", tools.clock())
            unit.commit()


def _log(report: ApplyReport, sink: str, tools: Tools) -> None:
    steps = [
        (
            f"{sink} {each.action.action}",
            f"{each.action.entity} {each.action.key}",
            "failed",
            each.reason,
        )
        for each in report.failed
    ]
    with tools.open_unit() as unit:
        unit.ledger.log(tools.run, tools.clock(), steps)
        unit.commit()
