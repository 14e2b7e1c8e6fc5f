"""Set a sink up, and note the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from syncengine.core.ports import Clock
from syncengine.core.setup import SetUp
from syncengine.jobs.runs import OpenUnit, recorded_run

COMMAND = "notion init"
_PARTIAL = 8


def exit_code(report: SetUp) -> int:
    """Return how a run ends: in part where something stands in the way of a sync."""
    return _PARTIAL if report.stopped else 0


def noted_set_up(set_up: Callable[[], SetUp], open_unit: OpenUnit, clock: Clock) -> SetUp:
    """Do what sets a sink up; what it came to is noted, also if it fails."""
    with recorded_run(open_unit, COMMAND, clock) as run:
        report = set_up()
        run.exit_code = exit_code(report)
        run.summary = {
            "places": [asdict(each) for each in report.places],
            "findings": len(report.findings),
            "calls": sum(report.calls.values()),
        }
    return report
