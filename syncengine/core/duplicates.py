"""The same recording under several entries: what is found, how sure it is, and what is told of it.

The rules for two tracks are in ``duplicate_pair.py``, for groups in ``duplicate_groups.py``;
docs/duplicates.md tells them to people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, get_args

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.song import SongFacts

DuplicateKind = Literal[
    "same-id",
    "decided",
    "same-isrc",
    "same-recording",
    "re-release",
    "remaster",
    "clean-explicit",
]
"""What two entries are to each other, the strongest evidence first."""
Confidence = Literal["certain", "likely", "unsure"]
"""How sure it is; what is ``unsure`` is to be looked at, and nothing acts on it."""
KINDS: tuple[DuplicateKind, ...] = get_args(DuplicateKind)
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
SAME: frozenset[DuplicateKind] = frozenset(KINDS[:5])
"""Kinds that are one recording; a remaster is another master of it, a clean version another cut."""


class HeldTrack(NamedTuple):
    """A track that is held against others, and what tells which one to keep.

    ``released`` is YYYY, YYYY-MM or YYYY-MM-DD, ``number`` disc and track, ``popularity`` 0–100,
    ``added_at`` when it was first added.
    """

    song: SongFacts
    album_uri: str | None = None
    released: str | None = None
    number: tuple[int | None, int | None] = (None, None)
    added_at: Instant | None = None
    popularity: int | None = None

    @property
    def key(self) -> TrackKey:
        """The track's key."""
        return self.song.key


class Link(NamedTuple):
    """Why two tracks are taken for one; ``reason`` is a sentence, the keys are in their own order."""

    one: TrackKey
    other: TrackKey
    kind: DuplicateKind
    confidence: Confidence
    reason: str


class Place(NamedTuple):
    """Where a track stands; ``position`` counts from 0."""

    playlist: PlaylistKey
    position: int
    track: TrackKey
    added_at: Instant | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Entries that are taken for one.

    ``keep`` is the track to keep, by ``rule``, and first in ``tracks``; the first in ``where`` is the
    entry to keep. ``links`` say pair by pair why; ``kind`` and ``reason`` are those of the weakest.
    """

    kind: DuplicateKind
    confidence: Confidence
    reason: str
    keep: TrackKey
    rule: str
    tracks: Sequence[TrackKey]
    where: Sequence[Place]
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What is found within playlists, each on its own, and what several playlists hold between them.

    ``titles`` name the tracks with their artists, ``tracks`` has what is known of them. ``shared`` counts
    tracks that stand in several playlists under one id, which is how playlists are used. ``playlists`` are
    those that were looked at, with their names, ``entries`` how many they hold.
    """

    in_playlists: Sequence[Duplicate]
    across: Sequence[Duplicate]
    titles: Mapping[TrackKey, str]
    tracks: Mapping[TrackKey, HeldTrack] = field(default_factory=dict)
    shared: int = 0
    playlists: Mapping[PlaylistKey, str] = field(default_factory=dict)
    entries: int = 0


def strength(kind: DuplicateKind, confidence: Confidence) -> tuple[int, int]:
    """Return what orders findings, the strongest first."""
    return CONFIDENCES.index(confidence), KINDS.index(kind)


def narrow(
    found: Duplicates, kinds: Collection[DuplicateKind] = KINDS, least: Confidence = "unsure"
) -> Duplicates:
    """Return only what is found by links of these kinds, and is at least so sure."""
    most = CONFIDENCES.index(least)

    def chosen(told: Sequence[Duplicate]) -> list[Duplicate]:
        return [
            each
            for each in told
            if CONFIDENCES.index(each.confidence) <= most
            and (each.kind in kinds or any(link.kind in kinds for link in each.links))
        ]

    return replace(found, in_playlists=chosen(found.in_playlists), across=chosen(found.across))
