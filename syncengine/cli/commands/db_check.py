"""``db check``: is the database sound."""

from __future__ import annotations

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode

EXAMPLES = ("syncengine db check",)


def command(cli: CliContext) -> ExitCode:
    """Check that the database is sound: its pages, and that every reference leads somewhere."""
    from syncengine import bootstrap

    findings = bootstrap.open_database(cli.settings, cli.clock, cli.say).check()
    if cli.json:
        cli.emit("check", {"sound": not findings, "findings": findings})
    else:
        cli.line("\n".join(findings) or "the database is sound")
        if findings:
            cli.warn(
                "restore a backup (see syncengine db backup), or import your exports into a new one"
            )
    return ExitCode.ERROR if findings else ExitCode.DONE
