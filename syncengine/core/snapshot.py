"""Observations of one playlist, and their fold into the states it went through.

An observation is what one source said about one playlist at one moment. The fold runs over them in the
order (taken at, source with csv before api, digest), so the order in which they were learned can't
matter. Suspect ones are kept aside until a later one at least an hour apart agrees, or a person
accepts them; then they count from their own time. An old file under a new, inferred time agrees with
nothing: the same accident may befall a file twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import itemgetter
from typing import Protocol

from syncengine.core.diff import align
from syncengine.core.moment import Instant
from syncengine.core.playlist import Entry, Line

CONFIRMATION = 3600
"""Seconds that must lie between a suspect observation and the one that confirms it."""
LOST_AT_LEAST = 20
"""A loss of more entries than this, and of more than half, is suspect."""


class Source(IntEnum):
    """Where an observation comes from; the higher one wins at one moment."""

    CSV = 0
    API = 1


class Kind(IntEnum):
    """What an observation can say: all of a playlist, some of it, or nothing (a 403).

    ``MEMBERSHIP`` says all that is in it and nothing of its order.
    """

    COMPLETE = 0
    PARTIAL = 1
    FORBIDDEN = 2
    MEMBERSHIP = 3


class Effect(IntEnum):
    """What the fold made of an observation."""

    FOLDED = 0
    CONFIRMED = 1
    VOUCHED = 2
    """It was suspect, and counts because a later one agrees."""
    ASIDE = 3
    SILENT = 4

    @property
    def heard(self) -> bool:
        """Whether what the observation says of tracks and entries counts."""
        return self < Effect.ASIDE


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation; ``content`` is the number of its content, None where it has none.

    ``digest`` is of the bytes; ``inferred`` says that the time was not given by anybody.
    """

    id: int
    at: Instant
    source: Source
    digest: bytes
    kind: Kind = Kind.COMPLETE
    inferred: bool = False
    content: int | None = None
    accepted: bool = False

    @property
    def order(self) -> tuple[Instant, int, bytes]:
        """Its place in the fold."""
        return (self.at, 1 + self.source, self.digest)


@dataclass(frozen=True, slots=True)
class Ending:
    """A roster at ``at`` did not list the playlist: it ended."""

    at: Instant

    @property
    def order(self) -> tuple[Instant, int, bytes]:
        """Its place in the fold: before any observation of the same moment."""
        return (self.at, 0, b"")


Event = Observation | Ending


class Contents(Protocol):
    """Access to contents by number."""

    def lines(self, content: int) -> Sequence[Line]:
        """Return a content's lines in order."""

    def keep(self, lines: Sequence[Line], base: int | None = None) -> int:
        """Store a content and return its number; equal contents have one number.

        ``base`` is a content that it may be much like.
        """


