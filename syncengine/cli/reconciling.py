"""A reconciliation as a person meets it: what was found, the plan, the question, what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine.cli.carrying_out import carry_out_all, documents, exit_codes, show_reports
from syncengine.cli.consent import ask, is_somebody_there
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, first_of
from syncengine.cli.text import counted, duration
from syncengine.cli.whole_file import write_whole
from syncengine.errors import Unasked, UsageError

if TYPE_CHECKING:
    from syncengine.bootstrap.sink_wishes import SinkWishes
    from syncengine.core.plan import Plan, SinkPlan
    from syncengine.jobs.apply_report import ApplyReport
    from syncengine.jobs.looked import Looked
    from syncengine.jobs.reconcile import Wishes
    from syncengine.jobs.reconciling import Hand, Prepared, Tools
    from syncengine.storage.unit_of_work import Database

_SHOWN_DOUBLES = 10


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be reconciled and how; ``out`` is where the plan is saved."""

    names: Sequence[str]
    wishes: Wishes
    refresh: bool = False
    sink_wishes: SinkWishes | None = None
    dry_run: bool = False
    yes: bool = False
    limit: int | None = None
    out: Path | None = None


@dataclass(slots=True)
class Outcome:
    """What a reconciliation came to."""

    plan: Plan
    dry_run: bool
    doubles: Sequence[str] = ()
    seconds: float = 0.0
    reports: Mapping[str, ApplyReport] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Return how many actions were done."""
        return sum(each.done for each in self.reports.values())

    @property
    def summary(self) -> dict[str, object]:
        """Return what is noted of the run."""
        calls = sum(sum(each.calls.values()) for each in self.reports.values())
        return {"done": self.done, "calls": calls}

    @property
    def document(self) -> dict[str, object]:
        """Return the plan as its JSON says it, and beside it what was done."""
        told = document(self.plan)
        if self.doubles:
            told["doubles"] = list(self.doubles)
        if self.reports:
            told["applied"] = documents(self.plan.sinks, self.reports)
        return told

    @property
    def applied(self) -> dict[str, object]:
        """Return what was done as ``apply`` says it: of all sinks together, and of each."""
        each = documents(self.plan.sinks, self.reports)
        failed = [
            {"sink": name, **failure} for name, found in each.items() for failure in found["failed"]
        ]
        return {
            "plan": self.plan.id,
            "done": self.done,
            "failed": failed,
            "skipped": sum(found["skipped"] for found in each.values()),
            "calls": sum(sum(found.calls.values()) for found in self.reports.values()),
            "seconds": round(self.seconds, 1),
            "sinks": each,
        }

    def code(self, *, detailed: bool = False) -> ExitCode:
        """Return the exit code; ``detailed`` tells of what is left to do."""
        codes = exit_codes(self.plan.sinks, self.reports)
        if self.doubles:
            codes.append(ExitCode.PARTIAL)
        is_left = any(each.left for each in self.reports.values())
        if detailed and (not self.plan.empty if self.dry_run else is_left):
            codes.append(ExitCode.PENDING)
        return first_of(codes)


def reconcile(cli: CliContext, database: Database, run: int, order: Order) -> Outcome:
    """Look at the sinks where that is needed, plan, show, ask and do it; dry, stop before asking.

    The caller holds the lock, and has seen to it that there is somebody to ask.
    """
    with _hands(cli, database, order) as hands:
        tools, prepared = _prepared(cli, database, run, order, hands)
        outcome = _shown(cli, prepared, order)
        if order.dry_run:
            return outcome
        if pending_of(outcome.plan):
            ask(cli, question(hands, outcome.plan, order.limit), yes=order.yes)
        outcome.reports = carried_out(cli, hands, prepared, tools, order)
    return outcome


def reconcile_unwatched(
    cli: CliContext, database: Database, run: int, order: Order, *, may_create: int
) -> Outcome:
    """Do the same for cron: nothing is shown, and nobody asked unless more is created than ``may_create``.

    Raises Unasked, before anything is written, where that cannot be asked.
    """
    with _hands(cli, database, order) as hands:
        tools, prepared = _prepared(cli, database, run, order, hands)
        outcome = Outcome(prepared.plan, dry_run=False, doubles=show_looked(cli, prepared.looked))
        if not order.yes:
            # What can be taken back, and is a matter of seconds, needs no consent.
            asked = [each.sink.name for each in hands if not each.writer.in_steps]
            _consent_to_many(cli, {name: outcome.plan.sinks[name] for name in asked}, may_create)
        outcome.reports = carry_out_all(cli, hands, prepared.planned, tools)
    return outcome


def _consent_to_many(cli: CliContext, plans: Mapping[str, SinkPlan], may_create: int) -> None:
    created = sum(each.summary.create for each in plans.values() if not each.refusals)
    if created <= may_create:
        return
    seconds = sum(each.estimate.seconds for each in plans.values())
    what = f"{created:,} pages would be made, which takes about {duration(seconds)}"
    if cli.json or not is_somebody_there():
        advice = "run `syncengine reconcile` once by hand, or `syncengine sync --yes`"
        raise Unasked(f"{what}, and nobody is here to be asked: {advice}", lift="--yes")
    try:
        ask(cli, f"{what}. Go on?", yes=False)
    except UsageError as error:
        raise Unasked(f"{what}, and the answer was no: nothing was done", lift="--yes") from error


def _hands(
    cli: CliContext, database: Database, order: Order
) -> AbstractContextManager[Sequence[Hand]]:
    from syncengine.bootstrap import sinks
    from syncengine.bootstrap.sink_wishes import NO_SINK_WISHES

    wishes = order.sink_wishes or NO_SINK_WISHES
    return sinks.open_hands(
        cli.settings, database, cli.clock, order.names, wishes, dry_run=order.dry_run
    )


def _prepared(
    cli: CliContext, database: Database, run: int, order: Order, hands: Sequence[Hand]
) -> tuple[Tools, Prepared]:
    from syncengine.bootstrap import sinks
    from syncengine.jobs.reconciling import prepare

    tools = sinks.tools(database, cli.clock, run)
    about = "looking at all that is there" if order.refresh else "planning"
    with cli.progress(about) as steps:
        return tools, prepare(hands, tools, order.wishes, refresh=order.refresh, watch=steps)


def apply_saved(
    cli: CliContext, database: Database, run: int, plan: Plan, *, yes: bool, limit: int | None
) -> Outcome:
    """Do what is left of a saved plan, after consent; the caller holds the lock."""
    from syncengine.bootstrap import sinks
    from syncengine.jobs.reconcile import NO_WISHES
    from syncengine.jobs.reconciling import prepare_saved

    order = Order(list(plan.sinks), NO_WISHES, yes=yes, limit=limit)
    with _hands(cli, database, order) as hands:
        tools = sinks.tools(database, cli.clock, run)
        with cli.progress("looking at what the plan changes") as steps:
            prepared = prepare_saved(hands, tools, plan, steps)
        outcome = _shown(cli, prepared, order)
        if pending_of(outcome.plan):
            ask(cli, question(hands, outcome.plan, limit), yes=yes)
        began = time.perf_counter()
        # Also with nothing pending: what is noted is then that all is done.
        outcome.reports = carried_out(cli, hands, prepared, tools, order)
        outcome.seconds = time.perf_counter() - began
    return outcome


def question(hands: Sequence[Hand], plan: Plan, limit: int | None) -> str:
    """Return what is asked before a plan is carried out: how much it is, and how long it takes."""
    from syncengine.core.portion import portion

    chosen, seconds = 0, 0.0
    for hand in hands:
        found = plan.sinks[hand.sink.name]
        actions = [] if found.refusals else [a for a in found.actions if a.action != "conflict"]
        actions = actions if limit is None else portion(actions, hand.sink.policies, limit)
        chosen += len(actions)
        seconds += hand.sink.estimate(actions).seconds
    pending = pending_of(plan)
    what = counted(chosen, "change") + (f" of {pending:,}" if chosen < pending else "")
    return f"Make {what}? It takes about {duration(seconds)}."


def carried_out(
    cli: CliContext, hands: Sequence[Hand], prepared: Prepared, tools: Tools, order: Order
) -> dict[str, ApplyReport]:
    """Do what was consented to, say what came of it, and return that by sink."""
    reports = carry_out_all(cli, hands, prepared.planned, tools, limit=order.limit)
    _say_what_was_decided(cli, prepared)
    if not cli.json and pending_of(prepared.plan):
        show_reports(cli, prepared.plan.sinks, reports)
    return reports


def _say_what_was_decided(cli: CliContext, prepared: Prepared) -> None:
    for name, side in prepared.planned.sides.items():
        if prepared.plan.sinks[name].refusals:
            continue
        kept = sum(each.choice == "keep-theirs" for each in side.decided)
        given_way = len(side.decided) - kept
        if kept:
            fields = f"{counted(kept, 'field')} {'is' if kept == 1 else 'are'}"
            cli.say(f"{name.capitalize()}: {fields} left to what is written there, for good")
        if given_way:
            cli.say(f"{name.capitalize()}: {counted(given_way, 'field')} written over as decided")


def _shown(cli: CliContext, prepared: Prepared, order: Order) -> Outcome:
    doubles = show_looked(cli, prepared.looked)
    if order.out is not None:
        save(prepared.plan, order.out)
        cli.say(f"the plan is in {order.out}")
    if not cli.json:
        show(cli, prepared.plan, [])
    return Outcome(prepared.plan, order.dry_run, doubles)


def pending_of(plan: Plan) -> int:
    """Return how many actions will be done: those of no refused sink, and no conflicts."""
    return sum(
        action.action != "conflict"
        for sink in plan.sinks.values()
        if not sink.refusals
        for action in sink.actions
    )


def show_looked(cli: CliContext, looked: Mapping[str, Looked]) -> list[str]:
    """Say what a look at the sinks found; return what stands there more than once."""
    doubles = []
    for name, found in looked.items():
        sink = name.capitalize()
        if found.adopted:
            were = (
                "was there already, and is" if found.adopted == 1 else "were there already, and are"
            )
            cli.say(f"{sink}: {found.adopted:,} {were} known again")
        if found.gone:
            were = "was" if found.gone == 1 else "were"
            away = "moved, renamed" if name == "folders" else "put into the trash"
            cli.say(f"{sink}: {found.gone:,} {were} {away}, or deleted, by hand")
        for each in found.doubles[:_SHOWN_DOUBLES]:
            cli.warn(f"{sink}: {each}")
        if (more := len(found.doubles) - _SHOWN_DOUBLES) > 0:
            cli.warn(f"{sink}: {more:,} more stand there several times")
        doubles += found.doubles
    return doubles


def document(plan: Plan) -> dict[str, object]:
    """Return a plan as its JSON says it, without the head."""
    from syncengine.core import plan_file

    return {
        k: v for k, v in plan_file.document(plan).items() if k not in ("format_version", "kind")
    }


def show(
    cli: CliContext, plan: Plan, not_configured: Sequence[str], more: str | None = None
) -> None:
    """Show a plan so that a person can read it in ten seconds; ``more`` says where all of it is."""
    from syncengine.cli.plan_view import MORE, show_plan

    show_plan(plan, cli.terminal.data, not_configured=not_configured, more=more or MORE)
    if any(action.action == "conflict" for sink in plan.sinks.values() for action in sink.actions):
        cli.say(
            "conflicts are settled with `syncengine reconcile --conflicts keep-theirs` (what is written "
            "there stays, for good) or `--conflicts use-ours`, for some of them with --track, --playlist "
            "or --album"
        )


def save(plan: Plan, path: Path) -> None:
    """Save a plan as JSON, whole or not at all. Raises UserError where it cannot be."""
    from syncengine.core.plan_file import to_json

    write_whole(path, to_json(plan).encode(), "the plan")
