"""Notion as the settings name it: its wire, what is wanted of it, setting it up and checking it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from syncengine.bootstrap import notion_shelves, plan_for
from syncengine.core.ports import Clock
from syncengine.errors import ConfigError
from syncengine.storage.unit_of_work import Database

if TYPE_CHECKING:
    from syncengine.adapters.notion.asking import Wire
    from syncengine.adapters.notion.looking import Wanted
    from syncengine.adapters.notion.wire import NotionWire
    from syncengine.config import Settings
    from syncengine.core.setup import Finding, SetUp, Told

_NO_TOKEN = (
    "create an integration at https://www.notion.so/profile/integrations",
    "share a page of yours with it (••• → Connections)",
    "set NOTION_TOKEN to its secret and NOTION_PARENT_PAGE_ID to the page; docs/notion.md has every step",
)


def wire(settings: Settings, clock: Clock) -> NotionWire:
    """Return the one wire over which Notion is asked. Raises ConfigError where no token is set."""
    if settings.notion_token is None:
        raise ConfigError(
            "NOTION_TOKEN is not set, and Notion answers integrations only", _NO_TOKEN
        )
    from random import SystemRandom

    from syncengine.adapters.notion.connection import Connection
    from syncengine.adapters.notion.pace import Pace
    from syncengine.adapters.notion.wire import STEADY, NotionWire

    token, url, version = settings.notion_token, settings.notion_api_url, settings.notion_version
    connection = Connection(token, url, version, clock=clock, timeout=STEADY.timeout)
    pace = Pace(start=settings.notion_requests_per_minute)
    return NotionWire(connection, clock=clock, random=SystemRandom(), pace=pace, policy=STEADY)


def wanted(settings: Settings, *, add_properties: bool = False) -> Wanted:
    """Return what the settings want of Notion. Raises ConfigError for what makes no sense."""
    from syncengine.adapters.notion.looking import read_wanted
    from syncengine.core.plan import ENTITIES

    named = {each: getattr(settings, f"notion_{each}s_data_source_id") for each in ENTITIES}
    return read_wanted(
        [each for each in ENTITIES if f"{each}s" in settings.notion_entities],
        parent=settings.notion_parent_page_id,
        adopted={each: name for each, name in named.items() if name},
        properties=settings.notion_properties,
        add_properties=add_properties,
    )


def set_up(
    settings: Settings, database: Database, clock: Clock, *, add_properties: bool, tell: Told
) -> SetUp:
    """Make or mend the databases in Notion, and remember them; the run is noted."""
    from syncengine.adapters.notion import setup
    from syncengine.jobs.setting_up import noted_set_up

    wishes = wanted(settings, add_properties=add_properties)
    with closing(wire(settings, clock)) as made:
        shelves = notion_shelves(database, clock)
        return noted_set_up(lambda: setup.set_up(made, shelves, wishes, tell), database.unit, clock)


def check(settings: Settings, database: Database, clock: Clock, tell: Told) -> SetUp:
    """Return whether Notion is ready for a sync; nothing is changed, there or here."""
    from syncengine.adapters.notion import check as checking

    def creates() -> int:
        with database.reading() as unit:
            plan = plan_for(unit, settings, ["notion"], clock)
        return plan.sinks["notion"].summary.create

    wishes = wanted(settings)
    with closing(wire(settings, clock)) as made:
        shelves = notion_shelves(database, clock)
        return checking.check(made, shelves, wishes, creates, tell)


def resolve(over: Wire, settings: Settings, database: Database, clock: Clock) -> list[Finding]:
    """See that every data source that the settings name is remembered, before a plan is applied.

    Asks only where one is not, and changes nothing in Notion. Findings that stop stand in the way.
    """
    from syncengine.adapters.notion import looking

    return looking.resolve(over, notion_shelves(database, clock), wanted(settings))
