"""``remediate``: what in Notion is missing, differs or is broken; and putting it right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.commands.reconcile import read_scope, require_configured
from syncengine.cli.consent import require_somebody
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.errors import UsageError, UserError

if TYPE_CHECKING:
    from syncengine.cli.remediating import Outcome, Wish

EXAMPLES = (
    "syncengine remediate",
    "syncengine remediate --offline --html mismatches.html",
    "syncengine remediate --fix --only Popularity --only ISRC",
    "syncengine remediate --api --playlist 'Road Trip' --csv mismatches.csv",
)
_STDOUT = "-"
_OFFLINE, _NOT_CONFIGURED = "--offline", "Notion is not configured"


def command(
    cli: CliContext,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Go by what Notion was last known to hold; do not ask it."),
    ] = False,
    api: Annotated[
        bool,
        typer.Option("--api", help="Compare with what Spotify says now, within the budget."),
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Plan what puts it right, ask, and do it.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="FIELD",
            help="Let --fix write only this property; Page, In trash and Removed at are some, too.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    table: Annotated[
        str | None,
        typer.Option("--csv", metavar="FILE", help="Save all as CSV; - is standard output."),
    ] = None,
    page: Annotated[
        str | None,
        typer.Option("--html", metavar="FILE", help="Save all as one HTML page."),
    ] = None,
    playlist: Annotated[
        list[str] | None,
        typer.Option(
            "--playlist", metavar="PLAYLIST", help="Limit it to this playlist and what is in it."
        ),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option("--track", metavar="TRACK", help="Limit it to this track."),
    ] = None,
    album: Annotated[
        list[str] | None,
        typer.Option("--album", metavar="ALBUM", help="Limit it to this album and its tracks."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also replace a file that no remediation wrote.")
    ] = False,
    allow_removals: Annotated[
        bool, typer.Option("--allow-removals", help="Lift the guard against mass deletion.")
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Lift the guard against an emptied library.")
    ] = False,
) -> ExitCode:
    """Compare Notion with the library: what is missing there, differs, is broken, doubled or of nothing.

    Nothing is written to Notion without --fix. What you decided to keep there is shown as yours.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import remediation, sinks
    from syncengine.cli.remediating import Wish
    from syncengine.jobs.reconcile import Wishes

    _check(cli, offline=offline, fix=fix, only=only, table=table, page=page)
    if not overwrite:
        _refuse_others(table, page)
    chosen = remediation.chosen_fields(cli.settings, only) if only else None
    if api:
        remediation.require_app(cli.settings)
    configured = sinks.configured_sinks(cli.settings)
    if fix:
        require_configured(["notion"], configured, "without --fix nothing is written there")
        require_somebody(cli, yes=yes)
    why = _OFFLINE if offline else "" if "notion" in configured else _NOT_CONFIGURED
    lifts = {"mass-deletion": allow_removals, "emptied-source": allow_empty}
    lifted = frozenset(name for name, given in lifts.items() if given)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with database.reading() as unit:
        scope = read_scope(unit, playlist or [], track or [], album or [])
    wish = Wish(Wishes(scope, lifted, only=chosen), why, api, fix, yes)
    outcome = _remediated(cli, wish)
    _answer(cli, wish, outcome, table, page)
    return outcome.code()


def _check(
    cli: CliContext,
    *,
    offline: bool,
    fix: bool,
    only: list[str] | None,
    table: str | None,
    page: str | None,
) -> None:
    """Raise UsageError for options that make no sense together."""
    if fix and offline:
        raise UsageError(
            "--fix writes to Notion, and --offline asks nothing of it: say one of them"
        )
    if only and not fix:
        raise UsageError("--only says what --fix may write: say --fix as well")
    if table == _STDOUT and (cli.json or fix):
        other = "--json" if cli.json else "--fix"
        raise UsageError(f"--csv - and {other} both write to standard output: name a file")
    for option, path in (("--csv", table), ("--html", page)):
        if path and path != _STDOUT and not Path(path).parent.is_dir():
            raise UsageError(f"{option} {path}: there is no such folder")


def _refuse_others(table: str | None, page: str | None) -> None:
    """Raise UserError for a file that is there already and that no remediation wrote."""
    from syncengine.cli.remediation_csv import is_ours as is_our_table
    from syncengine.cli.remediation_page import is_ours as is_our_page

    for path, is_ours in ((table, is_our_table), (page, is_our_page)):
        if not path or path == _STDOUT or not Path(path).exists():
            continue
        try:
            ours = Path(path).is_file() and is_ours(Path(path).read_bytes()[:4_096])
        except OSError:
            ours = False
        if not ours:
            raise UserError(
                f"{path} is there already and no remediation wrote it; choose another name, or say "
                "--overwrite"
            )


def _remediated(cli: CliContext, wish: Wish) -> Outcome:
    from syncengine import bootstrap
    from syncengine.cli.remediating import remediate_here, remediate_there
    from syncengine.cli.remediation_text import show_findings
    from syncengine.jobs.runs import recorded_run

    if wish.why_offline:
        return remediate_here(cli, bootstrap.open_database(cli.settings, cli.clock, cli.say), wish)
    shown = None if cli.json else partial(show_findings, cli)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as kept,
        recorded_run(kept.unit, cli.command, cli.clock) as run,
    ):
        return remediate_there(cli, kept, run, replace(wish, shown=shown))


def _answer(
    cli: CliContext, wish: Wish, outcome: Outcome, table: str | None, page: str | None
) -> None:
    """Print the result once, and save what is to be saved."""
    from syncengine.cli.remediation_csv import to_csv
    from syncengine.cli.remediation_document import document
    from syncengine.cli.remediation_page import to_page
    from syncengine.cli.remediation_text import show_findings, show_fixes
    from syncengine.cli.whole_file import write_whole

    if cli.json:
        cli.emit("remediation", document(outcome))
    elif table == _STDOUT:
        cli.terminal.write_data(to_csv(outcome).decode().removesuffix("\n"))
    else:
        if outcome.plan is None:  # else it was shown before the question
            show_findings(cli, outcome)
        show_fixes(cli, outcome)
    if table and table != _STDOUT:
        write_whole(Path(table), to_csv(outcome), "the table")
        cli.say(f"the table is in {table}")
    if page:
        write_whole(Path(page), to_page(outcome, cli.clock()), "the page")
        cli.say(f"the page is in {page}")
