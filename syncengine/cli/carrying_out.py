"""Doing what a plan says, as a person watches it: the bar, the way on after Ctrl-C, the summary, the code."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypedDict

from syncengine.cli.context import CliContext
from syncengine.cli.cycles import searching_for_cycles
from syncengine.cli.exits import ExitCode, code_of
from syncengine.cli.text import counted, duration

if TYPE_CHECKING:
    from syncengine.core.plan import Action, SinkPlan
    from syncengine.jobs.apply_report import ApplyReport, Failure
    from syncengine.jobs.reconcile import Planned
    from syncengine.jobs.reconciling import Hand, Tools
    from syncengine.jobs.watch import Watch

SHOWN = 10
GO_ON = "run `syncengine reconcile` to go on"


def carry_out_all(
    cli: CliContext,
    hands: Sequence[Hand],
    planned: Planned,
    tools: Tools,
    *,
    limit: int | None = None,
) -> dict[str, ApplyReport]:
    """Do in each sink what a plan says, and return what came of it by sink."""
    from syncengine.jobs.reconciling import carry_out

    reports: dict[str, ApplyReport] = {}
    for hand in hands:
        name = hand.sink.name
        with cli.progress(f"writing to {name.capitalize()}") as steps:
            watch = Watching(f"writing to {name.capitalize()}", steps)
            try:
                with searching_for_cycles():
                    reports[name] = carry_out(hand, planned, tools, watch, limit=limit)
            except BaseException as error:
                if not isinstance(error, Exception) and watch.total:
                    cli.say(
                        f"{watch.count:,} of {watch.total:,} are done and written down; {GO_ON}"
                    )
                raise
    return reports


class Watching:
    """Shows how far an apply has come: done, failed, pace, time left; ``about`` says what is done."""

    def __init__(self, about: str, steps: Watch) -> None:
        self._about = about
        self._steps = steps
        self._began = time.perf_counter()
        self.count = self.total = 0

    def __call__(self, done: int, failed: int, total: int) -> None:
        """Take in how many are done, how many failed, and of how many."""
        self._steps.expect(total)
        self._steps.advance(done + failed - self.count)
        self.count, self.total = done + failed, total
        seconds = time.perf_counter() - self._began
        parts = [self._about]
        if self.count and seconds > 1:
            pace = self.count / seconds
            parts.append(f"{pace * 60:,.0f} a minute")
            parts.append(f"{duration((total - self.count) / pace)} left")
        if failed:
            parts.append(f"{failed:,} failed")
        self._steps.describe(", ".join(parts))


def exit_codes(plans: Mapping[str, SinkPlan], reports: Mapping[str, ApplyReport]) -> list[ExitCode]:
    """Return the codes that apply once plans were carried out."""
    codes = []
    for name, plan in plans.items():
        report = reports.get(name)
        if plan.refusals:
            codes.append(ExitCode.REFUSED)
        if conflicts_of(plan) or (report and report.failed):
            codes.append(ExitCode.PARTIAL)
        if report and report.stopped:
            codes.append(code_of(report.stopped))
    return codes


def conflicts_of(plan: SinkPlan) -> list[Action]:
    """Return the conflicts of a plan."""
    return [each for each in plan.actions if each.action == "conflict"]


def failure_lines(failed: Sequence[Failure]) -> Iterator[str]:
    """Yield what failed and why; things that failed for one reason share a line."""
    by_reason: dict[str, list[Action]] = {}
    for each in failed:
        by_reason.setdefault(each.reason, []).append(each.action)
    for reason, (first, *others) in islice(by_reason.items(), SHOWN):
        more = f" and {len(others):,} more" if others else ""
        yield f"{first.action} of {first.entity} {first.title!r}{more} failed: {reason}"
    left_out = sum(map(len, islice(by_reason.values(), SHOWN, None)))
    if left_out:
        yield f"{left_out:,} more failed; --json lists all"


def conflict_lines(conflicts: Sequence[Action]) -> Iterator[str]:
    """Yield what is in conflict and how it is settled."""
    for each in conflicts[:SHOWN]:
        yield f"{each.entity} {each.title!r} is in conflict: {', '.join(each.fields)}"
    if (more := len(conflicts) - SHOWN) > 0:
        yield f"{more:,} more are in conflict; --json lists all"
    if conflicts:
        yield "`syncengine reconcile --dry-run` shows both sides, --conflicts settles them"


def conflict_document(sink: str, conflict: Action) -> dict[str, object]:
    """Return a conflict as JSON has it: what stands there, and what we want."""
    return {
        "sink": sink,
        "entity": conflict.entity,
        "key": conflict.key,
        "title": conflict.title,
        "fields": dict(conflict.fields),
    }


def show_reports(
    cli: CliContext, plans: Mapping[str, SinkPlan], reports: Mapping[str, ApplyReport]
) -> None:
    """Say what came of plans, sink by sink."""
    for name, report in reports.items():
        sink = name.capitalize()
        for line in failure_lines(report.failed):
            cli.warn(f"{sink}: {line}")
        for note in report.notes[:SHOWN]:
            cli.say(f"{sink}: {note}")
        if (more := len(report.notes) - SHOWN) > 0:
            cli.say(f"{sink}: {more:,} more of the kind; --json lists all")
        if report.stopped:
            cli.warn(f"{sink}: stopped: {report.stopped}")
        parts = [f"{report.done:,} done"]
        conflicts = len(conflicts_of(plans[name]))
        for count, words in (
            (len(report.failed), "failed"),
            (conflicts, "in conflict"),
            (report.left, "left for the next run"),
        ):
            if count:
                parts.append(f"{count:,} {words}")
        calls = sum(report.calls.values())
        cli.line(
            f"{sink}: {', '.join(parts)}; {counted(calls, 'request' if name == 'notion' else 'step')}"
        )


class Told(TypedDict):
    """What came of one sink's plan, as JSON has it."""

    done: int
    failed: list[dict[str, str]]
    skipped: int
    calls: int
    endpoints: dict[str, int]
    stopped: str | None
    notes: list[str]


def documents(plans: Mapping[str, SinkPlan], reports: Mapping[str, ApplyReport]) -> dict[str, Told]:
    """Return what came of plans as JSON has it, by sink."""
    return {
        name: {
            "done": report.done,
            "failed": [
                {
                    "id": each.action.id,
                    "action": each.action.action,
                    "entity": each.action.entity,
                    "key": each.action.key,
                    "title": each.action.title,
                    "reason": each.reason,
                }
                for each in report.failed
            ],
            "skipped": report.left + len(conflicts_of(plans[name])),
            "calls": sum(report.calls.values()),
            "endpoints": dict(report.calls),
            "stopped": str(report.stopped) if report.stopped else None,
            "notes": list(report.notes),
        }
        for name, report in reports.items()
    }
