"""How alembic meets the database: for the app with its own connection, for a developer by an address.

The app (`syncengine.storage.migrate`) puts a connection into ``config.attributes["connection"]``.
On the command line the address comes from ``-x url=…``, else from ``SYNCENGINE_DATABASE_URL``, else
it is a file for trying things out.

What was measured on SQLite and must stay so:

* Foreign keys are off while migrating. With them on, rebuilding a table in batch mode silently
  empties its ``ON DELETE CASCADE`` children. They are checked before each migration commits.
* The driver's own transactions are off and BEGIN is ours (`migration_engine`), the DDL is declared
  transactional and each migration has its own transaction. Otherwise one that fails leaves half
  its tables behind.
"""

from __future__ import annotations

import logging.config
import os
from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.util import CommandError
from sqlalchemy import Connection

from syncengine.storage.engine import migration_engine
from syncengine.storage.models import METADATA

DEVELOPERS_DATABASE = "sqlite:///syncengine-dev.db"


def migrate(connection: Connection) -> None:
    """Run what alembic was asked for. Raises CommandError for a connection that is not prepared."""
    _refuse_unprepared(connection)
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        transaction_per_migration=True,
        on_version_apply=_refuse_orphans,
    )
    with context.begin_transaction():
        context.run_migrations()


def _refuse_unprepared(connection: Connection) -> None:
    if connection.in_transaction():
        # alembic would leave it to the caller and no migration would have a transaction of its own
        raise CommandError("Migrations need a connection without an open transaction.")
    if connection.dialect.name != "sqlite":
        return
    enforced = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    connection.rollback()  # ends the transaction that asking began
    if enforced:
        raise CommandError(
            "Migrations need foreign keys off: take storage.engine.migration_engine."
        )


def _refuse_orphans(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]
) -> None:
    """Undo the migration that is about to commit if it leaves rows without their parents."""
    if ctx.connection is None or ctx.dialect.name != "sqlite":
        return
    orphans = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        tables = ", ".join(sorted({f"{child} → {parent}" for child, _, parent, _ in orphans}))
        raise CommandError(
            f"The migration leaves {len(orphans)} rows that refer to nothing ({tables}); undone."
        )


def _address() -> str:
    given = context.get_x_argument(as_dictionary=True).get("url")
    if isinstance(given, str):
        return given
    return os.environ.get("SYNCENGINE_DATABASE_URL", DEVELOPERS_DATABASE)


def _main() -> None:
    if context.is_offline_mode():
        raise CommandError("SQL scripts (--sql) cannot be written: SQLite tables are rebuilt live.")
    if context.config.config_file_name is not None:
        logging.config.fileConfig(
            context.config.config_file_name, disable_existing_loggers=False, encoding="utf-8"
        )
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    with migration_engine(_address()).connect() as connection:
        migrate(connection)


_main()
