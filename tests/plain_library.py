"""The memory as a plain list: every observation ever made, folded by brute force on every question.

This is what the storage has to agree with. It knows nothing of rows, ranks, increments or caches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from syncengine.core.alias import Sketch, find_aliases
from syncengine.core.enrichment import ANSWERED, EDITED, Statement
from syncengine.core.identity import LIKED, PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.rename import Join, Trail, Verdicts, find_joins, group_keys
from syncengine.core.snapshot import (
    Effect,
    Kind,
    Source,
    are_alike,
    choose,
    is_collapse,
    is_cut_short,
    merge,
    take_over,
)
from syncengine.core.track import Attestation, Claim, Dialect, Facts, Recording, resolve
from tests.builders import HOUR, Row, Seen, claim_of

Group = frozenset[PlaylistKey]
Order = tuple[int, int, bytes, str]
V = TypeVar("V")


@dataclass(eq=False)
class Told:
    """An observation as the list keeps it."""

    seen: Seen
    snapshot: int
    raw: Sequence[Line] | None
    accepted: bool = False
    lines: Sequence[Line] | None = None
    """As read in a folding: tracks without an id that are real ones under their real names."""

    @cached_property
    def order(self) -> Order:
        return (self.seen.at, 1 + self.seen.source, self.seen.digest, self.seen.key)

    @property
    def called(self) -> tuple[str, str]:
        return (self.seen.key, self.seen.name or self.seen.key)


class Roster(NamedTuple):
    """A statement of all playlists that exports show."""

    at: int
    keys: frozenset[PlaylistKey]
    snapshot: int
    source: Source = Source.CSV

    @property
    def order(self) -> Order:
        return (self.at, 0, b"", "")


class Step(NamedTuple):
    """What became of an observation or roster, and the lines in force after it (None: no playlist)."""

    event: Told | Roster
    effect: Effect
    lines: Sequence[Line] | None


class Span(NamedTuple):
    """A playlist under one key and name."""

    key: str
    name: str
    valid_from: int
    valid_to: int | None


class Word(NamedTuple):
    """What is said of a track at a moment."""

    order: tuple[int, int, bytes]
    track: TrackKey
    said: tuple[Dialect, Claim] | None
    popularity: int | None

    @property
    def at(self) -> int:
        return self.order[0]


class Place(NamedTuple):
    """An entry as people read it."""

    track: TrackKey
    added_at: int | None
    added_by: str | None


@dataclass
class PlainLibrary:
    """Everything that was said; all else is worked out when asked for."""

    told: list[Told] = field(default_factory=list)
    rosters: list[Roster] = field(default_factory=list)
    keys: set[PlaylistKey] = field(default_factory=set)
    same: set[frozenset[PlaylistKey]] = field(default_factory=set)
    different: set[frozenset[PlaylistKey]] = field(default_factory=set)
    enriched: dict[int, Sequence[Statement]] = field(default_factory=dict)
    """What applied files say, by the number of the file."""
    _texts: list[object] = field(default_factory=list)

    # What is said

    def record(self, snapshot: int, seen: Iterable[Seen]) -> list[Told]:
        new = [Told(s, snapshot, self._lines(s), s.accepted) for s in seen]
        self.told += new
        self.keys |= {PlaylistKey(each.seen.key) for each in new}
        return new

    def knows(self, seen: Seen) -> bool:
        """Tell whether the same bytes were seen under this key at this moment by this source."""
        order = Told(seen, 0, None).order
        return any(each.order == order for each in self.told)

    def drop(self, snapshot: int) -> None:
        self.told = [each for each in self.told if each.snapshot != snapshot]
        self.rosters = [each for each in self.rosters if each.snapshot != snapshot]

    def judge(self, pair: frozenset[PlaylistKey], *, same: bool) -> None:
        self.same.discard(pair)
        self.different.discard(pair)
        (self.same if same else self.different).add(pair)

    def _lines(self, seen: Seen) -> list[Line] | None:
        if seen.kind is Kind.FORBIDDEN:
            return None
        return [self._line(seen.dialect, row) for row in seen.rows]

    def _line(self, dialect: Dialect, row: Row) -> Line:
        by = None if row.added_by is None else self._number(row.added_by)
        added_at = None if row.added_at is None else Instant(row.added_at)
        claim = self._number((dialect, claim_of(row)))
        return Line(self._number(row.track), added_at, by, claim, row.popularity)

    def _number(self, text: object) -> int:
        if text not in self._texts:
            self._texts.append(text)
        return self._texts.index(text)

    def text(self, number: int) -> str:
        found = self._texts[number]
        assert isinstance(found, str)
        return found

    def said(self, number: int) -> tuple[Dialect, Claim]:
        found = self._texts[number]
        assert isinstance(found, tuple)
        return found

    def fold(self) -> Folding:
        """Work out all that follows from what was said."""
        return Folding(self)


class Folding:
    """What follows from a list of observations, worked out from the beginning."""

    def __init__(self, library: PlainLibrary) -> None:
        self.library = library
        self._told = sorted(library.told, key=lambda each: each.order)
        for told in self._told:
            told.lines = told.raw and [self._real(line) for line in told.raw]

    def _real(self, line: Line) -> Line:
        return line._replace(track=self.aliases.get(line.track, line.track))

    @cached_property
    def aliases(self) -> dict[int, int]:
        """Return which tracks without an id are real ones, as numbers of the list."""
        said = {
            (line.track, self.library.said(line.claim)[1])
            for told in self._told
            for line in told.raw or ()
        }
        sketches = [_sketch(track, claim) for track, claim in said]
        unnamed = {s for s in sketches if self.library.text(s.track).startswith("meta:")}
        return find_aliases(unnamed, [each for each in sketches if each not in unnamed])

    # Which keys are one playlist

    @cached_property
    def joins(self) -> list[Join]:
        contents: list[Sequence[Line]] = []
        trails = {}
        for key in self.library.keys:
            told = [t for t in self._told if t.seen.key == key]
            seen = [t for t in told if t.lines is not None]
            if told:
                # What was never seen inside is known all the same.
                times = [Instant(t.seen.at) for t in seen or told]
                numbers: list[int | None] = list(range(len(contents), len(contents) + len(seen)))
                contents += [t.lines for t in seen if t.lines is not None]
                gone = [Instant(r.at) for r in self._silent_on(frozenset({key}))]
                trails[key] = Trail(key, times, numbers or [None] * len(told), gone)
        verdicts = Verdicts(frozenset(self.library.same), frozenset(self.library.different))
        return find_joins(trails, contents.__getitem__, verdicts)

    @cached_property
    def steps(self) -> dict[Group, list[Step]]:
        """Every playlist's keys, and the steps of its fold."""
        groups = group_keys(sorted(self.library.keys), self.joins)
        return {frozenset(group): self._fold(frozenset(group)) for group in groups}

    # The fold

    def _fold(self, group: Group) -> list[Step]:
        told = [each for each in self._told if each.seen.key in group]
        endings = [] if LIKED in group else self._silent_on(group)
        events: list[Told | Roster] = [*told, *endings]
        events.sort(key=lambda event: event.order)
        vouched: set[int] = set()
        while True:
            steps, witness = _attempt(events, vouched)
            if witness is None:
                return steps
            vouched.add(id(witness))

    def _silent_on(self, keys: Group) -> list[Roster]:
        """Return the rosters that should list one of these keys, and do not."""
        rosters = self.library.rosters
        listed = [r.at for r in rosters if r.source is Source.API and not r.keys.isdisjoint(keys)]
        api = [t.seen.at for t in self._told if t.seen.key in keys and t.seen.source is Source.API]
        listed_since = min(listed, default=1 << 62)
        known_since = min([*api, *listed], default=1 << 62)
        return [
            r
            for r in rosters
            if r.keys.isdisjoint(keys) and (listed_since < r.at if r.source else r.at < known_since)
        ]

    # What follows

    @staticmethod
    def spans(steps: Sequence[Step]) -> list[Span]:
        spans: list[Span] = []
        said_as: set[tuple[tuple[str, str], bytes]] = set()
        for event, effect, _ in steps:
            if not effect.heard:
                continue
            open_now = spans[-1] if spans and spans[-1].valid_to is None else None
            name = event.called if isinstance(event, Told) else None
            at = event.order[0]
            if isinstance(event, Told) and (open_now is None or open_now[:2] != name):
                mark = (event.called, event.seen.digest)
                if open_now and event.seen.inferred and not event.accepted and mark in said_as:
                    continue
                said_as.add(mark)
            if open_now and open_now[:2] != name:
                spans[-1] = open_now._replace(valid_to=at)
            if name and (open_now is None or open_now[:2] != name):
                spans.append(Span(*name, at, None))
        return [span for span in spans if span.valid_from != span.valid_to]

    def entries(self, steps: Sequence[Step], at: float) -> list[Place] | None:
        """Return a playlist's entries at a moment; None where there is no playlist."""
        lines = next((s.lines for s in reversed(steps) if s.event.order[0] <= at), None)
        return None if lines is None else [self.place(line) for line in lines]

    def place(self, line: Line) -> Place:
        by = None if line.added_by is None else self.library.text(line.added_by)
        return Place(TrackKey(self.library.text(line.track)), line.added_at, by)

    @cached_property
    def _heard(self) -> list[Told]:
        steps = [step for each in self.steps.values() for step in each]
        counts = {id(step.event) for step in steps if step.effect.heard}
        return [told for told in self._told if id(told) in counts]

    @cached_property
    def _words(self) -> list[Word]:
        """Return all that is said of tracks, in the order in which later words replace earlier ones."""
        text, said = self.library.text, self.library.said
        words = [
            Word(told.order[:3], TrackKey(text(line.track)), said(line.claim), line.popularity)
            for told in self._heard
            for line in told.lines or ()
        ]
        for number, statements in self.library.enriched.items():
            for each in statements:
                dialect = EDITED if each.edited else ANSWERED
                claim = Claim(each.track, isrc=each.isrc) if each.isrc else None
                order = (each.at, 3, bytes([number, each.edited]))
                spoken = claim and (dialect, claim)
                words.append(Word(order, each.track, spoken, each.popularity))
        return sorted(words, key=lambda word: word.order)

    @cached_property
    def attestations(self) -> dict[tuple[TrackKey, int, int], Claim]:
        """Return what is said from when on, by (track, rank, moment), where it changed."""
        said: dict[tuple[TrackKey, int], dict[int, tuple[Dialect, Claim]]] = {}
        for each in self._words:
            if each.said is not None:
                dialect, _ = each.said
                said.setdefault((each.track, dialect.rank), {})[each.at] = each.said
        return {
            (track, rank, at): claim
            for (track, rank), series in said.items()
            for at, (_, claim) in _changes(series).items()
        }

    def facts(self, at: float, dialects: Sequence[Dialect]) -> dict[TrackKey, Facts]:
        by_rank = {dialect.rank: dialect for dialect in dialects}
        said: dict[TrackKey, list[Attestation]] = {}
        for (track, rank, since), claim in self.attestations.items():
            if since <= at:
                said.setdefault(track, []).append(Attestation(Instant(since), by_rank[rank], claim))
        return {track: resolve(track, attested) for track, attested in said.items()}

    @cached_property
    def popularity(self) -> dict[tuple[TrackKey, int], int]:
        """Return popularities by (track, moment), where they changed."""
        said: dict[TrackKey, dict[int, int]] = {}
        for each in self._words:
            if each.popularity is not None:
                said.setdefault(each.track, {})[each.at] = each.popularity
        return {
            (track, at): value
            for track, series in said.items()
            for at, value in _changes(series).items()
        }

    def moments(self) -> list[int]:
        """Return every moment at which something may change, and those just before and after."""
        told = {t.seen.at for t in self.library.told} | {r.at for r in self.library.rosters}
        told |= {each.at for words in self.library.enriched.values() for each in words}
        return sorted({at + shift for at in told for shift in (-1, 0, 1)})


