"""How many requests may leave, and when: one budget for all who ask, learned from what Notion answers.

A connection has a budget of requests in each window of 60 seconds; its size depends on the plan and is
told to nobody (developers.notion.com/reference/request-limits). So the pace grows from where it starts
until the first refusal, takes what was let in as the budget, and spreads that over each window from then
on. Now and then it tries whether there is more.

The window here is never before Notion's: it begins with the answer to a request that left alone, when
the former window was over. Which is why Notion counts no request of two of our windows as of one of its.

No threads, no waiting and no clock here: everything is told what time it is, in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

LIKELY = (180, 600)
"""Budgets that plans are known to have: the requests after them leave one by one, so that no more than one
of them is refused."""

# Parts of a window.
_STEP = 1 / 12
"""In which the pace doubles."""
_SPREAD = 0.94
"""Over which the budget is spread; and what a window that probes takes for what it knows."""
_HASTE = 0.6
_LATE = 0.97
"""What leaves after it may be counted for the next window."""
_PATIENCE = 1 / 12
"""For which others wait for the answer of one that left alone."""
_WHOLE = 0.9
"""How much of a window must have been seen from its start for its budget to be learned."""

_SHORTEST = 1e-6
"""Seconds of a wait."""
_CAREFUL = 4
"""How many requests after a likely budget leave one by one."""
_LOWEST, _HIGHEST = 1 / 8, 1024.0
"""How far trouble slows down, and calm speeds up, as multiples of the pace to start with."""
_FIRST_GAP, _WIDEST_GAP = 4, 64
"""After how many windows that used their budget up one probes; doubled each time it finds nothing."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request that was let out; ``alone``: nobody else leaves before its answer."""

    number: int
    window: int
    alone: bool = False


@dataclass(slots=True)
class _Window:
    """One window of ours. Times are None before they are known."""

    number: int
    opened: float
    first: int
    sent: int
    probing: bool = False
    began: float | None = None
    late: int = 0
    refused: int = 0
    learned: bool = False
    closed: bool = False


