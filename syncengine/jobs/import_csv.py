"""Take one snapshot from exports: read what is new, remember it, and say what became of each file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from syncengine.core.identity import PlaylistKey, parse_playlist, playlist_key, shown_name
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.ports import (
    Clock,
    ExportFile,
    ExportReader,
    ParsedExport,
    Quarantined,
    RejectedRow,
    SeenRow,
)
from syncengine.core.rename import Join
from syncengine.core.snapshot import Effect, Kind, Source
from syncengine.core.track import Claim
from syncengine.errors import MalformedExport, UserError
from syncengine.jobs.twins import places, tell_apart
from syncengine.storage.memory import Memory
from syncengine.storage.raw_store import RawStore
from syncengine.storage.repositories.timeline import KeyRow, NewObservation, Seen
from syncengine.storage.unit_of_work import UnitOfWork

OpenUnit = Callable[[], AbstractContextManager[UnitOfWork]]
Progress = Callable[[int, int], None]
"""Told how many files are done, and of how many."""

_BATCH_LINES = 100_000
"""Lines that are followed through at once: bounds the memory that an import of years needs."""
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can say about an import; ``accept`` holds names or keys of playlists."""

    taken_at: Instant | None = None
    whole_library: bool = False
    accept: frozenset[str] = frozenset()
    dry_run: bool = False


