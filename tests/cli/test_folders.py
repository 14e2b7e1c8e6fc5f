"""The playlist folders, end to end: what stands in them, what stays, and what is taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import audio
from tests.folder_shell import FolderShell, contents, name
from tests.shell import Shell


@pytest.fixture
def house(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderShell:
    return FolderShell(shell, tmp_path, monkeypatch)


@pytest.fixture
def filled(house: FolderShell) -> FolderShell:
    """Two playlists, four files of which one is of no track."""
    house.take("Mix", 1, 2, 3)
    house.take("Road trip", 3, 4)
    for number in (1, 2, 3):
        house.song(number)
    audio.make(
        house.music / "unknown.mp3", "mp3", seed=99, seconds=61, title="Nobody", artists=["X"]
    )
    house.reconcile()
    return house


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
    assert "no audio file" in filled("place", filled.folder / "nothing.mp3", code=1).err


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
