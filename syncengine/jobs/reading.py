"""Reading exports for an import: each file is recognised as known, turned into a content, or set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

from syncengine.core.identity import PlaylistKey, playlist_key, shown_name
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.ports import (
    ExportFile,
    ExportReader,
    ParsedExport,
    Part,
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
from syncengine.storage.repositories.timeline import KeyRow, Seen

Keep = Callable[[bytes, bytes], None]
"""Keeps the bytes of a file under their digest."""

_ROUNDED = 2
"""Seconds: a zip has even ones only and some file systems too, so copies of one file differ by these."""
_ROWS_AT_ONCE = 15_000
_BYTES_AT_ONCE = 8 * 1024 * 1024
_AHEAD = (
    "{} added-at stamps are in the future; they are kept, and tell nothing of the file's own time"
)
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
        latest_stamp: Instant,
        keep: Keep,
    ) -> None:
        """``taken_at`` is the moment of all files; None lets each have its own.

        An added-at stamp after ``latest_stamp`` is kept, and says nothing of when a file was written.
        """
        self._memory = memory
        self._ledger = ledger
        self._reader = reader
        self._taken_at = taken_at
        self._keep = keep
        self._latest_stamp = latest_stamp
        self._seen = _SeenFiles(memory, latest_stamp)
        self.reports: list[FileReport] = []
        self.quarantined: list[Quarantined] = []
        self.sizes: dict[bytes, int] = {}
        self._waiting: list[tuple[_Opened, list[SeenRow]]] = []
        self._waiting_rows = 0
        self._opened: list[_Opened] = []
        self._unread: list[tuple[Candidate, bytes]] = []
        self._unread_bytes = 0
        self._wholes: list[tuple[bytes, list[Candidate]]] = []

    def look_at(self, file: ExportFile | Quarantined) -> list[Candidate]:
        """Read a file's bytes: each playlist in it that was not set aside.

        What they are and hold is there after ``settle``; one that proves unreadable is quarantined then.
        """
        if self._unread_bytes >= _BYTES_AT_ONCE:
            self._read()  # before the next file comes in, and while nothing else holds the last one
        if isinstance(file, Quarantined):
            self._set_aside(file, self._report(file.path, ""))
            return []
        found: list[Candidate] = []
        told = len(self.reports)
        try:
            content = file.read()
            for part in self._reader.split(file, content):
                if isinstance(part, Quarantined):
                    report = self._report(part.path, shown_name(part.stem or ""), part.inside)
                    self._set_aside(part, report)
                else:
                    found.append(self._playlist(part, file))
        except MalformedExport as error:
            report = self._report(file.path, shown_name(file.stem))
            self._set_aside(Quarantined(file.path, error.reason, error.line), report)
            return found
        if len(self.reports) == told:
            report = self._report(file.path, "")
            report.warnings.append("it holds no playlist")
        if any(one.file is not file for one in found):
            self._wholes.append((content, found))
        return found

    def _report(self, path: str, playlist: str, inside: str | None = None) -> FileReport:
        report = FileReport(path, playlist, inside=inside)
        self.reports.append(report)
        return report

    def _playlist(self, part: Part, whole: ExportFile) -> Candidate:
        """Take one playlist of a file up, to be read with others."""
        file, content, not_before = part
        inside = None if file is whole else whole.path
        report = self._report(file.path, shown_name(file.stem), inside)
        key = playlist_key(file.stem)
        digest = hashlib.sha256(content).digest()
        at = file.modified_at if self._taken_at is None else self._taken_at
        inferred = self._taken_at is None
        if inferred and not_before <= self._latest_stamp:
            at = max(at, not_before)
        one = Candidate(file, report, digest, key, key, shown_name(file.stem), file.stem, at)
        one.inferred = inferred
        self._unread.append((one, content))
        self._unread_bytes += len(content)
        return one

    def _read(self) -> None:
        """Recognise the files whose bytes are here, and take up the rows of those that are new."""
        unread, self._unread, self._unread_bytes = self._unread, [], 0
        digests = {one.digest for one, _ in unread}
        seen = _SeenBytes(self._seen.keys, self._memory.timeline.seen_bytes(digests))
        own = self._ledger.own_exports(digests)
        while unread:
            one, content = unread.pop(0)
            if self._recognise(one, seen, own.get(one.digest, {})):
                continue
            try:
                parsed = self._reader.parse(one.file, content)
                self._keep_bytes(one.digest, content)
                del content  # a large file is in memory once, as its lines
                self._gather(_Opened(one, parsed))
            except MalformedExport as error:
                self._set_aside(_refused(one, error), one.report)

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
        self._read()
        self._store()
        for content, playlists in self._wholes:
            if any(one.content is not None for one in playlists):
                self._keep_bytes(hashlib.sha256(content).digest(), content)
        self._wholes.clear()

    def _keep_bytes(self, digest: bytes, content: bytes) -> None:
        self._keep(digest, content)
        self.sizes[digest] = len(content)

    def _set_aside(self, file: Quarantined, report: FileReport) -> FileReport:
        where = "" if file.line is None else f"line {file.line}: "
        report.status = "quarantined"
        report.warnings.append(where + file.reason)
        self.quarantined.append(file)
        return report

    def _recognise(self, one: Candidate, seen: _SeenBytes, own: Mapping[Instant, int]) -> bool:
        """Find out whether the file was seen at its moment before, or was written by an export."""
        if before := self._seen_before(one, seen):
            known, number, stem, key = before
            one.at, one.known = known.at, known
            one.place(number, stem, key)
            one.report.rows = one.report.imported = known.lines or 0
            one.report.dialect, one.report.generation = known.dialect, known.generation
            aside = known.effect is Effect.ASIDE
            one.report.status = "suspect" if aside else "unchanged"
            return True
        never_seen = not seen.of(one.key, one.digest)
        written_then = any(abs(at - one.at) <= _ROUNDED for at in own)
        is_ours = one.inferred and bool(own) and (written_then or never_seen)
        if is_ours:
            one.report.status = "unchanged"
            one.report.rows = one.report.imported = next(iter(own.values()))
        return is_ours

    def _seen_before(
        self, one: Candidate, seen: _SeenBytes
    ) -> tuple[Seen, int, str, PlaylistKey] | None:
        """Return the observation that the file was before, with its place; of several the nearest."""
        found: list[tuple[int, tuple[Seen, int, str, PlaylistKey]]] = []
        for place in places(one.base, one.stem, self._seen.keys):
            for known in seen.of(place[2], one.digest):
                at = max(one.at, self._seen.newest_stamp(known.content)) if one.inferred else one.at
                apart = abs(known.at - at)
                if known.content is not None and apart <= (_ROUNDED if one.inferred else 0):
                    found.append((apart, (known, *place)))
        return min(found, key=itemgetter(0))[1] if found else None

    def _store(self) -> None:
        """Store what the rows say that wait, and close the files that are read to their end."""
        claims = self._memory.claims
        known = claims.find({row.fingerprint for _, rows in self._waiting for row in rows})
        bad: dict[bytes, str] = {}
        new: dict[Dialect, dict[bytes, Claim]] = {}
        for parsed, unknown in self._unknown(known):
            said = new.setdefault(parsed.dialect, {})
            for mark, claim in zip(unknown, parsed.claims(list(unknown.values())), strict=True):
                if isinstance(claim, ValueError):
                    bad[mark] = str(claim)
                else:
                    said[mark] = claim
        for dialect, said in new.items():
            known |= claims.add(dialect, said)
        for opened, rows in self._waiting:
            self._add_lines(opened, rows, known, bad)
        self._waiting.clear()
        self._waiting_rows = 0
        done, self._opened = self._opened, []
        with self._memory.contents.together(opened.lines for opened in done):
            for opened in done:
                try:
                    self._close(opened)
                except MalformedExport as error:
                    self._set_aside(_refused(opened.one, error), opened.one.report)

    def _unknown(self, known: Container[bytes]) -> list[tuple[ParsedExport, dict[bytes, SeenRow]]]:
        """Return the rows whose claims are not stored, by fingerprint, of all files of one layout at once."""
        by_layout: dict[Hashable, tuple[ParsedExport, dict[bytes, SeenRow]]] = {}
        for opened, rows in self._waiting:
            parsed = opened.parsed
            _, unknown = by_layout.setdefault(parsed.layout, (parsed, {}))
            unknown |= {row.fingerprint: row for row in rows if row.fingerprint not in known}
        return list(by_layout.values())

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
        report.dialect, report.generation = parsed.dialect.name, parsed.dialect.generation
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
        elif not parsed.ordered:
            one.kind = Kind.MEMBERSHIP
        if one.inferred:
            one.at = max([one.at, *self._believable(report, lines)])
        one.dialect = self._memory.claims.dialect(parsed.dialect)
        one.content = self._memory.contents.keep(lines, self._seen.latest_content(one.key))
        self._seen.note(one.key, one.content)

    def _believable(self, report: FileReport, lines: Sequence[Line]) -> list[Instant]:
        """Return the stamps at which the file may have been written, or later."""
        stamps = [line.added_at for line in lines if line.added_at is not None]
        believable = [at for at in stamps if at <= self._latest_stamp]
        if ahead := len(stamps) - len(believable):
            report.warnings.append(_AHEAD.format(ahead))
        return believable


@dataclass(slots=True)
class _Opened:
    """A file whose rows are being stored, and the lines made of them so far."""

    one: Candidate
    parsed: ParsedExport
    lines: list[Line] = field(default_factory=list)


def _refused(one: Candidate, error: MalformedExport) -> Quarantined:
    """Return what cannot be used: of a file that holds several, the one playlist."""
    file, inside = one.file, one.report.inside
    stem = file.stem if inside else None
    return Quarantined(file.path, error.reason, error.line, stem=stem, inside=inside)


class _SeenBytes:
    """The observations that had the bytes of some files."""

    def __init__(
        self,
        keys: Mapping[PlaylistKey, KeyRow],
        found: Mapping[tuple[int, bytes], Sequence[Seen]],
    ) -> None:
        self._keys = keys
        self._found = found

    def of(self, key: PlaylistKey, digest: bytes) -> Sequence[Seen]:
        """Return the observations of a key that had these bytes, oldest first."""
        row = self._keys.get(key)
        return () if row is None else self._found.get((row.id, digest), ())


class _SeenFiles:
    """What earlier imports saw of files; read once, on first need."""

    def __init__(self, memory: Memory, latest_stamp: Instant) -> None:
        self._memory = memory
        self._latest_stamp = latest_stamp
        self.keys = memory.timeline.keys()
        self._latest: dict[PlaylistKey, int] | None = None

    def newest_stamp(self, content: int | None) -> Instant:
        """Return the newest added-at in a content that is not in the future."""
        lines = [] if content is None else self._memory.contents.lines(content)
        stamps = (line.added_at for line in lines if line.added_at)
        return max((at for at in stamps if at <= self._latest_stamp), default=Instant(0))

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
