"""What is measured of enrichment is measured at all; the figures come with the full size."""

from __future__ import annotations

import json

import pytest

from benchmarks import enriching
from benchmarks.measurements import chosen


def test_every_figure_of_the_table_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enriching, "_ROUNDS", 1)
    assert enriching.main(["--tracks", "200"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["within"]
    (row,) = chosen(["enriching"])
    assert set(found) == {each.name for each in row.within}
    assert all(value > 0 for value in found.values())
