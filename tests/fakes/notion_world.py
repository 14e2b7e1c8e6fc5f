"""The state behind the double: one Notion workspace, with the rules that hold however it is changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tests.fakes.notion_things import (
    Behind,
    Block,
    Database,
    DataSource,
    Json,
    Page,
    Property,
    made_id,
)
from tests.fakes.notion_values import rich

Clock = Callable[[], datetime]
PERSON = made_id("person", 0)
"""The person to whom the workspace belongs, and who made what tests do not say."""


def now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


class World:
    """A workspace; change it under ``turn`` while the double serves.

    What is not known of the real service is a setting, on its harder side:

    - ``touches_related``: a relation that is written from one side counts as an edit of both pages.
    - ``names_synced``: the name that a request gives the other side of a new relation is taken;
      without it Notion makes one up.
    - ``folds_case``: filters on texts find other spellings of capitals too.
    """

    def __init__(self, clock: Clock = now) -> None:
        self.clock = clock
        self.turn = threading.RLock()
        self.pages: dict[str, Page] = {}
        self.databases: dict[str, Database] = {}
        self.sources: dict[str, DataSource] = {}
        self.shared: set[str] = set()
        self.members = 1
        self.plan: Literal["free", "plus"] = "plus"
        self.blocks_used = 0
        self.block_limit: int | None = None
        self.lag = timedelta(0)
        self.lag_queries = 0
        self.query_limit = 10_000
        self.touches_related = True
        self.names_synced = True
        self.folds_case = True
        self._made = 0

    # ------------------------------------------------------------------------------- making things

    def new_id(self, kind: str) -> str:
        """Return an id that nothing has yet."""
        self._made += 1
        return made_id(kind, self._made)

    def add_page(self, title: str, parent: str | None = None, *, shared: bool = False) -> Page:
        """Add a page under another, or at the top of the workspace."""
        place = ("workspace", "") if parent is None else ("page_id", parent)
        made = self.new_page(place, {"title": [rich(title)]})
        if shared:
            self.shared.add(made.id)
        return made

    def new_page(
        self,
        parent: tuple[str, str],
        values: Mapping[str, Any],
        *,
        by: str = PERSON,
        created: datetime | None = None,
    ) -> Page:
        """Add a page with stored values; in a data source it is a row."""
        at = created or self.clock()
        page = Page(self.new_id("page"), parent, at, at, created_by=by, edited_by=by)
        self.pages[page.id] = page
        self.blocks_used += 1
        source = self.source_of(page)
        if source is None:
            page.values = dict(values)
            return page
        source.numbered += 1
        page.number = source.numbered
        self._fall_behind(source, page, None)
        source.pages[page.id] = page
        self._store(source, page, values, by)
        page.edited = at
        return page

    def new_database(
        self, parent: str, title: list[Json], *, properties: Iterable[Property] = ()
    ) -> tuple[Database, DataSource]:
        """Add a database with its first data source to a page."""
        at = self.clock()
        made = Database(self.new_id("database"), parent, title, at, at)
        self.databases[made.id] = made
        self.blocks_used += 1
        return made, self.new_source(made, title, properties=properties)

    def new_source(
        self, database: Database, title: list[Json], *, properties: Iterable[Property] = ()
    ) -> DataSource:
        """Add a data source to a database."""
        at = self.clock()
        made = DataSource(self.new_id("source"), database.id, title, at, at)
        made.properties = {each.id: each for each in properties}
        self.sources[made.id] = made
        database.sources.append(made.id)
        return made

    def new_property_id(self, source: DataSource) -> str:
        """Return a short id as Notion makes them; some need percent-encoding."""
        while True:
            self._made += 1
            digits = made_id("property", self._made)
            found = "".join(chr(48 + int(digits[n : n + 2], 16) % 75) for n in (0, 2, 4, 6))
            if found not in source.properties and not set(found) & set("\\`?"):
                return found

    # ------------------------------------------------------------------------------------- reading

    def source_of(self, page: Page) -> DataSource | None:
        """Return the data source that a page is a row of."""
        return self.sources.get(page.parent[1]) if page.parent[0] == "data_source_id" else None

    def ancestors(
        self, thing: Page | DataSource | Database
    ) -> Iterator[Page | DataSource | Database]:
        """Yield what a thing stands on, nearest first."""
        above = self._above(thing)
        while above is not None:
            yield above
            above = self._above(above)

    def _above(self, thing: Page | DataSource | Database) -> Page | DataSource | Database | None:
        if isinstance(thing, DataSource):
            return self.databases[thing.database]
        if isinstance(thing, Database):
            return self.pages.get(thing.parent)
        return self.source_of(thing) or self.pages.get(thing.parent[1])

    def is_visible(self, thing: Page | DataSource | Database) -> bool:
        """Return whether a thing, or something above it, is shared with the integration."""
        return thing.id in self.shared or any(
            each.id in self.shared for each in self.ancestors(thing)
        )

    def related(self, page: Page, prop: Property) -> Iterator[str]:
        """Yield the ids of related pages; those in the trash do not show."""
        for each in page.values.get(prop.id, ()):
            other = self.pages.get(each)
            if other is not None and not other.trashed:
                yield each

    # ------------------------------------------------------------------------------------- writing

    def write(self, page: Page, values: Mapping[str, Any], by: str = PERSON) -> None:
        """Store values and count it as an edit, also where nothing is new."""
        source = self.source_of(page)
        if source is None:
            page.values.update(values)
        else:
            self._fall_behind(source, page, page)
            self._store(source, page, values, by)
        self._touch(page, by)

    def _store(self, source: DataSource, page: Page, values: Mapping[str, Any], by: str) -> None:
        source.version += 1
        for name, value in values.items():
            prop = source.properties[name]
            if prop.type == "relation":
                self._relate(page, prop, value, by)
            else:
                source.put(page, name, value)

    def _relate(self, page: Page, prop: Property, value: Mapping[str, None], by: str) -> None:
        """Store related pages, and the other side of it."""
        before = page.values.get(prop.id, {})
        page.values[prop.id] = dict(value)
        if prop.synced is None:
            return
        for each in before.keys() ^ value.keys():
            other = self.pages.get(each)
            if other is None:
                continue
            if self.touches_related and other is not page:
                self._note_edit(other, by)
            back = other.values.setdefault(prop.synced, {})
            if each in value:
                back[page.id] = None
            else:
                back.pop(page.id, None)

    def _note_edit(self, page: Page, by: str) -> None:
        source = self.source_of(page)
        if source is not None:
            source.version += 1
            self._fall_behind(source, page, page)
        self._touch(page, by)

    def _touch(self, page: Page, by: str) -> None:
        page.edited = max(self.clock(), page.edited)
        page.edited_by = by

    def set_trashed(self, page: Page, trashed: bool, by: str = PERSON) -> None:
        """Put a page into the trash or take it out."""
        self._note_edit(page, by)
        page.trashed = trashed
        for source in self._showing(page):
            source.version += 1

    def _showing(self, page: Page) -> Iterator[DataSource]:
        """Yield the data sources whose rows may show a page in a relation."""
        own = self.source_of(page)
        if own is not None:
            for prop in own.of_type("relation"):
                if prop.target in self.sources:
                    yield self.sources[prop.target]

    def delete(self, page: Page) -> None:
        """Remove a page for good, as emptying the trash does."""
        source = self.source_of(page)
        if source is not None:
            self._store(source, page, {each.id: {} for each in source.of_type("relation")}, PERSON)
            for name in source.indexes:
                source.put(page, name, None)
                source.indexes[name].get("", {}).pop(page.id, None)
            source.pages.pop(page.id, None)
            source.behind.pop(page.id, None)
        self.pages.pop(page.id, None)

    def add_blocks(self, page: Page, blocks: Iterable[Block]) -> None:
        """Add to a page's content."""
        made = list(blocks)
        page.blocks += made
        self.blocks_used += len(made)

    # ------------------------------------------------------------------------------------ query lag

    def _fall_behind(self, source: DataSource, page: Page, shown: Page | None) -> None:
        """Let queries see for a while what there was before; the first of several changes counts."""
        if not self.lag and not self.lag_queries:
            return
        known = source.behind.get(page.id)
        if known is None or not self._is_behind(source, known):
            kept = None if shown is None else shown.copy()
            until, queries = self.clock() + self.lag, source.queries + self.lag_queries
            source.behind[page.id] = Behind(kept, until, queries)

    def _is_behind(self, source: DataSource, behind: Behind) -> bool:
        return self.clock() < behind.until or source.queries <= behind.queries

    def count_query(self, source: DataSource) -> None:
        """Note that a query comes, and let it see what has caught up."""
        source.queries += 1
        gone = [name for name, each in source.behind.items() if not self._is_behind(source, each)]
        for name in gone:
            del source.behind[name]
        if gone:
            source.version += 1
