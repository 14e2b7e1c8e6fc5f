"""Take one snapshot from a music service, with as few calls as can be, and go on after any interruption.

The service is asked which playlists there are and which changed; only those are read, and every page is
kept before the next is asked for. What was read becomes visible at the end, all at once.
"""

from __future__ import annotations

from collections.abc import Callable

from syncengine.core.remote import CallBook, Service
from syncengine.errors import RemoteError, Transient, TryLater
from syncengine.jobs.calls import Calls
from syncengine.jobs.counting import counted_run
from syncengine.jobs.fetch_report import FetchOptions, FetchReport, exit_code, log_steps
from syncengine.jobs.fetching import Fetching, Progress
from syncengine.jobs.remembering import FileKeys, Remembering, Setting
from syncengine.storage.raw_store import RawStore


def fetch(
    options: FetchOptions,
    *,
    calls: Calls,
    make_service: Callable[[CallBook], Service],
    raw_store: RawStore,
    file_keys: FileKeys,
    progress: Progress | None = None,
) -> FetchReport:
    """Take one snapshot of what a service shows now; only who holds the writer's lock may call it.

    Raises TryLater when the calls are used up or the service wants a pause, Transient when it is down,
    SignInNeeded when nobody is signed in. In each case what was read is kept, and the next fetch goes on
    from there; ``details`` of the error say what it cost and how many pages are kept.
    """
    with counted_run(calls, "fetch") as (run, _):
        service = make_service(calls)
        try:
            fetched = Fetching(options, service, calls, progress or Progress()).run()
        except RemoteError as error:
            if isinstance(error, TryLater | Transient):
                kept = "what was read is kept, and the next fetch goes on from there"
                error.args = (f"{error}; {kept}",)
            error.details["pages_kept"] = _pages_kept(calls)
            raise
        setting = Setting(service, raw_store, calls.clock, file_keys, options)
        with calls.open_unit() as unit:
            report = Remembering(unit, setting, fetched).run(run.id)
            unit.ledger.log(run.id, calls.clock(), log_steps(report))
            unit.commit()
        run.exit_code = exit_code(report)
        run.summary |= {
            "snapshot": report.snapshot.id if report.snapshot else None,
            "saved": report.saved,
            "entries_added": report.entries_added,
            "entries_removed": report.entries_removed,
        }
    return report


def _pages_kept(calls: Calls) -> int:
    with calls.open_unit() as unit:
        return unit.remote(calls.system).kept().pages
