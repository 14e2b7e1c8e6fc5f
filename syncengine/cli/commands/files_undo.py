"""``files undo``: take back what a run did to the playlist folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.carrying_out import Watching, failure_lines
from syncengine.cli.consent import ask, require_somebody
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, first_of
from syncengine.cli.text import counted, safe

if TYPE_CHECKING:
    from syncengine.jobs.apply_report import ApplyReport
    from syncengine.jobs.undo import Undoing

EXAMPLES = ("syncengine files undo", "syncengine files undo 12 --dry-run")
_SHOWN = 10


def command(
    cli: CliContext,
    run: Annotated[
        int | None,
        typer.Argument(
            metavar="RUN",
            help="The run, by its number in `status`. Default: the last one that moved or linked files.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be taken back, touch nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> ExitCode:
    """Take back what a run did to the playlist folders: files go back to where they were.

    What a later run, or you, changed since is left as it is, and listed. The next `reconcile` would do the
    same again, unless the library or the settings say otherwise by then.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import sinks
    from syncengine.jobs.runs import recorded_run
    from syncengine.jobs.undo import plan_undo, undo

    if not dry_run:
        require_somebody(cli, yes=yes)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
        sinks.open_hands(cli.settings, database, cli.clock, ["folders"]) as (hand,),
        recorded_run(database.unit, cli.command, cli.clock) as noted,
    ):
        tools = sinks.tools(database, cli.clock, noted.id)
        undoing = plan_undo(hand, tools, run)
        if not cli.json:
            _show(cli, undoing)
        report = None
        if not dry_run:
            ask(cli, f"Take back {counted(len(undoing.actions), 'change')}?", yes=yes)
            with cli.progress("taking back") as steps:
                report = undo(undoing, hand, tools, Watching("taking back", steps))
        noted.exit_code = _code(undoing, report)
        noted.summary |= {"undone": undoing.run, "done": report.done if report else 0}
    if cli.json:
        cli.emit("undo", _document(undoing, report))
    elif report is not None:
        _show_report(cli, report)
    return ExitCode(noted.exit_code)


def _code(undoing: Undoing, report: ApplyReport | None) -> ExitCode:
    codes = [ExitCode.PARTIAL] if undoing.left or (report and report.failed) else []
    if report and report.stopped:
        codes.append(ExitCode(report.stopped.code))
    return first_of(codes)


def _show(cli: CliContext, undoing: Undoing) -> None:
    if undoing.settled:
        cli.say(
            f"{counted(undoing.settled, 'change')} that a run had begun: how far each came is known now"
        )
    cli.line(f"run {undoing.run}: {counted(len(undoing.actions), 'change')} to take back")
    for each in undoing.actions[:_SHOWN]:
        cli.line(f"  {each.entity} {safe(each.title)}: {each.reason}")
    if (more := len(undoing.actions) - _SHOWN) > 0:
        cli.line(f"  and {more:,} more; --json lists all")
    for done, why in undoing.left[:_SHOWN]:
        cli.warn(f"{done.entity} {safe(done.key)} is left as it is: {why}")


def _show_report(cli: CliContext, report: ApplyReport) -> None:
    for line in (*failure_lines(report.failed), *report.notes[:_SHOWN]):
        cli.warn(line)
    if report.stopped:
        cli.warn(f"stopped: {report.stopped}")
    left = f", {report.left:,} left" if report.left else ""
    cli.line(f"{report.done:,} taken back{left}")


def _document(undoing: Undoing, report: ApplyReport | None) -> dict[str, object]:
    return {
        "run": undoing.run,
        "dry_run": report is None,
        "changes": [
            {"action": each.action, "entity": each.entity, "key": each.key, "title": each.title}
            for each in undoing.actions
        ],
        "done": report.done if report else 0,
        "failed": [
            {
                "entity": e.action.entity,
                "key": e.action.key,
                "title": e.action.title,
                "reason": e.reason,
            }
            for e in (report.failed if report else ())
        ],
        "left": [
            {"entity": done.entity, "key": done.key, "reason": why} for done, why in undoing.left
        ],
        "notes": list(report.notes) if report else [],
    }
