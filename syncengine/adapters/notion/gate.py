"""Where all who ask Notion wait for their turn, and from where they can be called away."""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Condition

from syncengine.adapters.notion.asking import SYSTEM
from syncengine.adapters.notion.pace import Pace, Ticket
from syncengine.core.moment import Instant, to_iso
from syncengine.core.ports import Clock
from syncengine.errors import TryLater

Sleep = Callable[[float], object]


class Stopped(TryLater):
    """A person, or the program's end, called it off; what was in flight then came to its end."""


class Gate:
    """Lets threads through at a pace. ``monotonic`` is in seconds.

    Nobody waits here where Notion asks for a pause of more than ``longest`` seconds. ``sleep`` is for
    tests that own the time: without it a wait ends when another thread's answer may have changed it.
    """

    def __init__(
        self,
        pace: Pace,
        clock: Clock,
        monotonic: Callable[[], float],
        *,
        longest: float,
        sleep: Sleep | None = None,
    ) -> None:
        self._pace = pace
        self._clock = clock
        self._monotonic = monotonic
        self._longest = longest
        self._sleep = sleep
        self._turn = Condition()
        self._stopped = False
        self._why = "Notion asks for a pause"

    def enter(self, endpoint: str) -> Ticket:
        """Return when a request may leave. Raises TryLater where that is too far away, Stopped."""
        while True:
            with self._turn:
                self._check(endpoint)
                found = self._pace.take(self._monotonic())
                if isinstance(found, Ticket):
                    return found
                if self._sleep is None:
                    self._turn.wait(found)
                    continue
            self._sleep(found)

    def rest(self, endpoint: str, seconds: float) -> None:
        """Wait before the next attempt at something. Raises Stopped."""
        if self._sleep is not None and seconds > 0.0:
            self._sleep(seconds)
        until = self._monotonic() + (0.0 if self._sleep else seconds)
        with self._turn:
            while (left := until - self._monotonic()) > 0.0 and not self._stopped:
                self._turn.wait(left)
            self._check(endpoint)

    def answered(self, ticket: Ticket) -> None:
        """Note that a request was answered, well or not."""
        with self._turn:
            self._pace.answered(ticket, self._monotonic())
            self._turn.notify_all()

    def lost(self, ticket: Ticket) -> None:
        """Note that a request has no answer."""
        with self._turn:
            self._pace.lost(ticket, self._monotonic())
            self._turn.notify_all()

    def refused(
        self, ticket: Ticket, retry_after: float | None, why: str, *, budget: bool = False
    ) -> None:
        """Note that Notion asks for fewer requests; ``why`` is a sentence."""
        with self._turn:
            self._why = why
            self._pace.refused(ticket, self._monotonic(), retry_after, budget=budget)
            self._turn.notify_all()

    def hold(self, seconds: float, why: str) -> None:
        """Let nobody through for some seconds."""
        with self._turn:
            self._why = why
            self._pace.hold(self._monotonic(), seconds)

    def slow(self) -> None:
        """Halve the pace for a while."""
        with self._turn:
            self._pace.slow(self._monotonic())

    def stop(self) -> None:
        """Call away whoever waits, and let nobody through any more."""
        with self._turn:
            self._stopped = True
            self._turn.notify_all()

    def closed_until(self) -> Instant | None:
        """Return up to when Notion has asked to be left alone, if it has."""
        with self._turn:
            return self._until()

    def _until(self) -> Instant | None:
        left = self._pace.held(self._monotonic())
        # The clock has cut off the part of a second that has passed.
        return Instant(self._clock() + math.floor(left) + 1) if left > 0.0 else None

    def _check(self, endpoint: str) -> None:
        if self._stopped:
            raise Stopped(
                f"{endpoint} was called off before it was sent",
                system=SYSTEM,
                operation=endpoint,
                not_before=self._clock(),
            )
        until = self._until()
        if until is not None and self._pace.held(self._monotonic()) > self._longest:
            raise TryLater(
                f"{self._why}; no request is made before {to_iso(until)}",
                system=SYSTEM,
                operation=endpoint,
                not_before=until,
            )
