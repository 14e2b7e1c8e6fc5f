"""``export``: any moment as files, and that importing them again changes nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests import made_exports as made
from tests.builders import track
from tests.made_exports import Song, songs
from tests.shell import FIRST_AT, SECOND, SECOND_AT, Shell


@pytest.fixture
def sample(shell: Shell) -> Shell:
    shell.import_sample()
    return shell


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_layout_is_that_of_a_backup_folder(sample: Shell, tmp_path: Path) -> None:
    found = sample.json("export", tmp_path / "out")
    assert found["kind"] == "export"
    assert (found["at"], found["format"]) == (SECOND_AT, "csv")
    assert files(tmp_path / "out") == sorted(each["path"] for each in found["files"])
    assert sum(each["entries"] for each in found["files"]) == 381
    # Songs My Bicycle Knows and so on: the stems that were seen.
    assert files(tmp_path / "out") == files(SECOND)
    for path in (tmp_path / "out").rglob("*.csv"):
        assert made.modified(path) == SECOND_AT
    said = sample("export", tmp_path / "again").out
    assert said == f"9 playlists with 381 entries, as of {SECOND_AT}, are in {tmp_path / 'again'}\n"


def test_csv_is_what_the_exporter_wrote(sample: Shell, tmp_path: Path) -> None:
    sample("export", tmp_path / "out")
    for path in SECOND.rglob("*.csv"):
        ours = tmp_path / "out" / path.relative_to(SECOND)
        assert ours.read_bytes() == path.read_bytes(), path.name


def test_an_earlier_moment_has_its_own_names_and_time(sample: Shell, tmp_path: Path) -> None:
    found = sample.json("export", tmp_path / "out", "--at", "2026-01-13")
    assert found["at"] == "2026-01-13T23:59:59Z"
    assert "spotify_playlists/Sunday_Bread.csv" in files(tmp_path / "out")
    assert "spotify_playlists/Spring_Cleaning.csv" not in files(tmp_path / "out")
    assert {made.modified(path) for path in (tmp_path / "out").rglob("*.csv")} == {found["at"]}


@pytest.mark.parametrize("form", ["csv", "json", "m3u8"])
def test_one_playlist_in_every_format(sample: Shell, tmp_path: Path, form: str) -> None:
    sample("export", tmp_path / "out", "--playlist", "Night Train to Nowhere", "--format", form)
    assert files(tmp_path / "out") == [f"spotify_playlists/Night_Train_to_Nowhere.{form}"]
    text = (tmp_path / "out" / files(tmp_path / "out")[0]).read_text("utf-8")
    entries = sample.entries("Night Train to Nowhere")
    if form == "json":
        content = json.loads(text)
        assert [each["uri"] for each in content["entries"]] == entries
        assert (content["format_version"], content["playlist"]) == (1, "Night Train to Nowhere")
        assert content["entries"][0]["features"]
    elif form == "m3u8":
        assert text.startswith("#EXTM3U\n#PLAYLIST:Night Train to Nowhere\n#EXTINF:")
        assert text.count("#EXTINF") == len(entries)
        assert f"https://open.spotify.com/track/{entries[0].rpartition(':')[2]}\n" in text
    else:
        assert [row[0] for row in csv.reader(text.splitlines())][1:] == entries


def test_what_is_not_known_is_a_usage_error(sample: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "m3u8" in sample.error("export", out, "--format", "xml", code=2)
    assert "exportify.app" in sample.error("export", out, "--dialect", "other", code=2)
    sample.error("export", out, "--playlist", "Nope")
    sample.error("export", out, "--at", "2020-01-01")
    assert not out.exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(sample: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be written" in sample.error("export", tmp_path / "file" / "out")
    assert "cannot be written" in sample.error("export", tmp_path / "file")


@pytest.mark.parametrize("dialect", ["exportify.net", "exportify.app"])
@pytest.mark.parametrize("at", ["1", "latest"])
def test_importing_what_was_exported_changes_nothing(
    sample: Shell, tmp_path: Path, dialect: str, at: str
) -> None:
    before = [sample.library(when) for when in (FIRST_AT, SECOND_AT)], facts(sample)
    change = sample.json("history", "diff", FIRST_AT, SECOND_AT)
    listed = sample.json("history", "list")
    sample("export", tmp_path / "out", "--at", at, "--dialect", dialect)
    found = sample.json("import-csv", tmp_path / "out")
    assert found["totals"]["rejected"] == 0
    for name in ("tracks_new", "entries_added", "entries_removed"):
        assert found["totals"][name] == 0
    assert ([sample.library(when) for when in (FIRST_AT, SECOND_AT)], facts(sample)) == before
    again = sample.json("history", "diff", FIRST_AT, SECOND_AT)
    if dialect == "exportify.net":
        assert {each["status"] for each in found["files"]} == {"unchanged"}
        assert found["snapshot"]["unchanged"] is True
        assert sample.json("history", "list") == listed
        assert again == change
    for name in ("playlists", "tracks", "popularity"):
        assert again[name] == change[name]


def facts(shell: Shell) -> list[dict[str, object]]:
    """Return all that is known of the tracks, but not who said so."""
    return [each | {"sources": None} for each in shell.json("tracks")["tracks"]]


@pytest.mark.parametrize("dialect", ["exportify.net", "exportify.app"])
def test_a_library_moves_through_its_export(sample: Shell, tmp_path: Path, dialect: str) -> None:
    sample("export", tmp_path / "one", "--dialect", dialect)
    other = Shell(tmp_path / "other.db", sample._capsys)
    assert other.json("import-csv", tmp_path / "one")["totals"]["rejected"] == 0
    assert other.library() == sample.library()
    other("export", tmp_path / "two", "--dialect", dialect)
    for path in (tmp_path / "one").rglob("*.csv"):
        assert (
            tmp_path / "two" / path.relative_to(tmp_path / "one")
        ).read_bytes() == path.read_bytes()
    assert facts(other) == facts(sample)


def test_an_export_between_two_observations_adds_nothing(shell: Shell, tmp_path: Path) -> None:
    file = made.write(tmp_path / "Mix.csv", songs(1, 2, 3))
    shell("import-csv", file)
    made.write(file, songs(2, 3, 4), "2026-01-20T12:00:00Z")
    shell("import-csv", file)
    shell("export", tmp_path / "out", "--at", "2026-01-15")
    found = shell.json("import-csv", tmp_path / "out")
    assert (found["totals"]["entries_added"], found["totals"]["entries_removed"]) == (0, 0)
    assert shell.entries("Mix") == [track(n) for n in (2, 3, 4)]
    assert shell.entries("Mix", "2026-01-19") == [track(n) for n in (1, 2, 3)]


def test_odd_texts_and_names_survive(shell: Shell, tmp_path: Path) -> None:
    rows: list[Song | str] = [
        Song(1, title="Ünï – 日本語 🎵"),
        made.UNAVAILABLE,
        Song(uri="", title="Only a name"),
    ]
    made.write(tmp_path / "in/a/Mix.csv", rows)
    made.write(tmp_path / "in/b/Mix.csv", songs(3))
    made.write(tmp_path / "in/c/AC⁄DC's  best_of.csv", songs(4))
    made.write(tmp_path / "in/c/empty.csv", [])
    shell("import-csv", tmp_path / "in")
    before = shell.library()
    shell("export", tmp_path / "out")
    assert files(tmp_path / "out/spotify_playlists") == [
        "AC⁄DC's  best_of.csv", "Mix.csv", "Mix~2.csv", "empty.csv",
    ]  # fmt: skip
    found = shell.json("import-csv", tmp_path / "out")
    assert found["snapshot"]["unchanged"] is True
    assert shell.library() == before
