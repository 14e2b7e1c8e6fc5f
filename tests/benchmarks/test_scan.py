"""What is measured of scans is measured at all; the figures themselves come with the full size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import scan
from benchmarks.measurements import chosen


def test_every_figure_of_the_table_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan.main([f"sqlite:///{tmp_path / 'library.db'}", "--files", "60"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["within"]
    (row,) = chosen(["scan"])
    assert set(found) == {each.name for each in row.within}
    assert all(value > 0 for value in found.values())
