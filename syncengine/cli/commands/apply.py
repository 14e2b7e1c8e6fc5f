"""``apply``: do exactly what a saved plan says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.commands.reconcile import check_limit, require_configured
from syncengine.cli.consent import require_somebody
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.reconciling import apply_saved
from syncengine.errors import UserError

if TYPE_CHECKING:
    from syncengine.core.plan import Plan

EXAMPLES = (
    "syncengine apply plan.json",
    "syncengine apply plan.json --limit 1000 --yes",
)


def command(
    cli: CliContext,
    plan: Annotated[str, typer.Argument(metavar="PLAN.json", help="What --out has saved.")],
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", help="Create no more than N things; the rest is left."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> ExitCode:
    """Do exactly what a saved plan says, or refuse because the library moved on since.

    What an earlier run did of the plan is not done again.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import sinks
    from syncengine.jobs.runs import recorded_run

    check_limit(limit)
    saved = _read(Path(plan))
    configured = sinks.configured_sinks(cli.settings)
    require_configured(list(saved.sinks), configured)
    require_somebody(cli, yes=yes)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
        recorded_run(database.unit, cli.command, cli.clock) as run,
    ):
        outcome = apply_saved(cli, database, run.id, saved, yes=yes, limit=limit)
        run.exit_code = outcome.code()
        run.summary |= outcome.summary
    if cli.json:
        cli.emit("apply", outcome.applied)
    return ExitCode(run.exit_code)


def _read(path: Path) -> Plan:
    from syncengine.core.plan_file import from_json

    try:
        return from_json(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: the plan cannot be read: {error.strerror or error}") from error
    except UserError as error:
        raise UserError(f"{path}: {error}", error.problems) from error