@dataclass(frozen=True, slots=True)
class Step:
    """What one event did; ``state`` is the content in force after it, None when there is no playlist."""

    event: Event
    effect: Effect
    state: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a fold starts: the content in force and the digest of the observation that set it."""

    state: int | None = None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """The steps of a fold, and the moment from which all is as it was (none: to the end)."""

    steps: list[Step]
    settled_at: Instant | None = None


class Fold:
    """The fold of one playlist from a standing on."""

    def __init__(
        self,
        contents: Contents,
        was_said_before: Callable[[bytes, Instant], bool],
        standing: Standing,
    ) -> None:
        """``was_said_before(digest, at)`` tells whether these bytes were heard before that moment."""
        self._contents = contents
        self._was_said_before = was_said_before
        self._start = standing
        self._vouched: set[int] = set()

    def run(self, events: Sequence[Event], settled: Callable[[Sequence[Step]], bool]) -> Folded:
        """Fold events, which must be in order and follow the standing.

        ``settled(steps)`` tells that after the last of these steps, with nothing aside, all is as it
        was before the change: there the fold ends early.
        """
        while True:
            folded, vouched = self._attempt(events, settled)
            if vouched is None:
                return folded
            self._vouched.add(vouched)

    def _attempt(
        self, events: Sequence[Event], settled: Callable[[Sequence[Step]], bool]
    ) -> tuple[Folded, int | None]:
        standing = self._start
        steps: list[Step] = []
        aside: list[Observation] = []
        heard: set[bytes] = set()
        for event in events:
            if isinstance(event, Ending):
                standing = Standing()
                aside.clear()
                steps.append(Step(event, Effect.FOLDED, None))
                continue
            if event.kind is Kind.FORBIDDEN or event.content is None:
                steps.append(Step(event, Effect.SILENT, standing.state))
                continue
            if self._is_suspect(event, standing, heard):
                # What only a copying tool may have dated vouches for nothing, least of all for itself.
                stale = self._is_stale(event, standing, heard)
                witness = None if stale else self._confirmed_by(event, aside)
                if witness is not None:
                    return Folded(steps), witness
                aside.append(event)
                steps.append(Step(event, Effect.ASIDE, standing.state))
                continue
            effect = self._effect(event, standing)
            standing = Standing(self._next_state(event, standing), event.digest)
            heard.add(event.digest)
            aside.clear()
            steps.append(Step(event, effect, standing.state))
            if settled(steps):
                return Folded(steps[:-1], event.at), None
        return Folded(steps), None

    def _effect(self, event: Observation, standing: Standing) -> Effect:
        if event.id in self._vouched:
            return Effect.VOUCHED
        return Effect.CONFIRMED if event.digest == standing.digest else Effect.FOLDED

    def _next_state(self, event: Observation, standing: Standing) -> int:
        assert event.content is not None  # noqa: S101 - narrows the type: silent events went before
        if standing.state is None or event.content == standing.state:
            return event.content
        known = self._contents.lines(standing.state)
        seen = self._contents.lines(event.content)
        after = _COMBINE[event.kind](known, seen)
        return event.content if after is seen else self._contents.keep(after, standing.state)

    def _is_suspect(self, event: Observation, standing: Standing, heard: set[bytes]) -> bool:
        if event.accepted or event.id in self._vouched:
            return False
        if self._is_stale(event, standing, heard):
            return True
        if standing.state is None or event.kind is Kind.PARTIAL or event.content == standing.state:
            return False
        assert event.content is not None  # noqa: S101 - narrows the type: silent events went before
        before, after = self._contents.lines(standing.state), self._contents.lines(event.content)
        if event.source is Source.API:
            return is_cut_short(len(before), len(after))
        return is_collapse(before, after)

    def _is_stale(self, event: Observation, standing: Standing, heard: set[bytes]) -> bool:
        """Tell whether bytes that were superseded came back under a time that nobody gave."""
        return (
            event.inferred
            and event.digest != standing.digest
            and (event.digest in heard or self._was_said_before(event.digest, event.at))
        )

    def _confirmed_by(self, event: Observation, aside: Sequence[Observation]) -> int | None:
        assert event.content is not None  # noqa: S101 - narrows the type: silent events went before
        for witness in aside:
            assert witness.content is not None  # noqa: S101 - narrows the type likewise
            if event.at - witness.at < CONFIRMATION:
                continue
            one, other = self._contents.lines(witness.content), self._contents.lines(event.content)
            by_api = witness.source is event.source is Source.API
            if agree(one, other) or (by_api and are_alike(len(one), len(other))):
                return witness.id
        return None


def is_collapse(before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Tell whether a playlist came back empty, or lost more than half and more than 20 entries."""
    if not before:
        return False
    if not after:
        return True
    if len(after) == len(before) and after == before:
        return False
    lost = Counter(line.track for line in before) - Counter(line.track for line in after)
    gone = lost.total()
    return gone > LOST_AT_LEAST and gone * 2 > len(before)


def is_cut_short(before: int, after: int) -> bool:
    """Tell whether a list came back empty, or smaller by more than half and more than 20 entries.

    This is how a service's word is judged, by sizes alone: it knows a list by its id, and some lists are
    made anew every week. An outage shows too few entries, never others. ``before`` and ``after`` are
    counts of entries, or of playlists in a listing.
    """
    lost = before - after
    return (after == 0 and before > 0) or (lost > LOST_AT_LEAST and lost * 2 > before)


def are_alike(one: int, other: int) -> bool:
    """Tell whether neither of two sizes is the other cut short."""
    return not is_cut_short(one, other) and not is_cut_short(other, one)


