"""``demo``: the main job on the bundled sample library."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from syncengine.cli import reconciling
from syncengine.cli.commands import history_diff, import_csv
from syncengine.cli.context import CliContext
from syncengine.core.moment import Instant, parse_utc

if TYPE_CHECKING:
    from syncengine.core.ports import Clock
    from syncengine.jobs.import_report import ImportReport
    from syncengine.storage.unit_of_work import Database

EXAMPLES = ("syncengine demo",)
EXPORTS = ("2026-01-04", "2026-02-15")


def command(cli: CliContext) -> None:
    """Run the main job on a made-up library, in a temporary database: import, what changed, the plan."""
    from syncengine.bootstrap import sinks
    from syncengine.jobs.history import diff_between
    from syncengine.storage.unit_of_work import Database

    with TemporaryDirectory(prefix="syncengine-demo-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'library.db'}", cli.clock)
        moments = [parse_utc(f"{day}T18:00:00Z") for day in EXPORTS]
        reports = []
        for day, moment in zip(EXPORTS, moments, strict=True):
            reports.append(_import(database, day, moment, cli.clock))
            if not cli.json:
                cli.line(f"$ syncengine import-csv {day}/")
                import_csv.show(cli, reports[-1], dry_run=False)
                cli.line()
        with database.reading() as unit:
            found = diff_between(unit, "1", "2")
            plan = sinks.plan_for(unit, cli.settings, ["notion"], cli.clock)
    if cli.json:
        cli.emit("demo", {
            "imports": [import_csv.document(report, 0.0) for report in reports],
            "diff": history_diff.document(found),
            "plan": reconciling.document(plan),
        })  # fmt: skip
        return
    cli.line("$ syncengine history diff 1 2")
    history_diff.show(cli, found)
    cli.line()
    cli.line("$ syncengine reconcile --dry-run")
    reconciling.show(cli, plan, ["notion"])


def _import(database: Database, day: str, moment: Instant, clock: Clock) -> ImportReport:
    from syncengine import bootstrap
    from syncengine.jobs.import_csv import import_csv as run
    from syncengine.jobs.import_report import Options

    with as_file(files("syncengine") / "sample" / day) as folder:
        return run(
            [folder],
            Options(taken_at=moment),
            reader=bootstrap.export_reader(),
            open_unit=database.unit,
            raw_store=database.raw_store,
            clock=clock,
        )
