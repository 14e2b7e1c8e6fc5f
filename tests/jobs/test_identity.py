"""What is what, through files: names, keys, times, and tracks without an id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import made_exports as made
from tests.builders import track
from tests.made_exports import Song, songs
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
