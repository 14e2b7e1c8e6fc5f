"""The sinks as the settings name them: what is wanted of them, and what writes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from syncengine.bootstrap.sink_wishes import NO_SINK_WISHES, SinkWishes
from syncengine.core.ports import Clock
from syncengine.storage.unit_of_work import Database

if TYPE_CHECKING:
    from syncengine.bootstrap.folders import Survey
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
    folders = settings.music_dirs and settings.playlists_dir
    return [name for name, said in (("notion", notion), ("folders", folders)) if said]


def tools(database: Database, clock: Clock, run: int) -> Tools:
    """Return what a reconciliation works with."""
    from syncengine.jobs.reconciling import Tools

    return Tools(partial(database.unit, durable=True), clock, run)


def notion_sink(settings: Settings, unit: UnitOfWork, wishes: SinkWishes) -> Sink:
    """Return Notion as a plan sees it."""
    from syncengine.adapters.notion import shelf
    from syncengine.adapters.notion.fields import ENTITIES
    from syncengine.adapters.notion.sink import NotionSink
    from syncengine.storage.repositories.remote import SCHEMA

    entities = tuple(e for e in ENTITIES if f"{e}s" in settings.notion_entities)
    noted = unit.remote("notion").notes(SCHEMA)
    known = {e: shelf.from_text(noted[e].value).properties for e in entities if e in noted}
    pace = settings.notion_requests_per_minute
    return NotionSink(entities, pace, wishes.popularity_always, known or None)


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
    sink_wishes: SinkWishes = NO_SINK_WISHES,
    *,
    survey: Callable[[Survey], None] = lambda _survey: None,
) -> Plan:
    """Return the plan that would bring sinks into agreement with the library as it is now.

    ``survey`` is told what can find out how the audio files are now; else what is known of them counts.
    """
    from syncengine.bootstrap import folders
    from syncengine.jobs.planning import plan_library
    from syncengine.jobs.reconcile import NO_WISHES

    made: list[Sink] = []
    for name in names:
        if name == "folders":
            same = partial(_the_same, unit)
            found = folders.Survey(settings, same, same, clock, sink_wishes)
            survey(found)
            made.append(folders.make_sink(settings, found, sink_wishes))
        else:
            made.append(notion_sink(settings, unit, sink_wishes))
    return plan_library(unit, made, clock, wishes or NO_WISHES).plan


@contextmanager
def _the_same(unit: UnitOfWork) -> Iterator[UnitOfWork]:
    """Give out a unit of work that is open already; what commits in it commits nothing."""
    yield unit.without_commits()


@contextmanager
def open_hands(
    settings: Settings,
    database: Database,
    clock: Clock,
    names: Sequence[str],
    wishes: SinkWishes = NO_SINK_WISHES,
    *,
    dry_run: bool = False,
) -> Iterator[list[Hand]]:
    """Return sinks by name with what writes to them, while the block runs; a ``dry_run`` makes none ready.

    Raises ConfigError for one that is not set up.
    """
    from syncengine.bootstrap import folders, notion
    from syncengine.jobs.reconciling import Hand

    with ExitStack() as stack:
        hands = []
        for name in names:
            if name == "folders":
                hands.append(folders.open_hand(settings, database, clock, wishes, dry_run=dry_run))
                continue
            writer = stack.enter_context(notion.open_writer(settings, database, clock))
            with database.reading() as unit:
                hands.append(Hand(notion_sink(settings, unit, wishes), writer))
        yield hands
