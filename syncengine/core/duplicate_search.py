"""Duplicates among tracks and the places they stand in; no database is needed.

``find_among`` lists them by playlist and across; ``recordings`` says which tracks are one recording.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncengine.core.duplicate_choice import choose
from syncengine.core.duplicate_evidence import KnownTrack
from syncengine.core.duplicate_groups import group, stars
from syncengine.core.duplicate_index import pairs_to_compare
from syncengine.core.duplicate_pair import compare
from syncengine.core.duplicate_telling import Teller
from syncengine.core.duplicates import (
    CONFIDENCES,
    SAME,
    Confidence,
    DuplicateKind,
    Duplicates,
    HeldTrack,
    Link,
    Place,
)
from syncengine.core.identity import UNAVAILABLE, TrackKey
from syncengine.core.track_decision import (
    NO_DECISIONS,
    Groups,
    TrackDecisions,
    joins_parted,
)


@dataclass(frozen=True, slots=True)
class Recording:
    """Tracks that are one recording, the one to keep first; ``links`` say why they are one."""

    keep: TrackKey
    rule: str
    tracks: tuple[TrackKey, ...]
    links: tuple[Link, ...]


def recordings(
    tracks: Iterable[HeldTrack],
    decisions: TrackDecisions = NO_DECISIONS,
    *,
    least: Confidence = "certain",
    kinds: Collection[DuplicateKind] = SAME,
) -> list[Recording]:
    """Return the tracks that are one recording by links of these kinds, at least so sure.

    Only sets of several are returned, by their first key. What a person decided holds whatever ``kinds``
    says. Kinds that make no sets (remaster, clean-explicit), and what is unsure, join tracks where they
    are asked for.
    """
    held = {each.key: each for each in tracks if each.key != UNAVAILABLE}
    known = _known(held)
    most = CONFIDENCES.index(least)
    links = [
        link
        for link in _links(known)
        if link.kind in kinds and CONFIDENCES.index(link.confidence) <= most
    ]
    found = group(known, links, decisions)
    joined, why = Groups(), defaultdict[TrackKey, list[Link]](list)
    taken: list[Link] = []
    for each in (*found.sets, *stars(found.edges)):
        for link in each.links:
            # What makes no sets may lead by a third from one track to another that a person parted from it.
            if each.is_set or not joins_parted(joined, (link.one, link.other), decisions.different):
                joined.join(link.one, link.other)
                taken.append(link)
    for link in taken:
        why[joined.find(link.one)].append(link)
    members: dict[TrackKey, list[HeldTrack]] = defaultdict(list)
    for key in sorted(held):
        members[joined.find(key)].append(held[key])
    told = []
    for top in sorted(why):
        choice = choose(members[top])
        keys = tuple(each.key for each in choice.order)
        told.append(Recording(choice.keep, choice.rule, keys, tuple(why[top])))
    return told


def find_among(
    tracks: Iterable[HeldTrack],
    places: Iterable[Place],
    decisions: TrackDecisions = NO_DECISIONS,
    *,
    with_shared: bool = False,
) -> Duplicates:
    """Return the duplicates within each playlist, in the playlists' order, and across them.

    Across are those whose tracks stand in several playlists; tracks that stand in several under one id
    are among them only ``with_shared``, else counted. The strongest come first.
    """
    held = {each.key: each for each in tracks if each.key != UNAVAILABLE}
    known = _known(held)
    grouping = group(known, _links(known), decisions)
    teller = Teller(held, (each for each in places if each.track in held), grouping)
    shared, within, across = teller.shared(), teller.within(), teller.across()
    across = [*(shared if with_shared else ()), *across]
    told = {key for each in (*within, *across) for key in each.tracks}
    named = {key: held[key] for key in sorted(told)}
    titles = {key: title_of(each) for key, each in named.items()}
    return Duplicates(within, across, titles, named, len(shared))


def title_of(track: HeldTrack) -> str:
    """Return how a person calls a track: its artists and its title."""
    said = (", ".join(track.song.artists), track.song.title)
    return " – ".join(filter(None, said)) or "(no title)"


def _known(held: Mapping[TrackKey, HeldTrack]) -> dict[TrackKey, KnownTrack]:
    return {key: KnownTrack(each) for key, each in held.items()}


def _links(known: Mapping[TrackKey, KnownTrack]) -> Iterator[Link]:
    for one, other in pairs_to_compare(known.values()):
        if (link := compare(one, other)) is not None:
            yield link
