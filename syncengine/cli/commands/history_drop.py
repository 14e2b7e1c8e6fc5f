"""``history drop``: forget a snapshot that was imported by mistake."""

from __future__ import annotations

from typing import Annotated

import typer

from syncengine.cli.consent import ask
from syncengine.cli.context import CliContext
from syncengine.errors import UsageError

EXAMPLES = ("syncengine history drop 7",)


def command(
    cli: CliContext,
    snapshot: Annotated[
        str, typer.Argument(metavar="SNAPSHOT", help="Its id, as history list shows it.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a snapshot that was imported by mistake.

    History is as if it had never been; its files stay in the raw store.
    """
    from syncengine import bootstrap
    from syncengine.jobs.drop import drop_snapshot

    if not snapshot.isdigit():
        raise UsageError(f"{snapshot!r} is no snapshot id; syncengine history list shows them")
    ask(cli, f"Forget snapshot {snapshot} and everything only it says?", yes=yes)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with bootstrap.writing(cli.settings, cli.clock, cli.command):
        observations = drop_snapshot(database.unit, int(snapshot), clock=cli.clock)
    if cli.json:
        cli.emit("drop", {"snapshot": int(snapshot), "observations": observations})
    else:
        cli.line(f"snapshot {snapshot} is forgotten ({observations} observations)")
