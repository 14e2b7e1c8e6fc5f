"""How Notion is asked: at a pace that all threads share, again where that may help, and never twice in error.

What was certainly not done is asked again, whatever it is. Where nobody knows whether it was done, only
what reads and what is ``repeatable`` is asked again; for the rest the caller has to look.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from threading import Lock

from tenacity import RetryCallState, Retrying, retry_if_exception

from syncengine.adapters.notion.asking import SYSTEM, Ask, Json
from syncengine.adapters.notion.connection import Connection
from syncengine.adapters.notion.gate import Gate, Sleep
from syncengine.adapters.notion.pace import Pace, Ticket
from syncengine.adapters.notion.refusals import MAKES_BLOCKS, Busy, NoRoom, no_room
from syncengine.adapters.retry import Limited, Policy
from syncengine.core.moment import Instant, to_iso
from syncengine.core.ports import Clock
from syncengine.errors import (
    OutcomeUnknown,
    RemoteError,
    SignInNeeded,
    Transient,
    TryLater,
)

STEADY = Policy(attempts=6, total=120.0, longest_asked=120.0, timeout=60.0)
"""For a job. Notion itself gives a request up after 60 seconds (reference/status-codes)."""
_OVERLOADED = (503, 529)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Effort:
    """One request with all its attempts. ``spent`` is without what was waited for the pace."""

    endpoint: str
    reads: bool
    repeatable: bool
    began: float | None = None
    spent: float = 0.0
    unknown: bool = False


class NotionWire:
    """Fulfils ``asking.Wire``; threads share it.

    ``monotonic`` is in seconds; ``sleep`` is for tests that own the time, without it waits can be called
    off. Two wires of one token need one ``pace``, and are used in turn.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Clock,
        random: Random,
        pace: Pace | None = None,
        policy: Policy = STEADY,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Sleep | None = None,
    ) -> None:
        self._connection = connection
        self._gate = Gate(
            pace or Pace(), clock, monotonic, longest=policy.longest_asked, sleep=sleep
        )
        self._clock = clock
        self._random = random
        self._policy = policy
        self._monotonic = monotonic
        self._lock = Lock()
        self._last_success = float("-inf")
        self._full = False

    @property
    def calls(self) -> Mapping[str, int]:
        """How many requests were made so far, by endpoint; each attempt is one."""
        return self._connection.calls

    def read(self, endpoint: str, ask: Ask) -> Json:
        """Return the object that is answered. Raises RemoteError; Stopped after ``stop``."""
        return self._make(_Effort(endpoint, reads=True, repeatable=True), ask)

    def write(self, endpoint: str, ask: Ask, *, repeatable: bool) -> Json:
        """Return the object that is answered.

        Raises OutcomeUnknown where it may have been done: at once if it is not ``repeatable``, else when
        it is given up. A repeatable write that ends in TryLater may have been done as well.
        """
        return self._make(_Effort(endpoint, reads=False, repeatable=repeatable), ask)

    def stop(self) -> None:
        """Let nothing more leave, and call away who waits; what is in flight comes to its end."""
        self._gate.stop()

    def close(self) -> None:
        """Stop, and end the connections."""
        self.stop()
        self._connection.close()

    # ------------------------------------------------------------------------------------- repeating

    def _make(self, effort: _Effort, ask: Ask) -> Json:
        attempts = Retrying(
            sleep=lambda seconds: self._rest(effort, seconds),
            retry=retry_if_exception(lambda error: self._is_worth_a_wait(effort, error)),
            wait=self._wait,
            stop=lambda state: self._is_over(effort, state),
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            return attempts(self._attempt, effort, ask)
        except Transient as error:
            if isinstance(error, OutcomeUnknown) and not effort.repeatable:
                raise
            raise self._given_up(effort, error) from error

    def _attempt(self, effort: _Effort, ask: Ask) -> Json:
        endpoint = effort.endpoint
        self._check_room(endpoint)
        ticket = self._gate.enter(endpoint)
        began = self._monotonic()
        effort.began = began if effort.began is None else effort.began
        try:
            found = self._connection.exchange(endpoint, ask)
        except RemoteError as error:
            self._report(effort, ticket, error)
            raise
        except BaseException:
            self._gate.lost(ticket)
            raise
        finally:
            effort.spent += self._monotonic() - began
        self._gate.answered(ticket)
        self._note_success()
        return found

    def _report(self, effort: _Effort, ticket: Ticket, error: RemoteError) -> None:
        """Tell the others what an attempt came to."""
        if isinstance(error, Busy):
            self._gate.refused(ticket, error.retry_after, str(error), budget=error.budget)
        elif self._connection.status is None:
            self._gate.lost(ticket)
        else:
            self._gate.answered(ticket)
        if self._connection.status in _OVERLOADED:
            self._gate.slow()
        if isinstance(error, Transient):
            effort.unknown |= isinstance(error, OutcomeUnknown)
            if error.retry_after is not None and not isinstance(error, Busy):
                self._gate.hold(error.retry_after, str(error))
        elif isinstance(error, NoRoom):
            self._full = True
        elif not isinstance(error, SignInNeeded) and self._connection.status is not None:
            # It was turned down for its own sake, so the service is there.
            self._note_success()

    def _check_room(self, endpoint: str) -> None:
        if self._full and endpoint in MAKES_BLOCKS:
            raise no_room(endpoint)

    def _note_success(self) -> None:
        with self._lock:
            self._last_success = max(self._last_success, self._monotonic())

    def _is_worth_a_wait(self, effort: _Effort, error: BaseException) -> bool:
        if isinstance(error, OutcomeUnknown):
            return effort.repeatable
        return isinstance(error, Transient)

    def _is_over(self, effort: _Effort, state: RetryCallState) -> bool:
        used = effort.spent + state.upcoming_sleep
        return state.attempt_number >= self._policy.attempts or used > self._policy.total

    def _wait(self, state: RetryCallState) -> float:
        """Return the seconds to wait. Where Notion asked for a pause everybody waits, at the gate."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Limited):
            return 0.0
        grown = self._policy.first_wait * 2.0 ** (state.attempt_number - 1)
        half = min(grown, self._policy.most_wait) / 2
        with self._lock:
            return half + self._random.uniform(0.0, half)

    def _rest(self, effort: _Effort, seconds: float) -> None:
        began = self._monotonic()
        self._gate.rest(effort.endpoint, seconds)
        effort.spent += self._monotonic() - began

    def _tell(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        _log.info("%s; the next attempt comes in %.1f s or later", error, state.upcoming_sleep)

    def _given_up(self, effort: _Effort, error: Transient) -> RemoteError:
        """Return what it means that all attempts failed: it is this one's trouble, or everybody's."""
        until = self._gate.closed_until()
        with self._lock:
            others_got_through = effort.began is not None and self._last_success > effort.began
        if not others_got_through:
            until = until or Instant(self._clock() + self._policy.pause)
            return TryLater(
                f"{error}, as often as it was asked; no request is made before {to_iso(until)}",
                system=SYSTEM,
                operation=effort.endpoint,
                not_before=until,
            )
        kind = OutcomeUnknown if effort.unknown and not effort.reads else Transient
        return kind(
            f"{error} (each time it was asked, while others got through)",
            system=SYSTEM,
            operation=effort.endpoint,
            retry_after=error.retry_after,
        )
