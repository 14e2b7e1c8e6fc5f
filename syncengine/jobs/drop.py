"""Forget a snapshot that was imported by mistake."""

from __future__ import annotations

from syncengine.core.ports import Clock
from syncengine.errors import NotFound
from syncengine.storage.unit_of_work import UnitOfWork


def drop_snapshot(unit: UnitOfWork, snapshot: int, *, clock: Clock) -> int:
    """Forget a snapshot as if it had never been; returns how many observations it had.

    The files stay in the raw store. Raises NotFound for an unknown snapshot.
    """
    first = unit.library.first_moment_of(snapshot)
    if first is None:
        raise NotFound(f"there is no snapshot {snapshot}; syncengine history list shows them")
    run = unit.ledger.begin_run("history drop", clock())
    observations = unit.memory.drop(snapshot)
    unit.ledger.forget_exports(first)
    unit.ledger.end_run(run, clock(), 0, {"snapshot": snapshot, "observations": observations})
    unit.commit()
    return observations
