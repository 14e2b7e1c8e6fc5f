"""``playlists-of``: every playlist that holds a track."""

from __future__ import annotations

from typing import Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.core.identity import parse_track
from syncengine.core.moment import to_iso
from syncengine.errors import UsageError

EXAMPLES = ("syncengine playlists-of https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",)


def command(
    cli: CliContext,
    track: Annotated[str, typer.Argument(metavar="TRACK", help="An id, URI or URL.")],
) -> None:
    """Find every playlist that holds a track now."""
    from syncengine import bootstrap
    from syncengine.jobs.playlists_of import playlists_of

    key = parse_track(track)
    if key is None:
        raise UsageError(f"{track!r} is no track: write its id, URI or URL")
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        found = playlists_of(unit, key)
    if cli.json:
        listed = [
            {
                "key": each.key,
                "playlist": each.name,
                "added_at": None if each.added_at is None else to_iso(each.added_at),
                "position": each.position,
            }
            for each in found
        ]
        cli.emit("playlists", {"track": key, "playlists": listed})
        return
    if not found:
        cli.line(f"{key} is in no playlist now")
        return
    rows = [
        (
            each.name,
            each.position + 1,
            "" if each.added_at is None else to_iso(each.added_at),
            each.key,
        )
        for each in found
    ]
    cli.show(table(("playlist", "#", "added at", "key"), rows))
