"""Counts that a report shows: what stands in playlists now, and calls to a service day by day."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Column, Connection, Select, func, select

from syncengine.core.identity import UNAVAILABLE
from syncengine.core.moment import Instant
from syncengine.storage.models import catalog
from syncengine.storage.repositories.claims import TRACKS
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.ledger import LOG
from syncengine.storage.repositories.library import present
from syncengine.storage.repositories.remote import CALLS, TALLIES

_DAY = 24 * 60 * 60


def held_tracks(connection: Connection) -> set[int]:
    """Return the tracks that stand in some playlist now, by row number; unavailable entries are none."""
    query = select(ENTRIES.c.track_id).join(TRACKS, TRACKS.c.id == ENTRIES.c.track_id)
    query = query.where(present(None), TRACKS.c.key != UNAVAILABLE)
    return set(connection.execute(query.distinct()).scalars())


def playing_time(connection: Connection) -> int:
    """Return how long, in milliseconds, the tracks play that stand in some playlist now, each once."""
    recordings = catalog.recordings.c
    held = select(ENTRIES.c.track_id).where(present(None)).distinct().subquery()
    query = (
        select(func.coalesce(func.sum(recordings.duration_ms), 0))
        .join(TRACKS, TRACKS.c.recording_id == recordings.id)
        .join(held, held.c.track_id == TRACKS.c.id)
    )
    return int(connection.execute(query).scalar_one())


def calls_by_day(connection: Connection, system: str) -> Counter[Instant]:
    """Return how many calls were made to a service on each day, by the day's first second (UTC)."""
    made = CALLS.c.made_at
    query = select(_day_of(made), func.count()).where(CALLS.c.system == system)
    return _counted(connection, query.group_by(_day_of(made)))


def logged_by_day(connection: Connection, step: str, subject: str) -> Counter[Instant]:
    """Return the sum of what the sync log counted of something on each day."""
    log = LOG.c
    query = select(_day_of(log.at), log.outcome).where(log.step == step, log.subject == subject)
    return _counted(connection, query)


def tallied_by_day(connection: Connection, outcome: str) -> Counter[Instant]:
    """Return how many lookups, or calls of theirs, had an outcome on each day."""
    tally = TALLIES.c
    return _counted(connection, select(tally.day, tally.count).where(tally.outcome == outcome))


def _day_of(column: Column[Any]) -> Any:
    return column - column % _DAY


def _counted(connection: Connection, query: Select[Any]) -> Counter[Instant]:
    counts: Counter[Instant] = Counter()
    for day, count in connection.execute(query):
        counts[Instant(day)] += int(count)
    return counts
