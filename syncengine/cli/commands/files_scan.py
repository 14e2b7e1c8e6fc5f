"""``files scan``: look through the music folders, and match what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.file_view import Following
from syncengine.cli.text import counted
from syncengine.core.path_text import path_text

if TYPE_CHECKING:
    from syncengine.jobs.filing import Filed
    from syncengine.jobs.scan import Scanned, ScannedFolder

EXAMPLES = ("syncengine files scan", "syncengine files scan --accept-emptied")
_LIFT = "--accept-emptied"
_MOST = 20


def command(
    cli: CliContext,
    accept_emptied: Annotated[
        bool,
        typer.Option(_LIFT, help="Folders without any file left were emptied on purpose."),
    ] = False,
) -> ExitCode:
    """Look through the music folders for what is new, changed, moved or gone, and match it.

    Only files that changed are read, and none is changed. Ends with 8 where something was found that
    cannot be read and that the last scan did not list, or a folder that cannot be looked into; with 3 where
    a folder that had files has none.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import folders
    from syncengine.jobs.filing import scan_and_match

    music = folders.music_folders(cli.settings)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        cli.progress("looking through the folders") as steps,
    ):
        following = Following(steps)
        filed = scan_and_match(
            music,
            open_unit=database.unit,
            clock=cli.clock,
            scanning=following.phase("reading audio files"),
            matching=following.phase("matching"),
            accept_emptied=accept_emptied,
        )
    if cli.json:
        cli.emit("files-scan", document(filed))
    else:
        _show(cli, filed)
    return ExitCode(filed.exit_code)


def document(filed: Filed) -> dict[str, object]:
    """Return what a scan came to, as its JSON says it."""
    scanned, matched = filed.scanned, filed.matched
    new = {path for path, _ in scanned.newly_unreadable}
    counts = ("files", "read", "new", "changed", "moved", "gone", "repeated")
    numbers: dict[str, object] = {name: getattr(scanned, name) for name in counts}
    return numbers | {
        "unreadable": [
            {"path": path_text(path), "reason": reason, "new": path in new}
            for path, reason in scanned.unreadable
        ],
        "unseen": [
            {"path": path_text(each.path), "reason": each.reason} for each in scanned.unseen
        ],
        "folders": [
            {
                "path": path_text(each.path),
                "files": each.files,
                "emptied": each.emptied,
                "problem": each.problem,
            }
            for each in scanned.folders
        ],
        "matched": dict[str, int](matched.tiers.items()) | {"anew": matched.anew},
        "refusals": [
            {"guard": "emptied-source", "message": _refusal(each), "lift": _LIFT}
            for each in scanned.emptied
        ],
    }


def _refusal(folder: ScannedFolder) -> str:
    were = counted(folder.emptied, "file was", "files were")
    return (
        f"{path_text(folder.path)}: {were} there, and none is left; they are not taken for gone. "
        f"Plug the drive in, or say with {_LIFT} that it was on purpose"
    )


def _show(cli: CliContext, filed: Filed) -> None:
    scanned, matched = filed.scanned, filed.matched
    for each in scanned.emptied:
        cli.warn(_refusal(each))
    _show_problems(cli, scanned)
    cli.line(
        f"{counted(scanned.files, 'file')}: {scanned.new:,} new, {scanned.changed:,} changed, "
        f"{scanned.moved:,} moved, {scanned.gone:,} gone, {scanned.repeated:,} repeated, "
        f"{len(scanned.unreadable):,} unreadable"
    )
    tiers = matched.tiers
    anew = "nothing to match anew" if not matched.anew else f"{matched.anew:,} matched anew"
    cli.line(
        f"tracks: {tiers['certain']:,} certain, {tiers['likely']:,} likely, {tiers['unsure']:,} unsure, "
        f"{tiers['none']:,} none; {anew}"
    )


def _show_problems(cli: CliContext, scanned: Scanned) -> None:
    """Warn of what is new; what the last scan listed is a part of the result, so that cron stays quiet."""
    emptied = {each.path for each in scanned.emptied}
    unseen = {each.path: each.problem for each in scanned.folders if each.problem}
    unseen |= {each.path: each.reason for each in scanned.unseen}
    for path, reason in unseen.items():
        if path not in emptied:
            cli.warn(f"{path}: {reason}")
    new = dict(scanned.newly_unreadable)
    _list(cli.warn, list(new.items()))
    _list(cli.line, [each for each in scanned.unreadable if each[0] not in new])


def _list(tell: Callable[[str], None], found: list[tuple[str, str]]) -> None:
    for path, reason in found[:_MOST]:
        tell(f"{path}: {reason}")
    if len(found) > _MOST:
        tell(f"and {len(found) - _MOST:,} more that cannot be read; --json lists them all")
