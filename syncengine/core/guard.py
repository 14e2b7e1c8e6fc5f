"""The guards of a plan: what is so unlikely to be meant that a person has to say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from syncengine.core.plan import Entity, GuardRefusal

MASS_DELETION = "mass-deletion"
EMPTIED_SOURCE = "emptied-source"
LIFTS = {MASS_DELETION: "--allow-removals", EMPTIED_SOURCE: "--allow-empty"}
"""The one flag that lifts each guard."""

MASS = 25
SHARE = 10
"""A mass deletion is more than so many items, and more than so many per cent of an entity's."""


@dataclass(frozen=True, slots=True)
class Stock:
    """How much of one entity a plan concerns.

    ``wanted`` counts what the whole library holds, also outside a limited plan's scope; ``live`` what
    was agreed and not removed before; ``removals`` what the plan removes or marks as removed.
    """

    entity: Entity
    wanted: int
    live: int
    removals: int


def guard(sink: str, stocks: Iterable[Stock], lifted: Collection[str]) -> tuple[GuardRefusal, ...]:
    """Return the refusals of one sink's plan; ``lifted`` names the guards that a person lifted.

    Each entity is looked at by itself, and an emptied one is refused for being empty only: one cause,
    one flag.
    """
    emptied, many = [], []
    for stock in stocks:
        what = f"{stock.removals:,} of {stock.live:,} {stock.entity}s"
        if stock.removals and not stock.wanted:
            emptied.append(what)
        elif stock.removals > MASS and stock.removals * 100 > stock.live * SHARE:
            many.append(what)
    causes = (
        (EMPTIED_SOURCE, emptied, "the library no longer has any: would remove {}"),
        (MASS_DELETION, many, f"would remove {{}}, more than {MASS} and more than {SHARE} %"),
    )
    return tuple(
        GuardRefusal(
            name,
            f"{sink.capitalize()}: {cause.format(_and(found))}; lift with {LIFTS[name]}",
            LIFTS[name],
        )
        for name, found, cause in causes
        if found and name not in lifted
    )


def _and(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
