"""What a lookup answers: facts with their source and age, and whether they stand in for the service's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from syncengine.core.alias import SAME_LENGTH_MS
from syncengine.core.identity import PlaylistKey, TrackKey, fold
from syncengine.core.moment import Instant
from syncengine.core.track import Attestation, AudioFeatures, Facts, Provenance, resolve
from syncengine.errors import (
    Forbidden,
    Gone,
    Locked,
    NotFound,
    Rejected,
    SignInNeeded,
    SyncEngineError,
    Transient,
    TryLater,
)

Prefer = Literal["api", "stored", "offline"]
"""Who is asked: the service first, the service only for what is not stored, or nobody."""
Match = Literal["id", "isrc", "name"]
"""By what two tracks were found to be one recording."""
RATE_LIMITED = "rate-limited"
_WORD = re.compile(r"[^\W_]+")
_ISRC_GAPS = re.compile(r"[\W_]+")


class Fallback(NamedTuple):
    """Why stored facts stand in: ``reason`` is one of REASONS, ``message`` what a person may read."""

    reason: str
    message: str


_REASON_OF: tuple[tuple[type[SyncEngineError], str], ...] = (
    (TryLater, RATE_LIMITED),
    (SignInNeeded, "sign-in"),
    (Transient, "unreachable"),
    (Forbidden, "forbidden"),
    (Gone, "gone"),
    (Rejected, "rejected"),
    (Locked, "busy"),
    (NotFound, "not-found"),
)
REASONS = (*(reason for _, reason in _REASON_OF), "error")


def fallback_of(error: SyncEngineError) -> Fallback:
    """Return why stored facts stand in where asking ended with an error.

    A failure that names a time to wait for is a rate limit, as a 429 is.
    """
    if isinstance(error, Transient) and error.retry_after is not None:
        return Fallback(RATE_LIMITED, str(error))
    reason = next((reason for kind, reason in _REASON_OF if isinstance(error, kind)), "error")
    return Fallback(reason, str(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Where an answer comes from: who said so, when last, and how many seconds ago that was.

    ``fallback`` is None unless the service was to be asked and could not answer.
    """

    source: str
    at: Instant
    age: int
    fallback: Fallback | None = None

    @property
    def is_fallback(self) -> bool:
        """Whether stored facts stand in for an answer of the service."""
        return self.fallback is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackAnswer(Answer):
    """What is known of one track; ``popularity`` is 0–100, ``facts.sources`` tells each group's origin."""

    facts: Facts
    popularity: int | None = None

    @property
    def key(self) -> TrackKey:
        """The track's key, which is its URI where it has one."""
        return self.facts.track

    @property
    def title(self) -> str | None:
        """The title."""
        return self.facts.recording.title

    @property
    def artists(self) -> tuple[str, ...]:
        """The artists' names as credited."""
        return tuple(artist.name for artist in self.facts.recording.artists)

    @property
    def album(self) -> str | None:
        """The album's name."""
        return self.facts.release.album

    @property
    def duration_ms(self) -> int | None:
        """The length in milliseconds."""
        return self.facts.recording.duration_ms

    @property
    def isrc(self) -> str | None:
        """The recording's ISRC."""
        return self.facts.isrc

    @property
    def features(self) -> AudioFeatures | None:
        """Spotify's audio features."""
        return self.facts.features


class SearchAnswer(list[TrackAnswer]):
    """The tracks that a search found, the best first.

    ``fallback`` is that of each of them; where none is found it says why the service did not look.
    """

    def __init__(self, found: Iterable[TrackAnswer] = (), fallback: Fallback | None = None) -> None:
        super().__init__(found)
        self.fallback = fallback

    @property
    def is_fallback(self) -> bool:
        """Whether what is stored, if anything, stands in for an answer of the service."""
        return self.fallback is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturesAnswer(Answer):
    """The audio features of one track."""

    key: TrackKey
    features: AudioFeatures


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateAnswer(Answer):
    """The track of the library that is the same recording, and by what it was found."""

    track: TrackAnswer
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingAnswer(Answer):
    """One occurrence of a track in a playlist; ``position`` counts from 0."""

    key: PlaylistKey
    name: str
    added_at: Instant | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAnswer:
    """One place of a list; ``added_by`` is a user id, ``popularity`` 0–100."""

    facts: Facts
    popularity: int | None
    added_at: Instant | None
    added_by: str | None

    @property
    def track(self) -> TrackKey:
        """The track's key."""
        return self.facts.track


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAnswer(Answer):
    """A playlist, or Liked Songs, with its entries in order."""

    key: str
    name: str
    entries: Sequence[EntryAnswer]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[EntryAnswer]:
        return iter(self.entries)


