"""What is known of a track: facts by group, said by a source, and which source wins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant

EDITED_RANK = 50
API_RANK = 40
ANSWERED_RANK = 39
APP_RANK = 30
NET_RANK = 20
OLD_RANK = 10


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of writing exports; ``rank`` orders sources, ``damages`` names fields it is known to spoil.

    ``damages`` holds field names of Recording and Release whose values never replace sound ones.
    """

    name: str
    generation: str
    rank: int
    damages: frozenset[str] = frozenset()


class Artist(NamedTuple):
    """An artist as credited: the name, and the Spotify URI where the source gives one."""

    name: str
    uri: str | None = None


class Recording(NamedTuple):
    """The group of facts about what is heard; ``duration_ms`` in milliseconds."""

    title: str | None = None
    artists: tuple[Artist, ...] = ()
    duration_ms: int | None = None
    explicit: bool | None = None
    disc_number: int | None = None
    track_number: int | None = None
    preview_url: str | None = None


class Release(NamedTuple):
    """The group of facts about the album it came on; ``release_date`` as YYYY, YYYY-MM or YYYY-MM-DD."""

    album: str | None = None
    album_uri: str | None = None
    album_artists: tuple[Artist, ...] = ()
    release_date: str | None = None
    label: str | None = None
    image_url: str | None = None
    genres: tuple[str, ...] = ()
    copyrights: str | None = None


class AudioFeatures(NamedTuple):
    """Spotify's audio features: 0–1 but ``key`` (-1–11), ``loudness`` (dB), ``tempo`` (BPM) and the metre."""

    danceability: float | None = None
    energy: float | None = None
    key: int | None = None
    loudness: float | None = None
    mode: int | None = None
    speechiness: float | None = None
    acousticness: float | None = None
    instrumentalness: float | None = None
    liveness: float | None = None
    valence: float | None = None
    tempo: float | None = None
    time_signature: int | None = None


class Claim(NamedTuple):
    """What one row of one source says of one track; an absent group or field says nothing."""

    track: TrackKey
    recording: Recording | None = None
    release: Release | None = None
    genres: tuple[str, ...] | None = None
    features: AudioFeatures | None = None
    isrc: str | None = None


def carry(new: Claim, old: Claim) -> Claim:
    """Return what a source says now, and of what it does not speak of what it said before.

    A source that cannot see a field never takes it back.
    """
    return Claim(
        new.track,
        _filled(new.recording, old.recording),
        _filled(new.release, old.release),
        new.genres or old.genres,
        _filled(new.features, old.features),
        new.isrc or old.isrc,
    )


Group = TypeVar("Group", Recording, Release, AudioFeatures)


def _filled(new: Group | None, old: Group | None) -> Group | None:
    if new is None or old is None:
        return new or old
    pairs = zip(new._fields, new, old, strict=True)
    missing: dict[str, Any] = {name: was for name, now, was in pairs if now in (None, ())}
    return new._replace(**missing)


NO_RECORDING = Recording()
NO_RELEASE = Release()


@dataclass(frozen=True, slots=True)
class Attestation:
    """A claim, the dialect that made it and the moment from which it was made."""

    at: Instant
    dialect: Dialect
    claim: Claim


