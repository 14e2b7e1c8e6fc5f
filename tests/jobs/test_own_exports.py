"""What an export wrote is no observation; and other ways in which nothing, or something, is new."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.shell import FIRST, FIRST_AT, SECOND, SECOND_AT, Shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "library.db", capsys)


@pytest.mark.parametrize("dialect", ["exportify.net", "exportify.app"])
def test_an_export_that_comes_back_changes_nothing(
    shell: Shell, tmp_path: Path, dialect: str
) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    shell("export", tmp_path / "out", "--dialect", dialect)
    found = shell.json("import-csv", tmp_path / "out")
    assert {file["status"] for file in found["files"]} == {"unchanged"}
    assert found["snapshot"]["unchanged"]
    shell("import-csv", SECOND, "--taken-at", SECOND_AT)
    changes = shell.json("history", "diff", "1", "latest")
    plain = Shell(tmp_path / "plain.db", shell._capsys)
    plain.import_sample()
    assert changes["playlists"] == plain.json("history", "diff", "1", "2")["playlists"]
    assert changes["tracks"] == plain.json("history", "diff", "1", "2")["tracks"]


def test_an_export_never_writes_over_a_file_that_no_export_wrote(
    shell: Shell, tmp_path: Path
) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    mine = tmp_path / "out" / "Liked_Songs.csv"
    mine.parent.mkdir()
    mine.write_text("my own notes")
    assert "--overwrite" in shell.error("export", mine.parent)
    assert [path.name for path in mine.parent.rglob("*")] == ["Liked_Songs.csv"]
    assert mine.read_text() == "my own notes"
    shell("export", mine.parent, "--overwrite")
    shell("export", mine.parent, "--at", "1")
    assert mine.read_text() != "my own notes"


def test_one_file_twice_is_one_observation(shell: Shell, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        shutil.copy(FIRST / "Liked_Songs.csv", tmp_path / "in" / folder)
    found = shell.json("import-csv", tmp_path / "in", "--taken-at", FIRST_AT)
    assert [file["status"] for file in found["files"]] == ["imported", "unchanged"]
    assert len(shell.json("playlists")["playlists"]) == 1


def test_a_rename_without_edits_is_news(shell: Shell, tmp_path: Path) -> None:
    old, new = tmp_path / "Old_Name.csv", tmp_path / "New_Name.csv"
    shutil.copy(FIRST / "spotify_playlists" / "Kettle_Songs.csv", old)
    shutil.copy(old, new)
    shell("import-csv", old, "--taken-at", FIRST_AT)
    found = shell.json("import-csv", new, "--taken-at", SECOND_AT)
    assert not found["snapshot"]["unchanged"]
    assert len(found["joins"]) == 1
    assert len(shell.json("history", "list")["snapshots"]) == 2
    [change] = shell.json("history", "diff", "1", "2")["playlists"]
    assert (change["status"], change["renamed_from"]) == ("renamed", "Old Name")


def test_a_whole_library_names_what_ended(shell: Shell) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    liked = FIRST / "Liked_Songs.csv"
    said = shell("import-csv", liked, "--taken-at", SECOND_AT, "--whole-library")
    assert "Kettle Songs ended" in said.err
    assert [p["playlist"] for p in shell.json("history", "at", "latest")["playlists"]] == [
        "Liked Songs"
    ]


def test_a_file_older_than_its_snapshot_is_known_by_it(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for day, name in enumerate(("Kettle_Songs.csv", "Slow_Elevators.csv")):
        shutil.copy(FIRST / "spotify_playlists" / name, folder)
        at = 1_775_000_000 + day * 86_400
        os.utime(folder / name, (at, at))
    shell("import-csv", folder)
    found = shell.json("import-csv", folder / "Kettle_Songs.csv")
    assert (found["snapshot"]["id"], found["snapshot"]["unchanged"]) == (1, True)


def test_a_failed_run_says_how_it_ended(shell: Shell, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("no export\n")
    shell("import-csv", bad, code=1)
    assert [run["exit_code"] for run in shell.json("status")["runs"]] == [1]


def test_reading_makes_no_database(shell: Shell) -> None:
    for line in (["status"], ["history", "list"], ["playlists"], ["reconcile", "--dry-run"]):
        shell(*line)
    assert not shell.path.exists()
