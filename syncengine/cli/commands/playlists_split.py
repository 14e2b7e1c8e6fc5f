"""``playlists split``: say that a join was wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from syncengine.cli.context import CliContext

EXAMPLES = ("syncengine playlists split csv:road_trip",)


def command(
    cli: CliContext,
    playlist: Annotated[
        str, typer.Argument(metavar="A", help="A key of the joined playlist, or its name then.")
    ],
) -> None:
    """Say that a join was wrong: the key has a history of its own again."""
    from syncengine import bootstrap
    from syncengine.jobs.playlists import split_playlist

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with bootstrap.writing(cli.settings, cli.clock, cli.command):
        others = split_playlist(database.unit, playlist, clock=cli.clock)
    if cli.json:
        cli.emit("split", {"playlist": playlist, "from": others})
    else:
        cli.line(f"{playlist} is parted from {', '.join(others)}")
