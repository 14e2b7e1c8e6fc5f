"""What is measured of the pace is measured at all; the figures themselves come with the full size."""

from __future__ import annotations

import json
from datetime import date

import pytest

from benchmarks import notion_pace
from benchmarks.measurements import MEASUREMENTS, chosen
from benchmarks.process import Cost
from benchmarks.report import as_document, figures


def test_every_figure_of_the_table_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--creates", "50", "--latency", "0.004", "--budget", "40", "--window", "1"]
    assert notion_pace.main([*small, "--start", "40"]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = json.loads(lines[-1])["within"]
    (row,) = chosen(["notion-pace"])
    assert set(found) == {each.name for each in row.within}
    assert lines[0].startswith("window 1: 40 of 40 let in")
    assert found["pace-early"] == 0


def test_figures_that_are_no_times_have_their_own_units() -> None:
    (row,) = chosen(["notion-pace"])
    found = {"pace-unused": 12.34, "pace-refused": 1.0, "pace-early": 0.0, "pace-seconds": 199.5}
    made = figures([row], {row.name: [Cost(200.0, 50.0, within=found)]})
    text = as_document(made, command="bench", rows=1, files=1, day=date(2026, 3, 1))
    assert "minute after the first | 12.3 % | 12.3 – 12.3 % |  |  | 10 % | NO |" in text
    assert "429s in the worst minute after the first | 1 | 1 – 1 |  |  | 1 | yes |" in text
    assert "had passed | 0 | 0 – 0 |  |  | 0 | yes |" in text
    assert "from the first to the last | 199.500 s |" in text


def test_the_table_names_each_figure_once() -> None:
    names = [each.name for row in MEASUREMENTS for each in row.within]
    assert len(set(names)) == len(names)
