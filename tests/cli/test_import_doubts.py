"""``import-csv``: files and rows that cannot be read, observations that cannot be true, dry runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import made_exports as made
from tests import schemas
from tests.builders import track
from tests.made_exports import Song, songs
from tests.shell import FIRST, FIRST_AT, SECOND, SECOND_AT, Shell


def test_a_file_that_is_no_export_is_set_aside_and_the_rest_goes_in(
    shell: Shell, tmp_path: Path
) -> None:
    made.write(tmp_path / "in/Good.csv", songs(1, 2))
    (tmp_path / "in/Bad.csv").write_text("name,price\ntea,3\n")
    (tmp_path / "in/Empty.csv").write_text("")
    (tmp_path / "in/Binary.csv").write_bytes(made.HEADER.encode() + b"\nspotify\xff\xfe\n")
    found = schemas.check("import", shell.json("import-csv", tmp_path / "in", code=8))
    files = {each["path"]: each for each in found["files"]}
    assert files["Good.csv"]["status"] == "imported"
    for name, line in (("Bad.csv", 1), ("Empty.csv", 1), ("Binary.csv", 2)):
        assert files[name]["status"] == "quarantined"
        assert files[name]["imported"] == 0
        assert any(f"line {line}: " in warning for warning in files[name]["warnings"])
    assert len(shell.library()) == 1
    status = schemas.check("status", shell.json("status"))
    folder = tmp_path / "in"
    assert {Path(each["path"]): each["line"] for each in status["quarantined"]} == {
        folder / "Bad.csv": 1, folder / "Binary.csv": 2, folder / "Empty.csv": 1
    }  # fmt: skip
    assert status["runs"][0]["exit_code"] == 8
    said = shell("import-csv", tmp_path / "in", code=8)
    assert "Bad.csv was set aside: line 1: " in said.err
    assert "1 unchanged, 3 quarantined" in said.out

    made.write(tmp_path / "in/Bad.csv", songs(7))
    for name in ("Empty.csv", "Binary.csv"):
        (tmp_path / "in" / name).unlink()
    shell("import-csv", tmp_path / "in")
    left = [Path(q["path"]).name for q in shell.json("status")["quarantined"]]
    assert left == ["Binary.csv", "Empty.csv"]
    made.write(tmp_path / "elsewhere/Empty.csv", songs(8))
    shell("import-csv", tmp_path / "elsewhere")
    assert len(shell.json("status")["quarantined"]) == 2


def test_nothing_importable_is_an_error(shell: Shell, tmp_path: Path) -> None:
    bad = tmp_path / "Bad.csv"
    bad.write_text("name,price\ntea,3\n")
    found = schemas.check("import", shell.json("import-csv", bad, code=1))
    assert found["snapshot"] is None
    assert found["files"][0]["status"] == "quarantined"
    assert "nothing was imported" in shell("import-csv", bad, code=1).out
    assert shell.json("history", "list")["snapshots"] == []


def test_nothing_importable_later_names_no_snapshot_it_did_not_make(
    shell: Shell, tmp_path: Path
) -> None:
    shell.import_sample()
    bad = tmp_path / "Bad.csv"
    bad.write_text("name,price\ntea,3\n")
    shell("import-csv", bad, code=1)
    assert len(shell.json("history", "list")["snapshots"]) == 2


def test_paths_without_exports_are_an_error(shell: Shell, tmp_path: Path) -> None:
    assert "no-such-folder" in shell.error("import-csv", tmp_path / "no-such-folder")
    (tmp_path / "empty").mkdir()
    assert "there is no *.csv" in shell.error("import-csv", tmp_path / "empty")
    assert not shell.path.exists()
    shell.error("import-csv", code=2)


def test_rejected_rows_are_warnings_with_their_line(shell: Shell, tmp_path: Path) -> None:
    file = made.write(tmp_path / "Mix.csv", [Song(1), made.BROKEN, Song(2), "just,three,cells"])
    found = schemas.check("import", shell.json("import-csv", file))
    assert found["files"][0]["status"] == "imported"
    assert [row["line"] for row in found["files"][0]["rejected"]][:1] == [3]
    assert found["totals"]["rejected"] == len(found["files"][0]["rejected"])
    assert found["totals"]["imported"] + found["totals"]["rejected"] == found["totals"]["rows"]
    other = Shell(tmp_path / "other.db", shell._capsys)
    said = other("import-csv", file)
    assert "Mix.csv, line 3: " in said.err
    assert "the row was left out" in said.err


def test_a_rejected_row_makes_an_observation_that_adds_and_never_removes(
    shell: Shell, tmp_path: Path
) -> None:
    made.write(tmp_path / "Mix.csv", songs(1, 2, 3))
    shell("import-csv", tmp_path / "Mix.csv")
    made.write(tmp_path / "Mix.csv", [*songs(1, 4), made.BROKEN], "2026-01-11T12:00:00Z")
    found = shell.json("import-csv", tmp_path / "Mix.csv")
    assert (found["totals"]["entries_added"], found["totals"]["entries_removed"]) == (1, 0)
    assert sorted(shell.entries("Mix")) == [track(n) for n in (1, 2, 3, 4)]
    made.write(tmp_path / "Mix.csv", songs(1, 4), "2026-01-12T12:00:00Z")
    shell("import-csv", tmp_path / "Mix.csv")
    assert shell.entries("Mix") == [track(1), track(4)]


# Suspects


@pytest.fixture
def collapsed(shell: Shell, tmp_path: Path) -> Path:
    """Import 60 songs and leave an export of 10 of them, a week later."""
    file = made.write(tmp_path / "Mix.csv", songs(*range(60)))
    shell("import-csv", file)
    return made.write(file, songs(*range(10)), "2026-01-17T12:00:00Z")


def test_a_suspect_is_kept_aside(shell: Shell, collapsed: Path) -> None:
    found = schemas.check("import", shell.json("import-csv", collapsed, code=8))
    assert found["files"][0]["status"] == "suspect"
    assert "--accept" in found["files"][0]["warnings"][0]
    assert len(shell.entries("Mix")) == 60
    assert shell.json("status")["suspect"] == [
        {"playlist": "Mix", "taken_at": "2026-01-17T12:00:00Z"}
    ]
    again = shell.json("import-csv", collapsed, code=8)
    assert again["files"][0]["status"] == "suspect"
    assert again["files"][0]["warnings"]
    assert again["snapshot"]["unchanged"] is True
    assert "suspect" in shell("status").out


@pytest.mark.parametrize("name", ["Mix", "csv:mix", "mix"])
def test_accept_lifts_a_suspect_at_once(shell: Shell, collapsed: Path, name: str) -> None:
    found = shell.json("import-csv", collapsed, "--accept", name)
    assert found["files"][0]["status"] == "imported"
    assert found["totals"]["entries_removed"] == 50
    assert len(shell.entries("Mix")) == 10
    assert shell.json("status")["suspect"] == []


def test_accept_lifts_a_suspect_of_an_earlier_run(shell: Shell, collapsed: Path) -> None:
    shell("import-csv", collapsed, code=8)
    found = schemas.check("import", shell.json("import-csv", collapsed, "--accept", "Mix"))
    assert found["files"][0]["status"] == "imported"
    assert found["totals"]["entries_removed"] == 50
    assert found["snapshot"]["taken_at"] == "2026-01-17T12:00:00Z"
    assert len(shell.entries("Mix")) == 10
    assert len(shell.entries("Mix", "2026-01-16")) == 60
    assert shell.json("status")["suspect"] == []
    again = shell.json("import-csv", collapsed)
    assert again["files"][0]["status"] == "unchanged"


def test_a_later_export_that_agrees_confirms_a_suspect(shell: Shell, collapsed: Path) -> None:
    shell("import-csv", collapsed, code=8)
    made.write(collapsed, songs(*range(10), 70), "2026-01-18T12:00:00Z")
    assert shell.json("import-csv", collapsed)["files"][0]["status"] == "imported"
    assert len(shell.entries("Mix")) == 11
    assert len(shell.entries("Mix", "2026-01-17")) == 10


def test_an_old_file_under_a_new_time_is_suspect(shell: Shell, tmp_path: Path) -> None:
    file = made.write(tmp_path / "Mix.csv", songs(1, 2))
    shell("import-csv", file)
    made.write(file, songs(1, 2, 3), "2026-01-11T12:00:00Z")
    shell("import-csv", file)
    made.write(file, songs(1, 2), "2026-01-12T12:00:00Z")
    found = shell.json("import-csv", file, code=8)
    assert found["files"][0]["status"] == "suspect"
    (warning,) = found["files"][0]["warnings"]
    assert "an older file came back under a newer time; give its own time" in warning
    assert len(shell.entries("Mix")) == 3
    assert shell.json("import-csv", file, "--taken-at", "2026-01-12T12:00:00Z", "--accept", "Mix")
    assert len(shell.entries("Mix")) == 2


def test_accepting_a_playlist_that_is_not_among_the_files_is_said(
    shell: Shell, collapsed: Path
) -> None:
    said = shell("import-csv", collapsed, "--accept", "Mixx", code=8)
    assert "Mixx" in said.err


# Dry runs


def traces(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_a_dry_run_keeps_nothing(shell: Shell, tmp_path: Path) -> None:
    before = traces(tmp_path)
    found = schemas.check(
        "import", shell.json("import-csv", FIRST, "--taken-at", FIRST_AT, "--dry-run")
    )
    assert found["dry_run"] is True
    assert found["totals"]["entries_added"] == 356
    assert traces(tmp_path) == before
    assert not shell.path.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    said = shell("import-csv", FIRST, "--taken-at", FIRST_AT, "--dry-run")
    assert said.out == (
        "would make a snapshot of 2026-01-04T18:00:00Z: 8 files (8 imported), 356 rows\n"
        "306 tracks are new; 356 entries came, 0 went\n"
        "written by exportify.net of 2025-07-27 (8 files)\n"
    )


def test_a_dry_run_says_what_the_run_does(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    listed = shell.json("history", "list"), shell.json("status"), shell.library()
    before = traces(tmp_path)
    would = shell.json("import-csv", SECOND, "--taken-at", SECOND_AT, "--dry-run")
    assert traces(tmp_path) == before
    assert (shell.json("history", "list"), shell.json("status"), shell.library()) == listed
    did = shell.json("import-csv", SECOND, "--taken-at", SECOND_AT)
    for each in (would, did):
        del each["totals"]["seconds"]
    assert would.pop("dry_run") is True
    assert did.pop("dry_run", False) is False
    assert would == did


def test_a_dry_run_of_nothing_new_says_so(shell: Shell) -> None:
    shell.import_sample()
    said = shell("import-csv", SECOND, "--taken-at", SECOND_AT, "--dry-run")
    assert "nothing new since snapshot 2" in said.out
