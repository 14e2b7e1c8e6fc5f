"""What is measured of playlist folders is measured at all; the figures come with the full size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import folders
from benchmarks.measurements import chosen
from tests.shell import Shell


def test_every_figure_of_the_table_is_measured(
    shell: Shell,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    shell.import_sample()
    monkeypatch.setattr(folders, "_ROUNDS", 1)
    assert folders.main([shell.url, "--files", "12"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["within"]
    (row,) = chosen(["folders"])
    assert set(found) == {each.name for each in row.within}
    assert all(value > 0 for value in found.values())
