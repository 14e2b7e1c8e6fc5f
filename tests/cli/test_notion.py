"""``notion init`` and ``notion check``: what they say, and which exit code that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from syncengine.adapters.notion.check import FREE_BLOCKS
from syncengine.adapters.notion.fields import ENTITIES
from tests.builders import NOW
from tests.fakes.notion_faults import failed
from tests.fakes.notion_http import VERSIONS
from tests.fakes.notion_library import build
from tests.notion_shell import NotionShell, notion_shell
from tests.shell import Shell

DONE, ERROR, USAGE, SIGN_IN, LATER, LOCKED, PARTIAL = 0, 1, 2, 5, 6, 7, 8


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionShell]:
    yield from notion_shell(shell, monkeypatch)


def check(notion: NotionShell, code: int = DONE) -> dict[str, Any]:
    found = notion.json("notion", "check", code=code)
    assert found["ready"] is (code == DONE)
    for each in found["findings"]:
        assert set(each) == {"entity", "property", "problem", "advice", "stops"}
        assert each["advice"]
    return found


def problems(found: dict[str, Any]) -> list[str]:
    return [each["problem"] for each in found["findings"]]


def unchanged(notion: NotionShell) -> Any:
    """Return all that a check could have changed."""
    world = notion.world
    return (
        [(each.id, each.edited, each.trashed) for each in world.pages.values()],
        [(each.id, each.edited, each.trashed) for each in world.databases.values()],
        [
            (each.id, each.edited, each.version, sorted(p.name for p in each.properties.values()))
            for each in world.sources.values()
        ],
        world.blocks_used,
    )


# --------------------------------------------------------------------------------------------- init


@pytest.mark.parametrize("version", VERSIONS)
def test_init_makes_the_databases_once(notion: NotionShell, version: str) -> None:
    notion.set(VERSION=version)
    made = notion.init()
    assert made["kind"] == "notion-init"
    assert [each["entity"] for each in made["databases"]] == list(ENTITIES)
    assert {each["state"] for each in made["databases"]} == {"created"}
    assert (made["findings"], made["calls"]) == ([], 9)
    assert sum(made["endpoints"].values()) == notion.calls == 9
    assert notion.init()["calls"] == 4
    assert notion.writes == 0
    assert len(notion.world.databases) == 4


def test_init_says_what_it_did_and_what_comes_next(notion: NotionShell, shell: Shell) -> None:
    said = shell("notion", "init")
    assert said.out.splitlines() == [
        "Artists: made", "Albums: made", "Playlists: made", "Tracks: made", "9 calls",
    ]  # fmt: skip
    assert said.err == "next: syncengine reconcile --dry-run shows what would be written\n"
    notion.person.change_schema(notion.source("Tracks"), {"BPM": None, "Energy": None})
    again = shell("notion", "init").out.splitlines()
    assert again[3:] == ["Tracks: there, added BPM, Energy", "5 calls"]


def test_init_notes_its_run_and_what_it_found(notion: NotionShell, shell: Shell) -> None:
    notion.init()
    runs = shell.json("status")["runs"]
    assert (runs[0]["command"], runs[0]["exit_code"]) == ("notion init", DONE)
    notion.double.revoke()
    shell("notion", "init", code=SIGN_IN)
    assert shell.json("status")["runs"][0]["exit_code"] == SIGN_IN


def test_init_needs_a_token_and_a_page(notion: NotionShell, shell: Shell) -> None:
    notion.set(PARENT_PAGE_ID="")
    assert "NOTION_PARENT_PAGE_ID is not set" in shell.error("notion", "init", code=USAGE)
    notion.set(TOKEN="")
    assert "NOTION_TOKEN is not set" in shell.error("notion", "init", code=USAGE)
    notion.set(TOKEN="ntn_x", PARENT_PAGE_ID="Music")
    assert "NOTION_PARENT_PAGE_ID is no id" in shell.error("notion", "init", code=USAGE)
    assert notion.double.log.count() == 0


@pytest.mark.parametrize("command", ["init", "check"])
def test_a_dead_token_and_a_service_that_is_down(
    notion: NotionShell, shell: Shell, command: str
) -> None:
    notion.double.revoke()
    assert "NOTION_TOKEN" in shell.error("notion", command, code=SIGN_IN)
    notion.double.pause()
    shell("notion", command, code=LATER)


def test_init_waits_for_nobody_who_writes(notion: NotionShell, shell: Shell) -> None:
    from syncengine import bootstrap
    from syncengine.config import Settings

    settings = Settings.load({"SYNCENGINE_DATABASE_URL": shell.url})
    notion.patch.setattr(bootstrap, "LOCK_SECONDS", 0.0)
    with bootstrap.writing(settings, lambda: NOW, "import-csv"):
        shell("notion", "init", code=LOCKED)
        shell("notion", "check", code=ERROR)
    assert not notion.world.databases


def test_a_capability_that_lacks_is_named(notion: NotionShell, shell: Shell) -> None:
    for lacking, said in (("read", "Read"), ("insert", "Insert"), ("update", "Update")):
        notion.double.allow(*({"read", "insert", "update", "users"} - {lacking}))
        assert f"{said} content" in shell.error("notion", "init", code=ERROR)


def test_adopted_databases_get_properties_on_demand(notion: NotionShell, shell: Shell) -> None:
    shelf = build(notion.double)
    notion.set(
        PARENT_PAGE_ID="",
        TRACKS_DATA_SOURCE_ID=shelf.tracks.id,
        PLAYLISTS_DATA_SOURCE_ID=shelf.playlists.id,
        ENTITIES="tracks,playlists",
    )
    found = notion.init(code=PARTIAL)
    assert {each["state"] for each in found["databases"]} == {"adopted"}
    assert [each["entity"] for each in found["findings"] if each["stops"]] == ["playlist"]
    assert notion.writes == 0
    said = shell("notion", "init", code=PARTIAL)
    assert "stops: Playlists, Sync key: there is no property Sync key" in said.out
    assert "  `syncengine notion init --add-properties` adds what is missing" in said.out
    assert "and 13 others: missing" in said.out
    assert "next:" not in said.err
    assert check(notion, ERROR)["findings"][0]["property"] == "Sync key"
    added = notion.init("--add-properties")
    assert (added["findings"], notion.writes) == ([], 2)
    assert "Removed at" in added["databases"][1]["added"]
    assert check(notion)["findings"] == []


def test_properties_are_mapped_in_the_config_file(
    notion: NotionShell, shell: Shell, tmp_path: Any
) -> None:
    shelf = build(notion.double)
    notion.set(TRACKS_DATA_SOURCE_ID=shelf.tracks.id, ENTITIES="tracks")
    notion.person.rename(shelf.tracks, "Popularity", "Beliebtheit")
    config = tmp_path / "home" / "config" / "syncengine" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        '[notion.properties]\n"Spotify URL" = "URL"\ntracks.Popularity = "Beliebtheit"\n'
    )
    missing = {each["property"] for each in notion.init()["findings"]}
    assert missing.isdisjoint({"Popularity", "Spotify URL"})
    config.write_text('[notion.properties]\nPopularty = "Beliebtheit"\n')
    assert "did you mean Popularity?" in shell.error("notion", "init", code=USAGE)


# -------------------------------------------------------------------------------------------- check


@pytest.mark.parametrize("version", VERSIONS)
def test_ready(notion: NotionShell, shell: Shell, version: str) -> None:
    notion.set(VERSION=version)
    notion.init()
    before = unchanged(notion)
    notion.sleep(3_600)
    found = check(notion)
    assert (found["findings"], found["calls"]) == ([], 8)
    assert {each["state"] for each in found["databases"]} == {"kept"}
    assert unchanged(notion) == before
    assert shell("notion", "check").out == "ready\n"


def test_before_init_there_is_nothing_and_no_database_is_made(
    notion: NotionShell, shell: Shell
) -> None:
    found = check(notion, ERROR)
    assert problems(found) == ["there is no database yet"] * 4
    assert "run `syncengine notion init`" in found["findings"][0]["advice"]
    assert not shell.path.exists()
    notion.person.unshare(notion.home)
    assert "NOTION_PARENT_PAGE_ID names cannot be seen" in problems(check(notion, ERROR))[-1]
    notion.set(PARENT_PAGE_ID="")
    assert "NOTION_PARENT_PAGE_ID is not set" in shell.error("notion", "check", code=USAGE)
    notion.set(TOKEN="")
    assert "NOTION_TOKEN is not set" in shell.error("notion", "check", code=USAGE)


def break_type(notion: NotionShell) -> None:
    notion.person.change_schema(notion.source("Tracks"), {"Popularity": "rich_text"})


def lose_property(notion: NotionShell) -> None:
    notion.person.change_schema(notion.source("Tracks"), {"BPM": None})


def lose_relation(notion: NotionShell) -> None:
    notion.person.change_schema(notion.source("Tracks"), {"Album": None})


def lead_astray(notion: NotionShell) -> None:
    single = {"data_source_id": notion.source("Albums").id, "type": "single_property"}
    config = {"relation": {**single, "single_property": {}}}
    notion.person.change_schema(notion.source("Tracks"), {"Artists": None})
    notion.person.change_schema(notion.source("Tracks"), {"Artists": config})


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (break_type, ("track", "Popularity", "of type rich_text, not number", "left alone")),
        (lose_property, ("track", "BPM", "missing", "notion init` puts that right")),
        (lose_relation, ("track", "Album", "missing", "notion init` puts that right")),
        (lead_astray, ("track", "Artists", "relates to something else", "left alone")),
    ],
)
def test_what_is_wrong_with_a_property(
    notion: NotionShell,
    harm: Callable[[NotionShell], None],
    found: tuple[str, str, str, str],
) -> None:
    notion.init()
    harm(notion)
    told = [each for each in check(notion)["findings"] if each["entity"] == "track"]
    (said,) = told
    assert (said["entity"], said["property"]) == found[:2]
    assert said["problem"].startswith(found[2])
    assert found[3] in said["advice"]
    assert said["stops"] is False


def test_without_its_key_nothing_can_be_synced(notion: NotionShell) -> None:
    notion.init()
    gone = dict.fromkeys(("Sync key", "Spotify URI", "Spotify URL"))
    notion.person.change_schema(notion.source("Artists"), gone)
    assert check(notion, ERROR)["findings"][0]["entity"] == "artist"
    notion.init()
    check(notion)


def test_a_database_that_went(notion: NotionShell) -> None:
    notion.init()
    notion.person.set_database_trashed(notion.source("Albums"))
    found = check(notion, ERROR)
    assert [(f["entity"], f["stops"]) for f in found["findings"] if f["stops"]] == [("album", True)]
    assert "in the trash, or deleted, or no longer shared" in problems(found)[0]
    notion.init()
    assert check(notion)["findings"] == []


@pytest.mark.parametrize(
    ("lacking", "name"),
    [("read", "Read content"), ("insert", "Insert content"), ("update", "Update content")],
)
@pytest.mark.parametrize("page", ["set", "not set"])
def test_which_capability_lacks(notion: NotionShell, lacking: str, name: str, page: str) -> None:
    notion.init()
    if page == "not set":
        notion.person.add(notion.source("Artists"), {"Name": "One"})
        notion.set(PARENT_PAGE_ID="")
    notion.double.allow(*({"read", "insert", "update", "users"} - {lacking}))
    before = unchanged(notion)
    found = check(notion, ERROR)
    stops = [each["problem"] for each in found["findings"] if each["stops"]]
    assert stops == [f"the integration lacks the capability '{name}'"]
    assert unchanged(notion) == before


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_service_in_trouble(notion: NotionShell, shell: Shell, status: int) -> None:
    notion.init()
    for _ in range(8):
        notion.double.faults.add("GET /v1/data_sources/*", failed(status))
    shell("notion", "check", code=LATER)


# ------------------------------------------------------------------------------------- the free plan


def many(notion: NotionShell, monkeypatch: pytest.MonkeyPatch, pages: int) -> None:
    """Let a sync want to make that many pages, in a free workspace with two members."""
    from syncengine.bootstrap import sinks
    from syncengine.core.plan import Estimate, SinkPlan, Tally

    notion.double.limit_blocks()
    plan = type("Planned", (), {})()
    plan.sinks = {"notion": SinkPlan({"track": Tally(create=pages)}, Estimate(0, 0.0), ())}
    monkeypatch.setattr(sinks, "plan_for", lambda *_all: plan)


def test_the_free_plans_limit_is_seen_before_the_first_sync(
    notion: NotionShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    notion.init()
    many(notion, monkeypatch, FREE_BLOCKS + 1)
    (said,) = check(notion, ERROR)["findings"]
    assert "1,000 blocks for life" in said["problem"]
    assert "makes 1,001 pages" in said["problem"]
    notion.world.members = 1
    assert check(notion)["findings"] == []
    notion.world.members, notion.world.plan = 2, "plus"
    assert check(notion)["findings"] == []


def test_a_small_library_is_told_of_the_limit(
    notion: NotionShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    notion.init()
    many(notion, monkeypatch, FREE_BLOCKS)
    (said,) = check(notion)["findings"]
    assert (said["stops"], "makes 1,000 pages" in said["problem"]) == (False, True)


def test_members_that_cannot_be_seen(notion: NotionShell, monkeypatch: pytest.MonkeyPatch) -> None:
    notion.init()
    many(notion, monkeypatch, FREE_BLOCKS + 1)
    notion.double.allow("read", "insert", "update")
    (said,) = check(notion)["findings"]
    assert "cannot be seen without 'Read user information'" in said["problem"]


def test_pages_are_counted_by_the_plan(notion: NotionShell, shell: Shell) -> None:
    notion.init()
    shell.import_sample()
    notion.double.limit_blocks()
    wanted = shell.json("reconcile", "--dry-run")["sinks"]["notion"]["summary"]["create"]
    (said,) = check(notion)["findings"]
    assert f"makes {wanted:,} pages" in said["problem"]


def test_a_full_workspace(notion: NotionShell, shell: Shell) -> None:
    notion.double.limit_blocks(0)
    assert "1,000 blocks" in shell.error("notion", "init", code=ERROR)


def test_all_capabilities_that_lack_are_named_at_once(notion: NotionShell) -> None:
    notion.init()
    notion.double.allow("users")
    lacking = [f"the integration lacks the capability '{each} content'"
               for each in ("Read", "Insert", "Update")]  # fmt: skip
    assert problems(check(notion, ERROR)) == lacking