def agree(one: Sequence[Line], other: Sequence[Line]) -> bool:
    """Tell whether neither of two observations would be a collapse of the other.

    Both ways: everything is more than an empty answer, so an old file that came back would confirm it.
    """
    return not is_collapse(one, other) and not is_collapse(other, one)


def merge(known: Sequence[Line], seen: Sequence[Line]) -> list[Line]:
    """Add what a partial observation saw to what is known; nothing known is removed or moved.

    A new line goes behind the line it was seen behind; a line seen again brings its newer claim.
    """
    kept, moved = align(
        [Entry(*line.entry) for line in known], [Entry(*line.entry) for line in seen]
    )
    twin = {j: i for i, j in kept + moved}
    behind: dict[int, list[Line]] = {}
    anchor = -1
    newer: dict[int, Line] = {}
    for j, line in enumerate(seen):
        if j in twin:
            anchor = twin[j]
            newer[anchor] = _newer(known[anchor], line)
        else:
            behind.setdefault(anchor, []).append(line)
    result = list(behind.get(-1, ()))
    for i, line in enumerate(known):
        result.append(newer.get(i, line))
        result += behind.get(i, ())
    return result


def take_over(known: Sequence[Line], seen: Sequence[Line]) -> Sequence[Line]:
    """Return a list as it was seen, with the stamps it lacks taken from the lines it was known by.

    A dialect that cannot see when or by whom an entry was added does not make it unknown. ``seen`` itself
    is returned where nothing is lacking that is known.
    """
    if not any(
        None in map(stamp, seen) and any(each is not None for each in map(stamp, known))
        for stamp in (itemgetter(1), itemgetter(2))
    ):
        return seen
    result = [
        line if known_as is None else _stamped(known_as, line)
        for line, known_as in zip(seen, _known_as(known, seen), strict=True)
    ]
    return seen if result == seen else result


def choose(known: Sequence[Line], seen: Sequence[Line]) -> list[Line]:
    """Return what is in a list of which only the members are told: what stays keeps its order.

    What is new goes to the end in the order told: that is where a playlist grows, and Liked Songs, which
    grows in front, comes from sources that know its order.
    """
    known_as = _places_of(known, seen)
    stays = {i: j for j, i in enumerate(known_as) if i is not None}
    kept = [_newer(known[i], seen[j]) for i, j in sorted(stays.items())]
    return kept + [line for line, place in zip(seen, known_as, strict=True) if place is None]


def unplaced(told: Sequence[Line], lines: Sequence[Line]) -> frozenset[int]:
    """Return the positions of lines that are not among those whose order was told."""
    known_as = _places_of(told, lines)
    return frozenset(j for j, place in enumerate(known_as) if place is None)


def _known_as(known: Sequence[Line], seen: Sequence[Line]) -> list[Line | None]:
    """Return for each line seen the known line that it is."""
    same = len(known) == len(seen) and all(
        new.track == old.track and new.added_at in (None, old.added_at)
        for old, new in zip(known, seen, strict=True)
    )
    if same:
        # The same list again; aligned, equal tracks with and without a stamp might change places.
        return list(known)
    return [None if place is None else known[place] for place in _places_of(known, seen)]


def _places_of(known: Sequence[Line], seen: Sequence[Line]) -> list[int | None]:
    """Return for each line seen the place of the known line that it is."""
    kept, moved = align(
        [Entry(*line.entry) for line in known], [Entry(*line.entry) for line in seen]
    )
    places: list[int | None] = [None] * len(seen)
    for i, j in kept + moved:
        places[j] = i
    return places


def _stamped(known: Line, seen: Line) -> Line:
    added_at = known.added_at if seen.added_at is None else seen.added_at
    added_by = known.added_by if seen.added_by is None else seen.added_by
    return Line(seen.track, added_at, added_by, seen.claim, seen.popularity)


def _newer(known: Line, seen: Line) -> Line:
    line = _stamped(known, seen)
    return line if seen.popularity is not None else line._replace(popularity=known.popularity)


_COMBINE: dict[Kind, Callable[[Sequence[Line], Sequence[Line]], Sequence[Line]]] = {
    Kind.COMPLETE: take_over,
    Kind.PARTIAL: merge,
    Kind.MEMBERSHIP: choose,
}
"""What holds after an observation of each kind that tells something, from what was known and seen."""
