"""A remediation as a person meets it: what is wrong, what would be written, the question, what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from syncengine.cli.carrying_out import exit_codes
from syncengine.cli.consent import ask
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, code_of, first_of
from syncengine.cli.reconciling import Order, carried_out, pending_of, question, show
from syncengine.errors import SignInNeeded, SyncEngineError, Transient, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncengine.core.finding import Finding, Fix
    from syncengine.core.plan import Plan
    from syncengine.core.sight import Sight
    from syncengine.core.sink import Sink
    from syncengine.jobs.apply_report import ApplyReport
    from syncengine.jobs.compare_api import Compared
    from syncengine.jobs.reconcile import Wishes
    from syncengine.jobs.reconciling import Hand, Tools
    from syncengine.jobs.remediate import Judged
    from syncengine.jobs.runs import RunNote
    from syncengine.storage.unit_of_work import Database

NOTION, AGREED, NOTHING = "notion", "agreed", "nothing"
"""What the library is held beside: Notion as it is, as it was last known, or nothing: it was never filled."""
_SINK = "notion"
_MORE = "All actions: --json prints them."
_UNREADABLE = "Notion cannot be read"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be looked at and done; ``why_offline`` is empty where Notion is to be read.

    ``shown`` is told of the outcome before a person is asked whether to put it right.
    """

    wishes: Wishes
    why_offline: str = ""
    api: bool = False
    fix: bool = False
    yes: bool = False
    shown: Callable[[Outcome], None] | None = None


