"""Workers that send requests at a pace to a service with a budget, in virtual time: an hour in a second."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from syncengine.adapters.notion.pace import Pace, Ticket


@dataclass(slots=True)
class Window:
    """One window of the service; ``used`` is what others had of it."""

    start: float
    admitted: int = 0
    refused: int = 0
    used: int = 0


@dataclass(slots=True)
class Service:
    """Lets ``budget`` requests in, in each window from its first request on, or at fixed times.

    ``budget`` may change with the time.
    """

    budget: Callable[[float], int]
    window: float = 60.0
    aligned: bool = False
    windows: list[Window] = field(default_factory=list)

    def ask(self, at: float) -> int | None:
        """Return None for a request that is let in, else the seconds to wait."""
        if not self.windows or at >= self.windows[-1].start + self.window:
            start = math.floor(at / self.window) * self.window if self.aligned else at
            self.windows.append(Window(start))
        current = self.windows[-1]
        if current.admitted + current.used >= self.budget(at):
            current.refused += 1
            return math.ceil(current.start + self.window - at)
        current.admitted += 1
        return None


@dataclass(slots=True)
class Traffic:
    """``workers`` who have one request each under way, of ``latency`` seconds, give or take a part.

    ``trouble`` says what happens to the n-th request: ``lost``, ``slow`` (for 503) or nothing.
    ``early`` counts requests that left before a pause was over which was known then.
    """

    pace: Pace
    service: Service
    workers: int = 4
    latency: float = 0.3
    jitter: float = 0.1
    trouble: Callable[[int, float], str] = lambda _n, _at: ""
    seed: int = 5
    now: float = 1_000.0
    sent: list[float] = field(default_factory=list)
    early: int = 0
    refused: int = 0
    done: int = 0
    _idle: int = 0
    _until: float = 0.0
    _dice: Random = field(default_factory=Random)
    _order: Iterator[int] = field(default_factory=count)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = Random(self.seed)
        self._idle = self.workers

    def run(self, requests: int = 10**9, *, seconds: float = math.inf) -> Traffic:
        """Send until so many were let in, or until the time is over."""
        end = self.now + seconds
        while self.done < requests and self.now < end:
            wake = self._send_all(requests)
            if not self._events or wake < self._events[0][0]:
                self.now = wake
            else:
                self.now, _, happens = heapq.heappop(self._events)
                happens()
        return self

    def _send_all(self, requests: int) -> float:
        """Send what may leave now, and return when more may."""
        while self._idle and self.done + self.workers - self._idle < requests:
            found = self.pace.take(self.now)
            if not isinstance(found, Ticket):
                return self.now + found
            self._send(found)
        return math.inf

    def _send(self, ticket: Ticket) -> None:
        self._idle -= 1
        self.early += self.now < self._until
        self.sent.append(self.now)
        kind = self.trouble(len(self.sent), self.now)
        self._after_half(lambda: self._arrive(ticket, kind))

    def _arrive(self, ticket: Ticket, kind: str) -> None:
        wait = None if kind == "slow" else self.service.ask(self.now)
        self._after_half(lambda: self._come_back(ticket, wait, kind))

    def _come_back(self, ticket: Ticket, wait: int | None, kind: str) -> None:
        self._idle += 1
        if wait is not None:
            self.refused += 1
            self._until = max(self._until, self.now + wait)
            self.pace.refused(ticket, self.now, wait)
        elif kind == "lost":
            self.pace.lost(ticket, self.now)
        else:
            self.pace.answered(ticket, self.now)
        if kind == "slow":
            self.pace.slow(self.now)
        self.done += wait is None and not kind

    def _after_half(self, happens: Callable[[], None]) -> None:
        way = self.latency / 2 * (1 + self._dice.uniform(-self.jitter, self.jitter))
        heapq.heappush(self._events, (self.now + way, next(self._order), happens))

    def shares(self, budget: int) -> list[float]:
        """Return which part of the budget was used in each window that is over."""
        return [each.admitted / budget for each in self.service.windows[:-1]]

    def refusals(self) -> list[int]:
        """Return how many were refused in each window."""
        return [each.refused for each in self.service.windows]

    def each(self, seconds: float, start: float = 1_000.0) -> list[int]:
        """Return how many left in each stretch of so many seconds that is over."""
        found = [0] * int((self.now - start) // seconds)
        for at in self.sent:
            n = int((at - start) // seconds)
            if 0 <= n < len(found):
                found[n] += 1
        return found
