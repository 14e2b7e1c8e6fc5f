"""``files explain``: a person sees what was read, what it was found to be, and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import schemas
from tests.audio import make
from tests.builders import track
from tests.filing_house import SECONDS, House, song
from tests.shell import Shell

ONE, TWO, THREE = track(1), track(2), track(3)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(tmp_path)
    house.library(
        Mix=[
            song(1, "Kettle Waltz", isrc="QZABC2000001"),
            song(2, "Brass for Breakfast"),
            song(3, "Brass for Breakfast (Live at the Pond)"),
        ]
    )
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", str(house.music))
    return house


def test_a_file_in_words(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Brass for Breakfast")
    house.file_anew()
    out = shell("files", "explain", path).out
    assert out.startswith(f"{path}\n  title      Brass for Breakfast\n  artists    The Otters\n")
    assert "length     0:03" in out
    assert f"It is The Otters – Brass for Breakfast ({TWO}): " in out
    assert "The tracks that come nearest (1.00 is the same in everything):" in out
    assert "  1.00  The Otters – Brass for Breakfast  [0:03, Tea]" in out
    assert "-0.30  version word missing: nothing in the file, live (" in out
    assert "The nearest other recording is 0.30 less like it." in out


def test_a_file_in_json(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Brass for Breakfast (Live)")
    house.file_anew()
    found = schemas.check("files-explain", shell.json("files", "explain", path))
    assert found["file"]["title"] == "Brass for Breakfast (Live)"
    assert found["file"]["scanned"] is True
    assert (found["answer"]["track"], found["answer"]["by"]) == (THREE, "names")
    assert [each["uri"] for each in found["candidates"]] == [THREE, TWO]
    assert found["runner_up"] == TWO
    best, second = (each["score"] for each in found["candidates"])
    assert found["gap"] == pytest.approx(best - second)
    assert found["candidates"][1]["penalties"][0] == {
        "name": "version word missing", "size": 0.3, "file": "live", "track": "",
    }  # fmt: skip


def test_a_file_that_no_scan_has_seen_is_read(
    house: House, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    make(
        tmp_path / "new.mp3",
        "mp3",
        seed=1,
        seconds=SECONDS,
        title="Kettle Waltz",
        artists="The Otters",
    )
    found = shell.json("files", "explain", "new.mp3")
    assert (found["file"]["scanned"], found["answer"]["track"]) == (False, ONE)
    assert found["file"]["path"] == str(tmp_path / "new.mp3")
    assert found["same_audio"] == [str(house.music / "a.mp3")]
    assert "no scan has found it yet" in shell("files", "explain", "./new.mp3").out
    monkeypatch.delenv("SYNCENGINE_MUSIC_DIRS")
    shell("files", "explain", "new.mp3")


def test_what_changed_since_the_scan_is_read_again(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    house.file("a.mp3", 1, "Brass for Breakfast")
    found = shell.json("files", "explain", path)
    assert (found["answer"]["track"], found["file"]["scanned"]) == (TWO, True)
    house.file("a.mp3", 2, "Brass for Breakfast")
    assert shell.json("files", "explain", path)["file"]["scanned"] is False


def test_a_link_in_a_folder_for_playlists_is_the_file_it_leads_to(
    house: House, shell: Shell, tmp_path: Path
) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    os.link(path, tmp_path / "hard.mp3")
    (tmp_path / "soft.mp3").symlink_to(path)
    for name in ("hard.mp3", "soft.mp3"):
        assert shell.json("files", "explain", name)["file"]["path"] == str(path)


def test_a_file_on_a_drive_that_is_away_is_told_as_it_is_known(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    path.unlink()
    assert shell.json("files", "explain", path)["answer"]["track"] == ONE


def test_what_cannot_be_read_says_why(house: House, shell: Shell) -> None:
    path = house.music / "bad.mp3"
    path.write_bytes(b"")
    assert "It cannot be read: it is empty" in shell("files", "explain", path).out
    found = schemas.check("files-explain", shell.json("files", "explain", path))
    assert (found["file"]["problem"], found["answer"]) == ("it is empty", None)


def test_what_was_found_before_and_stays_is_told(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    assert shell.json("files", "explain", path)["kept"] is False
    house.library(More=[song(9, "Kettle Waltz", isrc="QZABC2000009", seconds=6)])
    found = shell.json("files", "explain", path)
    assert (found["kept"], found["answer"]["tier"], found["answer"]["track"]) == (
        True,
        "certain",
        ONE,
    )
    assert "That was found before, and stays" in shell("files", "explain", path).out


def test_a_track_that_left_all_playlists_stays_that_of_its_file(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    house.library(Mix=[song(2, "Brass for Breakfast")])
    found = shell.json("files", "explain", path)
    assert (found["kept"], found["answer"]["track"]) == (True, ONE)
    house.match()
    found = shell.json("files", "explain", path)
    assert (found["kept"], found["answer"]["track"]) == (True, ONE)
    assert "in no playlist any more" in found["answer"]["reason"]
    assert shell.json("files", "orphans")["none"] == []


def test_the_files_that_come_near_to_a_track(house: House, shell: Shell) -> None:
    it = house.file("a.mp3", 1, "Brass for Breakfast")
    near = house.file("b.mp3", 2, "Brass for Breakfast (Acoustic)")
    house.file("c.mp3", 3, "Quite Another Thing", "Nobody")
    house.file_anew()
    for text in (TWO, TWO.removeprefix("spotify:track:")):
        found = schemas.check("files-explain-track", shell.json("files", "explain", text))
        assert found["track"]["uri"] == TWO
        assert [each["path"] for each in found["files"]] == [str(it), str(near)]
        assert found["files"][0]["answer"]["track"] == TWO
    out = shell("files", "explain", TWO).out
    assert f"* {it}\n      likeness 1.00; it is this track: " in out
    assert f"  {near}\n      likeness 0.70; nobody acts on it (unsure)" in out


def test_a_file_that_is_a_track_and_not_like_it_is_told_too(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Quite Another Thing", "Nobody")
    house.file_anew()
    house.decide(path, ONE)
    house.match()
    found = shell.json("files", "explain", ONE)
    assert [each["path"] for each in found["files"]] == [str(path)]
    assert "No file comes near" in shell("files", "explain", TWO).out


def test_neither_a_file_nor_a_track(house: House, shell: Shell, tmp_path: Path) -> None:
    message = shell.error("files", "explain", "nowhere.mp3")
    assert message == (
        f"there is no file {tmp_path / 'nowhere.mp3'}, and 'nowhere.mp3' is no track's id, URI or URL"
    )
    assert "no playlist holds" in shell.error("files", "explain", track(77))
    assert "there is no file" in shell.error("files", "explain", tmp_path)
    shell.error("files", "explain", "", code=2)
