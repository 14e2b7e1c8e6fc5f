"""The cron job: step after step, where one that fails keeps none of the others from its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.errors import InvariantBroken, SyncEngineError


@dataclass(frozen=True, slots=True)
class Told:
    """What a step says when it ends: an exit code, a few words for the summary, and facts for JSON."""

    code: int
    words: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step by its name; ``run`` raises a SyncEngineError where it cannot be done."""

    name: str
    run: Callable[[], Told]


@dataclass(frozen=True, slots=True)
class StepReport:
    """How a step ended: either it told something, or it failed."""

    name: str
    told: Told | None = None
    error: SyncEngineError | None = None


def sync(steps: Sequence[Step]) -> list[StepReport]:
    """Take the steps in their order; what was learned before a failure is used after it.

    Raises InvariantBroken at once: nothing is built on a memory that contradicts itself.
    """
    reports = []
    for step in steps:
        try:
            reports.append(StepReport(step.name, told=step.run()))
        except InvariantBroken:
            raise
        except SyncEngineError as error:
            reports.append(StepReport(step.name, error=error))
    return reports
