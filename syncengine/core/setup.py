"""How a sink is set up, and what is found about that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from syncengine.core.plan import Entity

Told = Callable[[str], None]
"""Told what is being done now, in a few words."""
State = Literal["created", "found", "adopted", "kept"]
"""``found`` was made by an earlier run that did not end; ``kept`` was known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be in a sink, and what to do about it.

    ``field`` is what it is called in the sink unless a person renamed it. With ``stops`` nothing of
    the entity (none: of all) can be synced.
    """

    entity: Entity | None
    field: str | None
    problem: str
    advice: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entity is kept; ``added`` are fields that the sink had no place for before."""

    entity: Entity
    address: str
    state: State
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetUp:
    """What setting up came to; ``calls`` counts requests by endpoint."""

    places: Sequence[Place]
    findings: Sequence[Finding]
    calls: Mapping[str, int]

    @property
    def stopped(self) -> bool:
        """Say whether something has to be done before anything can be synced."""
        return any(each.stops for each in self.findings)
