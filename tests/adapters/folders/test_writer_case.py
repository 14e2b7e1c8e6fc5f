"""Disks that take two names for one: only the case of a name changes, and nothing else may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syncengine.adapters.folders.writer import FoldersWriter
from syncengine.core.plan import Value
from syncengine.core.writer import Change
from tests.playlist_folders import NOON, BreakingDisk, House, Killed, a_file


class BlindDisk(BreakingDisk):
    """A disk that ignores case, and keeps the one in which a name was first written."""

    def _real(self, path: str) -> str:
        parts = path.split("/")
        for place in range(1, len(parts)):
            folder = "/".join(parts[:place]) or "/"
            names = [each.name for each in Path(folder).iterdir()] if Path(folder).is_dir() else []
            same = [each for each in names if each.casefold() == parts[place].casefold()]
            if same and parts[place] not in same:
                parts[place] = same[0]
        return "/".join(parts)

    def _new(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        return f"{self._real(folder)}/{name}"

    def state(self, path: str) -> os.stat_result | None:
        return super().state(self._real(path))

    def state_behind(self, path: str) -> os.stat_result | None:
        return super().state_behind(self._real(path))

    def names(self, folder: str) -> list[str]:
        return super().names(self._real(folder))

    def content(self, path: str) -> bytes:
        return super().content(self._real(path))

    def digest(self, path: str) -> bytes:
        return super().digest(self._real(path))

    def leads_to(self, path: str) -> str:
        return super().leads_to(self._real(path))

    def link(self, source: str, target: str) -> None:
        super().link(self._real(source), self._real(target))

    def symlink(self, text: str, target: str) -> None:
        super().symlink(text, self._real(target))

    def rename(self, source: str, target: str, kind: str = "rename") -> None:
        super().rename(self._real(source), self._new(target), kind)

    def replace(self, source: str, target: str) -> None:
        super().replace(self._real(source), self._real(target))

    def unlink(self, path: str, kind: str = "unlink") -> None:
        super().unlink(self._real(path), kind)


def blind(house: House) -> FoldersWriter:
    house.disk = BlindDisk()
    return FoldersWriter(
        house.root, house.link, house.book, house.texts.get, lambda: NOON, disk=house.disk
    )


MIX: dict[str, Value] = {"Name": "song.mp3", "Playlists": ("Mix",)}


@pytest.mark.parametrize("link", ["auto", "sym", "copy"])
@pytest.mark.parametrize("home", [None, ("Mix",)])
def test_a_file_is_spelt_anew(tmp_path: Path, link: str, home: tuple[str, ...] | None) -> None:
    def fresh(name: str) -> House:
        house = House(tmp_path / name, link)  # type: ignore[arg-type]
        house.playlist("m", "Mix")
        house.song(1)
        house.writer.write(a_file(1, held))
        return house

    held = {**MIX, **({} if home is None else {"Home": home})}
    house = fresh("whole")
    content = house.path(1).read_bytes()
    change = a_file(1, {"Name": "Song.mp3"}, held)
    blind(house).write(change)
    assert sorted(house.tree()) == ["Mix/", "Mix/Mix.m3u8", "Mix/Song.mp3"]
    assert (house.root / "Mix" / "Song.mp3").read_bytes() == content
    for at in range(len(house.disk.steps)):
        house = fresh(str(at))
        writer = blind(house)
        house.disk.kill_at = at
        with pytest.raises(Killed):
            writer.write(change)
        blind(house).write(change)
        assert sorted(house.tree()) == ["Mix/", "Mix/Mix.m3u8", "Mix/Song.mp3"]
        assert house.path(1).read_bytes() == content
        assert house.path(1).name == ("1.mp3" if home is None else "Song.mp3")


def test_a_folder_is_spelt_anew(tmp_path: Path) -> None:
    def fresh(name: str) -> House:
        house = House(tmp_path / name)
        house.playlist("m", "mix")
        house.song(1)
        house.writer.write(a_file(1, {**MIX, "Playlists": ("mix",), "Home": ("mix",)}))
        return house

    house = fresh("whole")
    before = {"Folder": "mix", "List": house.text("m")}
    change = Change("playlist", "m", "mix", {"Folder": "Mix"}, before=before)
    blind(house).write(change)
    assert sorted(house.tree()) == ["Mix/", "Mix/Mix.m3u8", "Mix/song.mp3"]
    for at in range(len(house.disk.steps)):
        for settles in (False, True):
            house = fresh(f"{at} {settles}")
            writer = blind(house)
            house.disk.kill_at = at
            with pytest.raises(Killed):
                writer.write(change)
            writer = blind(house)
            address = "mix"
            if settles:
                (seen,) = writer.find("playlist", {"m"}, NOON)
                address = seen.address
            again = Change("playlist", "m", address, {"Folder": "Mix"}, before=before)
            assert writer.write(again).address == "Mix"
            assert sorted(house.tree()) == ["Mix/", "Mix/Mix.m3u8", "Mix/song.mp3"]
            assert house.path(1).is_file()
