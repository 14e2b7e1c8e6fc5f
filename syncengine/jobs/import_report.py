"""What a person asks of an import, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.rename import Join
from syncengine.core.snapshot import Source
from syncengine.jobs.candidate import FileReport


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can say about an import.

    ``accept`` holds names or keys of playlists; ``keep_days`` is how long raw files stay, 0 for ever.
    """

    taken_at: Instant | None = None
    whole_library: bool = False
    accept: frozenset[str] = frozenset()
    dry_run: bool = False
    keep_days: int = 0


@dataclass(frozen=True, slots=True)
class SnapshotReport:
    """The snapshot an import made, or the one in force when there was nothing new."""

    id: int
    source: Source
    taken_at: Instant
    unchanged: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did.

    ``joins`` were recognised, ``parted`` are keys that were joined before and are playlists of their
    own after all, ``ended`` are playlists that a whole library does not list, ``unheeded`` are names
    to accept that no file goes by. ``names`` are those of the keys in joins and parted.
    ``notes`` are what a person should know of the import as a whole, one sentence each.
    """

    snapshot: SnapshotReport | None
    files: Sequence[FileReport]
    joins: Sequence[Join]
    parted: Sequence[PlaylistKey]
    names: Mapping[PlaylistKey, str]
    ended: Sequence[str]
    unheeded: Sequence[str]
    notes: Sequence[str]
    tracks_new: int
    entries_added: int
    entries_removed: int


def exit_code(report: ImportReport) -> int:
    """Return 0, 8 when files were quarantined or are suspect, 1 when nothing could be imported."""
    states = {file.status for file in report.files}
    if states == {"quarantined"}:
        return 1
    return 8 if states & {"quarantined", "suspect"} else 0
