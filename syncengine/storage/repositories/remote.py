"""What is remembered of services that can be asked: calls, what they said of themselves, open fetches."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from syncengine.core.moment import Instant
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.models import remote

CALLS = remote.calls
NOTES = remote.remote_notes
PAGES = remote.fetched_pages
TALLIES = remote.lookup_tallies

_DAY = 24 * 60 * 60
PAUSE, CAPABILITY, VERSION, LISTING = "pause", "capability", "version", "listing"
FORBIDDEN, SESSION, ENRICHING = "forbidden", "session", "enriching"
ENRICHMENT_ROUND, ENRICHMENT_GONE = "enrichment round", "enrichment gone"
SCHEMA, LOOK, MATCHED, WRITING = "schema", "look", "matched", "writing"
REMEDIATION = "remediation"
"""Kinds of notes."""


class Note(NamedTuple):
    """The last word on a subject, and when it was said."""

    value: str
    at: Instant


class Kept(NamedTuple):
    """How many pages of lists are kept, and when the first of them was told; None without one."""

    pages: int
    since: Instant | None


class RemoteBook:
    """What is remembered of one service, within one transaction."""

    def __init__(self, connection: Connection, system: str) -> None:
        self._connection = connection
        self._system = system
        self._numbers = Numbers(connection)

    # Calls

    def count_call(self, endpoint: str, at: Instant, run: int | None) -> None:
        """Note that a call is made."""
        row = (self._numbers.next(CALLS), self._system, endpoint, at, run)
        columns = ("id", "system", "endpoint", "made_at", "run_id")
        bulk_insert(self._connection, CALLS, columns, [row])

    def calls_since(self, at: Instant) -> int:
        """Return how many calls were made at or after a moment."""
        c = CALLS.c
        query = select(func.count()).where(c.system == self._system, c.made_at >= at)
        return int(self._connection.execute(query).scalar_one())

    def nth_last_call(self, number: int) -> Instant | None:
        """Return when the call was made after which there were ``number`` - 1 more."""
        c = CALLS.c
        query = select(c.made_at).where(c.system == self._system)
        return self._connection.execute(
            query.order_by(c.made_at.desc(), c.id.desc()).limit(1).offset(number - 1)
        ).scalar()

    def calls_of_run(self, run: int) -> dict[str, int]:
        """Return how many calls a run made, by endpoint."""
        c = CALLS.c
        query = select(c.endpoint, func.count()).where(c.run_id == run).group_by(c.endpoint)
        return dict(iter(self._connection.execute(query.order_by(c.endpoint))))

    def calls_by_endpoint(self, at: Instant) -> dict[str, int]:
        """Return how many calls were made at or after a moment, by endpoint."""
        c = CALLS.c
        query = select(c.endpoint, func.count()).where(c.system == self._system, c.made_at >= at)
        return dict(iter(self._connection.execute(query.group_by(c.endpoint).order_by(c.endpoint))))

    # Notes

    def note(self, kind: str, subject: str, value: str, at: Instant) -> None:
        """Note something; the last word of its kind on its subject stands."""
        self.note_all(kind, {subject: Note(value, at)})

    def note_all(self, kind: str, notes: Mapping[str, Note]) -> None:
        """Note something on each of many subjects."""
        self.forget_all(kind, notes)
        columns = ("system", "kind", "subject", "value", "noted_at")
        rows = [(self._system, kind, subject, *note) for subject, note in notes.items()]
        bulk_insert(self._connection, NOTES, columns, rows)

    def notes(self, kind: str) -> dict[str, Note]:
        """Return every note of a kind, by subject."""
        n = NOTES.c
        query = select(n.subject, n.value, n.noted_at)
        rows = self._connection.execute(query.where(n.system == self._system, n.kind == kind))
        return {subject: Note(value, at) for subject, value, at in rows}

    def noted(self, kind: str, subject: str) -> Note | None:
        """Return one note; None where there is none."""
        n = NOTES.c
        query = select(n.value, n.noted_at).where(
            n.system == self._system, n.kind == kind, n.subject == subject
        )
        row = self._connection.execute(query).first()
        return None if row is None else Note(row[0], row[1])

    def forget(self, kind: str) -> None:
        """Forget all notes of a kind."""
        n = NOTES.c
        self._connection.execute(delete(NOTES).where(n.system == self._system, n.kind == kind))

    def forget_all(self, kind: str, subjects: Iterable[str]) -> None:
        """Forget the notes of a kind on subjects."""
        n = NOTES.c
        gone = delete(NOTES).where(n.system == self._system, n.kind == kind)
        for chunk in chunks(subjects):
            self._connection.execute(gone.where(n.subject.in_(chunk)))

    # Fetches that are not whole yet

    def keep_page(self, key: str, version: str, position: int, answer: bytes, at: Instant) -> None:
        """Keep an answer until the list it belongs to is whole; pages of other versions are dropped."""
        p = PAGES.c
        mine = (p.system == self._system) & (p.list == key)
        stale = (p.version != version) | (p.position == position)
        self._connection.execute(delete(PAGES).where(mine, stale))
        row = {
            "system": self._system, "list": key, "version": version, "position": position,
            "answer": zlib.compress(answer, 1), "fetched_at": at,
        }  # fmt: skip
        self._connection.execute(insert(PAGES).values(row))

    def kept_pages(self, key: str, version: str) -> dict[int, tuple[bytes, Instant]]:
        """Return the answers that are kept of a list in a version, with their times, by position."""
        p = PAGES.c
        query = select(p.position, p.answer, p.fetched_at).where(
            p.system == self._system, p.list == key, p.version == version
        )
        rows = self._connection.execute(query.order_by(p.position))
        return {position: (zlib.decompress(answer), at) for position, answer, at in rows}

    def kept_versions(self) -> dict[str, tuple[str, Instant]]:
        """Return the version of each list of which pages are kept, and when the first was fetched."""
        p = PAGES.c
        query = select(p.list, p.version, func.min(p.fetched_at)).where(p.system == self._system)
        rows = self._connection.execute(query.group_by(p.list, p.version))
        return {key: (version, at) for key, version, at in rows}

    def kept(self) -> Kept:
        """Return how much is kept of lists that are not whole yet."""
        p = PAGES.c
        query = select(func.count(), func.min(p.fetched_at)).where(p.system == self._system)
        # Answers of other kinds (audio features, genres) go by names of several words.
        pages, since = self._connection.execute(query.where(~p.list.contains(" "))).one()
        return Kept(pages, since)

    def drop_pages(self, keys: Iterable[str] | None = None) -> None:
        """Drop the answers that are kept of lists (none: of all)."""
        gone = delete(PAGES).where(PAGES.c.system == self._system)
        if keys is None:
            self._connection.execute(gone)
        else:
            for chunk in chunks(keys):
                self._connection.execute(gone.where(PAGES.c.list.in_(chunk)))


def forget_versions(connection: Connection) -> None:
    """Forget which versions of lists are stored, of all services."""
    connection.execute(delete(NOTES).where(NOTES.c.kind == VERSION))


class LookupTally:
    """How lookups were answered, by day; within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, counts: Mapping[str, int], at: Instant) -> None:
        """Add counts by outcome to a moment's day."""
        t, day = TALLIES.c, Instant(at - at % _DAY)
        for outcome, count in counts.items():
            found = self._connection.execute(
                update(TALLIES)
                .where(t.day == day, t.outcome == outcome)
                .values(count=t.count + count)
            )
            if not found.rowcount:
                row = {"day": day, "outcome": outcome, "count": count}
                self._connection.execute(insert(TALLIES).values(row))

    def since(self, at: Instant) -> dict[str, int]:
        """Return the counts by outcome from a moment's day on."""
        t = TALLIES.c
        query = select(t.outcome, func.sum(t.count)).where(t.day >= at - at % _DAY)
        return dict(iter(self._connection.execute(query.group_by(t.outcome))))
