"""The library in Notion, end to end: reconcile, apply, sync, and what people do there meanwhile."""

from __future__ import annotations

import json
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
from tests.shell import Shell


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionShell]:
    yield from notion_shell(shell, monkeypatch)


@pytest.fixture
def small(notion: NotionShell, tmp_path: Path) -> NotionShell:
    """A small library that is in Notion already."""
    take(notion, tmp_path, 5)
    notion.init()
    notion.json("reconcile", "--yes")
    notion.sleep(600)
    return notion


def take(notion: NotionShell, folder: Path, count: int, name: str = "Mix") -> None:
    """Import a playlist of so many songs."""
    notion.sleep(3600)
    notion.shell("import-csv", export(notion, folder, count, name))


def export(notion: NotionShell, folder: Path, count: int, name: str = "Mix") -> Path:
    """Write an export of now."""
    at = to_iso(notion.shell.now)
    return made.write(folder / f"{name}.csv", songs(*range(1, count + 1)), at)


def reconcile(notion: NotionShell, *arguments: object, code: int = 0) -> dict[str, Any]:
    return notion.json("reconcile", "--yes", *arguments, code=code)


def tracks(notion: NotionShell) -> list[Page]:
    return sorted(notion.person.pages(notion.source("Tracks")), key=lambda page: page.title)


def values(notion: NotionShell, page: Page) -> dict[str, Any]:
    return notion.person.values(page)


def test_a_first_sync_makes_every_page_once_and_the_second_asks_nothing(
    notion: NotionShell,
) -> None:
    notion.shell.import_sample()
    notion.init()
    found = reconcile(notion)
    applied = found["applied"]["notion"]
    assert applied["failed"] == []
    pages = found["sinks"]["notion"]["summary"]["create"]
    assert applied["done"] == pages == 464
    assert notion.calls <= 1.01 * pages + 20
    assert reconcile(notion)["empty"]
    assert notion.calls == 0


def test_an_edit_is_a_conflict_until_it_is_decided(small: NotionShell) -> None:
    page, other = tracks(small)[:2]
    small.person.edit(page, {"Label": "Mine"})
    small.person.edit(other, {"Label": "Mine too"})
    found = reconcile(small, "--refresh", code=8)
    assert found["sinks"]["notion"]["summary"]["conflict"] == 2
    assert small.writes == 0
    reconcile(small, "--conflicts", "keep-theirs", "--track", key_of(small, page))
    assert values(small, page)["Label"] == "Mine"
    reconcile(small, "--conflicts", "use-ours")
    assert values(small, other)["Label"] != "Mine too"
    assert values(small, page)["Label"] == "Mine"
    assert reconcile(small, "--refresh")["empty"]
    assert small.writes == 0


def key_of(notion: NotionShell, page: Page) -> str:
    return str(values(notion, page)["Sync key"])


def test_a_person_reads_what_is_in_conflict_and_what_to_do(small: NotionShell) -> None:
    small.person.edit(tracks(small)[0], {"Name": "My own name"})
    said = small.shell("reconcile", "--refresh", "--yes", code=8)
    assert "1 in conflict" in said.out
    assert "My own name" in said.out
    assert "--conflicts keep-theirs" in said.err
    dry = small.shell("reconcile", "--dry-run", code=8)
    assert "--conflicts keep-theirs" in dry.err
    decided = small.shell("reconcile", "--yes", "--conflicts", "keep-theirs")
    assert "1 field is left to what is written there, for good" in decided.err


def test_updates_look_first_and_creates_of_few_ask_for_them(
    small: NotionShell, tmp_path: Path
) -> None:
    take(small, tmp_path, 6)
    found = reconcile(small)
    assert found["applied"]["notion"]["done"] == small.writes
    assert (
        small.calls - small.writes == 2
    )  # whether somebody made the page by hand, or threw it away
    page = tracks(small)[0]
    small.person.edit(page, {"Name": "Mine"})
    take(small, tmp_path, 4)
    reconcile(small, code=8)
    assert values(small, page)["Name"] == "Mine"
    reads = small.calls - small.writes
    assert (
        reads == 2 * 3
    )  # of tracks, albums and artists: what was edited in sight, and in the trash


