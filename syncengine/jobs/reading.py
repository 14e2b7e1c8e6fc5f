"""Reading exports for an import: each file is recognised as known, turned into a content, or set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from syncengine.core.identity import PlaylistKey, playlist_key, shown_name
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.ports import (
    ExportFile,
    ExportReader,
    ParsedExport,
    Quarantined,
    RejectedRow,
    SeenRow,
)
from syncengine.core.records import records
from syncengine.core.snapshot import Effect, Kind
from syncengine.core.track import Claim, Dialect
from syncengine.errors import MalformedExport
from syncengine.jobs.candidate import Candidate, FileReport
from syncengine.jobs.twins import places
from syncengine.storage.memory import Memory
from syncengine.storage.repositories.claims import KnownClaim
from syncengine.storage.repositories.ledger import Ledger
from syncengine.storage.repositories.timeline import Seen

Keep = Callable[[bytes, bytes], None]
"""Keeps the bytes of a file under their digest."""

_ROWS_AT_ONCE = 10_000
_PARTIAL = "rows are missing, so this file can add to the playlist and takes nothing from it"


class Reading:
    """Reads files within one import; ``reports`` holds one of each, in the order they were found."""

    def __init__(
        self,
        memory: Memory,
        ledger: Ledger,
        reader: ExportReader,
        *,
        taken_at: Instant | None,
        keep: Keep,
    ) -> None:
        """``taken_at`` is the moment of all files; None lets each have its own."""
        self._memory = memory
        self._ledger = ledger
        self._reader = reader
        self._taken_at = taken_at
        self._keep = keep
        self._seen = _SeenFiles(memory)
        self.reports: list[FileReport] = []
        self.quarantined: list[Quarantined] = []
        self.sizes: dict[bytes, int] = {}
        self._waiting: list[tuple[_Opened, list[SeenRow]]] = []
        self._waiting_rows = 0
        self._opened: list[_Opened] = []

    def look_at(self, file: ExportFile | Quarantined) -> Candidate | None:
        """Read a file; None for one that was set aside.

        Its content is there once enough rows have gathered, or after ``settle``.
        """
        if isinstance(file, Quarantined):
            self.reports.append(self._set_aside(file, FileReport(file.path, "")))
            return None
        report = FileReport(file.path, shown_name(file.stem))
        self.reports.append(report)
        try:
            return self._look_at(file, report)
        except MalformedExport as error:
            self._set_aside(Quarantined(file.path, error.reason, error.line), report)
            return None

    def _look_at(self, file: ExportFile, report: FileReport) -> Candidate:
        content = file.read()
        key = playlist_key(file.stem)
        digest = hashlib.sha256(content).digest()
        at = file.modified_at if self._taken_at is None else self._taken_at
        one = Candidate(file, report, digest, key, key, shown_name(file.stem), file.stem, at)
        one.inferred = self._taken_at is None
        if not self._recognise(one):
            self._gather(_Opened(one, self._reader.parse(file, content), content))
        return one

    def _gather(self, opened: _Opened) -> None:
        """Take a file's rows up; those of many files are looked up and stored together."""
        report = opened.one.report
        rows = opened.parsed.rows()
        while batch := list(islice(rows, _ROWS_AT_ONCE)):
            report.rows += len(batch)
            good = [row for row in batch if isinstance(row, SeenRow)]
            if len(good) < len(batch):
                report.rejected += [row for row in batch if isinstance(row, RejectedRow)]
            self._waiting.append((opened, good))
            self._waiting_rows += len(good)
            if self._waiting_rows >= _ROWS_AT_ONCE:
                self._store()
        self._opened.append(opened)

    def settle(self) -> None:
        """Bring every file that was looked at to its end."""
        self._store()

    def _set_aside(self, file: Quarantined, report: FileReport) -> FileReport:
        where = "" if file.line is None else f"line {file.line}: "
        report.status = "quarantined"
        report.warnings.append(where + file.reason)
        self.quarantined.append(file)
        return report

    def _recognise(self, one: Candidate) -> bool:
        """Find out whether the file was seen at its moment before, or was written by an export."""
        for number, stem, key in places(one.base, one.stem, self._seen.keys):
            for known in self._seen.by_bytes(key, one.digest):
                at = max(one.at, self._seen.newest_stamp(known.content)) if one.inferred else one.at
                if known.at == at and known.content is not None:
                    one.at, one.known = at, known
                    one.place(number, stem, key)
                    one.report.rows = one.report.imported = known.lines or 0
                    one.report.dialect = known.dialect
                    aside = known.effect is Effect.ASIDE
                    one.report.status = "suspect" if aside else "unchanged"
                    return True
        own = self._ledger.own_exports(one.digest) if one.inferred else {}
        never_seen = not self._seen.by_bytes(one.key, one.digest)
        is_ours = bool(own) and (one.at in own or never_seen)
        if is_ours:
            one.report.status = "unchanged"
            one.report.rows = one.report.imported = next(iter(own.values()))
        return is_ours

    def _store(self) -> None:
        """Store what the rows say that wait, and close the files that are read to their end."""
        claims = self._memory.claims
        known = claims.find({row.fingerprint for _, rows in self._waiting for row in rows})
        bad: dict[bytes, str] = {}
        new: dict[Dialect, dict[bytes, Claim]] = {}
        for opened, rows in self._waiting:
            said = new.setdefault(opened.parsed.dialect, {})
            unknown = {r.fingerprint: r for r in rows if r.fingerprint not in known}
            fresh = [row for each, row in unknown.items() if each not in said and each not in bad]
            for row, claim in zip(fresh, opened.parsed.claims(fresh), strict=True):
                if isinstance(claim, ValueError):
                    bad[row.fingerprint] = str(claim)
                else:
                    said[row.fingerprint] = claim
        for dialect, said in new.items():
            known |= claims.add(dialect, said)
        for opened, rows in self._waiting:
            self._add_lines(opened, rows, known, bad)
        self._waiting.clear()
        self._waiting_rows = 0
        done, self._opened = self._opened, []
        for opened in done:
            try:
                self._close(opened)
            except MalformedExport as error:
                file = Quarantined(opened.one.file.path, error.reason, error.line)
                self._set_aside(file, opened.one.report)

    def _add_lines(
        self,
        opened: _Opened,
        rows: Sequence[SeenRow],
        known: Mapping[bytes, KnownClaim],
        bad: Mapping[bytes, str],
    ) -> None:
        """Turn rows into lines of their file's content."""
        if bad:
            lost = [RejectedRow(r.line, bad[r.fingerprint]) for r in rows if r.fingerprint in bad]
            opened.one.report.rejected += lost
            rows = [row for row in rows if row.fingerprint not in bad]
        if not rows:
            return
        _, marks, moments, persons, popularities, _ = zip(*rows, strict=True)
        people = self._memory.people.intern({who: () for who in set(persons) if who})
        said = [known[mark] for mark in marks]
        opened.lines += records(
            Line,
            [each.track for each in said],
            moments,
            [people.get(who or "") for who in persons],
            [each.claim for each in said],
            popularities,
        )

    def _close(self, opened: _Opened) -> None:
        """Turn a file's lines into a content."""
        one, parsed, lines = opened.one, opened.parsed, opened.lines
        report = one.report
        report.dialect = parsed.dialect.name
        report.imported = len(lines)
        report.warnings += parsed.warnings
        report.rejected.sort(key=lambda row: row.line)
        if report.rows and not lines:
            first = report.rejected[0]
            raise MalformedExport(
                f"no row could be read; the first: {first.reason}",
                file=report.path,
                line=first.line,
            )
        if report.rejected:
            one.kind = Kind.PARTIAL
            report.warnings.append(_PARTIAL)
        if one.inferred:
            stamps = [line.added_at for line in lines if line.added_at is not None]
            one.at = max([one.at, *stamps])
        one.dialect = self._memory.claims.dialect(parsed.dialect)
        one.content = self._memory.contents.keep(lines, self._seen.latest_content(one.key))
        self._seen.note(one.key, one.content)
        self._keep(one.digest, opened.content)
        self.sizes[one.digest] = len(opened.content)