class Provenance(NamedTuple):
    """Where a group of facts comes from: the dialect's name, and since when it has said so."""

    source: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for a track at a moment, merged from all sources, each group with its origin."""

    track: TrackKey
    recording: Recording = NO_RECORDING
    release: Release = NO_RELEASE
    genres: tuple[str, ...] = ()
    features: AudioFeatures | None = None
    isrc: str | None = None
    sources: dict[str, Provenance] = field(default_factory=dict)


def resolve(track: TrackKey, attestations: Sequence[Attestation]) -> Facts:
    """Merge attestations into the facts that hold after the last of them.

    Per field the highest rank wins and within a rank the newest; lower ranks fill gaps; a value that
    its dialect is known to damage yields to any sound one; a more precise release date beats its own
    prefix (see docs/architecture.md). ``attestations`` may come in any order but must be in fold
    order where they share an instant.
    """
    order = sorted(attestations, key=lambda a: (a.dialect.rank, a.at))
    if not order:
        return Facts(track)
    if len(order) == 1:
        return _as_said(track, order[0])
    sources: dict[str, Provenance] = {}
    recording = _merge("recording", order, NO_RECORDING, sources)
    release = _merge("release", order, NO_RELEASE, sources)
    features = _merge("features", order, AudioFeatures(), sources)
    genres: tuple[str, ...] = ()
    isrc: str | None = None
    for said in order:
        if said.claim.genres:
            genres = said.claim.genres
            sources["genres"] = Provenance(said.dialect.name, said.at)
        if said.claim.isrc:
            isrc = said.claim.isrc
            sources["isrc"] = Provenance(said.dialect.name, said.at)
    return Facts(
        track,
        recording,
        _most_precise(release, order),
        genres,
        features if "features" in sources else None,
        isrc,
        sources,
    )


def in_hindsight(attestations: Sequence[Attestation], at: Instant) -> list[Attestation]:
    """Return what was said up to a moment, and what better sources first said after it.

    Of a later attestation that is each field that its rank had not told, or not soundly: what a source
    says on its first word held before as far as anybody can tell, so against this only real changes show.
    """
    order = sorted(attestations, key=lambda said: said.at)
    told = {mark for said in order if said.at <= at for mark in _told(said)}
    known = [said for said in order if said.at <= at]
    for said in order[len(known) :]:
        new = set(_told(said)) - told
        if new:
            told |= new
            known.append(Attestation(said.at, said.dialect, _only(said.claim, new)))
    return known


_Mark = tuple[int, bool, str, str]
"""A rank of source, whether it tells soundly, and which field of which group it tells."""


def _told(said: Attestation) -> list[_Mark]:
    """Return what an attestation tells of; a fact that is no group is its own field."""
    marks: list[_Mark] = []
    for name in _GROUPS:
        group = getattr(said.claim, name)
        fields = group._asdict() if isinstance(group, _FIELDS) else {name: group}
        marks += [
            (said.dialect.rank, each not in said.dialect.damages, name, each)
            for each, value in fields.items()
            if value not in (None, ())
        ]
    return marks


def _only(claim: Claim, marks: Collection[_Mark]) -> Claim:
    """Return a claim without the fields that no mark names."""
    named = {(name, each) for _, _, name, each in marks}
    kept: dict[str, Any] = {}
    for name in _GROUPS:
        group = getattr(claim, name)
        if isinstance(group, _FIELDS):
            told = group._asdict().items()
            kept[name] = type(group)(**{e: v for e, v in told if (name, e) in named})
        elif (name, name) in named:
            kept[name] = group
    return Claim(claim.track, **kept)


_GROUPS = ("recording", "release", "genres", "features", "isrc")
_FIELDS = (Recording, Release, AudioFeatures)


def _as_said(track: TrackKey, said: Attestation) -> Facts:
    """Return what a claim says on its own: what ``resolve`` would, without the merging."""
    claim = said.claim
    origin = Provenance(said.dialect.name, said.at)
    recording = claim.recording or NO_RECORDING
    release = claim.release or NO_RELEASE
    features = None if claim.features == _NO_FEATURES else claim.features
    sources: dict[str, Provenance] = {}
    if recording != NO_RECORDING:
        sources["recording"] = origin
    if release != NO_RELEASE:
        sources["release"] = origin
    if claim.genres:
        sources["genres"] = origin
    if features:
        sources["features"] = origin
    if claim.isrc:
        sources["isrc"] = origin
    return Facts(track, recording, release, claim.genres or (), features, claim.isrc, sources)


_NO_FEATURES = AudioFeatures()


def _merge(
    name: str, order: Sequence[Attestation], empty: Group, sources: dict[str, Provenance]
) -> Group:
    merged = empty
    for sound in (False, True):
        for said in order:
            group: Group | None = getattr(said.claim, name)
            if group is None:
                continue
            found: dict[str, Any] = {
                each: value
                for each, value in zip(group._fields, group, strict=True)
                if value not in (None, ()) and (each in said.dialect.damages) != sound
            }
            if found:
                merged = merged._replace(**found)
                sources[name] = Provenance(said.dialect.name, said.at)
    return merged


def _most_precise(release: Release, order: Sequence[Attestation]) -> Release:
    """Let a more precise date take the place of its own prefix; the better source is asked first."""
    best = release.release_date
    if best is None:
        return release
    for said in reversed(order):
        date = said.claim.release.release_date if said.claim.release else None
        sound = "release_date" not in said.dialect.damages
        if date and sound and len(date) > len(best) and date.startswith(best):
            best = date
    return release._replace(release_date=best)


def title_of(facts: Facts) -> str:
    """Return how a person calls a track: its artists and its title."""
    artists = ", ".join(artist.name for artist in facts.recording.artists)
    return " – ".join(filter(None, (artists, facts.recording.title))) or "(unavailable)"
