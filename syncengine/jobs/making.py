"""The run that makes a plan's playlists at a service, and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syncengine.core.remote import CallBook
from syncengine.core.remote_writing import PlaylistWriter
from syncengine.errors import RemoteError, Transient, TryLater
from syncengine.jobs.calls import Calls
from syncengine.jobs.counting import Cost, counted_run
from syncengine.jobs.filling import Filled, Filling, Wait, Wanted
from syncengine.jobs.watch import NOBODY, Watch

MakeWriter = Callable[[CallBook], PlaylistWriter]
"""Returns a writer whose calls a book counts."""


@dataclass(frozen=True, slots=True)
class Made:
    """Playlists that were made or gone on with, and what that took."""

    playlists: Sequence[Filled]
    cost: Cost


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
