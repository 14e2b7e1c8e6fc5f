"""No query per row: with ten times the rows, a job sends a few statements more for every chunk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncengine import bootstrap
from syncengine.adapters.notion.sink import NotionSink
from syncengine.core.plan import Base
from syncengine.jobs.export import export_library
from syncengine.jobs.history import diff_between, library_at
from syncengine.jobs.import_csv import import_csv
from syncengine.jobs.import_report import ImportReport, Options
from syncengine.jobs.reconcile import plan_reconcile
from syncengine.jobs.trends import trends
from syncengine.storage.bulk import BATCH, CHUNK
from syncengine.storage.unit_of_work import Database
from tests import processes
from tests.builders import NOW
from tests.statements import counting

FILES = 12
FEW, MANY = 400, 4_000
CHUNKED = 6
"""How many look-ups an import makes of the same set of rows, chunk by chunk."""
LOOKUPS = 4
"""The same for a question: keys, and the facts by group."""
START, END = "2025-01-01T23:59:59Z", "2025-01-02T23:59:59Z"


def take(database: Database, folder: Path) -> ImportReport:
    return import_csv(
        [folder],
        Options(),
        reader=bootstrap.export_reader(),
        open_unit=database.unit,
        raw_store=database.raw_store,
        clock=lambda: NOW,
    )


def count_all(folder: Path, rows: int) -> dict[str, int]:
    """Return how many statements each job sends for a library of so many rows."""
    days = processes.write_exports(folder / "exports", rows, FILES)
    database = Database(f"sqlite:///{folder / 'library.db'}", lambda: NOW)
    with database.unit():
        pass

    def at(unit: Any) -> object:
        return library_at(unit, START)

    def diff(unit: Any) -> object:
        return diff_between(unit, START, END)

    def export(unit: Any) -> object:
        return export_library(
            library_at(unit, START),
            folder / "out",
            suffix="csv",
            render=bootstrap.export_writer("csv", "exportify.net"),
            safe_stem=bootstrap.safe_stem,
            is_ours=lambda _digest: False,
        )

    def plan(unit: Any) -> object:
        return plan_reconcile(
            catalog=unit.catalogue,
            base=Base(None, ""),
            agreements=unit.agreed,
            sinks=[NotionSink()],
            clock=lambda: NOW,
        )

    found: dict[str, int] = {}
    for name, day in (("import", 0), ("import again", 0), ("next day", 1)):
        with counting() as sent:
            take(database, days[day])
        found[name] = len(sent)
    questions: dict[str, Callable[[Any], object]] = {
        "at": at, "diff": diff, "export": export, "plan": plan, "trends": trends
    }  # fmt: skip
    for name, ask in questions.items():
        with database.reading() as unit, counting() as sent:
            ask(unit)
        found[name] = len(sent)
    return found


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], dict[str, int]]:
    few, many = (count_all(tmp_path_factory.mktemp(str(rows)), rows) for rows in (FEW, MANY))
    return few, many


def test_a_first_import_grows_by_chunks(counts: tuple[dict[str, int], dict[str, int]]) -> None:
    few, many = counts
    more_chunks = (MANY - FEW) // CHUNK + (MANY - FEW) // BATCH + 1
    assert many["import"] - few["import"] <= CHUNKED * more_chunks
    assert many["import"] < MANY // 10


def test_importing_again_asks_once_a_file(counts: tuple[dict[str, int], dict[str, int]]) -> None:
    few, many = counts
    assert many["import again"] == few["import again"] <= 6 * FILES


def test_the_next_day_grows_by_chunks_of_what_is_in_changed_files(
    counts: tuple[dict[str, int], dict[str, int]],
) -> None:
    few, many = counts
    assert many["next day"] - few["next day"] <= CHUNKED * ((MANY - FEW) // CHUNK + 1)


@pytest.mark.parametrize("job", ["at", "diff", "export", "plan", "trends"])
def test_questions_ask_for_whole_sets(
    counts: tuple[dict[str, int], dict[str, int]], job: str
) -> None:
    few, many = counts
    assert many[job] - few[job] <= LOOKUPS * ((MANY - FEW) // CHUNK + 1)
    assert few[job] < 60
