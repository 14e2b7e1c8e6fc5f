"""When a call is made again, and when a service is left alone for a while.

Knows no vendor: an adapter turns what its vendor says into Transient, or into Limited where the
service asked for fewer calls. Every attempt is entered in the book of calls before it is made.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception

from syncengine.core.moment import Instant, to_iso
from syncengine.core.ports import Clock
from syncengine.core.remote import CallBook
from syncengine.errors import OutcomeUnknown, Transient, TryLater

T = TypeVar("T")
Paused = Callable[[float], None]
"""Told of a pause that a service asked for and that is waited for now, in seconds."""
_log = logging.getLogger(__name__)


class Limited(Transient):
    """The service asks for fewer calls; ``quota`` says that those of a longer time are used up.

    Adapters raise it inside of ``Retry.read``, which lets nobody else see it.
    """

    def __init__(
        self,
        message: str,
        *,
        system: str,
        operation: str,
        retry_after: float | None = None,
        quota: bool = False,
    ) -> None:
        super().__init__(message, system=system, operation=operation, retry_after=retry_after)
        self.quota = quota


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to go on; all times are in seconds.

    ``attempts`` and ``total`` bound one read, waits included. Between two attempts it waits
    ``first_wait``, doubled each time up to ``most_wait``, of which the last half is left to chance.
    A service that names a wait up to ``longest_asked`` gets it. What it is left alone for where it
    named none: ``pause``, or ``quota_pause`` where a quota is used up: nobody says when it is renewed,
    so one call an hour finds out. A call is given up after ``timeout`` without a byte.
    """

    attempts: int = 5
    total: float = 120.0
    first_wait: float = 1.0
    most_wait: float = 20.0
    longest_asked: float = 30.0
    pause: int = 30
    quota_pause: int = 3_600
    timeout: float = 30.0


PATIENT = Policy()
"""For a fetch: there is nothing else to do than to wait."""
BRIEF = Policy(attempts=2, total=10.0, longest_asked=5.0, timeout=10.0)
"""For a lookup that has no stored answer: a script goes on, and can come back for this one."""
HASTY = Policy(attempts=1, timeout=5.0)
"""For a lookup that has a stored answer: it is better than any wait."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Makes calls, and makes those again by a policy of which nothing comes if they are made twice."""

    book: CallBook
    clock: Clock
    sleep: Callable[[float], None]
    random: Random
    policy: Policy = PATIENT
    paused: Paused = lambda _seconds: None

    def read(self, endpoint: str, call: Callable[[], T]) -> T:
        """Return what a call answers that may be made any number of times.

        Raises Transient after the last attempt, TryLater when the book allows no call or the service
        asked for a longer pause, which is then in the book; other errors as they come.
        """
        began = self.clock()

        def attempt() -> T:
            self.book.before_call(endpoint)
            return call()

        def is_over(state: RetryCallState) -> bool:
            used = self.clock() - began + state.upcoming_sleep
            return state.attempt_number >= self.policy.attempts or used > self.policy.total

        attempts = Retrying(
            sleep=self.sleep,
            retry=retry_if_exception(self._is_worth_a_wait),
            wait=self._wait,
            stop=is_over,
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            return attempts(attempt)
        except Limited as limited:
            raise self._leave_alone(limited) from limited

    def write(self, endpoint: str, call: Callable[[], T]) -> T:
        """Return what a call answers that is made again only where the service did nothing.

        That it says by asking for fewer calls. Raises OutcomeUnknown where it may have done it, else as
        ``read`` does.
        """

        def once() -> T:
            try:
                return call()
            except (Limited, OutcomeUnknown):
                raise
            except Transient as error:
                raise OutcomeUnknown(
                    f"{error}; whether it was done is not known",
                    system=error.system,
                    operation=error.operation,
                ) from error

        return self.read(endpoint, once)

    def _is_worth_a_wait(self, error: BaseException) -> bool:
        if isinstance(error, OutcomeUnknown):
            return False
        if isinstance(error, Limited) and error.quota:
            return False
        if isinstance(error, Transient):
            return (error.retry_after or 0.0) <= self.policy.longest_asked
        # The book says it, for a pause that another run was asked for.
        if isinstance(error, TryLater):
            return error.not_before - self.clock() <= self.policy.longest_asked
        return False

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TryLater):
            return max(0.0, error.not_before - self.clock())
        asked = error.retry_after if isinstance(error, Transient) else None
        grown = self.policy.first_wait * 2.0 ** (state.attempt_number - 1)
        half = min(grown, self.policy.most_wait) / 2
        return max(asked or 0.0, half + self.random.uniform(0.0, half))

    def _leave_alone(self, limited: Limited) -> TryLater:
        """Note the pause that the service asked for, and return what tells of it."""
        if limited.retry_after is not None:
            seconds = math.ceil(limited.retry_after)
        else:
            seconds = self.policy.quota_pause if limited.quota else self.policy.pause
        until = Instant(self.clock() + seconds)
        self.book.pause_until(until, str(limited))
        return TryLater(
            f"{limited}; no call is made before {to_iso(until)}",
            system=limited.system,
            operation=limited.operation,
            not_before=until,
        )

    def _tell(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        _log.info("%s; the next attempt comes in %.1f s", error, state.upcoming_sleep)
        if isinstance(error, Limited | TryLater):
            self.paused(state.upcoming_sleep)