@dataclass(slots=True)
class _Opened:
    """A file whose rows are being stored, and the lines made of them so far."""

    one: Candidate
    parsed: ParsedExport
    content: bytes
    lines: list[Line] = field(default_factory=list)


class _SeenFiles:
    """What earlier imports saw of files; read once, on first need."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.keys = memory.timeline.keys()
        self._latest: dict[PlaylistKey, int] | None = None

    def by_bytes(self, key: PlaylistKey, digest: bytes) -> list[Seen]:
        """Return the observations of a key that had these bytes."""
        row = self.keys.get(key)
        if row is None:
            return []
        return self._memory.timeline.seen_bytes(row.id, digest)

    def newest_stamp(self, content: int | None) -> Instant:
        """Return the newest added-at in a content."""
        lines = [] if content is None else self._memory.contents.lines(content)
        return max((line.added_at for line in lines if line.added_at), default=Instant(0))

    def latest_content(self, key: PlaylistKey) -> int | None:
        """Return the last content of a key, as the base of the next."""
        if self._latest is None:
            ids = {row.id: each for each, row in self.keys.items()}
            latest = self._memory.timeline.latest_contents(ids)
            self._memory.contents.load(latest.values())
            self._latest = {ids[number]: content for number, content in latest.items()}
        return self._latest.get(key)

    def note(self, key: PlaylistKey, content: int) -> None:
        """Remember a content that this import stored."""
        if self._latest is not None:
            self._latest[key] = content
