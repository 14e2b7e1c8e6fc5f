"""The playlist folders, end to end: what stands in them, what stays, and what is taken back."""

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


def test_every_file_stands_in_the_folders_of_its_playlists(filled: FolderShell) -> None:
    assert filled.tree() == {"Mix": [name(1), name(2), name(3)], "Road trip": [name(3)]}
    assert filled.listed("Mix") == [name(1), name(2), name(3)]
    assert sorted(each.name for each in filled.music.iterdir()) == [
        "1.mp3", "2.mp3", "3.mp3", "unknown.mp3",
    ]  # fmt: skip
    assert (filled.lists / "Mix" / name(1)).samefile(filled.music / "1.mp3")
    again = filled.reconcile()
    assert again["empty"]
    assert filled.json("reconcile", "--dry-run", "--sink", "folders")["empty"]


def test_a_dry_run_touches_nothing_and_says_the_same(house: FolderShell) -> None:
    house.take("Mix", 1)
    house.song(1)
    before = house.shell.path.stat().st_mtime_ns
    plan = house.json("reconcile", "--dry-run", "--sink", "folders")
    assert plan["sinks"]["folders"]["summary"]["create"] == 2
    assert not house.lists.exists()
    assert house.shell.path.stat().st_mtime_ns == before
    assert house.reconcile()["id"] == plan["id"]


def test_what_comes_and_goes_in_the_library_comes_and_goes_in_the_folders(
    filled: FolderShell,
) -> None:
    filled.take("Mix", 2, 3)
    filled.take("Road trip", 3, 2)
    filled.reconcile()
    assert filled.tree() == {
        "Mix": [name(2), name(3)],
        "Road trip": [name(2), name(3)],
        "Unassigned": [name(1)],
    }
    assert filled.listed("Road trip") == [name(3), name(2)]
    assert filled.reconcile()["empty"]


def test_a_renamed_playlist_renames_its_folder(filled: FolderShell) -> None:
    mine = filled.lists / "Mix" / "mine.txt"
    mine.write_text("a person's own")
    filled.take("Mix", *range(1, 4), *range(10, 20))
    filled.reconcile()
    (filled.folder / "exports" / "Mix.csv").unlink()
    filled.take("Mix of mine", *range(1, 4), *range(10, 20))
    found = filled.reconcile()
    assert found["sinks"]["folders"]["summary"]["create"] == 0
    assert sorted(filled.tree()) == ["Mix of mine", "Road trip"]
    assert (filled.lists / "Mix of mine" / "mine.txt").read_text() == "a person's own"
    assert filled.listed("Mix of mine")[:3] == [name(1), name(2), name(3)]


def test_moved_files_live_in_one_folder_and_are_linked_into_the_others(
    filled: FolderShell,
) -> None:
    before = contents(filled.music)
    filled.reconcile("--move")
    assert [each.name for each in filled.music.iterdir()] == ["unknown.mp3"]
    assert contents(filled.folder / "music", filled.lists) == before
    assert filled.tree() == {"Mix": [name(1), name(2), name(3)], "Road trip": [name(3)]}
    assert filled.reconcile("--move")["empty"]
    assert filled.reconcile()["empty"], "what was moved stays"
    filled.take("Mix", 1, 2)
    filled.reconcile()
    assert filled.tree() == {"Mix": [name(1), name(2)], "Road trip": [name(3)]}
    filled.take("Road trip", 4)
    filled.reconcile()
    assert filled.tree()["Unassigned"] == [name(3)]
    assert contents(filled.folder / "music", filled.lists) == before


@pytest.mark.parametrize("flags", [(), ("--move",), ("--link", "copy"), ("--link", "sym")])
def test_a_run_is_taken_back(house: FolderShell, flags: tuple[str, ...]) -> None:
    house.take("Mix", 1, 2)
    for number in (1, 2):
        house.song(number)
    before = contents(house.music)
    house.reconcile(*flags)
    shown = house.json("files", "undo", "--dry-run")
    assert len(shown["changes"]) == 3
    undone = house.json("files", "undo", "--yes")
    assert (undone["done"], undone["failed"], undone["left"]) == (3, [], [])
    assert sorted(each.name for each in house.music.iterdir()) == ["1.mp3", "2.mp3"]
    assert contents(house.music) == before
    assert list(house.lists.iterdir()) == []
    house("files", "undo", "--yes", code=1)
    house.reconcile(*flags)
    assert house.tree() == {"Mix": [name(1), name(2)]}


