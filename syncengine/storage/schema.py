"""The newest schema as SQL for SQLite: a new database is made from it without importing Alembic.

``schema.sql`` is written by ``make schema`` from what the migrations make; a test compares the two.
"""

from __future__ import annotations

import sys
from importlib.resources import files

from sqlalchemy import Connection, make_url

_FILE = files("syncengine.storage") / "schema.sql"
_END = ";\n"


def create(connection: Connection) -> bool:
    """Make the schema in a new database, in one transaction.

    Returns False, and does nothing, where there is something already or the engine is not SQLite:
    that is work for the migrations.
    """
    if connection.dialect.name != "sqlite":
        return False
    with connection.begin():
        if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one():
            return False
        for statement in _FILE.read_text(encoding="utf-8").split(_END):
            if statement.strip():
                connection.exec_driver_sql(statement)
    return True


def dump(connection: Connection) -> str:
    """Return the SQL that makes the schema of an SQLite database, its revision included."""
    statements = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name"
    ).scalars()
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    stamp = f"INSERT INTO alembic_version (version_num) VALUES ('{revision}')"
    return "".join(statement + _END for statement in (*statements, stamp))


if __name__ == "__main__":
    from syncengine.storage.engine import work_engine

    with work_engine(make_url(sys.argv[1])).connect() as made:
        sys.stdout.write(dump(made))
