"""Rows written and looked up in bulk are the rows that were meant."""

import sqlalchemy as sa

from syncengine.storage.bulk import CHUNK, Lookup, bulk_insert, bulk_update
from syncengine.storage.engine import empty_engine

METADATA = sa.MetaData()
THINGS = sa.Table(
    "things",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary),
    sa.Column("flag", sa.Boolean),
    sa.Column("name", sa.String),
    sa.Column("never", sa.String),
)
COLUMNS = ("id", "digest", "flag", "name", "never")


def rows(count: int) -> list[tuple[int, bytes, bool | None, str | None, None]]:
    return [
        (
            n,
            n.to_bytes(16, "big"),
            (None, True, False)[(n + 1) % 3],
            None if n % 2 else f"n{n}",
            None,
        )
        for n in range(1, count + 1)
    ]


def test_what_is_written_is_read_back() -> None:
    for count in (1, 49, 50, 51, 2_000):
        with empty_engine().connect() as connection:
            METADATA.create_all(connection)
            bulk_insert(connection, THINGS, COLUMNS, rows(count))
            found = connection.execute(sa.select(THINGS).order_by(THINGS.c.id))
            assert [tuple(row) for row in found] == rows(count)


def test_columns_may_come_in_any_order() -> None:
    with empty_engine().connect() as connection:
        METADATA.create_all(connection)
        made = [(row[3], row[0], row[1]) for row in rows(60)]
        bulk_insert(connection, THINGS, ("name", "id", "digest"), made)
        found = connection.execute(sa.select(THINGS.c.name, THINGS.c.id, THINGS.c.digest))
        assert sorted(map(tuple, found), key=lambda row: row[1]) == made


def test_a_lookup_finds_each_row_once_whatever_the_number_of_keys() -> None:
    lookup = Lookup(sa.select(THINGS.c.digest, THINGS.c.id), THINGS.c.digest)
    with empty_engine().connect() as connection:
        METADATA.create_all(connection)
        made = rows(3 * CHUNK)
        bulk_insert(connection, THINGS, COLUMNS, made)
        for count in (0, 1, 9, 10, 11, 101, CHUNK, CHUNK + 1, 3 * CHUNK):
            asked = [row[1] for row in made[:count]] + [b"nobody"]
            found = list(lookup.rows(connection, asked))
            assert sorted(found) == [(row[1], row[0]) for row in made[:count]]


def test_one_column_of_many_rows_is_set() -> None:
    with empty_engine().connect() as connection:
        METADATA.create_all(connection)
        bulk_insert(connection, THINGS, COLUMNS, rows(100))
        bulk_update(connection, THINGS, "name", [(n, f"new {n}") for n in range(1, 51)])
        bulk_update(connection, THINGS, "name", [])
        found = connection.execute(sa.select(THINGS.c.id, THINGS.c.name)).all()
        names = {row[0]: row[1] for row in found}
        assert [names[n] for n in (1, 50, 51, 52)] == ["new 1", "new 50", None, "n52"]
