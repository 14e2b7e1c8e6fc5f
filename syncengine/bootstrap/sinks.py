"""The sinks as the settings name them: what is wanted of them, and what writes to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from syncengine.core.ports import Clock
from syncengine.errors import UserError
from syncengine.storage.unit_of_work import Database

if TYPE_CHECKING:
    from syncengine.config import Settings
    from syncengine.core.plan import Plan
    from syncengine.core.sink import Sink
    from syncengine.jobs.reconcile import Wishes
    from syncengine.jobs.reconciling import Hand, Tools
    from syncengine.storage.unit_of_work import UnitOfWork

SINKS = ("notion", "folders")


def configured_sinks(settings: Settings) -> list[str]:
    """Return the names of the sinks that the settings say enough of."""
    notion = settings.notion_token and (
        settings.notion_parent_page_id or settings.notion_tracks_data_source_id
    )
    return ["notion"] if notion else []


def tools(database: Database, clock: Clock, run: int) -> Tools:
    """Return what a reconciliation works with."""
    from syncengine.jobs.reconciling import Tools

    return Tools(partial(database.unit, durable=True), clock, run)


def make_sinks(
    settings: Settings,
    names: Sequence[str],
    unit: UnitOfWork,
    *,
    popularity_always: bool = False,
) -> list[Sink]:
    """Return sinks by name. Raises UserError for one that this version does not have."""
    from syncengine.adapters.notion import shelf
    from syncengine.adapters.notion.fields import ENTITIES
    from syncengine.adapters.notion.sink import NotionSink
    from syncengine.storage.repositories.remote import SCHEMA

    sinks: list[Sink] = []
    for name in names:
        if name != "notion":
            raise UserError(f"this version has no {name} sink yet; notion is the one there is")
        wanted = settings.notion_entities
        entities = tuple(e for e in ENTITIES if f"{e}s" in wanted)
        noted = unit.remote("notion").notes(SCHEMA)
        known = {e: shelf.from_text(noted[e].value).properties for e in entities if e in noted}
        pace = settings.notion_requests_per_minute
        sinks.append(NotionSink(entities, pace, popularity_always, known or None))
    return sinks


def strangers(settings: Settings, names: Sequence[str], unit: UnitOfWork) -> list[str]:
    """Return what the settings name that was never looked at, a sentence each: a plan cannot know of it."""
    from syncengine.adapters.notion import address, shelf
    from syncengine.adapters.notion.fields import ENTITIES
    from syncengine.storage.repositories.remote import SCHEMA

    noted = unit.remote("notion").notes(SCHEMA) if "notion" in names else {}
    found = []
    for entity in ENTITIES:
        named = getattr(settings, f"notion_{entity}s_data_source_id")
        if not named or entity not in noted:
            continue
        known = shelf.from_text(noted[entity].value)
        ids = {address.dashed(each) for each in (known.source, known.database) if each}
        if address.page_address(named) not in ids:
            variable = f"NOTION_{entity.upper()}S_DATA_SOURCE_ID"
            found.append(
                f"{variable} names another database than the one that was used last, and this plan is "
                "still for that one; run `syncengine notion init` first"
            )
    return found


def plan_for(
    unit: UnitOfWork,
    settings: Settings,
    names: Sequence[str],
    clock: Clock,
    wishes: Wishes | None = None,
    *,
    popularity_always: bool = False,
) -> Plan:
    """Return the plan that would bring sinks into agreement with the library as it is now."""
    from syncengine.jobs.planning import plan_library
    from syncengine.jobs.reconcile import NO_WISHES

    sinks = make_sinks(settings, names, unit, popularity_always=popularity_always)
    return plan_library(unit, sinks, clock, wishes or NO_WISHES).plan


@contextmanager
def open_hands(
    settings: Settings,
    database: Database,
    clock: Clock,
    names: Sequence[str],
    *,
    popularity_always: bool = False,
) -> Iterator[list[Hand]]:
    """Return sinks by name with what writes to them, while the block runs.

    Raises ConfigError for one that is not set up.
    """
    from syncengine.bootstrap import notion
    from syncengine.jobs.reconciling import Hand

    with notion.open_writer(settings, database, clock) as writer:
        with database.reading() as unit:
            sinks = make_sinks(settings, names, unit, popularity_always=popularity_always)
        yield [Hand(sink, writer) for sink in sinks]
