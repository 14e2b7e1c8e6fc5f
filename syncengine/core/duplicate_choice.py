"""Which of several entries of one recording to keep, and the rule that decided it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from syncengine.core.duplicates import HeldTrack
from syncengine.core.identity import TrackKey, is_track
from syncengine.core.song import sound_isrc

_NEVER = 2**63


class Choice(NamedTuple):
    """The tracks in the order in which they would be kept, and the rule that put the first there."""

    order: tuple[HeldTrack, ...]
    rule: str

    @property
    def keep(self) -> TrackKey:
        """The track to keep."""
        return self.order[0].key


def _added(track: HeldTrack) -> int:
    return _NEVER if track.added_at is None else track.added_at


# Each rule's name, and what the lowest of wins.
_RULES: tuple[tuple[str, Callable[[HeldTrack], int]], ...] = (
    ("it has an ISRC", lambda track: sound_isrc(track.song.isrc) is None),
    ("it was added first", _added),
    ("Spotify has it", lambda track: not is_track(track.key)),
    (
        "it is the most popular",
        lambda track: 0 if track.popularity is None else -1 - track.popularity,
    ),
)
_NO_RULE = "nothing tells them apart but their ids"
RULES = (*(name for name, _ in _RULES), _NO_RULE)
"""All rules, in the order in which they are asked."""


def choose(tracks: Iterable[HeldTrack]) -> Choice:
    """Return which of some tracks to keep: one with an ISRC, added first, available, most popular.

    The rule that is told is the one that left only one.
    """
    order = sorted(tracks, key=_order)
    return Choice(tuple(order), _deciding(order))


def _order(track: HeldTrack) -> tuple[object, ...]:
    return (*(rule(track) for _, rule in _RULES), track.key)


def _deciding(order: Sequence[HeldTrack]) -> str:
    left = list(order)
    for name, rule in _RULES:
        best = min(rule(track) for track in left)
        left = [track for track in left if rule(track) == best]
        if len(left) == 1:
            return name
    return _NO_RULE
