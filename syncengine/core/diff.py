"""What changed between two states of one playlist: the fewest moves, exact to the duplicate.

Occurrences of one track are paired by (track, added at), then by track in order where one of the two
added-at stamps is missing; another stamp is a removal and an addition. Of the paired ones as many as
can be keep their order (a longest common subsequence, after Hunt and Szymanski, CACM 1977); the
rest moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from syncengine.core.moment import Instant
from syncengine.core.playlist import Entry

_MOST_CANDIDATES = 500_000
"""Above this many equal pairs (a playlist of copies of one track) pairing in order must do."""


class Occurrence(NamedTuple):
    """An entry and its position, counted from 0."""

    position: int
    entry: Entry


class Move(NamedTuple):
    """An entry that kept its identity and changed its place in the order."""

    track: Hashable
    source: int
    target: int


class Restamp(NamedTuple):
    """An entry whose added-at or added-by became known, was lost or differs by who added it."""

    target: int
    before: Entry
    after: Entry


@dataclass(frozen=True, slots=True)
class EntryDiff:
    """A change of one playlist; removed and moved sources count in FROM, the rest in TO."""

    added: tuple[Occurrence, ...] = ()
    removed: tuple[Occurrence, ...] = ()
    moved: tuple[Move, ...] = ()
    restamped: tuple[Restamp, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the two states are equal."""
        return not (self.added or self.removed or self.moved or self.restamped)


class Alignment(NamedTuple):
    """Pairs of positions (before, after): those that kept their order, and those that moved."""

    kept: list[tuple[int, int]]
    moved: list[tuple[int, int]]


Pairs = list[tuple[int, int]]


Placed = Entry | tuple[Hashable, Instant | None, Hashable | None]
"""An entry, or the three values of one as a plain tuple."""


def align(before: Sequence[Placed], after: Sequence[Placed]) -> Alignment:
    """Pair the occurrences of two states; both lists are sorted by the position before."""
    left = [entry[:2] for entry in before]
    right = [entry[:2] for entry in after]
    if left == right:
        return Alignment([(i, i) for i in range(len(left))], [])
    head = _common(left, right)
    room = min(len(left), len(right)) - head
    tail = min(room, _common(reversed(left), reversed(right)))
    kept = [(i, i) for i in range(head)]
    moved: Pairs = []
    if head + tail < max(len(before), len(after)):
        inner_kept, inner_moved = _align_middle(before, after, head, tail)
        kept += inner_kept
        moved = inner_moved
    shift = len(after) - len(before)
    kept += [(i, i + shift) for i in range(len(before) - tail, len(before))]
    return Alignment(kept, moved)


def _common(left: Iterable[object], right: Iterable[object]) -> int:
    """Return how many of the first are equal."""
    equal = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        equal += 1
    return equal


def _align_middle(
    before: Sequence[Placed], after: Sequence[Placed], head: int, tail: int
) -> tuple[Pairs, Pairs]:
    places: dict[tuple[Hashable, Instant | None], list[int]] = defaultdict(list)
    for j in range(head, len(after) - tail):
        places[after[j][:2]].append(j)
    rows = range(head, len(before) - tail)
    candidates = sum(len(places.get(before[i][:2], ())) for i in rows)
    kept: Pairs = []
    if candidates <= _MOST_CANDIDATES:
        kept = _longest_chain((i, j) for i in rows for j in reversed(places.get(before[i][:2], ())))
    used_before = {i for i, _ in kept}
    used_after = {j for _, j in kept}
    free = {
        key: deque(j for j in positions if j not in used_after) for key, positions in places.items()
    }
    exact: Pairs = []
    for i in rows:
        queue = free.get(before[i][:2]) if i not in used_before else None
        if queue:
            exact.append((i, queue.popleft()))
    used_before.update(i for i, _ in exact)
    loose = _pair_unstamped(
        before,
        after,
        [i for i in rows if i not in used_before],
        sorted(j for queue in free.values() for j in queue),
    )
    if candidates <= _MOST_CANDIDATES and not loose:
        return kept, exact
    pairs = sorted(kept + exact + loose)
    chain = _longest_chain(pairs)
    chained = set(chain)
    return chain, [pair for pair in pairs if pair not in chained]


