"""What people wrote in a sink and decided to keep, thing by thing, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.core.plan import Entity, Value
from syncengine.core.ports import Clock
from syncengine.jobs.runs import OpenUnit, recorded_run
from syncengine.storage.repositories.judgements import kept_edits, release_edits
from syncengine.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class KeptThing:
    """A thing with the fields that are a person's own; ``entity`` is None where it is known no longer.

    ``fields`` has the values as they were when it was decided.
    """

    address: str
    entity: Entity | None
    key: str
    title: str
    fields: Mapping[str, Value]


def kept(unit: UnitOfWork, sink: str) -> list[KeptThing]:
    """Return everything of which a person's values are kept, by title."""
    held = {each.address: each for each in unit.agreed.agreed(sink)}
    fields: dict[str, dict[str, Value]] = {}
    for decision in kept_edits(unit.connection, sink):
        fields.setdefault(decision.address, {})[decision.field] = decision.theirs
    found = []
    for address, values in fields.items():
        each = held.get(address)
        if each is None:
            found.append(KeptThing(address, None, "", address, values))
        else:
            found.append(KeptThing(address, each.entity, each.key, each.title, values))
    return sorted(found, key=lambda each: (each.title.casefold(), each.address))


def release_page(open_unit: OpenUnit, sink: str, address: str, *, clock: Clock) -> int:
    """Take back every decision to keep on the thing at an address; return how many there were."""
    with recorded_run(open_unit, f"{sink} kept", clock) as run, open_unit() as unit:
        released = release_edits(unit.connection, sink, address, clock())
        unit.agreed.forget_agreement(sink)
        unit.commit()
        run.summary |= {"released": released}
    return released
