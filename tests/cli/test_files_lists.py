"""``files missing`` and ``files orphans``: what has no file, and what has no track."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import schemas
from tests.audio import retag
from tests.builders import DAY, NOW, Row, Seen, observe, track
from tests.filing_house import House, song
from tests.shell import Shell

ONE, TWO, THREE, FOUR = (track(number) for number in (1, 2, 3, 4))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(tmp_path)
    house.library(
        Mix=[song(1, "Kettle Waltz"), song(2, "Brass for Breakfast"), song(3, "Snail")],
        Road_Trip=[song(3, "Snail"), song(4, "Kettle Waltz", album="Best of")],
    )
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", str(house.music))
    return house


def without(found: dict[str, list[dict[str, object]]]) -> dict[object, list[object]]:
    return {
        each["playlist"]: [one["uri"] for one in each["missing"]]  # type: ignore[attr-defined]
        for each in found["playlists"]
    }


def test_missing_by_playlist(house: House, shell: Shell) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    near = house.file("b.mp3", 2, "Brass for Breakfast (Live)")
    shell("files", "scan")
    found = schemas.check("files-missing", shell.json("files", "missing"))
    # Track 4 is the recording of track 1 on another release, and needs no file of its own.
    assert without(found) == {"Mix": [TWO, THREE], "Road Trip": [THREE]}
    assert (found["tracks"], found["missing"]) == (4, 2)
    assert found["playlists"][0]["missing"][0]["may_be"] == [str(near)]
    assert found["playlists"][0]["missing"][0]["position"] == 1
    out = shell("files", "missing").out
    assert [line.split() for line in out.splitlines() if line.startswith((" Mix", " Road"))] == [
        ["Mix", "3", "2"],
        ["Road", "Trip", "2", "1"],
    ]
    assert "2 of 4 tracks have no file" in out


def test_missing_of_one_playlist(house: House, shell: Shell) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    shell("files", "scan")
    found = shell.json("files", "missing", "--playlist", "road trip")
    assert without(found) == {"Road Trip": [THREE]}
    assert (found["tracks"], found["missing"]) == (2, 1)
    out = shell("files", "missing", "--playlist", "Road Trip").out
    assert "Snail" in out
    assert str(THREE) in out
    assert "1 of 2 tracks has no file" in out
    assert "there is no playlist" in shell.error("files", "missing", "--playlist", "Nope")


def test_what_changed_since_the_scan_is_looked_at_and_not_remembered(
    house: House, shell: Shell
) -> None:
    path = house.file("a.mp3", 1, "Late Comer")
    shell("files", "scan")
    house.library(More=[song(5, "Late Comer")])
    assert without(shell.json("files", "missing", "--playlist", "More")) == {"More": []}
    assert shell.json("files", "orphans")["none"] == []
    assert house.answer(path).track is None


def test_without_a_scan_everything_is_missing(house: House, shell: Shell) -> None:
    said = shell("files", "missing")
    assert "no audio file is known yet: run syncengine files scan" in said.err
    assert "4 of 4 tracks have no file" in said.out
    said = shell("files", "orphans")
    assert "no audio file is known yet" in said.err
    assert said.out == "0 of 0 files without a track\n"


def test_orphans(house: House, shell: Shell) -> None:
    kettle = house.file("a.mp3", 1, "Kettle Waltz")
    near = house.file("b.mp3", 2, "Brass for Breakfast (Live)")
    stranger = house.file("c.mp3", 3, "Quite Another Thing", "Nobody")
    copy = Path(shutil.copy(kettle, house.music / "d.mp3"))
    retag(copy, "mp3", title="Zzz", artists="Nobody")
    (house.music / "e.mp3").write_bytes(b"")
    shell("files", "scan", code=8)
    found = schemas.check("files-orphans", shell.json("files", "orphans"))
    assert found["files"] == 4
    assert [each["path"] for each in found["none"]] == [str(stranger), str(copy)]
    assert found["none"][1]["same_audio"] == [{"path": str(kettle), "track": ONE}]
    (unsure,) = found["unsure"]
    assert (unsure["path"], unsure["candidate"]["uri"], unsure["score"]) == (str(near), TWO, 0.7)
    out = shell("files", "orphans").out
    assert f"2 files of no track:\n  {stranger}\n  {copy}\n" in out
    assert f"      same audio as {kettle}, which is The Otters – Kettle Waltz" in out
    assert f"1 file of which nobody is sure:\n  {near}\n      It may be The Otters" in out
    assert out.endswith("3 of 4 files without a track\n")
    shell("files", "decide", near, TWO)
    assert shell.json("files", "orphans")["unsure"] == []


def test_an_album_is_no_playlist_and_can_be_named(house: House, shell: Shell) -> None:
    album = "spotify:album:" + "a" * 22
    claim = song(9, "On an album")
    with house.database.unit() as unit:
        row = Row(claim.track, claim=claim)
        observe(unit.memory, Seen(album, NOW + 10 * DAY, [row], name="An album"))
        unit.commit()
    assert list(without(shell.json("files", "missing"))) == ["Mix", "Road Trip"]
    assert without(shell.json("files", "missing", "--playlist", "An album")) == {
        "An album": [track(9)]
    }
