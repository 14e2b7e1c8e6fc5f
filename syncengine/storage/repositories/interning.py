"""Rows that are stored once however often they are said: look up the known, insert the new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Table, bindparam, select

from syncengine.storage.bulk import Numbers, bulk_insert, chunks

Key = TypeVar("Key", bound=str | bytes)

MOST_REMEMBERED = 100_000
"""Keys kept in memory between batches; beyond it the database is asked again."""


class Interner(Generic[Key]):
    """Gives one row number to each distinct key of a table."""

    def __init__(
        self,
        connection: Connection,
        numbers: Numbers,
        table: Table,
        key: str,
        columns: tuple[str, ...] = (),
    ) -> None:
        """``key`` is the unique column; ``columns`` are the others, in the order of the values."""
        self._connection = connection
        self._numbers = numbers
        self._table = table
        self._columns = ("id", key, *columns)
        column = table.c[key]
        self._known = select(column, table.c.id).where(
            column.in_(bindparam("keys", expanding=True))
        )
        self._ids: dict[Key, int] = {}

    def find(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the row numbers of those keys that are known."""
        asked = set(keys)
        found = {key: self._ids[key] for key in asked if key in self._ids}
        missing = asked.difference(found)
        if missing and not (self._numbers.was_empty(self._table) and self._holds_all):
            for chunk in chunks(missing):
                for key, number in self._connection.execute(self._known, {"keys": chunk}):
                    found[key] = number
                    self._remember(key, number)
        return found

    def intern(self, rows: Mapping[Key, tuple[Any, ...]]) -> dict[Key, int]:
        """Return the row number of every key, inserting the rows of the unknown ones."""
        ids = self.find(rows)
        fresh = {key: self._numbers.next(self._table) for key in rows if key not in ids}
        values = ((number, key, *rows[key]) for key, number in fresh.items())
        bulk_insert(self._connection, self._table, self._columns, values)
        for key, number in fresh.items():
            self._remember(key, number)
        return ids | fresh

    @property
    def _holds_all(self) -> bool:
        return len(self._ids) < MOST_REMEMBERED and not self._forgot

    _forgot = False

    def _remember(self, key: Key, number: int) -> None:
        if len(self._ids) >= MOST_REMEMBERED:
            self._ids.clear()
            self._forgot = True
        self._ids[key] = number
