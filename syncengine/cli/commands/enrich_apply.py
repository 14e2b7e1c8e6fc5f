"""``enrich apply``: take a file that was looked through into the library."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.errors import UsageError

EXAMPLES = (
    "syncengine enrich apply spotify_enrichment_20260131_180000.csv",
    "syncengine enrich apply spotify_enrichment_20260131_180000.csv --dry-run",
)


def command(
    cli: CliContext,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file.", show_default=False)],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out rows that are wrong, apply the rest.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and compare, change nothing.")
    ] = False,
    taken_at: Annotated[
        str,
        typer.Option(
            "--taken-at",
            metavar="ISO",
            help="The moment that its values are of, where its name does not tell it.",
        ),
    ] = "",
) -> ExitCode:
    """Take popularity and ISRC out of a file that you looked through into the library.

    Every row is checked before anything is changed. What Spotify told counts as Spotify's word, what you
    wrote in its place as yours; an empty cell says nothing. `enrich undo` takes it back.
    """
    from syncengine import bootstrap
    from syncengine.cli.enrich_view import applied_document, show_applied
    from syncengine.core.moment import parse_local
    from syncengine.jobs.enrich_apply import ApplyWishes, enrich_apply

    try:
        at = parse_local(taken_at) if taken_at else None
    except ValueError as error:
        raise UsageError(f"--taken-at {taken_at!r} is no ISO date or date-time") from error
    started = time.perf_counter()
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.trial_database(cli.settings, cli.clock, cli.say)
        if dry_run
        else bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
    ):
        report = enrich_apply(
            Path(file).expanduser(),
            ApplyWishes(at, skip_bad, dry_run),
            read=bootstrap.enrichment_reader(),
            open_unit=database.unit,
            clock=cli.clock,
        )
    if cli.json:
        cli.emit("enrich-apply", applied_document(report, round(time.perf_counter() - started, 2)))
    else:
        show_applied(cli, report)
    return ExitCode(report.exit_code)