def test_an_update_is_taken_back_too(filled: FolderShell) -> None:
    there = filled.tree()
    text = (filled.lists / "Mix" / "Mix.m3u8").read_bytes()
    filled.take("Mix", 2, 3)
    filled.reconcile()
    assert filled.tree() != there
    filled("files", "undo", "--yes")
    assert filled.tree() == there
    assert (filled.lists / "Mix" / "Mix.m3u8").read_bytes() == text


def test_an_emptied_collection_is_a_refusal_and_not_thousands_of_removals(
    filled: FolderShell,
) -> None:
    there = filled.tree()
    shutil.move(filled.music, filled.folder / "away")
    filled.music.mkdir()
    for arguments in (("--dry-run",), ("--yes",)):
        said = filled("reconcile", "--sink", "folders", *arguments, code=3)
        assert "is the drive plugged in?" in said.out
        assert "--allow-empty" in said.out
    assert filled.tree() == there
    filled.music.rmdir()
    shutil.move(filled.folder / "away", filled.music)
    assert filled.reconcile()["empty"]


def test_a_person_s_own_things_stay_as_they_are(filled: FolderShell) -> None:
    mine = filled.lists / "Road trip" / name(4)
    mine.write_bytes(b"a file of one's own, by chance of the same name")
    filled.song(4)
    failed = filled.reconcile(code=8)["applied"]["folders"]["failed"]
    assert len(failed) == 1
    assert str(mine) in failed[0]["reason"]
    assert mine.read_bytes().startswith(b"a file of one's own")
    mine.rename(mine.with_name("mine.mp3"))
    filled.reconcile()
    assert filled.tree()["Road trip"] == [name(3), name(4), "mine.mp3"]


def test_a_list_that_a_person_edited_is_a_conflict(filled: FolderShell) -> None:
    path = filled.lists / "Mix" / "Mix.m3u8"
    path.write_text(path.read_text() + "my own.mp3\n")
    filled.take("Mix", 1, 2)
    found = filled.reconcile(code=8)
    assert found["sinks"]["folders"]["summary"]["conflict"] == 1
    assert path.read_text().endswith("my own.mp3\n")
    filled.reconcile("--conflicts", "use-ours")
    assert filled.listed("Mix") == [name(1), name(2)]


def test_place_puts_a_download_where_it_belongs(filled: FolderShell) -> None:
    download = filled.song(4, "flac", "downloads/x.flac", spotify="")
    said = filled("place", download)
    assert said.out == "Road trip\n"
    assert not download.exists()
    assert filled.tree()["Road trip"] == [name(3), name(4, ".flac")]
    assert filled.listed("Road trip") == [name(3), name(4, ".flac")]
    assert filled.reconcile()["empty"]
    strange = audio.make(filled.folder / "downloads" / "y.mp3", "mp3", seed=50, seconds=77)
    assert "--track" in filled("place", strange, code=8).err
    assert strange.exists()
    assert filled("place", strange, "--track", "spotify:track:" + "0" * 21 + "1").out == "Mix\n"
    assert "no such file" in filled("place", filled.folder / "nothing.mp3", code=1).err


def test_adopt_takes_a_tree_in_and_keeps_what_is_there_twice_once(filled: FolderShell) -> None:
    old = filled.folder / "legacy"
    filled.song(4, place="legacy/deep/4.mp3")
    shutil.copy2(filled.music / "1.mp3", old / "copy of 1.mp3")
    audio.make(old / "nobody.mp3", "mp3", seed=77, seconds=33, title="Nobody else", artists=["Y"])
    shown = filled.json("files", "adopt", old, "--dry-run")
    assert [Path(each["path"]).name for each in shown["repeated"]] == ["copy of 1.mp3"]
    assert [Path(each).name for each in shown["unmatched"]] == ["nobody.mp3"]
    assert (old / "deep" / "4.mp3").exists()
    done = filled.json("files", "adopt", old, "--yes")
    assert done["removed"] == 1
    assert sorted(each.name for each in old.rglob("*.mp3")) == ["nobody.mp3"]
    assert filled.tree()["Road trip"] == [name(3), name(4)]
    assert filled.reconcile()["empty"]
    filled("files", "undo", "--yes")
    assert sorted(each.name for each in old.rglob("*.mp3")) == [
        "4.mp3", "copy of 1.mp3", "nobody.mp3",
    ]  # fmt: skip


