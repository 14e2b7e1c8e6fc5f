"""Spans: when a playlist was in the library, under which key and name."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence

from sqlalchemy import Connection, bindparam, delete, func, select, update

from syncengine.core.identity import shown_key
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect, Ending, Event
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.repositories.past import Past
from syncengine.storage.repositories.recorded import Recorded, Span
from syncengine.storage.repositories.timeline import (
    KEYS,
    NAMES,
    OBSERVATIONS,
    PLAYLISTS,
    SPANS,
    keys_of_joined,
)

_HEARD = OBSERVATIONS.c.effect < Effect.ASIDE


class SpanWriter:
    """Keeps spans, and what playlists are called now, right."""

    def __init__(self, connection: Connection, numbers: Numbers, past: Past) -> None:
        self._connection = connection
        self._numbers = numbers
        self._past = past

    def write(self, playlists: Collection[int]) -> None:
        """Work out anew when playlists were in the library, and what they are called now."""
        endings = self._past.endings(playlists)
        recorded = self._past.recorded(playlists)
        named = self._past.named_by()
        for chunk in chunks(playlists):
            self._connection.execute(delete(SPANS).where(SPANS.c.playlist_id.in_(chunk)))
        rows = [
            (self._numbers.next(SPANS), playlist, *span)
            for playlist in playlists
            for span in _spans(recorded.get(playlist, ()), endings.get(playlist, ()), named)
        ]
        columns = ("id", "playlist_id", "key_id", "name_id", "valid_from", "valid_to")
        bulk_insert(self._connection, SPANS, columns, rows)

    def refresh(self, playlists: Collection[int]) -> None:
        """Bring playlists' key, name and moments up to date with their spans and observations."""
        last = _last_spans(self._connection, playlists)
        observed = _observed(self._connection, playlists)
        names = {row[0]: row for row in self._connection.execute(select(NAMES))}
        keys = {row[0]: row[1] for row in self._connection.execute(select(KEYS.c.id, KEYS.c.key))}
        known = keys_of_joined(self._connection)
        values = []
        for playlist, (key, name, ended) in last.items():
            values.append(
                {
                    "row": playlist,
                    "key_now": shown_key(keys[key], known.get(playlist, ())),
                    "name_now": names[name][2],
                    "inferred_now": names[name][3],
                    "observed_now": observed.get(playlist),
                    "ended_now": ended,
                }
            )
        if values:
            self._connection.execute(_REFRESH, values)
        self._forget_empty(set(playlists) - set(last))

    def _forget_empty(self, playlists: Collection[int]) -> None:
        """Unset the moments of playlists that no sound observation shows any more."""
        for chunk in chunks(playlists):
            self._connection.execute(
                update(PLAYLISTS)
                .where(PLAYLISTS.c.id.in_(chunk))
                .values(observed_at=None, ended_at=None)
            )

    def standing(self, playlists: Collection[int]) -> dict[int, list[Span]]:
        """Return each playlist's spans as they were last written."""
        s = SPANS.c
        query = select(s.playlist_id, s.key_id, s.name_id, s.valid_from, s.valid_to)
        found: dict[int, list[Span]] = {}
        for chunk in chunks(playlists):
            rows = self._connection.execute(query.where(s.playlist_id.in_(chunk)))
            for playlist, *span in rows:
                found.setdefault(playlist, []).append((span[0], span[1], span[2], span[3]))
        return found


_REFRESH = (
    update(PLAYLISTS)
    .where(PLAYLISTS.c.id == bindparam("row"))
    .values(
        key=bindparam("key_now"),
        name=bindparam("name_now"),
        name_inferred=bindparam("inferred_now"),
        observed_at=bindparam("observed_now"),
        ended_at=bindparam("ended_now"),
    )
)


def _last_spans(
    connection: Connection, playlists: Collection[int]
) -> dict[int, tuple[int, int, Instant | None]]:
    s = SPANS.c
    query = select(s.playlist_id, s.key_id, s.name_id, s.valid_to).order_by(s.valid_from)
    return {
        playlist: (key, name, ended)
        for chunk in chunks(playlists)
        for playlist, key, name, ended in connection.execute(query.where(s.playlist_id.in_(chunk)))
    }


def _observed(connection: Connection, playlists: Collection[int]) -> dict[int, Instant]:
    query = (
        select(KEYS.c.playlist_id, func.max(OBSERVATIONS.c.taken_at))
        .join(KEYS, KEYS.c.id == OBSERVATIONS.c.key_id)
        .where(_HEARD)
        .group_by(KEYS.c.playlist_id)
    )
    return {
        playlist: at
        for chunk in chunks(playlists)
        for playlist, at in connection.execute(query.where(KEYS.c.playlist_id.in_(chunk)))
    }


def _spans(
    recorded: Sequence[Recorded], endings: Sequence[Ending], named: Container[tuple[int, int]]
) -> list[Span]:
    """Return (key, name, from, to) for every stretch under one key and name.

    ``named`` are keys of exports with the names, told by the API, that their files go by: such an export
    says nothing new of a playlist that is called so.
    """
    said = [(each.observation.order, each) for each in recorded if each.effect.heard]
    events: list[tuple[Event, Recorded | None]] = [(each.observation, each) for _, each in said]
    events += [(ending, None) for ending in endings]
    events.sort(key=lambda event: event[0].order)
    spans: list[Span] = []
    said_as: set[tuple[int, int, bytes]] = set()
    for event, each in events:
        if spans and spans[-1][3] is None:
            key, name, start, _ = spans[-1]
            if each is not None and (
                (each.key, each.name) == (key, name)
                or (each.key, name) in named
                or _is_copy(each, said_as)
            ):
                continue
            spans.pop()
            if start < event.at:
                spans.append((key, name, start, event.at))
        if each is not None:
            spans.append((each.key, each.name, event.at, None))
            said_as.add((each.key, each.name, each.observation.digest))
    return spans


def _is_copy(each: Recorded, said_as: Container[tuple[int, int, bytes]]) -> bool:
    """Tell whether a file that gave the playlist another name before only seems to give it back.

    Copying tools reset times; the old file of a renamed playlist may well have its present bytes.
    """
    seen = each.observation
    mark = (each.key, each.name, seen.digest)
    return seen.inferred and not seen.accepted and mark in said_as
