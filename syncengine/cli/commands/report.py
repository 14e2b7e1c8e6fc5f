"""``report``: the library's life as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.core.moment import to_iso
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.report import Rendered, Report

EXAMPLES = (
    "syncengine report",
    "syncengine report --out my-music.html --png charts",
)
_STDOUT = "-"


def command(
    cli: CliContext,
    out: Annotated[
        str,
        typer.Option("--out", metavar="FILE", help="Where the page goes; - is standard output."),
    ] = "syncengine-report.html",
    png: Annotated[
        str | None,
        typer.Option(
            "--png", metavar="DIR", help="Write the charts as pictures too; made if missing."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also replace a file that is no report.")
    ] = False,
) -> None:
    """Write one HTML page with the charts of the library's life.

    The page needs no network and nothing but itself: it can be mailed, printed and read on a phone.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap.report import report_renderer
    from syncengine.jobs.report import (
        check_folder,
        check_place,
        gather,
        write_page,
        write_pictures,
    )

    place = None if out == _STDOUT else check_place(Path(out), overwrite=overwrite)
    if place is None and cli.json:
        raise UsageError("--out - and --json would both write to standard output; name a file")
    folder = None if png is None else check_folder(Path(png))
    render = report_renderer()
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        report = gather(unit, cli.clock())
    with cli.progress("drawing") as steps:

        def progress(_done: int, total: int) -> None:
            steps.expect(total)
            steps.advance()

        made = render(report, pictures=folder is not None, progress=progress)
    pictures = [] if folder is None else write_pictures(folder, made.pictures)
    if place is None:
        cli.terminal.write_bytes(made.page)
        return
    write_page(place, made.page)
    if cli.json:
        cli.emit("report", document(report, made, out, pictures))
    else:
        _say(cli, report, made, out, png)


def document(report: Report, made: Rendered, path: str, pictures: list[Path]) -> dict[str, object]:
    """Return what was written as its JSON says it."""
    return {
        "path": path,
        "size": len(made.page),
        "from": to_iso(report.trends.start),
        "to": to_iso(report.trends.end),
        "tracks": report.tracks,
        "entries": report.entries,
        "playlists": report.playlists,
        "charts": [each._asdict() for each in made.charts],
        "tables": [each._asdict() for each in made.tables],
        "pictures": pictures,
    }


def _say(cli: CliContext, report: Report, made: Rendered, out: str, png: str | None) -> None:
    cli.line(
        f"{out}: {len(made.charts)} charts and {len(made.tables)} tables of {report.tracks:,} tracks, "
        f"{len(made.page) / 1_000_000:.1f} MB"
    )
    if png is not None:
        cli.line(f"{png}: {len(made.pictures)} pictures")