def test_what_left_is_marked_and_with_trash_removed_put_away(
    small: NotionShell, tmp_path: Path
) -> None:
    gone = tracks(small)[-1]
    take(small, tmp_path, 4)
    reconcile(small)
    assert values(small, gone)["Removed at"] is not None
    assert values(small, gone)["Playlists"] == []
    take(small, tmp_path, 6)
    reconcile(small)
    assert values(small, gone)["Removed at"] is None
    assert len(values(small, gone)["Playlists"]) == 1
    take(small, tmp_path, 3)
    reconcile(small, "--trash-removed")
    assert [page.trashed for page in (gone,)] == [True]
    assert reconcile(small)["empty"]
    take(small, tmp_path, 7)
    reconcile(small)
    assert [page.trashed for page in (gone,)] == [False]
    assert reconcile(small, "--refresh")["empty"]


def test_what_a_person_threw_away_stays_away_until_they_say_otherwise(
    small: NotionShell, tmp_path: Path
) -> None:
    page, deleted = tracks(small)[:2]
    small.person.trash(page)
    small.person.delete(deleted)
    found = reconcile(small, "--refresh", code=8)
    assert found["sinks"]["notion"]["summary"]["conflict"] == 2
    reconcile(small, "--conflicts", "keep-theirs", "--track", key_of(small, page))
    reconcile(small, "--conflicts", "use-ours")
    assert page.trashed
    assert [each.title for each in tracks(small)].count(deleted.title) == 1
    assert reconcile(small, "--refresh")["empty"]


def test_a_person_reads_what_becomes_of_pages_that_are_out_of_sight(
    small: NotionShell, tmp_path: Path
) -> None:
    page, deleted = tracks(small)[:2]
    small.person.trash(page)
    small.person.delete(deleted)
    said = small.shell("reconcile", "--refresh", "--yes", code=8).out
    assert "put into the trash by hand → taken out" in said
    assert "deleted by hand → made again" in said
    take(small, tmp_path, 4)
    assert (
        "to remove (marked as removed, and kept):"
        in small.shell("reconcile", "--dry-run", code=8).out
    )
    trashing = small.shell("reconcile", "--dry-run", "--trash-removed", code=8)
    assert "to remove (put into the trash):" in trashing.out


def test_what_stands_there_twice_is_told_to_scripts(small: NotionShell) -> None:
    small.person.duplicate(tracks(small)[0])
    (said,) = reconcile(small, "--refresh", code=8)["doubles"]
    assert "stands there 2 times" in said


def test_databases_that_are_found_again_are_to_be_looked_at_first(small: NotionShell) -> None:
    with small.database().unit() as unit:
        unit.remote("notion").forget("schema")
        unit.commit()
    assert (
        "next: syncengine reconcile looks at the pages that are there"
        in small.shell("notion", "init").err
    )


def test_lost_state_is_found_again_and_nothing_is_made_twice(small: NotionShell) -> None:
    before = small.double.snapshot()
    with small.database().unit() as unit:
        for entity in ("track", "playlist", "album", "artist"):
            unit.agreed.forget_entity("notion", entity)
        unit.commit()
    found = reconcile(small, "--refresh")
    assert found["empty"]
    assert small.writes == 0
    assert small.double.snapshot() == before


