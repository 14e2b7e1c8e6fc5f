"""``files adopt``: take an existing tree of audio files into the playlist folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.carrying_out import Watching, documents, exit_codes, failure_lines, show_reports
from syncengine.cli.consent import ask, require_somebody
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, first_of
from syncengine.cli.reconciling import document, pending_of, show
from syncengine.cli.text import counted, safe

if TYPE_CHECKING:
    from syncengine.jobs.adopt import Adoption
    from syncengine.jobs.apply_report import ApplyReport
    from syncengine.jobs.reconciling import Hand, Tools
    from syncengine.storage.unit_of_work import Database

EXAMPLES = (
    "syncengine files adopt ~/Music/processed --dry-run",
    "syncengine files adopt /backup/music --yes",
)
_SHOWN = 10


def command(
    cli: CliContext,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The tree to be taken in.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, touch nothing.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            help="Do not ask; and remove files that have the very bytes of one that is kept.",
        ),
    ] = False,
    keep_copies: Annotated[
        bool, typer.Option("--keep-copies", help="Remove nothing, also with --yes.")
    ] = False,
    allow_removals: Annotated[
        bool, typer.Option("--allow-removals", help="Lift the guard against mass deletion.")
    ] = False,
) -> ExitCode:
    """Move the audio files of a tree into the folders of their playlists.

    Files that are of no track, or not surely, stay where they are, and so do those that have the audio of
    another one: they are listed. Only with --yes are those removed that have its very bytes.
    `syncengine files undo` takes it back.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import sinks
    from syncengine.jobs.runs import recorded_run

    if not dry_run:
        require_somebody(cli, yes=yes)
    lifted = frozenset({"mass-deletion"} if allow_removals else ())
    reports: dict[str, ApplyReport] = {}
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
        recorded_run(database.unit, cli.command, cli.clock) as run,
    ):
        tools = sinks.tools(database, cli.clock, run.id)
        hand, adoption = _planned(
            cli, database, tools, Path(folder).expanduser(), lifted, dry_run=dry_run
        )
        if not cli.json:
            show(cli, adoption.planned.plan, [])
            _show_others(cli, adoption)
        if not dry_run:
            reports["folders"] = _done(cli, hand, adoption, tools, yes=yes)
            if yes and not keep_copies:
                _remove_copies(hand, adoption, tools, reports["folders"])
        run.exit_code = _code(adoption, reports)
        run.summary |= {"done": sum(each.done for each in reports.values())}
    if cli.json:
        cli.emit("adopt", _document(adoption, reports))
    elif reports:
        show_reports(cli, adoption.planned.plan.sinks, reports)
        _show_removed(cli, adoption)
    return ExitCode(run.exit_code)


def _planned(
    cli: CliContext,
    database: Database,
    tools: Tools,
    folder: Path,
    lifted: frozenset[str],
    *,
    dry_run: bool,
) -> tuple[Hand, Adoption]:
    from syncengine.bootstrap import folders
    from syncengine.bootstrap.sink_wishes import NO_SINK_WISHES, SinkWishes
    from syncengine.jobs.adopt import plan_adoption
    from syncengine.jobs.reconcile import Wishes
    from syncengine.jobs.settling import settle_doubts

    with cli.progress("looking at the audio files") as steps:
        first = folders.open_hand(
            cli.settings, database, cli.clock, NO_SINK_WISHES, dry_run=dry_run
        )
        settle_doubts(first.sink, writer=first.writer, open_unit=tools.open_unit, clock=cli.clock)
        first.survey(steps)
        tree = folders.survey_tree(cli.settings, folder, database.unit, cli.clock, steps)
    wishes = SinkWishes(moving=frozenset(tree.files))
    hand = folders.open_hand(cli.settings, database, cli.clock, wishes, dry_run=dry_run)
    repeated = folders.repeated_in(hand)
    return hand, plan_adoption(tree, hand, tools, Wishes(lifted=lifted), repeated)


def _done(
    cli: CliContext, hand: Hand, adoption: Adoption, tools: Tools, *, yes: bool
) -> ApplyReport:
    from syncengine.jobs.adopt import adopt

    plan = adoption.planned.plan
    if pending_of(plan):
        ask(cli, f"Make {counted(pending_of(plan), 'change')}?", yes=yes)
    with cli.progress("moving files") as steps:
        return adopt(adoption, hand, tools, Watching("moving files", steps))


def _remove_copies(hand: Hand, adoption: Adoption, tools: Tools, report: ApplyReport) -> None:
    from syncengine.bootstrap.folders import same_bytes
    from syncengine.jobs.adopt import remove_repeated

    if not report.stopped and not adoption.planned.plan.refused:
        adoption.removed = remove_repeated(adoption, hand, tools, same_bytes)


def _code(adoption: Adoption, reports: dict[str, ApplyReport]) -> ExitCode:
    codes = exit_codes(adoption.planned.plan.sinks, reports)
    if adoption.removed.failed:
        codes.append(ExitCode.PARTIAL)
    if adoption.removed.stopped:
        codes.append(ExitCode(adoption.removed.stopped.code))
    return first_of(codes)


def _show_others(cli: CliContext, adoption: Adoption) -> None:
    files = adoption.tree.files
    if adoption.tree.unmatched:
        cli.line(
            f"{counted(len(adoption.tree.unmatched), 'file')} of no track that is sure; they stay:"
        )
        for number in adoption.tree.unmatched[:_SHOWN]:
            cli.line(f"    {safe(files[number].path)}")
        if (more := len(adoption.tree.unmatched) - _SHOWN) > 0:
            cli.line(
                f"    and {more:,} more (--json lists all; `syncengine files explain` says why)"
            )
    if adoption.repeated:
        cli.line(
            f"{counted(len(adoption.repeated), 'file')} with the audio of another, which is kept:"
        )
        for number, kept in list(adoption.repeated.items())[:_SHOWN]:
            cli.line(f"    {safe(files[number].path)}: as {safe(adoption.kept[kept])}")
        if (more := len(adoption.repeated) - _SHOWN) > 0:
            cli.line(f"    and {more:,} more")


def _show_removed(cli: CliContext, adoption: Adoption) -> None:
    removed = adoption.removed
    if removed.done:
        cli.line(f"{counted(removed.done, 'file')} removed: their very bytes are kept elsewhere")
    if adoption.retagged:
        cli.line(
            f"{counted(len(adoption.retagged), 'file')} with the audio of another and other tags; they stay"
        )
    for line in failure_lines(removed.failed):
        cli.say(line)


def _document(adoption: Adoption, reports: dict[str, ApplyReport]) -> dict[str, object]:
    plan, files = adoption.planned.plan, adoption.tree.files
    return {
        "plan": document(plan),
        "unmatched": [files[number].path for number in adoption.tree.unmatched],
        "repeated": [
            {"path": files[number].path, "same_as": adoption.kept[kept]}
            for number, kept in adoption.repeated.items()
        ],
        "applied": documents(plan.sinks, reports).get("folders"),
        "removed": adoption.removed.done,
        "retagged": [files[number].path for number in adoption.retagged],
    }
