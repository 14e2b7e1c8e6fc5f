"""``export``: any moment of the library as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.core.moment import to_iso
from syncengine.errors import UsageError

EXAMPLES = (
    "syncengine export backup --at 2026-01-13",
    "syncengine export lists --playlist 'Road Trip' --format m3u8",
)


def command(
    cli: CliContext,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Where to write; made if missing.")],
    at: Annotated[
        str,
        typer.Option(
            "--at", metavar="WHEN", help="A date (its end), date-time, snapshot id or latest."
        ),
    ] = "latest",
    playlist: Annotated[
        list[str] | None,
        typer.Option("--playlist", metavar="PLAYLIST", help="Only this one, by name, key or URL."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="csv, json or m3u8.")
    ] = "csv",
    dialect: Annotated[
        str,
        typer.Option(
            "--dialect", metavar="DIALECT", help="For csv: exportify.net or exportify.app."
        ),
    ] = "exportify.net",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also replace files that no export wrote.")
    ] = False,
) -> None:
    """Write any moment of the library as files.

    CSV is what the exporter itself writes, cell for cell; importing it again changes nothing.
    """
    from syncengine import bootstrap
    from syncengine.jobs.export import export_library, note_written, without_albums
    from syncengine.jobs.history import library_at
    from syncengine.jobs.playlists import find_playlist

    _check("--format", form, bootstrap.EXPORT_FORMATS)
    _check("--dialect", dialect, bootstrap.EXPORT_DIALECTS)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with database.reading() as unit:
        some = None
        if playlist:
            records = unit.library.playlist_records()
            some = frozenset(find_playlist(records, each).id for each in playlist)
        then = library_at(unit, at, some)
        then = then if playlist else without_albums(then)
        with cli.progress("exporting") as steps:

            def progress(_done: int, total: int) -> None:
                steps.expect(total)
                steps.advance()

            written = export_library(
                then,
                Path(folder),
                suffix=form,
                render=bootstrap.export_writer(form, dialect),
                safe_stem=bootstrap.safe_stem,
                is_ours=lambda digest: bool(unit.ledger.own_exports([digest])),
                overwrite=overwrite,
                progress=progress,
            )
    if not note_written(database.unit, written, then.at, clock=cli.clock):
        cli.warn(
            "another run kept the database busy, so these files were not noted as exports of ours"
        )
    entries = sum(file.entries for file in written)
    if cli.json:
        files = [{"path": f.path, "playlist": f.playlist, "entries": f.entries} for f in written]
        cli.emit(
            "export", {"at": to_iso(then.at), "folder": folder, "format": form, "files": files}
        )
    else:
        cli.line(
            f"{len(written)} playlists with {entries:,} entries, as of {to_iso(then.at)}, are in {folder}"
        )


def _check(option: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise UsageError(f"{option} {given!r} is not known; it is one of {', '.join(known)}")
