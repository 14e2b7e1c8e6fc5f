"""What was seen in a sink beside the fields of single things: doubles, strangers, marks, relations astray."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncengine.core.plan import Entity, Target


@dataclass(frozen=True, slots=True)
class Doubled:
    """One thing that stands in the sink more than once; ``others`` are the addresses that are not used."""

    target: Target
    title: str
    others: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say so, and what to do."""
        return (
            f"{self.target[0]} {self.title!r} stands there {len(self.others) + 1} times; delete those that "
            f"you do not want: {', '.join(self.others)}"
        )


@dataclass(frozen=True, slots=True)
class Stranger:
    """What stands in the sink and goes by no key of the library; without ``keys`` it goes by none at all."""

    entity: Entity
    address: str
    title: str | None
    keys: tuple[str, ...]


@dataclass(slots=True)
class Sight:
    """What a look saw; but for ``doubled`` a look at everything is needed.

    ``marked`` says of things whether they stand there as removed, where that is not what was agreed, and
    ``astray`` has the addresses in relations that are of nothing that should be there, by thing and field.
    """

    doubled: list[Doubled] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    marked: dict[Target, bool] = field(default_factory=dict)
    astray: dict[tuple[Target, str], tuple[str, ...]] = field(default_factory=dict)
