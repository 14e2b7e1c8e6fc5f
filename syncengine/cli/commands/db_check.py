"""``db check``: is the database sound."""

from __future__ import annotations

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.errors import UserError

EXAMPLES = ("syncengine db check",)


def command(cli: CliContext) -> ExitCode:
    """Check that the database is sound: its pages, and that every reference leads somewhere."""
    from syncengine import bootstrap

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    if not database.exists:
        raise UserError(f"there is no database at {database.path}")
    findings = database.check()
    if cli.json:
        cli.emit("check", {"sound": not findings, "findings": findings})
    else:
        for finding in findings or ["the database is sound"]:
            cli.line(finding)
        if findings:
            cli.warn(
                "restore a backup (see syncengine db backup), or import your exports into a new one"
            )
    return ExitCode.ERROR if findings else ExitCode.DONE
