"""What is measured of lookups is measured at all; the figures themselves come with the full size."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import lookups
from benchmarks.generator import Library as Made
from benchmarks.measurements import MEASUREMENTS
from syncengine import Library
from tests.builders import NOW


def test_every_figure_of_the_table_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Made(seed=1, rows=300, playlists=4).write(tmp_path / "export")
    url = f"sqlite:///{tmp_path / 'library.db'}"
    with Library(url, clock=lambda: NOW) as library:
        library.import_csv(tmp_path / "export")
    assert lookups.main([url, "--rounds", "20"]) == 0
    said = capsys.readouterr().out
    names = [each.name for row in MEASUREMENTS if row.name == "lookups" for each in row.within]
    assert all(f'"{name}"' in said.splitlines()[-1] for name in names)
