"""``db backup``: a copy of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syncengine.cli.context import CliContext

EXAMPLES = ("syncengine db backup", "syncengine db backup ~/backups/library.db")


def command(
    cli: CliContext,
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="Where to; default: beside the database, with the time in its name.",
        ),
    ] = None,
) -> None:
    """Write a copy of the database, consistent also while it is in use; never over a file."""
    from syncengine import bootstrap

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    place = database.backup(None if target is None else Path(target).expanduser())
    if cli.json:
        cli.emit("backup", {"path": str(place)})
    else:
        cli.line(f"the backup is at {place}")
