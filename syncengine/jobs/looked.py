"""What a look at a sink came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncengine.core.sight import Sight


@dataclass(slots=True)
class Looked:
    """What a look came to: how many things were read, adopted, edited by people, and put away by them."""

    read: int = 0
    adopted: int = 0
    edited: int = 0
    gone: int = 0
    sight: Sight = field(default_factory=Sight)

    @property
    def doubles(self) -> list[str]:
        """Return what stands in the sink more than once, one sentence each."""
        return [each.sentence for each in self.sight.doubled]
