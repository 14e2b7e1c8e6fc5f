"""Files that hold several playlists, through a whole import: each becomes a playlist of the library."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.moment import Instant, parse_utc, to_iso
from tests.adapters.exports.samples import NET_HEADER, csv_text, net_row
from tests.builders import DAY
from tests.several import (
    ID,
    account_item,
    account_playlist,
    account_playlists,
    backup_json,
    backup_text,
    raw_item,
    raw_playlist,
    tmm_row,
    tunemymusic,
    uri,
    your_library,
)
from tests.shell import Shell

FIRST, SECOND = "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"
MIX, LIKED = {"csv:mix": [uri(1), uri(2)]}, {"liked": [uri(3)]}


def held(shell: Shell, when: str = "latest") -> dict[str, list[str]]:
    return {key: [each["uri"] for each in told] for key, told in shell.library(when).items()}


def statuses(found: dict[str, Any]) -> dict[str, str]:
    return {file["path"].partition(" › ")[2]: file["status"] for file in found["files"]}


def written(path: Path, content: bytes, at: str = FIRST) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (parse_utc(at), parse_utc(at)))
    return path


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "all.csv",
            tunemymusic(tmm_row(1, "Mix"), tmm_row(3, "", "Favorite"), tmm_row(2, "Mix")),
            MIX | LIKED,
        ),
        ("all.txt", backup_text({"Mix": [1, 2], "Liked Songs": [3]}), MIX | LIKED),
        (
            "all.json",
            backup_json(
                raw_playlist("Mix", [raw_item(1), raw_item(2)]),
                raw_playlist("Liked Songs", [raw_item(3)], None),
            ),
            {f"spotify:playlist:{ID}": [uri(1), uri(2)]} | LIKED,
        ),
        (
            "Playlist1.json",
            account_playlists(account_playlist("Mix", [account_item(1), account_item(2)])),
            MIX,
        ),
        ("YourLibrary.json", your_library(3), LIKED),
    ],
)
def test_each_form_becomes_a_library_and_again_is_unchanged(
    shell: Shell, tmp_path: Path, name: str, content: bytes, expected: dict[str, list[str]]
) -> None:
    path = written(tmp_path / name, content)
    first = shell.json("import-csv", path)
    assert {file["status"] for file in first["files"]} == {"imported"}
    assert first["snapshot"]["taken_at"] == FIRST
    assert held(shell) == expected
    again = shell.json("import-csv", path)
    assert {file["status"] for file in again["files"]} == {"unchanged"}
    assert again["snapshot"]["unchanged"]
    assert shell("db", "check").out


def test_only_the_playlist_that_changed_is_imported(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "Playlist1.json"
    same = account_playlist("Same", [account_item(1)])
    written(path, account_playlists(same, account_playlist("Mix", [account_item(2)])))
    shell("import-csv", path)
    changed = account_playlist("Mix", [account_item(2), account_item(3)])
    written(path, account_playlists(same, changed), SECOND)
    found = shell.json("import-csv", path)
    assert statuses(found) == {"Same": "unchanged", "Mix": "imported"}
    assert found["totals"]["entries_added"] == 1
    assert held(shell)["csv:mix"] == [uri(2), uri(3)]


def test_the_file_and_each_playlist_of_it_are_kept(shell: Shell, tmp_path: Path) -> None:
    content = tunemymusic(tmm_row(1, "Mix"), tmm_row(2, "Other"))
    shell("import-csv", written(tmp_path / "all.csv", content))
    raw = [path for path in tmp_path.rglob("*raw*/**/*") if path.is_file()]
    assert len(raw) == 3


def test_two_playlists_of_one_name_are_twins(shell: Shell, tmp_path: Path) -> None:
    one, other = [account_item(1), account_item(2)], [account_item(8), account_item(9)]
    mixes = [account_playlist("Mix", items) for items in (one, other)]
    path = written(tmp_path / "Playlist1.json", account_playlists(*mixes))
    shell("import-csv", path)
    assert held(shell) == {"csv:mix": [uri(1), uri(2)], "csv:mix~2": [uri(8), uri(9)]}
    mixes = [account_playlist("Mix", [*items, account_item(5)]) for items in (other, one)]
    written(path, account_playlists(*mixes), SECOND)
    shell("import-csv", path)
    both = {"csv:mix": [uri(1), uri(2), uri(5)], "csv:mix~2": [uri(8), uri(9), uri(5)]}
    assert held(shell) == both


def test_account_data_is_found_in_folders_and_zips_and_other_json_is_not(
    shell: Shell, tmp_path: Path
) -> None:
    folder = tmp_path / "in" / "Spotify Account Data"
    written(
        folder / "playlist1.JSON", account_playlists(account_playlist("Mix", [account_item(1)]))
    )
    written(folder / "StreamingHistory_music_0.json", b'[{"endTime": "x", "msPlayed": 1}]')
    written(folder / "Mix.json", b"no export")
    written(folder / "notes.txt", b"no export")
    with zipfile.ZipFile(tmp_path / "in" / "my_spotify_data.zip", "w") as archive:
        archive.writestr("Spotify Account Data/YourLibrary.json", your_library(3))
        archive.writestr("Spotify Account Data/Userdata.json", b"{}")
    found = shell.json("import-csv", tmp_path / "in")
    assert [file["path"] for file in found["files"]] == [
        "Spotify Account Data/playlist1.JSON › Mix",
        "my_spotify_data.zip/Spotify Account Data/YourLibrary.json › Liked Songs",
    ]
    assert held(shell) == {"csv:mix": [uri(1)], "liked": [uri(3)]}


def test_a_history_that_is_named_itself_is_refused_with_a_reason(
    shell: Shell, tmp_path: Path
) -> None:
    path = written(tmp_path / "endsong_0.json", b'[{"ts": "x", "ms_played": 1}]')
    said = shell("import-csv", path, code=1)
    assert "this is a streaming history: it tells what was played" in said.err


def test_a_playlist_that_cannot_be_read_spoils_no_other(shell: Shell, tmp_path: Path) -> None:
    sound = account_playlist("Mix", [account_item(1)])
    path = tmp_path / "Playlist1.json"
    written(path, account_playlists(account_playlist("Bad", 5), sound))
    found = shell.json("import-csv", path, code=8)
    assert statuses(found) == {"Bad": "quarantined", "Mix": "imported"}
    assert held(shell) == {"csv:mix": [uri(1)]}
    [aside] = shell.json("status")["quarantined"]
    assert aside["path"] == str(path)
    assert aside["reason"].startswith("Bad: ")
    written(path, account_playlists(sound), SECOND)
    shell("import-csv", path)
    assert shell.json("status")["quarantined"] == []


def test_a_playlist_of_which_no_entry_can_be_read_is_set_aside(
    shell: Shell, tmp_path: Path
) -> None:
    mixes = account_playlist("Bad", [5, 6]), account_playlist("Mix", [account_item(1), 7])
    path = written(tmp_path / "Playlist1.json", account_playlists(*mixes))
    found = shell.json("import-csv", path, code=8)
    assert statuses(found) == {"Bad": "quarantined", "Mix": "imported"}
    assert "takes nothing" in found["files"][1]["warnings"][-1]


def test_a_bad_playlist_ends_no_other_in_a_whole_library(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "Playlist1.json"
    mixes = [account_playlist(name, [account_item(1)]) for name in ("Mix", "A.B", "Gone")]
    written(path, account_playlists(*mixes))
    shell("import-csv", path)
    written(path, account_playlists(mixes[0], account_playlist("A.B", 5)), SECOND)
    found = shell.json("import-csv", path, "--whole-library", code=8)
    assert found["ended"] == ["Gone"]
    assert held(shell).keys() == {"csv:mix", "csv:a.b"}
    parts = account_playlist("New", [account_item(2)]), account_playlist("A.B", [5])
    written(path, account_playlists(*parts), to_iso(Instant(parse_utc(SECOND) + DAY)))
    assert shell.json("import-csv", path, "--whole-library", code=8)["ended"] == ["Mix"]
    assert held(shell).keys() == {"csv:new", "csv:a.b"}
    written(path, b'{"playlists": [', SECOND)
    said = shell("import-csv", path, "--whole-library", code=1)
    assert "none was ended" in said.err


def test_a_file_without_playlists_is_no_error(shell: Shell, tmp_path: Path) -> None:
    path = written(tmp_path / "Playlist1.json", account_playlists())
    said = shell("import-csv", path)
    assert "it holds no playlist" in said.err
    assert said.out == "1 file; nothing was imported\n"
    [file] = shell.json("import-csv", path)["files"]
    assert (file["status"], file["rows"]) == ("imported", 0)
    assert file["warnings"] == ["it holds no playlist"]


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/b\\c", "..", "C:\\x", "x" * 200, "\u202e\n"]
)
def test_a_playlists_name_is_no_path(shell: Shell, tmp_path: Path, name: str) -> None:
    bad = account_playlists(account_playlist(name, [account_item(1)]), account_playlist(name, 5))
    path = written(tmp_path / "in" / "Playlist1.json", bad)
    shell("import-csv", path, code=8)
    assert list(held(shell).values()) == [[uri(1)]]
    shell("export", tmp_path / "deep" / "out")
    made = [each for each in (tmp_path / "deep").rglob("*") if each.is_file()]
    assert [each.parent for each in made] == [tmp_path / "deep" / "out" / "spotify_playlists"]
    assert not {"x", "passwd", "b"} & {each.stem for each in tmp_path.parent.glob("*")}


def test_account_data_is_not_older_than_the_newest_day_in_it(shell: Shell, tmp_path: Path) -> None:
    mix = account_playlist("Mix", [account_item(1, "2026-02-03")], day="2026-02-02")
    path = written(tmp_path / "Playlist1.json", account_playlists(mix))
    assert shell.json("import-csv", path)["snapshot"]["taken_at"] == "2026-02-03T00:00:00Z"
    assert statuses(shell.json("import-csv", path)) == {"Mix": "unchanged"}
    given = shell.json("import-csv", path, "--taken-at", "2026-02-01T00:00:00Z")
    assert given["snapshot"]["taken_at"] == "2026-02-01T00:00:00Z"


def test_a_day_that_is_yet_to_come_dates_nothing(shell: Shell, tmp_path: Path) -> None:
    mix = account_playlist("Mix", [account_item(1, "9999-12-31")])
    path = written(tmp_path / "Playlist1.json", account_playlists(mix))
    assert shell.json("import-csv", path)["snapshot"]["taken_at"] == FIRST


def _net(tracks: Sequence[int]) -> bytes:
    rows = (net_row(uri=uri(each), title=f"Song {each}", artists="Ada;Bob") for each in tracks)
    return csv_text(NET_HEADER, *rows).encode()


def test_a_library_without_an_order_moves_nothing(shell: Shell, tmp_path: Path) -> None:
    path = written(tmp_path / "YourLibrary.json", your_library(1, 2, 3))
    shell("import-csv", path)
    written(path, your_library(3, 1, 4, 2), SECOND)
    assert shell.json("import-csv", path)["totals"]["entries_added"] == 1
    liked = held(shell)["liked"]
    assert uri(4) in liked
    assert [each for each in liked if each != uri(4)] == [uri(1), uri(2), uri(3)]


def _moves(shell: Shell, start: int, end: int) -> list[tuple[str, int, int]]:
    found = shell.json("history", "diff", _day(start), _day(end))["playlists"]
    kinds = ("status", "moved", "added")
    return [(p, *(len(n) for n in many)) for p, *many in ([e[k] for k in kinds] for e in found)]


def _day(number: int) -> str:
    return f"2026-02-{number:02}T00:00:00Z"


def test_an_order_that_becomes_known_is_no_change(shell: Shell, tmp_path: Path) -> None:
    likes, liked = tmp_path / "YourLibrary.json", tmp_path / "Liked_Songs.csv"
    told = [
        (likes, your_library(1, 2, 3, 4)),
        (liked, _net([4, 2, 1, 3])),
        (liked, _net([4, 1, 2, 3])),
        (likes, your_library(1, 2, 3, 4, 5)),
        (liked, _net([5, 4, 1, 2, 3])),
    ]
    for number, (path, content) in enumerate(told, 1):
        shell("import-csv", written(path, content, _day(number)))
    assert held(shell) == {"liked": [uri(each) for each in (5, 4, 1, 2, 3)]}
    assert _moves(shell, 1, 2) == _moves(shell, 2, 1) == []
    assert _moves(shell, 2, 3) == [("changed", 1, 0)]
    assert _moves(shell, 1, 3) == []
    assert _moves(shell, 3, 4) == [("changed", 0, 1)]
    assert _moves(shell, 4, 5) == []
    assert _moves(shell, 1, 5) == [("changed", 0, 1)]
    assert _moves(shell, 2, 5) == [("changed", 1, 1)]


def test_facts_that_a_better_source_tells_otherwise_are_no_changes(
    shell: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "Mix.csv"
    rows = [tmm_row(each, "Mix") for each in (1, 2)]
    shell("import-csv", written(tmp_path / "all.csv", tunemymusic(*rows), _day(1)))
    shell("import-csv", written(path, _net([1, 2]), _day(2)))
    retold = csv_text(
        NET_HEADER,
        net_row(uri=uri(1), title="Song 1", artists="Ada;Bob"),
        net_row(uri=uri(2), title="Another", artists="Ada;Bob"),
    )
    shell("import-csv", written(path, retold.encode(), _day(3)))
    [track] = shell.json("tracks", "--search", "Song 1")["tracks"]
    assert track["artists"] == ["Ada", "Bob"]
    assert _facts(shell, 1, 2) == _facts(shell, 2, 1) == []
    assert _facts(shell, 2, 3) == [{"title": ["Song 2", "Another"]}]
    assert _facts(shell, 1, 3) == [{"title": ["Song 2", "Another"]}]
    assert _facts(shell, 3, 1) == [{"title": ["Another", "Song 2"]}]


def _facts(shell: Shell, start: int, end: int) -> list[dict[str, Any]]:
    found = shell.json("history", "diff", _day(start), _day(end))["tracks"]
    return [track["fields"] for track in found]


def test_after_exportify_account_data_changes_only_what_changed(
    shell: Shell, tmp_path: Path
) -> None:
    written(tmp_path / "net" / "Mix.csv", _net([1, 2, 3]))
    written(tmp_path / "net" / "Liked_Songs.csv", _net([5, 6, 7, 8]))
    shell("import-csv", tmp_path / "net")
    before = shell.library()
    data = tmp_path / "data"
    mix = account_playlist("Mix", [account_item(each) for each in (1, 2, 3)])
    written(data / "Playlist1.json", account_playlists(mix), SECOND)
    written(data / "YourLibrary.json", your_library(8, 5, 7, 6), SECOND)
    found = shell.json("import-csv", data)
    assert (found["totals"]["entries_added"], found["totals"]["entries_removed"]) == (0, 0)
    assert shell.library() == before
    assert shell.json("history", "diff", FIRST, SECOND)["tracks"] == []

    written(
        data / "YourLibrary.json",
        your_library(8, 9, 7, 6),
        to_iso(Instant(parse_utc(SECOND) + DAY)),
    )
    found = shell.json("import-csv", data)
    assert (found["totals"]["entries_added"], found["totals"]["entries_removed"]) == (1, 1)
    assert held(shell)["liked"] == [uri(6), uri(7), uri(8), uri(9)]
    [*known, _] = shell.library()["liked"]
    assert {each["added_at"] for each in known} == {"2026-01-02T03:04:05Z"}


def test_json_of_the_api_says_the_stamps_of_an_export(shell: Shell, tmp_path: Path) -> None:
    written(tmp_path / f"Mix [{ID}].csv", _net([1, 2]))
    shell("import-csv", tmp_path / f"Mix [{ID}].csv")
    path = tmp_path / "backup.json"
    written(path, backup_json(raw_playlist("Mix", [raw_item(1), raw_item(2)])), SECOND)
    found = shell.json("import-csv", path)
    assert (found["totals"]["entries_added"], found["totals"]["entries_removed"]) == (0, 0)
    assert held(shell) == {f"spotify:playlist:{ID}": [uri(1), uri(2)]}
