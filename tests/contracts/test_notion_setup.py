"""Setting Notion up and checking it asks only for what Notion's OpenAPI document allows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes import notion_contract
from tests.fakes.notion_http import VERSIONS
from tests.fakes.notion_library import build
from tests.notion_shell import NotionShell, notion_shell
from tests.shell import Shell


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionShell]:
    yield from notion_shell(shell, monkeypatch)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_request_is_as_the_document_has_it(
    notion: NotionShell, shell: Shell, version: str
) -> None:
    document = notion_contract.load()
    if document is None:
        pytest.skip(
            f"{notion_contract.DOCUMENT} is not here; SYNCENGINE_CONTRACTS names its folder"
        )
    notion.set(VERSION=version)
    shell("notion", "init")
    notion.person.change_schema(notion.source("Tracks"), {"BPM": None})
    notion.person.set_database_trashed(notion.source("Albums"))
    shell("notion", "init")
    notion.world.plan = "free"
    shell("notion", "check")
    tracks = build(notion.double).tracks
    notion.set(TRACKS_DATA_SOURCE_ID=tracks.database)
    shell("notion", "init", "--add-properties")
    shell("notion", "check")
    assert notion.double.check_contract(document) == []
    notion.double.assert_clean()
