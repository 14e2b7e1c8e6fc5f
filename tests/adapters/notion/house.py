"""Notion with the four databases that are kept there, and what writes to them: with a clock by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from notion_client.errors import APIResponseError, HTTPResponseError, RequestTimeoutError

from syncengine.adapters.notion.asking import Ask, Json
from syncengine.adapters.notion.fields import PROPERTIES, SHOWN_AS
from syncengine.adapters.notion.shelf import Known, Shelf
from syncengine.adapters.notion.writer import NotionWriter
from syncengine.core.moment import Instant, from_datetime
from syncengine.core.plan import ENTITIES, Entity, Value
from syncengine.core.writer import Change, Written
from syncengine.errors import Forbidden, Gone, OutcomeUnknown, Rejected, RemoteError, SignInNeeded
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_things import DataSource, Page, encoded

START = datetime(2026, 11, 21, 18, 30, 45, tzinfo=UTC)


class Hand:
    """A clock that stands still but for those who sleep, and for tests."""

    def __init__(self) -> None:
        self.now = START
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def instant(self) -> Instant:
        return from_datetime(self.now)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def on(self, **much: float) -> None:
        self.now += timedelta(**much)


class Line:
    """The wire's stand-in."""

    def __init__(self, double: NotionDouble, version: str) -> None:
        self.client = double.client(version, timeout=2.0)
        self.calls: Counter[str] = Counter()

    def read(self, endpoint: str, ask: Ask) -> Json:
        return self.write(endpoint, ask, repeatable=True)

    def write(self, endpoint: str, ask: Ask, *, repeatable: bool) -> Json:
        for _ in range(4):
            self.calls[endpoint] += 1
            try:
                found: Json = ask(self.client)
                return found
            except Exception as error:
                ours = _ours(endpoint, error)
                if not (repeatable and isinstance(ours, OutcomeUnknown)):
                    raise ours from error
        raise ours


def _ours(endpoint: str, error: Exception) -> RemoteError:
    if isinstance(error, HTTPResponseError):
        kinds: dict[int, type[RemoteError]] = {
            401: SignInNeeded,
            403: Forbidden,
            404: Gone,
            400: Rejected,
        }
        kind = kinds.get(error.status, OutcomeUnknown)
        if error.status == 400 and "archived" in str(error):
            kind = Gone
        return kind(f"{endpoint}: {error}", system="notion", operation=endpoint)
    assert isinstance(error, httpx.HTTPError | RequestTimeoutError), error
    return OutcomeUnknown(str(error), system="notion", operation=endpoint)


class House:
    """Four databases as ``notion init`` makes them, in one version of the API."""

    def __init__(self, double: NotionDouble, version: str) -> None:
        self.double = double
        self.hand = Hand()
        double.world.clock = self.hand
        self.line = Line(double, version)
        self._told = 0
        self.remembered: list[tuple[Entity, Shelf]] = []
        home = double.home("Music")
        self.sources: dict[Entity, DataSource] = {}
        for entity in ENTITIES:
            self.sources[entity] = double.person.add_database(
                home, f"{entity}s", self._schema(entity)
            )
        self.writer = self.new_writer()

    def _schema(self, entity: Entity) -> dict[str, Any]:
        schema: dict[str, Any] = {}
        for name, prop in PROPERTIES[entity].items():
            config: Json = {}
            if prop.to is not None:
                dual = {
                    "type": "dual_property",
                    "dual_property": {"synced_property_name": "Tracks"},
                }
                config = {"data_source_id": self.sources[prop.to].id, **dual}
            if prop.type != "rollup":
                schema[SHOWN_AS.get(name, name)] = {prop.type: config}
        return {**schema, "My notes": "rich_text"}

    def shelf(self, entity: Entity) -> Shelf:
        """Return a shelf as setting up would make it."""
        source = self.sources[entity]
        known: dict[str, Known] = {}
        for name in PROPERTIES[entity]:
            prop = source.named(SHOWN_AS.get(name, name))
            if prop is not None:
                known[name] = Known(encoded(prop.id), prop.type)
        return Shelf(source.id, source.database, known)

    def new_writer(self, **shelves: Shelf) -> NotionWriter:
        """Return a writer; ``shelves`` replace those there are."""
        made: dict[Entity, Shelf] = {entity: self.shelf(entity) for entity in ENTITIES}
        return NotionWriter(
            self.line,
            made | shelves,  # type: ignore[operator]
            lambda entity, shelf: self.remembered.append((entity, shelf)),
            self.hand.sleep,
            self.hand.instant,
        )

    def create(
        self, entity: Entity, key: str, fields: Mapping[str, Value] | None = None
    ) -> Written:
        """Create a page."""
        held = {"Name": key, "Sync key": key, **(fields or {})}
        return self.writer.write(Change(entity, key, None, held))

    def pages(self, entity: Entity, *, trashed: bool | None = False) -> list[Page]:
        """Return the rows there are."""
        return self.double.pages_of(self.sources[entity], trashed=trashed)

    def values(self, address: str) -> dict[str, Any]:
        """Return what a person sees on a page."""
        return self.double.person.values(self.double.world.pages[address])

    def requests(self) -> list[str]:
        """Return the requests since this was last asked."""
        calls = self.double.log.noted
        made = [call.name for call in calls[self._told :]]
        self._told = len(calls)
        return made
