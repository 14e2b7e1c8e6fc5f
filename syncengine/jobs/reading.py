"""Reading exports for an import: each file is recognised as known, turned into a content, or set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

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
from syncengine.core.snapshot import Effect, Kind
from syncengine.core.track import Claim
from syncengine.errors import MalformedExport
from syncengine.jobs.candidate import Candidate, FileReport
from syncengine.jobs.twins import places
from syncengine.storage.memory import Memory
from syncengine.storage.repositories.ledger import Ledger
from syncengine.storage.repositories.timeline import Seen

Keep = Callable[[bytes, bytes], None]
"""Keeps the bytes of a file under their digest."""

_ROWS_AT_ONCE = 5_000
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

    def look_at(self, file: ExportFile | Quarantined) -> Candidate | None:
        """Read a file; None for one that was set aside."""
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
            self._read(one, self._reader.parse(file, content))
            self._keep(digest, content)
            self.sizes[digest] = len(content)
        return one

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

    def _read(self, one: Candidate, parsed: ParsedExport) -> None:
        """Turn a file's rows into a content."""
        report = one.report
        lines, newest = self._all_lines(report, parsed)
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
            one.at = max(one.at, newest)
        one.dialect = self._memory.claims.dialect(parsed.dialect)
        one.content = self._memory.contents.keep(lines, self._seen.latest_content(one.key))
        self._seen.note(one.key, one.content)

    def _all_lines(self, report: FileReport, parsed: ParsedExport) -> tuple[list[Line], Instant]:
        """Return a file's lines, and the newest moment at which one was added."""
        lines: list[Line] = []
        newest = Instant(0)
        pending: list[SeenRow] = []
        for row in parsed.rows():
            report.rows += 1
            if isinstance(row, RejectedRow):
                report.rejected.append(row)
                continue
            pending.append(row)
            if row.added_at is not None and row.added_at > newest:
                newest = row.added_at
            if len(pending) >= _ROWS_AT_ONCE:
                lines += self._lines(report, parsed, pending)
                pending.clear()
        return lines + self._lines(report, parsed, pending), newest

    def _lines(
        self, report: FileReport, parsed: ParsedExport, rows: Sequence[SeenRow]
    ) -> list[Line]:
        claims = self._memory.claims
        known = claims.find(row.fingerprint for row in rows)
        new: dict[bytes, Claim] = {}
        bad: set[int] = set()
        for row in rows:
            if row.fingerprint not in known and row.fingerprint not in new:
                try:
                    new[row.fingerprint] = parsed.claim(row)
                except ValueError as error:
                    report.rejected.append(RejectedRow(row.line, str(error)))
                    bad.add(row.line)
        if new:
            known.update(claims.add(parsed.dialect, new))
        people = self._memory.people.intern({r.added_by: () for r in rows if r.added_by})
        return [
            Line(
                known[row.fingerprint].track,
                row.added_at,
                people[row.added_by] if row.added_by else None,
                known[row.fingerprint].claim,
                row.popularity,
            )
            for row in rows
            if row.line not in bad
        ]


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
