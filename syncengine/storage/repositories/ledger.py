"""Runs and their log, files set aside, and raw files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from syncengine.core.moment import Instant
from syncengine.core.ports import Quarantined
from syncengine.storage.bulk import Lookup, Numbers, bulk_insert, chunks
from syncengine.storage.models import ledger

RUNS = ledger.runs
LOG = ledger.sync_log
RAW = ledger.raw_files
QUARANTINED = ledger.quarantined_files
EXPORTED = ledger.exported_files
LOOKUPS = "lookups"
"""The command that runs of scripts go by, which look things up."""
_OWN = Lookup(select(EXPORTED.c.digest, EXPORTED.c.moment, EXPORTED.c.entries), EXPORTED.c.digest)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as status lists it."""

    id: int
    command: str
    started_at: Instant
    ended_at: Instant | None
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class QuarantineRecord:
    """A file that could not be read, as status lists it."""

    path: str
    reason: str
    line: int | None
    found_at: Instant


class Ledger:
    """The ledger within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = Numbers(connection)

    def begin_run(self, command: str, at: Instant) -> int:
        """Note that a run started; returns its number."""
        number = self._numbers.next(RUNS)
        row = (number, command, at)
        bulk_insert(self._connection, RUNS, ("id", "command", "started_at"), [row])
        return number

    def end_run(self, run: int, at: Instant, exit_code: int, summary: dict[str, Any]) -> None:
        """Note how a run ended."""
        self._connection.execute(
            update(RUNS)
            .where(RUNS.c.id == run)
            .values(ended_at=at, exit_code=exit_code, summary=json.dumps(summary))
        )

    def log(self, run: int, at: Instant, steps: Iterable[tuple[str, str, str, str | None]]) -> None:
        """Add (step, subject, outcome, detail) rows to the sync log."""
        columns = ("id", "run_id", "at", "step", "subject", "outcome", "detail")
        rows = [(self._numbers.next(LOG), run, at, *step) for step in steps]
        bulk_insert(self._connection, LOG, columns, rows)

    def runs(self, limit: int) -> list[RunRecord]:
        """Return the last runs of commands, newest first; scripts that look things up are none."""
        r = RUNS.c
        query = select(r.id, r.command, r.started_at, r.ended_at, r.exit_code)
        query = query.where(r.command != LOOKUPS).order_by(r.id.desc())
        rows = self._connection.execute(query.limit(limit))
        return [RunRecord(*row) for row in rows]

    def note_raw(self, digests: Mapping[bytes, int], at: Instant, *, fetched: bool = False) -> None:
        """Note raw files, by digest and size in bytes, that are now in the raw store."""
        known: set[bytes] = set()
        for chunk in chunks(digests):
            known |= set(
                self._connection.execute(
                    select(RAW.c.digest).where(RAW.c.digest.in_(chunk))
                ).scalars()
            )
        rows = [
            (self._numbers.next(RAW), digest, size, at, fetched)
            for digest, size in digests.items()
            if digest not in known
        ]
        bulk_insert(self._connection, RAW, ("id", "digest", "size", "stored_at", "fetched"), rows)

    def forget_raw(self, before: Instant, *, fetched: bool = False) -> list[bytes]:
        """Forget raw files, or fetched answers, that were stored before a moment; returns their digests."""
        old = (RAW.c.stored_at < before) & (RAW.c.fetched.is_(fetched))
        digests = list(self._connection.execute(select(RAW.c.digest).where(old)).scalars())
        self._connection.execute(delete(RAW).where(old))
        return digests

    def note_exports(self, files: Mapping[bytes, int], moment: Instant, at: Instant) -> None:
        """Note files that an export of a moment wrote, by digest and number of entries."""
        known = self.own_exports(files)
        rows = [
            (digest, moment, entries, at)
            for digest, entries in files.items()
            if moment not in known.get(digest, {})
        ]
        columns = ("digest", "moment", "entries", "written_at")
        bulk_insert(self._connection, EXPORTED, columns, rows)

    def own_exports(self, digests: Iterable[bytes]) -> dict[bytes, dict[Instant, int]]:
        """Return the moments for which exports wrote files with these bytes, with their entries."""
        found: dict[bytes, dict[Instant, int]] = {}
        for digest, moment, entries in _OWN.rows(self._connection, set(digests)):
            found.setdefault(digest, {})[Instant(moment)] = entries
        return found

    def forget_exports(self, since: Instant) -> None:
        """Forget exports of moments from ``since`` on: what they show is no longer known."""
        self._connection.execute(delete(EXPORTED).where(EXPORTED.c.moment >= since))

    def quarantine(self, run: int, files: Sequence[Quarantined], at: Instant) -> None:
        """Note files that could not be read; a later note on the same path replaces an earlier one."""
        self.release([file.path for file in files], at)
        columns = ("id", "run_id", "path", "line", "reason", "found_at")
        rows = [
            (self._numbers.next(QUARANTINED), run, file.path, file.line, file.reason, at)
            for file in files
        ]
        bulk_insert(self._connection, QUARANTINED, columns, rows)

    def release(self, paths: Sequence[str], at: Instant) -> None:
        """Note that files at these paths were read after all."""
        q = QUARANTINED.c
        if self._connection.execute(select(func.count()).select_from(QUARANTINED)).scalar():
            for chunk in chunks(paths):
                self._connection.execute(
                    update(QUARANTINED)
                    .where(q.path.in_(chunk), q.resolved_at.is_(None))
                    .values(resolved_at=at)
                )

    def quarantined(self) -> list[QuarantineRecord]:
        """Return the files that are still set aside."""
        q = QUARANTINED.c
        query = select(q.path, q.reason, q.line, q.found_at).where(q.resolved_at.is_(None))
        return [QuarantineRecord(*row) for row in self._connection.execute(query.order_by(q.path))]
