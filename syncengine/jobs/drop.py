"""Forget a snapshot that was imported by mistake."""

from __future__ import annotations

from syncengine.core.ports import Clock
from syncengine.errors import NotFound
from syncengine.jobs.runs import OpenUnit, recorded_run


def drop_snapshot(open_unit: OpenUnit, snapshot: int, *, clock: Clock) -> int:
    """Forget a snapshot as if it had never been; returns how many observations it had.

    The files stay in the raw store. Raises NotFound for an unknown snapshot.
    """
    with open_unit() as unit:
        first = unit.library.first_moment_of(snapshot)
    if first is None:
        raise NotFound(f"there is no snapshot {snapshot}; syncengine history list shows them")
    with recorded_run(open_unit, "history drop", clock) as run, open_unit() as unit:
        observations = unit.memory.drop(snapshot)
        unit.ledger.forget_exports(first)
        unit.forget_versions()  # what was stored of them may be gone
        unit.commit()
        run.summary = {"snapshot": snapshot, "observations": observations}
    return observations
