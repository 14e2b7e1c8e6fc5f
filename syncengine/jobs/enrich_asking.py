"""Asking a music service for the popularity and ISRC of tracks, each answer kept before the next call.

Fifty tracks a call where the app may; else one by one, and only for ISRCs: an app that may not ask for
fifty is not told popularity either (Spotify's development mode since 2026-02).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.ports import Clock
from syncengine.core.remote import RemoteEntry, Service
from syncengine.errors import Forbidden, Gone, RemoteError, SignInNeeded, Transient, TryLater
from syncengine.jobs.lookup_known import answers_of
from syncengine.jobs.runs import OpenUnit
from syncengine.jobs.watch import Watch
from syncengine.storage.bulk import chunks
from syncengine.storage.repositories.answers import KeptAnswer, keep_answers, read_answers
from syncengine.storage.repositories.enrichments import KnownTrack
from syncengine.storage.repositories.remote import ENRICHMENT_GONE, ENRICHMENT_ROUND, Note
from syncengine.storage.unit_of_work import UnitOfWork

ISRC, POPULARITY = "isrc", "popularity"
BATCH = 50
_AGAIN = 30 * 24 * 60 * 60
"""Seconds after which Spotify is asked again about an ISRC that it did not have, and a round is given up."""


class Round(NamedTuple):
    """One going through the tracks, over as many runs as it takes; a popularity is of it, or is asked for."""

    name: str
    began: Instant


def open_round(unit: UnitOfWork, system: str, name: str, now: Instant) -> Round:
    """Return the round of a selection that is not finished, or begin one."""
    book = unit.remote(system)
    note = book.noted(ENRICHMENT_ROUND, name)
    if note is not None and now - note.at < _AGAIN:
        return Round(name, note.at)
    book.note(ENRICHMENT_ROUND, name, "open", now)
    return Round(name, now)


class Enquiry:
    """What is known of tracks by asking a service, within one round."""

    def __init__(
        self, system: str, wanted: Sequence[str], current: Round, open_unit: OpenUnit, clock: Clock
    ) -> None:
        """``wanted`` are ISRC, POPULARITY or both."""
        self._system = system
        self._wanted = wanted
        self._round = current
        self._open_unit = open_unit
        self._clock = clock
        self.answers: dict[TrackKey, KeptAnswer] = {}
        self.gone: dict[TrackKey, Instant] = {}
        self.asked = 0
        self.served: bool | None = None
        """Whether popularity is told to this app; None where nobody was asked."""
        self.stopped: RemoteError | None = None

    def load(self, unit: UnitOfWork, tracks: Sequence[KnownTrack]) -> None:
        """Read what was answered before."""
        self.answers = read_answers(unit.connection, [each.key for each in tracks])
        notes = unit.remote(self._system).notes(ENRICHMENT_GONE)
        self.gone = {TrackKey(key): note.at for key, note in notes.items()}

    def lacking(self, tracks: Iterable[KnownTrack]) -> list[KnownTrack]:
        """Return the tracks that a service that answers for fifty is to be asked about."""
        return [each for each in tracks if self._lacks_popularity(each) or self.lacks_isrc(each)]

    def lacks_isrc(self, track: KnownTrack) -> bool:
        """Tell whether an ISRC is wanted that nobody told, and Spotify was not asked for it lately."""
        if ISRC not in self._wanted or track.isrc or self._isrc_of(track.key):
            return False
        return self._asked_at(track.key) <= self._clock() - _AGAIN

    def _lacks_popularity(self, track: KnownTrack) -> bool:
        if POPULARITY not in self._wanted or self.served is False:
            return False
        return self._asked_at(track.key) < self._round.began

    def _asked_at(self, key: TrackKey) -> int:
        answer = self.answers.get(key)
        return max(-_AGAIN if answer is None else answer.said.at, self.gone.get(key, -_AGAIN))

    def _isrc_of(self, key: TrackKey) -> str | None:
        answer = self.answers.get(key)
        return None if answer is None else answer.said.claim.isrc

    def ask(self, service: Service, tracks: Sequence[KnownTrack], watch: Watch) -> None:
        """Ask about what is lacking, until all is known or something is in everybody's way."""
        lacking = self.lacking(tracks)
        watch.expect(len(lacking))
        try:
            for batch in chunks(lacking, BATCH):
                self._ask_many(service, [each.key for each in batch])
                watch.advance(len(batch))
        except Forbidden:
            # What was told before the app lost this right is too old to go by.
            self.served = False
            self._ask_each(service, tracks, watch)
        except (TryLater, Transient, SignInNeeded) as error:
            self.stopped = error

    def _ask_many(self, service: Service, keys: Sequence[TrackKey]) -> None:
        told = service.tracks(keys)
        self._keep(service, told, [key for key in keys if key not in told])
        self.asked += len(keys)
        self.served = self.served or any(each.popularity is not None for each in told.values())

    def _ask_each(self, service: Service, tracks: Sequence[KnownTrack], watch: Watch) -> None:
        left = [each.key for each in tracks if self.lacks_isrc(each)]
        watch.expect(len(left))
        try:
            for key in left:
                try:
                    told = {key: service.track(key)}
                except Gone:
                    told = {}
                self._keep(service, told, [key] if not told else [])
                self.asked += 1
                watch.advance()
        except (TryLater, Transient, SignInNeeded, Forbidden) as error:
            self.stopped = error

    def _keep(
        self, service: Service, told: Mapping[TrackKey, RemoteEntry], gone: Sequence[TrackKey]
    ) -> None:
        now = self._clock()
        said = answers_of(service, told, now)
        with self._open_unit() as unit:
            keep_answers(unit.connection, said)
            book = unit.remote(self._system)
            book.note_all(ENRICHMENT_GONE, {key: Note("gone", now) for key in gone})
            book.forget_all(ENRICHMENT_GONE, [key for key in told if key in self.gone])
            self.answers |= read_answers(unit.connection, said)
            unit.commit()
        self.gone |= dict.fromkeys(gone, now)

    def popularity_of(self, key: TrackKey) -> int | None:
        """Return the popularity that was told in this round; an app that is told none has none."""
        answer = self.answers.get(key)
        if answer is None or self.served is False or answer.said.at < self._round.began:
            return None
        return answer.popularity

    def close(self, unit: UnitOfWork) -> None:
        """Note that the round is over: the next one asks anew."""
        unit.remote(self._system).forget_all(ENRICHMENT_ROUND, [self._round.name])
