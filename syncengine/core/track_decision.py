"""What people decided of two tracks: that they are one recording, or that they are not.

Decisions can contradict each other only through third tracks (one is two, two is three, one is not
three): then the later ones hold, and of the earlier ones as many as go with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from syncengine.core.identity import TrackKey

Verdict = Literal["same", "different"]
"""The two tracks are one recording, or they are not."""


class TrackDecision(NamedTuple):
    """One decision on two tracks, the lesser key first."""

    verdict: Verdict
    one: TrackKey
    other: TrackKey


class TrackDecisions(NamedTuple):
    """What holds: pairs that are the same, and pairs that are not; ``overruled`` no longer hold."""

    same: tuple[tuple[TrackKey, TrackKey], ...] = ()
    different: frozenset[tuple[TrackKey, TrackKey]] = frozenset()
    overruled: tuple[TrackDecision, ...] = ()


NO_DECISIONS = TrackDecisions()


def decision(verdict: Verdict, one: TrackKey, other: TrackKey) -> TrackDecision:
    """Return a decision with its tracks in order."""
    return TrackDecision(verdict, min(one, other), max(one, other))


def settle(
    made: Sequence[TrackDecision], keys: Mapping[TrackKey, TrackKey] | None = None
) -> TrackDecisions:
    """Return what holds of decisions, which are in the order in which they were made.

    ``keys`` has for other keys of a track the one it goes by now.
    """
    known = keys or {}
    groups = Groups()
    same: list[tuple[TrackKey, TrackKey]] = []
    different: set[tuple[TrackKey, TrackKey]] = set()
    overruled = []
    for each in reversed(made):
        one, other = known.get(each.one, each.one), known.get(each.other, each.other)
        pair = (min(one, other), max(one, other))
        if each.verdict == "same":
            if joins_parted(groups, pair, different):
                overruled.append(each)
            elif one != other:
                groups.join(*pair)
                same.append(pair)
        elif groups.find(one) == groups.find(other):
            overruled.append(each)
        else:
            different.add(pair)
    return TrackDecisions(tuple(same), frozenset(different), tuple(overruled))


def joins_parted(
    groups: Groups, pair: tuple[TrackKey, TrackKey], different: Iterable[tuple[TrackKey, TrackKey]]
) -> bool:
    """Tell whether joining the groups of two tracks would bring two together that are different."""
    ends = {groups.find(pair[0]), groups.find(pair[1])}
    return len(ends) == 2 and any(
        {groups.find(one), groups.find(other)} == ends for one, other in different
    )


class Groups:
    """Keys in groups that can be joined."""

    def __init__(self) -> None:
        self._above: dict[TrackKey, TrackKey] = {}

    def find(self, key: TrackKey) -> TrackKey:
        """Return the key that stands for the group of a key."""
        top = key
        while (above := self._above.get(top, top)) != top:
            top = above
        while (above := self._above.get(key, key)) != top:
            self._above[key] = top
            key = above
        return top

    def join(self, one: TrackKey, other: TrackKey) -> None:
        """Make one group of those of two keys."""
        first, second = self.find(one), self.find(other)
        self._above[max(first, second)] = min(first, second)
