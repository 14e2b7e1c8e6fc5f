"""Bringing a database to the schema this version knows, with a backup before anything is changed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL

from syncengine.core.moment import Instant, to_datetime
from syncengine.errors import UserError
from syncengine.storage import schema
from syncengine.storage.engine import migration_engine, sqlite_path

HEAD = "0009"
"""The newest revision in migrations/versions; a test holds it to that, so that start-up needs no Alembic."""


def current_revision(engine: Engine) -> str | None:
    """Return the revision a database is at; None for one without a schema of ours."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def needs_upgrade(engine: Engine) -> bool:
    """Tell whether the schema is older than this version.

    Raises UserError when it is newer: then a newer syncengine has been here.
    """
    revision = current_revision(engine)
    if revision is not None and revision > HEAD:
        raise UserError(
            f"the database is at schema {revision}, and this version of syncengine knows only {HEAD}: "
            "install the newer version that upgraded it, or restore the backup made then"
        )
    return revision != HEAD


def upgrade(url: URL, now: Instant, say: Callable[[str], None]) -> None:
    """Bring the database to the newest schema; an existing one is backed up first.

    Where several runs find an older database at once, one upgrades it and the others wait.
    """
    path = sqlite_path(url)
    if path is not None:
        _prepare_file(path)
        if path.stat().st_size:
            if not needs_upgrade(migration_engine(url)):
                return  # another run was quicker
            say(f"upgrading the database; a backup is at {backup(path, now)}")
    engine = migration_engine(url)
    with engine.connect() as connection:
        build(connection)
    engine.dispose()


def build(connection: Connection) -> None:
    """Bring the schema behind a connection of a migration engine up to date."""
    if schema.create(connection):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def backup(path: Path, now: Instant, target: Path | None = None) -> Path:
    """Copy an SQLite database, consistent even while it is in use; returns where to.

    Raises UserError when the target exists or cannot be written.
    """
    stamp = to_datetime(now).strftime("%Y%m%dT%H%M%SZ")
    place = target or _free_name(path, f"{path.stem}.backup-{stamp}")
    if place.exists():
        raise UserError(f"{place} exists already; a backup never writes over a file")
    partial = place.with_name(f".{place.name}.{os.getpid()}.partial")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
        source = sqlite3.connect(path)
        copy = sqlite3.connect(partial)
        with source, copy:
            source.backup(copy)
        source.close()
        copy.close()
        partial.replace(place)
    except OSError as error:
        raise UserError(f"the backup could not be written to {place}: {error.strerror}") from error
    return place


def _free_name(path: Path, stem: str) -> Path:
    place, number = path.with_name(stem + path.suffix), 1
    while place.exists():
        number += 1
        place = path.with_name(f"{stem}-{number}{path.suffix}")
    return place


def _prepare_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise UserError(f"the database {path} cannot be opened: {error.strerror}") from error


def _scripts() -> Path:
    packaged = Path(str(files("syncengine"))) / "migrations"
    if packaged.is_dir():
        return packaged
    return Path(str(files("syncengine"))).parent / "migrations"