def test_what_a_folder_holds_follows_a_file_that_was_tagged_anew(filled: FolderShell) -> None:
    path = filled.music / "1.mp3"
    other = path.with_suffix(".new")
    shutil.copy2(path, other)
    audio.retag(other, "mp3", comment="tagged anew")
    other.rename(path)  # as many programs do: another inode
    filled.reconcile()
    assert (filled.lists / "Mix" / name(1)).samefile(path)


def test_settings_that_lack_something_say_which(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", str(tmp_path))
    said = shell("reconcile", "--sink", "folders", "--dry-run", code=2)
    assert "SYNCENGINE_PLAYLISTS_DIR" in said.err


def test_cron_fills_the_folders_and_says_a_line(
    filled: FolderShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTIFY_CSV_BACKUP_PATH", str(filled.folder / "exports"))
    filled.song(4)
    said = filled("sync")
    assert said.out == "import: nothing new; reconcile folders: 2 done\n"
    assert filled.tree()["Road trip"] == [name(3), name(4)]
    filled.music.rename(filled.folder / "away")
    filled.music.mkdir()
    refused = filled("sync", code=3)
    assert refused.out == "import: nothing new; reconcile folders: refused\n"
    assert "is the drive plugged in?" in refused.err


def test_cron_asks_nobody_before_it_fills_folders(
    house: FolderShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from syncengine.cli.commands import sync

    monkeypatch.setattr(sync, "MANY", 2)
    house.take("Mix", *range(1, 9))
    for number in range(1, 9):
        house.song(number)
    assert house("sync").out.endswith("reconcile folders: 9 done\n")


def test_place_works_before_anything_else_was_done(house: FolderShell) -> None:
    house.take("Mix", 1)
    download = house.song(1, place="downloads/x.mp3")
    assert house("place", download).out == "Mix\n"
    assert house.tree() == {"Mix": [name(1)]}


def test_a_dry_run_of_an_adoption_makes_no_folder(house: FolderShell) -> None:
    house.take("Mix", 1)
    house.song(1, place="legacy/x.mp3")
    house.json("files", "adopt", house.folder / "legacy", "--dry-run")
    assert not house.lists.exists()


def test_a_dry_run_that_looks_makes_no_folder(house: FolderShell) -> None:
    house.take("Mix", 1)
    house.song(1)
    planned = house.json("reconcile", "--sink", "folders", "--dry-run", "--refresh")
    assert planned["sinks"]["folders"]["summary"]["create"] == 2
    assert not house.lists.exists()


def test_place_does_nothing_where_the_folder_for_playlists_was_emptied(filled: FolderShell) -> None:
    """A drive that is away leaves an empty folder where it is mounted."""
    filled.take("New", 9)
    download = filled.song(9, place="downloads/x.mp3")
    filled.lists.rename(filled.folder / "away")
    filled.lists.mkdir()
    said = filled("place", download, code=3)
    assert "is the drive plugged in" in said.err
    assert download.exists()
    assert not list(filled.lists.iterdir())


def test_a_music_folder_that_never_was_is_a_wrong_setting(
    house: FolderShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.take("Mix", 1)
    monkeypatch.setenv("SYNCENGINE_MUSIC_DIRS", str(house.folder / "misuc"))
    said = house("reconcile", "--sink", "folders", "--yes", code=2)
    assert "misuc does not exist" in said.err
    assert "SYNCENGINE_MUSIC_DIRS" in said.err


def test_an_adoption_keeps_copies_with_other_tags_and_all_copies_if_told_so(
    house: FolderShell,
) -> None:
    house.take("Mix", 1, 2)
    legacy = house.folder / "legacy"
    for number in (1, 2):
        house.song(number, place=f"legacy/{number}.mp3")
    house.song(1, place="legacy/other tags.mp3", album="Mine")
    shutil.copy(legacy / "2.mp3", legacy / "copy.mp3")
    first = house.json("files", "adopt", legacy, "--yes", "--keep-copies")
    assert (first["removed"], len(first["repeated"])) == (0, 2)
    again = house.json("files", "adopt", legacy, "--yes")
    assert again["removed"] == 1
    assert again["retagged"] == [str(legacy / "other tags.mp3")]
    assert [each.name for each in legacy.iterdir()] == ["other tags.mp3"]


def test_a_plan_says_what_is_moved_from_where_and_names_playlists(filled: FolderShell) -> None:
    said = filled("reconcile", "--sink", "folders", "--dry-run", "--move").out
    assert f"moved, from {filled.music / '1.mp3'}" in said
    filled.take("Mix", 2, 3)
    said = filled("reconcile", "--sink", "folders", "--dry-run").out
    assert "List changed" in said
    assert "Playlists +Unassigned, -Mix" in said