def test_a_saved_plan_is_done_as_it_is_and_refused_once_the_library_moved_on(
    small: NotionShell, tmp_path: Path
) -> None:
    take(small, tmp_path, 8)
    out = tmp_path / "plan.json"
    small.json("reconcile", "--dry-run", "--out", out)
    assert small.calls == 0
    first = small.json("apply", out, "--yes", "--limit", "4")
    assert (first["kind"], first["failed"], first["skipped"] > 0) == ("apply", [], True)
    second = small.json("apply", out, "--yes")
    assert second["skipped"] == 0
    assert first["done"] + second["done"] == len(
        json.loads(out.read_text())["sinks"]["notion"]["actions"]
    )
    assert small.json("apply", out, "--yes")["done"] == 0
    assert small.calls == 0
    take(small, tmp_path, 9)
    refused = small.shell("apply", out, "--yes", code=3)
    assert "stale" in refused.err
    out.write_text("{}")
    assert f"{out}: this is no plan file" in small.shell("apply", out, "--yes", code=1).err


def test_a_page_that_fails_keeps_none_of_the_others_from_being_made(
    small: NotionShell, tmp_path: Path
) -> None:
    take(small, tmp_path, 9)
    small.double.faults.add("POST /v1/pages", failed(400))
    found = reconcile(small, code=8)["applied"]["notion"]
    assert len(found["failed"]) == 1
    assert "validation" in found["failed"][0]["reason"]
    again = reconcile(small)["applied"]["notion"]
    assert again["failed"] == []
    assert reconcile(small)["empty"]


def test_what_fails_for_one_reason_is_told_in_one_line(small: NotionShell, tmp_path: Path) -> None:
    take(small, tmp_path, 9)
    small.double.limit_blocks(1)
    said = small.shell("reconcile", "--yes", code=8)
    assert said.err.count("Notion creates nothing more in this workspace") == 1
    assert "more failed" in said.err


def test_nobody_to_ask_and_nothing_configured(small: NotionShell, shell: Shell) -> None:
    assert "--yes" in small.shell("reconcile", code=2).err
    small.patch.delenv("NOTION_TOKEN")
    assert "NOTION_TOKEN" in small.shell("reconcile", "--yes", code=2).err


