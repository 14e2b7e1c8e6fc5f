"""Pairs that are one recording made into groups, without one that does not belong bringing two together.

Links are followed from the strongest to the weakest. Two groups become one only where a link joins them
and nothing parts any of the one from any of the other: no word for a version, no mark for a remaster or
for explicit words, no decision, no length. So a live version that a wrong ISRC ties to one studio version
never brings another in. Remasters, clean versions and all that is unsure make no sets: what is told
there is told pair by pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from syncengine.core.alias import SAME_LENGTH_MS
from syncengine.core.duplicate_evidence import NEAR_LENGTH_MS, KnownTrack
from syncengine.core.duplicate_pair import is_parted
from syncengine.core.duplicates import SAME, Confidence, Link, strength
from syncengine.core.identity import TrackKey
from syncengine.core.track_decision import Groups, TrackDecisions

_SPAN_MS = 2 * SAME_LENGTH_MS
"""How far lengths of one group may be apart where names tie it: many small steps are a long way."""
_SETS: tuple[Confidence, ...] = ("certain", "likely")
_MOST_UNITS = 60
"""A set of more tracks that names tell apart grows no further: so common a name says nothing."""
_Unit = frozenset[tuple[object, ...]]


class Group(NamedTuple):
    """What is taken for one, in parts, and why.

    The parts of a set are the tracks that stronger links made one before; else each is the key of a set.
    """

    parts: tuple[tuple[TrackKey, ...], ...]
    links: tuple[Link, ...]
    is_set: bool = True


class Edge(NamedTuple):
    """Two sets that a link ties without making them one; each goes by its least key."""

    one: TrackKey
    other: TrackKey
    link: Link


class Grouping(NamedTuple):
    """What links come to: groups that are sets, what else is tied, and the sets by their least key."""

    sets: tuple[Group, ...]
    edges: tuple[Edge, ...]
    members: Mapping[TrackKey, tuple[TrackKey, ...]]


def group(
    tracks: Mapping[TrackKey, KnownTrack], links: Iterable[Link], decisions: TrackDecisions
) -> Grouping:
    """Return the groups that links and decisions make; the order of either does not matter."""
    decided = [
        Link(one, other, "decided", "certain", "You decided that they are the same.")
        for one, other in sorted(decisions.same)
        if one in tracks and other in tracks
    ]
    found = sorted(links, key=lambda each: (*strength(each.kind, each.confidence), each))
    tied = {key for link in (*decided, *found) for key in (link.one, link.other)}
    clusters = _Clusters(tracks, tied, decisions)
    for link in decided:
        clusters.join_decided(link)
    sets = list(clusters.level(_of(found, "certain"), decided))
    sets += clusters.level(_of(found, "likely"), ())
    return Grouping(tuple(sets), tuple(_edges(found, clusters)), clusters.members())


def stars(edges: Iterable[Edge]) -> Iterator[Group]:
    """Yield groups of what is tied directly to one in the middle, the strongest ties first.

    What two groups tell already by a third way is not told again.
    """
    told = Groups()
    by_sort: dict[tuple[int, int], list[Edge]] = defaultdict(list)
    for each in edges:
        by_sort[strength(each.link.kind, each.link.confidence)].append(each)
    for sort in sorted(by_sort):
        near: dict[TrackKey, dict[TrackKey, Link]] = defaultdict(dict)
        for one, other, link in by_sort[sort]:
            near[one][other] = near[other][one] = link
        for middle in sorted(near, key=lambda each: (-len(near[each]), each)):
            around = {
                other: link
                for other, link in sorted(near[middle].items())
                if told.find(other) != told.find(middle)
            }
            for other in around:
                told.join(middle, other)
            if around:
                parts = ((middle,), *((other,) for other in around))
                yield Group(parts, tuple(around.values()), is_set=False)


def _of(links: Iterable[Link], confidence: Confidence) -> list[Link]:
    return [each for each in links if each.confidence == confidence and each.kind in SAME]


def _edges(links: Iterable[Link], clusters: _Clusters) -> Iterator[Edge]:
    """Yield the strongest tie of each two sets that are not one; nothing ties what a person parted."""
    seen: set[tuple[TrackKey, TrackKey]] = set()
    for link in links:
        if link.confidence in _SETS and link.kind in SAME:
            continue
        one, other = sorted((clusters.find(link.one), clusters.find(link.other)))
        if one != other and (one, other) not in seen and not clusters.are_decided(one, other):
            seen.add((one, other))
            yield Edge(one, other, link)


class _Set:
    """Tracks that are one, as far as is known.

    ``units`` are the tracks that differ in what words and marks say, each once; those that a person joined
    are one unit. ``shortest`` and ``longest`` are in ms, None where no length is known.
    """

    __slots__ = ("by_person", "keys", "longest", "shortest", "units")

    def __init__(self, track: KnownTrack) -> None:
        self.keys = [track.key]
        self.units: dict[_Unit, list[KnownTrack]] = {frozenset((track.words,)): [track]}
        self.shortest = self.longest = track.song.duration_ms
        self.by_person = False

    def take_in(self, other: _Set) -> None:
        """Make the other's tracks one's own."""
        self.keys += other.keys
        self.units |= other.units
        known = [
            each
            for each in (self.shortest, self.longest, other.shortest, other.longest)
            if each is not None
        ]
        self.shortest, self.longest = min(known, default=None), max(known, default=None)
        self.by_person |= other.by_person

    def settle(self) -> None:
        """Count as one track from now on: a person said so."""
        tracks = [each for unit in self.units.values() for each in unit]
        self.units = {frozenset(each.words for each in tracks): tracks}
        self.by_person = True

    def is_as_long(self, other: _Set, link: Link) -> bool:
        """Tell whether lengths may be of one recording; where a person joined, they are not asked."""
        if self.by_person or other.by_person or None in (self.shortest, other.shortest):
            return True
        ends = (self.shortest, self.longest, other.shortest, other.longest)
        known = [each for each in ends if each is not None]
        most = NEAR_LENGTH_MS if link.kind == "same-isrc" else _SPAN_MS
        return max(known) - min(known) <= most


class _Clusters:
    """Sets of tracks that grow; each goes by its least key."""

    def __init__(
        self,
        tracks: Mapping[TrackKey, KnownTrack],
        tied: Collection[TrackKey],
        decisions: TrackDecisions,
    ) -> None:
        self._groups = Groups()
        self._sets = {key: _Set(track) for key, track in tracks.items() if key in tied}
        self._parted: dict[_Unit, bool] = {}
        self._apart: dict[TrackKey, set[TrackKey]] = defaultdict(set)
        for one, other in decisions.different:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def find(self, key: TrackKey) -> TrackKey:
        """Return the key that a track's set goes by."""
        return self._groups.find(key)

    def members(self) -> dict[TrackKey, tuple[TrackKey, ...]]:
        """Return the sets of more than one track."""
        return {
            top: tuple(sorted(each.keys)) for top, each in self._sets.items() if len(each.keys) > 1
        }

    def are_decided(self, one: TrackKey, other: TrackKey) -> bool:
        """Tell whether a person parted a track of one set from a track of the other."""
        if not self._apart:
            return False
        there = set(self._sets[other].keys)
        return any(
            not self._apart[key].isdisjoint(there)
            for key in self._sets[one].keys
            if key in self._apart
        )

    def join_decided(self, link: Link) -> None:
        """Make one of two sets because a person said so."""
        one, other = self.find(link.one), self.find(link.other)
        if one != other:
            self._unite(one, other)
            self._sets[self.find(one)].settle()

    def level(self, links: Iterable[Link], joined: Iterable[Link]) -> list[Group]:
        """Join what links of one confidence tie and nothing parts; ``joined`` are those that were."""
        before: dict[TrackKey, tuple[TrackKey, ...]] = {}
        tree = list(joined)
        for link in tree:
            before |= {key: (key,) for key in (link.one, link.other)}
        grown = {self.find(key) for key in before}
        for link in links:
            one, other = self.find(link.one), self.find(link.other)
            if one == other or not self._may_be_one(one, other, link):
                continue
            for top in {one, other} - grown:
                before[top] = tuple(sorted(self._sets[top].keys))
            self._unite(one, other)
            grown.add(self.find(one))
            tree.append(link)
        return self._told(before, tree)

    def _told(
        self, before: Mapping[TrackKey, tuple[TrackKey, ...]], tree: Iterable[Link]
    ) -> list[Group]:
        parts: dict[TrackKey, list[tuple[TrackKey, ...]]] = defaultdict(list)
        for top, keys in before.items():
            parts[self.find(top)].append(keys)
        links: dict[TrackKey, list[Link]] = defaultdict(list)
        for link in tree:
            links[self.find(link.one)].append(link)
        return [Group(tuple(sorted(parts[top])), tuple(links[top])) for top in sorted(parts)]

    def _unite(self, one: TrackKey, other: TrackKey) -> None:
        less, more = sorted((self._sets.pop(one), self._sets.pop(other)), key=_size)
        more.take_in(less)
        self._groups.join(one, other)
        self._sets[self.find(one)] = more

    def _may_be_one(self, one: TrackKey, other: TrackKey, link: Link) -> bool:
        here, there = self._sets[one], self._sets[other]
        if len(here.units) + len(there.units) > _MOST_UNITS or not here.is_as_long(there, link):
            return False
        return not self.are_decided(one, other) and not any(
            all(self._are_parted(a, b) for a in mine for b in theirs)
            for mine in here.units.values()
            for theirs in there.units.values()
        )

    def _are_parted(self, one: KnownTrack, other: KnownTrack) -> bool:
        pair = frozenset((one.words, other.words))
        if len(pair) == 1:
            return False
        if pair not in self._parted:
            self._parted[pair] = is_parted(one, other)
        return self._parted[pair]


def _size(each: _Set) -> tuple[int, TrackKey]:
    return len(each.keys), each.keys[0]
