"""The measurement of a merge measures every figure of the table: on a small one."""

from __future__ import annotations

import json

import pytest

from benchmarks import merge
from benchmarks.measurements import chosen


def test_every_figure_of_the_table_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--entries", "150", "--tracks", "220", "--runs", "1", "--kills", "1")
    assert merge.main(small) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["within"]
    (row,) = chosen(["merge"])
    assert set(found) == {each.name for each in row.within}
    assert found["writes"] == 4
    for name in ("wrong", "killed-wrong", "killed-twice", "again-writes"):
        assert found[name] == 0, name