@dataclass(slots=True)
class FileReport:
    """What became of one file; ``status`` is imported, unchanged, suspect or quarantined."""

    path: str
    playlist: str
    dialect: str | None = None
    status: str = "imported"
    rows: int = 0
    imported: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SnapshotReport:
    """The snapshot an import made, or the one in force when there was nothing new."""

    id: int
    source: Source
    taken_at: Instant
    unchanged: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did; ``unheeded`` are names to accept that no file goes by."""

    snapshot: SnapshotReport | None
    files: Sequence[FileReport]
    joins: Sequence[Join]
    unheeded: Sequence[str]
    tracks_new: int
    entries_added: int
    entries_removed: int


@dataclass(slots=True)
class _Candidate:
    """A readable file on its way into the memory; ``base`` is the key that its name alone gives."""

    file: ExportFile
    report: FileReport
    digest: bytes
    size: int
    base: PlaylistKey
    key: PlaylistKey
    name: str
    stem: str
    at: Instant
    number: int | None = None
    inferred: bool = False
    content: int | None = None
    dialect: int | None = None
    kind: Kind = Kind.COMPLETE
    known: Seen | None = None

    def mark(self, number: int, stem: str) -> None:
        """Make it one of several playlists that go by one file name."""
        self.place(number, stem, playlist_key(stem))
        self.report.warnings.append(
            "several files of one moment are called so and differ; "
            f"this one is the playlist {self.name!r}"
        )

    def place(self, number: int, stem: str, key: PlaylistKey) -> None:
        """Make it the playlist of a key, one of several that go by its file name."""
        self.number = number
        if number > 1:
            self.stem, self.key = stem, key
            self.name = self.report.playlist = f"{self.name} ({number})"


def import_csv(
    paths: Sequence[Path],
    options: Options,
    *,
    reader: ExportReader,
    open_unit: OpenUnit,
    raw_store: RawStore,
    clock: Clock,
    progress: Progress = lambda _done, _total: None,
) -> ImportReport:
    """Import exports under ``paths`` as one snapshot that becomes visible whole or not at all.

    Raises UserError when there is no export at all under the paths.
    """
    found = list(reader.find(paths))
    if not found:
        listed = ", ".join(str(path) for path in paths)
        raise UserError(f"there is no *.csv or *.zip file in {listed}")
    run = None if options.dry_run else _begin(open_unit, clock())
    with open_unit() as unit:
        importing = _Import(unit, options, reader, raw_store, clock)
        report = importing.run(found, progress)
        if run is not None:
            importing.note(run, report)
            unit.commit()
    return report


def _begin(open_unit: OpenUnit, at: Instant) -> int:
    with open_unit() as unit:
        run = unit.ledger.begin_run("import-csv", at)
        unit.commit()
    return run


class _Import:
    """One import within its unit of work."""

    def __init__(
        self,
        unit: UnitOfWork,
        options: Options,
        reader: ExportReader,
        raw_store: RawStore,
        clock: Clock,
    ) -> None:
        self._unit = unit
        self._memory: Memory = unit.memory
        self._options = options
        self._reader = reader
        self._raw_store = raw_store
        self._clock = clock
        self._accept = {text: _keys_meant(text) for text in options.accept}
        self._raw: dict[bytes, int] = {}
        self._reports: list[FileReport] = []
        self._quarantined: list[Quarantined] = []
        self._joins: list[Join] = []

    def run(self, found: Sequence[ExportFile | Quarantined], progress: Progress) -> ImportReport:
        tracks_before = self._unit.library.track_count()
        candidates = self._look(found, progress)
        new = [each for each in candidates if each.content is not None]
        keys = self._memory.timeline.keys()
        moment = max((each.at for each in candidates), default=None)
        before = self._state(moment)
        snapshot = self._remember(new, keys, candidates, moment)
        self._accept_known(candidates)
        added, removed = _gained_and_lost(before, self._state(moment))
        return ImportReport(
            self._snapshot_report(snapshot, moment),
            self._reports,
            self._joins,
            self._unheeded(candidates),
            self._unit.library.track_count() - tracks_before,
            added,
            removed,
        )

    def note(self, run: int, report: ImportReport) -> None:
        """Write the run's end, its log and what was set aside."""
        ledger, now = self._unit.ledger, self._clock()
        ledger.note_raw(self._raw, now)
        ledger.release([f.path for f in report.files if f.status != "quarantined"], now)
        ledger.quarantine(run, self._quarantined, now)
        ledger.log(
            run,
            now,
            [
                ("import", f.path, f.status, "; ".join(f.warnings) or None)
                for f in report.files
                if f.status != "unchanged"
            ],
        )
        summary = {
            "snapshot": report.snapshot.id if report.snapshot else None,
            "files": len(report.files),
            "entries_added": report.entries_added,
            "entries_removed": report.entries_removed,
        }
        ledger.end_run(run, now, exit_code(report), summary)

    # Looking at files

    def _look(
        self, found: Sequence[ExportFile | Quarantined], progress: Progress
    ) -> list[_Candidate]:
        candidates: list[_Candidate] = []
        seen = _SeenFiles(self._memory)
        for done, file in enumerate(found):
            if isinstance(file, Quarantined):
                self._set_aside(file, FileReport(file.path, ""))
            else:
                candidates += self._look_at(file, seen)
            progress(done + 1, len(found))
        return candidates

    def _look_at(self, file: ExportFile, seen: _SeenFiles) -> Iterable[_Candidate]:
        report = FileReport(file.path, shown_name(file.stem))
        self._reports.append(report)
        try:
            content = file.read()
            key = playlist_key(file.stem)
            digest = hashlib.sha256(content).digest()
            one = _Candidate(
                file,
                report,
                digest,
                len(content),
                key,
                key,
                shown_name(file.stem),
                file.stem,
                file.modified_at,
            )
            self._date(one, seen)
            if one.known is None:
                self._read(one, self._reader.parse(file, content), seen)
                if not self._options.dry_run:
                    self._raw_store.keep(digest, content)
                    self._raw[digest] = len(content)
        except MalformedExport as error:
            self._reports.remove(report)
            self._set_aside(Quarantined(file.path, error.reason, error.line), report)
            return []
        return [one]

    def _set_aside(self, file: Quarantined, report: FileReport) -> None:
        where = "" if file.line is None else f"line {file.line}: "
        report.status = "quarantined"
        report.warnings.append(where + file.reason)
        self._reports.append(report)
        self._quarantined.append(file)

    def _date(self, one: _Candidate, seen: _SeenFiles) -> None:
        """Give a file its moment, and find out whether it was seen at that moment before."""
        given = self._options.taken_at
        one.inferred = given is None
        one.at = given or one.at
        for number, stem, key in places(one.base, one.stem, seen.keys):
            for known in seen.by_bytes(key, one.digest):
                at = one.at if given is not None else max(one.at, seen.newest_stamp(known.content))
                if known.at == at and known.content is not None:
                    one.at, one.known = at, known
                    one.place(number, stem, key)
                    self._recognise(one, known)
                    return

    def _recognise(self, one: _Candidate, known: Seen) -> None:
        one.report.rows = one.report.imported = known.lines or 0
        one.report.status = "unchanged"
        if known.effect is Effect.ASIDE:
            one.report.status = "suspect"
            one.report.warnings.append(_why_suspect(one))

    def _read(self, one: _Candidate, parsed: ParsedExport, seen: _SeenFiles) -> None:
        """Turn a file's rows into a content."""
        lines: list[Line] = []
        newest = Instant(0)
        pending: list[SeenRow] = []
        for row in parsed.rows():
            one.report.rows += 1
            if isinstance(row, RejectedRow):
                one.report.rejected.append(row)
                continue
            pending.append(row)
            if row.added_at is not None and row.added_at > newest:
                newest = row.added_at
            if len(pending) >= _ROWS_AT_ONCE:
                lines += self._lines(one, parsed, pending)
                pending.clear()
        lines += self._lines(one, parsed, pending)
        one.report.dialect = parsed.dialect.name
        one.report.imported = len(lines)
        one.report.warnings += parsed.warnings
        one.report.rejected.sort(key=lambda row: row.line)
        if one.report.rows and not lines:
            first = one.report.rejected[0]
            raise MalformedExport(
                f"no row could be read; the first: {first.reason}",
                file=one.file.path,
                line=first.line,
            )
        if self._options.taken_at is None:
            one.at = max(one.at, newest)
        one.kind = Kind.PARTIAL if one.report.rejected else Kind.COMPLETE
        one.dialect = self._memory.claims.dialect(parsed.dialect)
        one.content = self._memory.contents.keep(lines, seen.latest_content(one.key))
        seen.note(one.key, one.content)

    def _lines(self, one: _Candidate, parsed: ParsedExport, rows: Sequence[SeenRow]) -> list[Line]:
        claims = self._memory.claims
        known = claims.find(row.fingerprint for row in rows)
        new: dict[bytes, Claim] = {}
        bad: set[int] = set()
        for row in rows:
            if row.fingerprint not in known and row.fingerprint not in new:
                try:
                    new[row.fingerprint] = parsed.claim(row)
                except ValueError as error:
                    one.report.rejected.append(RejectedRow(row.line, str(error)))
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

    # Remembering

    def _remember(
        self,
        new: list[_Candidate],
        keys: dict[PlaylistKey, KeyRow],
        candidates: Sequence[_Candidate],
        moment: Instant | None,
    ) -> int | None:
        timeline = self._memory.timeline
        tell_apart(candidates, keys, self._memory)
        fresh = {one.key: one.name for one in new if one.key not in keys}
        keys |= timeline.add_keys(fresh)
        new = [one for one in new if not self._is_repeat(one, keys)]
        roster = self._roster(keys, candidates) if self._options.whole_library else None
        if roster is not None and moment is not None and timeline.has_roster(moment, roster):
            roster = None
        if moment is None or (not new and roster is None):
            return None
        snapshot = timeline.add_snapshot(
            run=None, source=Source.CSV, taken_at=moment, recorded_at=self._clock()
        )
        names = timeline.names({one.stem: (one.name, True) for one in new})
        for batch in _batches(new):
            self._record(snapshot, batch, keys, names)
        if roster is not None:
            self._memory.record_roster(snapshot, moment, Source.CSV, roster)
        elif all(one.report.status == "unchanged" for one in new):
            timeline.unlist(snapshot)
        return snapshot

    def _is_repeat(self, one: _Candidate, keys: dict[PlaylistKey, KeyRow]) -> bool:
        """Tell whether the same was seen at the same moment, if in other bytes (an export of ours)."""
        if one.content not in self._memory.timeline.contents_at(keys[one.key].id, one.at):
            return False
        one.report.status = "unchanged"
        return True

    def _record(
        self,
        snapshot: int,
        batch: Sequence[_Candidate],
        keys: dict[PlaylistKey, KeyRow],
        names: dict[str, int],
    ) -> None:
        observations = [
            NewObservation(
                keys[one.key].id, names[one.stem], one.dialect, one.at, Source.CSV, one.kind,
                one.inferred, self._is_accepted(one), one.digest, one.content,
            )
            for one in batch
        ]  # fmt: skip
        settled = self._memory.record(snapshot, observations)
        self._joins += settled.joins
        for one, effect in zip(batch, settled.effects.values(), strict=True):
            if effect is Effect.CONFIRMED:
                one.report.status = "unchanged"
            elif effect is Effect.ASIDE:
                one.report.status = "suspect"
                one.report.warnings.append(_why_suspect(one))

    def _is_accepted(self, one: _Candidate) -> bool:
        return any(one.key in keys for keys in self._accept.values())

    def _unheeded(self, candidates: Sequence[_Candidate]) -> list[str]:
        named = {one.key for one in candidates}
        return sorted(text for text, keys in self._accept.items() if keys.isdisjoint(named))

    def _accept_known(self, candidates: Sequence[_Candidate]) -> None:
        """Take observations that were suspect until now for right, as the person says."""
        known = {
            one.known.id: one
            for one in candidates
            if one.known and one.known.effect is Effect.ASIDE and self._is_accepted(one)
        }
        if known:
            settled = self._memory.accept(list(known))
            for number, effect in settled.effects.items():
                report = known[number].report
                report.status = "imported" if effect.heard else "suspect"
                report.warnings = [] if effect.heard else report.warnings

    def _roster(
        self, keys: dict[PlaylistKey, KeyRow], candidates: Sequence[_Candidate]
    ) -> set[int]:
        """Return the keys of all playlists there are; a file that cannot be read still names one."""
        named = {one.key for one in candidates}
        named |= {playlist_key(Path(file.path).stem) for file in self._quarantined}
        return {keys[key].id for key in named if key in keys}

    def _state(self, at: Instant | None) -> dict[tuple[object, ...], int]:
        counts: dict[tuple[object, ...], int] = {}
        if at is not None:
            for playlist, entries in self._unit.library.entries(at).items():
                for entry in entries:
                    place = (playlist, entry.track, entry.added_at)
                    counts[place] = counts.get(place, 0) + 1
        return counts

    def _snapshot_report(
        self, snapshot: int | None, moment: Instant | None
    ) -> SnapshotReport | None:
        if snapshot is not None and moment is not None and self._unit.library.is_listed(snapshot):
            return SnapshotReport(snapshot, Source.CSV, moment, unchanged=False)
        force = None if moment is None else self._memory.timeline.in_force(moment)
        return None if force is None else SnapshotReport(*force, unchanged=True)


