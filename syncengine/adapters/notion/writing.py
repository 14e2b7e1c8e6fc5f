"""Creating and changing pages: one request each, and never two pages for one thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syncengine.adapters.notion.address import dashed
from syncengine.adapters.notion.asking import SYSTEM, Json, Wire
from syncengine.adapters.notion.fields import PROPERTIES, SYNC_KEY
from syncengine.adapters.notion.kept import Kept
from syncengine.adapters.notion.page_reader import URI, URL, PageReader, ours
from syncengine.adapters.notion.reading import Reading
from syncengine.adapters.notion.refusing import meant, no_database, tells_of_schema
from syncengine.adapters.notion.shelf import Shelf
from syncengine.adapters.notion.values import to_json
from syncengine.core.plan import Value
from syncengine.core.writer import Change, SeenItem, Written
from syncengine.errors import Gone, OutcomeUnknown, Rejected, RemoteError

CREATE, UPDATE = "POST /v1/pages", "PATCH /v1/pages/{page_id}"
LOOKS = (1.0, 2.0, 4.0)
"""Seconds between the looks for a page that may have been created: queries may lag behind."""
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a request says of a page: ``fields`` by our names, as ``properties`` to be sent."""

    shelf: Shelf
    fields: dict[str, Value]
    properties: Json
    left_out: frozenset[str]


class Writing:
    """Writes pages; ``looks`` are the seconds between looks for what may have been created."""

    def __init__(
        self,
        wire: Wire,
        kept: Kept,
        reading: Reading,
        sleep: Callable[[float], None],
        looks: Sequence[float] = LOOKS,
    ) -> None:
        self._wire = wire
        self._kept = kept
        self._reading = reading
        self._sleep = sleep
        self._looks = looks

    def write(self, change: Change) -> Written:
        """Create or change one page; see ``core.writer.Writer``."""
        if change.address is None:
            return self._create_once(change)
        return self._send(change, lambda letter: self._update(change, letter))

    # ------------------------------------------------------------------------------------ creating

    def _create_once(self, change: Change) -> Written:
        """Create a page, and again only if the first is nowhere to be found.

        Once it is not known whether there is a page, nothing but finding or making one ends that:
        another error in between leaves it open, for a later run to look.
        """
        unknown: OutcomeUnknown | None = None
        for _ in range(_ROUNDS):
            try:
                return self._send(change, lambda letter: self._create(change, letter))
            except OutcomeUnknown as error:
                unknown = error
            except RemoteError as error:
                if unknown is None:
                    raise
                raise unknown from error
            if (found := self._look_for(change, unknown)) is not None:
                return found
        raise unknown or AssertionError

    def _create(self, change: Change, letter: _Letter) -> Json:
        parent = {"type": "data_source_id", "data_source_id": letter.shelf.source}
        try:
            answer = self._wire.write(
                CREATE,
                lambda client: client.pages.create(parent=parent, properties=letter.properties),
                repeatable=False,
            )
        except Gone as gone:
            error = meant(gone, change.entity, letter.shelf.source)
            raise no_database(gone, change.entity) if error is gone else error from gone
        if not isinstance(answer.get("id"), str):
            said = "Notion did not say which page it created"
            raise OutcomeUnknown(said, system=SYSTEM, operation=CREATE)
        return answer

    def _look_for(self, change: Change, unknown: OutcomeUnknown) -> Written | None:
        """Return the page that was created after all; of several the one most like what was sent."""
        letter = _letter(change, self._kept[change.entity])
        if not _can_be_found(change.key, letter):
            raise unknown
        try:
            for wait in (0.0, *self._looks):
                if wait:
                    self._sleep(wait)
                held = self._reading.holding(change.entity, {change.key}, trashed=False)
                found = max(held, key=lambda item: _likeness(item, letter), default=None)
                if found is not None:
                    return _written(found, letter)
        except RemoteError as error:
            raise unknown from error
        return None

    # ------------------------------------------------------------------------------------ changing

    def _update(self, change: Change, letter: _Letter) -> Json:
        """Change a page, in one request where Notion takes it so."""
        body: Json = {"properties": letter.properties} if letter.properties else {}
        if change.trashed is None:
            return self._patch(change, body) if body else {"id": change.address}
        place = {"in_trash": change.trashed}
        if not body:
            return self._patch(change, place)
        try:
            return self._patch(change, body | place)
        except (Gone, Rejected) as refused:
            if tells_of_schema(refused):
                raise
            if isinstance(refused, Gone) and change.trashed:
                # It is in the trash already, maybe by this request, whose answer was lost.
                return self._patch(change, place)
        first, then = (body, place) if change.trashed else (place, body)
        self._patch(change, first)
        return self._patch(change, then)

    def _patch(self, change: Change, body: Json) -> Json:
        address = str(change.address)
        try:
            return self._wire.write(
                UPDATE, lambda client: client.pages.update(address, **body), repeatable=True
            )
        except Gone as gone:
            error = meant(gone, change.entity, address)
            if error is gone:
                raise
            raise error from gone

    # ---------------------------------------------------------------------------------------- both

    def _send(self, change: Change, ask: Callable[[_Letter], Json]) -> Written:
        """Send what the shelf has a place for; and again without what people took away meanwhile."""
        while True:
            letter = _letter(change, self._kept[change.entity])
            try:
                answer = ask(letter)
            except Rejected as refused:
                if tells_of_schema(refused) and self._kept.shrank(change.entity, letter.shelf):
                    continue
                raise
            if "properties" not in answer:  # the integration may write and not read
                return Written(dashed(answer["id"]), {}, letter.left_out)
            return _written(PageReader(change.entity, letter.shelf).item(answer), letter)


def _letter(change: Change, shelf: Shelf) -> _Letter:
    known, kept = ours(change.entity, shelf), PROPERTIES[change.entity]
    wanted = dict(change.fields)
    if change.address is None:
        # A page without its key would be lost at the next fault; and a new one has nothing to empty.
        wanted = {k: v for k, v in wanted.items() if v is not None or k not in known}
        wanted[SYNC_KEY] = change.key
    fields = {name: value for name, value in wanted.items() if name in known}
    return _Letter(
        shelf,
        fields,
        {known[name].id: to_json(kept[name].type, value) for name, value in fields.items()},
        frozenset(change.fields.keys() - known.keys()),
    )


def _written(item: SeenItem, letter: _Letter) -> Written:
    names = [name for name in letter.fields if name in item.fields and name not in item.cut]
    return Written(item.address, {name: item.fields[name] for name in names}, letter.left_out)


def _can_be_found(key: str, letter: _Letter) -> bool:
    """Tell whether a page that was sent so goes by its key."""
    said = letter.fields.keys()
    return SYNC_KEY in said or (key.startswith("spotify:") and not said.isdisjoint((URI, URL)))


def _likeness(item: SeenItem, letter: _Letter) -> tuple[int, int, str]:
    same = sum(item.fields.get(name) == value for name, value in letter.fields.items())
    return same, item.created_at, item.address
