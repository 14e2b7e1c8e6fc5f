"""Playlist folders and people: what they edit, move, delete and put there stays as they made it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import audio, folder_shell
from tests.folder_shell import FolderShell, contents, name
from tests.shell import Shell


@pytest.fixture
def house(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderShell:
    return FolderShell(shell, tmp_path, monkeypatch)


@pytest.fixture
def filled(house: FolderShell) -> FolderShell:
    return folder_shell.filled(house)


def test_a_folder_that_a_person_renamed_keeps_that_name_if_decided_so(filled: FolderShell) -> None:
    (filled.lists / "Mix").rename(filled.lists / "My mix")
    filled.reconcile("--refresh", code=8)
    filled.reconcile("--refresh", "--conflicts", "keep-theirs")
    filled.take("Mix", 1, 2)
    filled.reconcile()
    assert filled.tree()["My mix"] == [name(1), name(2)]
    assert [each.name for each in (filled.lists / "My mix").glob("*.m3u8")] == ["My mix.m3u8"]
    assert "Mix" not in filled.tree()


def test_a_link_that_a_person_deleted_stays_away_or_comes_back_as_decided(
    filled: FolderShell,
) -> None:
    (filled.lists / "Mix" / name(1)).unlink()
    (filled.lists / "Road trip" / name(3)).unlink()
    filled.reconcile("--refresh", code=8)
    filled.reconcile("--refresh", "--conflicts", "use-ours")
    assert filled.tree() == {"Mix": [name(1), name(2), name(3)], "Road trip": [name(3)]}


def test_a_hard_link_outlives_the_file_that_was_deleted(filled: FolderShell) -> None:
    before = contents(filled.music)
    (filled.music / "3.mp3").unlink()
    for _ in range(3):
        filled.reconcile()
        assert filled.tree() == {"Mix": [name(1), name(2), name(3)], "Road trip": [name(3)]}
    assert filled.json("reconcile", "--sink", "folders", "--dry-run")["empty"]
    filled.take("Mix", 1, 2)
    filled.take("Road trip", 4)
    filled.reconcile()
    assert filled.tree()["Unassigned"] == [name(3)]
    assert contents(filled.music, filled.lists) == before


def test_a_copy_outlives_its_original_once(house: FolderShell) -> None:
    house.take("Mix", 1)
    house.take("Road trip", 1)
    house.song(1)
    house.song(2)
    house.reconcile("--link", "copy")
    (house.music / "1.mp3").unlink()
    for _ in range(3):
        house.reconcile("--link", "copy")
        assert house.tree() == {"Mix": [name(1)], "Road trip": [name(1)]}


@pytest.mark.parametrize("kind", ["copy", "hard"])
def test_tags_that_a_person_wrote_in_a_folder_are_not_written_over(
    house: FolderShell, kind: str
) -> None:
    house.take("Mix", 1)
    original = house.song(1)
    house.reconcile("--link", kind)
    place = house.lists / "Mix" / name(1)
    retagged(place, "my own words")
    mine = place.read_bytes()
    retagged(original, "other words")
    failed = house.reconcile("--link", kind, code=8)["applied"]["folders"]["failed"]
    assert str(place) in failed[0]["reason"]
    assert place.read_bytes() == mine
    place.unlink()
    house.reconcile("--link", kind)
    assert place.read_bytes() == original.read_bytes()


def test_another_file_in_the_place_of_a_copy_is_not_carried_off(house: FolderShell) -> None:
    house.take("Mix", 1)
    original = house.song(1)
    house.reconcile("--link", "copy")
    place = house.lists / "Mix" / name(1)
    place.write_text("something else, of one's own")
    retagged(original, "other words")
    house.reconcile("--link", "copy", code=8)
    assert place.read_text() == "something else, of one's own"
    assert sorted(house.tree()) == ["Mix"]


def test_a_file_where_a_folder_should_be_is_in_the_way_and_says_so(house: FolderShell) -> None:
    house.lists.mkdir()
    (house.lists / "Mix").write_text("in the way")
    house.take("Mix", 1)
    house.song(1)
    failed = house.reconcile(code=8)["applied"]["folders"]["failed"]
    assert {each["entity"] for each in failed} == {"playlist", "file"}
    (house.lists / "Mix").unlink()
    house.reconcile("--refresh")
    assert house.tree() == {"Mix": [name(1)]}


def retagged(path: Path, comment: str) -> None:
    """Tag a file anew as many programs do: a new file takes its place."""
    other = path.with_name("between.mp3")
    shutil.copyfile(path, other)
    audio.retag(other, "mp3", comment=comment)
    other.rename(path)


def test_a_folder_that_a_person_renamed_keeps_the_files_that_live_in_it(
    filled: FolderShell,
) -> None:
    filled.reconcile("--move")
    before = contents(filled.music, filled.lists)
    (filled.lists / "Mix").rename(filled.lists / "Mox")
    for _ in range(2):
        found = filled.reconcile(code=8)
        assert found["sinks"]["folders"]["summary"]["remove"] == 0
        assert filled.tree() == {"Mox": [name(1), name(2), name(3)], "Road trip": [name(3)]}
    filled.reconcile("--conflicts", "use-ours")
    assert filled.tree() == {"Mix": [name(1), name(2), name(3)], "Road trip": [name(3)]}
    assert contents(filled.music, filled.lists) == before
    assert filled.reconcile()["empty"]


def test_a_file_that_a_person_moved_out_of_its_home_is_left_where_it_is(
    filled: FolderShell,
) -> None:
    filled.reconcile("--move")
    own = filled.lists / "Own"
    own.mkdir()
    (filled.lists / "Mix" / name(1)).rename(own / "one.mp3")
    (filled.lists / "Mix" / name(1)).write_text("something of one's own")
    for _ in range(2):
        filled.reconcile(code=8)
        assert (own / "one.mp3").exists()
        assert (filled.lists / "Mix" / name(1)).read_text() == "something of one's own"


def test_a_file_is_never_taken_for_a_copy_of_itself(house: FolderShell) -> None:
    house.take("Mix", *range(1, 9))
    for number in range(1, 9):
        house.song(number)
    house.reconcile("--link", "sym")
    before = contents(house.music)
    legacy = house.folder / "legacy"
    legacy.mkdir()
    (legacy / "link").symlink_to(house.music)
    done = house.json("files", "adopt", legacy, "--yes")
    assert (done["removed"], done["repeated"]) == (0, [])
    assert contents(house.music) == before


def test_a_collection_behind_a_link_loses_nothing_when_a_tree_in_it_is_adopted(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = FolderShell(shell, tmp_path, monkeypatch)
    real = tmp_path / "real"
    house.music.rename(real)
    house.music.symlink_to(real)
    house.take("Mix", *range(1, 6))
    for number in range(1, 6):
        house.song(number, place=f"real/legacy/{number}.mp3")
    before = contents(real)
    house.reconcile("--link", "sym")
    house.shell.any("files", "adopt", real / "legacy", "--yes")
    assert contents(real, house.lists) == before


def test_a_saved_plan_is_stale_once_files_changed(house: FolderShell, tmp_path: Path) -> None:
    house.take("Mix", 1, 2, 3)
    for number in (1, 2, 3):
        house.song(number)
    plan = tmp_path / "plan.json"
    house("reconcile", "--sink", "folders", "--dry-run", "--move", "--out", plan)
    (house.music / "1.mp3").unlink()
    assert "moved on since it was made" in house("apply", plan, "--yes", code=3).err
    house("reconcile", "--sink", "folders", "--dry-run", "--move", "--out", plan)
    house("apply", plan, "--yes")
    assert house.tree() == {"Mix": [name(2), name(3)]}
    assert house.reconcile("--move")["empty"]


def test_undo_leaves_what_a_person_put_where_a_file_was(filled: FolderShell) -> None:
    filled.reconcile("--move")
    (filled.music / "1.mp3").write_text("something of one's own")
    undone = filled.json("files", "undo", "--yes", code=8)
    assert len(undone["failed"]) == 1
    assert (filled.music / "1.mp3").read_text() == "something of one's own"
    assert (filled.lists / "Mix" / name(1)).exists()
    assert "Unassigned" not in filled.tree()


def test_an_edited_copy_is_not_replaced_by_a_link_when_files_are_moved(
    house: FolderShell,
) -> None:
    house.take("Mix", 1)
    house.take("Road trip", 1)
    house.song(1)
    house.reconcile("--link", "copy")
    places = [house.lists / folder / name(1) for folder in ("Mix", "Road trip")]
    for place in places:
        retagged(place, f"my own words in {place.parent.name}")
    mine = {place: place.read_bytes() for place in places}
    house.reconcile("--move", code=8)
    assert {place: place.read_bytes() for place in places} == mine
    assert (house.music / "1.mp3").exists()


def test_place_leaves_what_is_there_already(filled: FolderShell) -> None:
    copy = filled.folder / "copy.mp3"
    shutil.copy2(filled.music / "1.mp3", copy)
    assert "with the same audio" in filled("place", copy, code=8).err
    assert copy.exists()


def test_of_identical_files_the_other_takes_over_when_one_is_deleted(house: FolderShell) -> None:
    house.take("Mix", 1)
    first = house.song(1)
    shutil.copy2(first, house.music / "zz.mp3")
    house.reconcile()
    first.unlink()
    for _ in range(3):
        house.reconcile()
        assert house.tree() == {"Mix": [name(1)]}


def test_a_list_that_was_written_anew_gives_way_as_decided_and_comes_back_by_undo(
    filled: FolderShell,
) -> None:
    path = filled.lists / "Mix" / "Mix.m3u8"
    path.write_text("#EXTM3U\nmine.mp3\n")
    filled.reconcile("--refresh", code=8)
    assert path.read_text() == "#EXTM3U\nmine.mp3\n"
    filled.reconcile("--refresh", "--conflicts", "use-ours")
    assert filled.listed("Mix") == [name(1), name(2), name(3)]
    filled("files", "undo", "--yes")
    assert path.read_text() == "#EXTM3U\nmine.mp3\n"
