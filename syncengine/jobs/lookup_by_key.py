"""Look up tracks by their keys, one or many: each from what is stored or from the service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic

from syncengine.core.identity import TrackKey, is_track
from syncengine.core.lookup import (
    Fallback,
    FeaturesAnswer,
    Found,
    Prefer,
    Told,
    TrackAnswer,
    features_answer,
    track_answer,
    with_answer,
)
from syncengine.core.moment import Instant
from syncengine.core.remote import RemoteEntry, Service
from syncengine.core.track import Claim
from syncengine.errors import Forbidden, Gone, NotFound, SyncEngineError
from syncengine.jobs.lookup_asking import Asker, Streak
from syncengine.jobs.lookup_known import Known
from syncengine.jobs.lookup_notes import ASKED, FAILED, SAVED, STORED
from syncengine.storage.repositories.answers import KeptAnswer

Said = dict[TrackKey, KeptAnswer]
Failed = dict[TrackKey, SyncEngineError]


@dataclass(slots=True)
class Outcome(Generic[Found]):
    """What became of several questions."""

    found: dict[TrackKey, Found] = field(default_factory=dict)
    failed: Failed = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind(Generic[Found]):
    """What is looked up of a track, and how the service is asked for it, ``at_once`` at most."""

    name: str
    build: Callable[[TrackKey, Told, Instant, Fallback | None], Found | None]
    at_once: int
    ask_many: Callable[[Service, Sequence[TrackKey]], Mapping[TrackKey, RemoteEntry]]
    ask_one: Callable[[Service, TrackKey], RemoteEntry] | None = None


def _features(service: Service, keys: Sequence[TrackKey]) -> dict[TrackKey, RemoteEntry]:
    told = service.audio_features(keys)
    return {key: RemoteEntry(Claim(key, features=each)) for key, each in told.items()}


TRACKS: Kind[TrackAnswer] = Kind(
    "track",
    track_answer,
    50,
    lambda service, keys: service.tracks(keys),
    lambda service, key: service.track(key),
)
FEATURES: Kind[FeaturesAnswer] = Kind("audio features", features_answer, 100, _features)


class ByKey:
    """Looks up by key."""

    def __init__(self, known: Known, asker: Asker) -> None:
        self._known = known
        self._asker = asker
        self._notes = asker.notes

    def many(
        self, kind: Kind[Found], keys: Collection[TrackKey], prefer: Prefer, streak: Streak
    ) -> Outcome[Found]:
        """Return what became of each: the service is asked for what is not stored, or first."""
        told = self._known.told(keys) if self._asker.may_use_stored(prefer) else {}
        real = {key: told[key][0] if key in told else key for key in keys}
        now = self._known.clock()
        stored = {
            key: answer
            for key, (own, each) in told.items()
            if (answer := kind.build(own, each, now, None)) is not None
        }
        # Of a local file, or a track without an id, the service knows nothing to say.
        outcome = Outcome(
            {k: each for k, each in stored.items() if prefer != "api" or not is_track(real[k])}
        )
        self._notes.count(STORED, len(outcome.found))
        self._notes.count(SAVED, len(outcome.found))
        missing = [key for key in real if key not in outcome.found]
        silent = [key for key in missing if prefer == "offline" or not is_track(real[key])]
        outcome.failed = {k: NotFound(f"no {kind.name} of {k} is stored") for k in silent}
        self._notes.count(FAILED, len(silent))
        asked = [key for key in missing if key not in outcome.failed]
        self._answer(kind, {key: real[key] for key in asked}, outcome, stored, told, streak)
        return outcome

    def _answer(
        self,
        kind: Kind[Found],
        asked: Mapping[TrackKey, TrackKey],
        outcome: Outcome[Found],
        stored: Mapping[TrackKey, Found],
        told: Mapping[TrackKey, tuple[TrackKey, Told]],
        streak: Streak,
    ) -> None:
        """Ask the service for tracks by their own keys, and note what became of each."""
        known = {own for key, own in asked.items() if key in stored}
        # Those with a stored answer first: nothing is waited for on their way.
        own_keys = sorted(dict.fromkeys(asked.values()), key=lambda own: own not in known)
        said, failed = self._ask(kind, own_keys, streak, stored=known)
        for key, own in asked.items():
            heard = None
            if own in said:
                self._known.heard(own, said[own])
                before = told[key][1] if key in told else Told()
                now = self._known.clock()
                heard = kind.build(own, with_answer(before, *said[own]), now, None)
            if heard is None:
                error = failed.get(own) or _unknown(kind, own)
                self._settle(outcome, key, error, stored.get(key))
            else:
                outcome.found[key] = heard
                self._notes.count(ASKED)

    def _settle(
        self, outcome: Outcome[Found], key: TrackKey, error: SyncEngineError, stored: Found | None
    ) -> None:
        """Let the stored fact stand in where there is one and it may, else note the failure."""
        why = None if stored is None else self._asker.instead(error)
        if stored is None or why is None:
            outcome.failed[key] = error
            self._notes.count(FAILED)
        else:
            outcome.found[key] = replace(stored, fallback=why)

    def _ask(
        self,
        kind: Kind[Found],
        keys: Sequence[TrackKey],
        streak: Streak,
        *,
        stored: Collection[TrackKey],
    ) -> tuple[Said, Failed]:
        """Return what the service says of tracks, and why it says nothing; silence is no error yet."""
        said: Said = {}
        failed: Failed = {}
        for start in range(0, len(keys), kind.at_once):
            some = keys[start : start + kind.at_once]
            patient = not any(key in stored for key in some)
            try:
                if kind.ask_one is not None and len(keys) == 1:
                    said |= self._ask_one(kind, some[0], streak, patient=patient)
                else:
                    said |= self._ask_some(kind, some, streak, patient=patient)
            except Forbidden as error:
                rest = keys[start:]
                if kind.ask_one is None or len(keys) == 1:
                    return said, failed | dict.fromkeys(rest, error)
                self._ask_each(kind, rest, streak, stored, (said, failed))
                break  # many apps may only ask for one at a time
            except SyncEngineError as error:
                failed |= dict.fromkeys(some, error)
        return said, failed

    def _ask_each(
        self,
        kind: Kind[Found],
        keys: Sequence[TrackKey],
        streak: Streak,
        stored: Collection[TrackKey],
        into: tuple[Said, Failed],
    ) -> None:
        said, failed = into
        for key in keys:
            try:
                said |= self._ask_one(kind, key, streak, patient=key not in stored)
            except SyncEngineError as error:
                failed[key] = error

    def _ask_some(
        self, kind: Kind[Found], keys: Sequence[TrackKey], streak: Streak, *, patient: bool
    ) -> Said:
        return streak.ask(
            lambda service: self._known.told_of(service, kind.ask_many(service, keys)),
            patient=patient,
        )

    def _ask_one(self, kind: Kind[Found], key: TrackKey, streak: Streak, *, patient: bool) -> Said:
        ask_one = kind.ask_one
        assert ask_one is not None  # noqa: S101 -- what has none is asked for together only
        return streak.ask(
            lambda service: self._known.told_of(service, {key: ask_one(service, key)}),
            patient=patient,
        )


def _unknown(kind: Kind[Found], key: TrackKey) -> Gone:
    return Gone(f"the service has no {kind.name} of {key}", system="spotify", operation="lookup")
