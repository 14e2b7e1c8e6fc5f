"""What lookups leave behind, written when nobody has to wait for it: counts, and what was answered."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.ports import Clock
from syncengine.errors import Locked, SyncEngineError
from syncengine.storage.repositories.answers import KeptAnswer, keep_answers, merge_answers
from syncengine.storage.repositories.ledger import LOOKUPS
from syncengine.storage.repositories.remote import Note
from syncengine.storage.unit_of_work import UnitOfWork

STORED, ASKED, FAILED = "stored", "api", "failed"
"""Outcomes of a lookup, beside ``fallback:`` and its reason."""
CALLS, SAVED = "calls", "calls-saved"
"""Calls that lookups made, and those that a client without stored facts would have made."""
FALLBACK = "fallback:"
FOLDER = "csv-folder"
"""The kind of note that says when a folder of exports was last looked at, and how it was then."""
EXPORTS = "exports"
_PAUSE = 5.0
"""Seconds between two attempts to write."""


class LookupNotes:
    """Notes of one process, for any number of threads."""

    def __init__(
        self, open_unit: Callable[[], AbstractContextManager[UnitOfWork] | None], clock: Clock
    ) -> None:
        """``open_unit`` gives up at once where another run writes; None is for nothing to write to."""
        self._open_unit = open_unit
        self._clock = clock
        self._turn = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._calls: Counter[str] = Counter()
        self._answers: dict[TrackKey, KeptAnswer] = {}
        self._folders: dict[str, Note] = {}
        self._tried = time.monotonic()
        self._run: int | None = None

    def count(self, outcome: str, times: int = 1) -> None:
        """Count an outcome."""
        if times:
            with self._turn:
                self._counts[outcome] += times

    def called(self, endpoint: str) -> None:
        """Count a call for the sync log; the book of calls has it already."""
        with self._turn:
            self._calls[endpoint] += 1

    def keep(self, track: TrackKey, answer: KeptAnswer) -> None:
        """Keep what the service said of a track."""
        with self._turn:
            before = self._answers.get(track)
            self._answers[track] = merge_answers(before, answer) if before else answer

    def note_folder(self, folder: str, state: str) -> None:
        """Note that a folder of exports was looked at now."""
        with self._turn:
            self._folders[folder] = Note(state, self._clock())

    def pending(self, tracks: Iterable[TrackKey]) -> dict[TrackKey, KeptAnswer]:
        """Return what the service said of tracks and is not written yet."""
        with self._turn:
            return {key: self._answers[key] for key in tracks if key in self._answers}

    def flush_soon(self) -> None:
        """Write, unless that was tried a moment ago; meant for after a call, which took far longer."""
        if time.monotonic() - self._tried >= _PAUSE:
            self.flush()

    def flush(self) -> None:
        """Write what is noted; where another run writes, all of it is kept for the next time."""
        with self._turn:
            self._tried = time.monotonic()
            if not (self._counts or self._calls or self._answers or self._folders):
                return
            try:
                self._write()
            except Locked:
                return
            except SyncEngineError:
                pass  # nobody may write to this library: what was answered serves this process alone
            else:
                self._answers.clear()
            self._counts.clear()
            self._calls.clear()
            self._folders.clear()

    def _write(self) -> None:
        opened = self._open_unit()
        if opened is None:
            return
        now = self._clock()
        with opened as unit:
            unit.lookups.add(self._counts, now)
            self._log(unit, now)
            keep_answers(unit.connection, self._answers)
            for folder, note in self._folders.items():
                unit.remote(EXPORTS).note(FOLDER, folder, *note)
            unit.commit()

    def _log(self, unit: UnitOfWork, now: Instant) -> None:
        """Write the counts into the sync log; all that one process looks up is one run."""
        if not (self._counts or self._calls):
            return
        if self._run is None:
            self._run = unit.ledger.begin_run(LOOKUPS, now)
        counts = {"lookup": self._counts, "call": self._calls}
        steps = [
            (step, what, str(count), None)
            for step, counter in counts.items()
            for what, count in sorted(counter.items())
        ]
        unit.ledger.log(self._run, now, steps)
        unit.ledger.end_run(self._run, now, 0, {})
