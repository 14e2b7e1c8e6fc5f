"""``playlists join``: say that two playlists are one."""

from __future__ import annotations

from typing import Annotated

import typer

from syncengine.cli.context import CliContext

EXAMPLES = ("syncengine playlists join 'Road Trip' 'Road Trip 2024'",)
_HELP = "A name, key, URI or URL."


def command(
    cli: CliContext,
    left: Annotated[str, typer.Argument(metavar="A", help=_HELP)],
    right: Annotated[str, typer.Argument(metavar="B", help=_HELP)],
) -> None:
    """Say that two playlists are one: they get one history, from the first day on."""
    from syncengine import bootstrap
    from syncengine.jobs.playlists import join_playlists

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with bootstrap.writing(cli.settings, cli.clock, cli.command):
        join_playlists(database.unit, left, right, clock=cli.clock)
    if cli.json:
        cli.emit("join", {"playlists": [left, right]})
    else:
        cli.line(
            f"{left} and {right} are one playlist (undo: syncengine playlists split {right!r})"
        )
