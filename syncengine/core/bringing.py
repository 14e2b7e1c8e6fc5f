"""The fewest calls that bring a playlist from what stands there to what is wanted.

``to_fill`` only adds. ``to_bring`` removes and moves, too, and so keeps the added-at stamps of what stays;
where that costs more calls than writing the playlist anew, or something stands there that no call can
remove, it is written anew. What can be added is known from ``remote_writing``: local files that stand in a
playlist can be moved, but neither added nor removed by name (developer.spotify.com, concepts/playlists).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from syncengine.core.diff import align
from syncengine.core.identity import TrackKey
from syncengine.core.remote_writing import BATCH, can_be_added


class Add(NamedTuple):
    """Put tracks before a position; that may be the end."""

    position: int
    tracks: tuple[TrackKey, ...]


class Remove(NamedTuple):
    """Remove every occurrence of tracks."""

    tracks: tuple[TrackKey, ...]


class Move(NamedTuple):
    """Move ``length`` entries from ``start`` before another; all count in the order until then."""

    start: int
    before: int
    length: int


class Replace(NamedTuple):
    """Put tracks in the place of all there are."""

    tracks: tuple[TrackKey, ...]


Step = Add | Remove | Move | Replace
"""One call."""
Tracks = Sequence[TrackKey]


def after(there: Tracks, step: Step) -> list[TrackKey]:
    """Return what stands in a playlist after a step."""
    match step:
        case Add(position, tracks):
            return [*there[:position], *tracks, *there[position:]]
        case Remove(tracks):
            gone = set(tracks)
            return [each for each in there if each not in gone]
        case Move(start, before, length):
            moved = there[start : start + length]
            rest = [*there[:start], *there[start + length :]]
            place = before if before <= start else before - length
            return [*rest[:place], *moved, *rest[place:]]
        case Replace(tracks):
            return list(tracks)


def to_fill(there: Tracks, wanted: Tracks) -> list[Add]:
    """Return the steps after which all that is wanted stands in a playlist, in order as far as can be.

    Nothing else is touched: what a person put there, or moved, stays. A track that stands there as often
    as it is wanted is not added.
    """
    kept, moved = align(_placed(there), _placed(wanted))
    found = {j for _, j in (*kept, *moved)}
    steps: list[Add] = []
    place = added = 0
    pairs = iter(kept)
    following = next(pairs, None)
    for j, track in enumerate(wanted):
        while following is not None and following[1] < j:
            place = following[0] + 1
            following = next(pairs, None)
        if j not in found:
            steps.append(Add(place + added, (track,)))
            added += 1
    return _batches(steps)


def to_bring(there: Tracks, wanted: Tracks) -> list[Step]:
    """Return the steps after which a playlist is what is wanted, in order; ``reachable`` says how far."""
    goal = reachable(there, wanted)
    if list(there) == goal:
        return []
    anew = _anew(goal)
    held = Counter(there)
    fixed = any(not can_be_added(each) for each in goal)
    surplus = held - Counter(goal)
    if any(not can_be_added(each) for each in surplus):
        return anew
    gone = [each for each in held if each in surplus]
    steps: list[Step] = [
        Remove(tuple(gone[first : first + BATCH])) for first in range(0, len(gone), BATCH)
    ]
    left = [each for each in there if each not in surplus]
    most = None if fixed else len(anew)
    moves = _moves(left, goal, most)
    if moves is None:
        return anew
    steps += moves
    steps += _inserts(left, goal)
    return steps if fixed or len(steps) <= len(anew) else anew


def reachable(there: Tracks, wanted: Tracks) -> list[TrackKey]:
    """Return what a playlist can be brought to: wanted, without what is not there and cannot be added.

    Where something stands there that is not wanted and that no call removes, nothing can be kept that
    cannot be added: the playlist has to be written anew.
    """
    held, needed = Counter(there), Counter(wanted)
    if any(not can_be_added(each) for each in held - needed):
        return [each for each in wanted if can_be_added(each)]
    room = Counter({each: count for each, count in held.items() if not can_be_added(each)})
    goal = []
    for each in wanted:
        if not can_be_added(each):
            if not room[each]:
                continue
            room[each] -= 1
        goal.append(each)
    return goal


def _anew(goal: Tracks) -> list[Step]:
    parts = [tuple(goal[first : first + BATCH]) for first in range(0, len(goal), BATCH)] or [()]
    steps: list[Step] = [Replace(parts[0])]
    steps += [Add(number * BATCH, part) for number, part in enumerate(parts[1:], start=1)]
    return steps


def _placed(tracks: Tracks) -> list[tuple[TrackKey, None, None]]:
    return [(each, None, None) for each in tracks]


def _targets(left: Tracks, goal: Tracks) -> list[int]:
    """Return for each entry that stays its place in the goal."""
    kept, moved = align(_placed(left), _placed(goal))
    places = dict((*kept, *moved))
    return [places[i] for i in range(len(left))]


def _inserts(left: Tracks, goal: Tracks) -> list[Add]:
    """Return what puts in what is missing, once all that stays is in order: from the front to the end."""
    found = set(_targets(left, goal))
    return _batches([Add(j, (each,)) for j, each in enumerate(goal) if j not in found])


def _moves(left: Tracks, goal: Tracks, most: int | None) -> list[Move] | None:
    """Return the moves that bring what stays into order; None where they are more than ``most``."""
    order = _targets(left, goal)
    rank = {target: number for number, target in enumerate(sorted(order))}
    current = [rank[target] for target in order]
    stays = _rising(current)
    moves: list[Move] = []
    for number in range(len(current)):
        if number in stays:
            continue
        if most is not None and len(moves) >= most:
            return None
        start = current.index(number)
        length = 1
        # What follows it there and in the goal comes along.
        while (
            start + length < len(current)
            and current[start + length] == number + length
            and number + length not in stays
        ):
            length += 1
        before = 0 if number == 0 else current.index(number - 1) + 1
        stays |= set(range(number, number + length))
        if before != start:
            moves.append(Move(start, before, length))
            block = current[start : start + length]
            del current[start : start + length]
            place = before if before <= start else before - length
            current[place:place] = block
    return moves


def _rising(numbers: Sequence[int]) -> set[int]:
    """Return a longest rising part of a permutation."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for each in numbers:
        place = bisect_left(ends, each)
        before[each] = ends[place - 1] if place else None
        ends[place : place + 1] = [each]
    found: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def _batches(steps: Sequence[Add]) -> list[Add]:
    """Make one step of those that follow on each other, as far as a call goes."""
    made: list[Add] = []
    for step in steps:
        if made:
            position, tracks = made[-1]
            if position + len(tracks) == step.position and len(tracks) < BATCH:
                made[-1] = Add(position, (*tracks, *step.tracks))
                continue
        made.append(step)
    return made
