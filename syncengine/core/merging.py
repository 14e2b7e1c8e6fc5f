"""Several playlists into one in which every recording stands once, and what that takes away.

Which tracks are one recording is given (``duplicate_search.recordings`` tells); this counts, orders and
reports. Every entry is accounted for: entries = left out + removed by each rule + what remains.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, NamedTuple, get_args

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import FOR_EVER, Instant
from syncengine.core.remote_writing import why_not

Order = Literal["first-added", "weight", "given"]
"""By when a recording was first added; by how many playlists hold it; as it comes in the playlists."""
ORDERS: tuple[Order, ...] = get_args(Order)
SAME_ID = "same-id"


class Held(NamedTuple):
    """An entry of a playlist."""

    track: TrackKey
    added_at: Instant | None


@dataclass(frozen=True, slots=True)
class Origin:
    """A playlist that is merged; ``observed_at`` and ``source`` say how fresh what is known of it is."""

    key: PlaylistKey
    name: str
    observed_at: Instant
    source: str
    entries: Sequence[Held]


class OneRecording(NamedTuple):
    """Tracks that are one recording: which to keep, by a rule, and by which likeness the others are it."""

    keep: TrackKey
    rule: str
    others: Mapping[TrackKey, str]


class Kept(NamedTuple):
    """A recording of the result: how many entries and playlists have it, and when it was first added."""

    track: TrackKey
    entries: int
    playlists: int
    added_at: Instant | None


class Replaced(NamedTuple):
    """A track in whose place another one stands."""

    track: TrackKey
    kept: TrackKey
    kind: str
    rule: str


class LeftOut(NamedTuple):
    """An entry that cannot be in the result."""

    playlist: PlaylistKey
    position: int
    track: TrackKey
    reason: str


class Overlap(NamedTuple):
    """How many recordings two playlists share."""

    one: PlaylistKey
    other: PlaylistKey
    recordings: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Playlists merged.

    ``removed`` counts entries by the rule that took them, ``sizes`` the recordings of each playlist. The
    largest overlaps come first.
    """

    origins: Sequence[Origin]
    order: Order
    entries: int
    result: Sequence[Kept]
    removed: Mapping[str, int]
    replaced: Sequence[Replaced]
    left_out: Sequence[LeftOut]
    overlaps: Sequence[Overlap]
    sizes: Mapping[PlaylistKey, int]

    @property
    def weights(self) -> dict[int, int]:
        """How many recordings stand in so many playlists."""
        return dict(sorted(Counter(each.playlists for each in self.result).items()))


@dataclass(slots=True)
class _Found:
    """What is known of a recording while the playlists are gone through."""

    place: int
    entries: int = 0
    playlists: set[PlaylistKey] = field(default_factory=set)
    added_at: Instant | None = None

    def see(self, playlist: PlaylistKey, added_at: Instant | None) -> None:
        self.entries += 1
        self.playlists.add(playlist)
        if added_at is not None and (self.added_at is None or added_at < self.added_at):
            self.added_at = added_at


def merge(
    origins: Sequence[Origin],
    recordings: Iterable[OneRecording],
    *,
    order: Order,
    takes: Callable[[TrackKey], bool],
) -> Merge:
    """Merge playlists, of what the result can take.

    ``recordings`` are those of several tracks that stand in the playlists, each track in one of them at most;
    ``takes`` tells whether a track can be in the result at all.
    """
    keep: dict[TrackKey, OneRecording] = {}
    for one in recordings:
        keep |= dict.fromkeys((one.keep, *one.others), one)
    found: dict[TrackKey, _Found] = {}
    seen: Counter[TrackKey] = Counter()
    left_out: list[LeftOut] = []
    held: dict[PlaylistKey, set[TrackKey]] = {}
    for origin in origins:
        mine = held.setdefault(origin.key, set())
        for position, (track, added_at) in enumerate(origin.entries):
            if not takes(track):
                left_out.append(LeftOut(origin.key, position, track, why_not(track)))
                continue
            seen[track] += 1
            kept = keep[track].keep if track in keep else track
            mine.add(kept)
            found.setdefault(kept, _Found(len(found))).see(origin.key, added_at)
    replaced = [
        Replaced(track, whole.keep, whole.others[track], whole.rule)
        for track in seen
        if (whole := keep.get(track)) and track != whole.keep
    ]
    entries = sum(len(origin.entries) for origin in origins)
    return Merge(
        origins,
        order,
        entries,
        _ordered(found, order),
        _removed(seen, replaced),
        replaced,
        left_out,
        _overlaps(held),
        {key: len(each) for key, each in held.items()},
    )


def _ordered(found: Mapping[TrackKey, _Found], order: Order) -> list[Kept]:
    def first(each: _Found) -> int:
        return FOR_EVER if each.added_at is None else each.added_at

    def rank(track: TrackKey) -> tuple[int, ...]:
        each = found[track]
        if order == "given":
            return (each.place,)
        if order == "first-added":
            return (first(each), each.place)
        return (-len(each.playlists), -each.entries, first(each), each.place)

    return [
        Kept(track, each.entries, len(each.playlists), each.added_at)
        for track in sorted(found, key=rank)
        for each in (found[track],)
    ]


def _removed(seen: Counter[TrackKey], replaced: Sequence[Replaced]) -> dict[str, int]:
    """Count what each rule took: a track's further entries, and the first of one that gives way."""
    kinds = Counter(each.kind for each in replaced)
    return {SAME_ID: sum(seen.values()) - len(seen)} | dict(sorted(kinds.items()))


def _overlaps(held: Mapping[PlaylistKey, set[TrackKey]]) -> list[Overlap]:
    pairs = [
        Overlap(one, other, len(held[one] & held[other])) for one, other in combinations(held, 2)
    ]
    return sorted(pairs, key=lambda each: -each.recordings)


def plan_id(name: str, match: str, merged: Merge) -> str:
    """Return a digest of what a merge comes from and to; ``name`` is as it was given, ``{date}`` and all.

    So the next day it is the same one, and a run that was interrupted is gone on with.
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in (name, match, merged.order):
        digest.update(f"{part}\n".encode("utf-8", "surrogatepass"))
    for origin in merged.origins:
        digest.update(f"{origin.key}\n".encode("utf-8", "surrogatepass"))
        digest.update(repr([tuple(each) for each in origin.entries]).encode())
    digest.update("\n".join(each.track for each in merged.result).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
