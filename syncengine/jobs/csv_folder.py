"""The folder of exports that lookups rely on: looked at now and then, and what is new in it imported."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from syncengine.core.moment import Instant
from syncengine.core.ports import Clock
from syncengine.errors import Locked, SyncEngineError
from syncengine.jobs.lookup_notes import EXPORTS, FOLDER, LookupNotes
from syncengine.jobs.runs import OpenUnit

_LOG = logging.getLogger(__name__)
_RETRY = 10
"""Seconds after which a folder that could not be taken is tried again."""
_SUFFIXES = (".csv", ".zip", ".json")


@dataclass(slots=True)
class CsvFolder:
    """A folder that is trusted to be as it was last seen for ``ttl`` seconds; 0 looks every time.

    ``take`` imports what is new in it, and raises Locked where another run holds the library.
    """

    folder: Path
    ttl: int
    take: Callable[[Path], object]
    reading: OpenUnit
    notes: LookupNotes
    clock: Clock
    _seen_at: Instant | None = None
    _state: str | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Import what is new in the folder, if it is time to look; an obstacle is logged, no more.

        Another thread that asks meanwhile goes on with what is stored.
        """
        now = self.clock()
        if self._is_fresh(now) or not self._turn.acquire(blocking=False):
            return
        try:
            if self._seen_at is None:
                self._remember()
            if not self._is_fresh(now):
                self._look(now)
        except (SyncEngineError, OSError) as error:
            self._seen_at = Instant(now - max(0, self.ttl - _RETRY))
            level = logging.INFO if isinstance(error, Locked) else logging.WARNING
            _LOG.log(level, "the exports in %s were not taken: %s", self.folder, error)
        finally:
            self._turn.release()

    def _is_fresh(self, now: Instant) -> bool:
        return self._seen_at is not None and 0 <= now - self._seen_at < self.ttl

    def _remember(self) -> None:
        """Take what another process noted for what was seen last."""
        with self.reading() as unit:
            note = unit.remote(EXPORTS).noted(FOLDER, self._subject)
        if note is not None:
            self._seen_at, self._state = note.at, note.value

    def _look(self, now: Instant) -> None:
        state = _state_of(self.folder)
        if state != self._state:
            self.take(self.folder)
            self._state = state
            self.notes.note_folder(self._subject, state)
        elif self.ttl:
            self.notes.note_folder(self._subject, state)
        self._seen_at = now

    @property
    def _subject(self) -> str:
        return str(self.folder.absolute())


def _state_of(folder: Path) -> str:
    """Return what differs once a file was added, changed or taken away; the files are not read."""
    digest = blake2b(digest_size=16)
    for path, size, changed in sorted(_files(folder)):
        digest.update(f"{path}\0{size}\0{changed}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for place, _, names in os.walk(folder):
        for name in names:
            if name.lower().endswith(_SUFFIXES):
                path = Path(place, name)
                found = path.stat()
                yield str(path), found.st_size, found.st_mtime_ns
