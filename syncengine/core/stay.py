"""The stays of entries in one playlist: when each came and left, and how that is known.

Storage holds a row for each stretch of time in which nothing about an entry changed. A stay joins the
rows that are one entry: it moved, its stamp became known, or the service gave it another id or shows
nothing of it any more. docs/history.md has the rules in the words of a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from syncengine.core.moment import FOR_EVER, Instant

FIRST_STAMP = Instant(1_136_073_600)
"""2006-01-01: Spotify was founded in that year, so what claims to be older is no stamp (1970 is common)."""


class Row(NamedTuple):
    """An entry from ``since`` until ``until`` (none: it still is); ``rank`` orders those of one moment.

    ``track`` is a row number.
    """

    track: int
    added_at: Instant | None
    rank: int
    since: Instant
    until: Instant | None


class Presence(NamedTuple):
    """A time in which a playlist was in the library; ``until`` is None while it is.

    ``whole_since`` is when it was first seen whole in that time: what was there by then may have been
    there long before.
    """

    since: Instant
    until: Instant | None
    whole_since: Instant


class Ending(StrEnum):
    """How a stay ended; ``HELD`` has not."""

    HELD = "held"
    REMOVED = "removed"
    UNAVAILABLE = "unavailable"
    """Nothing was shown of it when it left: some exporters leave such places out."""
    PLAYLIST_ENDED = "playlist-ended"


class Vanishing(NamedTuple):
    """A track (by row number) whose place was there from a moment on with nothing shown in it."""

    track: int
    at: Instant


@dataclass(frozen=True, slots=True)
class Stay:
    """One entry's time in a playlist, from the row that first showed it to the one that last did.

    ``came`` is when it was added, None where nothing tells; ``is_new`` says that this was an addition.
    """

    rows: tuple[Row, ...]
    came: Instant | None
    is_new: bool
    ending: Ending

    @property
    def seen(self) -> Instant:
        """When it was first seen."""
        return self.rows[0].since

    @property
    def until(self) -> Instant | None:
        """When it was first seen gone; None while it is there."""
        return self.rows[-1].until

    @property
    def added_at(self) -> Instant | None:
        """Its stamp as the service tells it, where it was ever told."""
        return next((row.added_at for row in self.rows if row.added_at is not None), None)


class Stays(NamedTuple):
    """All stays of one playlist in order of coming, and the tracks that vanished out of their places."""

    stays: Sequence[Stay]
    vanished: Sequence[Vanishing]


def find_stays(
    rows: Iterable[Row], presences: Sequence[Presence], unavailable: int | None
) -> Stays:
    """Join a playlist's rows to stays.

    ``presences`` are in order of time and cover all rows; ``unavailable`` is the row number of the
    track that stands for entries of which nothing is shown (none: there are no such).
    """
    ordered = sorted(rows, key=lambda row: (row.since, row.rank, row.track, row.until or FOR_EVER))
    following, vanished = _link(ordered, unavailable)
    followed = set(following.values())
    made: list[Stay] = []
    left: _Left = defaultdict(list)
    for number, row in enumerate(ordered):
        if number in followed:
            continue
        chain = [row]
        place = number
        while place in following:
            place = following[place]
            chain.append(ordered[place])
        made.append(_stay(tuple(chain), presences, unavailable, left))
    return Stays(made, vanished)


_Left = dict[tuple[int, Instant], list[Instant]]
"""When entries left, by track and stamp."""


def _stay(
    chain: tuple[Row, ...], presences: Sequence[Presence], unavailable: int | None, left: _Left
) -> Stay:
    """Say what is known of a chain; ``left`` remembers those before it."""
    first, last = chain[0], chain[-1]
    home = presences[0]
    if first.since > home.since:
        home = next(each for each in reversed(presences) if each.since <= first.since)
    stamp = next(filter(None, map(_stamp, chain)), None)
    came_back = False
    if stamp is not None:
        before = left.get((first.track, stamp), [])
        if came_back := bool(before) and min(before) <= first.since:
            before.remove(min(before))
        if last.until is not None:
            left[last.track, stamp].append(last.until)
    was_there = first.since <= (home.since if came_back else home.whole_since)
    came = None if stamp is None else min(stamp, first.since)
    is_new = came is not None and not came_back
    if not is_new and not was_there:
        came, is_new = first.since, True
    is_shown = any(row.track != unavailable for row in chain)
    return Stay(chain, came, is_new and is_shown, _ending(last, presences, unavailable))


def _ending(last: Row, presences: Sequence[Presence], unavailable: int | None) -> Ending:
    if last.until is None:
        return Ending.HELD
    if any(each.until == last.until for each in presences):
        return Ending.PLAYLIST_ENDED
    return Ending.UNAVAILABLE if last.track == unavailable else Ending.REMOVED


def _link(rows: Sequence[Row], unavailable: int | None) -> tuple[dict[int, int], list[Vanishing]]:
    """Return which row goes on in which, by place in the list, and the tracks that vanished."""
    leaving: dict[Instant, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        if row.until is not None:
            leaving[row.until].append(number)
    coming: dict[Instant, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        if row.since in leaving:
            coming[row.since].append(number)
    following: dict[int, int] = {}
    vanished: list[Vanishing] = []
    for at, come in coming.items():
        pairing = _Pairing(rows, leaving[at], come)
        following |= pairing.run()
        vanished += [
            Vanishing(rows[one].track, at)
            for one, other in pairing.certain
            if rows[other].track == unavailable != rows[one].track
        ]
    return following, vanished


_Mark = Callable[[Row], Hashable]


class _Pairing:
    """What left and what came at one moment: which of it is the same."""

    def __init__(self, rows: Sequence[Row], left: Iterable[int], came: Iterable[int]) -> None:
        self._rows = rows
        self._left = list(left)
        self._came = list(came)
        self._pairs: dict[int, int] = {}
        self.certain: list[tuple[int, int]] = []
        """Pairs of which no other one was possible with the same right."""

    def run(self) -> dict[int, int]:
        """Pair by track and stamp, then by track where a stamp is missing, then by stamp alone."""
        self._pair(_entry, _entry)
        self._pair(_of_bare, _of_stamped)
        self._pair(_of_stamped, _of_bare)
        self._pair(_stamp, _stamp)
        return self._pairs

    def _pair(self, mark_left: _Mark, mark_came: _Mark) -> None:
        left, came = self._by(mark_left, self._left), self._by(mark_came, self._came)
        for mark, ones in left.items():
            others = came.get(mark, [])
            both = list(zip(ones, others, strict=False))
            self._pairs |= dict(both)
            if len(ones) == len(others):
                self.certain += both
        self._left = [each for each in self._left if each not in self._pairs]
        taken = set(self._pairs.values())
        self._came = [each for each in self._came if each not in taken]

    def _by(self, mark: _Mark, numbers: Iterable[int]) -> dict[Hashable, list[int]]:
        """Return the rows of each mark in the order of the playlist; without a mark they are left out."""
        found: dict[Hashable, list[int]] = {}
        for number in sorted(numbers, key=lambda each: self._rows[each].rank):
            if (marked := mark(self._rows[number])) is not None:
                found.setdefault(marked, []).append(number)
        return found


def _entry(row: Row) -> Hashable:
    return row.track, _stamp(row)


def _of_bare(row: Row) -> Hashable:
    return row.track if _stamp(row) is None else None


def _of_stamped(row: Row) -> Hashable:
    return None if _stamp(row) is None else row.track


def _stamp(row: Row) -> Instant | None:
    """Return an entry's stamp, unless it is none."""
    return None if row.added_at is None or row.added_at < FIRST_STAMP else row.added_at
