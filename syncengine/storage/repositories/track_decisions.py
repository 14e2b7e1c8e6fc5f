"""What people decided of tracks: which two are one recording, and which are not."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track_decision import TrackDecision
from syncengine.storage.bulk import Numbers, bulk_insert
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.claims import TRACKS
from syncengine.storage.repositories.judgements import JUDGEMENTS, TRACK

_REAL = TRACKS.alias("real")


def track_decisions(connection: Connection) -> list[TrackDecision]:
    """Return what holds, in the order in which it was decided."""
    j = JUDGEMENTS.c
    query = select(j.verdict, j.left, j.right)
    query = query.where(j.subject == TRACK, j.taken_back_at.is_(None)).order_by(j.id)
    return [
        TrackDecision(verdict, TrackKey(one), TrackKey(other))
        for verdict, one, other in connection.execute(query)
    ]


def judge_tracks(
    connection: Connection, made: TrackDecision, overruled: Iterable[TrackDecision], at: Instant
) -> None:
    """Record a decision; what was decided of the same pair is taken back, and what it overrules."""
    for each in (made, *overruled):
        take_back_tracks(connection, each.one, each.other, at)
    number = Numbers(connection).next(JUDGEMENTS)
    columns = ("id", "subject", "verdict", "left", "right", "made_at")
    row = (number, TRACK, made.verdict, made.one, made.other, at)
    bulk_insert(connection, JUDGEMENTS, columns, [row])


def take_back_tracks(connection: Connection, one: TrackKey, other: TrackKey, at: Instant) -> int:
    """Take back what was decided of two tracks; return how many rows that were."""
    j = JUDGEMENTS.c
    held = (j.subject == TRACK) & (j.left == one) & (j.right == other) & j.taken_back_at.is_(None)
    return connection.execute(update(JUDGEMENTS).where(held).values(taken_back_at=at)).rowcount


def keys_now(connection: Connection) -> dict[TrackKey, TrackKey]:
    """Return, for each other key of a track, the one that it goes by now."""
    query = (
        select(TRACKS.c.key, _REAL.c.key)
        .join(ALIASES, ALIASES.c.track_id == TRACKS.c.id)
        .join(_REAL, _REAL.c.id == ALIASES.c.alias_of)
    )
    return {TrackKey(also): TrackKey(key) for also, key in connection.execute(query)}
