"""Runs that ask a service outside of a fetch: their calls counted by run, and what they came to told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from syncengine.core.remote import CallBook
from syncengine.core.remote_writing import PlaylistWriter
from syncengine.errors import RemoteError, Transient, TryLater
from syncengine.jobs.calls import Calls
from syncengine.jobs.filling import Filled, Filling, Wait, Wanted
from syncengine.jobs.runs import RunNote, recorded_run
from syncengine.jobs.watch import NOBODY, Watch

MakeWriter = Callable[[CallBook], PlaylistWriter]
"""Returns a writer whose calls a book counts."""


@dataclass(slots=True)
class Cost:
    """How many calls a run made, by endpoint; ``left`` is what remains of the day, None without a limit."""

    calls: Mapping[str, int] = field(default_factory=dict)
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Playlists that were made or gone on with, and what that took."""

    playlists: Sequence[Filled]
    cost: Cost


@contextmanager
def counted_run(calls: Calls, command: str) -> Iterator[tuple[RunNote, Cost]]:
    """Note a run and its calls; the cost is known when the block is left, and in an error's details."""
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
        _count(calls, run, cost)


def _count(calls: Calls, run: RunNote, cost: Cost) -> None:
    with calls.open_unit() as unit:
        made = unit.remote(calls.system).calls_of_run(run.id)
        steps = [("call", endpoint, str(count), None) for endpoint, count in made.items()]
        unit.ledger.log(run.id, calls.clock(), steps)
        unit.commit()
    cost.calls, cost.left = made, calls.left()
    run.summary |= {"calls": sum(made.values())}


def make_playlists(
    command: str,
    plan: str,
    wanted: Sequence[Wanted],
    *,
    calls: Calls,
    make_writer: MakeWriter,
    wait: Wait,
    about: str = "",
    steps: Watch = NOBODY,
) -> Made:
    """Make a plan's playlists and fill them; only who holds the writer's lock may call it.

    Raises RemoteError. What was done until then stays: the same command goes on from there, and
    ``details`` of the error say what it cost and how many entries this run added.
    """
    with counted_run(calls, command) as (run, cost):
        writer = make_writer(calls)
        filling = Filling(writer, calls.open_unit, calls.clock, wait, plan, about, steps)
        try:
            playlists = filling.run(wanted)
        except RemoteError as error:
            error.details |= {"plan": plan, "entries_added": filling.done}
            if isinstance(error, Transient | TryLater):
                far = f"this run added {filling.done:,} entries, and the same command goes on from there"
                error.args = (f"{error}; {far}",)
            raise
        run.summary |= {
            "plan": plan,
            "playlists": [each.key for each in playlists],
            "entries_added": filling.done,
        }
    return Made(playlists, cost)
