"""``playlists``, ``playlists-of``, ``tracks``, ``status`` and ``demo``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.moment import Instant
from tests import made_exports as made
from tests import schemas
from tests.builders import track
from tests.made_exports import Song, songs
from tests.shell import FIRST, FIRST_AT, SECOND_AT, Shell


@pytest.fixture
def sample(shell: Shell) -> Shell:
    shell.import_sample()
    return shell


# playlists


def test_playlists_of_an_empty_library(shell: Shell) -> None:
    assert shell.json("playlists")["playlists"] == []
    shell("playlists")


def test_playlists_show_names_keys_and_freshness(sample: Shell) -> None:
    found = {each["key"]: each for each in sample.json("playlists")["playlists"]}
    assert len(found) == 9
    bread = found["csv:sunday_bread_and_butter"]
    assert (bread["playlist"], bread["entries"]) == ("Sunday Bread and Butter", 34)
    assert (bread["observed_at"], bread["ended_at"]) == (SECOND_AT, None)
    assert {each["key"] for each in bread["keys"]} == {
        "csv:sunday_bread", "csv:sunday_bread_and_butter"
    }  # fmt: skip
    out = sample("playlists").out
    assert "was Sunday Bread" in out
    assert "same added-at stamps" in out
    assert sample.json("playlists", "list") == sample.json("playlists")


def test_split_takes_a_join_back_and_join_makes_one(sample: Shell) -> None:
    before = sample.json("playlists"), sample.library(), sample.library(FIRST_AT)
    said = sample("playlists", "split", "csv:sunday_bread_and_butter").out
    assert "is parted from csv:sunday_bread" in said
    found = {each["key"]: each for each in sample.json("playlists")["playlists"]}
    assert len(found) == 10
    assert len(sample.json("history", "list")["snapshots"]) == 2
    assert sample("db", "check").out == "the database is sound\n"

    sample("import-csv", FIRST, "--taken-at", FIRST_AT)
    assert len(sample.json("playlists")["playlists"]) == 10

    found_join = sample.json("playlists", "join", "Sunday Bread", "Sunday Bread and Butter")
    assert found_join["kind"] == "join"
    after = sample.json("playlists"), sample.library(), sample.library(FIRST_AT)
    assert after[1:] == before[1:]
    assert len(after[0]["playlists"]) == 9
    assert "you said so" in json.dumps(after[0])


def test_join_and_split_refuse_what_makes_no_sense(sample: Shell) -> None:
    assert "no playlist 'Nope'" in sample.error("playlists", "join", "Nope", "Kettle Songs")
    assert "already" in sample.error("playlists", "join", "Kettle Songs", "kettle_songs", code=2)
    assert "never joined" in sample.error("playlists", "split", "Kettle Songs", code=2)
    sample.error("playlists", "join", "Kettle Songs", code=2)


# playlists-of


def test_playlists_of_a_track_however_it_is_written(sample: Shell) -> None:
    uri = sample.entries("Kettle Songs")[0]
    number = uri.rpartition(":")[2]
    ways = [
        uri,
        number,
        f"https://open.spotify.com/track/{number}?si=abc",
        f"open.spotify.com/intl-de/track/{number}",
    ]
    answers = [schemas.check("playlists", sample.json("playlists-of", way)) for way in ways]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["track"] == uri
    places = answers[0]["playlists"]
    expected = {
        (key, place)
        for key, entries in sample.library().items()
        for place, entry in enumerate(entries)
        if entry["uri"] == uri
    }
    assert {(each["key"], each["position"]) for each in places} == expected
    assert "Kettle Songs" in sample("playlists-of", uri).out


def test_playlists_of_a_duplicate_and_of_what_is_gone(shell: Shell, tmp_path: Path) -> None:
    file = made.write(tmp_path / "Mix.csv", songs(1, 2, 1))
    shell("import-csv", file)
    found = shell.json("playlists-of", track(1))["playlists"]
    assert [each["position"] for each in found] == [0, 2]
    made.write(file, songs(2), "2026-01-11T12:00:00Z")
    shell("import-csv", file)
    assert shell.json("playlists-of", track(1))["playlists"] == []
    assert "is in no playlist now" in shell("playlists-of", track(1)).out


def test_playlists_of_what_is_no_track(sample: Shell) -> None:
    assert "never seen" in sample.error("playlists-of", track(1))
    assert "is no track" in sample.error("playlists-of", "Kettle Songs", code=2)
    episode = next(
        u for each in sample.library().values() for u in [e["uri"] for e in each] if "episode" in u
    )
    assert (
        sample.json("playlists-of", episode)["playlists"][0]["playlist"] == "Night Train to Nowhere"
    )


# tracks


def test_tracks_are_shaped_as_agreed(sample: Shell) -> None:
    found = schemas.check("tracks", sample.json("tracks"))["tracks"]
    in_library = {e["uri"] for each in sample.library().values() for e in each}
    assert {each["uri"] for each in found} == in_library - {"unavailable"}
    for each in found:
        assert set(each["playlists"]) == set(dict.fromkeys(each["playlists"]))
    some = next(each for each in found if each["features"])
    assert some["sources"]["recording"]["source"] == "exportify.net"


def uris(shell: Shell, *line: str) -> list[str]:
    return [each["uri"][-2:] for each in shell.json("tracks", *line)["tracks"]]


@pytest.fixture
def made_library(shell: Shell, tmp_path: Path) -> Shell:
    rows = [
        Song(1, popularity=85, title="Café Noir"),
        Song(2, popularity=60, title="Tea"),
        Song(3, popularity=10, title="Black coffee"),
        Song(4, popularity="", title="Noir et Blanc"),
    ]
    made.write(tmp_path / "in/Mix.csv", rows)
    made.write(tmp_path / "in/Other.csv", rows[2:])
    shell("import-csv", tmp_path / "in")
    return shell


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--search cafe", ["01"]),
        ("--search noir", ["01", "04"]),
        ("--search tea --artist", None),
        ("--popularity 80..100", ["01"]),
        ("--popularity 10..60", ["02", "03"]),
        ("--popularity ..60", ["02", "03"]),
        ("--popularity 60..", ["01", "02"]),
        ("--popularity 60", ["02"]),
        ("--tier easy", ["01"]),
        ("--tier medium", ["02"]),
        ("--tier hard", ["03"]),
        ("--missing popularity", ["04"]),
        ("--missing isrc", ["01", "02", "03", "04"]),
        ("--missing features", []),
        ("--playlist Other", ["03", "04"]),
        ("--sort -popularity", ["01", "02", "03", "04"]),
        ("--sort title", ["03", "01", "04", "02"]),
        ("--sort title --limit 2", ["03", "01"]),
        ("--limit 0", []),
        ("--popularity 80..20", None),
        ("--popularity 0..101", None),
        ("--tier odd", None),
        ("--missing nothing", None),
        ("--sort nothing", None),
        ("--limit many", None),
    ],
)
def test_tracks_can_be_asked_for(
    made_library: Shell, line: str, expected: list[str] | None
) -> None:
    words = line.split()
    if expected is None:
        made_library.error("tracks", *words, code=2)
        return
    found = uris(made_library, *words)
    assert found == expected if "--sort" in line else sorted(found) == expected
    assert f"{len(expected)} tracks" in made_library("tracks", *words).out or "--limit" in line


def test_tracks_by_artist_and_in_an_unknown_playlist(made_library: Shell) -> None:
    assert uris(made_library, "--artist", "artist 3") == ["03"]
    made_library.error("tracks", "--playlist", "Nope")
    out = made_library("tracks", "--limit", "2").out
    assert "4 tracks, the first 2 shown" in out
    made_library.error("tracks", "--tier", "easy", "--popularity", "0..85", code=2)


# status


def test_status_of_an_empty_library(shell: Shell) -> None:
    found = schemas.check("status", shell.json("status"))
    assert (found["sources"], found["pending"], found["runs"]) == ([], {}, [])
    assert "the library is empty" in shell("status").out


def test_status_shows_freshness_runs_and_what_is_pending(
    sample: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.now = Instant(sample.now + 60)
    found = schemas.check("status", sample.json("status"))
    assert [each["snapshot"] for each in found["sources"]] == [2]
    assert found["library"] == {"playlists": 9, "entries": 381, "tracks": 319}
    assert [each["exit_code"] for each in found["runs"]] == [0, 0]
    assert found["budget"] == {"used": 0, "limit": 600}
    assert found["pending"] == {}
    out = sample("status").out
    assert "9 playlists, 381 entries, 319 tracks" in out
    assert "none configured" in out

    monkeypatch.setenv("NOTION_TOKEN", "ntn_made_up")
    monkeypatch.setenv("NOTION_PARENT_PAGE_ID", "0123456789abcdef0123456789abcdef")
    pending = schemas.check("status", sample.json("status"))["pending"]
    assert pending["notion"]["create"] == 464
    assert "notion       pending: 464 to create" in sample("status").out


# demo


def test_the_demo_shows_the_main_job(shell: Shell, tmp_path: Path) -> None:
    out = shell("demo").out
    steps = [line for line in out.splitlines() if line.startswith("$ ")]
    assert [step.split()[2] for step in steps] == [
        "import-csv",
        "import-csv",
        "history",
        "reconcile",
    ]
    assert "Sunday Bread → Sunday Bread and Butter" in out
    assert "464 to create" in out
    found = shell.json("demo")
    assert found["kind"] == "demo"
    head: dict[str, Any] = {"format_version": 1}
    for each in found["imports"]:
        schemas.check("import", head | {"kind": "import"} | each)
    schemas.check("diff", head | {"kind": "diff"} | found["diff"])
    schemas.check("plan", head | {"kind": "plan"} | found["plan"])
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert not list((tmp_path / "home").rglob("*"))
