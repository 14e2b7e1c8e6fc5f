"""Notion as a sink that is written to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from syncengine.adapters.notion.asking import SYSTEM, Wire
from syncengine.adapters.notion.kept import Kept, Remember
from syncengine.adapters.notion.reading import Reading
from syncengine.adapters.notion.shelf import Shelf
from syncengine.adapters.notion.writing import LOOKS, Writing
from syncengine.core.moment import Instant
from syncengine.core.plan import Entity, Value
from syncengine.core.ports import Clock
from syncengine.core.writer import Change, SeenItem, Written

IN_FLIGHT = 4


class NotionWriter:
    """Fulfils ``core.writer.Writer``.

    ``remember`` is told of a shelf that lost properties, in whatever thread noticed. ``sleep`` and
    ``looks`` are in seconds: see ``writing.Writing``.
    """

    name = SYSTEM
    in_steps = False

    def __init__(
        self,
        wire: Wire,
        shelves: Mapping[Entity, Shelf],
        remember: Remember,
        sleep: Callable[[float], None],
        clock: Clock,
        *,
        in_flight: int = IN_FLIGHT,
        looks: Sequence[float] = LOOKS,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        kept = Kept(wire, shelves, remember)
        self.in_flight = in_flight
        self._wire = wire
        self._reading = Reading(wire, kept, sleep, clock)
        self._writing = Writing(wire, kept, self._reading, sleep, looks)
        self._stop = stop

    @property
    def calls(self) -> Mapping[str, int]:
        """How many requests were made so far, by endpoint."""
        return self._wire.calls

    def write(self, change: Change) -> Written:
        """Create or change one page."""
        return self._writing.write(change)

    def keepsake(self, change: Change) -> Mapping[str, Value]:
        """Return nothing: what was written to Notion is not taken back."""
        return {}

    def find(self, entity: Entity, keys: Collection[str], since: Instant) -> Iterator[SeenItem]:
        """Yield the pages that go by any of some keys."""
        return self._reading.find(entity, keys, since)

    def changed(self, entity: Entity, since: Instant) -> Iterator[SeenItem]:
        """Yield the pages that were edited at or after a moment."""
        return self._reading.changed(entity, since)

    def everything(self, entity: Entity) -> Iterator[SeenItem]:
        """Yield all pages of an entity."""
        return self._reading.everything(entity)

    def at(self, address: str) -> SeenItem | None:
        """Return the page at an address."""
        return self._reading.at(address)

    def related(self, address: str, field: str) -> tuple[str, ...]:
        """Return all addresses of a relation."""
        return self._reading.related(address, field)

    def stop(self) -> None:
        """Let no further request leave; those under way come to their end."""
        self._stop()
