"""``remediate`` against the Notion double: what a person broke is found and put right, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.moment import to_iso
from tests import made_exports as made
from tests.fakes.notion_faults import failed
from tests.fakes.notion_things import Page
from tests.made_exports import songs
from tests.notion_shell import NotionShell, notion_shell
from tests.notion_state import stands
from tests.shell import Shell


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[NotionShell]:
    """A small library that is in Notion already, just looked at."""
    for made_shell in notion_shell(shell, monkeypatch):
        take(made_shell, tmp_path, 9)
        made_shell.init()
        made_shell.json("reconcile", "--yes")
        made_shell.sleep(600)
        yield made_shell


def take(notion: NotionShell, folder: Path, count: int) -> None:
    """Import a playlist of so many songs."""
    notion.sleep(3600)
    path = made.write(folder / "Mix.csv", songs(*range(1, count + 1)), to_iso(notion.shell.now))
    notion.shell("import-csv", path)


def found(notion: NotionShell, *arguments: object, code: int = 8) -> list[tuple[Any, ...]]:
    """Return what is found as (kind, entity, field), and see that nothing is written."""
    told = notion.json("remediate", *arguments, code=code)
    assert notion.writes == 0
    return sorted((f["kind"], f["entity"], f["field"] or "") for f in told["findings"])


def track(notion: NotionShell, number: int) -> Page:
    (page,) = notion.double.find(notion.source("Tracks"), "Name", f"Song {number}")
    return page


def artist(notion: NotionShell, number: int) -> Page:
    (page,) = notion.double.find(notion.source("Artists"), "Name", f"Artist {number}")
    return page


def relate_astray(notion: NotionShell, page: Page) -> None:
    other = notion.person.pages(notion.source("Albums"))[0]
    notion.person.edit(page, {"Artists": [other.id]})


def edit(notion: NotionShell, number: int, **values: object) -> None:
    notion.person.edit(
        track(notion, number), {name.replace("_", " "): value for name, value in values.items()}
    )


def break_everything(notion: NotionShell) -> dict[int, list[tuple[str, str]]]:
    """Break a track's page in each way that there is; return what should be found, by track."""
    edit(notion, 1, ISRC="X", Label=None)
    edit(notion, 2, Popularity=None)
    edit(notion, 3, Energy=1.7)
    edit(notion, 4, Popularity=400, Playlists=[])
    edit(notion, 5, Artists=[])
    relate_astray(notion, track(notion, 6))
    edit(notion, 7, Removed_at="2026-01-01")
    notion.person.trash(track(notion, 8))
    notion.person.delete(track(notion, 9))
    return {
        1: [("differing-value", "ISRC"), ("missing-field", "Label")],
        2: [("missing-field", "Popularity")],
        3: [("out-of-range", "Energy")],
        4: [("missing-field", "Playlists"), ("out-of-range", "Popularity")],
        5: [("missing-field", "Artists")],
        6: [("broken-relation", "Artists")],
        7: [("differing-value", "Removed at")],
        8: [("without-page", "")],
        9: [("without-page", "")],
    }


def test_right_after_a_sync_nothing_is_found(notion: NotionShell) -> None:
    told = notion.json("remediate")
    assert (told["kind"], told["basis"]) == ("remediation", "notion")
    assert told["findings"] == told["theirs"] == told["name_mismatches"] == []
    assert told["checked"]["track"] == 9
    assert notion.writes == 0
    assert found(notion, "--offline", code=0) == []
    assert "nothing is missing, different or broken" in notion.shell("remediate").out


def test_what_a_person_broke_is_found_and_put_right_and_nothing_else_touched(
    notion: NotionShell,
) -> None:
    before = stands(notion.double)
    expected = break_everything(notion)
    told = notion.json("remediate", code=8)
    assert notion.writes == 0
    assert by_track(told) == expected
    told = notion.json("remediate", "--fix", "--yes")
    assert notion.writes == 9
    assert by_track(told) == expected
    assert {each["status"] for each in told["findings"]} == {"fixed"}
    assert told["fixed"] == sum(map(len, expected.values()))
    assert stands(notion.double) == before
    assert found(notion, code=0) == []
    assert notion.json("reconcile", "--refresh", "--yes")["empty"]
    assert notion.writes == 0


