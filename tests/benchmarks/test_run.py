import resource
import shlex
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from benchmarks import floor
from benchmarks.generator import Library
from benchmarks.measurements import MEASUREMENTS, chosen
from benchmarks.process import CommandFailed, Cost, run
from benchmarks.report import as_document, as_lines, figures
from benchmarks.run import main, measure
from benchmarks.workshop import Size, Sizes, Workshop

STUB = """
import os, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls").open("a") as log:
    print(*sys.argv[1:], sorted(n for n in os.environ if n.startswith("SYNCENGINE_")), file=log)
if "reconcile" in sys.argv:
    sys.exit("the memory contradicts itself")
if "import-csv" in sys.argv:
    database = sys.argv[sys.argv.index("--db") + 1].removeprefix("sqlite:///")
    seen = pathlib.Path(database)
    days = seen.read_text().split() if seen.exists() else []
    days.append(pathlib.Path(sys.argv[-1]).name)
    seen.write_text(" ".join(days))
    print("imported", *days, file=(here / "calls").open("a"))
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    (tmp_path / "stub.py").write_text(STUB)
    # -S: the stub needs no site-packages, and starts in half the time.
    return shlex.join([sys.executable, "-I", "-S", str(tmp_path / "stub.py")])


def table(limits: Sequence[str] = ()) -> dict[str, list[Cost]]:
    slow = dict.fromkeys(limits, 10.0)
    return {each.name: [Cost(slow.get(each.name, 0.1), 20.0)] * 3 for each in MEASUREMENTS}


def test_the_floor_holds_every_row(tmp_path: Path) -> None:
    library = Library(seed=1, rows=500, playlists=6)
    library.write(tmp_path / "export")
    assert floor.load(tmp_path / "export", tmp_path / "flat.db") == 500
    with closing(sqlite3.connect(tmp_path / "flat.db")) as connection:
        columns = connection.execute("SELECT * FROM entry").description
        rows = connection.execute("SELECT count(*) FROM entry").fetchone()
    assert (len(columns), rows) == (24, (500,))


def test_every_measurement_stands_beside_one_before_it() -> None:
    names = [each.name for each in MEASUREMENTS]
    assert len(set(names)) == len(names)
    for place, each in enumerate(MEASUREMENTS):
        assert each.beside is None or each.beside in names[:place]
        assert each.times is None or each.beside


def test_a_chosen_measurement_brings_what_it_stands_beside() -> None:
    assert [each.name for each in chosen(["reimport"])] == ["sqlalchemy", "status", "reimport"]
    assert chosen([]) == list(MEASUREMENTS)


def test_every_run_starts_from_the_same_library_and_clean_settings(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCENGINE_DATABASE_URL", "sqlite:///precious.db")
    alone = [each for each in MEASUREMENTS if each.name == "second-day"]
    workshop = Workshop(tmp_path / "shop", Sizes(Size(rows=100, playlists=3)), shlex.split(program))
    results = measure(alone, workshop, runs=1)
    calls = (tmp_path / "calls").read_text().splitlines()
    imported = [line for line in calls if line.startswith("imported")]
    assert imported == ["imported day-000", *["imported day-000 day-001"] * 2]
    assert all(line.endswith("[]") for line in calls if "import-csv" in line)
    assert {name: len(costs) for name, costs in results.items()} == {"second-day": 1}


def test_a_chosen_figure_is_printed(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--only", "version", "--program", program]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "median", "spread", "peak", "ratio", "aim"]
    assert row.startswith("version")


def test_a_failing_command_stops_the_bench_and_says_why(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--quick", "--only", "version", "--program", f"{program} reconcile"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "exit code 1" in said.err
    assert "the memory contradicts itself" in said.err


def test_a_failed_process_shows_what_it_said(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", "-c", "import sys; print('out'); sys.exit('err')"]
    with pytest.raises(CommandFailed, match=r"exit code 1: (.|\n)*out\nerr"):
        run(command, cwd=tmp_path, env={})


def test_the_peak_is_that_of_the_whole_process(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", "-c", "b'x' * 150_000_000"]
    cost = run(command, cwd=tmp_path, env={})
    # A child starts with its parent's peak, and the process of the tests may be a large one.
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1_000_000
    assert 150 < cost.megabytes < max(250, ours + 1)
    assert 0 < cost.seconds < 60


def test_figures_are_medians_beside_their_floor() -> None:
    results = table()
    results["floor"] = [Cost(seconds, 30.0) for seconds in (0.1, 0.3, 0.2)]
    results["import"] = [Cost(seconds, 160.0) for seconds in (0.9, 1.0, 4.0)]
    made = {each.measurement.name: each for each in figures(MEASUREMENTS, results)}
    assert made["import"].seconds == 1.0
    assert made["import"].ratio == pytest.approx(5.0)
    assert (made["import"].low, made["import"].high) == (0.9, 4.0)
    assert made["import"].met is False  # quick enough, too large
    assert made["floor"].met is None
    assert made["version"].met is True


def test_the_document_names_figures_units_and_nothing_of_the_machine(tmp_path: Path) -> None:
    made = figures(MEASUREMENTS, table(["version"]))
    text = as_document(made, command="bench", rows=20_000, files=133, day=date(2026, 3, 1))
    assert "2026-03-01" in text
    assert "20,000 rows in 133 files" in text
    assert "| `--version` | 10.000 s | 10.000 – 10.000 s | 20 MB |  | 0.25 s | NO |" in text
    assert "syncengine --db URL import-csv DAY-000" in text
    assert str(Path.home()) not in text
    assert sys.executable not in text
    assert len(as_lines(made)) == 1 + len(MEASUREMENTS)


def test_what_a_process_measures_of_itself_becomes_rows(tmp_path: Path) -> None:
    program = 'print(\'talk\'); print(\'{"within": {"by-id": 0.0002, "search": 0.5}}\')'
    cost = run([sys.executable, "-I", "-S", "-c", program], cwd=tmp_path, env={})
    assert cost.within == {"by-id": 0.0002, "search": 0.5}
    made = figures(MEASUREMENTS, table() | {"lookups": [cost] * 3})
    rows = {each.measurement.name: each for each in made}
    assert (rows["lookups:by-id"].met, rows["lookups:search"].met) == (True, False)
    assert "lookups:by-name" not in rows  # it told nothing of that
    text = as_document(made, command="bench", rows=20_000, files=133, day=date(2026, 3, 1))
    assert "| – a lookup by id | 0.20 ms | 0.20 – 0.20 ms |  |  | 0.4 ms | yes |" in text
