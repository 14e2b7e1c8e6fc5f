"""Rows that are stored once however often they are said: look up the known, insert the new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Table, select

from syncengine.storage.bulk import Lookup, Numbers, bulk_insert

Key = TypeVar("Key", bound=str | bytes)

MOST_REMEMBERED = 60_000
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
        self._known = Lookup(select(table.c[key], table.c.id), table.c[key])
        self._ids: dict[Key, int] = {}
        self._forgot = False

    def find(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the row numbers of those keys that are known."""
        ids = self._ids
        asked = set(keys)
        found = {key: ids[key] for key in asked if key in ids}
        if len(found) < len(asked) and (self._forgot or not self._numbers.was_empty(self._table)):
            stored: dict[Key, int] = dict(
                iter(self._known.rows(self._connection, asked.difference(found)))
            )
            self._remember(stored)
            found |= stored
        return found

    def intern(self, rows: Mapping[Key, tuple[Any, ...]]) -> dict[Key, int]:
        """Return the row number of every key, inserting the rows of the unknown ones."""
        ids = self.find(rows)
        unknown = [key for key in rows if key not in ids]
        numbers = self._numbers.take(self._table, len(unknown))
        fresh = dict(zip(unknown, numbers, strict=True))
        values = ((number, key, *rows[key]) for key, number in fresh.items())
        bulk_insert(self._connection, self._table, self._columns, values)
        self._remember(fresh)
        return ids | fresh

    def _remember(self, ids: Mapping[Key, int]) -> None:
        if len(self._ids) + len(ids) > MOST_REMEMBERED:
            self._ids.clear()
            self._forgot = True
        self._ids |= ids
