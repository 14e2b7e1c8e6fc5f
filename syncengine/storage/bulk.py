"""Writing and reading many rows at once: compiled statements with plain tuples, for the hot tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

CHUNK = 500
"""Values per ``IN`` list; every engine takes that many bound values."""
BATCH = 5_000


def bulk_insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert tuples whose values stand in the order of ``columns``; they must suit the driver as they are."""
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
    pending = iter(rows)
    while batch := list(islice(pending, BATCH)):
        if compiled.positional:
            order = [list(columns).index(name) for name in compiled.positiontup or ()]
            straight = order == list(range(len(columns)))
            values: Any = batch if straight else [tuple(r[i] for i in order) for r in batch]
        else:
            values = [dict(zip(columns, row, strict=True)) for row in batch]
        connection.exec_driver_sql(str(compiled), values)


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
        self._look(table)
        self._top[table.name] += 1
        return self._top[table.name]

    def was_empty(self, table: Table) -> bool:
        """Tell whether the table had no row when this transaction first asked about it."""
        self._look(table)
        return self._found_empty[table.name]

    def _look(self, table: Table) -> None:
        if table.name not in self._top:
            top = self._connection.execute(select(func.max(table.c.id))).scalar() or 0
            self._top[table.name] = top
            self._found_empty[table.name] = top == 0
