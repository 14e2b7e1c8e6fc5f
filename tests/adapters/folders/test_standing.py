"""What is read of playlist folders: for looks, and after a run that was killed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.adapters.folders.lists import list_digest
from syncengine.core.plan import Value
from syncengine.core.writer import Change, SeenItem
from tests.audio import make
from tests.playlist_folders import NOON, House, Killed, a_file

BOTH: dict[str, Value] = {"Name": "A.mp3", "Playlists": ("Mix", "Rock"), "File": "1"}


@pytest.fixture(params=["auto", "sym", "copy"])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> House:
    house = House(tmp_path, request.param)
    house.playlist("m", "Mix", "A.mp3")
    house.playlist("r", "Rock")
    house.song(1)
    house.song(2)
    house.writer.write(a_file(1, BOTH))
    house.anew()
    return house


def files(house: House) -> list[SeenItem]:
    return list(house.writer.everything("file"))


def test_all_there_is(house: House) -> None:
    (seen,) = files(house)
    assert (seen.entity, seen.address, seen.keys) == ("file", "A.mp3", ("1",))
    assert seen.fields == {"Name": "A.mp3", "Playlists": ("Mix", "Rock"), "Home": None}
    assert seen.created_at == NOON
    assert list(house.writer.changed("file", NOON)) == [seen]
    assert list(house.writer.find("file", {"1", "2", "x"}, NOON)) == [replace(seen, unclear=True)]
    assert list(house.writer.find("file", (), NOON)) == []
    assert house.writer.at("A.mp3") == seen
    assert house.writer.at("B.mp3") is None
    assert house.writer.related("A.mp3", "Playlists") == ("Mix", "Rock")
    first, second = house.writer.everything("playlist")
    assert (first.address, first.keys, first.signed) == ("Mix", ("m",), True)
    assert first.fields == {"Folder": "Mix", "List": list_digest(house.texts["m"])}
    assert list(house.writer.find("playlist", {"r"}, NOON)) == [second]
    assert house.writer.at("Mix") == first
    assert list(house.writer.everything("track")) == []


def test_where_a_file_lives(house: House) -> None:
    house.writer.write(a_file(1, {"Home": ("Rock",)}, BOTH))
    (seen,) = files(house)
    assert seen.fields == {"Name": "A.mp3", "Playlists": ("Mix", "Rock"), "Home": ("Rock",)}


def test_what_a_person_did(house: House) -> None:
    (house.root / "Mix" / "A.mp3").unlink()
    (house.root / "Mix" / "Mix.m3u8").unlink()
    make(house.root / "Mix" / "mine.mp3", "mp3", seed=50)
    (house.root / "Mix" / "away.mp3").symlink_to("nowhere.mp3")
    (house.root / "Mine").mkdir()
    (house.root / "Mine" / "Mine.m3u8").write_text("#EXTM3U\nmine.mp3\n")
    (seen,) = files(house)
    assert seen.fields["Playlists"] == ("Rock",)
    assert [each.keys for each in house.writer.everything("playlist")] == [("r",)]
    emptied = house.writer.at("Mix")
    assert emptied is not None
    assert (emptied.keys, emptied.fields) == ((), {"Folder": "Mix"})


def test_a_folder_that_a_person_renamed(house: House) -> None:
    (house.root / "Mix").rename(house.root / "Mine")
    (seen,) = [each for each in house.writer.everything("playlist") if each.keys == ("m",)]
    assert (seen.address, seen.fields["Folder"]) == ("Mine", "Mine")
    assert files(house)[0].fields["Playlists"] == ("Mine", "Rock")


def test_a_file_that_was_moved_in_the_music_is_known_by_its_links(house: House) -> None:
    new = house.music / "other" / "1.mp3"
    new.parent.mkdir()
    house.path(1).rename(new)
    house.book.scan(1, new)
    (seen,) = files(house)
    assert seen.fields["Playlists"] == ("Mix", "Rock")


def test_reading_asks_for_no_file_of_the_music(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for name in ("lstat", "stat"):
        real = getattr(os, name)

        def told(path: str, real: object = real, **how: bool) -> os.stat_result:
            asked.append(str(path))
            return real(path, **how)  # type: ignore[no-any-return, operator]

        monkeypatch.setattr(os, name, told)
    assert len(files(house)) == 1
    assert not [each for each in asked if each.startswith(str(house.music))]
    assert len(asked) < 10


def test_what_was_cut_off_is_unclear_and_completed_when_it_is_made_again(tmp_path: Path) -> None:
    wanted: dict[str, Value] = {"Name": "B.mp3", "Home": ("Late",), "Playlists": ("Late", "Rock")}

    def fresh(name: str) -> House:
        house = House(tmp_path / name, "sym")
        for key, folder in (("m", "Mix"), ("r", "Rock"), ("l", "Late")):
            house.playlist(key, folder)
        house.song(1)
        house.writer.write(a_file(1, BOTH))
        house.anew()
        return house

    house = fresh("whole")
    house.writer.write(a_file(1, wanted, BOTH))
    steps = len(house.disk.steps)
    (done,) = house.writer.find("file", {"1"}, NOON)
    assert done.fields == wanted
    for at in range(1, steps):
        house = fresh(str(at))
        house.disk.kill_at = at
        with pytest.raises(Killed):
            house.writer.write(a_file(1, wanted, BOTH))
        (seen,) = house.anew().find("file", {"1"}, NOON)
        assert seen.unclear
        # What is said of it does not hinder that it is agreed, where it cannot be completed.
        (looked,) = house.writer.everything("file")
        assert replace(seen, unclear=False) == looked, at
        house.writer.write(a_file(1, wanted, BOTH))
        assert {each for each in house.tree() if each.endswith(".mp3")} == {
            "Late/B.mp3",
            "Rock/B.mp3",
        }


def test_a_folder_with_nothing_but_half_a_list_is_cleared_away(house: House) -> None:
    for name in ("Begun", "Mine"):
        (house.root / name).mkdir()
        (house.root / name / ".syncengine-list.partial").write_text("#EXT")
    (house.root / "Mine" / "mine.txt").touch()
    list(house.anew().find("playlist", {"b"}, NOON))
    assert not (house.root / "Begun").exists()
    assert [each.name for each in (house.root / "Mine").iterdir()] == ["mine.txt"]


def test_a_rename_of_a_folder_that_was_cut_off_is_completed(tmp_path: Path) -> None:
    house = House(tmp_path, "sym")
    house.playlist("m", "Mix")
    house.playlist("r", "Rock")
    house.song(1)
    house.writer.write(a_file(1, {**BOTH, "Home": ("Mix",)}))
    (house.root / "Mix").rename(house.root / "New")
    (seen,) = house.anew().find("playlist", {"m"}, NOON)
    assert seen.fields["Folder"] == "New"
    assert house.path(1) == house.root / "New" / "A.mp3"
    assert (house.root / "Rock" / "A.mp3").samefile(house.path(1))
    assert (house.root / "New" / "New.m3u8").is_file()


def test_a_copy_of_a_folder_is_no_rename(house: House) -> None:
    import shutil

    shutil.copytree(house.root / "Mix", house.root / "Copy")
    seen = list(house.writer.find("playlist", {"m"}, NOON))
    assert [each.address for each in seen] == ["Copy", "Mix"]
    assert (house.root / "Copy" / "Mix.m3u8").is_file()


def test_what_a_write_answers_is_what_is_read(house: House) -> None:
    change = a_file(1, {"Name": "C.mp3", "Playlists": ("Rock",), "Home": ("Rock",)}, BOTH)
    written = house.writer.write(change)
    (seen,) = files(house)
    assert (written.address, dict(written.holds)) == (seen.address, dict(seen.fields))
    answer = house.writer.write(
        Change("playlist", "m", "Mix", {"Folder": "New"}, before={"Folder": "Mix"})
    )
    again = house.writer.at("New")
    assert again is not None
    assert (answer.address, dict(answer.holds)) == (again.address, dict(again.fields))