Item = str | tuple[str, str]
"""A track as it is asked for: id, URI or URL, or its title and an artist."""
Found = TypeVar("Found", bound=Answer)


@dataclass(frozen=True, slots=True)
class Batch(Generic[Found]):
    """What became of each item: an answer, or the error that stood in its way.

    Iterating gives the answers in the order asked for; ``batch[item]`` raises that item's error.
    """

    found: Mapping[Item, Found]
    failed: Mapping[Item, SyncEngineError]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Found]:
        return iter(self.found.values())

    def __contains__(self, item: object) -> bool:
        return item in self.found

    def __getitem__(self, item: Item) -> Found:
        if item in self.failed:
            raise self.failed[item]
        return self.found[item]


class Told(NamedTuple):
    """What is known of a track; ``last_told`` is when each source last spoke of it, by its name."""

    attestations: Sequence[Attestation] = ()
    popularity: int | None = None
    last_told: Mapping[str, Instant] = {}


def with_answer(told: Told, answer: Attestation, popularity: int | None) -> Told:
    """Return what is known once a service's own answer is heard too."""
    name = answer.dialect.name
    if told.popularity is not None and max(told.last_told.values(), default=0) > answer.at:
        popularity = None
    last = max(answer.at, told.last_told.get(name, answer.at))
    return Told(
        [*told.attestations, answer],
        told.popularity if popularity is None else popularity,
        {**told.last_told, name: last},
    )


def track_answer(
    key: TrackKey, told: Told, now: Instant, fallback: Fallback | None = None
) -> TrackAnswer | None:
    """Return the answer for a track; None where nothing is known that would name it."""
    facts = resolve(key, told.attestations)
    origin = facts.sources.get("recording")
    if origin is None:
        return None
    at = _last(origin, told)
    return TrackAnswer(
        facts=facts,
        popularity=told.popularity,
        source=origin.source,
        at=at,
        age=max(0, now - at),
        fallback=fallback,
    )


def features_answer(
    key: TrackKey, told: Told, now: Instant, fallback: Fallback | None = None
) -> FeaturesAnswer | None:
    """Return the audio features of a track; None where they are not known."""
    facts = resolve(key, told.attestations)
    if facts.features is None:
        return None
    at = _last(origin := facts.sources["features"], told)
    return FeaturesAnswer(
        key=facts.track,
        features=facts.features,
        source=origin.source,
        at=at,
        age=max(0, now - at),
        fallback=fallback,
    )


def _last(origin: Provenance, told: Told) -> Instant:
    """Return when a source last said so: a later export that repeats a fact makes it young again."""
    return max(origin.at, told.last_told.get(origin.source, origin.at))


def words_of(text: str) -> list[str]:
    """Return the folded words of a text; punctuation is none."""
    return _WORD.findall(fold(text))


def plain_isrc(isrc: str) -> str:
    """Return an ISRC without the hyphens and spaces that it may be written with, in capitals."""
    return _ISRC_GAPS.sub("", isrc).upper()


def is_by(artist: str, credited: Sequence[str]) -> bool:
    """Tell whether a name is one of the credited artists, or all of them in one text.

    Both sides are folded texts.
    """
    return artist in credited or artist in (", ".join(credited), " ".join(credited))


def is_called(facts: Facts, title: str, artist: str) -> bool:
    """Tell whether a track goes by a title and an artist; case and accents don't matter."""
    credited = [fold(each.name) for each in facts.recording.artists]
    return fold(facts.recording.title or "") == fold(title) and is_by(fold(artist), credited)


def is_as_long(one: int | None, other: int | None) -> bool:
    """Tell whether two lengths (ms) may be of one recording; an unknown one may."""
    return one is None or other is None or abs(one - other) <= SAME_LENGTH_MS
