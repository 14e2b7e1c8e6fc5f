"""A book of calls in memory, for services that are asked without a database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from syncengine.core.moment import Instant
from syncengine.core.ports import Clock
from syncengine.core.remote import Capability
from syncengine.errors import TryLater


@dataclass(slots=True)
class Book:
    """Fulfils ``core.remote.CallBook``; ``limit`` is how many calls it allows in all."""

    clock: Clock
    limit: int | None = None
    calls: list[str] = field(default_factory=list)
    pauses: list[tuple[Instant, str]] = field(default_factory=list)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    notes: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.calls)

    def before_call(self, endpoint: str) -> None:
        until = self.pauses[-1][0] if self.pauses else Instant(0)
        if until > self.clock():
            raise self._later(endpoint, until)
        if self.limit is not None and len(self.calls) >= self.limit:
            raise self._later(endpoint, Instant(self.clock() + 86_400))
        self.calls.append(endpoint)

    def pause_until(self, at: Instant, reason: str) -> None:
        self.pauses.append((at, reason))

    def capability(self, endpoint: str) -> Capability | None:
        return self.capabilities.get(endpoint)

    def note_capability(self, endpoint: str, *, allowed: bool) -> None:
        self.notes.append((endpoint, allowed))
        self.capabilities[endpoint] = Capability(allowed, self.clock())

    def _later(self, endpoint: str, until: Instant) -> TryLater:
        return TryLater("not now", system="spotify", operation=endpoint, not_before=until)
