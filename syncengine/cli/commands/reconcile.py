"""``reconcile``: what changed since each sink last agreed with the library, as a plan."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, first_of
from syncengine.errors import UsageError, UserError

if TYPE_CHECKING:
    from syncengine.core.plan import Plan
    from syncengine.core.scope import Scope
    from syncengine.storage.unit_of_work import UnitOfWork

EXAMPLES = (
    "syncengine reconcile --dry-run",
    "syncengine reconcile --dry-run --out plan.json --detailed-exitcode",
    "syncengine reconcile --dry-run --playlist 'Road Trip'",
)


def command(
    cli: CliContext,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and touch nothing; needs no network.")
    ] = False,
    sink: Annotated[
        list[str] | None,
        typer.Option(
            "--sink", metavar="SINK", help="Only this sink (notion). Default: all configured."
        ),
    ] = None,
    playlist: Annotated[
        list[str] | None,
        typer.Option(
            "--playlist",
            metavar="PLAYLIST",
            help="Limit the plan to this playlist and what is in it.",
        ),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option("--track", metavar="TRACK", help="Limit the plan to this track."),
    ] = None,
    album: Annotated[
        list[str] | None,
        typer.Option(
            "--album", metavar="ALBUM", help="Limit the plan to this album and its tracks."
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Save the plan as JSON.")
    ] = None,
    allow_removals: Annotated[
        bool, typer.Option("--allow-removals", help="Lift the guard against mass deletion.")
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Lift the guard against an emptied library.")
    ] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 4 when changes are pending.")
    ] = False,
) -> ExitCode:
    """Show what would bring each sink into agreement with the library.

    With no sink configured the plan is for a Notion that is empty. Applying plans comes with the
    Notion sink; until then this needs --dry-run.
    """
    from syncengine import bootstrap
    from syncengine.jobs.reconcile import Wishes

    if not dry_run:
        raise UsageError(
            "this version plans and does not apply yet", ["say --dry-run to see the plan"]
        )
    configured = bootstrap.configured_sinks(cli.settings)
    names = list(dict.fromkeys(sink or configured or ["notion"]))
    for name in names:
        if name == "folders":
            raise UsageError("this version has no folders sink yet; notion is the one there is")
        if name not in bootstrap.SINKS:
            raise UsageError(
                f"--sink {name!r} is not known; it is one of {', '.join(bootstrap.SINKS)}"
            )
    lifted = frozenset(
        name
        for name, given in (("mass-deletion", allow_removals), ("emptied-source", allow_empty))
        if given
    )
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        scope = _scope(unit, playlist or [], track or [], album or [])
        plan = bootstrap.plan_for(unit, cli.settings, names, cli.clock, Wishes(scope, lifted))
    return _answer(
        cli, plan, [n for n in names if n not in configured], out, detailed=detailed_exitcode
    )


def _answer(
    cli: CliContext, plan: Plan, not_configured: list[str], out: str | None, *, detailed: bool
) -> ExitCode:
    if out is not None:
        _save(plan, Path(out))
    if cli.json:
        cli.emit("plan", document(plan))
    else:
        show(cli, plan, not_configured)
    if out is not None:
        cli.say(f"the plan is in {out}")
    codes = [ExitCode.REFUSED] if plan.refused else []
    if detailed and not plan.empty:
        codes.append(ExitCode.PENDING)
    return first_of(codes)


def document(plan: Plan) -> dict[str, object]:
    """Return a plan as its JSON says it, without the head."""
    from syncengine.core import plan_file

    return {
        k: v for k, v in plan_file.document(plan).items() if k not in ("format_version", "kind")
    }


def show(cli: CliContext, plan: Plan, not_configured: Sequence[str]) -> None:
    """Show a plan so that a person can read it in ten seconds."""
    from syncengine.cli.plan_view import show_plan

    show_plan(plan, cli.terminal.data, not_configured=not_configured)


def _scope(unit: UnitOfWork, playlists: list[str], tracks: list[str], albums: list[str]) -> Scope:
    from syncengine.core.identity import parse_album, parse_track
    from syncengine.core.scope import Scope
    from syncengine.jobs.playlists import find_playlist

    track_keys, album_keys = [], []
    for text in tracks:
        if (key := parse_track(text)) is None:
            raise UsageError(f"--track {text!r} is no track: write its id, URI or URL")
        track_keys.append(key)
    for text in albums:
        if (album := parse_album(text)) is None:
            raise UsageError(f"--album {text!r} is no album: write its id, URI or URL")
        album_keys.append(album)
    records = unit.library.playlist_records() if playlists else []
    return Scope(
        frozenset(track_keys),
        frozenset(find_playlist(records, text).key for text in playlists),
        frozenset(album_keys),
    )


def _save(plan: Plan, path: Path) -> None:
    from syncengine.core.plan_file import to_json

    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(to_json(plan), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(f"{path}: the plan cannot be saved: {error.strerror}") from error
