"""What a person asks of a fetch, and what it answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.core.remote import ListKey
from syncengine.core.rename import Join
from syncengine.jobs.import_report import SnapshotReport
from syncengine.jobs.lookup_notes import FALLBACK, SAVED


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """What a person can say about a fetch.

    With ``lists`` (playlists and albums) or ``liked`` only those are read, else the whole library.
    ``full`` reads lists again whose version is known. ``accept`` holds names or keys of playlists.
    ``keep_days`` is how long the service's answers stay in the raw store, 0 for ever. ``lists_only`` asks
    for nothing of tracks that lists do not tell.
    """

    lists: tuple[ListKey, ...] = ()
    liked: bool = False
    full: bool = False
    accept: frozenset[str] = frozenset()
    keep_days: int = 30
    lists_only: bool = False

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

    @property
    def fallbacks(self) -> list[ListReport]:
        """The lists that the service did not show, and of which contents are stored."""
        return [each for each in self.lists if each.status == "forbidden" and each.has_stored]

    @property
    def stored_hit_rate(self) -> float | None:
        """The share (0–1) of the lists that stand as they were stored, fallbacks included; None without any.

        Liked Songs count as stored where no entry came or went, though their newest are always read.
        """
        if not self.lists:
            return None
        unchanged = sum(each.status == "unchanged" for each in self.lists)
        return round((unchanged + len(self.fallbacks)) / len(self.lists), 4)


def log_steps(report: FetchReport) -> list[tuple[str, str, str, str | None]]:
    """Return the rows of the sync log that say what became of lists, and what stored facts were good for."""
    steps: list[tuple[str, str, str, str | None]] = [
        (
            "list",
            each.key,
            each.status,
            json.dumps({"entries": each.entries, "reason": "; ".join(each.warnings) or None}),
        )
        for each in report.lists
        if each.status != "unchanged"
    ]
    counts = Counter(f"{FALLBACK}{each.status}" for each in report.fallbacks)
    counts[SAVED] = report.saved
    return steps + [("fetch", what, str(count), None) for what, count in sorted(counts.items())]


def exit_code(report: FetchReport) -> int:
    """Return the exit code: 8 where something is suspect, missing or in doubt, 1 where nothing is there."""
    states = {each.status for each in report.lists}
    if states == {"missing"}:
        return 1
    return 8 if report.in_doubt or states & {"suspect", "missing"} else 0
