"""``history restore``: bring a playlist at Spotify back to what it was."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.consent import ask, require_somebody
from syncengine.cli.context import CliContext
from syncengine.cli.csv_table import check_one_form, write_csv
from syncengine.cli.restore_view import TITLES, document, rows, show
from syncengine.cli.text import counted, safe
from syncengine.core.moment import to_iso
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.jobs.making import Made
    from syncengine.jobs.restore import Restore, Restored

EXAMPLES = (
    "syncengine history restore 'Road Trip' --at 2026-01-13 --dry-run",
    "syncengine history restore 'Road Trip' --at 2026-01-13",
)
_NAME = "{name} (as of {date})"


def command(
    cli: CliContext,
    playlist: Annotated[
        str,
        typer.Argument(metavar="PLAYLIST", help="A name, key, URI or URL; old names count too."),
    ],
    at: Annotated[
        str,
        typer.Option("--at", metavar="WHEN", help="A date (its end), date-time or snapshot id."),
    ],
    in_place: Annotated[
        bool,
        typer.Option(
            "--in-place",
            help="Change the playlist itself; loses what Spotify cannot bring back.",
        ),
    ] = False,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help=f"The new playlist's name ({_NAME})."),
    ] = None,
    csv: Annotated[
        bool, typer.Option("--csv", help="Only print what it held as one CSV table.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done; asks nobody.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for consent.")] = False,
) -> None:
    """Bring a playlist at Spotify back to what it was, by default as a new private one.

    Spotify keeps no history: entries that come back bear today's date and your name, and local files do
    not come back. An interrupted run is gone on with by the same command.
    """
    from syncengine import bootstrap
    from syncengine.jobs.restore import plan_restore

    check_one_form(cli, csv)
    if in_place and name is not None:
        raise UsageError("--name is for a new playlist, and --in-place makes none")
    if not (dry_run or csv):
        require_somebody(cli, yes=yes)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with database.reading() as unit:
        plan = plan_restore(
            unit,
            playlist,
            at,
            name=name or _NAME,
            in_place=in_place,
            today=to_iso(cli.clock())[:10],
        )
    if csv:
        write_csv(cli, TITLES, ([*row.values()] for row in rows(plan)))
    elif not dry_run:
        _carry_out(cli, plan, yes=yes)
    elif cli.json:
        cli.emit("restore", document(plan, dry_run=True))
    else:
        show(cli, plan)
        cli.line("nothing was done")


def _carry_out(cli: CliContext, plan: Restore, *, yes: bool) -> None:
    from syncengine import bootstrap
    from syncengine.bootstrap.spotify_writing import require_writing, spotify_writer
    from syncengine.cli.writing_view import calls_in_words, pause_shown
    from syncengine.jobs.making import make_playlists
    from syncengine.jobs.restore import restore_in_place

    require_writing(cli.settings, cli.clock, public=plan.key is not None)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    calls = bootstrap.spotify_calls(cli.settings, database, cli.clock)
    if not cli.json:
        show(cli, plan)
    cli.say(calls_in_words(plan.calls, calls.left()))
    ask(cli, _question(plan), yes=yes)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        database.kept_open(),
        cli.progress("restoring", len(plan.tracks)) as steps,
    ):
        writer = spotify_writer(cli.settings, cli.clock, pause_shown(steps))
        if plan.key is None:
            made = make_playlists(
                cli.command, plan.id, plan.wanted,
                calls=calls, make_writer=writer, wait=time.sleep, steps=steps,
            )  # fmt: skip
            tell = partial(_tell_made, cli, plan, made)
        else:
            done = restore_in_place(
                plan, calls=calls, make_writer=writer, wait=time.sleep, steps=steps
            )
            tell = partial(_tell_restored, cli, plan, done)
    tell()


def _tell_made(cli: CliContext, plan: Restore, made: Made) -> None:
    from syncengine.cli.writing_view import cost_document, made_document, show_made

    if cli.json:
        told = document(plan, dry_run=False) | {"made": made_document(made.playlists)}
        cli.emit("restore", told | cost_document(made.cost))
    else:
        show_made(cli, made.playlists, made.cost)


def _tell_restored(cli: CliContext, plan: Restore, done: Restored) -> None:
    from syncengine.cli.writing_view import address_of, cost_document, show_cost

    if cli.json:
        told = document(plan, dry_run=False)
        told |= {"writes": done.steps, "entries_now": done.entries}
        cli.emit("restore", told | cost_document(done.cost))
        return
    where = address_of(plan.key or "")
    entries = counted(done.entries, "entry", "entries")
    changed = counted(done.steps, "change") if done.steps else "nothing to do"
    cli.line(f"{plan.name}: {changed}, {entries}  {where}")
    show_cost(cli, done.cost)


def _question(plan: Restore) -> str:
    if plan.key is None:
        return f"Make {counted(len(plan.wanted), 'private playlist')} at Spotify?"
    return f"Change {safe(plan.name)!r} at Spotify, and lose what is named above?"