@dataclass(slots=True)
class Outcome:
    """What a remediation came to; ``fixes`` say of each finding what became of it.

    ``why`` says why Notion was not read, ``error`` what kept it from being read, if anything did.
    """

    basis: str
    why: str
    judged: Judged
    error: SyncEngineError | None = None
    compared: Compared | None = None
    plan: Plan | None = None
    reports: dict[str, ApplyReport] = field(default_factory=dict)
    fixes: Sequence[Fix] = ()

    @property
    def findings(self) -> list[Finding]:
        """Return every mismatch, and behind them what is people's own."""
        return [*self.faults, *self.judged.theirs]

    @property
    def faults(self) -> list[Finding]:
        """Return every mismatch: in Notion, in the library, and between the library and Spotify."""
        return [*self.judged.findings, *(self.compared.findings if self.compared else ())]

    @property
    def rows(self) -> Iterator[tuple[Finding, Fix]]:
        """Yield what was found with what became of it."""
        yield from zip(self.findings, self.fixes, strict=True)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many mismatches there are of each kind."""
        return dict(Counter(each.kind for each in self.faults))

    @property
    def fixed(self) -> int:
        """Return how many were put right."""
        return sum(each.status == "fixed" for each in self.fixes)

    def code(self) -> ExitCode:
        """Return the exit code: whether something is left, and what stood in the way."""
        codes = [code_of(self.error)] if self.error else []
        if self.compared and self.compared.stopped:
            codes.append(ExitCode.SIGN_IN if self.compared.needs_sign_in else ExitCode.LATER)
        if self.plan is not None:
            codes += exit_codes(self.plan.sinks, self.reports)
        if len(self.faults) > self.fixed:
            codes.append(ExitCode.PARTIAL)
        return first_of(codes)


def remediate_here(cli: CliContext, database: Database, wish: Wish) -> Outcome:
    """Hold what Notion was last known to hold beside the library; Notion is not asked."""
    from syncengine.bootstrap import sinks
    from syncengine.bootstrap.sink_wishes import NO_SINK_WISHES

    with database.reading() as unit:
        sink = sinks.notion_sink(cli.settings, unit, NO_SINK_WISHES)
    outcome = _judged(cli, database, wish, sink)
    with suppress(SyncEngineError):  # who may not write here, or would wait, is told all the same
        if database.exists:
            _note_found(cli, database, wish, outcome, patience=0)
    return outcome


def remediate_there(cli: CliContext, database: Database, run: RunNote, wish: Wish) -> Outcome:
    """Read Notion, and put right what is wanted; the caller holds the lock.

    Where Notion cannot be read, what it was last known to hold stands in, and nothing is put right.
    """
    from syncengine.bootstrap import sinks
    from syncengine.jobs.remediate import look

    tools = sinks.tools(database, cli.clock, run.id)
    with ExitStack() as stack:
        try:
            opened = sinks.open_hands(cli.settings, database, cli.clock, [_SINK])
            (hand,) = stack.enter_context(opened)
            with cli.progress("looking at all that is in Notion"):
                sight = look(hand, tools).sight
        except (Transient, TryLater, SignInNeeded) as error:
            cli.warn(f"Notion cannot be read: {error}")
            outcome = remediate_here(cli, database, replace(wish, why_offline=_UNREADABLE))
            outcome.error = error
        else:
            outcome = _judged(cli, database, wish, hand.sink, sight)
            _note_found(cli, database, wish, outcome)
            if wish.fix:
                _fix(cli, hand, tools, wish, outcome, sight)
                _note_fixed(cli, database, outcome)
    run.exit_code = outcome.code()
    run.summary |= {"found": len(outcome.faults), "fixed": outcome.fixed}
    return outcome


def _judged(
    cli: CliContext, database: Database, wish: Wish, sink: Sink, sight: Sight | None = None
) -> Outcome:
    from syncengine.bootstrap.remediation import field_notes
    from syncengine.core.remedy import unplanned
    from syncengine.jobs.remediate import judge

    with cli.progress("comparing with the library"), database.reading() as unit:
        judged = judge(unit, sink, field_notes(), cli.clock, wish.wishes, sight)
    basis = NOTION if sight else AGREED if judged.is_known else NOTHING
    outcome = Outcome(basis, wish.why_offline, judged)
    if wish.api:
        outcome.compared = _compared(cli, database, judged)
        with database.reading() as unit:  # what Spotify just said is among the names
            judged.names = unit.origins.name_mismatches(judged.tracks)
        _drop_told_names(outcome)
    outcome.fixes = [unplanned(each) for each in outcome.findings]
    return outcome


def _compared(cli: CliContext, database: Database, judged: Judged) -> Compared:
    from syncengine.bootstrap.remediation import open_lookups
    from syncengine.core.identity import TrackKey
    from syncengine.jobs.compare_api import compare_with_service

    first = [TrackKey(each.key) for each in judged.findings if each.entity == "track"]
    with (
        open_lookups(cli.settings, database, cli.clock) as lookups,
        cli.progress("asking Spotify") as steps,
    ):
        return compare_with_service(
            lookups, database.reading, cli.clock, tracks=judged.tracks, first=first, watch=steps
        )


def _drop_told_names(outcome: Outcome) -> None:
    """Leave out of what Spotify says otherwise what is listed as a name that two sources tell."""
    if outcome.compared is None:
        return
    told = {(each.track, each.field) for each in outcome.judged.names}
    outcome.compared.findings = [
        each for each in outcome.compared.findings if (each.key, each.field) not in told
    ]


def _fix(
    cli: CliContext, hand: Hand, tools: Tools, wish: Wish, outcome: Outcome, sight: Sight
) -> None:
    """Plan what puts right what was found, ask, and do it, as any plan is done."""
    from syncengine.core.remedy import Deeds, Remedies
    from syncengine.jobs.reconciling import Prepared
    from syncengine.jobs.remediate import plan_fix

    with tools.open_unit() as unit:
        planned = plan_fix(unit, hand.sink, cli.clock, wish.wishes, sight)
    outcome.plan = planned.plan
    plan, only = planned.plan.sinks[_SINK], wish.wishes.only
    remedies = Remedies(plan, hand.sink.policies, only)
    outcome.fixes = [remedies.of(each) for each in outcome.findings]
    if not cli.json and wish.shown is not None:
        wish.shown(outcome)
        if pending_of(planned.plan) or plan.refusals:
            show(cli, planned.plan, [], _MORE)
    if not pending_of(planned.plan):
        return
    ask(cli, question([hand], planned.plan, None), yes=wish.yes)
    order = Order([_SINK], wish.wishes, yes=wish.yes)
    outcome.reports = carried_out(cli, [hand], Prepared(planned), tools, order)
    report = outcome.reports[_SINK]
    failed = {each.action.id: each.reason for each in report.failed}
    remedies = Remedies(
        plan, hand.sink.policies, only, Deeds(True, report.ids, failed, report.placeless)
    )
    outcome.fixes = [remedies.of(each) for each in outcome.findings]


def _note_found(
    cli: CliContext,
    database: Database,
    wish: Wish,
    outcome: Outcome,
    patience: float | None = None,
) -> None:
    from syncengine.jobs.remediation_figures import Found, note_found

    whole = wish.wishes.scope.whole
    found = Found(outcome.counts, len(outcome.judged.names), outcome.basis, whole)
    with database.unit(patience=patience) as unit:
        note_found(unit, _SINK, found, cli.clock())
        unit.commit()


def _note_fixed(cli: CliContext, database: Database, outcome: Outcome) -> None:
    from syncengine.jobs.remediation_figures import note_fixed

    if outcome.reports:
        with database.unit() as unit:
            note_fixed(unit, _SINK, outcome.fixed, cli.clock())
            unit.commit()
