"""Engines: how we open the database, for work and for migrating."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from syncengine.errors import ConfigError

BUSY_SECONDS = 30
WRITING = {"syncengine_writing": True}
"""The execution options of a connection that will write."""
_POLL_SECONDS = 0.02


def parse_url(text: str) -> URL:
    """Return a database URL. Raises ConfigError for a text that is none, or of an unknown engine."""
    try:
        url = make_url(text)
        url.get_dialect()
    except ArgumentError as error:
        raise ConfigError(
            f"the database URL {text!r} cannot be read; it looks like sqlite:////home/me/library.db"
        ) from error
    return url


def sqlite_path(url: URL) -> Path | None:
    """Return the file of an SQLite URL; None for a database in memory or another engine."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def work_engine(url: URL) -> Engine:
    """Return the engine for all work: foreign keys on, write-ahead log, explicit transactions.

    A database in a place that cannot be written to, such as a backup on a read-only disk, can be read.
    """
    frozen = _frozen(url)
    url = frozen or url
    try:
        engine = create_engine(
            url, poolclass=NullPool, connect_args=_arguments(url), hide_parameters=True
        )
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the database URL needs the Python package {error.name}, which is not installed"
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_to_read if frozen else _prepare_for_work)
        event.listen(engine, "begin", _begin)
    return engine


def migration_engine(url: str | URL) -> Engine:
    """Return the engine for migrations: foreign keys off, transactions only where we begin them.

    A batch rebuild of a table with foreign keys on silently empties its cascading children, and the
    driver's own transactions would leave a failed migration half done.
    """
    parsed = make_url(url)
    engine = create_engine(
        parsed, poolclass=NullPool, connect_args=_arguments(parsed), hide_parameters=True
    )
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_for_migration)
        event.listen(engine, "begin", _begin_writing)
    return engine


def empty_engine() -> Engine:
    """Return an engine for a database in memory that one connection has to itself."""
    # Whoever has it to himself may still come from several threads, one after the other.
    one_for_all = {"check_same_thread": False}
    engine = create_engine("sqlite://", poolclass=NullPool, connect_args=one_for_all)
    event.listen(engine, "connect", _prepare_for_migration)
    event.listen(engine, "begin", _begin)
    return engine


def check_references_later(connection: Connection) -> None:
    """Let SQLite write rows without looking up what they point at; for before a transaction.

    In a new database everything can be checked at once before the commit (``broken_references``),
    which takes a fifth of the time of checking it row by row.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")


def wait_at_most(connection: Connection, seconds: float) -> None:
    """Have SQLite wait so long for another writer, where else it waits BUSY_SECONDS."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")


def outlive_power_cuts(connection: Connection) -> None:
    """Have SQLite wait at each commit until the disk has it.

    With the write-ahead log it otherwise waits at checkpoints only, and a power cut can take back the
    last commits (https://sqlite.org/pragma.html#pragma_synchronous); for before a transaction.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA synchronous=FULL")


def broken_references(connection: Connection) -> list[str]:
    """Return which rows of an SQLite database point at missing ones, one sentence each."""
    if connection.dialect.name != "sqlite":
        return []
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    return [f"{table} row {row} points at a missing row of {to}" for table, row, to, _ in rows]


def _arguments(url: URL) -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS} if url.get_backend_name() == "sqlite" else {}


def _frozen(url: URL) -> URL | None:
    """Return the URL that reads a database nobody can write to here; None where that is not so.

    The write-ahead log needs files beside the database, for readers too, unless SQLite is told that
    nothing will change (https://sqlite.org/wal.html#read_only_databases). A log that is there holds
    part of the truth and is not passed over.
    """
    path = sqlite_path(url)
    if path is None or url.query or not path.is_file() or os.access(path.parent, os.W_OK):
        return None
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return None
    address = f"file:{quote(path.absolute().as_posix())}"
    return url.set(database=address, query={"immutable": "1", "uri": "true"})


def _prepare_for_work(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    _turn_on_log(connection)
    _prepare_to_read(connection, record)


def _prepare_to_read(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "foreign_keys=ON",
        "synchronous=NORMAL",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _turn_on_log(connection: Any) -> None:
    """Write ahead from now on; SQLite does not wait by itself while another run makes the database."""
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _prepare_for_migration(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin(connection: Any) -> None:
    # A transaction that reads first and then writes fails at once when another one wrote in between;
    # IMMEDIATE waits in front instead.
    writes = connection.get_execution_options().items() >= WRITING.items()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_writing(connection: Any) -> None:
    """Wait for whoever is migrating now, so that the version that is read next still holds at the end."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
