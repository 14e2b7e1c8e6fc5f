"""``enrich fetch``: write popularity and ISRC into a file to look through."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.jobs.enrich_fetch import Wishes
    from syncengine.jobs.enrich_report import FetchedFile

EXAMPLES = (
    "syncengine enrich fetch",
    "syncengine enrich fetch --out ~/music --missing isrc --limit 500",
)
_MISSING = ("isrc", "popularity")


def command(
    cli: CliContext,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="DIR|FILE",
            help="A folder, or a name that ends in .csv. Default: the working directory.",
        ),
    ] = "",
    missing: Annotated[
        list[str] | None,
        typer.Option(
            "--missing",
            metavar="FACT",
            help="Only tracks without this, and only this is asked for: isrc or popularity.",
        ),
    ] = None,
    limit: Annotated[
        str,
        typer.Option(
            "--limit", metavar="N", help="At most so many tracks, those that lack most first."
        ),
    ] = "",
    playlist: Annotated[
        list[str] | None,
        typer.Option(
            "--playlist", metavar="PLAYLIST", help="Only its tracks: by name, key or URL."
        ),
    ] = None,
) -> ExitCode:
    """Write popularity and ISRC of the library's tracks into a CSV file to look through.

    The library stays as it is until `enrich apply` takes the file in. What is known costs no call; the
    rest is asked 50 tracks a call where Spotify lets the app, else one by one. A run that is cut off, or
    has used up its calls, writes what is known, and the next one goes on.
    """
    from syncengine import bootstrap
    from syncengine.cli.enrich_view import fetched_document, show_fetched
    from syncengine.jobs.enrich_fetch import Wishes

    for each in missing or ():
        if each not in _MISSING:
            raise UsageError(f"--missing {each!r} is not known; it is one of {', '.join(_MISSING)}")
    if limit and not (limit.isascii() and limit.isdigit() and int(limit)):
        raise UsageError(f"--limit {limit!r} is no number of tracks")
    started = time.perf_counter()
    wishes = Wishes(
        Path(out).expanduser() if out else None,
        frozenset(missing or ()),
        tuple(playlist or ()),
        int(limit) if limit else None,
    )
    if warning := bootstrap.sign_in_state(cli.settings, cli.clock).warning:
        cli.warn(warning)
    report = _run(cli, wishes)
    if cli.json:
        cli.emit("enrich-fetch", fetched_document(report, round(time.perf_counter() - started, 2)))
    else:
        show_fetched(cli, report)
    return ExitCode(report.exit_code)


def _run(cli: CliContext, wishes: Wishes) -> FetchedFile:
    from syncengine import bootstrap
    from syncengine.core.remote import CallBook, Service
    from syncengine.jobs.enrich_fetch import enrich_fetch

    settings = cli.settings
    with (
        bootstrap.writing(settings, cli.clock, cli.command),
        bootstrap.kept_database(settings, cli.clock, cli.say) as database,
        cli.progress("asking Spotify") as steps,
    ):

        def paused(seconds: float) -> None:
            steps.describe(f"Spotify asked for a pause of {math.ceil(seconds)} s")

        def make_service(book: CallBook) -> Service:
            return bootstrap.spotify(settings, cli.clock, paused)(book)

        return enrich_fetch(
            wishes,
            calls=bootstrap.spotify_calls(settings, database, cli.clock),
            make_service=make_service,
            render=bootstrap.enrichment_writer(),
            watch=steps,
        )
