"""Which playlist keys are one playlist: by the name of the file, and renames, by what stands inside.

An export has no id of its playlist, but its file has the name that an exporter makes of the playlist's.
So a key of an export and a playlist of the API are one where the names agree; where several playlists
are called so, what stands inside decides, and where nothing at all is shared they are not.

A rename is a new key whose first observation shares at least half of its (track, added at) pairs, and
at least five, with the last observation of a key that is not seen beside it. Copies get new added-at
stamps, so a copy is no rename. Where stamps are missing tracks alone must do, and then only if a
roster says that the old one is gone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncengine.core.identity import LIKED, PlaylistKey, keys_of_file
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line

SITTING = 3600
"""Seconds within which two observations count as one moment: the files of one export differ by minutes."""
SHARED_AT_LEAST = 5


@dataclass(frozen=True, slots=True)
class Trail:
    """Every moment at which one key was seen, rising; ``contents`` stand beside, number by number.

    ``file_keys`` are the keys that exports of it have, where the names that it had are known.
    """

    key: PlaylistKey
    times: Sequence[Instant]
    contents: Sequence[int | None]
    gone_at: Sequence[Instant] = ()
    file_keys: frozenset[PlaylistKey] = frozenset()

    def goes_by(self, key: PlaylistKey) -> bool:
        """Tell whether a file with this key may be an export of it."""
        return not self.file_keys.isdisjoint(keys_of_file(key))

    def last_before(self, at: Instant) -> int | None:
        """Return the content of the last observation before a moment."""
        place = bisect_left(self.times, at) - 1
        return self.contents[place] if place >= 0 else None

    def nearest(self, at: Instant) -> int | None:
        """Return the content of the observation nearest in time."""
        moments = range(len(self.times))
        known = [n for n in moments if self.contents[n] is not None]
        if not known:
            return None
        return self.contents[min(known, key=lambda n: abs(self.times[n] - at))]


@dataclass(frozen=True, slots=True)
class Join:
    """Two keys are one playlist, and why."""

    earlier: PlaylistKey
    later: PlaylistKey
    because: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people decided: pairs that are one playlist, and pairs that are not."""

    same: frozenset[frozenset[PlaylistKey]] = frozenset()
    different: frozenset[frozenset[PlaylistKey]] = frozenset()


def find_joins(
    trails: Mapping[PlaylistKey, Trail],
    lines: Callable[[int], Sequence[Line]],
    verdicts: Verdicts,
) -> list[Join]:
    """Return the joins that hold, in the order of time; the result depends on the trails alone."""
    groups = _Groups(trails, verdicts)
    joins: list[Join] = []
    for pair in sorted(verdicts.same, key=sorted):
        earlier, later = sorted(pair, key=lambda key: (_first(trails, key), key))
        if earlier in trails and later in trails and groups.unite(earlier, later, forced=True):
            joins.append(Join(earlier, later, "you said so"))
    named = [
        join
        for join in _by_name(trails, lines)
        if groups.unite(join.earlier, join.later, forced=False)
    ]
    joins += named
    # Two that belong to playlists whose ids are known are one already, or two for good.
    found = {key for join in named for key in (join.earlier, join.later)}
    for trail in sorted(trails.values(), key=lambda each: (each.times[0], each.key)):
        candidates = [
            (share, other.times[0], other.key, because)
            for other in trails.values()
            if not (trail.key in found and other.key in found)
            if _may_be_one(other, trail)
            for share, because in _evidence(other, trail, lines)
        ]
        for _, _, key, because in sorted(candidates, key=lambda c: (-c[0], -c[1], c[2])):
            if groups.unite(key, trail.key, forced=False):
                joins.append(Join(key, trail.key, because))
                break
    return joins


def _by_name(
    trails: Mapping[PlaylistKey, Trail], lines: Callable[[int], Sequence[Line]]
) -> list[Join]:
    """Return the exports and playlists of the API whose names agree, in the order of time."""
    called: dict[PlaylistKey, list[PlaylistKey]] = {}
    for trail in trails.values():
        for of_file in trail.file_keys:
            called.setdefault(of_file, []).append(trail.key)
    found: list[Join] = []
    for key, export in trails.items() if called else ():
        several = {each for of_file in keys_of_file(key) for each in called.get(of_file, ())}
        if not several:
            continue
        shares = sorted(
            ((_share(export, trails[each], lines), each) for each in several), reverse=True
        )
        share, best = shares[0]
        if share == 0 or (len(shares) > 1 and shares[1][0] == share):
            continue
        if share * 2 < 1 and _is_of_another(export, several, trails, lines):
            continue
        earlier, later = sorted((key, best), key=lambda each: (_first(trails, each), each))
        found.append(Join(earlier, later, "the name of the file is that of the playlist"))
    return sorted(found, key=lambda join: (_first(trails, join.later), join.later, join.earlier))


