"""``files decide``: what a person says of a file holds at once, stays, and can be taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import schemas
from tests.audio import make, retag
from tests.builders import track
from tests.filing_house import SECONDS, House, song
from tests.shell import Shell

ONE, TWO = track(1), track(2)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(tmp_path)
    house.library(Mix=[song(1, "Kettle Waltz"), song(2, "Brass for Breakfast")])
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", str(house.music))
    return house


def test_it_holds_at_once_and_stays(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Quite Another Thing", "Nobody")
    shell("files", "scan")
    out = shell("files", "decide", path, f"https://open.spotify.com/track/{TWO[14:]}").out
    assert out == (
        "noted: it is The Otters – Brass for Breakfast\n"
        f"It is The Otters – Brass for Breakfast ({TWO}): certain. A person decided so.\n"
    )
    assert house.answer(path).track == TWO
    retag(path, "mp3", title="Kettle Waltz", artists="The Otters")
    moved = path.rename(house.music / "b.mp3")
    shell("files", "scan")
    assert (house.answer(moved).track, house.answer(moved).by) == (TWO, "decision")


def test_that_it_is_not_and_taking_that_back(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    shell("files", "scan")
    found = schemas.check("files-decide", shell.json("files", "decide", path, ONE, "--not"))
    assert (found["verdict"], found["in_library"]) == ("different", True)
    assert (found["answer"]["tier"], found["answer"]["track"]) == ("none", None)
    out = shell("files", "decide", path, ONE, "--take-back").out
    assert "taken back: machines decide again" in out
    assert f"({ONE}): certain." in out
    message = shell.error("files", "decide", path, ONE, "--take-back")
    assert message == f"nothing was decided of {path} about {ONE}, so nothing is taken back"
    shell("files", "decide", path, TWO)
    assert shell.json("files", "decide", path, "--take-back")["answer"]["track"] == ONE
    assert "nothing was decided" in shell.error("files", "decide", path, "--take-back")


def test_a_track_of_no_playlist(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    shell("files", "scan")
    said = shell("files", "decide", path, track(77))
    assert f"no playlist holds {track(77)} at present; the decision waits for it" in said.err
    assert shell.json("files", "decide", path, track(77))["in_library"] is False
    assert house.answer(path).track == track(77)


def test_copies_are_told(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    copy = Path(shutil.copy(path, house.music / "b.mp3"))
    shell("files", "scan")
    assert "this holds for 1 identical copy too" in shell("files", "decide", path, TWO).out
    assert house.answer(copy).track == TWO
    assert shell.json("files", "decide", copy, "--take-back")["same_audio"] == [str(path)]
    assert house.answer(path).track == ONE


def test_a_file_that_no_scan_has_seen(house: House, shell: Shell, tmp_path: Path) -> None:
    make(tmp_path / "new.mp3", "mp3", seed=7, seconds=SECONDS, title="Nonsense", artists="Nobody")
    found = shell.json("files", "decide", "new.mp3", TWO)
    assert (found["scanned"], found["answer"]["track"]) == (False, TWO)
    (tmp_path / "new.mp3").rename(house.music / "new.mp3")
    shell("files", "scan")
    assert house.answer(house.music / "new.mp3").track == TWO


def test_a_file_that_cannot_be_read(house: House, shell: Shell) -> None:
    path = house.music / "bad.mp3"
    path.write_bytes(b"")
    assert "cannot be told from other files: it is empty" in shell.error(
        "files", "decide", path, ONE
    )
    shell("files", "scan", code=8)
    said = shell("files", "decide", path, ONE)
    assert "cannot be read (it is empty), so it is not matched yet" in said.err
    house.file("bad.mp3", 3, "Nonsense", "Nobody")
    shell("files", "scan")
    assert house.answer(path).track == ONE


def test_wrong_calls(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    shell.error("files", "decide", path, "nonsense", code=2)
    shell.error("files", "decide", path, code=2)
    shell.error("files", "decide", "", ONE, code=2)
    shell.error("files", "decide", path, ONE, "--not", "--take-back", code=2)
    assert "there is no file" in shell.error("files", "decide", "nowhere.mp3", ONE)
    with house.database.reading() as unit:
        assert unit.file_matches.decisions() == []


def test_a_decision_on_a_file_makes_no_plan_stale(house: House, shell: Shell) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    shell("files", "scan")
    before = shell.json("reconcile", "--dry-run")["base"]
    shell("files", "decide", path, TWO)
    assert shell.json("reconcile", "--dry-run")["base"] == before