def test_sync_takes_every_step_under_one_lock(
    notion: NotionShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    export(notion, folder, 5)
    monkeypatch.setenv("SPOTIFY_CSV_BACKUP_PATH", str(folder))
    notion.init()
    notion.sleep(60)
    said = notion.shell("sync").out.strip()
    assert said.startswith("import: 5 entries came")
    assert "\n" not in said
    assert len(tracks(notion)) == 5
    found = notion.json("sync")
    assert [(step["step"], step["code"]) for step in found["steps"]] == [
        ("import", 0),
        ("reconcile notion", 0),
    ]
    assert notion.calls == 0
    notion.double.revoke()
    notion.sleep(3600)
    export(notion, folder, 7)
    failed_part = notion.shell("sync", code=5)
    assert "import: 2 entries came" in failed_part.out
    assert "NOTION_TOKEN" in failed_part.err


def test_sync_before_notion_is_set_up_imports_all_the_same(
    notion: NotionShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    export(notion, folder, 5)
    monkeypatch.setenv("SPOTIFY_CSV_BACKUP_PATH", str(folder))
    said = notion.shell("sync", code=1)
    assert said.out.startswith("import: 5 entries came")
    assert "syncengine notion init" in said.err
    assert "there is no database yet" in said.err


def test_sync_says_what_a_guard_refuses(notion: NotionShell, tmp_path: Path) -> None:
    take(notion, tmp_path, 40)
    notion.init()
    reconcile(notion)
    notion.sleep(3600)
    other = export(notion, tmp_path / "other", 1, "Another")
    notion.shell("import-csv", other, "--whole-library")
    assert notion.shell("sync", code=3).out == "reconcile notion: refused\n"
    (step,) = notion.json("sync", code=3)["steps"]
    assert [each["guard"] for each in step["refusals"]] == ["mass-deletion"]


def test_sync_does_not_make_thousands_of_pages_unasked(
    notion: NotionShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from syncengine.cli.commands import sync

    monkeypatch.setattr(sync, "MANY", 100)
    notion.shell.import_sample()
    notion.init()
    said = notion.shell("sync", code=3)
    assert "464 pages would be made, which takes about" in said.err
    assert "syncengine sync --yes" in said.err
    assert tracks(notion) == []
    notion.shell("sync", "--yes")
    assert len(tracks(notion)) > 100


def test_one_page_by_hand(small: NotionShell, tmp_path: Path) -> None:
    take(small, tmp_path, 7)
    new = small.shell.entries("Mix")[-1]
    source = small.source("Tracks")
    page = small.person.add(source, {"Name": "By hand", "Spotify URI": new})
    found = small.json(
        "notion", "sync-page", f"https://www.notion.so/x-{page.id.replace('-', '')}", code=8
    )
    assert (found["key"], found["in_library"]) == (new, True)
    assert values(small, page)["Name"] == "By hand"
    reconcile(small, "--conflicts", "use-ours", "--track", new)
    assert values(small, page)["Sync key"] == new
    assert len(small.person.find(source, "Spotify URI", new)) == 1
    assert small.json("notion", "sync-page", page.id)["fields"] == {}


def test_a_page_of_something_else(small: NotionShell) -> None:
    assert "no page of Notion" in small.shell("notion", "sync-page", "hello", code=2).err
    page = small.person.add(small.source("Tracks"), {"Name": "Nothing known"})
    assert "no Spotify URI" in small.shell("notion", "sync-page", page.id, code=1).err
    other = small.double.home("Elsewhere")
    assert "none of the databases" in small.shell("notion", "sync-page", other.id, code=1).err


def test_a_new_machine_finds_what_is_there_before_it_makes_anything(
    small: NotionShell, tmp_path: Path
) -> None:
    before = small.double.snapshot()
    small.shell.path.unlink()
    take(small, tmp_path, 5)
    small.init()
    found = reconcile(small)
    assert found["sinks"]["notion"]["summary"]["create"] == 0
    after = small.double.snapshot()
    assert after.keys() == before.keys()


def test_what_we_threw_away_and_a_person_deleted_for_good_is_made_again(
    small: NotionShell, tmp_path: Path
) -> None:
    gone = tracks(small)[-1]
    take(small, tmp_path, 4)
    reconcile(small, "--trash-removed")
    small.person.delete(gone)
    take(small, tmp_path, 6)
    reconcile(small, code=8)
    reconcile(small)
    assert [page.title for page in tracks(small)].count(gone.title) == 1
    assert reconcile(small, "--refresh")["empty"]


def test_what_is_kept_is_listed_and_can_be_taken_back(small: NotionShell) -> None:
    page = tracks(small)[0]
    small.person.edit(page, {"Label": "Mine"})
    reconcile(small, "--refresh", "--conflicts", "keep-theirs")
    (kept,) = small.json("notion", "kept")["kept"]
    assert (kept["page"], kept["fields"]) == (page.id, {"Label": "Mine"})
    assert small.calls == 0
    said = small.shell("notion", "kept").out
    assert page.title in said
    assert "Label" in said
    assert small.json("notion", "kept", "--release", page.id)["released"] == 1
    assert small.json("notion", "kept")["kept"] == []
    reconcile(small, "--refresh", "--conflicts", "use-ours")
    assert values(small, page)["Label"] != "Mine"
    assert "nothing is kept" in small.shell("notion", "kept", "--release", page.id, code=1).err


def test_a_page_that_was_thrown_away_and_kept_so_lives_again_once_it_is_restored(
    small: NotionShell, tmp_path: Path
) -> None:
    page = tracks(small)[-1]
    small.person.trash(page)
    reconcile(small, "--refresh", "--conflicts", "keep-theirs")
    take(small, tmp_path, 4)
    reconcile(small)
    small.person.restore(page)
    found = reconcile(small, "--refresh")
    assert found["sinks"]["notion"]["summary"]["remove"] == 1
    assert values(small, page)["Removed at"] is not None
