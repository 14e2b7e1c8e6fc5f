"""``sync``: the cron job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, code_of, first_of
from syncengine.cli.text import counted

if TYPE_CHECKING:
    from syncengine.jobs.sync import Step, StepReport, Told
    from syncengine.storage.unit_of_work import Database

EXAMPLES = ("syncengine sync", "syncengine sync --json")
MANY = 1_000
"""New things in a sink from which on a person has to consent: they take hours."""


_NOTHING = (
    "nothing to do: SPOTIFY_CSV_BACKUP_PATH is not set, nobody is signed in to Spotify, and neither Notion "
    "nor the playlist folders are configured"
)


def command(
    cli: CliContext,
    yes: Annotated[
        bool, typer.Option("--yes", help="Make thousands of new pages without asking.")
    ] = False,
) -> ExitCode:
    """Import new exports, fetch if signed in, and bring the sinks up to date: the cron job.

    A step that fails keeps none of the others from its work. What a guard refuses is not touched. Before
    thousands of pages are made, it says how long that will take and asks; in cron it leaves them until
    you have run it once by hand, or with --yes.
    """
    from syncengine import bootstrap
    from syncengine.jobs.runs import recorded_run
    from syncengine.jobs.sync import sync

    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
        recorded_run(database.unit, cli.command, cli.clock) as run,
    ):
        reports = sync(list(_steps(cli, database, run.id, yes=yes)))
        run.exit_code = first_of(map(_code, reports))
        run.summary |= {each.name: int(_code(each)) for each in reports}
    for each in reports:
        if each.error is not None:
            cli.warn(f"{each.name}: {each.error}")
            for problem in getattr(each.error, "problems", ()):
                if problem not in str(each.error):
                    cli.warn(f"{each.name}: {problem}")
    if cli.json:
        cli.emit("sync", {"steps": [_document(each) for each in reports]})
    else:
        cli.line("; ".join(map(_words, reports)) or _NOTHING)
    return ExitCode(run.exit_code)


def _steps(cli: CliContext, database: Database, run: int, *, yes: bool) -> Iterator[Step]:
    from syncengine import bootstrap
    from syncengine.bootstrap import sinks
    from syncengine.jobs.sync import Step

    settings = cli.settings
    if settings.spotify_csv_backup_path is not None and settings.spotify_csv_backup_enabled:
        yield Step("import", lambda: _import(cli, database))
    if settings.spotify_client_id and bootstrap.sign_in_state(settings, cli.clock).signed_in:
        yield Step("fetch", lambda: _fetch(cli, database))
    for name in sinks.configured_sinks(settings):
        yield Step(f"reconcile {name}", partial(_reconcile, cli, database, run, [name], yes=yes))


def _code(report: StepReport) -> ExitCode:
    if report.told is not None:
        return ExitCode(report.told.code)
    code = ExitCode.DONE if report.error is None else code_of(report.error)
    # Wrong settings end a command before any work; of several steps, others have done theirs.
    return ExitCode.ERROR if code is ExitCode.USAGE else code


def _words(report: StepReport) -> str:
    if report.told is not None:
        return f"{report.name}: {report.told.words}"
    words = {ExitCode.LATER: "later", ExitCode.REFUSED: "refused"}
    return f"{report.name}: {words.get(_code(report), 'failed')}"


def _document(report: StepReport) -> dict[str, object]:
    told = dict(report.told.details) if report.told else {"message": str(report.error)}
    return {"step": report.name, "code": int(_code(report)), **told}


def _import(cli: CliContext, database: Database) -> Told:
    from syncengine import bootstrap
    from syncengine.jobs.import_csv import import_csv
    from syncengine.jobs.import_report import Options, exit_code
    from syncengine.jobs.sync import Told

    folder = cli.settings.spotify_csv_backup_path
    assert folder is not None  # noqa: S101 -- this step is taken only where there is one
    with cli.progress("importing") as steps:

        def progress(_done: int, total: int) -> None:
            steps.expect(total)
            steps.advance()

        report = import_csv(
            [folder],
            Options(keep_days=cli.settings.keep_csv_days),
            reader=bootstrap.export_reader(),
            open_unit=database.unit,
            raw_store=database.raw_store,
            clock=cli.clock,
            progress=progress,
        )
    for file in report.files:
        if file.status in ("quarantined", "suspect"):
            cli.warn(f"{file.path}: {file.status}: {' '.join(file.warnings)}")
    is_new = report.snapshot is not None and not report.snapshot.unchanged
    words = f"{report.entries_added:,} entries came, {report.entries_removed:,} went"
    details = {
        "snapshot": report.snapshot.id if report.snapshot else None,
        "entries_added": report.entries_added,
        "entries_removed": report.entries_removed,
    }
    return Told(exit_code(report), words if is_new else "nothing new", details)


def _fetch(cli: CliContext, database: Database) -> Told:
    from syncengine import bootstrap
    from syncengine.jobs.fetch import fetch
    from syncengine.jobs.fetch_report import FetchOptions, exit_code
    from syncengine.jobs.sync import Told

    with cli.progress("fetching"):
        report = fetch(
            FetchOptions(keep_days=cli.settings.keep_payload_days),
            calls=bootstrap.spotify_calls(cli.settings, database, cli.clock),
            make_service=bootstrap.spotify(cli.settings, cli.clock),
            raw_store=database.raw_store,
            file_keys=bootstrap.file_keys,
        )
    for note in report.notes:
        cli.warn(note)
    calls = sum(report.calls.values())
    is_new = report.snapshot is not None and not report.snapshot.unchanged
    came = f"{report.entries_added:,} entries came, {report.entries_removed:,} went"
    details = {
        "snapshot": report.snapshot.id if report.snapshot else None,
        "entries_added": report.entries_added,
        "entries_removed": report.entries_removed,
        "calls": calls,
    }
    words = f"{came if is_new else 'nothing new'}, {counted(calls, 'call')}"
    return Told(exit_code(report), words, details)


def _reconcile(
    cli: CliContext, database: Database, run: int, names: Sequence[str], *, yes: bool
) -> Told:
    from syncengine.cli.carrying_out import (
        conflict_document,
        conflict_lines,
        conflicts_of,
        failure_lines,
    )
    from syncengine.cli.reconciling import Order, reconcile_unwatched
    from syncengine.jobs.reconcile import NO_WISHES
    from syncengine.jobs.sync import Told

    order = Order(names, NO_WISHES, yes=yes)
    outcome = reconcile_unwatched(cli, database, run, order, may_create=MANY)
    parts, refusals, conflicts = [], [], []
    for name, plan in outcome.plan.sinks.items():
        for refusal in plan.refusals:
            refusals.append({"sink": name, "guard": refusal.guard, "message": refusal.message})
            cli.warn(f"{name.capitalize()}: refused ({refusal.guard}): {refusal.message}")
        report = outcome.reports[name]
        found = conflicts_of(plan)
        conflicts += [conflict_document(name, each) for each in found]
        for line in (*conflict_lines(found), *failure_lines(report.failed)):
            cli.warn(f"{name.capitalize()}: {line}")
        if report.stopped:
            cli.warn(f"{name.capitalize()}: stopped: {report.stopped}")
        counts = (
            (report.done, "done"),
            (len(report.failed), "failed"),
            (len(found), "in conflict"),
            (report.left, "left"),
        )
        said = ["refused"] if plan.refusals else []
        said += [f"{count:,} {words}" for count, words in counts if count]
        parts.append(", ".join(said) or "up to date")
    document = outcome.document
    details: dict[str, object] = {"refusals": refusals, "conflicts": conflicts}
    details |= {name: document[name] for name in ("doubles", "applied") if name in document}
    return Told(outcome.code(), "; ".join(parts), details)
