"""Look up lists: Liked Songs, a playlist's tracks, the playlists there are and those that hold a track."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from syncengine.core.identity import LIKED, LIKED_NAME, PlaylistKey, TrackKey, parse_playlist
from syncengine.core.lookup import EntryAnswer, Fallback, HoldingAnswer, ListAnswer, Prefer
from syncengine.core.moment import Instant
from syncengine.core.remote import ListKey, RemoteEntry
from syncengine.core.track import Attestation, Dialect, Facts, resolve
from syncengine.errors import NotFound, SyncEngineError, UsageError
from syncengine.jobs import playlists_of
from syncengine.jobs.lookup_asking import Asker, Streak
from syncengine.jobs.lookup_known import Known
from syncengine.jobs.lookup_notes import ASKED, FAILED, SAVED, STORED
from syncengine.jobs.playlists import find_playlist
from syncengine.storage.lookup_store import Shelf
from syncengine.storage.repositories.library import PlaylistRecord, number_of
from syncengine.storage.repositories.stored import UNKNOWN

_PAGE = 50
"""Entries in a page of a list: what a client without stored facts would need a call for."""


@dataclass(frozen=True, slots=True)
class PlaylistAnswer(PlaylistRecord):
    """A playlist with everything it was ever called, and which source spoke of it last, and when."""

    source: str
    at: Instant | None
    age: int | None
    fallback: Fallback | None = None


class ListLookups:
    """Looks lists up; ``refresh`` is called first, to learn what is new in the exports."""

    def __init__(self, known: Known, asker: Asker, refresh: Callable[[], None]) -> None:
        self._known = known
        self._asker = asker
        self._refresh = refresh

    def playlists(self, prefer: Prefer) -> list[PlaylistAnswer]:
        """Return every playlist that was ever seen. Raises UsageError for ``api``: that is a fetch."""
        _only_stored(prefer, "playlists()", "syncengine fetch brings them up to date")
        self._refresh()
        with self._known.store.reading() as shelf:
            records = shelf.unit.library.playlist_records()
            told = shelf.tracks.told_by([record.id for record in records])
        now = self._known.clock()
        return [_playlist_answer(each, told.get(each.id), now) for each in records]

    def playlists_of(self, key: TrackKey, prefer: Prefer) -> list[HoldingAnswer]:
        """Return every place of a track in the library now. Raises NotFound for one never seen."""
        _only_stored(prefer, "playlists_of()", "Spotify does not tell which playlists hold a track")
        self._refresh()
        with self._known.store.reading() as shelf:
            found = playlists_of.playlists_of(shelf.unit, key)
        now = self._known.clock()
        return [
            HoldingAnswer(
                key=each.key, name=each.name, added_at=each.added_at, position=each.position,
                source=each.source, at=each.observed_at, age=max(0, now - each.observed_at),
            )
            for each in found
        ]  # fmt: skip

    def entries(self, text: str, prefer: Prefer) -> ListAnswer:
        """Return a list with its entries, by key, URI, URL or name.

        Raises NotFound for one that is neither stored nor a playlist's id, else what stood in the way.
        """
        self._refresh()
        notes = self._asker.notes
        stored, key, name = self._stored(text)
        if not self._asker.may_use_stored(prefer):
            stored = None
        if stored is not None and prefer != "api":
            notes.count(STORED)
            notes.count(SAVED, max(1, -(-len(stored) // _PAGE)))
            return stored
        try:
            if prefer == "offline" or key is None or key.startswith("csv:"):
                raise NotFound(_unknown(text, name, prefer))
            answer = self._fetched(key, patient=stored is None)
        except SyncEngineError as error:
            why = None if stored is None else self._asker.instead(error)
            if stored is None or why is None:
                notes.count(FAILED)
                raise
            return replace(stored, fallback=why)
        notes.count(ASKED)
        return answer

    def _stored(self, text: str) -> tuple[ListAnswer | None, PlaylistKey | None, str | None]:
        """Return a list as it is stored, the key that the service would know it by, and its name."""
        with self._known.store.reading() as shelf:
            try:
                record = find_playlist(shelf.unit.library.playlist_records(), text)
            except NotFound:
                return None, parse_playlist(text), None
            keys = [record.key, *(key for key, _ in record.keys)]
            remote = next((k for k in keys if k == LIKED or k.startswith("spotify:")), None)
            if record.observed_at is None or record.ended_at is not None:
                return None, remote, record.name
            source, at = shelf.tracks.told_by([record.id]).get(
                record.id, (UNKNOWN, record.observed_at)
            )
            entries = self._entries(shelf, record.id)
        age = max(0, self._known.clock() - at)
        answer = ListAnswer(
            key=record.key, name=record.name, entries=entries, source=source, at=at, age=age
        )
        return answer, remote, record.name

    def _entries(self, shelf: Shelf, playlist: int) -> list[EntryAnswer]:
        library = shelf.unit.library
        entries = library.entries(None, [playlist]).get(playlist, [])
        keys = library.track_keys({number_of(entry) for entry in entries})
        told = self._known.told_on(shelf, keys.values())
        people = library.contributors()
        answers = []
        for entry in entries:
            key = keys[number_of(entry)]
            own, each = told.get(key, (key, None))
            answers.append(
                EntryAnswer(
                    facts=Facts(own) if each is None else resolve(own, each.attestations),
                    popularity=None if each is None else each.popularity,
                    added_at=entry.added_at,
                    added_by=_person(people, entry.added_by),
                )
            )
        return answers

    def _fetched(self, key: ListKey, *, patient: bool) -> ListAnswer:
        """Read a list from the service, page by page; nothing of it is stored."""
        streak = Streak(self._asker)
        name = LIKED_NAME
        if key != LIKED:
            name = streak.ask(lambda service: service.describe(key).name, patient=patient)
        entries: list[RemoteEntry] = []
        while True:
            dialect, page = streak.ask(
                lambda service: (
                    service.dialect,
                    service.read_entries(key, service.entries(key, len(entries))),
                ),
                patient=patient,
            )
            entries.extend(page.entries)
            if not page.entries or len(entries) >= page.total:
                break
        now = self._known.clock()
        return ListAnswer(
            key=key,
            name=name,
            entries=[_entry_answer(dialect, each, now) for each in entries],
            source=dialect.name,
            at=now,
            age=0,
        )


def _unknown(text: str, name: str | None, prefer: Prefer) -> str:
    if prefer == "offline" and name is not None:
        return f"nothing is stored of the playlist {name!r} as it is now"
    if prefer == "offline":
        return f"there is no stored playlist {text!r}"
    if name is None:
        return f"there is no stored playlist {text!r}, and this is no id of one"
    return (
        f"Spotify's id of the playlist {name!r} is not known, because only exports told of it: run "
        "syncengine fetch, which learns it, or name the playlist by its id or URL"
    )


def _person(people: Mapping[int, str], number: object) -> str | None:
    return people.get(number) if isinstance(number, int) else None


def _entry_answer(dialect: Dialect, entry: RemoteEntry, now: Instant) -> EntryAnswer:
    said = Attestation(now, dialect, entry.claim)
    return EntryAnswer(
        facts=resolve(entry.claim.track, [said]),
        popularity=entry.popularity,
        added_at=entry.added_at,
        added_by=entry.added_by,
    )


def _playlist_answer(
    record: PlaylistRecord, told: tuple[str, Instant] | None, now: Instant
) -> PlaylistAnswer:
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    source, at = told or (UNKNOWN, record.observed_at)
    return PlaylistAnswer(
        **values, source=source, at=at, age=None if at is None else max(0, now - at)
    )


def _only_stored(prefer: Prefer, what: str, why: str) -> None:
    if prefer == "api":
        raise UsageError(f"{what} is answered from what is stored: {why}")
