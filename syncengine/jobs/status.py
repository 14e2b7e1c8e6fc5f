"""How things stand: freshness, what is pending, what was set aside, the last runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncengine.core.moment import Instant
from syncengine.core.sign_in import SignInState
from syncengine.jobs.calls import Pause, pause_now
from syncengine.jobs.lookup_figures import LookupFigures, lookup_figures
from syncengine.jobs.remediation_figures import RemediationFigures, remediation_figures
from syncengine.storage.repositories.ledger import QuarantineRecord, RunRecord
from syncengine.storage.repositories.library import SourceRecord
from syncengine.storage.repositories.remote import Kept
from syncengine.storage.unit_of_work import UnitOfWork

_RUNS = 10
_SYSTEM = "spotify"
_SINK = "notion"


@dataclass(frozen=True, slots=True)
class Status:
    """How the library stands; counts are of now.

    ``pause`` is what the service asked for, None once it is over; ``kept`` is what waits of fetches that
    are not finished. ``sink_pauses`` are what the services of sinks asked for, ``remediation`` is what was
    found in Notion and put right there.
    """

    playlists: int
    entries: int
    tracks: int
    latest: Instant | None
    sign_in: SignInState
    sources: Sequence[SourceRecord]
    suspects: Sequence[tuple[str, Instant]]
    quarantined: Sequence[QuarantineRecord]
    runs: Sequence[RunRecord]
    lookups: LookupFigures
    pause: Pause | None
    kept: Kept
    sink_pauses: Mapping[str, Pause]
    remediation: RemediationFigures


def status(
    unit: UnitOfWork, sign_in: SignInState, now: Instant, sinks: Sequence[str] = ()
) -> Status:
    """Return how the library stands, beside how the sign-in at Spotify does; ``sinks`` are by name."""
    library, book = unit.library, unit.remote(_SYSTEM)
    pauses = {name: pause_now(unit.remote(name), now) for name in sinks}
    playlists, entries, tracks = library.sizes()
    return Status(
        playlists,
        entries,
        tracks,
        library.latest(),
        sign_in,
        library.sources(),
        library.suspects(),
        unit.ledger.quarantined(),
        unit.ledger.runs(_RUNS),
        lookup_figures(unit, now),
        pause_now(book, now),
        book.kept(),
        {name: pause for name, pause in pauses.items() if pause},
        remediation_figures(unit, _SINK),
    )
