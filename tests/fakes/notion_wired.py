"""The wire to Notion, set up to ask the double, in a time that only its waits move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from threading import Lock
from typing import Any

from syncengine.adapters.notion.asking import Ask, Json
from syncengine.adapters.notion.connection import Connection
from syncengine.adapters.notion.pace import Pace
from syncengine.adapters.notion.wire import STEADY, NotionWire
from syncengine.adapters.retry import Policy
from syncengine.core.moment import Instant
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import OLD
from tests.fakes.notion_things import DataSource

NOON = 1_790_000_000.0
CREATE = "POST /v1/pages"
UPDATE = "PATCH /v1/pages/{page_id}"
QUERY = "POST /v1/data_sources/{data_source_id}/query"
ME = "GET /v1/users/me"


class Time:
    """A time that stands still between waits, and by which the double may go too.

    ``after`` has what happens after a wait, by its number from 1.
    """

    def __init__(self, now: float = NOON) -> None:
        self.now = now
        self.slept: list[float] = []
        self.after: dict[int, Callable[[], object]] = {}
        self._lock = Lock()

    def clock(self) -> Instant:
        return Instant(int(self.now))

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds
            happens = self.after.pop(len(self.slept), None)
        if happens is not None:
            happens()

    def doubles(self) -> datetime:
        """Return the present as the double wants it."""
        return datetime.fromtimestamp(self.now, UTC)


def wired(
    double: NotionDouble,
    time: Time,
    *,
    version: str = OLD,
    token: str | None = None,
    pace: Pace | None = None,
    policy: Policy = STEADY,
) -> NotionWire:
    """Return a wire; without a ``pace`` it starts so fast that nobody waits for a turn."""
    url, secret = double.url, double.token if token is None else token
    return NotionWire(
        Connection(secret, url, version, clock=time.clock, timeout=policy.timeout),
        clock=time.clock,
        random=Random(7),
        pace=pace or Pace(start=1e9, likely=()),
        policy=policy,
        monotonic=time.monotonic,
        sleep=time.sleep,
    )


def creating(source: DataSource, name: str = "One", **properties: Any) -> Ask:
    """Make a row."""
    parent = {"type": "data_source_id", "data_source_id": source.id}
    title = {"title": [{"text": {"content": name}}]}

    def ask(client: Any) -> Json:
        found: Json = client.pages.create(parent=parent, properties={"Name": title, **properties})
        return found

    return ask


def renaming(page: str, name: str) -> Ask:
    """Give a row another title."""
    title = {"title": [{"text": {"content": name}}]}
    return lambda client: client.pages.update(page, properties={"Name": title})


def querying(source: DataSource) -> Ask:
    """Ask for the first rows."""
    return lambda client: client.data_sources.query(source.id)


def whoami(client: Any) -> Json:
    """Ask what asks for next to nothing."""
    found: Json = client.users.me()
    return found
