"""Groups told by where their tracks stand: within one playlist, and across all that are asked of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from syncengine.core.duplicate_choice import Choice, choose
from syncengine.core.duplicate_groups import Edge, Group, Grouping, stars
from syncengine.core.duplicates import Duplicate, HeldTrack, Link, Place, strength
from syncengine.core.identity import PlaylistKey, TrackKey

_NEVER = 2**63
_ByTrack = Mapping[TrackKey, Sequence[Place]]


class Teller:
    """Tells the groups of some tracks; ``places`` is everywhere they stand, playlist by playlist."""

    def __init__(
        self, held: Mapping[TrackKey, HeldTrack], places: Iterable[Place], grouping: Grouping
    ) -> None:
        self._held = held
        self._grouping = grouping
        self._everywhere: dict[TrackKey, list[Place]] = defaultdict(list)
        self._in: dict[PlaylistKey, dict[TrackKey, list[Place]]] = {}
        for each in places:
            self._everywhere[each.track].append(each)
            self._in.setdefault(each.playlist, defaultdict(list))[each.track].append(each)

    def shared(self) -> list[Duplicate]:
        """Return the tracks that stand in several playlists under one id."""
        return [
            _same_id(where)
            for where in self._everywhere.values()
            if len({each.playlist for each in where}) > 1
        ]

    def across(self) -> list[Duplicate]:
        """Return the groups whose tracks stand in several playlists, the strongest first."""
        groups = (*self._grouping.sets, *stars(self._grouping.edges))
        told = self._all_told(groups, self._everywhere)
        return sorted(
            (each for each in told if len({place.playlist for place in each.where}) > 1), key=_order
        )

    def within(self) -> list[Duplicate]:
        """Return the groups within each playlist, in the playlists' order, the strongest first."""
        sets, edges = self._sets_by_playlist(), self._edges_by_playlist()
        found = []
        for playlist, here in self._in.items():
            groups = (*sets.get(playlist, ()), *stars(edges.get(playlist, ())))
            twice = [_same_id(where) for where in here.values() if len(where) > 1]
            found += sorted([*twice, *self._all_told(groups, here)], key=_order)
        return found

    def _sets_by_playlist(self) -> dict[PlaylistKey, list[Group]]:
        found: dict[PlaylistKey, list[Group]] = defaultdict(list)
        for each in self._grouping.sets:
            holding = [self._playlists_of(part) for part in each.parts]
            for playlist in _in_order(holding):
                if sum(playlist in playlists for playlists in holding) > 1:
                    found[playlist].append(each)
        return found

    def _edges_by_playlist(self) -> dict[PlaylistKey, list[Edge]]:
        found: dict[PlaylistKey, list[Edge]] = defaultdict(list)
        for each in self._grouping.edges:
            one, other = (self._playlists_of(self._members(key)) for key in (each.one, each.other))
            for playlist in one.keys() & other.keys():
                found[playlist].append(each)
        return found

    def _playlists_of(self, keys: Iterable[TrackKey]) -> dict[PlaylistKey, None]:
        return {place.playlist: None for key in keys for place in self._everywhere.get(key, ())}

    def _members(self, key: TrackKey) -> tuple[TrackKey, ...]:
        return self._grouping.members.get(key, (key,))

    def _all_told(self, groups: Iterable[Group], here: _ByTrack) -> Iterator[Duplicate]:
        for each in groups:
            told = self._told(each, here)
            if told is not None:
                yield told

    def _told(self, group: Group, here: _ByTrack) -> Duplicate | None:
        """Return a group as it is in some places; None where these hold but one part of it."""
        present: list[list[HeldTrack]] = []
        for part in group.parts:
            keys = part if group.is_set else self._members(part[0])
            standing = [self._standing(key, here) for key in keys if key in here]
            if standing:
                present.append(standing)
        if len(present) < 2:
            return None
        choice = choose(choose(part).order[0] for part in present)
        named = {each.key for part in present for each in part}
        direct = [each for each in group.links if {each.one, each.other} <= named]
        links = direct or group.links  # what brings them together may stand elsewhere
        weakest = max(links, key=lambda each: (*strength(each.kind, each.confidence), each))
        return _duplicate(choice, weakest, links, here)

    def _standing(self, key: TrackKey, here: _ByTrack) -> HeldTrack:
        added = [each.added_at for each in here[key] if each.added_at is not None]
        return self._held[key]._replace(added_at=min(added, default=None))


def _duplicate(choice: Choice, weakest: Link, links: Sequence[Link], here: _ByTrack) -> Duplicate:
    tracks = tuple(each.key for each in choice.order)
    where = tuple(place for key in tracks for place in sorted(here[key], key=_first_added))
    return Duplicate(
        weakest.kind,
        weakest.confidence,
        weakest.reason,
        choice.keep,
        choice.rule,
        tracks,
        where,
        tuple(links),
    )


def _same_id(where: Sequence[Place]) -> Duplicate:
    order = sorted(where, key=_first_added)
    first = order[0]
    lists = len({each.playlist for each in where})
    reason = (
        f"One id stands here {len(where)} times."
        if lists == 1
        else f"One id stands in {lists} playlists."
    )
    later = first.added_at is not None and first.added_at != order[1].added_at
    rule = "it was added first" if later else "it stands first"
    return Duplicate("same-id", "certain", reason, first.track, rule, (first.track,), tuple(order))


def _first_added(place: Place) -> tuple[int, str, int]:
    return _NEVER if place.added_at is None else place.added_at, place.playlist, place.position


def _order(told: Duplicate) -> tuple[object, ...]:
    first = min((place.position for place in told.where), default=0)
    return (*strength(told.kind, told.confidence), first, told.tracks)


def _in_order(holding: Iterable[Mapping[PlaylistKey, None]]) -> dict[PlaylistKey, None]:
    return {playlist: None for playlists in holding for playlist in playlists}
