"""``duplicates``: the same recording under several entries."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, cast

import typer

from syncengine.cli.context import CliContext
from syncengine.core.duplicates import CONFIDENCES, KINDS, Confidence, DuplicateKind, narrow
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.track_decision import Verdict

EXAMPLES = (
    "syncengine duplicates",
    "syncengine duplicates --playlist 'Road Trip' --within --min-confidence certain --csv",
    "syncengine duplicates --decide 4uLU6hMCjMI75M1A2tKUQC 2takcwOaAZWiXQijPHIx7B different",
)
_SHOWN = 20


def command(
    cli: CliContext,
    playlist: Annotated[
        list[str] | None,
        typer.Option("--playlist", metavar="PLAYLIST", help="Look at this one; can be repeated."),
    ] = None,
    across: Annotated[bool, typer.Option("--across", help="Only across playlists.")] = False,
    within: Annotated[bool, typer.Option("--within", help="Only within playlists.")] = False,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help=f"Only of this kind: {', '.join(KINDS)}."),
    ] = None,
    min_confidence: Annotated[
        str,
        typer.Option(
            "--min-confidence", metavar="TIER", help=f"At least {', '.join(CONFIDENCES)}."
        ),
    ] = "unsure",
    decide: Annotated[
        tuple[str, str, str] | None,
        typer.Option(
            "--decide", metavar="TRACK TRACK same|different", help="Say what two tracks are."
        ),
    ] = None,
    limit: Annotated[
        str, typer.Option("--limit", metavar="N", help=f"Show so many of each; default {_SHOWN}.")
    ] = "",
    csv: Annotated[bool, typer.Option("--csv", help="One line for each track, as CSV.")] = False,
) -> None:
    """Find the same recording under several entries: why, how sure that is, and which one to keep.

    --decide records that two tracks are the same, or different, for good: deciding otherwise takes it back.
    """
    kinds = tuple(_known("--kind", each, KINDS) for each in kind or ())
    least = _known("--min-confidence", min_confidence, CONFIDENCES)
    if limit and not limit.isdecimal():
        raise UsageError(f"--limit {limit!r} is no number")
    if csv and cli.json:
        raise UsageError("--csv and --json exclude each other: say one of them")
    if decide is not None:
        if playlist or across or within or kind or csv or limit or least != "unsure":
            raise UsageError("--decide stands alone: it lists nothing")
        _decide(cli, decide)
        return
    _list(
        cli,
        playlist or (),
        sections=("within", "across")
        if across == within
        else ("within",)
        if within
        else ("across",),
        kinds=cast("tuple[DuplicateKind, ...]", kinds),
        least=cast("Confidence", least),
        most=int(limit or _SHOWN),
        csv=csv,
    )


def _list(
    cli: CliContext,
    playlists: Collection[str],
    *,
    sections: Collection[str],
    kinds: Collection[DuplicateKind],
    least: Confidence,
    most: int,
    csv: bool,
) -> None:
    from syncengine import bootstrap
    from syncengine.cli import duplicates_view as view
    from syncengine.jobs.duplicates import find_duplicates

    shared = "same-id" in kinds and "across" in sections
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        found = find_duplicates(unit, playlists, with_shared=shared)
    found = narrow(found, kinds or KINDS, least)
    if cli.json:
        cli.emit("duplicates", view.document(found, sections))
    elif csv:
        for line in view.csv_lines(found, sections):
            cli.line(line)
    else:
        view.show(cli, found, sections, most)


def _decide(cli: CliContext, said: tuple[str, str, str]) -> None:
    from syncengine import bootstrap
    from syncengine.cli import duplicates_view as view
    from syncengine.jobs.deciding_tracks import decide_tracks
    from syncengine.jobs.lookup import read_key

    one, other = read_key(said[0]), read_key(said[1])
    verdict = cast("Verdict", _known("--decide", said[2], ("same", "different")))
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with bootstrap.writing(cli.settings, cli.clock, cli.command):
        decided = decide_tracks(one, other, verdict, open_unit=database.unit, clock=cli.clock)
    if cli.json:
        cli.emit("duplicates-decide", view.decided_document(decided))
    else:
        view.show_decided(cli, decided)


def _known(option: str, given: str, known: Collection[str]) -> str:
    if given not in known:
        raise UsageError(f"{option} {given!r} is not known; it is one of {', '.join(known)}")
    return given
