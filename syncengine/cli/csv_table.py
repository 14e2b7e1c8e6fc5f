"""A result as one CSV table on stdout, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from syncengine.cli.context import CliContext
from syncengine.errors import UsageError


def check_one_form(cli: CliContext, wanted: object) -> None:
    """Raise UsageError where a result is asked for as CSV and as JSON at once."""
    if wanted and cli.json:
        raise UsageError("--csv and --json are two forms of one result: choose one of them")


def write_csv(cli: CliContext, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table with a header in the form of RFC 4180, but for its line ends; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows(rows)
    cli.terminal.write_data(text.getvalue().removesuffix("\n"))
