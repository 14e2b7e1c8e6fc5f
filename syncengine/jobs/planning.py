"""Plan from what is stored: the library as it is now, and what the sinks are known to hold."""

from __future__ import annotations

from collections.abc import Sequence

from syncengine.core.plan import Base
from syncengine.core.ports import Clock
from syncengine.core.sink import Sink
from syncengine.jobs.reconcile import NO_WISHES, Planned, Wishes, plan_reconcile
from syncengine.storage.unit_of_work import UnitOfWork


def plan_library(
    unit: UnitOfWork, sinks: Sequence[Sink], clock: Clock, wishes: Wishes = NO_WISHES
) -> Planned:
    """Return the plan that would bring sinks into agreement with the library; needs no network."""
    return plan_reconcile(
        catalog=unit.catalogue,
        base=present_base(unit),
        agreements=unit.agreed,
        sinks=sinks,
        clock=clock,
        wishes=wishes,
    )


def present_base(unit: UnitOfWork) -> Base:
    """Return the state that the library is in."""
    latest = unit.library.latest()
    force = None if latest is None else unit.memory.timeline.in_force(latest)
    return Base(force[0] if force else None, unit.library.digest())
