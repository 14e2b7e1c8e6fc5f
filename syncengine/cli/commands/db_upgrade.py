"""``db upgrade``: bring the database to the present schema."""

from __future__ import annotations

from syncengine.cli.context import CliContext

EXAMPLES = ("syncengine db upgrade",)


def command(cli: CliContext) -> None:
    """Bring the database to the present schema; an existing one is backed up first.

    Every command does this by itself when it finds an older database.
    """
    from syncengine import bootstrap
    from syncengine.storage.migrate import HEAD

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with bootstrap.writing(cli.settings, cli.clock, cli.command):
        changed = database.upgrade()
    if cli.json:
        cli.emit("upgrade", {"upgraded": changed, "schema": HEAD})
    else:
        cli.line(f"the database is at schema {HEAD}" + ("" if changed else " already"))
