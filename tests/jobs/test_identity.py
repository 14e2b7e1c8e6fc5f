"""What is what, through files: names, keys, times, and tracks without an id."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import made_exports as made
from tests.builders import track
from tests.made_exports import Song, songs
from tests.several import ID
from tests.shell import Shell


def nameless(*numbers: int) -> list[Song]:
    return [Song(number, uri="") for number in numbers]


def day(number: int) -> str:
    return f"2026-01-{number:02}T12:00:00Z"


def put(shell: Shell, path: Path, rows: list[Song], number: int, *more: str) -> dict[str, Any]:
    return shell.json("import-csv", made.write(path, rows, day(number)), *more)


def names(shell: Shell) -> list[list[str]]:
    found = shell.json("playlists")["playlists"]
    return [[name["playlist"] for name in each["names"]] for each in found]


# Tracks without an id


def test_a_switch_to_a_dialect_with_ids_shows_no_change(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", nameless(*range(30)), 1)
    before = [each["uri"] for each in shell.json("tracks")["tracks"]]
    assert all(uri.startswith("meta:") for uri in before)
    found = put(shell, tmp_path / "Mix.csv", songs(*range(30)), 2)
    assert found["files"][0]["status"] == "imported"
    totals = found["totals"]
    assert (totals["entries_added"], totals["entries_removed"], totals["tracks_new"]) == (0, 0, 0)
    assert shell.json("history", "diff", day(1), day(2))["playlists"] == []
    real = sorted(track(n) for n in range(30))
    assert sorted(each["uri"] for each in shell.json("tracks")["tracks"]) == real
    assert sorted(shell.entries("Mix", day(1))) == real
    assert shell.json("playlists-of", track(3))["playlists"][0]["playlist"] == "Mix"


def test_dropping_the_export_with_ids_takes_them_back(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", nameless(1, 2), 1)
    found = put(shell, tmp_path / "Other.csv", songs(1), 2)
    assert shell.entries("Mix")[0] == track(1)
    shell("history", "drop", found["snapshot"]["id"], "--yes")
    assert [uri.startswith("meta:") for uri in shell.entries("Mix")] == [True, True]


# Renames


def test_there_and_back_is_one_playlist_with_three_names(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", songs(*range(8)), 1)
    put(shell, tmp_path / "Best_Of.csv", songs(*range(8)), 2)
    put(shell, tmp_path / "Mix.csv", songs(*range(9)), 3)
    assert names(shell) == [["Mix", "Best Of", "Mix"]]
    changes = shell.json("history", "diff", day(1), day(2))["playlists"]
    assert [(c["status"], c["renamed_from"], c["playlist"]) for c in changes] == [
        ("renamed", "Mix", "Best Of")
    ]
    back = shell.json("history", "diff", day(2), day(3))["playlists"]
    assert [(c["status"], c["renamed_from"], len(c["added"])) for c in back] == [
        ("renamed", "Best Of", 1)
    ]
    assert shell.json("history", "diff", day(1), day(3))["playlists"][0]["status"] == "changed"


def test_in_whatever_order_the_files_come(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", songs(*range(9)), 3)
    put(shell, tmp_path / "Mix.csv", songs(*range(8)), 1)
    put(shell, tmp_path / "Best_Of.csv", songs(*range(8)), 2)
    assert names(shell) == [["Mix", "Best Of", "Mix"]]


def test_a_copy_of_the_old_file_does_not_bring_the_name_back(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", songs(*range(8)), 1)
    put(shell, tmp_path / "Best_Of.csv", songs(*range(8)), 2)
    put(shell, tmp_path / "Mix.csv", songs(*range(8)), 3)
    assert names(shell) == [["Mix", "Best Of"]]
    put(shell, tmp_path / "Mix.csv", songs(*range(8)), 4, "--taken-at", day(4))
    assert names(shell) == [["Mix", "Best Of", "Mix"]]


def test_a_name_that_is_spelt_anew_is_a_rename(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", songs(1, 2), 1)
    put(shell, tmp_path / "MIX.csv", songs(1, 2), 2)
    changes = shell.json("history", "diff", day(1), day(2))["playlists"]
    assert [(c["status"], c["renamed_from"]) for c in changes] == [("renamed", "Mix")]


def test_a_playlist_keeps_the_id_that_it_was_seen_with(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / f"Mix [{ID}].csv", songs(*range(8)), 1)
    path = made.write(tmp_path / "Mix.csv", songs(*range(9)), day(2))
    said = shell("import-csv", path)
    assert "new name" not in said.err
    assert f"'Mix' is spotify:playlist:{ID} as well: 8 of 9 tracks" in said.err
    [record] = shell.json("playlists")["playlists"]
    assert record["key"] == f"spotify:playlist:{ID}"
    assert list(shell.library(day(2))) == [f"spotify:playlist:{ID}"]
    [change] = shell.json("history", "diff", day(1), day(2))["playlists"]
    assert (change["status"], change["key"]) == ("changed", f"spotify:playlist:{ID}")
    put(shell, tmp_path / "Best.csv", songs(*range(9)), 3)
    [change] = shell.json("history", "diff", day(2), day(3))["playlists"]
    assert (change["status"], change["renamed_from"]) == ("renamed", "Mix")
    assert change["key"] == f"spotify:playlist:{ID}"
    shell("playlists", "split", "csv:best")
    assert sorted(shell.library()) == ["csv:best", f"spotify:playlist:{ID}"]


def test_an_id_that_becomes_known_is_the_playlists_from_the_first_day_on(
    shell: Shell, tmp_path: Path
) -> None:
    put(shell, tmp_path / "Mix.csv", songs(*range(8)), 1)
    put(shell, tmp_path / f"Mix [{ID}].csv", songs(*range(8)), 2)
    assert list(shell.library(day(1))) == [f"spotify:playlist:{ID}"]
    assert shell.json("history", "diff", day(1), day(2))["playlists"] == []


def test_liked_songs_are_never_a_rename(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Faves.csv", songs(*range(8)), 1)
    found = put(shell, tmp_path / "Liked_Songs.csv", songs(*range(8)), 2)
    assert found["files"][0]["status"] == "imported"
    assert sorted(shell.library()) == ["csv:faves", "liked"]


def test_people_join_and_split(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", songs(1, 2), 1)
    put(shell, tmp_path / "Best_Of.csv", songs(3, 4), 2)
    assert len(names(shell)) == 2
    shell("playlists", "join", "Mix", "Best Of")
    assert names(shell) == [["Mix", "Best Of"]]
    shell("playlists", "split", "csv:best_of")
    assert sorted(names(shell)) == [["Best Of"], ["Mix"]]


# Files with one key, and their times


def test_files_of_one_key_and_moment_are_two_playlists(shell: Shell, tmp_path: Path) -> None:
    for folder, number in (("a", 1), ("b", 2)):
        made.write(tmp_path / folder / "Mix.csv", songs(number), day(1))
    found = shell.json("import-csv", tmp_path)
    assert sorted(shell.library()) == ["csv:mix", "csv:mix~2"]
    assert sum("~2" in w or "Mix (2)" in w for f in found["files"] for w in f["warnings"]) == 1


def test_twins_are_known_again_without_added_at_stamps(shell: Shell, tmp_path: Path) -> None:
    few, others = range(1, 5), range(11, 15)
    for folder, numbers in (("a", few), ("b", others)):
        made.write(tmp_path / folder / "Mix.csv", songs(*numbers), day(1))
    shell("import-csv", tmp_path)
    before = {key: [each["uri"] for each in found] for key, found in shell.library().items()}
    for folder, numbers in (("a", others), ("b", few)):
        made.write(tmp_path / folder / "Mix.csv", songs(*numbers, added_at=""), day(2))
    shell("import-csv", tmp_path)
    after = {key: [each["uri"] for each in found] for key, found in shell.library().items()}
    assert after == before


def test_a_lone_file_goes_to_the_twin_that_it_shares_most_with(
    shell: Shell, tmp_path: Path
) -> None:
    few, others = list(range(1, 5)), list(range(11, 15))
    for folder, numbers in (("a", few), ("b", others)):
        made.write(tmp_path / folder / "Mix.csv", songs(*numbers), day(1))
    shell("import-csv", tmp_path)
    alone = tmp_path / "alone" / "Mix.csv"
    for number, rows, key in (
        (2, songs(*others, 15), "csv:mix~2"),
        (3, songs(*few, 5), "csv:mix"),
        (4, songs(1, 11), "csv:mix"),  # of both as much
        (5, songs(99), "csv:mix"),
    ):
        before = shell.library()
        [file] = put(shell, alone, rows, number, "--accept", "Mix")["files"]
        assert (file["status"], len(file["warnings"])) == ("imported", 1)
        told = {k: [each["uri"] for each in found] for k, found in shell.library().items()}
        assert told.pop(key) == [track(row.number) for row in rows]
        assert told == {k: [e["uri"] for e in found] for k, found in before.items() if k != key}
    again = shell.json("import-csv", alone)["files"][0]
    assert (again["status"], again["warnings"]) == ("unchanged", [])


def test_twins_of_several_dates_in_one_import_stay_what_they_are(
    shell: Shell, tmp_path: Path
) -> None:
    few, others = list(range(1, 5)), list(range(11, 15))
    for number, folders in ((1, "ab"), (2, "ba")):
        for folder, numbers in zip(folders, (few, others), strict=True):
            rows = songs(*numbers, 20 + number)
            made.write(tmp_path / f"day {number}" / folder / "Mix.csv", rows, day(number))
    made.write(tmp_path / "day 3" / "Mix.csv", songs(*others), day(3))
    shell("import-csv", tmp_path)
    assert shell.entries("csv:mix") == [track(n) for n in (*few, 22)]
    assert shell.entries("csv:mix~2") == [track(n) for n in others]


def test_exports_of_several_dates_in_one_folder_are_each_heard_at_theirs(
    shell: Shell, tmp_path: Path
) -> None:
    for number in (3, 1, 2):
        made.write(tmp_path / f"day {number}" / "Mix.csv", songs(*range(number)), day(number))
    found = shell.json("import-csv", tmp_path)
    assert [each["status"] for each in found["files"]] == ["imported"] * 3
    assert found["snapshot"]["taken_at"] == day(3)
    assert [len(shell.entries("Mix", day(n))) for n in (1, 2, 3)] == [1, 2, 3]
    assert len(names(shell)) == 1


@pytest.mark.parametrize("taken", ["2026-01-01T12:00:00Z", "2026-01-01T12:00:02Z"])
def test_a_zip_that_rounds_a_time_holds_nothing_new(
    shell: Shell, tmp_path: Path, taken: str
) -> None:
    folder = tmp_path / "in"
    made.write(folder / "Mix.csv", songs(1, 2), "2026-01-01T12:00:01Z")
    first = shell.json("import-csv", folder)
    made.write(folder / "Mix.csv", songs(1, 2, 3), "2026-01-01T18:00:01Z")
    shell.json("import-csv", folder)
    made.write(folder / "Mix.csv", songs(1, 2))
    found = shell.json("import-csv", made.pack(tmp_path / "in.zip", folder, taken))
    assert found["files"][0]["status"] == "unchanged"
    assert found["snapshot"] == first["snapshot"] | {"unchanged": True}
    with closing(sqlite3.connect(shell.path)) as connection:
        assert connection.execute("SELECT count(*) FROM observations").fetchone() == (2,)
    assert shell.error("history", "at", "2026-01-01T12:00:00Z")
    given = shell.json("import-csv", folder, "--taken-at", "2026-01-01T12:00:00Z")
    assert given["snapshot"]["taken_at"] == "2026-01-01T12:00:00Z"


def test_a_zip_of_what_we_exported_tells_nothing(shell: Shell, tmp_path: Path) -> None:
    put(shell, tmp_path / "Mix.csv", songs(1, 2), 1)
    made.write(tmp_path / "Mix.csv", songs(1, 2, 3), "2026-01-02T12:00:01Z")
    shell("import-csv", tmp_path / "Mix.csv")
    shell("export", tmp_path / "out")
    # The exporter writes the same bytes, so that they are no longer ours alone.
    copy = tmp_path / "copy" / "Mix.csv"
    copy.parent.mkdir()
    copy.write_bytes((tmp_path / "out" / "spotify_playlists" / "Mix.csv").read_bytes())
    shell("import-csv", copy, "--taken-at", day(3))
    packed = made.pack(tmp_path / "out.zip", tmp_path / "out", "2026-01-02T12:00:02Z")
    found = shell.json("import-csv", packed)
    assert [file["status"] for file in found["files"]] == ["unchanged"]
    assert found["snapshot"]["unchanged"]


def test_a_file_is_never_older_than_what_was_added_last(shell: Shell, tmp_path: Path) -> None:
    found = put(shell, tmp_path / "Mix.csv", songs(1, added_at=day(5)), 1)
    assert found["snapshot"]["taken_at"] == day(5)


def test_stamps_that_become_known_are_no_change(shell: Shell, tmp_path: Path) -> None:
    bare = "title;artist;album;isrc;addedDate;addedBy;duration;url\n" + "".join(
        f"Song {n};Ada;Rivers;;;;200s;https://open.spotify.com/track/{n:022}\n" for n in range(5)
    )
    header = "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
    header += (
        "Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,"
    )
    header += "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature\n"
    dated = header + "".join(
        f'spotify:track:{n:022},"Song {n}","Rivers","Ada",2001,200000,5,false,,2020-01-01T00:00:0{n}Z,"","",'
        ",,,,,,,,,,,\n"
        for n in range(5)
    )
    path = tmp_path / "Mix.csv"
    path.write_text(bare, encoding="utf-8")
    shell("import-csv", path, "--taken-at", "2026-01-01")
    path.write_text(dated, encoding="utf-8")
    found = shell.json("import-csv", path, "--taken-at", "2026-02-01")
    assert (found["totals"]["entries_added"], found["totals"]["entries_removed"]) == (0, 0)
    assert shell.json("history", "diff", "2026-01-01", "2026-02-01")["playlists"] == []
