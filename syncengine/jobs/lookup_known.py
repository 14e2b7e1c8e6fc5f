"""What lookups know of tracks: the library, what a service answered before, and what it answers now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from syncengine.core.identity import UNAVAILABLE, TrackKey
from syncengine.core.lookup import Told, TrackAnswer, track_answer, with_answer
from syncengine.core.moment import Instant
from syncengine.core.ports import Clock
from syncengine.core.remote import RemoteEntry, Service
from syncengine.core.track import Attestation
from syncengine.jobs.lookup_notes import LookupNotes
from syncengine.storage.lookup_store import LookupStore, Shelf
from syncengine.storage.repositories.answers import KeptAnswer, merge_answers, read_answers


class Known:
    """What is known, for any number of threads."""

    def __init__(self, store: LookupStore, notes: LookupNotes, clock: Clock) -> None:
        self.store = store
        self.notes = notes
        self.clock = clock

    def told(self, keys: Iterable[TrackKey]) -> dict[TrackKey, tuple[TrackKey, Told]]:
        """Return each track's own key and what is known of it, by the key asked for."""
        with self.store.reading() as shelf:
            return self.told_on(shelf, keys)

    def told_on(
        self, shelf: Shelf, keys: Iterable[TrackKey]
    ) -> dict[TrackKey, tuple[TrackKey, Told]]:
        """Return what ``told`` does, within a block of questions."""
        asked = list(dict.fromkeys(keys))
        known = shelf.tracks.read(asked)
        for key, answer in self._answered(shelf, asked).items():
            own, told = known.get(key, (key, Told()))
            known[key] = own, with_answer(told, *answer)
        return {key: known[key] for key in asked if key in known}

    def answered(self, keys: Iterable[TrackKey]) -> dict[TrackKey, KeptAnswer]:
        """Return what the service itself last answered about tracks, where it was asked."""
        with self.store.reading() as shelf:
            return self._answered(shelf, list(keys))

    def _answered(self, shelf: Shelf, asked: Collection[TrackKey]) -> dict[TrackKey, KeptAnswer]:
        answers = read_answers(shelf.unit.connection, asked)
        for key, answer in self.notes.pending(asked).items():
            answers[key] = merge_answers(answers[key], answer) if key in answers else answer
        return answers

    def heard(self, key: TrackKey, answer: KeptAnswer) -> None:
        """Keep what the service said, for later lookups."""
        self.notes.keep(key, answer)
        with self.store.reading() as shelf:
            shelf.names.add(key, answer)

    def told_of(
        self, service: Service, entries: Mapping[TrackKey, RemoteEntry]
    ) -> dict[TrackKey, KeptAnswer]:
        """Return entries as answers made now."""
        return answers_of(service, entries, self.clock())

    def answers(self, told: Mapping[TrackKey, tuple[TrackKey, Told]]) -> list[TrackAnswer]:
        """Return the answer for each track that something is known of, in their order."""
        now = self.clock()
        answers = (track_answer(key, what, now) for key, what in told.values())
        return [answer for answer in answers if answer is not None]

    def first(self, told: Mapping[TrackKey, tuple[TrackKey, Told]]) -> TrackAnswer | None:
        """Return the answer for the first track that something is known of."""
        return next(iter(self.answers(told)), None)


def answers_of(
    service: Service, entries: Mapping[TrackKey, RemoteEntry], now: Instant
) -> dict[TrackKey, KeptAnswer]:
    """Return entries as answers made now; one that the service no longer shows is none.

    A service may answer with another pressing of a track: what it says is kept of the one asked for.
    """
    return {
        key: KeptAnswer(
            Attestation(now, service.dialect, entry.claim._replace(track=key)), entry.popularity
        )
        for key, entry in entries.items()
        if entry.claim.track != UNAVAILABLE
    }