def by_track(told: dict[str, Any]) -> dict[int, list[tuple[str, str]]]:
    """Return what was found by the number of the track."""
    grouped: dict[int, list[tuple[str, str]]] = {}
    for each in told["findings"]:
        assert each["entity"] == "track"
        number = int(each["title"].removeprefix("Song "))
        grouped.setdefault(number, []).append((each["kind"], each["field"] or ""))
    return {number: sorted(grouped[number]) for number in sorted(grouped)}


@pytest.mark.parametrize(("deed", "writes"), [("trash", 1), ("delete", 3)])
def test_relations_to_what_was_put_away_are_broken_until_it_is_back(
    notion: NotionShell, deed: str, writes: int
) -> None:
    getattr(notion.person, deed)(artist(notion, 3))
    tracks = 2 * [("broken-relation", "track", "Artists")]
    assert found(notion) == [*tracks, ("without-page", "artist", "")]
    told = notion.json("remediate", "--fix", "--yes")
    assert notion.writes == writes
    assert told["fixed"] == 3
    assert notion.person.values(track(notion, 3))["Artists"] == [artist(notion, 3).id]
    assert found(notion, code=0) == []


def test_what_left_the_library_and_is_not_marked_so(notion: NotionShell, tmp_path: Path) -> None:
    take(notion, tmp_path, 8)
    gone = track(notion, 9)
    expected = [("without-track", "album", "Removed at"), ("without-track", "track", "Removed at")]
    assert found(notion, "--offline") == expected
    assert found(notion) == expected
    notion.json("remediate", "--fix", "--yes")
    assert notion.writes == 2
    assert notion.person.values(gone)["Removed at"]
    notion.person.edit(gone, {"Removed at": None})
    assert found(notion) == expected[1:]
    assert notion.json("reconcile", "--refresh", "--yes")["empty"]
    notion.json("remediate", "--fix", "--yes")
    assert notion.writes == 1
    assert notion.person.values(gone)["Removed at"]


def test_tracks_without_a_page_and_pages_without_a_track(
    notion: NotionShell, tmp_path: Path
) -> None:
    take(notion, tmp_path, 10)
    stranger = "spotify:track:7777777777777777777777"
    source = notion.source("Tracks")
    other = notion.person.add(source, {"Name": "A stranger", "Spotify URI": stranger})
    own = notion.person.add(source, {"Name": "My own"})
    told = notion.json("remediate", code=8)
    kinds = [(f["kind"], f["entity"], f["page"]) for f in told["findings"]]
    assert ("without-page", "track", None) in kinds
    assert ("without-track", "track", other.id) in kinds
    assert [each["page"] for each in told["theirs"]] == [own.id]
    fixed = notion.json("remediate", "--fix", "--yes", code=8)
    left = [each for each in fixed["findings"] if each["status"] != "fixed"]
    assert [(each["page"], each["status"]) for each in left] == [(other.id, "left")]
    assert "left alone" in left[0]["reason"]
    assert not track(notion, 10).trashed


def test_doubled_pages_are_listed_and_never_deleted(notion: NotionShell) -> None:
    copy = notion.person.duplicate(track(notion, 1))
    told = notion.json("remediate", "--fix", "--yes", code=8)
    assert notion.writes == 0
    (double,) = told["findings"]
    assert (double["kind"], double["page"]) == ("doubled-page", copy.id)
    assert "delete the others" in double["reason"]


