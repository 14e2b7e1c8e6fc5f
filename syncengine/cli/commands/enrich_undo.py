"""``enrich undo``: take back what was applied from a file."""

from __future__ import annotations

from typing import Annotated

import typer

from syncengine.cli.context import CliContext

EXAMPLES = ("syncengine enrich undo", "syncengine enrich undo 12 --dry-run")


def command(
    cli: CliContext,
    run: Annotated[
        int | None,
        typer.Argument(
            metavar="RUN",
            help="The run that applied it, by its number in `status`. Default: the last one in force.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be taken back, change nothing.")
    ] = False,
) -> None:
    """Take back what `enrich apply` took out of a file, as if it had never been applied.

    What was imported, fetched or applied since stays, and counts as if there had been no such file.
    """
    from syncengine import bootstrap
    from syncengine.cli.enrich_view import show_undone, undone_document
    from syncengine.jobs.enrich_apply import enrich_undo

    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.trial_database(cli.settings, cli.clock, cli.say)
        if dry_run
        else bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
    ):
        report = enrich_undo(run, dry_run=dry_run, open_unit=database.unit, clock=cli.clock)
    if cli.json:
        cli.emit("enrich-undo", undone_document(report))
    else:
        show_undone(cli, report)