@dataclass(slots=True)
class Pace:
    """Says when the next request may leave; ``start`` is how many of a window it starts with."""

    start: float = 180
    window: float = 60.0
    likely: Sequence[int] = LIKELY
    budget: int | None = None
    """How many requests a window has, as far as is known."""

    _current: _Window | None = None
    _windows: int = 0
    _tickets: int = 0
    _flying: dict[int, float] = field(default_factory=dict)
    _alone: Ticket | None = None
    _held: float = float("-inf")
    _due: float = float("-inf")
    _level: float = 1.0
    _since: float | None = None
    _slowed: float = float("-inf")
    _bare: int = 0
    _gap: int = _FIRST_GAP
    _until_probe: int = _FIRST_GAP
    _carried: int = 0
    _proven: int = 0

    # ------------------------------------------------------------------------------------ letting out

    def take(self, now: float) -> Ticket | float:
        """Return a ticket for a request that leaves now, or the seconds after which to ask again.

        It may be worth asking earlier, when an answer came.
        """
        found = self._take(now)
        # A wait may be so short that adding it to the time changes nothing.
        return found if isinstance(found, Ticket) else max(found, _SHORTEST)

    def _take(self, now: float) -> Ticket | float:
        wait = max(self.held(now), self._until_alone_is_back(now))
        if wait > 0.0:
            return wait
        current = self._current
        if current is None or current.closed or current.began is None:
            return self._open(now)
        if now >= current.began + self.window:
            self._end(current, current.began, now)
            return self._open(now)
        return self._next(current, current.began, now)

    def held(self, now: float) -> float:
        """Return for how many seconds Notion has asked to be left alone."""
        return max(0.0, self._held - now)

    def _open(self, now: float) -> Ticket:
        self._windows += 1
        probing = self.budget is not None and self._until_probe <= 0
        first, sent = self._tickets + 1, 1 + self._carried
        self._current = _Window(self._windows, now, first, sent, probing)
        self._carried = 0
        if self._since is None:
            self._since = now
        return self._leave(now, alone=True)

    def _next(self, current: _Window, began: float, now: float) -> Ticket | float:
        is_late = now >= began + self.window * _LATE
        used_up = self.budget is not None and current.sent >= self.budget
        # Notion's window began after this one was opened and before its answer came.
        if now >= current.opened + self.window or (used_up and (is_late or not current.probing)):
            return began + self.window - now
        if not used_up and now < self._due:
            return self._due - now
        alone = self._is_delicate(current.sent)
        if alone and (wait := self._until_nobody_flies(now)) > 0.0:
            return wait
        current.sent += 1
        current.late += is_late
        self._due = max(self._due, now - self.window) + self._interval(now)
        return self._leave(now, alone=alone)

    def _end(self, current: _Window, began: float, now: float) -> None:
        """Close a window that is over without a refusal."""
        is_near = now < began + 2 * self.window
        self._carried = current.late if is_near else 0
        self._proven = max(self._proven, current.sent)
        if self.budget is not None and current.sent >= self.budget:
            self._until_probe -= 1

    def _leave(self, now: float, *, alone: bool) -> Ticket:
        self._tickets += 1
        made = Ticket(self._tickets, self._windows, alone)
        self._flying[made.number] = now
        if alone:
            self._alone = made
        return made

    def _is_delicate(self, sent: int) -> bool:
        """Return whether the next request may well be one too many."""
        if self.budget is not None:
            return sent >= self.budget
        if sent < self._proven:
            return False
        return any(each <= sent < each + _CAREFUL for each in self.likely)

    def _until_alone_is_back(self, now: float) -> float:
        """Return how long to wait for who left alone; a lost one is not waited for without end."""
        if self._alone is None:
            return 0.0
        left = self._flying.get(self._alone.number, now) + self.window * _PATIENCE - now
        if left > 0.0:
            return left
        self._settle(self._alone, now)
        return 0.0

    def _until_nobody_flies(self, now: float) -> float:
        newest = max(self._flying.values(), default=float("-inf"))
        return newest + self.window * _PATIENCE - now

    # ------------------------------------------------------------------------------------- the answers

    def answered(self, ticket: Ticket, now: float) -> None:
        """Note an answer that is no refusal."""
        self._bare = 0
        current = self._settle(ticket, now)
        if current is None or not ticket.alone or self.budget is None:
            return
        if current.probing and current.sent > self.budget:
            self.budget, self._gap, self._until_probe = current.sent, _FIRST_GAP, 0

    def lost(self, ticket: Ticket, now: float) -> None:
        """Note that nobody knows what became of a request."""
        self._settle(ticket, now)

    def refused(
        self, ticket: Ticket, now: float, retry_after: float | None, *, budget: bool = True
    ) -> None:
        """Note that Notion asked for fewer; ``budget``: those of this integration may be used up."""
        asked = self._growing() if retry_after is None else retry_after
        self.hold(now, asked)
        current = self._settle(ticket, now)
        if current is None:
            return
        current.refused += 1
        current.closed = True
        if current.probing and current.refused == 1:
            self._gap = min(self._gap * 2, _WIDEST_GAP)
            self._until_probe = self._gap
        if current.learned:
            self.budget = max(1, (self.budget or 1) - 1)
        elif budget and retry_after is not None and self._saw_all(current, ticket, self._held):
            current.learned = True
            self.budget, self._level = max(1, current.sent - current.refused), 1.0
        else:
            self.slow(now)

    def hold(self, now: float, seconds: float) -> None:
        """Let nobody leave for some seconds."""
        self._held = max(self._held, now + seconds)

    def slow(self, now: float) -> None:
        """Halve the pace for a while: the service is in trouble. Several at once count once."""
        step = self.window * _STEP
        if now < self._slowed + step:
            return
        level = self._level_at(now)
        current = self._current
        if self.budget is None and current is not None and current.began is not None:
            # It may have grown far beyond what those who ask can use.
            spent = max(now - current.opened, step)
            level = min(level, current.sent / spent * self.window / self.start)
        self._level = max(level / 2, _LOWEST)
        self._slowed, self._since = now, max(now, self._held) + step
        self._due = max(self._due, now + self._interval(now))

    def _growing(self) -> float:
        """Return how long to pause where Notion does not say it: longer each time."""
        self._bare += 1
        return float(min(self.window / 60 * 2.0 ** (self._bare - 1), self.window / 2))

    def _saw_all(self, current: _Window, ticket: Ticket, until: float) -> bool:
        """Return whether a window of Notion that ends then is ours, which was seen from its start.

        Another process may have used some of it before, or it may be another limit altogether. Times
        to wait are told in whole seconds, rounded up.
        """
        if current.began is None or ticket.number == current.first:
            return False
        longest = current.opened + self.window * (2 - _WHOLE) + 1.0
        return current.began + self.window * _WHOLE <= until <= longest

    def _settle(self, ticket: Ticket, now: float) -> _Window | None:
        """Note that a request is back, and return its window, if that is still the one."""
        self._flying.pop(ticket.number, None)
        if self._alone == ticket:
            self._alone = None
        current = self._current
        if current is None or current.number != ticket.window:
            return None
        if current.began is None:
            # An answer that came very late, or never, says nothing of when Notion's window began.
            current.began = self._due = min(now, current.opened + self.window * _PATIENCE)
        return current

    # -------------------------------------------------------------------------------------- the pace

    def _interval(self, now: float) -> float:
        """Return the seconds between two requests."""
        if self.budget is None:
            length, count = self.window, self.start
        else:
            probing = self._current is not None and self._current.probing
            length, count = self.window * (_HASTE if probing else _SPREAD), float(self.budget)
        return length / (count * self._level_at(now))

    def _level_at(self, now: float) -> float:
        """Return the pace as a multiple of the usual one; where the budget is known, 1 at most."""
        since = self._since if self._since is not None else now
        doubled = max(0.0, now - since) / (self.window * _STEP)
        highest = _HIGHEST if self.budget is None else 1.0
        return float(min(self._level * 2.0 ** min(doubled, 20.0), highest))
