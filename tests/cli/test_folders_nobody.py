"""Playlist folders that nobody touched: no run takes its own doing for a person's edit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from syncengine.adapters.folders.steps import Disk
from syncengine.core.moment import to_iso
from syncengine.jobs.apply import apply
from tests import made_exports as made
from tests.folder_shell import FolderShell, contents, name
from tests.made_exports import songs
from tests.shell import Shell

WAYS = pytest.mark.parametrize(
    "flags",
    [(), ("--link", "sym"), ("--link", "copy"), ("--move",)],
    ids="".join,
)


@pytest.fixture
def house(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderShell:
    return FolderShell(shell, tmp_path, monkeypatch)


def take_both(house: FolderShell, **playlists: tuple[str, list[int]]) -> None:
    """Import playlists by id, with the name and the songs that each has now."""
    house.sleep()
    folder = house.folder / f"exports-{house.shell.now}"
    for key, (called, numbers) in playlists.items():
        path = folder / f"{called} [{key:0>22}].csv"
        made.write(path, songs(*numbers), to_iso(house.shell.now))
    house("import-csv", "--whole-library", folder)


def start(house: FolderShell, *flags: str) -> None:
    for number in range(1, 8):
        house.song(number)
    take_both(house, b=("Base", [1, 2, 3, 4]), c=("Old", [1, 2, 5, 6]))
    house.reconcile(*flags)


def agrees(house: FolderShell, *flags: str) -> None:
    """See that nothing is left to do, and that a look finds nobody's edits."""
    assert house.json("reconcile", "--sink", "folders", "--dry-run", *flags)["empty"]
    assert house.json("reconcile", "--sink", "folders", "--dry-run", "--refresh", *flags)["empty"]


@WAYS
def test_a_playlist_that_was_renamed_and_lost_a_track_at_once(
    house: FolderShell, flags: tuple[str, ...]
) -> None:
    start(house, *flags)
    take_both(house, b=("Base", [1, 2, 3, 4]), c=("New", [2, 5, 6]))
    house.reconcile(*flags)
    assert house.tree() == {
        "Base": [name(each) for each in (1, 2, 3, 4)],
        "New": sorted(name(each) for each in (2, 5, 6)),
    }
    agrees(house, *flags)


@WAYS
def test_playlists_that_swap_their_names_have_them_after_the_next_run(
    house: FolderShell, flags: tuple[str, ...]
) -> None:
    start(house, *flags)
    before = house.tree()
    take_both(house, b=("Old", [1, 2, 3, 4]), c=("Base", [1, 2, 5, 6]))
    house.reconcile(*flags)
    house.reconcile(*flags)
    assert house.tree() == {"Base": before["Old"], "Old": before["Base"]}
    agrees(house, *flags)


def test_a_playlist_that_takes_the_name_of_one_that_is_gone(house: FolderShell) -> None:
    start(house)
    take_both(house, b=("Old", [1, 2, 3, 4]))
    house.reconcile("--allow-removals")
    house.reconcile()
    assert house.tree() == {
        "Old": [name(each) for each in (1, 2, 3, 4)],
        "Unassigned": sorted(name(each) for each in (5, 6)),
    }
    agrees(house)


@WAYS
def test_a_change_that_failed_half_way_is_completed_once_it_can_be(
    house: FolderShell, flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(house, *flags)
    take_both(house, b=("Base", [1, 2, 3]), c=("Old", [1, 2, 5, 6]))
    real = Disk.begin

    def refused(self: Disk, kind: str, path: str) -> None:
        if f"{os.sep}Base{os.sep}" in path:
            raise PermissionError(13, "Permission denied", path)
        real(self, kind, path)

    with monkeypatch.context() as patch:
        patch.setattr(Disk, "begin", refused)
        house.reconcile(*flags, code=8)
    house.reconcile(*flags)
    assert house.tree()["Base"] == [name(each) for each in (1, 2, 3)]
    assert house.tree()["Unassigned"] == [name(4)]
    agrees(house, *flags)


def test_an_undo_that_restored_copies_leaves_nothing_agreed_of_them(
    house: FolderShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off when all is restored and before that is noted, it is taken up again."""
    legacy = house.folder / "legacy"
    house.take("Mix", 1, 2)
    for number in (1, 2):
        house.song(number, place=f"legacy/{number}.mp3")
        shutil.copy(legacy / f"{number}.mp3", legacy / f"copy of {number}.mp3")
    house("files", "adopt", legacy, "--yes")
    assert house.tree() == {"Mix": [name(1), name(2)]}

    def cut_off(*parts: object) -> object:
        apply(*parts)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("syncengine.jobs.undo.apply", cut_off)
        house("files", "undo", "--yes", code=130)
    assert len(list(legacy.iterdir())) == 4
    house("files", "undo", "--yes")
    house.reconcile()
    house("files", "adopt", legacy, "--yes")
    assert house.tree() == {"Mix": [name(1), name(2)]}


def test_files_whose_folder_was_away_for_one_run_are_known_again(house: FolderShell) -> None:
    start(house, "--move")
    before, bytes_before = house.tree(), contents(house.lists)
    (house.lists / "Base").rename(house.folder / "away")
    house.reconcile("--move", code=8)
    (house.folder / "away").rename(house.lists / "Base")
    house.reconcile("--move")
    assert house.tree() == before
    assert house.listed("Base") == [name(each) for each in (1, 2, 3, 4)]
    assert contents(house.lists) == bytes_before
    agrees(house, "--move")


def test_nothing_is_accepted_of_a_drive_that_is_away(house: FolderShell) -> None:
    """The advice for a folder that was emptied, taken while there is none, changes nothing."""
    start(house, "--move")
    house.lists.rename(house.folder / "away")
    house.reconcile("--move", code=3)
    house.reconcile("--move", "--refresh", "--conflicts", "use-ours", "--allow-empty", code=6)
    (house.folder / "away").rename(house.lists)
    house.reconcile("--move")
    agrees(house, "--move")


def test_files_that_were_given_up_by_mistake_are_known_again(house: FolderShell) -> None:
    start(house, "--move")
    before = house.tree()
    house.lists.rename(house.folder / "away")
    house.lists.mkdir()
    house.reconcile("--move", "--allow-empty")
    house.lists.rmdir()
    (house.folder / "away").rename(house.lists)
    house.reconcile("--move")
    assert house.tree() == before
    agrees(house, "--move")
