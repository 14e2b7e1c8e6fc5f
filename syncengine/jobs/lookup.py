"""Look up tracks: from what is stored, from the service, or from one where the other cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from syncengine.core.identity import TrackKey, parse_track
from syncengine.core.lookup import (
    Batch,
    DuplicateAnswer,
    FeaturesAnswer,
    Found,
    Item,
    Match,
    Prefer,
    SearchAnswer,
    TrackAnswer,
    fallback_of,
    is_called,
    words_of,
)
from syncengine.core.track import Claim, resolve
from syncengine.errors import NotFound, SyncEngineError, UsageError
from syncengine.jobs.lookup_asking import Asker, NotSetUp, Streak
from syncengine.jobs.lookup_by_key import FEATURES, TRACKS, ByKey, Kind, Said
from syncengine.jobs.lookup_known import Known
from syncengine.jobs.lookup_notes import ASKED, FAILED, SAVED, STORED
from syncengine.storage.lookup_store import Shelf

_MOST_FOUND = 10
"""Tracks that a service finds at a time."""


def read_key(text: str) -> TrackKey:
    """Return the track that a text names by id, URI, URL or key. Raises UsageError for none."""
    key = TrackKey(text) if text.startswith("meta:") else parse_track(text)
    if key is None:
        raise UsageError(f"{text!r} is no track: write its id, URI or URL")
    return key


class Lookups:
    """Looks tracks up; ``refresh`` is called first, to learn what is new in the exports."""

    def __init__(self, known: Known, asker: Asker, refresh: Callable[[], None]) -> None:
        self.known = known
        self.asker = asker
        self.refresh = refresh
        self._by_key = ByKey(known, asker)

    # By key

    def track(self, key: TrackKey, prefer: Prefer) -> TrackAnswer:
        """Return what is known of a track. Raises what stood in the way, NotFound when offline."""
        return self._one(TRACKS, key, prefer)

    def features(self, key: TrackKey, prefer: Prefer) -> FeaturesAnswer:
        """Return a track's audio features. Raises what stood in the way, NotFound when offline."""
        return self._one(FEATURES, key, prefer)

    def tracks(self, items: Collection[Item], prefer: Prefer) -> Batch[TrackAnswer]:
        """Return what is known of many tracks; the service is asked for many at once where it lets us."""
        return self._batch(TRACKS, items, prefer)

    def many_features(self, items: Collection[Item], prefer: Prefer) -> Batch[FeaturesAnswer]:
        """Return the audio features of many tracks."""
        return self._batch(FEATURES, items, prefer)

    def _one(self, kind: Kind[Found], key: TrackKey, prefer: Prefer) -> Found:
        self.refresh()
        outcome = self._by_key.many(kind, [key], prefer, Streak(self.asker))
        if key in outcome.failed:
            raise outcome.failed[key]
        return outcome.found[key]

    def _batch(self, kind: Kind[Found], items: Collection[Item], prefer: Prefer) -> Batch[Found]:
        self.refresh()
        keys: dict[Item, TrackKey] = {}
        failed: dict[Item, SyncEngineError] = {}
        streak = Streak(self.asker)
        for item in dict.fromkeys(items):
            try:
                keys[item] = (
                    read_key(item)
                    if isinstance(item, str)
                    else self._named(*item, prefer, streak).key
                )
            except SyncEngineError as error:
                failed[item] = error
        # A name that was just asked for is stored by now.
        named = {key for item, key in keys.items() if not isinstance(item, str)}
        outcome = self._by_key.many(
            kind, [k for k in keys.values() if k not in named], prefer, streak
        )
        rest = self._by_key.many(kind, named, "stored" if prefer == "api" else prefer, streak)
        outcome.found |= rest.found
        outcome.failed |= rest.failed
        found = {item: outcome.found[key] for item, key in keys.items() if key in outcome.found}
        failed |= {item: outcome.failed[key] for item, key in keys.items() if key in outcome.failed}
        return Batch(found, {item: failed[item] for item in dict.fromkeys(items) if item in failed})

    # By name

    def named(self, title: str, artist: str, prefer: Prefer) -> TrackAnswer:
        """Return the track of a title by an artist. Raises NotFound where nothing goes by these."""
        self.refresh()
        return self._named(title, artist, prefer, Streak(self.asker))

    def _named(self, title: str, artist: str, prefer: Prefer, streak: Streak) -> TrackAnswer:
        notes = self.asker.notes
        known = None
        if self.asker.may_use_stored(prefer):
            known = self._stored_name(title, artist)
        if known is not None and prefer != "api":
            notes.count(STORED)
            notes.count(SAVED)
            return known
        if prefer == "offline":
            notes.count(FAILED)
            raise NotFound(f"no track {title!r} by {artist!r} is stored")
        try:
            answer = self._ask_name(title, artist, streak, patient=known is None)
        except SyncEngineError as error:
            why = None if known is None else self.asker.instead(error)
            if known is None or why is None:
                notes.count(FAILED)
                raise
            return replace(known, fallback=why)
        notes.count(ASKED)
        return answer

    def _stored_name(self, title: str, artist: str) -> TrackAnswer | None:
        with self.known.store.reading() as shelf:
            found = shelf.names.named(title, artist)[:1]
            told = self.known.told_on(shelf, [each.key for each in found])
        return self.known.first(told)

    def _ask_name(self, title: str, artist: str, streak: Streak, *, patient: bool) -> TrackAnswer:
        said = self._found(f"{title} {artist}", _MOST_FOUND, streak, patient=patient)
        for key, answer in said.items():
            if is_called(resolve(key, [answer.said]), title, artist):
                self.known.heard(key, answer)
                found = self.known.first(self.known.told([key]))
                if found is not None:
                    return found
        raise NotFound(f"no track {title!r} by {artist!r} was found")

    # By words

    def search(self, text: str, limit: int, prefer: Prefer) -> SearchAnswer:
        """Return the tracks that have all words, the best first: stored ones, else the service's.

        Raises what stood in the way only where the rules let nothing stand in, not even nothing.
        """
        if not words_of(text):
            return SearchAnswer()
        self.refresh()
        with self.known.store.reading() as shelf:
            keys = shelf.names.search(text, limit)
            told = self.known.told_on(shelf, keys)
        stored = self.known.answers(told)
        notes = self.asker.notes
        if prefer == "offline" or (prefer == "stored" and stored):
            notes.count(STORED)
            return SearchAnswer(stored)
        try:
            streak, most = Streak(self.asker), min(limit, _MOST_FOUND)
            said = self._found(text, most, streak, patient=not stored)
        except SyncEngineError as error:
            if prefer == "stored" and isinstance(error, NotSetUp):
                notes.count(STORED)  # whoever has no Spotify searches the library, and it has none
                return SearchAnswer(fallback=fallback_of(error))
            why = self.asker.instead(error)
            if why is None:
                notes.count(FAILED)
                raise
            return SearchAnswer((replace(answer, fallback=why) for answer in stored), why)
        notes.count(ASKED)
        for key, answer in said.items():
            self.known.heard(key, answer)
        return SearchAnswer(self.known.answers(self.known.told(said)))

    def _found(self, text: str, limit: int, streak: Streak, *, patient: bool) -> Said:
        return streak.ask(
            lambda service: self.known.told_of(
                service, {e.claim.track: e for e in service.search(text, limit)}
            ),
            patient=patient,
        )

    # Duplicates

    def duplicate(
        self,
        key: TrackKey | None,
        sketch: Claim | None,
        prefer: Prefer,
    ) -> DuplicateAnswer | None:
        """Return the track in a playlist that is the same recording: by id, by ISRC, or by name.

        ``sketch`` says what is known of a recording whose key is not; without it the track's facts are
        looked up.
        """
        self.refresh()
        if key is not None and (same := self._held(key)) is not None:
            return self._duplicate(same, "id")
        if sketch is None and key is not None:
            try:
                facts = self.track(key, prefer).facts
            except NotFound:
                return None
            sketch = Claim(key, facts.recording, isrc=facts.isrc)
        self.asker.notes.count(STORED)
        with self.known.store.reading() as shelf:
            match = None if sketch is None else _same_recording(shelf, sketch)
            told = self.known.told_on(shelf, [match[0]] if match else [])
        found = self.known.first(told)
        return None if match is None or found is None else self._duplicate(found, match[1])

    def _held(self, key: TrackKey) -> TrackAnswer | None:
        with self.known.store.reading() as shelf:
            told = self.known.told_on(shelf, shelf.tracks.held([key]))
        return self.known.first(told)

    def _duplicate(self, track: TrackAnswer, match: Match) -> DuplicateAnswer:
        return DuplicateAnswer(
            track=track, match=match, source=track.source, at=track.at, age=track.age
        )


def _same_recording(shelf: Shelf, sketch: Claim) -> tuple[TrackKey, Match] | None:
    if sketch.isrc:
        for each in shelf.names.with_isrc(sketch.isrc):
            if each.is_held:
                return each.key, "isrc"
    recording = sketch.recording
    if recording is not None and recording.title and recording.artists:
        title, artist, length = recording.title, recording.artists[0].name, recording.duration_ms
        for each in shelf.names.named(title, artist, length):
            if each.is_held:
                return each.key, "name"
    return None
