"""Gather what a report shows, and write it: a page, and its charts as pictures."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from syncengine.core.duplicates import Duplicate, Duplicates, strength
from syncengine.core.moment import Instant
from syncengine.core.months import month_of, months_between
from syncengine.core.report import (
    FEATURE_SPANS,
    GENERATOR,
    POPULARITY_SPAN,
    CallsOf,
    Drift,
    FoundDuplicate,
    Histogram,
    Report,
    histogram,
)
from syncengine.core.trends import Trends
from syncengine.errors import UserError
from syncengine.jobs.duplicates import find_duplicates
from syncengine.jobs.lookup_notes import SAVED
from syncengine.jobs.trends import trends
from syncengine.storage.repositories.evolution import FEATURES
from syncengine.storage.repositories.figures import (
    calls_by_day,
    held_tracks,
    logged_by_day,
    playing_time,
    tallied_by_day,
)
from syncengine.storage.unit_of_work import UnitOfWork

_SYSTEM, _FETCH = "spotify", "fetch"
_HEAD = 4096
"""Bytes within which a page says what made it."""


def gather(unit: UnitOfWork, now: Instant) -> Report:
    """Return all that a report shows of the whole history. Raises NotFound for an empty library."""
    evolved = trends(unit)
    playlists, entries, tracks = unit.library.sizes()
    held = held_tracks(unit.connection)
    known = [value for track, value in unit.library.popularity().items() if track in held]
    return Report(
        now,
        tracks,
        entries,
        playlists,
        playing_time(unit.connection),
        evolved,
        _features(unit, held),
        histogram("popularity", known, POPULARITY_SPAN),
        _drift(unit, evolved, held, len(known)),
        _told(find_duplicates(unit)),
        _calls(unit),
    )


def _features(unit: UnitOfWork, held: set[int]) -> list[Histogram]:
    heard = [traits.features for track, traits in unit.evolution.traits().items() if track in held]
    columns = dict(zip(FEATURES, zip(*heard, strict=True), strict=True)) if heard else {}
    return [histogram(name, columns.get(name, ()), span) for name, span in FEATURE_SPANS.items()]


def _drift(unit: UnitOfWork, evolved: Trends, held: set[int], known: int) -> Drift:
    moved = [
        row.last - row.first
        for row in unit.evolution.popularity(evolved.start, evolved.end)
        if row.number in held
    ]
    return Drift(sorted(Counter(moved).items()), known - len(moved))


def _told(found: Duplicates) -> list[FoundDuplicate]:
    """Return the duplicates as people read them, the surest first."""
    every = [*found.in_playlists, *found.across]
    titles = found.titles

    def order(each: Duplicate) -> tuple[object, ...]:
        return *strength(each.kind, each.confidence), titles.get(each.keep, ""), each.keep

    return [
        FoundDuplicate(
            each.kind,
            each.confidence,
            titles.get(each.keep, each.keep),
            list(dict.fromkeys(found.playlists[place.playlist] for place in each.where)),
            each.reason,
            each.keep,
            each.rule,
        )
        for each in sorted(every, key=order)
    ]


def _calls(unit: UnitOfWork) -> list[CallsOf]:
    """Return calls made and saved by month, without gaps."""
    connection = unit.connection
    kinds = (
        calls_by_day(connection, _SYSTEM),
        logged_by_day(connection, _FETCH, SAVED),
        tallied_by_day(connection, SAVED),
    )
    days = [day for each in kinds for day, count in each.items() if count]
    if not days:
        return []
    made, by_fetches, by_lookups = map(_by_month, kinds)
    return [
        CallsOf(month, made[month], by_fetches[month], by_lookups[month])
        for month in months_between(min(days), max(days))
    ]


def _by_month(days: Mapping[Instant, int]) -> Counter[str]:
    months: Counter[str] = Counter()
    for day, count in days.items():
        months[month_of(day)] += count
    return months


def check_place(path: Path, *, overwrite: bool = False) -> Path:
    """Return where exactly a report is to be written, links followed; looks before any work is done.

    Raises UserError where there is no such folder, and where something stands that is no report:
    unless ``overwrite`` a file, and always what is no file.
    """
    try:
        place = path.resolve()
        if not place.parent.is_dir():
            raise UserError(f"{path}: there is no folder {path.parent} to write the report to")
        if not place.exists():
            return place
        if not place.is_file():
            raise UserError(f"{path} is no file; name one, such as {path.parent / 'report.html'}")
        if not overwrite and not _is_report(place):
            raise UserError(
                f"{path} is there already and is no report; choose another name, or say --overwrite"
            )
    except OSError as error:
        raise UserError(f"{path} cannot be looked at: {error.strerror}") from error
    return place


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return f'content="{GENERATOR}"'.encode() in file.read(_HEAD)


def check_folder(path: Path) -> Path:
    """Return where pictures are to be written. Raises UserError where something is that is no folder."""
    if path.exists() and not path.is_dir():
        raise UserError(f"{path} is no folder; name one for the pictures")
    return path


def write_page(path: Path, page: bytes) -> None:
    """Write a report, whole or not at all. Raises UserError where it cannot be."""
    _write(path, page, "the report")


def write_pictures(folder: Path, pictures: Mapping[str, bytes]) -> list[Path]:
    """Write pictures as ``syncengine-NAME.png`` into a folder, which is made if missing.

    Raises UserError where that cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}") from error
    written = []
    for name, picture in pictures.items():
        path = folder / f"syncengine-{name}.png"
        _write(path, picture, "the picture")
        written.append(path)
    return written


def _write(path: Path, content: bytes, what: str) -> None:
    partial = path.with_name(f".{os.getpid()}.partial")
    try:
        try:
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path}: {what} cannot be written: {error.strerror}") from error
