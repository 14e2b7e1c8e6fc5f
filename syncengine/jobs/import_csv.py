"""Take one snapshot from exports: read what is new, remember it, and say what became of each file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from syncengine.core.filename import as_text
from syncengine.core.identity import LIKED, PlaylistKey, parse_playlist, playlist_key
from syncengine.core.moment import Instant, to_iso
from syncengine.core.ports import Clock, ExportFile, ExportReader, Quarantined
from syncengine.core.rename import Join
from syncengine.core.snapshot import Effect, Source
from syncengine.errors import UserError
from syncengine.jobs.candidate import Candidate
from syncengine.jobs.import_report import ImportReport, Options, SnapshotReport, exit_code
from syncengine.jobs.reading import Reading
from syncengine.jobs.runs import OpenUnit, RunNote, recorded_run
from syncengine.jobs.suspects import explain_suspects
from syncengine.jobs.twins import tell_apart
from syncengine.storage.raw_store import RawStore
from syncengine.storage.repositories.library import number_of
from syncengine.storage.repositories.timeline import KeyRow, NewObservation
from syncengine.storage.unit_of_work import UnitOfWork

Progress = Callable[[int, int], None]
"""Told how many files are done, and of how many."""
Place = tuple[int, int, Instant | None]
"""Playlist and track, as row numbers, and when it was added."""

_BATCH_LINES = 100_000
"""Lines that are followed through at once: bounds the memory that an import of years needs."""
_DAY = 24 * 60 * 60


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
        raise UserError(
            f"there is no *.csv or *.zip file in {listed}, and no YourLibrary.json or Playlist1.json; "
            "files with other names have to be named themselves"
        )
    dry = options.dry_run
    run_of = nullcontext(None) if dry else recorded_run(open_unit, "import-csv", clock)
    with run_of as run, open_unit() as unit:
        importing = _Import(unit, options, reader, raw_store, clock)
        places = [path if path.is_dir() else path.parent for path in map(Path.absolute, paths)]
        report = importing.run(found, run.id if run else None, progress)
        if run is not None:
            importing.note(run, report, places)
            unit.commit()
    return report


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
        self._memory = unit.memory
        self._options = options
        self._raw_store = raw_store
        self._clock = clock
        self._accept = {text: _keys_meant(text) for text in options.accept}
        self._reading = Reading(
            unit.memory,
            unit.ledger,
            reader,
            taken_at=options.taken_at,
            latest_stamp=Instant(clock() + _DAY),  # clocks differ, and so do their zones
            keep=(lambda _digest, _content: None) if options.dry_run else raw_store.keep,
        )
        self._joins: list[Join] = []
        self._parted: list[PlaylistKey] = []
        self._suspects: dict[int, Candidate] = {}
        self._notes: list[str] = []
        self._news = False

    def run(
        self, found: Sequence[ExportFile | Quarantined], run: int | None, progress: Progress
    ) -> ImportReport:
        """Read the files, remember what they say, and report."""
        tracks_before = self._unit.library.track_count()
        candidates: list[Candidate] = []
        for done, file in enumerate(found, 1):
            candidates += self._reading.look_at(file)
            progress(done, len(found))
        self._reading.settle()
        candidates = [one for one in candidates if one.report.status != "quarantined"]
        read = [each for each in candidates if each.content is not None]
        moment = max((each.at for each in read or candidates), default=None)
        latest = self._memory.timeline.latest_at()
        in_order = latest is None or all(each.at > latest for each in read)
        counted = in_order and not self._accept and not self._options.whole_library
        before, playlists = {} if counted else self._state(moment), self._names(moment)
        snapshot = self._remember(read, candidates, run)
        self._accept_known(candidates)
        explain_suspects(self._memory.timeline, self._suspects)
        # At the end of time the writer's own tally is the answer; elsewhere the states are compared.
        if counted:
            added, removed = self._memory.gained_and_lost()
        else:
            added, removed = _gained_and_lost(self._called_now(before), self._state(moment))
        return ImportReport(
            self._snapshot_report(snapshot, candidates),
            self._reading.reports,
            self._joins,
            self._parted,
            self._memory.timeline.shown_names(
                {
                    *self._parted,
                    *(key for join in self._joins for key in (join.earlier, join.later)),
                }
            ),
            sorted(playlists - self._names(moment)) if self._options.whole_library else [],
            self._unheeded(candidates),
            self._notes,
            self._unit.library.track_count() - tracks_before,
            added,
            removed,
        )

    def note(self, run: RunNote, report: ImportReport, places: Sequence[Path]) -> None:
        """Write the run's log, what was kept and what was set aside; ``places`` hold the files."""
        ledger, now = self._unit.ledger, self._clock()
        ledger.note_raw(self._reading.sizes, now)
        if self._options.keep_days:
            old = ledger.forget_raw(Instant(now - self._options.keep_days * _DAY))
            self._raw_store.discard(old)
        read = {f.inside or f.path for f in report.files if f.status != "quarantined"}
        ledger.release([_located(path, places) for path in sorted(read)], now)
        aside = [_to_note(each, places) for each in self._reading.quarantined]
        ledger.quarantine(run.id, aside, now)
        ledger.log(
            run.id,
            now,
            [
                ("import", f.path, f.status, "; ".join(f.warnings) or None)
                for f in report.files
                if f.status != "unchanged"
            ],
        )
        run.exit_code = exit_code(report)
        run.summary = {
            "snapshot": report.snapshot.id if report.snapshot else None,
            "files": len(report.files),
            "entries_added": report.entries_added,
            "entries_removed": report.entries_removed,
        }

    def _remember(
        self, read: list[Candidate], candidates: Sequence[Candidate], run: int | None
    ) -> int | None:
        timeline = self._memory.timeline
        keys = timeline.keys()
        tell_apart(candidates, keys, self._memory)
        keys |= timeline.add_keys({one.key: one.name for one in read if one.key not in keys})
        new = [one for one in _without_copies(read) if not self._is_repeat(one, keys)]
        moment = max((one.at for one in new or candidates), default=None)
        if moment is not None and moment > self._clock() + _DAY:
            late = max(new or candidates, key=lambda one: one.at)
            self._notes.append(
                f"{late.report.path} is dated {to_iso(moment)}, which is yet to come: until then it "
                "overrules every export that is taken before it; history drop takes it back, and "
                "--taken-at gives it another time"
            )
        roster = self._roster(keys, candidates) if self._is_whole() else None
        if roster is not None and moment is not None and timeline.has_roster(moment, roster):
            roster = None
        if moment is None or (not new and roster is None):
            return None
        snapshot = timeline.add_snapshot(
            run=run, source=Source.CSV, taken_at=moment, recorded_at=self._clock()
        )
        names = timeline.names({one.stem: (one.name, True) for one in new})
        for batch in _batches(new):
            self._record(snapshot, batch, keys, names)
        if roster is not None:
            self._memory.record_roster(snapshot, moment, Source.CSV, roster)
        elif not self._news:
            timeline.unlist(snapshot)
        return snapshot

    def _is_repeat(self, one: Candidate, keys: dict[PlaylistKey, KeyRow]) -> bool:
        """Tell whether the same was seen at the same moment, if in other bytes."""
        others = self._memory.timeline.told_at(keys[one.key].id, one.at)
        if one.content in others.values():
            one.report.status = "unchanged"
            return True
        if others and max(others) > one.digest:
            one.report.warnings.append(
                "another export of the very same moment stays in force; give each its own --taken-at"
            )
        return False

    def _record(
        self,
        snapshot: int,
        batch: Sequence[Candidate],
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
        self._parted += settled.parted
        self._news |= settled.news
        for one, (number, effect) in zip(batch, settled.effects.items(), strict=True):
            if effect is Effect.CONFIRMED:
                one.report.status = "unchanged"
            elif effect is Effect.ASIDE:
                one.report.status = "suspect"
                self._suspects[number] = one

    def _is_accepted(self, one: Candidate) -> bool:
        return any(one.key in keys for keys in self._accept.values()) or any(
            text.casefold() == one.name.casefold() for text in self._accept
        )

    def _unheeded(self, candidates: Sequence[Candidate]) -> list[str]:
        keys = {one.key for one in candidates}
        names = {one.name.casefold() for one in candidates}
        return sorted(
            text
            for text, meant in self._accept.items()
            if meant.isdisjoint(keys) and text.casefold() not in names
        )

    def _accept_known(self, candidates: Sequence[Candidate]) -> None:
        """Take observations that were suspect until now for right, as the person says."""
        known = {
            one.known.id: one
            for one in candidates
            if one.known and one.known.effect is Effect.ASIDE and self._is_accepted(one)
        }
        self._suspects |= {
            one.known.id: one
            for one in candidates
            if one.known and one.known.effect is Effect.ASIDE
        }
        settled = self._memory.accept(list(known)).effects if known else {}
        for number, effect in settled.items():
            known[number].report.status = "imported" if effect.heard else "suspect"

    def _is_whole(self) -> bool:
        """Tell whether these files are all there are: a zip or folder that cannot be read may hold more."""
        lost = [each for each in self._reading.quarantined if not _is_one_playlist(each)]
        if self._options.whole_library and lost:
            self._notes.append(
                f"{lost[0].path} could not be read, so these may not be all playlists: none was ended"
            )
        return self._options.whole_library and not lost

    def _roster(self, keys: dict[PlaylistKey, KeyRow], candidates: Sequence[Candidate]) -> set[int]:
        """Return the keys of all playlists there are; a file that cannot be read still names one."""
        named = {one.key for one in candidates}
        named |= {
            playlist_key(file.stem or Path(file.path).stem) for file in self._reading.quarantined
        }
        return {keys[key].id for key in named if key in keys}

    def _state(self, at: Instant | None) -> dict[Place, int]:
        counts: dict[Place, int] = {}
        if at is not None:
            for playlist, entries in self._unit.library.entries(at).items():
                for entry in entries:
                    place = (playlist, number_of(entry), entry.added_at)
                    counts[place] = counts.get(place, 0) + 1
        return counts

    def _called_now(self, state: dict[Place, int]) -> dict[Place, int]:
        """Return a state with the tracks that turned out to be others under the names they have now."""
        real = self._memory.real_tracks
        counts: dict[Place, int] = {}
        for (playlist, track, added_at), count in state.items():
            place = (playlist, real.get(track, track), added_at)
            counts[place] = counts.get(place, 0) + count
        return counts

    def _names(self, at: Instant | None) -> set[str]:
        if at is None or not self._options.whole_library:
            return set()
        return {each.name for each in self._unit.library.playlists(at) if each.key != LIKED}

    def _snapshot_report(
        self, snapshot: int | None, candidates: Sequence[Candidate]
    ) -> SnapshotReport | None:
        library = self._unit.library
        if snapshot is not None and library.is_listed(snapshot):
            taken = library.taken_at(snapshot)
            return SnapshotReport(snapshot, Source.CSV, taken or Instant(0), unchanged=False)
        known = [one.known.id for one in candidates if one.known]
        moment = max((one.at for one in candidates), default=None)
        timeline = self._memory.timeline
        force = timeline.snapshot_of(known) if known else None
        force = force or (None if moment is None else timeline.in_force(moment))
        return None if force is None else SnapshotReport(*force, unchanged=True)


def _is_one_playlist(file: Quarantined) -> bool:
    return file.stem is not None or file.path.lower().endswith(".csv")


def _to_note(file: Quarantined, places: Sequence[Path]) -> Quarantined:
    """Return a file as the ledger has it; a playlist is noted with the file that it is in."""
    if file.inside is None:
        return replace(file, path=_located(file.path, places))
    return replace(file, path=_located(file.inside, places), reason=f"{file.stem}: {file.reason}")


def _located(shown: str, places: Sequence[Path]) -> str:
    """Return where a file is, from how it is shown: two folders may hold files of one name."""
    found = [place / shown for place in places]
    # Unlike Path.exists, this takes any path, however long.
    there = (path for path in found if os.path.exists(path))  # noqa: PTH110 - see above
    return as_text(str(next(there, found[0])))


def _keys_meant(text: str) -> set[PlaylistKey]:
    return {playlist_key(text), parse_playlist(text) or PlaylistKey(text)}


def _without_copies(read: Sequence[Candidate]) -> list[Candidate]:
    """Leave out files that are byte for byte another one of the same key and moment."""
    first: dict[tuple[PlaylistKey, Instant, bytes], Candidate] = {}
    for one in read:
        if first.setdefault((one.key, one.at, one.digest), one) is not one:
            one.report.status = "unchanged"
    return list(first.values())


def _batches(new: Sequence[Candidate]) -> Iterable[list[Candidate]]:
    """Cut observations into stretches of time that are followed through one after the other."""
    batch: list[Candidate] = []
    lines = 0
    for one in sorted(new, key=lambda one: (one.at, one.key, one.digest)):
        if batch and lines + one.report.imported > _BATCH_LINES:
            yield batch
            batch, lines = [], 0
        batch.append(one)
        lines += one.report.imported
    if batch:
        yield batch


def _gained_and_lost(before: dict[Place, int], after: dict[Place, int]) -> tuple[int, int]:
    gained = sum(max(0, n - before.get(place, 0)) for place, n in after.items())
    lost = sum(max(0, n - after.get(place, 0)) for place, n in before.items())
    return gained, lost
