"""A scan as a whole: what it reads, what it recognises, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.adapters.folders import Folders
from syncengine.core.audio_file import AudioFile
from syncengine.core.moment import Instant
from syncengine.core.music_folder import FoundFile
from syncengine.jobs.scan import BATCH, Scanned, scan
from tests.audio import make, make_many, retag
from tests.builders import NOW, make_database


class House:
    """Music folders with a database beside them."""

    def __init__(self, place: Path) -> None:
        self.music = place / "music"
        self.second = place / "second"
        self.playlists = place / "playlists"
        for folder in (self.music, self.second):
            folder.mkdir()
        self.database = make_database(place)
        self.folders = [self.music, self.second]
        self.now = NOW
        self.opened: list[str] = []
        self.progress: list[tuple[int, int]] = []

    def scan(self, *, accept_emptied: bool = False) -> Scanned:
        self.now = Instant(self.now + 1)
        self.opened = []
        return scan(
            _Watched(self),
            open_unit=self.database.unit,
            clock=lambda: self.now,
            progress=lambda done, total: self.progress.append((done, total)),
            accept_emptied=accept_emptied,
        )

    def files(self) -> dict[int, AudioFile]:
        with self.database.reading() as unit:
            return unit.audio_files.present()

    def number(self, path: Path) -> int:
        return next(n for n, file in self.files().items() if file.path == str(path))

    def state(self) -> str:
        with self.database.reading() as unit:
            return unit.audio_files.state()


class _Watched(Folders):
    """The real folders, which note what is opened."""

    def __init__(self, house: House) -> None:
        super().__init__(house.folders, house.playlists)
        self._house = house

    def read(self, files: Iterable[FoundFile]) -> Iterator[AudioFile]:
        wanted = list(files)
        self._house.opened += [each.path for each in wanted]
        return super().read(wanted)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_first_scan_reads_all_and_the_next_one_nothing(house: House) -> None:
    paths = make_many(house.music, 40)
    first = house.scan()
    assert (first.files, first.new, first.read) == (40, 40, 40)
    assert house.progress[-1] == (40, 40)
    files = house.files()
    assert [each.path for each in files.values()] == sorted(map(str, paths))
    assert {each.tags.title for each in files.values()} == {f"Song {n:07}" for n in range(40)}
    assert len({each.digest for each in files.values()}) == 40
    state = house.state()
    assert house.scan() == Scanned(files=40, folders=first.folders)
    assert house.opened == []
    assert (house.files(), house.state()) == (files, state)


def test_only_what_changed_is_read(house: House) -> None:
    paths = make_many(house.music, 20, kinds=["flac", "mp3"])
    house.scan()
    state = house.state()
    retag(paths[3], "mp3", title="Another title")
    os.utime(paths[8], (1, 1))
    new = make(house.second / "new.opus", "opus", seed=99)
    found = house.scan()
    assert (found.files, found.new, found.changed, found.moved, found.gone) == (21, 1, 2, 0, 0)
    assert sorted(house.opened) == sorted(map(str, (paths[3], paths[8], new)))
    assert house.files()[4].tags.title == "Another title"
    assert house.state() != state


def test_a_renamed_folder_is_neither_read_nor_new(house: House) -> None:
    make_many(house.music / "a", 12)
    house.scan()
    before = house.files()
    (house.music / "a").rename(house.second / "b")
    found = house.scan()
    assert (found.moved, found.new, found.gone, house.opened) == (12, 0, 0, [])
    after = house.files()
    assert after.keys() == before.keys()
    for number, file in after.items():
        assert file.path == before[number].path.replace(
            str(house.music / "a"), str(house.second / "b")
        )
        assert file.tags == before[number].tags
    assert house.scan().moved == 0


def test_a_copy_with_new_tags_whose_original_is_deleted_has_moved(house: House) -> None:
    old = make(house.music / "a.m4a", "m4a", seed=1, title="A")
    make(house.music / "other.m4a", "m4a", seed=2, title="A")
    house.scan()
    number = house.number(old)
    new = house.second / "b.m4a"
    shutil.copy(old, new)
    retag(new, "m4a", title="B", lyrics="x" * 9_000)
    old.unlink()
    found = house.scan()
    assert (found.moved, found.new, found.gone) == (1, 0, 0)
    assert house.number(new) == number
    assert house.files()[number].tags.title == "B"


def test_what_is_deleted_is_gone_and_may_come_back(house: House) -> None:
    path = make(house.music / "a.ogg", "ogg", seed=1, title="A")
    make(house.music / "b.ogg", "ogg", seed=2)
    house.scan()
    number, content = house.number(path), path.read_bytes()
    path.unlink()
    assert (house.scan().gone, len(house.files())) == (1, 1)
    assert house.scan().gone == 0
    (house.second / "elsewhere.ogg").write_bytes(content)
    found = house.scan()
    assert (found.moved, found.new) == (1, 0)
    assert house.number(house.second / "elsewhere.ogg") == number


def test_another_song_of_the_same_name_is_another_file(house: House) -> None:
    path = make(house.music / "track01.mp3", "mp3", seed=1, title="A")
    house.scan()
    number = house.number(path)
    make(path, "mp3", seed=2, title="B")
    found = house.scan()
    assert (found.new, found.gone, found.files) == (1, 1, 1)
    assert house.number(path) != number
    make(path, "mp3", seed=1, title="A")
    house.scan()
    assert house.number(path) == number


def test_two_files_change_names(house: House) -> None:
    a = make(house.music / "a.wav", "wav", seed=1, title="A")
    b = make(house.music / "b.wav", "wav", seed=2, title="B")
    house.scan()
    numbers = house.number(a), house.number(b)
    a.rename(house.music / "c")
    b.rename(a)
    (house.music / "c").rename(b)
    assert house.scan().moved == 2
    assert (house.number(b), house.number(a)) == numbers


# ------------------------------------------------------------------------------- what cannot be read


def test_what_cannot_be_read_is_listed_each_time_and_read_once(house: House) -> None:
    make(house.music / "a.flac", "flac")
    (house.music / "b.mp3").write_bytes(b"")
    (house.music / "c.m4a").write_text("no audio")
    first = house.scan()
    assert first.files == 3
    assert first.unreadable == [
        (str(house.music / "b.mp3"), "it is empty"),
        (str(house.music / "c.m4a"), "it holds no audio of a kind that is known"),
    ]
    again = house.scan()
    assert (again.unreadable, house.opened) == (first.unreadable, [])
    number = house.number(house.music / "b.mp3")
    make(house.music / "b.mp3", "mp3", title="Now")
    assert house.scan().unreadable == first.unreadable[1:]
    assert house.files()[number].tags.title == "Now"


def test_a_drive_that_is_away_takes_no_file_with_it(house: House, tmp_path: Path) -> None:
    make_many(house.music, 5)
    kept = make(house.second / "a.mp3", "mp3")
    house.scan()
    before, state = house.files(), house.state()
    for mounted in (False, True):
        house.music.rename(tmp_path / "away")
        if mounted:
            house.music.mkdir()
        found = house.scan()
        assert (found.files, found.gone) == (1, 0)
        assert [(each.path, each.emptied) for each in found.emptied] == [(str(house.music), 5)]
        assert (house.files(), house.state()) == (before, state)
        if mounted:
            house.music.rmdir()
        (tmp_path / "away").rename(house.music)
        back = house.scan()
        assert (back.files, back.read, back.emptied) == (6, 0, [])
    assert house.number(kept) in before


def test_why_nothing_could_be_looked_at_is_told(house: House, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    house.folders = [house.music, tmp_path / "none", file]
    problems = [each.problem for each in house.scan().folders]
    assert problems == [
        None,
        "it does not exist",
        "it cannot be looked into: Not a directory",
        None,
    ]


def test_a_folder_that_was_emptied_on_purpose(house: House) -> None:
    make_many(house.music, 3)
    make(house.second / "a.mp3", "mp3")
    house.scan()
    shutil.rmtree(house.music)
    found = house.scan(accept_emptied=True)
    assert (found.gone, found.emptied, found.files) == (3, [], 1)
    assert house.scan().emptied == []


def test_files_that_moved_out_of_a_folder_do_not_empty_it(house: House) -> None:
    make_many(house.music / "a", 3)
    house.scan()
    (house.music / "a").rename(house.second / "a")
    found = house.scan()
    assert (found.moved, found.gone, found.emptied) == (3, 0, [])


def test_a_folder_that_is_no_longer_named_is_gone(house: House) -> None:
    make_many(house.music, 3)
    make(house.second / "a.mp3", "mp3")
    house.scan()
    house.folders = [house.second]
    found = house.scan()
    assert (found.gone, found.emptied, found.files) == (3, [], 1)


def test_links_and_folders_that_are_named_twice_are_counted_once(house: House) -> None:
    path = make(house.music / "a.mp3", "mp3")
    os.link(path, house.second / "b.mp3")
    found = house.scan()
    assert (found.files, found.repeated) == (1, 1)
    house.folders.reverse()
    found = house.scan()
    assert (found.files, found.moved, found.read, found.emptied) == (1, 1, 0, [])


# --------------------------------------------------------------------------- the folder for playlists


def test_what_was_put_into_a_playlist_folder_stays_known_there(house: House) -> None:
    path = make(house.music / "a.mp3", "mp3", title="A")
    make(house.music / "b.mp3", "mp3", seed=2)
    house.scan()
    number, file = house.number(path), house.files()[house.number(path)]
    placed = house.playlists / "Rock" / "A.mp3"
    placed.parent.mkdir(parents=True)
    path.rename(placed)
    stray = make(house.playlists / "Rock" / "stray.mp3", "mp3", seed=9)
    with house.database.unit() as unit:
        unit.audio_files.renew({number: replace(file, path=str(placed))}, house.now)
        unit.commit()
    found = house.scan()
    assert (found.files, found.read, found.gone, found.emptied) == (2, 0, 0, [])
    retag(placed, "mp3", title="B")
    assert house.scan().changed == 1
    assert house.files()[number].tags.title == "B"
    os.link(placed, house.music / "again.mp3")
    found = house.scan()
    assert (found.repeated, found.moved, house.number(placed)) == (1, 0, number)
    (house.music / "again.mp3").unlink()
    house.playlists.rename(house.music.parent / "unplugged")
    assert [each.path for each in house.scan().emptied] == [str(house.playlists)]
    (house.music.parent / "unplugged").rename(house.playlists)
    assert house.scan().files == 2
    assert stray.exists()


# -------------------------------------------------------------------------------------- being cut off


def test_a_scan_that_is_cut_off_goes_on_where_it_was(house: House) -> None:
    make_many(house.music, BATCH + 20, kinds=["opus"])

    class Cut(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done >= BATCH:
            raise Cut

    with pytest.raises(Cut):
        scan(
            Folders(house.folders), open_unit=house.database.unit, clock=lambda: NOW, progress=stop
        )
    assert len(house.files()) == BATCH
    found = house.scan()
    assert (found.files, found.new, found.read) == (BATCH + 20, 20, 20)


def test_names_that_are_no_text(house: House) -> None:
    name = os.fsdecode(b"\xff\n.mp3")
    make(house.music / "plain.mp3", "mp3", title="T").rename(house.music / name)
    assert house.scan().files == 1
    again = house.scan()
    assert (again.files, again.read) == (1, 0)
    (house.music / name).rename(house.music / os.fsdecode(b"\xfe.mp3"))
    assert house.scan().moved == 1
