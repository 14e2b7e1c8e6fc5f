"""What stands in Notion: all of it, what was changed, what goes by a key, and one page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from syncengine.adapters.notion.address import dashed, page_address
from syncengine.adapters.notion.asking import SYSTEM, Json, Wire
from syncengine.adapters.notion.fields import SYNC_KEY
from syncengine.adapters.notion.kept import Kept
from syncengine.adapters.notion.page_reader import URI, URL, PageReader
from syncengine.adapters.notion.queries import PAGE_SIZE, rows
from syncengine.adapters.notion.refusing import no_database
from syncengine.adapters.notion.shelf import Shelf
from syncengine.core.moment import Instant, to_iso
from syncengine.core.plan import Entity
from syncengine.core.ports import Clock
from syncengine.core.writer import SeenItem
from syncengine.errors import Gone, Rejected, Transient

PAGE = "GET /v1/pages/{page_id}"
PROPERTY = "GET /v1/pages/{page_id}/properties/{property_id}"
OVERLAP = 5 * 60
"""Seconds. Notion rounds times down to the minute, and its clock is not ours."""
LAG = 10
"""Seconds for which a query may not see what was written; nobody promises any."""
_WAITS = (1.0, 2.0, 4.0, 8.0)
_TERMS = 100
"""How many conditions a filter may have side by side."""
_ROUNDS = 3


class Reading:
    """Reads pages; ``sleep`` takes seconds."""

    def __init__(
        self, wire: Wire, kept: Kept, sleep: Callable[[float], None], clock: Clock
    ) -> None:
        self._wire = wire
        self._kept = kept
        self._sleep = sleep
        self._clock = clock

    def everything(self, entity: Entity) -> Iterator[SeenItem]:
        """Yield all pages, those out of the trash first.

        The trash is read before and after the rest, so that a page that is restored or thrown away
        meanwhile is seen. Where some were thrown away the rest is read again: those behind them have
        moved up, maybe past the place where the reader was.
        """
        shown: set[str] = set()
        trash = {item.address: item for item in self._items(entity, trashed=True)}
        for _ in range(_ROUNDS):
            for item in self._items(entity, trashed=False):
                if item.address not in shown:
                    shown.add(item.address)
                    yield item
            before = len(trash)
            trash |= {item.address: item for item in self._items(entity, trashed=True)}
            if len(trash) == before:
                break
        yield from (item for address, item in trash.items() if address not in shown)

    def changed(self, entity: Entity, since: Instant) -> Iterator[SeenItem]:
        """Yield the pages that were edited at or after a moment.

        What is edited while this reads may be missing: whoever asks next asks from when this began.
        """
        at = to_iso(Instant(max(0, since - OVERLAP) // 60 * 60))
        where = {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": at}}
        for trashed in (False, True):
            yield from self._items(entity, trashed=trashed, where=where)

    def find(self, entity: Entity, keys: Collection[str], since: Instant) -> Iterator[SeenItem]:
        """Yield the pages that go by any of some keys, each once; see ``core.writer.Writer``."""
        missing = set(keys)
        shown: set[str] = set()
        for wait in (*_WAITS, None):
            looked_at = self._clock()
            found: set[str] = set()
            for trashed in (False, True):
                for item in self.holding(entity, missing, trashed=trashed):
                    found.update(item.keys)
                    if item.address not in shown:
                        shown.add(item.address)
                        yield item
            missing -= found
            if not missing or wait is None or looked_at >= since + LAG:
                return
            self._sleep(wait)

    def holding(
        self, entity: Entity, keys: Collection[str], *, trashed: bool
    ) -> Iterator[SeenItem]:
        """Yield the pages that go by any of some keys as queries see them now.

        Notion's filters may take capitals and small letters for one, and Spotify's ids differ by them
        alone: so what they find is looked at again.
        """
        shelf, wanted = self._kept[entity], frozenset(keys)
        terms = (term for key in sorted(wanted) for term in _terms(shelf, key))
        while some := list(islice(terms, _TERMS)):
            for item in self._items(entity, trashed=trashed, where={"or": some}):
                if not wanted.isdisjoint(item.keys):
                    yield item

    def at(self, address: str) -> SeenItem | None:
        """Return the page at an address; None where there is none, or one of another database."""
        page_id = page_address(address)
        if page_id is None:
            return None
        try:
            page = self._wire.read(PAGE, lambda client: client.pages.retrieve(page_id))
        except Gone:
            return None
        parent = dashed(str((page.get("parent") or {}).get("data_source_id")))
        for entity, shelf in self._kept:
            if dashed(shelf.source) == parent:
                return PageReader(entity, shelf).item(page)
        return None

    def related(self, address: str, field: str) -> tuple[str, ...]:
        """Return all addresses of a relation, of which a page itself shows the first 25."""
        name = self._relation(field)
        found: dict[str, None] = {}
        cursor: str | None = None
        while True:
            answer = self._part(address, name, cursor)
            try:
                found |= {dashed(each["relation"]["id"]): None for each in answer["results"]}
            except (KeyError, TypeError) as error:
                said = f"Notion showed something that is no relation for {field}"
                raise Transient(said, system=SYSTEM, operation=PROPERTY) from error
            cursor = answer.get("next_cursor")
            if cursor is None:
                return tuple(found)

    def _part(self, address: str, name: str, cursor: str | None) -> Json:
        asked: Json = {"page_size": PAGE_SIZE}
        if cursor is not None:
            asked["start_cursor"] = cursor
        return self._wire.read(
            PROPERTY, lambda client: client.pages.properties.retrieve(address, name, **asked)
        )

    def _relation(self, field: str) -> str:
        for _, shelf in self._kept:
            known = shelf.properties.get(field)
            if known is not None and known.type == "relation":
                return known.id
        said = f"no database in Notion has a relation {field}"
        raise Rejected(said, system=SYSTEM, operation=PROPERTY)

    def _items(
        self, entity: Entity, *, trashed: bool, where: Json | None = None
    ) -> Iterator[SeenItem]:
        shelf = self._kept[entity]
        reader = PageReader(entity, shelf)
        try:
            for page in rows(self._wire, shelf, trashed=trashed, where=where):
                yield reader.item(page)
        except Gone as gone:
            raise no_database(gone, entity) from gone


def _terms(shelf: Shelf, key: str) -> Sequence[Json]:
    """Return the conditions of a filter that a page with a key fits, one for each place it may be in."""
    sought = {SYNC_KEY: {"equals": key}}
    if key.startswith("spotify:"):
        sought |= {URI: {"equals": key}, URL: {"contains": key.rpartition(":")[2]}}
    return [
        {"property": known.id, known.type: condition}
        for name, condition in sought.items()
        if (known := shelf.properties.get(name)) is not None and known.type in ("rich_text", "url")
    ]
