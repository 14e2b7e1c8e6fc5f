"""``history trends``: how the library evolves."""

from __future__ import annotations

from typing import Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.csv_table import check_one_form, write_csv
from syncengine.errors import UsageError

EXAMPLES = (
    "syncengine history trends",
    "syncengine history trends --since 2025-01-01 --json",
    "syncengine history trends --csv months",
)


def command(
    cli: CliContext,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="WHEN",
            help="Tell what came after this moment; without it, all that is known.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="WHEN", help="Tell what was up to this moment."),
    ] = None,
    csv: Annotated[
        str | None,
        typer.Option(
            "--csv",
            metavar="TABLE",
            help="Print one table as CSV: months, days, playlists, sizes, genres, decades, features, "
            "vanished or popularity.",
        ),
    ] = None,
) -> None:
    """Show how the library evolves: size, what comes and goes, genres, what vanished."""
    from syncengine import bootstrap
    from syncengine.cli.trends_tables import TABLES
    from syncengine.jobs.trends import trends

    if csv is not None and csv not in TABLES:
        raise UsageError(f"there is no table {csv!r}: choose one of {', '.join(TABLES)}")
    check_one_form(cli, csv)
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        found = trends(unit, since=since, until=until)
    if csv is not None:
        table = TABLES[csv]
        write_csv(cli, table.titles, table.rows(found))
    elif cli.json:
        from syncengine.cli.trends_tables import document

        cli.emit("trends", document(found))
    else:
        from syncengine.cli.trends_view import show

        show(cli, found)