def test_what_a_person_keeps_is_theirs_and_never_written_over(notion: NotionShell) -> None:
    page = track(notion, 1)
    notion.person.edit(page, {"Label": "Mine", "ISRC": "X"})
    notion.json("reconcile", "--refresh", "--yes", "--conflicts", "keep-theirs")
    notion.person.edit(page, {"Label": "Mine too", "Popularity": 3})
    told = notion.json("remediate", "--fix", "--yes")
    assert [each["field"] for each in told["findings"]] == ["Popularity"]
    assert sorted((t["field"], t["there"], t["status"]) for t in told["theirs"]) == [
        ("ISRC", "X", "theirs"),
        ("Label", "Mine too", "theirs"),
    ]
    assert notion.person.values(page)["Label"] == "Mine too"
    assert notion.json("remediate")["theirs"] == told["theirs"]


def test_only_the_chosen_field_is_written(notion: NotionShell) -> None:
    page = track(notion, 1)
    notion.person.edit(page, {"Label": "Mine", "Energy": 9, "Artists": []})
    notion.person.trash(track(notion, 2))
    told = notion.json("remediate", "--fix", "--yes", "--only", "energy", code=8)
    assert notion.writes == 1
    assert {f["field"] or f["kind"]: f["status"] for f in told["findings"]} == {
        "Energy": "fixed", "Label": "left", "Artists": "left", "without-page": "left",
    }  # fmt: skip
    assert {f["reason"] for f in told["findings"]} == {None, "--only leaves it as it is"}
    values = notion.person.values(page)
    assert (values["Label"], values["Energy"], values["Artists"]) == ("Mine", 0.5, [])
    notion.json("remediate", "--fix", "--yes", "--only", "In trash", "--only", "Artists", code=8)
    assert notion.writes == 2
    assert notion.person.values(page)["Label"] == "Mine"
    assert not track(notion, 2).trashed
    assert (
        "did you mean 'Energy'" in notion.shell("remediate", "--fix", "--only", "enrgy", code=2).err
    )


def test_a_scope_limits_what_is_found_and_written(notion: NotionShell) -> None:
    for number in (1, 2):
        notion.person.edit(track(notion, number), {"Label": "Mine"})
    key = notion.person.values(track(notion, 1))["Spotify URI"]
    assert found(notion, "--track", key) == [("differing-value", "track", "Label")]
    notion.json("remediate", "--fix", "--yes", "--track", key)
    assert notion.writes == 1
    assert notion.person.values(track(notion, 2))["Label"] == "Mine"
    assert len(found(notion, "--playlist", "Mix")) == 1
    notion.shell("remediate", "--track", "spotify:track:9999999999999999999999", code=1)


def test_a_guard_holds_and_is_lifted_by_its_flag(notion: NotionShell, tmp_path: Path) -> None:
    path = made.write(tmp_path / "Other.csv", songs(99), to_iso(notion.shell.now))
    take(notion, tmp_path, 30)
    notion.json("remediate", "--fix", "--yes")
    notion.sleep(3600)
    made.touch(path, to_iso(notion.shell.now))
    notion.shell("import-csv", path, "--whole-library")
    told = notion.json("remediate", "--fix", "--yes", code=3)
    assert notion.writes == 0
    removals = [f for f in told["findings"] if f["kind"] == "without-track"]
    assert all("--allow-removals" in each["reason"] for each in removals)
    notion.json("remediate", "--fix", "--yes", "--allow-removals")
    assert notion.writes > 30


def test_consent_is_asked_for(notion: NotionShell) -> None:
    edit(notion, 1, Label="Mine")
    assert "--yes" in notion.shell("remediate", "--fix", code=2).err
    notion.shell("remediate", "--fix", "--offline", code=2)
    notion.shell("remediate", "--only", "Label", code=2)
    notion.shell("--json", "remediate", "--csv", "-", code=2)
    assert notion.person.values(track(notion, 1))["Label"] == "Mine"


