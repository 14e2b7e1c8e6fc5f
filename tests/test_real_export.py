"""A real library, where there is one: it imports whole, and its export says every cell again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.adapters.exports import Exports
from syncengine.adapters.exports.reader import Export
from syncengine.core.moment import Instant
from syncengine.core.ports import Quarantined, SeenRow
from syncengine.core.track import Claim
from tests.shell import Shell

_PLACE = os.environ.get("SYNCENGINE_TEST_EXPORT", "")
FOLDER = Path(_PLACE).resolve()

pytestmark = pytest.mark.skipif(
    not _PLACE or not FOLDER.is_dir(),
    reason="SYNCENGINE_TEST_EXPORT names no folder with a real export",
)
TypedRow = tuple[Claim, Instant | None, str | None, int | None]


def typed_rows(folder: Path) -> Iterator[tuple[str, list[TypedRow]]]:
    """Yield each file's rows as typed values: the claim, added at, added by, popularity."""
    reader = Exports()
    for file in reader.find([folder]):
        assert not isinstance(file, Quarantined), file
        parsed = reader.parse(file, file.read())
        assert isinstance(parsed, Export), file
        rows = []
        for row in parsed.rows():
            assert isinstance(row, SeenRow), row
            rows.append((parsed.claim(row), row.added_at, row.added_by, row.popularity))
        yield file.path, rows


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real") / "export"
    shutil.copytree(FOLDER, folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def test_it_imports_whole_and_its_export_changes_nothing(
    shell: Shell, copy: Path, tmp_path: Path
) -> None:
    first = shell.json("import-csv", copy)
    files = len([path for path in copy.rglob("*") if path.suffix.lower() == ".csv"])
    assert {each["status"] for each in first["files"]} == {"imported"}
    totals = first["totals"]
    assert (totals["files"], totals["rejected"]) == (files, 0)
    assert totals["imported"] == totals["rows"] == sum(len(r) for _, r in typed_rows(copy))

    before, known = shell.library(), shell.json("tracks")
    again = shell.json("import-csv", copy)
    assert again["snapshot"]["unchanged"] is True
    assert {each["status"] for each in again["files"]} == {"unchanged"}

    shell("export", tmp_path / "out")
    back = shell.json("import-csv", tmp_path / "out")
    for name in ("rejected", "tracks_new", "entries_added", "entries_removed"):
        assert back["totals"][name] == 0
    assert shell.library() == before
    assert shell.json("tracks") == known
    assert shell("db", "check").out == "the database is sound\n"

    other = Shell(tmp_path / "other.db", shell._capsys)
    other("import-csv", tmp_path / "out")
    assert other.library() == before


def test_every_cell_survives_as_a_typed_value(shell: Shell, copy: Path, tmp_path: Path) -> None:
    shell("import-csv", copy)
    shell("export", tmp_path / "out")
    theirs, ours = dict(typed_rows(copy)), dict(typed_rows(tmp_path / "out"))
    assert ours.keys() == theirs.keys()
    differing = [
        (name, old, new)
        for name, rows in theirs.items()
        for old, new in zip(rows, ours[name], strict=True)
        if old != new
    ]
    assert differing == []
