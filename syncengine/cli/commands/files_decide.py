"""``files decide``: say that a file is a track, or that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli import file_view
from syncengine.cli.context import CliContext
from syncengine.cli.text import counted
from syncengine.core.identity import TrackKey, parse_track
from syncengine.core.path_text import path_text
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.jobs.deciding import Decided, Said

EXAMPLES = (
    "syncengine files decide ~/Music/kettle.mp3 4uLU6hMCjMI75M1A2tKUQC",
    "syncengine files decide ~/Music/kettle.mp3 4uLU6hMCjMI75M1A2tKUQC --not",
    "syncengine files decide ~/Music/kettle.mp3 --take-back",
)


def command(
    cli: CliContext,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A path.")],
    track: Annotated[
        str, typer.Argument(metavar="TRACK", help="An id, URI or URL; --take-back needs none.")
    ] = "",
    denied: Annotated[bool, typer.Option("--not", help="It is not this track.")] = False,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Forget what was decided of it (and TRACK).")
    ] = False,
) -> None:
    """Say which track a file is, or that it is not this one; that stays, whatever machines find.

    It holds wherever the file goes and whatever becomes of its tags, and for identical copies.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import folders
    from syncengine.jobs.deciding import decide_file

    if not file:
        raise UsageError("FILE is empty: name a file")
    said = _said(track, denied=denied, take_back=take_back)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        cli.progress("matching") as steps,
    ):
        decided = decide_file(
            file_view.absolute(file),
            said,
            reader=folders.file_reader(cli.settings),
            open_unit=database.unit,
            clock=cli.clock,
            progress=file_view.Following(steps).phase("matching"),
        )
    if cli.json:
        cli.emit("files-decide", _document(decided, said))
    else:
        _show(cli, decided, said)


def _said(track: str, *, denied: bool, take_back: bool) -> Said:
    from syncengine.jobs.deciding import Said

    if denied and take_back:
        raise UsageError("--not and --take-back exclude each other: say one of them")
    if not track:
        if not take_back:
            raise UsageError("which TRACK? Write its id, URI or URL")
        return Said(None, None)
    key = TrackKey(track) if track.startswith("meta:") else parse_track(track)
    if key is None:
        raise UsageError(f"{track!r} is no track: write its id, URI or URL")
    if take_back:
        return Said(key, None)
    return Said(key, "different" if denied else "same")


def _show(cli: CliContext, decided: Decided, said: Said) -> None:
    located = decided.located
    if said.track is None or said.verdict is None:
        cli.line("taken back: machines decide again")
    else:
        name = file_view.called(decided.songs.get(said.track), said.track)
        cli.line(f"noted: it is{' not' if said.verdict == 'different' else ''} {name}")
        if said.track not in decided.songs:
            cli.warn(f"no playlist holds {said.track} at present; the decision waits for it")
    if decided.copies:
        cli.line(
            f"this holds for {counted(len(decided.copies), 'identical copy', 'identical copies')} too"
        )
    if decided.answer is None:
        cli.warn(
            f"{located.file.path} cannot be read ({located.file.problem}), so it is not matched yet"
        )
    else:
        cli.line(file_view.sentence(decided.answer, decided.songs))


def _document(decided: Decided, said: Said) -> dict[str, object]:
    return {
        "file": path_text(decided.located.file.path),
        "scanned": decided.located.number is not None,
        "track": said.track,
        "verdict": said.verdict,
        "in_library": None if said.track is None else said.track in decided.songs,
        "answer": decided.answer and file_view.match_document(decided.answer),
        "same_audio": file_view.path_list(decided.copies),
    }
