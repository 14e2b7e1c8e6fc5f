"""Runs that ask a service: their calls counted by endpoint, however they end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from syncengine.errors import RemoteError
from syncengine.jobs.calls import Calls
from syncengine.jobs.runs import RunNote, recorded_run


@dataclass(slots=True)
class Cost:
    """How many calls a run made, by endpoint; ``left`` is what remains of the day, None without a limit."""

    calls: Mapping[str, int] = field(default_factory=dict)
    left: int | None = None


@contextmanager
def counted_run(calls: Calls, command: str) -> Iterator[tuple[RunNote, Cost]]:
    """Note a run and its calls; the cost is known when the block is left, and in a RemoteError's details."""
    cost = Cost()
    with recorded_run(calls.open_unit, command, calls.clock) as run:
        calls.run = run.id
        try:
            yield run, cost
        except RemoteError as error:
            _count(calls, run, cost)
            error.details |= {
                "calls": sum(cost.calls.values()),
                "calls_left": cost.left,
                "endpoints": dict(cost.calls),
            }
            raise
        except BaseException:
            _count(calls, run, cost)
            raise
        _count(calls, run, cost)


def _count(calls: Calls, run: RunNote, cost: Cost) -> None:
    with calls.open_unit() as unit:
        made = unit.remote(calls.system).calls_of_run(run.id)
        steps = [("call", endpoint, str(count), None) for endpoint, count in made.items()]
        unit.ledger.log(run.id, calls.clock(), steps)
        unit.commit()
    cost.calls, cost.left = made, calls.left()
    run.summary |= {"calls": sum(made.values())}
