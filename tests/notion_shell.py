"""A shell whose settings lead to a double of Notion, both on one clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from syncengine.adapters.notion import wire
from syncengine.core.moment import Instant
from syncengine.storage.unit_of_work import Database
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_things import DataSource
from tests.shell import Shell


class NotionShell:
    """Runs commands against one database and one double; ``sleep`` lets time pass for both.

    What fails is asked again at once, not after seconds.
    """

    def __init__(self, shell: Shell, double: NotionDouble, patch: pytest.MonkeyPatch) -> None:
        self.shell = shell
        self.double = double
        self.world = double.world
        self.person = double.person
        self.patch = patch
        self.home = double.home("Music")
        for name, value in double.environment.items():
            patch.setenv(name, value)
        patch.setenv("NOTION_PARENT_PAGE_ID", self.home.id)
        patch.setenv("NOTION_REQUESTS_PER_MINUTE", "1000000")
        patch.setattr(wire, "STEADY", replace(wire.STEADY, first_wait=0.002, most_wait=0.002))

    def sleep(self, seconds: int) -> None:
        """Let time pass."""
        self.shell.now = Instant(self.shell.now + seconds)

    def set(self, **settings: str) -> None:
        """Change settings of Notion: ``set(ENTITIES="tracks")``."""
        for name, value in settings.items():
            self.patch.setenv(f"NOTION_{name}", value)

    def json(self, *arguments: object, code: int = 0) -> dict[str, Any]:
        """Run a command with ``--json``; the log has what it asked, which must have been proper."""
        self.double.log.clear()
        found = self.shell.json(*arguments, code=code)
        self.double.assert_clean()
        return found

    def init(self, *arguments: object, code: int = 0) -> dict[str, Any]:
        """Set Notion up."""
        return self.json("notion", "init", *arguments, code=code)

    @property
    def calls(self) -> int:
        """How many requests the last command made."""
        return self.double.log.count()

    @property
    def writes(self) -> int:
        """How many requests of the last command were to change something."""
        return len(self.double.log.writes)

    def source(self, title: str) -> DataSource:
        """Return a living data source by its title: ``Tracks``."""
        found = [
            each
            for each in self.world.sources.values()
            if each.name == title and not self.world.databases[each.database].trashed
        ]
        assert len(found) == 1, title
        return found[0]

    def database(self) -> Database:
        """Open the database."""
        return Database(self.shell.url, lambda: self.shell.now)


def notion_shell(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionShell]:
    """Serve a double, and lead the settings to it."""
    clock = lambda: datetime.fromtimestamp(shell.now, UTC)  # noqa: E731 - one line of a fixture
    with NotionDouble(clock=clock) as double:
        yield NotionShell(shell, double, monkeypatch)
