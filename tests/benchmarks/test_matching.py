"""What is measured of matching is measured at all; the figures themselves come with the full size."""

from __future__ import annotations

import json

import pytest

from benchmarks import matching
from benchmarks.measurements import chosen


def test_every_figure_of_the_table_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert matching.main(["--tracks", "300", "--files", "200", "--check"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["within"]
    (row,) = chosen(["matching"])
    assert set(found) == {each.name for each in row.within}
