"""``notion check``: look whether Notion is ready for a sync."""

from __future__ import annotations

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode

EXAMPLES = ("syncengine notion check", "syncengine notion check --json")


def command(cli: CliContext) -> ExitCode:
    """Look whether Notion is ready for a sync; nothing is changed.

    Ends with 1 where something would stop a sync; the rest is worth knowing.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import notion, sinks
    from syncengine.cli.setup_view import document, finding_lines

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)

    def creates() -> int:
        with database.reading() as unit:
            plan = sinks.plan_for(unit, cli.settings, ["notion"], cli.clock)
        return plan.sinks["notion"].summary.create

    with cli.progress("asking Notion") as steps:
        report = notion.check(cli.settings, database, cli.clock, creates, steps.describe)
    if cli.json:
        cli.emit("notion-check", {"ready": not report.stopped, **document(report)})
    else:
        for line in finding_lines(report.findings):
            cli.line(line)
        cli.line("not ready" if report.stopped else "ready")
    return ExitCode.ERROR if report.stopped else ExitCode.DONE
