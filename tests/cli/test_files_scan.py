"""``files scan``: what it counts, what it lists, and how it ends."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from syncengine import bootstrap
from syncengine.config import Settings
from tests import schemas
from tests.audio import make, retag
from tests.builders import NOW, track
from tests.filing_house import House, song
from tests.shell import Shell


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(tmp_path)
    house.library(Mix=[song(1, "Kettle Waltz"), song(2, "Brass for Breakfast")])
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", str(house.music))
    return house


def counts(found: dict[str, object]) -> list[object]:
    return [found[name] for name in ("files", "new", "changed", "moved", "gone", "repeated")]


def test_it_counts_what_is_there_and_what_it_is_of(house: House, shell: Shell) -> None:
    kettle = house.file("a.mp3", 1, "Kettle Waltz")
    house.file("b.mp3", 2, "Brass for Breakfast (Live)")
    gone = house.file("c.mp3", 3, "Quite Another Thing", "Nobody")
    os.link(kettle, house.music / "again.mp3")
    found = schemas.check("files-scan", shell.json("files", "scan"))
    assert counts(found) == [3, 3, 0, 0, 0, 1]
    assert found["matched"] == {"certain": 1, "likely": 0, "unsure": 1, "none": 1, "anew": 3}
    assert found["folders"] == [
        {"path": str(house.music), "files": 4, "emptied": 0, "problem": None}
    ]
    out = shell("files", "scan").out
    assert "3 files: 0 new, 0 changed, 0 moved, 0 gone, 1 repeated, 0 unreadable" in out
    assert "tracks: 1 certain, 0 likely, 1 unsure, 1 none; nothing to match anew" in out
    (house.music / "again.mp3").unlink()
    kettle.rename(house.music / "moved.mp3")
    retag(house.music / "b.mp3", "mp3", title="Brass for Breakfast")
    gone.unlink()
    found = shell.json("files", "scan")
    assert counts(found) == [2, 0, 1, 1, 1, 0]
    assert found["matched"] == {"certain": 2, "likely": 0, "unsure": 0, "none": 0, "anew": 1}


def test_unreadable_files_are_listed_and_told_once_by_the_exit_code(
    house: House, shell: Shell
) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    bad = house.music / "bad.mp3"
    bad.write_bytes(b"")
    said = shell("files", "scan", code=8)
    assert f"warning: {bad}: it is empty" in said.err
    assert "1 unreadable" in said.out
    assert str(bad) not in said.out
    said = shell("files", "scan")
    assert said.err == ""
    assert f"{bad}: it is empty" in said.out
    found = schemas.check("files-scan", shell.json("files", "scan"))
    assert found["unreadable"] == [{"path": str(bad), "reason": "it is empty", "new": False}]
    other = house.music / "worse.mp3"
    other.write_bytes(b"no audio at all")
    found = shell.json("files", "scan", code=8)
    assert [(each["path"], each["new"]) for each in found["unreadable"]] == [
        (str(bad), False),
        (str(other), True),
    ]
    make(bad, "mp3", seed=5, title="Brass for Breakfast", artists="The Otters")
    assert len(shell.json("files", "scan")["unreadable"]) == 1


def test_of_very_many_unreadable_files_the_text_lists_some(house: House, shell: Shell) -> None:
    for number in range(25):
        (house.music / f"{number}.mp3").write_bytes(b"")
    said = shell("files", "scan", code=8)
    assert said.err.count("it is empty") == 20
    assert "and 5 more that cannot be read; --json lists them all" in said.err
    assert len(shell.json("files", "scan")["unreadable"]) == 25


def test_a_folder_that_was_emptied_is_refused_and_the_rest_is_done(
    house: House, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = tmp_path / "drive"
    make(
        drive / "b.mp3", "mp3", seed=2, seconds=3, title="Brass for Breakfast", artists="The Otters"
    )
    house.file("a.mp3", 1, "Kettle Waltz")
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", f"{house.music}{os.pathsep}{drive}")
    shell("files", "scan")
    drive.rename(tmp_path / "away")
    house.file("c.mp3", 3, "Quite Another Thing")
    said = shell("files", "scan", code=3)
    assert f"warning: {drive}: 1 file was there, and none is left" in said.err
    assert "--accept-emptied" in said.err
    assert "1 new" in said.out
    found = schemas.check("files-scan", shell.json("files", "scan", code=3))
    (refusal,) = found["refusals"]
    assert (refusal["guard"], refusal["lift"]) == ("emptied-source", "--accept-emptied")
    assert str(drive) in refusal["message"]
    assert (found["gone"], found["matched"]["certain"]) == (0, 2)
    (tmp_path / "away").rename(drive)
    assert shell.json("files", "scan")["refusals"] == []
    shutil.rmtree(drive)
    drive.mkdir()
    shell("files", "scan", code=3)
    found = shell.json("files", "scan", "--accept-emptied")
    assert (found["gone"], found["files"], found["refusals"]) == (1, 2, [])


def test_a_folder_that_does_not_exist_is_told_each_time(
    house: House, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", f"{house.music}{os.pathsep}{nowhere}")
    for _ in range(2):
        assert f"warning: {nowhere}: it does not exist" in shell("files", "scan", code=8).err


def test_without_a_folder_nothing_begins(shell: Shell) -> None:
    assert "where the audio files are" in shell.error("files", "scan", code=2)
    assert not shell.path.exists()


def test_without_a_library_every_file_is_of_no_track(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "music" / "a.mp3", "mp3", title="Kettle Waltz", artists="The Otters")
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", str(tmp_path / "music"))
    assert shell.json("files", "scan")["matched"]["none"] == 1


def test_it_is_a_run(house: House, shell: Shell) -> None:
    (house.music / "bad.mp3").write_bytes(b"")
    shell("files", "scan", code=8)
    (run,) = shell.json("status")["runs"]
    assert (run["command"], run["exit_code"]) == ("files scan", 8)


def test_another_run_is_not_disturbed(
    house: House, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    monkeypatch.setattr(bootstrap, "LOCK_SECONDS", 0.0)
    settings = Settings.load({"SYNCENGINE_DATABASE_URL": shell.url})
    with bootstrap.writing(settings, lambda: NOW, "another"):
        shell.error("files", "scan", code=7)
        shell.error("files", "decide", path, track(1), code=7)
        shell("files", "missing")
        shell("files", "orphans")
        shell("files", "explain", path)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text(house: House, shell: Shell) -> None:
    path = os.fsencode(house.music) + b"/\xff\xfe.mp3"
    Path(os.fsdecode(path)).write_bytes(b"")
    found = shell.json("files", "scan", code=8)
    assert found["unreadable"][0]["path"] == f"{house.music}///dcff//dcfe.mp3"
    assert "it is empty" in shell("files", "scan").out


def test_the_database_is_sound_after_it(house: House, shell: Shell) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    shell("files", "scan")
    with sqlite3.connect(shell.path) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM file_matches").fetchone() == (1,)