def _sketch(track: int, claim: Claim) -> Sketch:
    made, album = claim.recording or Recording(), claim.release and claim.release.album
    artists = tuple(artist.name for artist in made.artists)
    return Sketch(track, made.title, artists, made.duration_ms, claim.isrc, album)


def _attempt(events: Sequence[Told | Roster], vouched: set[int]) -> tuple[list[Step], Told | None]:
    """Fold once; stop where an observation confirms one that was put aside, and return that one."""
    steps: list[Step] = []
    lines: Sequence[Line] | None = None
    bytes_now: bytes | None = None
    heard: set[bytes] = set()
    aside: list[Told] = []
    for event in events:
        effect = Effect.FOLDED
        if isinstance(event, Roster):
            lines, bytes_now, aside = None, None, []
        elif event.lines is None:
            effect = Effect.SILENT
        elif (
            not event.accepted
            and id(event) not in vouched
            and _is_suspect(event, lines, bytes_now, heard)
        ):
            for witness in () if _is_stale(event, bytes_now, heard) else aside:
                if event.seen.at - witness.seen.at >= HOUR and _agree(witness, event):
                    return [], witness
            aside.append(event)
            effect = Effect.ASIDE
        else:
            if event.seen.digest == bytes_now:
                effect = Effect.CONFIRMED
            lines = event.lines if lines is None else _combined(event.seen.kind, lines, event.lines)
            bytes_now = event.seen.digest
            heard.add(bytes_now)
            aside = []
            if id(event) in vouched:
                effect = Effect.VOUCHED
        steps.append(Step(event, effect, lines))
    return steps, None