def _pair_unstamped(
    before: Sequence[Placed], after: Sequence[Placed], left: list[int], right: list[int]
) -> Pairs:
    """Pair by track in order, where one of the two stamps is missing.

    Of more stamped ones than there are partners those added first are taken: of which copies the rest
    consists depends on the side it is seen from, of which stamps does not.
    """
    bare, dated = _by_track(before, left)
    others_bare, others_dated = _by_track(after, right)
    pairs: Pairs = []
    for track, places in bare.items():
        pairs += zip(places, _first_added(after, others_dated[track], len(places)), strict=False)
    for track, places in others_bare.items():
        pairs += zip(_first_added(before, dated[track], len(places)), places, strict=False)
    return pairs


Places = dict[Hashable, list[int]]


def _by_track(entries: Sequence[Placed], places: Iterable[int]) -> tuple[Places, Places]:
    """Return the places of each track's entries without and with a stamp."""
    bare: Places = defaultdict(list)
    dated: Places = defaultdict(list)
    for place in places:
        track, stamp = entries[place][:2]
        (bare if stamp is None else dated)[track].append(place)
    return bare, dated


def _first_added(entries: Sequence[Placed], places: list[int], count: int) -> list[int]:
    return sorted(sorted(places, key=lambda place: (entries[place][1], place))[:count])


def _longest_chain(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """Return the longest chain that rises on both sides; equal firsts must come with falling seconds."""
    ends: list[int] = []
    nodes: list[tuple[int, int, int]] = []
    top: list[int] = []
    for i, j in pairs:
        place = bisect_left(ends, j)
        nodes.append((i, j, top[place - 1] if place else -1))
        if place == len(ends):
            ends.append(j)
            top.append(len(nodes) - 1)
        else:
            ends[place] = j
            top[place] = len(nodes) - 1
    chain: Pairs = []
    at = top[-1] if top else -1
    while at >= 0:
        i, j, at = nodes[at]
        chain.append((i, j))
    chain.reverse()
    return chain


def diff(
    before: Sequence[Entry],
    after: Sequence[Entry],
    *,
    unplaced: tuple[Container[int], Container[int]] = ((), ()),
) -> EntryDiff:
    """Return the change that turns one state into the other; ``moved`` is minimal.

    ``unplaced`` are positions before and after at which the entries stand because nobody told their
    place: what is there on either side did not move, and the change gives the state but for these.
    """
    kept, moved = align(before, after)
    paired = kept + moved
    if any(unplaced):
        placed = [(i, j) for i, j in paired if i not in unplaced[0] and j not in unplaced[1]]
        chain = set(_longest_chain(sorted(placed)))
        moved = [pair for pair in placed if pair not in chain]
    stays = {i for i, _ in paired}
    comes = {j for _, j in paired}
    return EntryDiff(
        added=tuple(Occurrence(j, each) for j, each in enumerate(after) if j not in comes),
        removed=tuple(Occurrence(i, each) for i, each in enumerate(before) if i not in stays),
        moved=tuple(Move(before[i][0], i, j) for i, j in sorted(moved, key=lambda pair: pair[1])),
        restamped=tuple(
            Restamp(j, before[i], after[j]) for i, j in sorted(paired) if before[i] != after[j]
        ),
    )


def apply(change: EntryDiff, before: Sequence[Entry]) -> list[Entry]:
    """Return the state after a change: delete, then insert in ascending order."""
    leaving = {gone.position for gone in change.removed} | {move.source for move in change.moved}
    state = [entry for position, entry in enumerate(before) if position not in leaving]
    arriving = [(new.position, new.entry) for new in change.added]
    arriving += [(move.target, before[move.source]) for move in change.moved]
    for position, entry in sorted(arriving, key=lambda pair: pair[0]):
        state.insert(position, entry)
    for stamp in change.restamped:
        state[stamp.target] = stamp.after
    return state
