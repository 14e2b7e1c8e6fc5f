"""``place``: put one audio file where it belongs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.carrying_out import failure_lines
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, first_of
from syncengine.cli.text import safe
from syncengine.core.placing import UNASSIGNED_FOLDER
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.identity import TrackKey
    from syncengine.jobs.place import Arrived, Placed
    from syncengine.jobs.reconciling import Tools
    from syncengine.storage.unit_of_work import Database

EXAMPLES = (
    "syncengine place ~/Downloads/song.mp3",
    "syncengine place song.flac --track https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
)


def command(
    cli: CliContext,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The audio file.")],
    track: Annotated[
        str | None,
        typer.Option(
            "--track",
            metavar="TRACK",
            help="Which track it is (id, URI or URL); that is remembered.",
        ),
    ] = None,
) -> ExitCode:
    """Put a file that has just come into the folders of its playlists, and print these.

    A file in one of the music folders is treated as all of them are: linked to, or moved. One that is
    elsewhere, such as a download, is moved. A file that is of no track, or not surely, is left where it
    is (exit code 8).
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import sinks
    from syncengine.core.identity import parse_track
    from syncengine.jobs.runs import recorded_run

    key = None
    if track is not None and (key := parse_track(track)) is None:
        raise UsageError(f"--track {track!r} is no track: write its id, URI or URL")
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
        recorded_run(database.unit, cli.command, cli.clock) as run,
    ):
        tools = sinks.tools(database, cli.clock, run.id)
        arrived, placed = _placed(cli, database, tools, file, key)
        run.exit_code = _code(placed)
        run.summary |= {"done": placed.report.done}
    if cli.json:
        cli.emit("place", _document(arrived, placed))
    else:
        _show(cli, placed)
    return ExitCode(run.exit_code)


def _placed(
    cli: CliContext, database: Database, tools: Tools, file: str, key: TrackKey | None
) -> tuple[Arrived, Placed]:
    from syncengine.bootstrap import folders
    from syncengine.bootstrap.sink_wishes import SinkWishes
    from syncengine.jobs.matching import match_files
    from syncengine.jobs.place import decide, place, take_in

    path = os.path.abspath(os.path.expanduser(file))  # noqa: PTH100, PTH111 -- links are not followed
    music = folders.music_folders(cli.settings)
    arrived = take_in(music, path, open_unit=database.unit, at=cli.clock())
    with database.unit() as unit:
        if key is not None:
            decide(unit, arrived.number, key, cli.clock())
        match_files(unit, cli.clock)
        unit.commit()
    moving = frozenset({arrived.number} if arrived.is_outside else ())
    hand = folders.open_hand(cli.settings, database, cli.clock, SinkWishes(moving=moving))
    return arrived, place(arrived, hand, tools)


def _code(placed: Placed) -> ExitCode:
    if placed.report.stopped:
        return ExitCode(placed.report.stopped.code)
    is_left = placed.report.failed or placed.agreed is None
    return first_of([ExitCode.PARTIAL] if is_left else [])


def _show(cli: CliContext, placed: Placed) -> None:
    for line in (*failure_lines(placed.report.failed), *placed.report.notes):
        cli.warn(line)
    if placed.report.stopped:
        cli.warn(f"stopped: {placed.report.stopped}")
    if not placed.match.acts:
        cli.warn(
            f"it stays where it is, for it is of no track that is sure enough: {placed.match.reason} "
            "Say which with --track; `syncengine files explain FILE` shows what comes near"
        )
    if list(placed.playlists) == [UNASSIGNED_FOLDER]:
        cli.warn("no playlist of the library holds this track")
    for name in placed.playlists:
        cli.line(safe(name))


def _document(arrived: Arrived, placed: Placed) -> dict[str, object]:
    match, agreed = placed.match, placed.agreed
    return {
        "path": arrived.path,
        "track": match.track,
        "tier": match.tier,
        "reason": match.reason,
        "name": agreed.address if agreed else None,
        "playlists": [
            {"playlist": name, "folder": folder}
            for name, folder in zip(placed.playlists, placed.folders, strict=True)
        ],
        "failed": [each.reason for each in placed.report.failed],
    }