def _combined(kind: Kind, known: Sequence[Line], seen: Sequence[Line]) -> Sequence[Line]:
    if kind is Kind.PARTIAL:
        return merge(known, seen)
    return choose(known, seen) if kind is Kind.MEMBERSHIP else take_over(known, seen)


def _is_suspect(
    event: Told, lines: Sequence[Line] | None, bytes_now: bytes | None, heard: set[bytes]
) -> bool:
    if event.lines is None:
        return False
    stale = _is_stale(event, bytes_now, heard)
    complete = lines is not None and event.seen.kind is not Kind.PARTIAL
    before = lines or ()
    if event.seen.source is Source.API:
        return stale or (complete and is_cut_short(len(before), len(event.lines)))
    return stale or (complete and is_collapse(before, event.lines))


def _is_stale(event: Told, bytes_now: bytes | None, heard: set[bytes]) -> bool:
    return event.seen.inferred and event.seen.digest != bytes_now and event.seen.digest in heard


def _agree(witness: Told, event: Told) -> bool:
    one, other = witness.lines, event.lines
    assert one is not None
    assert other is not None
    by_api = witness.seen.source is event.seen.source is Source.API
    if by_api and are_alike(len(one), len(other)):
        return True
    return not is_collapse(one, other) and not is_collapse(other, one)


def _changes(series: dict[int, V]) -> dict[int, V]:
    changes: dict[int, V] = {}
    last: V | None = None
    for at in sorted(series):
        if series[at] != last:
            changes[at] = last = series[at]
    return changes
