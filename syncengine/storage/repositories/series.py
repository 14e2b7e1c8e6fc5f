"""Series through time, with a row only where something changed: attested claims and popularity.

When observations come or go, every series they speak of is told anew from the first change to the next
observation that speaks of it; what stands before and behind is left as it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    Table,
    and_,
    func,
    select,
)

from syncengine.core.moment import FOR_EVER, Instant
from syncengine.core.playlist import Line
from syncengine.core.snapshot import Effect
from syncengine.storage.bulk import bulk_delete, bulk_insert, bulk_update, chunks
from syncengine.storage.models import catalog, timeline
from syncengine.storage.repositories.claims import TRACKS
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.repositories.continuing import (
    Told,
    Word,
    continue_attestations,
    continue_popularity,
)
from syncengine.storage.repositories.enriched import applied_words
from syncengine.storage.repositories.heard import Heard, Order

ATTESTATIONS = catalog.attestations
POPULARITY = catalog.popularity
_OBSERVATIONS = timeline.observations
_DIALECTS = catalog.dialects
_ENTRIES = timeline.entries
_KEYS = timeline.playlist_keys

SeriesKey = tuple[int, ...]
"""(track,) for popularity, (track, rank) for attestations: row numbers and ranks."""


class Retelling:
    """One pass over what was said from the first change on, until every series is whole again."""

    def __init__(
        self,
        connection: Connection,
        contents: ContentBook,
        came: Sequence[Heard],
        went: Sequence[Heard],
    ) -> None:
        """``came`` are observations that now count, ``went`` those that no longer do."""
        self._connection = connection
        self._contents = contents
        self._came = sorted(came)
        self._only_came = not went
        self._changed = sorted([*came, *went])
        self._last = self._changed[-1].at
        self._ranks = {each.rank for each in self._changed}
        self._spans: dict[int, tuple[Instant, Instant]] = {}
        self._spoken: set[SeriesKey] = set()
        self._rated: set[SeriesKey] = set()
        self._first = self._changed[0].at
        self._times: dict[int, list[Instant]] = {}
        """When each playlist is spoken of, from the first change on, rising."""

    def run(self) -> Told:
        """Write the series; return the tracks of which something else may be said now."""
        later, hidden = self._later()
        if self._only_came and not later:
            return self._continue()
        for each in self._changed:
            for line in each.lines(self._contents):
                first = self._spans.get(line.track, (each.at, each.at))[0]
                self._spans[line.track] = (first, each.at)
                if line.claim:
                    self._spoken.add((line.track, each.rank))
                if line.popularity is not None:
                    self._rated.add((line.track,))
        return Told({}, self._retell(later, hidden) if self._spans else set())

    def _continue(self) -> Told:
        tracks: set[int] = set()
        for each in self._came:
            tracks.update(line[0] for line in each.lines(self._contents))
        # One after the other: of a large playlist each takes as much memory as its lines.
        continue_popularity(self._connection, self._popularities(), tracks)
        return continue_attestations(self._connection, self._claims(), tracks)

    def _popularities(self) -> list[Word]:
        return [
            Word(each.at, {line[0]: line[4] for line in lines if line[4] is not None})
            for each in self._came
            if (lines := each.lines(self._contents))
        ]

    def _claims(self) -> dict[int, list[Word]]:
        """Return the claims by rank; of a track that stands in a playlist twice the last line counts."""
        words: dict[int, list[Word]] = {}
        for each in self._came:
            claimed = {line[0]: line[3] for line in each.lines(self._contents) if line[3]}
            words.setdefault(each.rank, []).append(Word(each.at, claimed))
        return words

    def _retell(self, later: Sequence[Heard], hidden: Sequence[Heard]) -> set[int]:
        claims = _Series(self._connection, ATTESTATIONS, ("track_id", "rank"), "claim_id")
        values = _Series(self._connection, POPULARITY, ("track_id",), "value")
        for each in self._came:
            for line in each.lines(self._contents):
                if line.claim:
                    claims.say((line.track, each.rank), each.order, line.claim)
                if line.popularity is not None:
                    values.say((line.track,), each.order, line.popularity)
        if later:
            self._listen(later, hidden, claims, values)
        tracks = set(self._spans)
        ranks = self._ranks
        retold = claims.write(self._spans, {(track, rank) for track in tracks for rank in ranks})
        self._set_popularity(
            values.latest(values.write(self._spans, {(track,) for track in tracks}))
        )
        return retold

    def _later(self) -> tuple[list[Heard], list[Heard]]:
        """Return whatever else counts from the first change on, in fold order.

        Beside it all observations that another one of the same playlist and moment hides: entries don't
        show them.
        """
        o = _OBSERVATIONS.c
        rows = self._connection.execute(
            select(
                _KEYS.c.playlist_id, o.taken_at, o.source, o.digest, _DIALECTS.c.rank, o.content_id
            )
            .join(_KEYS, _KEYS.c.id == o.key_id)
            .join(_DIALECTS, _DIALECTS.c.id == o.dialect_id)
            .where(o.taken_at >= self._first, o.effect < Effect.ASIDE)
            .order_by(o.taken_at, o.source, o.digest)
        )
        came = set(self._came)
        later: list[Heard] = []
        hidden: list[Heard] = []
        shown: dict[int, Heard] = {}
        for playlist, at, source, digest, rank, content in rows:
            each = Heard((at, 1 + source, digest), rank, content)
            before = shown.get(playlist)
            if before is not None and before.at == at:
                hidden.append(before)
            shown[playlist] = each
            self._times.setdefault(playlist, []).append(at)
            if each not in came:
                later.append(each)
        words = [each for each in applied_words(self._connection, self._first) if each not in came]
        return sorted([*later, *words], key=lambda each: each.order) if words else later, hidden

    def _listen(
        self, later: Sequence[Heard], hidden: Sequence[Heard], claims: _Series, values: _Series
    ) -> None:
        """Hear what later observations say of the changed tracks, until all have been heard of."""
        waiting = self._still_spoken_of(hidden)
        left = {each.rank for each in later}
        # A series that no changed observation speaks of is as it was: nothing has to settle it. Without
        # this a single local file, which has no popularity, would make us listen to the very end.
        claims.waiting = {key for key in self._spoken if key[0] in waiting and key[1] in left}
        values.waiting = {key for key in self._rated if key[0] in waiting}
        for each, line in self._words_behind(later):
            if line.claim:
                claims.waiting |= {(line.track, each.rank)} & self._spoken
            if line.popularity is not None:
                values.waiting |= {(line.track,)} & self._rated
        for each in later:
            done = not claims.waiting and not values.waiting
            if done and each.at > max(self._last, claims.until, values.until):
                break
            for line in each.lines(self._contents):
                if line.track in self._spans:
                    self._hear(each, line, claims, values)

    def _hear(self, each: Heard, line: Line, claims: _Series, values: _Series) -> None:
        first, last = self._spans[line.track]
        if each.at < first:
            return
        settles = each.at > last
        if line.claim:
            claims.hear((line.track, each.rank), each.order, line.claim, settles=settles)
        if line.popularity is not None:
            values.hear((line.track,), each.order, line.popularity, settles=settles)

    def _still_spoken_of(self, hidden: Iterable[Heard]) -> set[int]:
        """Return the changed tracks that some observation after their last change speaks of.

        One that left its playlists at the next observation is never heard of again, and waiting for it
        would make us listen to the very end.
        """
        e = _ENTRIES.c
        query = select(e.track_id, e.playlist_id, func.max(func.coalesce(e.valid_to, FOR_EVER)))
        standing = query.where((e.valid_to.is_(None)) | (e.valid_to > self._first))
        found: set[int] = set()
        for track, playlist, until in self._connection.execute(
            standing.group_by(e.track_id, e.playlist_id)
        ):
            if track not in self._spans:
                continue
            times = self._times.get(playlist, ())
            place = bisect_right(times, self._spans[track][1])
            if place < len(times) and times[place] < until:
                found.add(track)
        for each in hidden:
            found.update(line.track for line in each.lines(self._contents))
        return found.intersection(self._spans)

    def _words_behind(self, later: Iterable[Heard]) -> Iterator[tuple[Heard, Line]]:
        """Yield what enrichments say of changed tracks after their last change; no entry shows that."""
        for each in later:
            for line in each.words or ():
                if line.track in self._spans and each.at > self._spans[line.track][1]:
                    yield each, line

    def _set_popularity(self, now: Mapping[int, int | None]) -> None:
        bulk_update(self._connection, TRACKS, "popularity", now.items())


class _Series:
    """All series of one table: what is said of each key in the stretch that is told anew."""

    def __init__(
        self, connection: Connection, table: Table, keys: tuple[str, ...], value: str
    ) -> None:
        self._connection = connection
        self._table = table
        self._columns = (*keys, "at", value)
        self._keys = [table.c[name] for name in keys]
        self._at = table.c.at
        self._value = table.c[value]
        self._said: dict[SeriesKey, list[tuple[Order, int]]] = {}
        self.waiting: set[SeriesKey] = set()
        self._settled: dict[SeriesKey, Instant] = {}
        self.until = Instant(0)

    def say(self, key: SeriesKey, order: Order, value: int) -> None:
        """Note what a changed observation says."""
        self._said.setdefault(key, []).append((order, value))

    def hear(self, key: SeriesKey, order: Order, value: int, *, settles: bool) -> None:
        """Note what another observation says; the first moment after the last change settles the series."""
        if settles:
            if key in self.waiting:
                self.waiting.discard(key)
                self._settled[key] = order[0]
                self.until = max(self.until, order[0])
            if self._settled.get(key) != order[0]:
                return
        self._said.setdefault(key, []).append((order, value))

    def write(
        self, spans: Mapping[int, tuple[Instant, Instant]], keys: Collection[SeriesKey]
    ) -> set[int]:
        """Write the rows of the stretch; ``spans`` are each track's first and last change.

        Returns the tracks with a row that came, went or changed.
        """
        first = min(first for first, _ in spans.values())
        self.until = max(self.until, *(last for _, last in spans.values()))
        standing = self._standing(spans, first)
        gone: list[SeriesKey] = []
        new: list[tuple[int, ...]] = []
        for key in {*keys, *self._said}:
            start, last = spans[key[0]]
            told = _by_instant(self._said.get(key, ()))
            until = max([last, *told])
            rows = standing.get(key, [])
            before = [value for at, value in rows if at < start]
            changes = _changes(before[-1] if before else None, told)
            old = {at: value for at, value in rows if start <= at <= until}
            gone += [(*key, at) for at in old if changes.get(at) != old[at]]
            new += [(*key, at, value) for at, value in changes.items() if old.get(at) != value]
        self._replace(gone, new)
        return {row[0] for rows in (gone, new) for row in rows}

    def _replace(self, gone: Sequence[SeriesKey], new: list[tuple[int, ...]]) -> None:
        bulk_delete(self._connection, self._table, self._columns[:-1], gone)
        bulk_insert(self._connection, self._table, self._columns, sorted(new))

    def _standing(
        self, tracks: Iterable[int], first: Instant
    ) -> dict[SeriesKey, list[tuple[Instant, int]]]:
        """Return the rows from each series' last one before the first change to the end of the stretch."""
        found: dict[SeriesKey, list[tuple[Instant, int]]] = {}
        row = (*self._keys, self._at, self._value)
        for chunk in chunks(tracks):
            mine = self._keys[0].in_(chunk)
            last = self._last_rows(mine & (self._at < first))
            before = select(*row).join(
                last, and_(*(last.c[c.name] == c for c in (*self._keys, self._at)))
            )
            within = select(*row).where(mine, self._at >= first, self._at <= self.until)
            for query in (before, within.order_by(*self._keys, self._at)):
                for *key, at, value in self._connection.execute(query):
                    found.setdefault(tuple(key), []).append((at, value))
        return found

    def _last_rows(self, condition: ColumnElement[bool]) -> Subquery:
        at = func.max(self._at).label("at")
        query = select(*self._keys, at).where(condition).group_by(*self._keys)
        return query.subquery()

    def latest(self, tracks: Iterable[int]) -> dict[int, int | None]:
        """Return each track's last value; None where none is left."""
        now: dict[int, int | None] = {}
        for chunk in chunks(tracks):
            now.update(dict.fromkeys(chunk))
            last = self._last_rows(self._keys[0].in_(chunk))
            query = select(self._keys[0], self._value).join(
                last, and_(*(last.c[c.name] == c for c in (*self._keys, self._at)))
            )
            now.update(iter(self._connection.execute(query)))
        return now


def _by_instant(said: Iterable[tuple[Order, int]]) -> dict[Instant, int]:
    """Return the last word of every instant, in order of time."""
    return {order[0]: value for order, value in sorted(said, key=lambda each: each[0])}


def _changes(before: int | None, told: Mapping[Instant, int]) -> dict[Instant, int]:
    """Leave out what only repeats the value before it."""
    changes: dict[Instant, int] = {}
    for at, value in told.items():
        if value != before:
            changes[at] = value
            before = value
    return changes
