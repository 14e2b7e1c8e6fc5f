"""Entries through time: a stretch of a playlist's history is cut out and laid anew.

A normal import lays a stretch that starts at its moment and has no end. An import out of order, a
drop or a join lays one in the middle; what stands before and behind is left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, or_, select

from syncengine.core import rank
from syncengine.core.diff import align
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.records import records
from syncengine.storage.bulk import Numbers, bulk_insert, bulk_update, chunks
from syncengine.storage.models import timeline

ENTRIES = timeline.entries
_COLUMNS = (
    "id",
    "playlist_id",
    "track_id",
    "added_at",
    "contributor_id",
    "rank",
    "valid_from",
    "valid_to",
)
_ROW = select(*(ENTRIES.c[name] for name in _COLUMNS))


EntryValues = tuple[int, Instant | None, int | None]
"""Track, added at, added by."""


class Row(NamedTuple):
    """One row of the entries table."""

    id: int
    playlist: int
    track: int
    added_at: Instant | None
    contributor: int | None
    rank: int
    valid_from: Instant
    valid_to: Instant | None

    @property
    def entry(self) -> EntryValues:
        """The part that is an entry: track, added at, added by."""
        return self[2:5]


class Stretch(NamedTuple):
    """States of one playlist from ``start`` until ``end`` (none: for good), each from its moment on."""

    playlist: int
    start: Instant
    end: Instant | None
    states: Sequence[tuple[Instant, Sequence[Line]]]


class EntryWriter:
    """Lays stretches; writes are gathered and sent together by ``flush``."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._new: dict[int, Row] = {}
        self._ends: dict[int, Instant | None] = {}
        self._starts: dict[int, Instant] = {}
        self._gone: list[int] = []
        self._loaded: dict[int, Row] = {}
        self._balance: Counter[tuple[int, int, Instant | None]] = Counter()
        self._founded: list[Iterable[tuple[int | None, ...]]] = []
        self._gained = 0

    def gained_and_lost(self, real: Mapping[int, int]) -> tuple[int, int]:
        """Return how many entries came to be present, and ceased to be, since this writer began.

        One that is of a track with a real name now (``real``, by row number) is the same entry.
        """
        balance: Counter[tuple[int, int, Instant | None]] = Counter()
        for (playlist, track, added_at), change in self._balance.items():
            balance[playlist, real.get(track, track), added_at] += change
        _forgive_stamps(balance)
        changes = balance.values()
        gained = self._gained + sum(n for n in changes if n > 0)
        return gained, -sum(n for n in changes if n < 0)

    def lay(self, stretches: Sequence[Stretch]) -> None:
        """Make the entries of each stretch's playlist what its states say, for its stretch of time."""
        rows = self._standing(stretches)
        for stretch in stretches:
            held = rows.get(stretch.playlist, [])
            if held or stretch.end is not None or len(stretch.states) > 1:
                _Laying(self, stretch, held).run()
            else:
                self._found(stretch.playlist, *stretch.states[0])
        self.flush()

    def _found(self, playlist: int, at: Instant, lines: Sequence[Line]) -> None:
        """Add the entries of a playlist that had none."""
        count = len(lines)
        numbers = self._numbers.take(ENTRIES, count)
        tracks, stamps, people, *_ = zip(*lines, strict=True) if lines else ((), (), ())
        ranks = rank.fresh(count)
        same = repeat(playlist, count), repeat(at, count), repeat(None, count)
        rows = zip(numbers, same[0], tracks, stamps, people, ranks, *same[1:], strict=True)
        self._founded.append(rows)
        self._gained += count

    def _standing(self, stretches: Sequence[Stretch]) -> dict[int, list[Row]]:
        first = min((stretch.start for stretch in stretches), default=Instant(0))
        rows: dict[int, list[Row]] = {}
        query = _ROW.where(
            ENTRIES.c.playlist_id.in_(bindparam("playlists", expanding=True)),
            or_(ENTRIES.c.valid_to.is_(None), ENTRIES.c.valid_to >= first),
        ).order_by(ENTRIES.c.rank, ENTRIES.c.id)
        for chunk in chunks({stretch.playlist for stretch in stretches}):
            for row in self._connection.execute(query, {"playlists": chunk}):
                rows.setdefault(row[1], []).append(Row(*row))
                self._loaded[row[0]] = Row(*row)
        return rows

    def open(self, rows: Sequence[Row]) -> list[Row]:
        """Add rows, each under a number of its own."""
        numbers = self._numbers.take(ENTRIES, len(rows))
        made = [row._replace(id=number) for number, row in zip(numbers, rows, strict=True)]
        self._new |= zip(numbers, made, strict=True)
        return made

    def begin(
        self, playlist: int, told: Sequence[EntryValues], ranks: Sequence[int], at: Instant
    ) -> list[Row]:
        """Add rows that hold from ``at`` on."""
        numbers = self._numbers.take(ENTRIES, len(told))
        count = len(told)
        columns = zip(*told, strict=True) if told else ((), (), ())
        made = list(
            records(
                Row,
                numbers,
                repeat(playlist, count),
                *columns,
                ranks,
                repeat(at, count),
                repeat(None, count),
            )
        )
        self._new |= zip(numbers, made, strict=True)
        return made

    def end(self, row: Row, at: Instant | None) -> Row:
        """Let a row hold until ``at``; none means until further notice."""
        if row.id in self._new:
            self._new[row.id] = self._new[row.id]._replace(valid_to=at)
        else:
            self._ends[row.id] = at
        return row._replace(valid_to=at)

    def start(self, row: Row, at: Instant) -> Row:
        """Let a row hold from ``at`` only."""
        if row.id in self._new:
            self._new[row.id] = self._new[row.id]._replace(valid_from=at)
        else:
            self._starts[row.id] = at
        return row._replace(valid_from=at)

    def remove(self, row: Row) -> None:
        """Take a row out."""
        if self._new.pop(row.id, None) is None:
            self._gone.append(row.id)

    def _weigh(self) -> None:
        """Add up what is present now and was not, by playlist, track and stamp."""
        gone = set(self._gone)
        self._balance.update(row[1:4] for row in self._new.values() if row.valid_to is None)
        for number in gone:
            if self._loaded[number].valid_to is None:
                self._balance[self._loaded[number][1:4]] -= 1
        for number, at in self._ends.items():
            row = self._loaded[number]
            if number not in gone and (row.valid_to is None) != (at is None):
                self._balance[row[1:4]] += 1 if at is None else -1

    def flush(self) -> None:
        """Send what was gathered."""
        self._weigh()
        for chunk in chunks(self._gone):
            self._connection.execute(delete(ENTRIES).where(ENTRIES.c.id.in_(chunk)))
        gone = set(self._gone)
        for column, changes in (("valid_from", self._starts), ("valid_to", self._ends)):
            values = [
                (row, at)
                for row, at in changes.items()
                if row not in gone and getattr(self._loaded[row], column) != at
            ]
            bulk_update(self._connection, ENTRIES, column, values)
        new = chain(*self._founded, self._new.values())
        bulk_insert(self._connection, ENTRIES, _COLUMNS, new)
        self._founded.clear()
        self._new, self._ends, self._starts, self._gone, self._loaded = {}, {}, {}, [], {}


