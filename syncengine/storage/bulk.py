"""Writing and reading many rows at once: compiled statements with plain tuples, for the hot tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    update,
)

CHUNK = 500
"""Values per ``IN`` list; every engine takes that many bound values."""
BATCH = 5_000
_SIZES = (10, 100, CHUNK)
_QUICK_SIZES = (1, *_SIZES)
_WORTHWHILE = 50
"""Rows from which on it pays to look at them column by column."""

_Bind = Callable[[Sequence[Any]], Any]
_INSERTS: dict[tuple[str, str, tuple[str, ...]], tuple[str, _Bind]] = {}


def bulk_insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert tuples whose values stand in the order of ``columns``; they must suit the driver as they are."""
    pending = iter(rows)
    while batch := list(islice(pending, BATCH)):
        names = tuple(columns)
        if connection.dialect.name == "sqlite" and len(batch) >= _WORTHWHILE:
            names, batch = _as_sqlite_likes_it(names, batch)
        statement, bind = _insert_statement(connection, table, names)
        connection.exec_driver_sql(statement, bind(batch))


def _as_sqlite_likes_it(
    columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Leave out columns without any value, and give bytes and truth values in other clothes.

    Python's driver looks for an adapter of every None, bool and bytes, which takes as long as writing
    the row; it takes int and bytearray as they are.
    """
    names: list[str] = []
    kept: list[Iterable[Any]] = []
    for name, column in zip(columns, zip(*rows, strict=True), strict=True):
        cells: Iterable[Any] = column
        kind = type(column[0])
        if column[0] is None and column.count(None) == len(column):
            continue
        if kind is bytes and set(map(type, column)) == {bytes}:
            cells = map(bytearray, column)
        elif kind is bool:
            cells = [None if cell is None else int(cell) for cell in column]
        names.append(name)
        kept.append(cells)
    return tuple(names), list(zip(*kept, strict=True))


def _insert_statement(
    connection: Connection, table: Table, columns: tuple[str, ...]
) -> tuple[str, _Bind]:
    """Return the statement, and what brings a batch of rows into the form that it takes."""
    key = (connection.dialect.name, table.name, columns)
    if key not in _INSERTS:
        compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
        order = [columns.index(name) for name in compiled.positiontup or ()]
        bind: _Bind
        if not compiled.positional:
            bind = lambda batch: [dict(zip(columns, row, strict=True)) for row in batch]  # noqa: E731 - three forms of one thing
        elif order == list(range(len(columns))):
            bind = lambda batch: batch  # noqa: E731 - see above
        else:
            pick = itemgetter(*order)
            bind = lambda batch: [pick(row) for row in batch]  # noqa: E731 - see above
        _INSERTS[key] = (str(compiled), bind)
    return _INSERTS[key]


def bulk_delete(
    connection: Connection, table: Table, columns: Sequence[str], keys: Iterable[tuple[Any, ...]]
) -> None:
    """Delete the rows with these values in ``columns``, which should be the primary key.

    One by one, for that finds each by its key: SQLite goes through the whole table for a list of tuples.
    """
    gone = list(keys)
    if gone:
        found = (table.c[name] == bindparam(name) for name in columns)
        compiled = delete(table).where(*found).compile(dialect=connection.dialect)
        rows: Any = gone
        if not compiled.positional:
            rows = [dict(zip(columns, key, strict=True)) for key in gone]
        elif (order := [columns.index(name) for name in compiled.positiontup or ()]) != list(
            range(len(columns))
        ):
            rows = [tuple(key[place] for place in order) for key in gone]
        connection.exec_driver_sql(str(compiled), rows)


def bulk_update(
    connection: Connection, table: Table, column: str, values: Iterable[tuple[int, Any]]
) -> None:
    """Set one column of many rows; ``values`` are pairs of row number and new value."""
    pairs = [{"row": number, "new": value} for number, value in values]
    if pairs:
        statement = (
            update(table).where(table.c.id == bindparam("row")).values({column: bindparam("new")})
        )
        compiled = statement.compile(dialect=connection.dialect)
        rows: Any = pairs
        if compiled.positional:
            pick = itemgetter(*(compiled.positiontup or ()))
            rows = [pick(pair) for pair in pairs]
        connection.exec_driver_sql(str(compiled), rows)


def plain_rows(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """Return a query's rows as the driver gives them: wrapping each takes longer than finding it."""
    found = connection.execute(query)
    rows = list(found.cursor.fetchall())
    found.close()
    return rows


class Lookup:
    """A query by a set of keys, compiled once for lists of few lengths.

    SQLAlchemy's own expanding lists are spelled out anew on every call, which took longer than the
    database needed to answer.
    """

    def __init__(self, query: Select[Any], column: ColumnElement[Any]) -> None:
        """``query`` has no bound values of its own; ``column`` is compared with the keys."""
        self._query = query
        self._column = column
        self._compiled: dict[tuple[str, int], tuple[str, bool]] = {}

    def rows(self, connection: Connection, keys: Iterable[Any]) -> Iterator[Any]:
        """Yield the rows whose column is one of the keys, which must be distinct."""
        for chunk in chunks(keys):
            size = next(size for size in _SIZES if len(chunk) <= size)
            # The last key fills the list up: once or often in it, a row is found once.
            padded = chunk + chunk[-1:] * (size - len(chunk))
            statement, positional = self._statement(connection, size)
            values: Any = tuple(padded)
            if not positional:
                values = {f"key_{number}": key for number, key in enumerate(padded)}
            found = connection.exec_driver_sql(statement, values)
            # The driver's own tuples: wrapping each takes longer than finding it.
            yield from found.cursor.fetchall()
            found.close()

    def quick_rows(self, connection: Connection, keys: Iterable[Any]) -> Iterator[Any]:
        """Yield what ``rows`` does, for questions of a few keys within a transaction that has begun.

        SQLAlchemy's description of a result takes longer to make than SQLite needs for the result.
        """
        wanted = list(keys)
        if connection.dialect.name != "sqlite" or not connection.in_transaction():
            yield from self.rows(connection, wanted)
            return
        cursor = connection.connection.cursor()
        for chunk in chunks(wanted):
            size = next(size for size in _QUICK_SIZES if len(chunk) <= size)
            padded = chunk + chunk[-1:] * (size - len(chunk))
            try:
                cursor.execute(self._statement(connection, size)[0], padded)
                yield from cursor.fetchall()
            except sqlite3.Error:  # said again in SQLAlchemy's words, which everybody else expects
                yield from self.rows(connection, chunk)
        cursor.close()

    def _statement(self, connection: Connection, size: int) -> tuple[str, bool]:
        key = (connection.dialect.name, size)
        if key not in self._compiled:
            marks: list[ColumnElement[Any]] = [bindparam(f"key_{number}") for number in range(size)]
            query = self._query.where(self._column.in_(marks))
            compiled = query.compile(dialect=connection.dialect)
            self._compiled[key] = (str(compiled), compiled.positional)
        return self._compiled[key]


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Yield lists of at most ``size`` values."""
    pending = iter(values)
    while batch := list(islice(pending, size)):
        yield batch


class Numbers:
    """Gives out row numbers, table by table; sound because there is one writer at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._top: dict[str, int] = {}
        self._found_empty: dict[str, bool] = {}

    def next(self, table: Table) -> int:
        """Return a number that no row of the table has."""
        return self.take(table, 1)[0]

    def take(self, table: Table, count: int) -> range:
        """Return as many numbers as asked for that no row of the table has."""
        self._look(table)
        top = self._top[table.name]
        self._top[table.name] = top + count
        return range(top + 1, top + count + 1)

    def was_empty(self, table: Table) -> bool:
        """Tell whether the table had no row when this transaction first asked about it."""
        self._look(table)
        return self._found_empty[table.name]

    def _look(self, table: Table) -> None:
        if table.name not in self._top:
            # Spelled out: compiling it takes ten times as long as the answer.
            query = f"SELECT max(id) FROM {table.name}"
            top = self._connection.exec_driver_sql(query).scalar() or 0
            self._top[table.name] = top
            self._found_empty[table.name] = top == 0
