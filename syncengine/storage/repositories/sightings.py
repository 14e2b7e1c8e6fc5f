"""Which observation showed something, and how playlists were called when."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect, Source
from syncengine.storage.bulk import chunks
from syncengine.storage.models import catalog
from syncengine.storage.repositories.series import POPULARITY
from syncengine.storage.repositories.timeline import (
    KEYS,
    NAMES,
    OBSERVATIONS,
    ROSTERS,
    SPANS,
)

_DIALECTS = catalog.dialects


class Sighting(NamedTuple):
    """An observation that showed something: its snapshot, who made it, and when it was taken."""

    snapshot: int
    source: str
    at: Instant


class NameSpan(NamedTuple):
    """A time in which a playlist had a name; ``until`` is None while it has."""

    name: str
    since: Instant
    until: Instant | None


def sightings(
    connection: Connection, playlists: Collection[int], moments: Collection[Instant]
) -> dict[tuple[int, Instant], Sighting]:
    """Return the sound observations of playlists at moments; of one moment the one that wins."""
    o = OBSERVATIONS.c
    query = (
        select(KEYS.c.playlist_id, o.taken_at, o.snapshot_id, o.source, _DIALECTS.c.name)
        .join(KEYS, KEYS.c.id == o.key_id)
        .outerjoin(_DIALECTS, _DIALECTS.c.id == o.dialect_id)
        .where(KEYS.c.playlist_id.in_(list(playlists)), o.effect < Effect.ASIDE)
        .order_by(o.taken_at, o.source, o.digest)
    )
    return {
        (playlist, at): Sighting(snapshot, dialect or Source(source).name.lower(), at)
        for chunk in chunks(moments)
        for playlist, at, snapshot, source, dialect in connection.execute(
            query.where(o.taken_at.in_(chunk))
        )
    }


def rosters_at(connection: Connection, moments: Collection[Instant]) -> dict[Instant, Sighting]:
    """Return the statements of which playlists there are that were made at moments."""
    r = ROSTERS.c
    query = select(r.taken_at, r.snapshot_id, r.source).order_by(r.source)
    return {
        at: Sighting(snapshot, Source(source).name.lower(), at)
        for chunk in chunks(moments)
        for at, snapshot, source in connection.execute(query.where(r.taken_at.in_(chunk)))
    }


def name_spans(connection: Connection, playlists: Collection[int]) -> dict[int, list[NameSpan]]:
    """Return the names of playlists over time, each for as long as it lasted."""
    s = SPANS.c
    query = (
        select(s.playlist_id, NAMES.c.name, s.valid_from, s.valid_to)
        .join(NAMES, NAMES.c.id == s.name_id)
        .where(s.playlist_id.in_(list(playlists)))
        .order_by(s.playlist_id, s.valid_from)
    )
    found: dict[int, list[NameSpan]] = {}
    for playlist, *named in connection.execute(query):
        known, new = found.setdefault(playlist, []), NameSpan(*named)
        if known and (known[-1].name, known[-1].until) == (new.name, new.since):
            known[-1] = known[-1]._replace(until=new.until)
        else:
            known.append(new)
    return found


def popularity_of(connection: Connection, track: int) -> list[tuple[Instant, int]]:
    """Return a track's popularity (0–100) over time: from each moment on, until the next."""
    p = POPULARITY.c
    query = select(p.at, p.value).where(p.track_id == track).order_by(p.at)
    return [(at, value) for at, value in connection.execute(query)]
