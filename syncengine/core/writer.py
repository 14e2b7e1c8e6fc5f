"""What the jobs expect of a sink that is written to item by item, over a network.

Fields go by the names that plans have for them. A relation is a tuple of addresses here: who writes
knows no keys, and who plans knows no addresses. ``REMOVED`` is the time since when a thing is marked as
removed, in ISO 8601.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from syncengine.core.moment import Instant
from syncengine.core.plan import Entity, Value


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written of one thing; without an ``address`` it is created.

    ``fields`` has the new values, None empties one. ``trashed`` puts the thing into the sink's trash,
    or takes it out again; None leaves it where it is. ``gone`` takes it away for good, in sinks that
    forget. ``before`` is all that the sink is known to hold of it, as it was pushed, and relations by
    addresses as they are now.
    """

    entity: Entity
    key: str
    address: str | None
    fields: Mapping[str, Value]
    trashed: bool | None = None
    gone: bool = False
    before: Mapping[str, Value] = field(default_factory=dict)


class Written(NamedTuple):
    """What a write came to: where the thing is, and what the sink says that it holds there now.

    ``holds`` has the fields that were written, as ``SeenItem.fields`` would have them, but for relations
    that the answer does not show whole. A field that was to be written and was not, such as one that the
    sink has no place for, is in ``left_out``. ``note`` is what a person should know of it, in a sentence.
    """

    address: str
    holds: Mapping[str, Value]
    left_out: frozenset[str] = frozenset()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SeenItem:
    """What stands in a sink now, in fields that are ours; ``keys`` are those it says it goes by.

    ``cut`` names relations of which ``fields`` has only the first; ``Writer.related`` has all. ``signed``
    says that the first key is one that only we write, so that the thing is ours, or a copy of ours.
    ``unclear`` says that this does not tell how far a write of several steps came that was cut off: made
    again, it is completed.
    """

    entity: Entity
    address: str
    keys: tuple[str, ...]
    fields: Mapping[str, Value]
    trashed: bool
    created_at: Instant
    cut: frozenset[str] = frozenset()
    signed: bool = False
    unclear: bool = False


class Writer(Protocol):
    """A sink that is written to. Requests are paced and repeated by its own rules; threads may share it.

    Every method raises RemoteError: SignInNeeded where the sign-in is dead, TryLater where the service is
    down or wants a longer pause, Forbidden with ``everything`` where the app may not do this at all, or
    with ``creating`` where nothing more can be created: none of these is about one item. About one item
    are Gone (nothing is at the address, or it is in the trash), Rejected, Forbidden, and Transient where
    others got through.
    """

    name: str
    in_flight: int
    """How many requests may be under way at once."""
    in_steps: bool
    """Whether a write has several steps, of which some may be done when a run dies: then what is there
    tells how far it came, and every write can be taken back."""

    @property
    def calls(self) -> Mapping[str, int]:
        """How many requests were made so far, by endpoint."""

    def write(self, change: Change) -> Written:
        """Create or change one thing.

        A create whose outcome is not known is looked up by its key before it is made again. Where that
        remains open it raises OutcomeUnknown; every other error says that nothing was created.
        """

    def keepsake(self, change: Change) -> Mapping[str, Value]:
        """Return what else than ``before`` it takes to take a change back; it is kept in the journal."""

    def find(self, entity: Entity, keys: Collection[str], since: Instant) -> Iterator[SeenItem]:
        """Yield what goes by any of some keys, in the trash too; each may be there several times.

        ``since`` is when the last of them may have been written: what is not found too soon after is
        looked for again.
        """

    def changed(self, entity: Entity, since: Instant) -> Iterator[SeenItem]:
        """Yield what was changed at or after a moment, by whomever, in the trash too; more is no harm."""

    def everything(self, entity: Entity) -> Iterator[SeenItem]:
        """Yield all there is of an entity, in the trash too, each once."""

    def at(self, address: str) -> SeenItem | None:
        """Return what is at an address, in the trash too; None where nothing is, or nothing of ours."""

    def related(self, address: str, field: str) -> tuple[str, ...]:
        """Return all addresses of a relation."""

    def stop(self) -> None:
        """Let nothing more leave: who waits for its turn raises TryLater. What is under way is finished."""