def _is_of_another(
    export: Trail,
    several: Collection[PlaylistKey],
    trails: Mapping[PlaylistKey, Trail],
    lines: Callable[[int], Sequence[Line]],
) -> bool:
    """Tell whether a playlist that is called otherwise has the entries of an export.

    Then that one was renamed, and its name was given to another one since.
    """
    return any(
        each.key not in several and any(True for _ in _evidence(export, each, lines))
        for each in trails.values()
        if each.file_keys and _may_be_one(export, each)
    )


def _share(export: Trail, other: Trail, lines: Callable[[int], Sequence[Line]]) -> float:
    """Return which part of the larger one both hold, nearest in time; 1 where that can't be told.

    Two that are empty, or of which one was never seen inside, have nothing but their names.
    """
    ours = export.nearest(other.times[0])
    theirs = other.nearest(export.times[-1])
    if ours is None or theirs is None:
        return 1.0
    left = Counter(line.track for line in lines(ours))
    right = Counter(line.track for line in lines(theirs))
    most = max(left.total(), right.total())
    return (left & right).total() / most if left and right else 1.0


def _first(trails: Mapping[PlaylistKey, Trail], key: PlaylistKey) -> Instant:
    return trails[key].times[0] if key in trails else Instant(0)


def _may_be_one(earlier: Trail, later: Trail) -> bool:
    if LIKED in (earlier.key, later.key) or earlier.key == later.key:
        return False
    if earlier.key.startswith("spotify:") and later.key.startswith("spotify:"):
        return False
    return earlier.times[0] < later.times[0] and not seen_together(earlier.times, later.times)


def seen_together(left: Sequence[Instant], right: Sequence[Instant]) -> bool:
    """Tell whether two rising lists of moments come within one sitting of each other."""
    few, many = (left, right) if len(left) <= len(right) else (right, left)
    for at in few:
        place = bisect_left(many, at - SITTING + 1)
        if place < len(many) and many[place] < at + SITTING:
            return True
    return False


def _evidence(
    earlier: Trail, later: Trail, lines: Callable[[int], Sequence[Line]]
) -> Iterable[tuple[float, str]]:
    old = earlier.last_before(later.times[0])
    new = later.contents[0]
    if old is None or new is None:
        return
    before, after = lines(old), lines(new)
    most = max(len(before), len(after))
    stamped = all(line.added_at is not None for line in (*before, *after))
    gone = any(at > earlier.times[0] for at in earlier.gone_at)
    if not stamped and not gone:
        return
    left = Counter((line.track, line.added_at if stamped else None) for line in before)
    right = Counter((line.track, line.added_at if stamped else None) for line in after)
    shared = (left & right).total()
    if shared >= SHARED_AT_LEAST and shared * 2 >= most:
        what = (
            "tracks with the same added-at stamps" if stamped else "tracks, and the old one is gone"
        )
        yield shared / most, f"{shared} of {most} {what}"


class _Groups:
    """Keys that are one playlist so far; two groups seen together are never united by the rule."""

    def __init__(self, trails: Mapping[PlaylistKey, Trail], verdicts: Verdicts) -> None:
        self._trails = trails
        self._verdicts = verdicts
        self._members: dict[PlaylistKey, set[PlaylistKey]] = {key: {key} for key in trails}

    def unite(self, left: PlaylistKey, right: PlaylistKey, *, forced: bool) -> bool:
        ours, theirs = self._members[left], self._members[right]
        if ours is theirs:
            return False
        if not forced and any(self._apart(a, b) for a in ours for b in theirs):
            return False
        ours |= theirs
        for key in theirs:
            self._members[key] = ours
        return True

    def _apart(self, a: PlaylistKey, b: PlaylistKey) -> bool:
        if frozenset((a, b)) in self._verdicts.different:
            return True
        if self._trails[b].goes_by(a) or self._trails[a].goes_by(b):
            return False  # an export and the API may well show one playlist at one moment
        return seen_together(self._trails[a].times, self._trails[b].times)


def group_keys(keys: Iterable[PlaylistKey], joins: Sequence[Join]) -> list[set[PlaylistKey]]:
    """Return the keys in groups of one playlist each."""
    member: dict[PlaylistKey, set[PlaylistKey]] = {key: {key} for key in keys}
    for join in joins:
        ours, theirs = member[join.earlier], member[join.later]
        if ours is not theirs:
            ours |= theirs
            for key in theirs:
                member[key] = ours
    return list({id(group): group for group in member.values()}.values())
