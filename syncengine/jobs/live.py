"""What changed since a moment, against a music service as it is now; no snapshot is stored.

The service is asked as for a fetch, and what it says is taken into the memory as for a fetch, with all that
follows from it: renames, joins, what is not believed. Then the difference is worked out, and all of it is
rolled back. Pages that were read stay kept, so that the next fetch does not ask for them again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from syncengine.core.identity import LIKED, PlaylistKey, is_album
from syncengine.core.moment import Instant, to_iso
from syncengine.core.remote import CallBook, Service
from syncengine.jobs.calls import Calls
from syncengine.jobs.counting import Cost, counted_run
from syncengine.jobs.fetch_report import FetchOptions, FetchReport
from syncengine.jobs.fetching import Fetching, Progress
from syncengine.jobs.history import LibraryDiff, diff_between
from syncengine.jobs.moments import moment_of
from syncengine.jobs.remembering import FileKeys, Remembering, Setting
from syncengine.storage.raw_store import RawStore
from syncengine.storage.repositories.remote import SESSION
from syncengine.storage.unit_of_work import UnitOfWork

_LISTINGS = ("listing", "check", "check-0", "check-1")
_REASONS = {
    "forbidden": "Spotify does not show it to this app",
    "missing": "Spotify says that it is not there",
    "suspect": "what Spotify said of it is not believed",
}


@dataclass(frozen=True, slots=True)
class Unobserved:
    """A playlist that Spotify did not show now: the difference says nothing of it."""

    key: PlaylistKey
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class LiveDiff:
    """What changed, what could not be looked at, and what the look took."""

    diff: LibraryDiff
    unobserved: Sequence[Unobserved]
    cost: Cost
    notes: Sequence[str]


def diff_to_live(
    start: str,
    *,
    calls: Calls,
    make_service: Callable[[CallBook], Service],
    file_keys: FileKeys,
    progress: Progress | None = None,
) -> LiveDiff:
    """Return what changed from a moment to now; only who holds the writer's lock may call it.

    Raises NotFound and UsageError for ``start`` before any call, and RemoteError as ``fetch`` does.
    """
    with calls.open_unit() as unit:
        first = moment_of(start, unit.library)
    with counted_run(calls, "history diff") as (run, cost):
        service = make_service(calls)
        _forget_listings(calls, service.name)
        options = FetchOptions(lists_only=True)
        began = calls.clock()
        fetched = Fetching(options, service, calls, progress or Progress()).run()
        setting = Setting(service, RawStore(None), calls.clock, file_keys, options)
        with calls.open_unit() as unit:  # and never committed
            report = Remembering(unit, setting, fetched).run(run.id)
            found = diff_between(unit, to_iso(first), "latest")
            unobserved = _unobserved(unit, report, began)
        _forget_listings(calls, service.name)
    diff = replace(found, snapshots=(found.snapshots[0], None))
    return LiveDiff(diff, unobserved, cost, report.notes)


def _forget_listings(calls: Calls, system: str) -> None:
    """Let nobody go on with a listing of this look, or this look with an older one: it is about now.

    What is kept of lists that have a version stays true of that version.
    """
    with calls.open_unit() as unit:
        book = unit.remote(system)
        book.drop_pages([*_LISTINGS, LIKED])
        book.forget(SESSION)
        unit.commit()


def _unobserved(unit: UnitOfWork, report: FetchReport, began: Instant) -> list[Unobserved]:
    """Return the playlists of the library that this look was not told of."""
    states = {each.key: each.status for each in report.lists}
    found = []
    for each in unit.library.playlists():
        status = states.get(each.key, "")
        if status in _REASONS:
            found.append(Unobserved(each.key, each.name, _REASONS[status]))
        elif each.source != "api" or each.observed_at < began:
            album = "albums are read only when named"
            reason = album if is_album(each.key) else "only exports showed it"
            found.append(Unobserved(each.key, each.name, reason))
    return found
