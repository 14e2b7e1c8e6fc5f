"""Series continued at their end: the common case, in which nothing later was ever heard.

What is said is compared with the last word of each series only; nothing that is stored changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from syncengine.core.moment import Instant
from syncengine.storage.bulk import Lookup, bulk_insert, bulk_update, plain_rows
from syncengine.storage.models import catalog

TRACKS = catalog.tracks
ATTESTATIONS = catalog.attestations
POPULARITY = catalog.popularity
_A = ATTESTATIONS.c
_ALL_CLAIMS = select(_A.track_id, _A.rank, _A.claim_id).order_by(_A.track_id, _A.rank, _A.at)
_CLAIMS = Lookup(_ALL_CLAIMS, _A.track_id)
_ALL_POPULARITY = select(TRACKS.c.id, TRACKS.c.popularity).where(TRACKS.c.popularity.is_not(None))
_POPULARITY = Lookup(_ALL_POPULARITY, TRACKS.c.id)
_MANY = 4
"""Where more than a fourth of all tracks is asked about, reading the whole table is quicker."""


class Told(NamedTuple):
    """Of which tracks something else is said now, and how much it takes to know their facts.

    ``first`` are tracks that nothing was said of before, with the one claim that is made now.
    """

    first: Mapping[int, int]
    others: set[int]


class Word(NamedTuple):
    """What one observation says: values by series key."""

    at: Instant
    said: Mapping[int, int]


class _Ends:
    """The last words of many series, and what was added behind them, moment by moment."""

    def __init__(self, last: dict[int, int]) -> None:
        """``last`` holds the last value of each key so far."""
        self._last = last
        self._before: dict[int, int | None] = {}
        self.added: list[tuple[Instant, dict[int, int]]] = []

    def say(self, word: Word) -> None:
        """Hear an observation that is not older than any before it; at one moment the last one wins."""
        last = self._last
        changed = {key: value for key, value in word.said.items() if last.get(key) != value}
        if not self.added or word.at != self.added[-1][0]:
            self._before = {key: last.get(key) for key in changed}
            self.added.append((word.at, changed))
        else:
            self._correct(changed)
        last |= changed

    def _correct(self, changed: Mapping[int, int]) -> None:
        """Put what another observation of the last moment says in the place of what was said before."""
        now = self.added[-1][1]
        for key, value in changed.items():
            if self._before.setdefault(key, self._last.get(key)) == value:
                del now[key]
            else:
                now[key] = value


def continue_attestations(
    connection: Connection, words: Mapping[int, Sequence[Word]], tracks: Collection[int]
) -> Told:
    """Note which claims are made, by rank."""
    last: dict[int, dict[int, int]] = {rank: {} for rank in words}
    known: set[int] = set()
    for track, rank, claim in standing_rows(connection, _ALL_CLAIMS, _CLAIMS, tracks):
        known.add(track)
        if rank in last:
            last[rank][track] = claim
    rows: list[tuple[int, int, Instant, int]] = []
    for rank, said in words.items():
        ends = _Ends(last[rank])
        for word in said:
            ends.say(word)
        for at, added in ends.added:
            rows += [(track, rank, at, claim) for track, claim in added.items()]
    rows.sort()
    bulk_insert(connection, ATTESTATIONS, ("track_id", "rank", "at", "claim_id"), rows)
    times = Counter(row[0] for row in rows)
    return Told(
        {track: row[3] for row in rows if (track := row[0]) not in known and times[track] == 1},
        {track for track, count in times.items() if track in known or count > 1},
    )


def continue_popularity(
    connection: Connection, words: Sequence[Word], tracks: Collection[int]
) -> None:
    """Note popularities (0–100), and make the last ones the tracks' own."""
    standing = standing_rows(connection, _ALL_POPULARITY, _POPULARITY, tracks)
    last: dict[int, int] = dict(map(tuple, standing))
    ends = _Ends(last)
    for word in words:
        ends.say(word)
    rows = sorted((track, at, value) for at, added in ends.added for track, value in added.items())
    bulk_insert(connection, POPULARITY, ("track_id", "at", "value"), rows)
    changed = sorted({track for track, _, _ in rows})
    bulk_update(connection, TRACKS, "popularity", [(track, last[track]) for track in changed])


def standing_rows(
    connection: Connection, whole: Select[Any], some: Lookup, tracks: Collection[int]
) -> Iterable[Any]:
    """Return the rows of tracks, which a row begins with: out of ``whole``, or by ``some`` of a few."""
    count = connection.execute(select(func.max(TRACKS.c.id))).scalar() or 0
    if len(tracks) * _MANY > count:
        return (row for row in plain_rows(connection, whole) if row[0] in tracks)
    return some.rows(connection, tracks)
