"""Settings that change, pages made by hand, pauses: what a reconciliation has to know before it writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_notion_sync import reconcile, take, tracks, values
from tests.fakes.notion_faults import failed
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


def test_a_page_that_was_made_by_hand_for_a_song_that_comes_later_is_its_page(
    small: NotionShell, tmp_path: Path
) -> None:
    mine = {"Name": "Song 6", "Spotify URI": "spotify:track:0000000000000000000006"}
    page = small.person.add(small.source("Tracks"), mine)
    take(small, tmp_path, 6)
    said = small.shell("reconcile", "--yes")
    assert "1 was there already" in said.err
    assert len(tracks(small)) == 6
    assert values(small, page)["Label"] == "Label"


def test_a_pause_holds_for_setting_up_and_checking_too(small: NotionShell, tmp_path: Path) -> None:
    wait = failed(429, retry_after=600)
    small.double.faults.add("PATCH /v1/pages/{page_id}", wait)
    take(small, tmp_path, 4)
    small.shell("reconcile", "--yes", code=6)
    small.double.log.clear()
    for command in ("init", "check"):
        assert "no request is made before" in small.shell("notion", command, code=6).err
        assert small.calls == 0


def test_a_plan_says_that_it_is_not_for_the_database_that_the_settings_name(
    small: NotionShell,
) -> None:
    source = small.source("Tracks")
    small.set(TRACKS_DATA_SOURCE_ID=source.id)
    assert small.shell("reconcile", "--dry-run").err == ""
    small.set(TRACKS_DATA_SOURCE_ID=small.source("Albums").id)
    said = small.shell("reconcile", "--dry-run")
    assert "NOTION_TRACKS_DATA_SOURCE_ID names another database than the one" in said.err
    assert "`syncengine notion init` first" in said.err


def test_a_relation_to_what_is_kept_no_longer_stays_as_it_is(
    small: NotionShell, tmp_path: Path
) -> None:
    page = tracks(small)[0]
    before = values(small, page)
    small.set(ENTITIES="tracks,playlists")
    assert reconcile(small)["empty"]
    take(small, tmp_path, 4)
    reconcile(small)
    assert {name: values(small, page)[name] for name in ("Artists", "Album")} == {
        name: before[name] for name in ("Artists", "Album")
    }
    small.set(ENTITIES="tracks,playlists,artists,albums")
    take(small, tmp_path, 6)
    assert reconcile(small)["sinks"]["notion"]["summary"]["create"] == 2
