"""The library in Notion, end to end: reconcile, apply, sync and what people do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notion_shell import NotionShell, notion_shell
from tests.shell import Shell


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionShell]:
    yield from notion_shell(shell, monkeypatch)


def test_a_first_sync_makes_every_page_once_and_the_second_asks_nothing(
    notion: NotionShell,
) -> None:
    notion.shell.import_sample()
    notion.init()
    found = notion.json("reconcile", "--yes")
    applied = found["applied"]["notion"]
    assert applied["failed"] == []
    pages = found["sinks"]["notion"]["summary"]["create"]
    assert applied["done"] == pages == 464
    assert notion.calls <= 1.01 * pages + 20
    assert notion.json("reconcile", "--yes")["empty"]
    assert notion.calls == 0
