"""What a person asks of a fetch, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.core.remote import ListKey
from syncengine.core.rename import Join
from syncengine.jobs.import_report import SnapshotReport


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """What a person can say about a fetch.

    With ``lists`` (playlists and albums) or ``liked`` only those are read, else the whole library.
    ``full`` reads lists again whose version is known. ``accept`` holds names or keys of playlists.
    ``keep_days`` is how long the service's answers stay in the raw store, 0 for ever.
    """

    lists: tuple[ListKey, ...] = ()
    liked: bool = False
    full: bool = False
    accept: frozenset[str] = frozenset()
    keep_days: int = 30

    @property
    def whole(self) -> bool:
        """Whether the whole library is asked for."""
        return not (self.lists or self.liked)


@dataclass(slots=True)
class ListReport:
    """What became of one list; ``status`` is fetched, unchanged, forbidden, missing or suspect.

    ``entries`` counts what was told; None where nothing was. ``has_stored`` says that its contents are
    known from elsewhere.
    """

    key: ListKey
    name: str
    status: str
    entries: int | None = None
    has_stored: bool = False
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What one fetch did; ``saved`` counts calls that were not needed, ``calls`` are by endpoint.

    ``left`` is what remains of the day's budget, None without one. ``ended`` are playlists that are no
    longer in the person's library. ``notes`` are what a person should know, one sentence each.
    ``in_doubt`` says that the listing was not believed; ``unheeded`` are names to accept that no list has.
    """

    snapshot: SnapshotReport | None
    lists: Sequence[ListReport]
    calls: Mapping[str, int]
    saved: int
    left: int | None
    joins: Sequence[Join]
    names: Mapping[ListKey, str]
    ended: Sequence[str]
    notes: Sequence[str]
    tracks_new: int
    entries_added: int
    entries_removed: int
    in_doubt: bool = False
    unheeded: Sequence[str] = ()


def exit_code(report: FetchReport) -> int:
    """Return the exit code: 8 where something is suspect, missing or in doubt, 1 where nothing is there."""
    states = {each.status for each in report.lists}
    if states == {"missing"}:
        return 1
    return 8 if report.in_doubt or states & {"suspect", "missing"} else 0
