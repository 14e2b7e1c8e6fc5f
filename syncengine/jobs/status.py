"""How things stand: freshness, what is pending, what was set aside, the last runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.core.moment import Instant
from syncengine.storage.repositories.ledger import QuarantineRecord, RunRecord
from syncengine.storage.repositories.library import SourceRecord
from syncengine.storage.unit_of_work import UnitOfWork

_RUNS = 10


@dataclass(frozen=True, slots=True)
class Status:
    """How the library stands; counts are of now."""

    playlists: int
    entries: int
    tracks: int
    latest: Instant | None
    sources: Sequence[SourceRecord]
    suspects: Sequence[tuple[str, Instant]]
    quarantined: Sequence[QuarantineRecord]
    runs: Sequence[RunRecord]


def status(unit: UnitOfWork) -> Status:
    """Return how the library stands."""
    library = unit.library
    playlists, entries, tracks = library.sizes()
    return Status(
        playlists,
        entries,
        tracks,
        library.latest(),
        library.sources(),
        library.suspects(),
        unit.ledger.quarantined(),
        unit.ledger.runs(_RUNS),
    )
