"""Take an enrichment file that a person looked through into the library, and take it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from syncengine.core.enrichment import (
    Checked,
    Sheet,
    Statement,
    check,
    listed,
    moment_in,
    statements,
)
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant, to_iso
from syncengine.core.ports import Clock
from syncengine.errors import NotFound, UsageError, UserError
from syncengine.jobs.enrich_report import Applied, Undone
from syncengine.jobs.runs import OpenUnit, RunNote, recorded_run
from syncengine.storage.repositories.enrichments import Enrichment, WrittenFile
from syncengine.storage.unit_of_work import UnitOfWork

ReadSheet = Callable[[Path], Sheet]
"""Reads a file. Raises MalformedExport for what is none."""
_DAY = 24 * 60 * 60
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ApplyWishes:
    """How a file is applied; ``taken_at`` is its moment where its name does not tell it."""

    taken_at: Instant | None = None
    skip_bad: bool = False
    dry_run: bool = False


def enrich_apply(
    path: Path, wishes: ApplyWishes, *, read: ReadSheet, open_unit: OpenUnit, clock: Clock
) -> Applied:
    """Apply a file, all of it in one transaction; only who holds the writer's lock may call it.

    A dry run does the same and keeps nothing. Raises UserError with every problem if a row is wrong and
    ``skip_bad`` is not set, or if none is right; MalformedExport for what is no such file; UsageError where
    nobody knows of which moment it is.
    """
    sheet = read(path)
    with _writing("enrich apply", open_unit, clock, dry_run=wishes.dry_run) as (unit, run):
        applying = _Applying(unit, path, sheet, wishes, clock())
        report = applying.run(run.id)
        run.exit_code = report.exit_code
        run.summary |= {"file": path.name, "isrcs": report.isrcs_changed}
        run.summary |= {"popularities": report.popularities_changed}
    return report


def enrich_undo(number: int | None, *, dry_run: bool, open_unit: OpenUnit, clock: Clock) -> Undone:
    """Take back what a run applied (none: the last one that is in force), as if it had never been.

    Raises NotFound where there is nothing to be taken back.
    """
    with _writing("enrich undo", open_unit, clock, dry_run=dry_run) as (unit, run):
        book = unit.enrichment
        chosen = _chosen(book.applied(), number)
        before = book.standing().counts
        book.undo(chosen.id, clock())
        run.summary |= {"undone": chosen.run}
        return Undone(
            chosen.run, chosen.name, chosen.taken_at, before, book.standing().counts, dry_run
        )


def _chosen(applied: Sequence[Enrichment], number: int | None) -> Enrichment:
    standing = [each for each in applied if each.undone_at is None]
    if number is None and not standing:
        raise NotFound("no enrichment file is applied, so there is nothing to take back")
    for each in standing:
        if number in (None, each.run):
            return each
    known = ", ".join(str(each.run) for each in standing[:_SHOWN]) or "none"
    if any(each.run == number for each in applied):
        raise NotFound(f"what run {number} applied is taken back already; runs in force: {known}")
    raise NotFound(f"run {number} applied no enrichment file; runs that did: {known}")


@contextmanager
def _writing(
    command: str, open_unit: OpenUnit, clock: Clock, *, dry_run: bool
) -> Iterator[tuple[UnitOfWork, RunNote]]:
    """Open a unit that a run is noted of and that is committed; of a dry run nothing is kept."""
    if dry_run:
        with open_unit() as unit:
            yield unit, RunNote(unit.ledger.begin_run(command, clock()))
        return
    with recorded_run(open_unit, command, clock) as run, open_unit() as unit:
        yield unit, run
        unit.commit()


class _Said(NamedTuple):
    """Values by track's row number."""

    isrcs: Mapping[int, str]
    popularities: Mapping[int, int]


class _Applying:
    """One file on its way into the library, within one unit of work."""

    def __init__(
        self, unit: UnitOfWork, path: Path, sheet: Sheet, wishes: ApplyWishes, now: Instant
    ) -> None:
        self._book = unit.enrichment
        self._path = path
        self._sheet = sheet
        self._wishes = wishes
        self._now = now

    def run(self, run: int) -> Applied:
        """Check every row, then apply."""
        was = self._book.standing()
        tracks = was.numbers
        checked = self._checked(tracks)
        at = self._moment()
        written = self._book.written(at)
        said = statements(checked.rows, written or {}, at)
        is_known = self._book.is_applied(self._sheet.digest, at)
        if said and not is_known:
            file = WrittenFile(at, self._path.name, self._sheet.digest)
            self._book.apply(file, said, tracks, run=run, at=self._now)
        now = self._book.standing() if said and not is_known else was
        told = _values(said, tracks)
        return Applied(
            self._path.name,
            at,
            run if said and not is_known and not self._wishes.dry_run else None,
            len(checked.rows),
            _count(each for each in said if not each.edited),
            _count(each for each in said if each.edited),
            sum(was.isrcs[track] != isrc for track, isrc in now.isrcs.items()),
            sum(was.popularities[track] != each for track, each in now.popularities.items()),
            sum(now.isrcs[track] != isrc for track, isrc in told.isrcs.items()),
            sum(now.popularities[track] != each for track, each in told.popularities.items()),
            listed(checked.problems, self._path.name),
            len(checked.problems),
            is_known,
            written is not None,
            was.counts,
            now.counts,
            self._wishes.dry_run,
        )

    def _checked(self, tracks: Mapping[TrackKey, int]) -> Checked:
        checked = check(self._sheet.rows, tracks.keys())
        bad = len(checked.problems)
        if bad and not (self._wishes.skip_bad and checked.rows):
            lift = "" if self._wishes.skip_bad else "; --skip-bad leaves these rows out"
            rows = "1 row is" if bad == 1 else f"{bad:,} rows are"
            raise UserError(
                f"{self._path.name}: {rows} wrong, so nothing was applied{lift}",
                listed(checked.problems, self._path.name),
            )
        return checked

    def _moment(self) -> Instant:
        """Return the moment of the file: as it was said, by its name, or as it was written there."""
        at = self._wishes.taken_at or moment_in(self._path.name)
        if at is None:
            known = self._book.file_at(str(self._path.absolute()))
            at = None if known is None else known.written_at
        if at is None:
            raise UsageError(
                f"nobody knows when {self._path.name} was written: its name has no moment as "
                "spotify_enrichment_20260131_180000.csv has; say it with --taken-at"
            )
        if at > self._now + _DAY:
            raise UsageError(
                f"{self._path.name} is of {to_iso(at)}, which is yet to come: it would win over "
                "everything until then; say its moment with --taken-at"
            )
        return at


def _count(said: Iterator[Statement]) -> int:
    """Return how many values statements have."""
    return sum((each.isrc is not None) + (each.popularity is not None) for each in said)


def _values(said: Sequence[Statement], tracks: Mapping[TrackKey, int]) -> _Said:
    # What a person wrote stands behind what Spotify told, so it is what counts of a track.
    return _Said(
        {tracks[each.track]: each.isrc for each in said if each.isrc is not None},
        {tracks[each.track]: each.popularity for each in said if each.popularity is not None},
    )