def test_offline_goes_by_what_was_last_seen(notion: NotionShell) -> None:
    edit(notion, 1, Label="Mine")
    assert found(notion, "--offline", code=0) == []
    assert notion.calls == 0
    found(notion)
    told = notion.json("remediate", "--offline", code=8)
    assert (told["basis"], told["reason"]) == ("agreed", "--offline")
    assert [each["there"] for each in told["findings"]] == ["Mine"]
    notion.patch.delenv("NOTION_TOKEN")
    told = notion.json("remediate", code=8)
    assert (told["basis"], told["reason"]) == ("agreed", "Notion is not configured")
    notion.shell("remediate", "--fix", "--yes", code=2)


def test_a_library_that_was_never_in_notion(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", made.write(tmp_path / "Mix.csv", songs(1, 2)))
    told = shell.json("remediate")
    assert (told["basis"], told["findings"]) == ("nothing", [])
    assert "never filled" in shell("remediate").out


@pytest.mark.parametrize("deed", ["down", "revoked"])
def test_notion_that_cannot_be_read_is_as_it_was_last_known(notion: NotionShell, deed: str) -> None:
    edit(notion, 1, Label="Mine")
    found(notion)
    code = 6
    if deed == "down":
        notion.double.faults.add("*", failed(503), times=1000)
    else:
        notion.double.revoke()
        code = 5
    told = notion.json("remediate", "--fix", "--yes", code=code)
    assert (told["basis"], told["error"]["code"]) == ("agreed", code)
    assert [each["status"] for each in told["findings"]] == ["open"]
    assert notion.writes == 0


def test_an_outage_in_the_middle_of_a_fix_leaves_the_rest_for_the_next_run(
    notion: NotionShell,
) -> None:
    for number in range(1, 7):
        notion.person.edit(track(notion, number), {"Label": "Mine"})
    notion.double.faults.add("PATCH *", failed(503), times=1000, skip=2)
    told = notion.json("remediate", "--fix", "--yes", code=6)
    states = [each["status"] for each in told["findings"]]
    assert 0 < states.count("fixed") < 6
    assert {"fixed", "left"} <= set(states) <= {"fixed", "left", "failed"}
    notion.double.faults.clear()
    notion.sleep(3600)
    again = notion.json("remediate", "--fix", "--yes")
    assert states.count("fixed") + again["fixed"] == 6


def test_a_field_goes_by_the_name_that_the_settings_give_it(
    notion: NotionShell, tmp_path: Path
) -> None:
    edit(notion, 1, Label="Mine", ISRC="X")
    place = tmp_path / "config"
    notion.patch.setenv("XDG_CONFIG_HOME", str(place))
    (place / "syncengine").mkdir(parents=True)
    (place / "syncengine" / "config.toml").write_text('[notion.properties]\nISRC = "Nummer"\n')
    told = notion.json("remediate", "--fix", "--yes", "--only", "nummer", code=8)
    assert {f["field"]: f["status"] for f in told["findings"]} == {"Label": "left", "ISRC": "fixed"}


def test_a_property_that_was_deleted_is_told_and_no_page_fails(notion: NotionShell) -> None:
    notion.person.change_schema(notion.source("Tracks"), {"Label": None})
    told = notion.json("remediate", "--fix", "--yes", code=8)
    assert {(f["kind"], f["field"], f["status"]) for f in told["findings"]} == {
        ("missing-field", "Label", "left")
    }
    assert "notion init" in told["findings"][0]["reason"]
    assert found(notion, code=0) == []


def test_status_counts_what_was_found_and_put_right(notion: NotionShell) -> None:
    edit(notion, 1, Label="Mine", ISRC="X")
    assert notion.json("status")["remediation"]["found_at"] is None
    found(notion)
    told = notion.json("status")["remediation"]
    assert (told["mismatches"], told["by_kind"], told["fixed"]) == (2, {"differing-value": 2}, 0)
    notion.json("remediate", "--fix", "--yes", "--only", "Label", code=8)
    notion.json("remediate", "--fix", "--yes")
    told = notion.json("status")["remediation"]
    assert (told["mismatches"], told["last_fixed"], told["fixed"]) == (1, 1, 2)
    said = notion.shell("status").out
    assert "1 mismatch found" in said
    assert "2 in all" in said
