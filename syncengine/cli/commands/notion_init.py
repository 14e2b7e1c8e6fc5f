"""``notion init``: make the databases in Notion, or complete them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.text import counted

if TYPE_CHECKING:
    from syncengine.core.setup import SetUp

EXAMPLES = (
    "syncengine notion init",
    "syncengine notion init --add-properties",
)


def command(
    cli: CliContext,
    add_properties: Annotated[
        bool,
        typer.Option(
            "--add-properties",
            help="Add what is missing to databases of your own, too, relations included.",
        ),
    ] = False,
) -> ExitCode:
    """Make the databases in Notion under NOTION_PARENT_PAGE_ID, or complete them.

    What is there already is found again and never doubled, also after a run that was cut off. Databases
    of your own, named by NOTION_TRACKS_DATA_SOURCE_ID and the like, are used as they are.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import notion
    from syncengine.cli.setup_view import document, finding_lines, place_line
    from syncengine.jobs.setting_up import exit_code

    settings = cli.settings
    with (
        bootstrap.writing(settings, cli.clock, cli.command),
        cli.progress("setting up Notion") as steps,
    ):
        database = bootstrap.open_database(settings, cli.clock, cli.say)
        report = notion.set_up(
            settings, database, cli.clock, add_properties=add_properties, tell=steps.describe
        )
    if cli.json:
        cli.emit("notion-init", document(report))
    else:
        for place in report.places:
            cli.line(place_line(place))
        for line in finding_lines(report.findings):
            cli.line(line)
        cli.line(counted(sum(report.calls.values()), "call"))
    if not report.stopped:
        cli.say(_next(report))
    return ExitCode(exit_code(report))


def _next(report: SetUp) -> str:
    """Return what to do next; a plan without a look would make anew the pages that are there."""
    if any(each.state in ("found", "adopted") for each in report.places):
        return "next: syncengine reconcile looks at the pages that are there, shows what is to do and asks"
    return "next: syncengine reconcile --dry-run shows what would be written"
