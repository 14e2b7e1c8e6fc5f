"""Asking the service in a lookup: who is asked, what is counted, and when stored facts stand in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from syncengine.core.lookup import RATE_LIMITED, Fallback, Prefer, fallback_of
from syncengine.core.remote import Service
from syncengine.errors import Locked, SignInNeeded, SyncEngineError, Transient, TryLater
from syncengine.jobs.lookup_notes import CALLS, FALLBACK, LookupNotes

MakeService = Callable[[bool], Service | None]
"""Makes a service that waits out short pauses (True) or gives up at once; None where none is set up."""
Told = TypeVar("Told")
_LOG = logging.getLogger("syncengine.lookup")
_SYSTEM = "spotify"


class NotSetUp(SignInNeeded):
    """No service is set up, so nobody can be asked."""


class Pauses(threading.local):
    """What a thread has waited for the service so far, in seconds."""

    waited = 0.0

    def wait(self, seconds: float) -> None:
        """Wait."""
        self.waited += seconds
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Rules:
    """When stored facts may stand in: at all, at a rate limit, at any other obstacle."""

    enabled: bool = True
    on_rate_limit: bool = True
    on_error: bool = True

    def allow(self, why: Fallback) -> bool:
        """Tell whether stored facts may stand in."""
        return self.enabled and (
            self.on_rate_limit if why.reason == RATE_LIMITED else self.on_error
        )


class Asker:
    """Asks the service, which is made when first needed; any number of threads may share it."""

    def __init__(self, make: MakeService, notes: LookupNotes, rules: Rules, pauses: Pauses) -> None:
        """``pauses`` is what services that ``make`` makes wait with."""
        self._make = make
        self.pauses = pauses
        self.notes = notes
        self.rules = rules
        self._made: dict[bool, Service | None] = {}
        self._turn = threading.Lock()
        self._said: set[str] = set()

    def ask(self, question: Callable[[Service], Told], *, patient: bool, calls: int = 1) -> Told:
        """Return what the service answers. Raises RemoteError, or Locked where the book of calls is in use.

        ``patient`` waits out a short pause; that is for who has no stored fact to go by.
        """
        service = self._service(patient)
        if service is None:
            raise NotSetUp(
                "Spotify is not set up here, so only what is stored can be told "
                "(SPOTIFY_CLIENT_ID, then syncengine auth login)",
                system=_SYSTEM,
                operation="lookup",
            )
        try:
            answer = question(service)
        except (TryLater, SignInNeeded, Locked):
            raise  # most of these end before a call leaves
        except SyncEngineError:
            self.notes.count(CALLS, calls)
            raise
        self.notes.count(CALLS, calls)
        self.notes.flush_soon()
        return answer

    def may_use_stored(self, prefer: Prefer) -> bool:
        """Tell whether stored facts are of any use: switched off, they answer only who asks for them."""
        return self.rules.enabled or prefer != "api"

    def instead(self, error: SyncEngineError) -> Fallback | None:
        """Return why stored facts stand in for an answer, counted and logged; None where they may not."""
        why = fallback_of(error)
        if not self.rules.allow(why):
            return None
        self.notes.count(FALLBACK + why.reason)
        # Who asks a thousand times on a bad day reads of it once; a library without Spotify is no news.
        told = why.reason in self._said or isinstance(error, NotSetUp)
        self._said.add(why.reason)
        level = logging.INFO if told else logging.WARNING
        _LOG.log(level, "answered from stored facts (%s): %s", why.reason, why.message)
        return why

    def _service(self, patient: bool) -> Service | None:
        with self._turn:
            if patient not in self._made:
                self._made[patient] = self._make(patient)
            return self._made[patient]


class Streak:
    """One batch: an obstacle that is in everybody's way ends the asking, and the rest is told so.

    One pause is waited for, and no second one: a script waits for its batch a few seconds at most.
    """

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._waited = asker.pauses.waited
        self._broken = 0
        self.ended: SyncEngineError | None = None

    def ask(self, question: Callable[[Service], Told], *, patient: bool) -> Told:
        """Ask once more, or raise the error that ended it."""
        if self.ended is not None:
            raise self.ended
        patient = patient and self._asker.pauses.waited == self._waited
        try:
            answer = self._asker.ask(question, patient=patient)
        except SyncEngineError as error:
            self._broken = self._broken + 1 if isinstance(error, Transient) else 0
            if isinstance(error, TryLater | SignInNeeded | Locked) or self._broken > 1:
                self.ended = error
            raise
        self._broken = 0
        return answer
