"""``import-csv``: what goes in, what a second run says, and what it prints."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import made_exports as made
from tests import schemas
from tests.builders import track
from tests.made_exports import Song, songs
from tests.shell import FIRST, FIRST_AT, SECOND, SECOND_AT, Shell


def states(found: dict[str, object]) -> dict[str, str]:
    files = found["files"]
    assert isinstance(files, list)
    return {each["path"]: each["status"] for each in files}


def test_a_first_import_says_what_it_did(shell: Shell) -> None:
    found = schemas.check("import", shell.json("import-csv", FIRST, "--taken-at", FIRST_AT))
    assert found["snapshot"] == {
        "id": 1, "source": "csv", "taken_at": FIRST_AT, "unchanged": False
    }  # fmt: skip
    assert [each["path"] for each in found["files"]][:2] == [
        "Liked_Songs.csv",
        "spotify_playlists/Brass_for_Breakfast.csv",
    ]
    assert set(states(found).values()) == {"imported"}
    totals = found["totals"]
    assert totals.pop("seconds") >= 0
    assert totals == {
        "files": 8, "rows": 356, "imported": 356, "rejected": 0,
        "tracks_new": 306, "entries_added": 356, "entries_removed": 0,
    }  # fmt: skip
    assert {each["dialect"] for each in found["files"]} == {"exportify.net"}


def test_a_person_reads_the_same(shell: Shell) -> None:
    said = shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    assert said.out == (
        "snapshot 1 of 2026-01-04T18:00:00Z: 8 files (8 imported), 356 rows\n"
        "306 tracks are new; 356 entries came, 0 went\n"
        "written by exportify.net of 2025-07-27 (8 files)\n"
    )
    assert said.err == ""


def test_importing_again_makes_no_snapshot(shell: Shell) -> None:
    shell.import_sample()
    before = shell.json("history", "list")
    for folder, at, number in ((SECOND, SECOND_AT, 2), (FIRST, FIRST_AT, 1)):
        found = schemas.check("import", shell.json("import-csv", folder, "--taken-at", at))
        assert found["snapshot"] == {
            "id": number, "source": "csv", "taken_at": at, "unchanged": True
        }  # fmt: skip
        assert set(states(found).values()) == {"unchanged"}
        totals = found["totals"]
        assert totals["imported"] == totals["rows"] == sum(f["rows"] for f in found["files"]) > 300
        assert (totals["tracks_new"], totals["entries_added"], totals["entries_removed"]) == (
            0,
            0,
            0,
        )
    assert shell.json("history", "list") == before
    assert (
        "nothing new since snapshot 2" in shell("import-csv", SECOND, "--taken-at", SECOND_AT).out
    )


def test_a_copied_folder_with_new_times_is_unchanged(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    shutil.copytree(SECOND, folder)
    made.touch(folder, "2026-02-20T10:00:00Z")
    first = shell.json("import-csv", folder)
    before = shell.json("history", "list")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    made.touch(copy, "2026-03-01T10:00:00Z")
    again = shell.json("import-csv", copy)
    assert set(states(again).values()) == {"unchanged"}
    assert again["snapshot"] == first["snapshot"] | {"unchanged": True}
    assert again["totals"]["entries_added"] == again["totals"]["entries_removed"] == 0
    assert shell.json("history", "list") == before
    third = shell.json("import-csv", copy)
    assert set(states(third).values()) == {"unchanged"}
    assert shell.json("history", "list") == before


def test_one_changed_file_makes_a_snapshot_of_what_changed(shell: Shell, tmp_path: Path) -> None:
    for name in ("A", "B"):
        made.write(tmp_path / "in" / f"{name}.csv", songs(1, 2))
    shell("import-csv", tmp_path / "in")
    made.write(tmp_path / "in/A.csv", songs(2, 3, 4), "2026-01-11T12:00:00Z")
    found = shell.json("import-csv", tmp_path / "in")
    assert states(found) == {"A.csv": "imported", "B.csv": "unchanged"}
    assert found["snapshot"]["id"] == 2
    assert found["totals"]["entries_added"] == 2
    assert found["totals"]["entries_removed"] == 1
    assert found["totals"]["tracks_new"] == 2
    assert shell.entries("B") == [track(1), track(2)]


# Time


def test_a_date_means_its_end_where_the_person_is(
    shell: Shell, tmp_path: Path, zone: Callable[[str], None]
) -> None:
    file = made.write(tmp_path / "Mix.csv", songs(1))
    zone("America/New_York")
    found = shell.json("import-csv", file, "--taken-at", "2026-01-13")
    assert found["snapshot"]["taken_at"] == "2026-01-14T04:59:59Z"
    assert len(shell.library("2026-01-13")) == 1
    shell.error("history", "at", "2026-01-12")


def test_a_file_has_its_own_time_but_none_before_its_newest_entry(
    shell: Shell, tmp_path: Path
) -> None:
    made.write(tmp_path / "in/Old.csv", songs(1), "2026-01-10T12:00:00Z")
    made.write(
        tmp_path / "in/Reset.csv",
        songs(1, 2, added_at="2026-01-12T08:00:00Z"),
        "2024-01-01T00:00:00Z",
    )
    found = shell.json("import-csv", tmp_path / "in")
    assert found["snapshot"]["taken_at"] == "2026-01-12T08:00:00Z"
    times = {p["playlist"]: p["observed_at"] for p in shell.json("playlists")["playlists"]}
    assert times == {"Old": "2026-01-10T12:00:00Z", "Reset": "2026-01-12T08:00:00Z"}
    assert set(shell.library("2026-01-10T12:00:00Z")) == {"csv:old"}
    again = shell.json("import-csv", tmp_path / "in")
    assert again["snapshot"]["unchanged"] is True


def test_a_time_that_is_none_is_a_usage_error(shell: Shell) -> None:
    assert "--taken-at" in shell.error("import-csv", FIRST, "--taken-at", "yesterday", code=2)
    assert not shell.path.exists()


def test_the_order_of_import_does_not_matter(shell: Shell, tmp_path: Path) -> None:
    shell.import_sample()
    other = Shell(tmp_path / "other.db", shell._capsys)
    other("import-csv", SECOND, "--taken-at", SECOND_AT)
    other("import-csv", FIRST, "--taken-at", FIRST_AT)
    for when in (FIRST_AT, SECOND_AT):
        assert other.json("history", "at", when) == shell.json("history", "at", when)
    ours, theirs = (each.json("history", "diff", FIRST_AT, SECOND_AT) for each in (shell, other))
    for each in (ours, theirs):
        del each["from"]["snapshot"], each["to"]["snapshot"]
    assert ours == theirs


# Where exports come from


def test_a_zip_is_as_good_as_its_folder(shell: Shell, tmp_path: Path) -> None:
    packed = made.pack(tmp_path / "exports.zip", SECOND, "2026-02-15T18:00:00Z")
    found = shell.json("import-csv", packed)
    assert found["snapshot"]["taken_at"] == "2026-02-15T18:00:00Z"
    assert found["files"][0]["path"] == "exports.zip/Liked_Songs.csv"
    folder = tmp_path / "folder"
    shutil.copytree(SECOND, folder)
    made.touch(folder, "2026-02-15T18:00:00Z")
    assert shell.json("import-csv", folder)["snapshot"]["unchanged"] is True


def test_files_and_folders_in_one_call(shell: Shell, tmp_path: Path) -> None:
    one = made.write(tmp_path / "one.csv", songs(1))
    made.write(tmp_path / "more" / "deep" / "Two.CSV", songs(2))
    (tmp_path / "more" / "notes.txt").write_text("nothing")
    found = shell.json("import-csv", one, tmp_path / "more")
    assert states(found) == {"one.csv": "imported", "deep/Two.CSV": "imported"}
    assert {p["playlist"] for p in shell.json("playlists")["playlists"]} == {"one", "Two"}


def test_entries_of_every_kind_keep_their_place(shell: Shell, tmp_path: Path) -> None:
    local = "spotify:local:Somebody::A+song:201"
    episode = "spotify:episode:0123456789abcdefghijKL"
    rows: list[Song | str] = [
        Song(1), Song(2), made.UNAVAILABLE, Song(uri=local), Song(uri=episode), Song(1),
        made.UNAVAILABLE, Song(uri="", title="Only a name"), Song(1, added_at=""),
    ]  # fmt: skip
    file = made.write(tmp_path / "Mix.csv", rows)
    found = shell.json("import-csv", file)
    assert found["totals"]["imported"] == 9
    uris = shell.entries("Mix")
    one = track(1)
    assert uris[:7] == [one, track(2), "unavailable", local, episode, one, "unavailable"]
    assert uris[7].startswith("meta:")
    assert uris[8] == one
    schemas.check("library", shell.json("history", "at", "latest"))
    shell("history", "at", "latest", "--playlist", "Mix")
    assert shell.json("import-csv", file)["snapshot"]["unchanged"] is True


@pytest.mark.parametrize("name", ["liked.csv", "Liked_Songs.csv", "liked songs.csv"])
def test_liked_songs_go_by_several_file_names(shell: Shell, tmp_path: Path, name: str) -> None:
    made.write(tmp_path / name, songs(1))
    found = shell.json("import-csv", tmp_path / name)
    assert found["files"][0]["playlist"] == "Liked Songs"
    assert set(shell.library()) == {"liked"}


def test_twins_are_both_kept_and_marked(shell: Shell, tmp_path: Path) -> None:
    made.write(tmp_path / "in/a/Mix.csv", songs(1, 2))
    made.write(tmp_path / "in/b/Mix.csv", songs(3, 4, 5))
    found = shell.json("import-csv", tmp_path / "in")
    assert states(found) == {"a/Mix.csv": "imported", "b/Mix.csv": "imported"}
    library = shell.library()
    assert sorted(len(each) for each in library.values()) == [2, 3]
    assert "csv:mix" in library
    names = {p["playlist"] for p in shell.json("playlists")["playlists"]}
    assert names == {"Mix", "Mix (2)"}
    assert {each["playlist"] for each in found["files"]} == names
    assert any("Mix" in warning for each in found["files"] for warning in each["warnings"])
    before = shell.json("history", "list")
    again = shell.json("import-csv", tmp_path / "in")
    assert set(states(again).values()) == {"unchanged"}
    assert again["snapshot"]["unchanged"] is True
    assert shell.json("history", "list") == before


def test_twins_of_two_times_are_two_observations(shell: Shell, tmp_path: Path) -> None:
    made.write(tmp_path / "in/a/Mix.csv", songs(1, 2), "2026-01-10T12:00:00Z")
    made.write(tmp_path / "in/b/Mix.csv", songs(1, 2, 3), "2026-01-12T12:00:00Z")
    shell("import-csv", tmp_path / "in")
    assert len(shell.entries("Mix", "2026-01-11")) == 2
    assert len(shell.entries("Mix")) == 3


def test_a_rename_is_reported_with_its_reason(shell: Shell) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    said = shell("import-csv", SECOND, "--taken-at", SECOND_AT)
    assert "'Sunday Bread and Butter' is 'Sunday Bread' under a new name" in said.err
    assert "syncengine playlists split" in said.err
    renamed = [p for p in shell.json("playlists")["playlists"] if len(p["names"]) > 1]
    assert [[n["playlist"] for n in p["names"]] for p in renamed] == [
        ["Sunday Bread", "Sunday Bread and Butter"]
    ]


@pytest.mark.parametrize("count", [5, 6])
def test_many_renames_are_told_in_one_line(shell: Shell, tmp_path: Path, count: int) -> None:
    for when, month in (("old", "01"), ("new", "02")):
        for number in range(count):
            rows = songs(*range(number * 8, number * 8 + 8))
            at = f"2026-{month}-10T12:00:00Z"
            made.write(tmp_path / when / f"{when}_{number}.csv", rows, at)
    shell("import-csv", tmp_path / "old")
    said = shell("import-csv", tmp_path / "new")
    assert said.err.count("under a new name") == (5 if count == 5 else 0)
    assert ("6 playlists were recognised" in said.err) is (count == 6)


# The whole library


def test_whole_library_ends_what_is_missing(shell: Shell, tmp_path: Path) -> None:
    for name in ("Liked_Songs", "A", "B"):
        made.write(tmp_path / f"one/{name}.csv", songs(1, 2))
    shell("import-csv", tmp_path / "one")
    made.write(tmp_path / "two/A.csv", songs(1, 2), "2026-01-20T12:00:00Z")
    shell("import-csv", tmp_path / "two")
    assert set(shell.library()) == {"liked", "csv:a", "csv:b"}
    found = shell.json("import-csv", tmp_path / "two", "--whole-library")
    assert found["snapshot"]["unchanged"] is False
    assert found["totals"]["entries_removed"] == 2
    assert set(shell.library()) == {"liked", "csv:a"}
    assert set(shell.library("2026-01-19")) == {"liked", "csv:a", "csv:b"}
    diff = schemas.check("diff", shell.json("history", "diff", "2026-01-19", "latest"))
    assert [(p["key"], p["status"]) for p in diff["playlists"]] == [("csv:b", "removed")]
    ended = {p["key"]: p["ended_at"] for p in shell.json("playlists")["playlists"]}
    assert ended == {"liked": None, "csv:a": None, "csv:b": "2026-01-20T12:00:00Z"}
    again = shell.json("import-csv", tmp_path / "two", "--whole-library")
    assert again["snapshot"] == found["snapshot"] | {"unchanged": True}


def test_an_empty_path_is_a_wrong_call_and_not_the_present_folder(shell: Shell) -> None:
    said = shell("import-csv", "", code=2)
    assert "PATH is empty" in said.err
    assert not shell.path.exists()
