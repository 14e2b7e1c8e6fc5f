"""The book of calls: each is counted before it leaves, within a rolling day's budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from syncengine.core.moment import Instant, to_iso
from syncengine.core.ports import Clock
from syncengine.core.remote import Capability
from syncengine.errors import TryLater
from syncengine.jobs.runs import OpenUnit
from syncengine.storage.repositories.remote import CAPABILITY, PAUSE, RemoteBook

DAY = 24 * 60 * 60
_ALL = ""
_ALLOWED, _REFUSED = "allowed", "refused"


class Pause(NamedTuple):
    """Until when a service wants to be left alone, and why."""

    until: Instant
    reason: str


def pause_now(book: RemoteBook, now: Instant) -> Pause | None:
    """Return the pause that a service asked for, while it lasts."""
    note = book.noted(PAUSE, _ALL)
    if note is None:
        return None
    until, _, reason = note.value.partition(" ")
    return Pause(Instant(int(until)), reason) if int(until) > now else None


@dataclass(slots=True)
class Calls:
    """What ``core.remote.CallBook`` asks for, on a database; each note is its own transaction.

    ``limit`` is how many calls any 24 hours may see, 0 for no end; ``budget_name`` is the setting that
    says so, for who wants to change it. ``counted`` is told of each call that is counted.
    """

    open_unit: OpenUnit
    clock: Clock
    system: str
    limit: int
    budget_name: str
    run: int | None = None
    counted: Callable[[str], None] = lambda _endpoint: None
    _known: dict[str, Capability | None] = field(default_factory=dict)

    def before_call(self, endpoint: str) -> None:
        """Count a call. Raises TryLater while a pause lasts or where the budget is used up."""
        now = self.clock()
        with self.open_unit() as unit:
            book = unit.remote(self.system)
            if pause := pause_now(book, now):
                raise self._later(endpoint, pause.until, pause.reason)
            if self.limit and book.calls_since(Instant(now - DAY + 1)) >= self.limit:
                first = book.nth_last_call(self.limit) or now
                raise self._later(
                    endpoint,
                    Instant(first + DAY),
                    f"the {self.limit:,} calls of {self.budget_name} are used up",
                )
            book.count_call(endpoint, now, self.run)
            unit.commit()
        self.counted(endpoint)

    def left(self) -> int | None:
        """Return how many calls the budget still allows now; None without a limit."""
        if not self.limit:
            return None
        with self.open_unit() as unit:
            used = unit.remote(self.system).calls_since(Instant(self.clock() - DAY + 1))
        return max(0, self.limit - used)

    def pause_until(self, at: Instant, reason: str) -> None:
        """Note that the service wants no call before a moment."""
        with self.open_unit() as unit:
            unit.remote(self.system).note(PAUSE, _ALL, f"{at} {reason}", self.clock())
            unit.commit()

    def capability(self, endpoint: str) -> Capability | None:
        """Return what is known of an endpoint; None for nothing."""
        if endpoint not in self._known:
            with self.open_unit() as unit:
                note = unit.remote(self.system).noted(CAPABILITY, endpoint)
            known = None if note is None else Capability(note.value == _ALLOWED, note.at)
            self._known[endpoint] = known
        return self._known[endpoint]

    def note_capability(self, endpoint: str, *, allowed: bool) -> None:
        """Note whether an endpoint answers this app."""
        with self.open_unit() as unit:
            said = _ALLOWED if allowed else _REFUSED
            unit.remote(self.system).note(CAPABILITY, endpoint, said, self.clock())
            unit.commit()
        self._known[endpoint] = Capability(allowed, self.clock())

    def _later(self, endpoint: str, until: Instant, why: str) -> TryLater:
        return TryLater(
            f"{why}; no call is made before {to_iso(until)}",
            system=self.system,
            operation=endpoint,
            not_before=until,
        )
