"""What lookups read: one connection that stays open, and what was made for it, for any number of threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from syncengine.storage.lookup_index import LookupIndex
from syncengine.storage.models import catalog, ledger, timeline
from syncengine.storage.repositories.ledger import LOOKUPS
from syncengine.storage.repositories.stored import StoredTracks
from syncengine.storage.unit_of_work import Database, UnitOfWork

_NEWEST = [
    select(func.max(table.c.id)).scalar_subquery()
    for table in (ledger.judgements, timeline.snapshots, timeline.observations, catalog.claims)
]
_LAST_RUN = (
    select(ledger.runs.c.id, ledger.runs.c.ended_at)
    .where(ledger.runs.c.command != LOOKUPS)  # what lookups note of themselves changes no library
    .order_by(ledger.runs.c.id.desc())
    .limit(1)
    .subquery()
)
_REVISION = select(
    *_NEWEST,
    *(select(part).scalar_subquery() for part in (_LAST_RUN.c.id, _LAST_RUN.c.ended_at)),
)
"""What differs after every command that changed the library; each part is the end of an index."""


class Shelf(NamedTuple):
    """What can be asked: tracks by key, tracks by name, and everything else there is."""

    tracks: StoredTracks
    names: LookupIndex
    unit: UnitOfWork


class LookupStore:
    """The library as lookups read it; what others change is seen at the next question."""

    def __init__(self, database: Database, *, full_text: bool = True) -> None:
        """``full_text`` False does without the database's own search of words."""
        self._database = database
        self._path = database.path
        self._full_text = full_text
        self._turn = threading.RLock()
        self._connection: Connection | None = None
        self._shelf: Shelf | None = None
        self._file: tuple[int, int] | None = None
        self._version: object = None
        self._revision: object = None

    @contextmanager
    def reading(self) -> Iterator[Shelf]:
        """Ask questions, one thread at a time; every block sees one state of the library."""
        with self._turn, self._database.clear_errors():
            shelf = self._opened()
            try:
                self._look_for_changes(shelf)
                yield shelf
            finally:
                # Else the connection would go on seeing this state, and the log could not be emptied.
                shelf.unit.connection.rollback()

    def close(self) -> None:
        """Close the connection; the next question opens it again."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._shelf = None

    def _opened(self) -> Shelf:
        file = self._identity()
        if self._shelf is None or file != self._file:  # also when another file took its place
            self.close()
            connection = self._connection = self._database.lasting()
            index = LookupIndex(connection, full_text=self._full_text)
            self._shelf = Shelf(StoredTracks(connection), index, UnitOfWork(connection))
            self._file = self._identity()
            self._version = self._revision = None
        return self._shelf

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = None if self._path is None else self._path.stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found and found.st_size else None

    def _look_for_changes(self, shelf: Shelf) -> None:
        """Drop what was made of the library where another connection changed it.

        SQLite counts every transaction of others; whether one touched the library says the revision.
        """
        connection = shelf.unit.connection
        version = None
        if connection.dialect.name == "sqlite":
            version = connection.exec_driver_sql("PRAGMA data_version").scalar()
            if version == self._version:
                return
        revision = tuple(connection.execute(_REVISION).one())
        if revision != self._revision:
            shelf.tracks.forget()
            shelf.names.forget()
        self._version, self._revision = version, revision
