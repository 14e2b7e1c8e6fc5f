"""``history``: the snapshots, the library as it was, what changed, and forgetting a snapshot."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import made_exports as made
from tests import schemas
from tests.builders import track
from tests.made_exports import songs
from tests.shell import FIRST, FIRST_AT, SECOND, SECOND_AT, Shell


@pytest.fixture
def sample(shell: Shell) -> Shell:
    shell.import_sample()
    return shell


# list


def test_list_of_an_empty_library(shell: Shell) -> None:
    assert schemas.check("snapshots", shell.json("history", "list"))["snapshots"] == []
    assert "no snapshot yet" in shell("history", "list").out


def test_list_shows_the_snapshots_oldest_first(shell: Shell) -> None:
    shell("import-csv", SECOND, "--taken-at", SECOND_AT)
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    found = schemas.check("snapshots", shell.json("history", "list"))["snapshots"]
    assert [(each["id"], each["taken_at"]) for each in found] == [(2, FIRST_AT), (1, SECOND_AT)]
    assert [(each["playlists"], each["entries"]) for each in found] == [(8, 356), (9, 381)]
    assert {each["recorded_at"] for each in found} == {"2027-01-15T08:00:00Z"}
    lines = shell("history", "list").out.splitlines()
    assert sum(FIRST_AT in line or SECOND_AT in line for line in lines) == 2


# at


@pytest.mark.parametrize(
    "when", ["1", FIRST_AT, "2026-01-04", "2026-01-04T19:00:00+01:00", "2026-02-14"]
)
def test_at_any_way_to_write_a_moment(sample: Shell, when: str) -> None:
    found = schemas.check("library", sample.json("history", "at", when))
    assert len(found["playlists"]) == 8
    assert sum(len(each["entries"]) for each in found["playlists"]) == 356
    assert {each["observed_at"] for each in found["playlists"]} == {FIRST_AT}
    assert {each["source"] for each in found["playlists"]} == {"csv"}


def test_at_latest_for_a_person(sample: Shell) -> None:
    out = sample("history", "at", "latest").out
    assert out.startswith("the library at 2026-02-15T18:00:00Z: 9 playlists, 381 entries\n")
    one = sample("history", "at", "latest", "--playlist", "Kettle Songs").out
    assert "Kettle Songs at 2026-02-15T18:00:00Z: 51 entries" in one
    assert "Rainy Tram Rides" not in one


@pytest.mark.parametrize(
    "name", ["Kettle Songs", "kettle_songs", "csv:kettle_songs", "KETTLE SONGS"]
)
def test_at_one_playlist_by_any_of_its_names(sample: Shell, name: str) -> None:
    found = sample.json("history", "at", "latest", "--playlist", name)["playlists"]
    assert [each["key"] for each in found] == ["csv:kettle_songs"]


def test_moments_that_are_none(sample: Shell, shell: Shell) -> None:
    assert FIRST_AT in sample.error("history", "at", "2026-01-03")
    assert FIRST_AT in sample.error("history", "at", "2026-01-04T17:59:59Z")
    assert "snapshot 77" in sample.error("history", "at", "77")
    assert "no moment" in sample.error("history", "at", "soon", code=2)
    assert "playlist 'Nope'" in sample.error("history", "at", "latest", "--playlist", "Nope")
    sample.error("history", "at", code=2)


def test_an_empty_library_says_what_to_do(shell: Shell) -> None:
    for line in (["history", "at", "latest"], ["history", "diff", "1"], ["export", "out"]):
        assert "import an export first" in shell.error(*line)


# diff


def test_diff_is_shaped_as_agreed(sample: Shell) -> None:
    found = schemas.check("diff", sample.json("history", "diff", "1", "2"))
    assert found["from"] == {"snapshot": 1, "taken_at": FIRST_AT}
    assert found["to"] == {"snapshot": 2, "taken_at": SECOND_AT}
    states = {each["playlist"]: each["status"] for each in found["playlists"]}
    assert states == {
        "Kettle Songs": "changed",
        "Liked Songs": "changed",
        "Night Train to Nowhere": "changed",
        "Rainy Tram Rides": "changed",
        "Spring Cleaning": "added",
        "Sunday Bread and Butter": "renamed",
    }
    renamed = next(each for each in found["playlists"] if each["status"] == "renamed")
    assert renamed["renamed_from"] == "Sunday Bread"
    drift = found["popularity"]
    assert drift["changed"] == drift["up"] + drift["down"] > 0
    assert sample.json("history", "diff", "1") == found
    assert "Sunday Bread → Sunday Bread and Butter" in sample("history", "diff", "1", "2").out


def test_a_diff_leads_from_one_state_to_the_other(sample: Shell) -> None:
    for start, end in (("1", "2"), ("2", "1")):
        before = {p["playlist"]: p for p in sample.json("history", "at", start)["playlists"]}
        after = {p["playlist"]: p for p in sample.json("history", "at", end)["playlists"]}
        found = sample.json("history", "diff", start, end)
        for change in found["playlists"]:
            old = before.pop(change["renamed_from"] or change["playlist"], {"entries": []})
            new = after.pop(change["playlist"], {"entries": []})
            assert apply(old["entries"], change, new["entries"]) == [
                e["uri"] for e in new["entries"]
            ]
        assert {n: p["entries"] for n, p in before.items()} == {
            n: p["entries"] for n, p in after.items()
        }


def apply(old: list[Any], change: dict[str, Any], new: list[Any]) -> list[str]:
    """Delete, then insert in ascending order, as the contract says."""
    gone = {each["position"] for each in change["removed"]} | {m["from"] for m in change["moved"]}
    kept = [entry["uri"] for place, entry in enumerate(old) if place not in gone]
    coming = {each["position"]: each["uri"] for each in change["added"]}
    coming |= {each["to"]: each["uri"] for each in change["moved"]}
    for place in sorted(coming):
        kept.insert(place, coming[place])
    return kept


def test_a_diff_of_equal_states_is_empty(sample: Shell) -> None:
    found = schemas.check("diff", sample.json("history", "diff", "2", "latest"))
    assert (found["playlists"], found["tracks"]) == ([], [])
    assert found["popularity"] == {"changed": 0, "up": 0, "down": 0}
    assert "no playlist changed" in sample("history", "diff", "2", "latest").out


def test_duplicates_are_paired_by_when_they_were_added(shell: Shell, tmp_path: Path) -> None:
    twice = [*songs(1, added_at="2025-01-01T00:00:00Z"), *songs(1, added_at="2025-02-01T00:00:00Z")]
    file = made.write(tmp_path / "Mix.csv", [*twice, *songs(2)])
    shell("import-csv", file)
    made.write(file, [*songs(2), twice[1]], "2026-01-11T12:00:00Z")
    shell("import-csv", file)
    [change] = shell.json("history", "diff", "1", "2")["playlists"]
    assert change["removed"] == [
        {"uri": track(1), "position": 0, "added_at": "2025-01-01T00:00:00Z"}
    ]
    assert change["added"] == []
    assert len(change["moved"]) == 1


def test_facts_that_changed_are_listed_and_popularity_only_counted(
    shell: Shell, tmp_path: Path
) -> None:
    file = made.write(tmp_path / "Mix.csv", [made.Song(1, popularity=10), made.Song(2)])
    shell("import-csv", file)
    made.write(
        file, [made.Song(1, popularity=20), made.Song(2, title="New name")], "2026-01-11T12:00:00Z"
    )
    shell("import-csv", file)
    found = schemas.check("diff", shell.json("history", "diff", "1", "2"))
    assert found["playlists"] == []
    assert found["tracks"] == [{"uri": track(2), "fields": {"title": ["Song 2", "New name"]}}]
    assert found["popularity"] == {"changed": 1, "up": 1, "down": 0}


# drop


def test_drop_makes_history_as_if_it_had_never_been(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    before = everything(shell)
    shell("import-csv", SECOND, "--taken-at", SECOND_AT)
    assert everything(shell) != before
    raw = Counter(path.name for path in tmp_path.rglob("*.gz"))
    assert "snapshot 2 is forgotten" in shell("history", "drop", "2", "--yes").out
    assert everything(shell) == before
    assert shell("db", "check").out == "the database is sound\n"
    assert Counter(path.name for path in tmp_path.rglob("*.gz")) == raw
    again = shell.json("import-csv", SECOND, "--taken-at", SECOND_AT)
    assert again["snapshot"]["unchanged"] is False
    assert again["totals"]["entries_added"] == 31


def everything(shell: Shell) -> list[dict[str, Any]]:
    lines = (["history", "list"], ["history", "at", "latest"], ["playlists"], ["tracks"])
    return [shell.json(*line) for line in lines] + [
        {"plan": shell.json("reconcile", "--dry-run")["base"]}
    ]


def test_drop_of_the_only_snapshot_leaves_an_empty_library(shell: Shell) -> None:
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    found = shell.json("history", "drop", "1", "--yes")
    assert (found["kind"], found["snapshot"], found["observations"]) == ("drop", 1, 8)
    assert shell.json("history", "list")["snapshots"] == []
    assert "import an export first" in shell.error("history", "at", "latest")
    assert shell.json("playlists")["playlists"] == []
    assert shell.json("tracks")["tracks"] == []
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    assert len(shell.library()) == 8


def test_drop_asks_and_ends_with_2_where_nobody_can_answer(sample: Shell) -> None:
    before = sample.json("history", "list")
    assert "--yes" in sample("history", "drop", "2", code=2).err
    assert sample.json("history", "drop", "2", code=2)["code"] == 2
    assert sample.json("history", "list") == before


def test_drop_of_what_is_no_snapshot(sample: Shell) -> None:
    assert "no snapshot 77" in sample.error("history", "drop", "77", "--yes")
    assert "history list" in sample.error("history", "drop", "first", "--yes", code=2)
    assert len(sample.json("history", "list")["snapshots"]) == 2
