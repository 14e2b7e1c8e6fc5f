"""The library as it was, and what changed between any two moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from syncengine.core.history import (
    Drift,
    PlaylistChange,
    Standing,
    TrackChange,
    diff_facts,
    diff_playlists,
    diff_popularity,
)
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.playlist import Entry
from syncengine.core.track import Facts, title_of
from syncengine.jobs.moments import moment_of
from syncengine.storage.repositories.facts import facts_in_hindsight, restated
from syncengine.storage.repositories.library import (
    LibraryReader,
    PlaylistState,
    SnapshotRecord,
    number_of,
)
from syncengine.storage.unit_of_work import UnitOfWork


class EntryThen(NamedTuple):
    """A place in a playlist at a moment; ``added_by`` is a bare user id."""

    track: TrackKey
    added_at: Instant | None
    added_by: str | None


@dataclass(frozen=True, slots=True)
class PlaylistThen:
    """A playlist at a moment, its entries in order."""

    state: PlaylistState
    entries: Sequence[EntryThen]


@dataclass(frozen=True, slots=True)
class LibraryThen:
    """The library at a moment, with the facts and popularity (0–100) known then, by track key."""

    at: Instant
    playlists: Sequence[PlaylistThen]
    facts: Mapping[TrackKey, Facts]
    popularity: Mapping[TrackKey, int]


@dataclass(frozen=True, slots=True)
class LibraryDiff:
    """What changed between two moments; the snapshots are those in force then.

    ``titles`` name the tracks that came and went, with their artists.
    """

    start: Instant
    end: Instant
    snapshots: tuple[int | None, int | None]
    playlists: Sequence[PlaylistChange]
    tracks: Sequence[TrackChange]
    popularity: Drift
    titles: Mapping[TrackKey, str]


def library_at(unit: UnitOfWork, when: str, playlists: frozenset[int] | None = None) -> LibraryThen:
    """Return the library as it was; ``playlists`` limits it to some, by row number."""
    library = unit.library
    at = moment_of(when, library)
    states = [s for s in library.playlists(at) if playlists is None or s.id in playlists]
    entries = library.entries(at, [state.id for state in states])
    numbers = {number_of(entry) for each in entries.values() for entry in each}
    keys = library.track_keys(numbers)
    facts = library.facts(at, numbers)
    popularity = library.popularity(at)
    people = library.contributors()
    return LibraryThen(
        at,
        [PlaylistThen(s, _then(entries.get(s.id, []), keys, people)) for s in states],
        {keys[number]: each for number, each in facts.items()},
        {keys[number]: popularity[number] for number in numbers if number in popularity},
    )


def diff_between(unit: UnitOfWork, start: str, end: str) -> LibraryDiff:
    """Return what changed from one moment to another, in either direction of time."""
    library = unit.library
    first, last = moment_of(start, library), moment_of(end, library)
    keys = library.track_keys()
    before, after = _standings(unit, first, keys), _standings(unit, last, keys)
    both = _tracks(before) & _tracks(after)
    numbers = {number for number, key in keys.items() if key in both}
    drift = diff_popularity(library.popularity(first), library.popularity(last), numbers)
    changes = diff_playlists(before, after)
    return LibraryDiff(
        first,
        last,
        (_in_force(unit, first), _in_force(unit, last)),
        changes,
        _fact_changes(unit, first, last, numbers),
        drift,
        _titles(library, changes, keys),
    )


def _titles(
    library: LibraryReader, changes: Sequence[PlaylistChange], keys: Mapping[int, TrackKey]
) -> dict[TrackKey, str]:
    spoken = {
        occurrence.entry.track
        for change in changes
        for occurrence in (*change.entries.added, *change.entries.removed)
    }
    numbers = {number for number, key in keys.items() if key in spoken}
    return {facts.track: title_of(facts) for facts in library.facts(None, numbers).values()}


def snapshots(unit: UnitOfWork) -> list[SnapshotRecord]:
    """Return the snapshots, oldest first."""
    return unit.library.snapshots()


def _in_force(unit: UnitOfWork, at: Instant) -> int | None:
    force = unit.memory.timeline.in_force(at)
    return force[0] if force else None


def _then(
    entries: Sequence[Entry], keys: Mapping[int, TrackKey], people: Mapping[int, str]
) -> list[EntryThen]:
    return [
        EntryThen(
            keys[number_of(entry)],
            entry.added_at,
            people[entry.added_by] if isinstance(entry.added_by, int) else None,
        )
        for entry in entries
    ]


def _by_key(entries: Sequence[Entry], keys: Mapping[int, TrackKey]) -> list[Entry]:
    return [Entry(keys[number_of(e)], e.added_at, e.added_by) for e in entries]


def _standings(unit: UnitOfWork, at: Instant, keys: Mapping[int, TrackKey]) -> dict[int, Standing]:
    entries, unplaced = unit.library.entries(at), unit.memory.unplaced(at)
    return {
        state.id: Standing(
            state.key,
            state.name,
            _by_key(entries.get(state.id, []), keys),
            state.dialect,
            state.seen_as,
            unplaced.get(state.id, ()),
        )
        for state in unit.library.playlists(at)
    }


def _tracks(standings: Mapping[int, Standing]) -> set[object]:
    return {entry.track for standing in standings.values() for entry in standing.entries}


def _fact_changes(
    unit: UnitOfWork, first: Instant, last: Instant, present: set[int]
) -> list[TrackChange]:
    """Return the facts that differ and did not only become known better."""
    early, late = min(first, last), max(first, last)
    tracks = restated(unit.connection, early, late) & present
    before, after = unit.library.facts(first, tracks), unit.library.facts(last, tracks)
    differ = {
        number: fields
        for number in sorted(tracks & before.keys() & after.keys())
        if (fields := diff_facts(before[number], after[number]))
    }
    known = facts_in_hindsight(unit.connection, early, late, differ)
    changes = []
    for number, fields in differ.items():
        changed = diff_facts(known[number], (after if first <= last else before)[number])
        if real := {name: pair for name, pair in fields.items() if name in changed}:
            changes.append(TrackChange(after[number].track, real))
    return changes
