"""``import-csv``: take one snapshot from exports."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.join_view import show_joins
from syncengine.cli.text import counted
from syncengine.core.moment import Instant, parse_local, to_iso
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.rename import Join
    from syncengine.jobs.candidate import FileReport
    from syncengine.jobs.import_report import ImportReport, Options
    from syncengine.jobs.watch import Watch
    from syncengine.storage.unit_of_work import Database

EXAMPLES = (
    "syncengine import-csv 'Spotify Library/'",
    "syncengine import-csv exports.zip --taken-at 2026-01-13",
)
_MOST_REJECTED = 3


def command(
    cli: CliContext,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Files, folders (searched through) or zips.")
    ],
    taken_at: Annotated[
        str | None,
        typer.Option(
            "--taken-at",
            metavar="ISO",
            help="When all of it was exported; a date means its end. Default: each file's own time.",
        ),
    ] = None,
    whole_library: Annotated[
        bool,
        typer.Option(
            "--whole-library",
            help="These are all playlists there are: others that only exports showed end.",
        ),
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept", metavar="PLAYLIST", help="A suspect observation of this playlist is right."
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Read everything, say what would happen, keep nothing."),
    ] = False,
) -> ExitCode:
    """Take one snapshot from exports.

    Reads what exportify.net, exportify.app, exportify-cli, Soundiiz, TuneMyMusic and spotify-backup write,
    and Spotify's account data (YourLibrary.json, Playlist1.json).

    What is there already is left alone, so running it again costs one hash a file. A file that is no
    export is set aside, a row that cannot be read is reported with its line; the rest goes in.
    """
    from syncengine.jobs.import_report import Options, exit_code

    options = Options(
        _moment(taken_at),
        whole_library,
        frozenset(accept or ()),
        dry_run,
        cli.settings.keep_csv_days,
    )
    if "" in paths:  # an unset variable in a script; Path makes the present folder of it
        raise UsageError("a PATH is empty: name a file, a folder or a zip")
    started = time.perf_counter()
    with cli.progress("importing") as steps:
        report = _run(cli, [Path(path) for path in paths], options, steps)
    for note in report.notes:
        cli.warn(note)
    for name in report.unheeded:
        cli.warn(f"--accept {name!r} had no effect: no file here goes by that name")
    seconds = round(time.perf_counter() - started, 2)
    if cli.json:
        said = {"dry_run": True} if dry_run else {}
        cli.emit("import", said | document(report, seconds))
    else:
        show(cli, report, dry_run=dry_run)
    return ExitCode(exit_code(report))


def _moment(text: str | None) -> Instant | None:
    if text is None:
        return None
    try:
        return parse_local(text)
    except ValueError:
        raise UsageError(
            f"--taken-at: {text!r} is no date or date-time",
            ["such as 2026-01-13 or 2026-01-13T18:00Z"],
        ) from None


def _run(cli: CliContext, paths: list[Path], options: Options, steps: Watch) -> ImportReport:
    from syncengine import bootstrap
    from syncengine.jobs.import_csv import import_csv

    def progress(done: int, total: int) -> None:
        steps.expect(total)
        steps.advance()

    with _opened(cli, dry_run=options.dry_run) as database:
        return import_csv(
            paths,
            options,
            reader=bootstrap.export_reader(),
            open_unit=database.unit,
            raw_store=database.raw_store,
            clock=cli.clock,
            progress=progress,
        )


@contextmanager
def _opened(cli: CliContext, *, dry_run: bool) -> Iterator[Database]:
    from syncengine import bootstrap

    if dry_run:
        with bootstrap.trial_database(cli.settings, cli.clock, cli.say) as database:
            yield database
    else:
        with bootstrap.writing(cli.settings, cli.clock, cli.command):
            yield bootstrap.open_database(cli.settings, cli.clock, cli.say)


def document(report: ImportReport, seconds: float) -> dict[str, object]:
    """Return what an import did, as its JSON says it; ``seconds`` is how long it took."""
    snapshot = report.snapshot
    files = report.files
    return {
        "snapshot": None if snapshot is None else {
            "id": snapshot.id,
            "source": snapshot.source.name.lower(),
            "taken_at": to_iso(snapshot.taken_at),
            "unchanged": snapshot.unchanged,
        },
        "files": [
            {
                "path": file.path,
                "playlist": file.playlist,
                "dialect": file.dialect,
                "generation": file.generation,
                "status": file.status,
                "rows": file.rows,
                "imported": file.imported,
                "rejected": [{"line": r.line, "reason": r.reason} for r in file.rejected],
                "warnings": file.warnings,
            }
            for file in files
        ],
        "parted": list(report.parted),
        "notes": list(report.notes),
        "ended": list(report.ended),
        "joins": [{"from": j.earlier, "to": j.later, "reason": j.because} for j in report.joins],
        "totals": {
            "files": len(files),
            "rows": sum(file.rows for file in files),
            "imported": sum(file.imported for file in files),
            "rejected": sum(len(file.rejected) for file in files),
            "tracks_new": report.tracks_new,
            "entries_added": report.entries_added,
            "entries_removed": report.entries_removed,
            "seconds": seconds,
        },
    }  # fmt: skip


def show(cli: CliContext, report: ImportReport, *, dry_run: bool) -> None:
    """Say what an import did, as a person wants to hear it."""
    for file in report.files:
        _show_file(cli, file)
    show_joins(cli, [(join, _told(report, join)) for join in report.joins])
    for key in report.parted:
        cli.say(
            f"{report.names[key]!r} was taken for a new name of another playlist; the two were seen side by "
            "side, so each has its own history again"
        )
    for name in report.ended:
        cli.say(f"{name} ended: it is not among these files")
    counts = {state: sum(f.status == state for f in report.files) for state in _STATES}
    told = ", ".join(f"{n} {state}" for state, n in counts.items() if n)
    rows = sum(file.imported for file in report.files)
    snapshot = report.snapshot
    if snapshot is None:
        why = "" if counts["imported"] else f": {told}"  # it was read, and holds no playlist
        cli.line(f"{counted(len(report.files), 'file')}{why}; nothing was imported")
        return
    head = "would make a snapshot" if dry_run else f"snapshot {snapshot.id}"
    if snapshot.unchanged:
        changed = report.entries_added or report.entries_removed
        head = "added to" if changed else "nothing new since"
        head += f" snapshot {snapshot.id}"
    cli.line(
        f"{head} of {to_iso(snapshot.taken_at)}: {counted(len(report.files), 'file')} ({told}), "
        f"{counted(rows, 'row')}"
    )
    cli.line(
        f"{report.tracks_new:,} tracks are new; {report.entries_added:,} entries came, "
        f"{report.entries_removed:,} went"
    )
    if forms := _forms(report):
        cli.line(f"written by {forms}")


def _told(report: ImportReport, join: Join) -> str:
    before, name = report.names[join.earlier], report.names[join.later]
    # A file whose name lacks the id that another had renames nothing.
    said = f"is {before!r} under a new name" if name != before else f"is {join.earlier} as well"
    return f"{name!r} {said}"


def _forms(report: ImportReport) -> str:
    """Name what the new files were written by."""
    counts = Counter(
        f"{file.dialect} of {file.generation}"
        if file.generation[:1].isdigit()
        else f"{file.dialect} ({file.generation.replace(' (', ', ').replace(')', '')})"
        for file in report.files
        if file.generation and file.status != "unchanged"
    )
    return ", ".join(f"{form} ({counted(n, 'file')})" for form, n in counts.most_common())


_STATES = ("imported", "unchanged", "suspect", "quarantined")


def _show_file(cli: CliContext, file: FileReport) -> None:
    for warning in file.warnings:
        cli.warn(
            f"{file.path}: {warning}"
            if file.status != "quarantined"
            else f"{file.path} was set aside: {warning}"
        )
    for row in file.rejected[:_MOST_REJECTED]:
        cli.warn(f"{file.path}, line {row.line}: {row.reason}; the row was left out")
    more = len(file.rejected) - _MOST_REJECTED
    if more > 0:
        cli.warn(f"{file.path}: {more} more rows were left out; --json lists them all")
