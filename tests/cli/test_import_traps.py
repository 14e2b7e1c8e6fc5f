"""Exports that look whole and are not, or new and are not: what a tired person's folder holds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from syncengine.core.moment import Instant, parse_utc
from tests.builders import DAY
from tests.shell import FIRST, FIRST_AT, SECOND_AT, Shell

KETTLE = FIRST / "spotify_playlists" / "Kettle_Songs.csv"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "library.db", capsys)


@pytest.mark.parametrize("cells", [1, 5, 9, 13, 20])
def test_a_file_that_was_cut_off_takes_nothing_away(
    shell: Shell, tmp_path: Path, cells: int
) -> None:
    shell("import-csv", KETTLE, "--taken-at", FIRST_AT)
    lines = KETTLE.read_text(encoding="utf-8").splitlines(keepends=True)
    cut = tmp_path / KETTLE.name
    cut.write_text("".join(lines[:-6]) + ",".join(lines[-6].split(",")[:cells]), encoding="utf-8")
    found = shell.json("import-csv", cut, "--taken-at", SECOND_AT)
    assert found["totals"]["entries_removed"] == 0
    assert len(found["files"][0]["rejected"]) == 1
    assert "takes nothing" in " ".join(found["files"][0]["warnings"])
    assert shell.json("history", "diff", "1", "latest")["tracks"] == []


def test_a_zip_that_cannot_be_read_ends_no_playlist(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    broken = tmp_path / "half.zip"
    broken.write_bytes(b"PK\x03\x04 half a download")
    liked = FIRST / "Liked_Songs.csv"
    said = shell("import-csv", broken, liked, "--whole-library", "--taken-at", SECOND_AT, code=8)
    assert "none was ended" in said.err
    assert len(shell.json("history", "at", "latest")["playlists"]) == 8


def test_an_old_copy_does_not_bring_an_ended_playlist_back(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    liked = FIRST / "Liked_Songs.csv"
    shell("import-csv", liked, "--whole-library", "--taken-at", SECOND_AT)
    copy = tmp_path / KETTLE.name
    shutil.copy(KETTLE, copy)
    later = parse_utc(SECOND_AT) + DAY
    os.utime(copy, (later, later))
    assert shell.json("import-csv", copy, code=8)["files"][0]["status"] == "suspect"
    assert len(shell.json("history", "at", "latest")["playlists"]) == 1


def test_an_overruled_export_of_the_same_moment_says_so(shell: Shell, tmp_path: Path) -> None:
    lines = KETTLE.read_text(encoding="utf-8").splitlines(keepends=True)
    shorter = tmp_path / KETTLE.name
    shorter.write_text("".join(lines[:-1]), encoding="utf-8")
    told = []
    for path in (KETTLE, shorter, KETTLE):
        report = shell.json("import-csv", path, "--taken-at", FIRST_AT)["files"][0]
        told.append("stays in force" in " ".join(report["warnings"]))
    one_wins = Shell(tmp_path / "other.db", shell._capsys)
    for path in (shorter, KETTLE):
        report = one_wins.json("import-csv", path, "--taken-at", FIRST_AT)["files"][0]
        told.append("stays in force" in " ".join(report["warnings"]))
    assert sum(told) == 1
    assert shell.entries("Kettle Songs") == one_wins.entries("Kettle Songs")


def test_a_time_to_come_is_pointed_out(shell: Shell) -> None:
    said = shell("import-csv", KETTLE, "--taken-at", "2062-01-10T10:00Z")
    assert "yet to come" in said.err
    shell.now = Instant(parse_utc("2063-01-01"))
    assert "yet to come" not in shell("import-csv", KETTLE, "--taken-at", "2062-02-10T10:00Z").err


def test_a_copied_export_of_ours_is_still_ours(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    shell("export", tmp_path / "out", "--dialect", "exportify.app")
    shutil.copytree(tmp_path / "out", tmp_path / "copy", copy_function=shutil.copyfile)
    found = shell.json("import-csv", tmp_path / "copy")
    assert {file["status"] for file in found["files"]} == {"unchanged"}
    assert found["totals"]["entries_added"] == found["totals"]["entries_removed"] == 0
