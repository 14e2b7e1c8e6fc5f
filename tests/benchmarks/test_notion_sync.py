"""What is measured of a library in Notion is measured at all; the times come with the full size."""

from __future__ import annotations

import json

import pytest

from benchmarks import notion_sync
from benchmarks.measurements import chosen


def test_every_figure_of_the_table_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert notion_sync.main(["--tracks", "120", "--rounds", "1"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["within"]
    (row,) = chosen(["notion-sync"])
    assert set(found) == {each.name for each in row.within}
    assert found["first-pages"] > 200
    assert found["little-writes"] > 0
    assert found["first-beyond"] <= 20
    for name in ("first-twice", "same-requests", "drift-writes"):
        assert found[name] == 0, name
    for name in ("lost-creates", "lost-doubles"):
        assert found[name] == 0, name