def _forgive_stamps(balance: Counter[tuple[int, int, Instant | None]]) -> None:
    """Take for one what went and came only because its stamp became known, or is not said any more."""
    stamped: dict[tuple[int, int], list[tuple[int, int, Instant | None]]] = {}
    for place in balance:
        if place[2] is not None:
            stamped.setdefault(place[:2], []).append(place)
    for bare in [place for place in balance if place[2] is None]:
        for place in stamped.get(bare[:2], ()):
            if balance[bare] * balance[place] < 0:
                both = min(balance[bare], balance[place], key=abs)
                sign = 1 if balance[bare] > 0 else -1
                balance[bare] -= sign * abs(both)
                balance[place] += sign * abs(both)


class _Laying:
    """One stretch being laid: clear it, fill it, and heal the seam at its end."""

    def __init__(self, writer: EntryWriter, stretch: Stretch, rows: Sequence[Row]) -> None:
        self._writer = writer
        self._stretch = stretch
        self._rows = rows

    def run(self) -> None:
        before, after = self._clear()
        current = before
        for at, lines in self._stretch.states:
            current = self._turn(current, lines, at)
        if self._stretch.end is not None:
            self._heal(current, after, self._stretch.end)

    def _clear(self) -> tuple[list[Row], list[Row]]:
        """Empty the stretch; return the rows that hold just before it and from its end on."""
        start, end = self._stretch.start, self._stretch.end
        before: list[Row] = []
        after: list[Row] = []
        for row in self._rows:
            reaches_in = row.valid_from < start and (row.valid_to is None or row.valid_to >= start)
            beyond = end is not None and (row.valid_to is None or row.valid_to > end)
            if row.valid_to is not None and row.valid_to < start:
                continue
            if end is not None and row.valid_from >= end:
                if row.valid_from == end:
                    after.append(row)
                continue
            if reaches_in:
                if beyond and end is not None:
                    after += self._writer.open([row._replace(valid_from=end)])
                before.append(self._writer.end(row, start) if row.valid_to != start else row)
            elif beyond and end is not None:
                after.append(self._writer.start(row, end))
            else:
                self._writer.remove(row)
        return before, after

    def _turn(self, current: Sequence[Row], lines: Sequence[Line], at: Instant) -> list[Row]:
        """End what leaves at ``at``, begin what comes; return the rows that hold from then on."""
        told = [line[:3] for line in lines]
        if not current:
            return self._writer.begin(self._stretch.playlist, told, rank.fresh(len(told)), at)
        held = [row[2:5] for row in current]
        stays = {j: current[i] for i, j in align(held, told).kept if held[i] == told[j]}
        ranks = rank.fill([stays[j].rank if j in stays else None for j in range(len(told))])
        if ranks is None:
            # No room left between two neighbours: the whole playlist is ranked anew from here on.
            stays, ranks = {}, rank.fresh(len(told))
        come = [j for j in range(len(told)) if j not in stays]
        begun = self._writer.begin(
            self._stretch.playlist, [told[j] for j in come], [ranks[j] for j in come], at
        )
        rows = dict(zip(come, begun, strict=True))
        rows |= {j: self._writer.end(row, None) for j, row in stays.items()}
        staying = {row.id for row in stays.values()}
        for row in current:
            if row.id not in staying:
                self._finish(row, at)
        return [rows[j] for j in range(len(told))]

    def _finish(self, row: Row, at: Instant) -> None:
        if row.valid_from >= at:
            self._writer.remove(row)
        elif row.valid_to != at:
            self._writer.end(row, at)

    def _heal(self, current: Sequence[Row], after: Sequence[Row], end: Instant) -> None:
        """Join rows that end at the seam with their equals that begin there; end the others."""
        twins: dict[tuple[object, ...], list[Row]] = {}
        for row in after:
            twins.setdefault((*row.entry, row.rank), []).append(row)
        for row in current:
            match = twins.get((*row.entry, row.rank))
            if match:
                twin = match.pop()
                self._writer.end(row, twin.valid_to)
                self._writer.remove(twin)
            else:
                self._finish(row, end)
