"""Notion as the settings name it: its wire, what is wanted of it, setting it up and checking it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from syncengine.core.ports import Clock
from syncengine.errors import ConfigError
from syncengine.storage.unit_of_work import Database

if TYPE_CHECKING:
    from syncengine.adapters.notion.asking import Wire
    from syncengine.adapters.notion.looking import Wanted
    from syncengine.adapters.notion.shelf import Shelves
    from syncengine.adapters.notion.wire import NotionWire
    from syncengine.adapters.notion.writer import NotionWriter
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


def shelves_of(database: Database, clock: Clock) -> Shelves:
    """Return where it is remembered which databases the library has in Notion."""
    from syncengine.adapters.notion.shelf import KeptShelves
    from syncengine.jobs.sink_schema import SchemaNotes

    return KeptShelves(SchemaNotes(database, clock, "notion"))


@contextmanager
def open_writer(settings: Settings, database: Database, clock: Clock) -> Iterator[NotionWriter]:
    """Return what writes pages, while the block runs.

    Raises ConfigError where a database is not set up, or lacks what a page cannot be without.
    """
    import time

    from syncengine.adapters.notion.writer import NotionWriter

    shelves = shelves_of(database, clock)
    over = wire(settings, clock)
    with closing(over):
        _see_that_it_is_set_up(resolve(over, settings, database, clock))
        yield NotionWriter(over, shelves.read(), shelves.write, time.sleep, clock, stop=over.stop)


def _see_that_it_is_set_up(findings: Sequence[Finding]) -> None:
    if stopping := [each for each in findings if each.stops]:
        problems = [
            f"{each.entity or 'notion'}: {each.problem}; {each.advice}" for each in stopping
        ]
        raise ConfigError("Notion is not set up for this: run `syncengine notion init`", problems)


def page_address(text: str) -> str | None:
    """Return the address of the page that a URL or an id names; None for neither."""
    from syncengine.adapters.notion import address

    return address.page_address(text)


def wanted(settings: Settings, *, add_properties: bool = False) -> Wanted:
    """Return what the settings want of Notion. Raises ConfigError for what makes no sense."""
    from syncengine.adapters.notion.fields import ENTITIES
    from syncengine.adapters.notion.looking import read_wanted

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
    _respect_pause(database, clock)
    with closing(wire(settings, clock)) as made:
        shelves = shelves_of(database, clock)
        return noted_set_up(lambda: setup.set_up(made, shelves, wishes, tell), database.unit, clock)


def check(
    settings: Settings, database: Database, clock: Clock, creates: Callable[[], int], tell: Told
) -> SetUp:
    """Return whether Notion is ready for a sync; nothing is changed, there or here.

    ``creates`` counts the pages that the next one would make.
    """
    from syncengine.adapters.notion import check as checking

    wishes = wanted(settings)
    _respect_pause(database, clock)
    with closing(wire(settings, clock)) as made:
        shelves = shelves_of(database, clock)
        return checking.check(made, shelves, wishes, creates, tell)


def _respect_pause(database: Database, clock: Clock) -> None:
    from syncengine.jobs.reconciling import Tools, respect_pause

    if database.exists:
        respect_pause("notion", Tools(database.reading, clock, run=0))


def resolve(over: Wire, settings: Settings, database: Database, clock: Clock) -> list[Finding]:
    """See that every data source that the settings name is remembered, before a plan is applied.

    Asks only where one is not, and changes nothing in Notion. Findings that stop stand in the way.
    """
    from syncengine.adapters.notion import looking

    return looking.resolve(over, shelves_of(database, clock), wanted(settings))