class _SeenFiles:
    """What earlier imports saw of files; read once, on first need."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.keys = memory.timeline.keys()
        self._by_bytes: dict[tuple[int, bytes], list[Seen]] = {}
        self._latest: dict[PlaylistKey, int] | None = None

    def by_bytes(self, key: PlaylistKey, digest: bytes) -> list[Seen]:
        """Return the observations of a key that had these bytes."""
        row = self.keys.get(key)
        if row is None:
            return []
        return self._memory.timeline.seen_bytes([row.id], [digest]).get((row.id, digest), [])

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


def exit_code(report: ImportReport) -> int:
    """Return 0, 8 when files were quarantined or are suspect, 1 when nothing could be imported."""
    states = {file.status for file in report.files}
    if states == {"quarantined"}:
        return 1
    return 8 if states & {"quarantined", "suspect"} else 0


def _keys_meant(text: str) -> set[PlaylistKey]:
    return {playlist_key(text), parse_playlist(text) or PlaylistKey(text)}


def _batches(new: Sequence[_Candidate]) -> Iterable[list[_Candidate]]:
    """Cut observations into stretches of time that are followed through one after the other."""
    ordered = sorted(new, key=lambda one: (one.at, one.key, one.digest))
    batch: list[_Candidate] = []
    lines = 0
    for _, moment in groupby(ordered, key=lambda one: one.at):
        for one in moment:
            if batch and lines + one.report.imported > _BATCH_LINES:
                yield batch
                batch, lines = [], 0
            batch.append(one)
            lines += one.report.imported
    if batch:
        yield batch


def _gained_and_lost(
    before: dict[tuple[object, ...], int], after: dict[tuple[object, ...], int]
) -> tuple[int, int]:
    gained = sum(max(0, n - before.get(place, 0)) for place, n in after.items())
    lost = sum(max(0, n - after.get(place, 0)) for place, n in before.items())
    return gained, lost


def _why_suspect(one: _Candidate) -> str:
    return (
        "kept aside: much of this playlist is missing here, or an older file came back under a newer "
        f"date; a later export that agrees confirms it, or say --accept {one.stem!r}"
    )
