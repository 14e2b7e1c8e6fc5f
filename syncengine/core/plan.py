"""What a plan is: what a sink should hold, what it last agreed to, and the actions in between."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, TypeAlias

import msgspec

from syncengine.core.moment import Instant

Entity = Literal["artist", "album", "playlist", "track", "file"]
ENTITIES: tuple[Entity, ...] = ("artist", "album", "playlist", "track", "file")
"""In the order of dependence: an entity is related only to entities before it. A sink keeps some of them."""

Kind = Literal["create", "update", "remove", "conflict"]
KINDS: tuple[Kind, ...] = ("create", "update", "remove", "conflict")

Value: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""What a field holds. None and an absent field mean the same; numbers are finite; a relation is a
tuple of keys."""
Target: TypeAlias = tuple[Entity, str]
"""An entity and a key: what an item is about."""

TITLE = "Name"
"""The field that holds a thing's title, in every sink."""

KEY = "Key"
"""The field in which a sink keeps the key that a thing goes by there: it may have a better one by now."""
REMOVED = "Removed"
"""The field by which a plan says that a thing is marked as removed, or no longer is; no sink may use
the name for a field of its own."""
IN_TRASH = "In trash"
"""The field by which a plan says that a thing is in the sink's trash, or is to go there; as REMOVED."""
PAGE = "Page"
"""What stands for a thing as a whole where fields are chosen: whether it is made; as REMOVED."""
TRASHED, DELETED = "in the trash", "deleted"
"""What ``Agreed.edits`` say of IN_TRASH where a person put the thing there, or deleted it for good."""

_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Item:
    """What a sink should hold of one thing.

    ``title`` is only shown; what is written is in ``properties``. ``notes`` say, one sentence each,
    what of the library the sink cannot hold. ``also`` are other keys that the thing has gone by.
    """

    entity: Entity
    key: str
    title: str
    properties: Mapping[str, Value]
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a sink held of one thing when it last agreed with the library.

    ``digest`` is that of ``properties``; the planner compares the properties themselves, which costs a
    tenth. ``address`` is where the sink keeps the thing, None where that is not known. ``trashed`` says
    that it was put into the sink's trash by us. ``reads_as`` has fields that the sink was seen to hold in
    another form than they were pushed in; ``edits`` those that a person was seen to have changed there
    since, with their present values.
    """

    entity: Entity
    key: str
    digest: str
    properties: Mapping[str, Value]
    address: str | None
    removed: bool = False
    trashed: bool = False
    reads_as: Mapping[str, Value] = field(default_factory=dict)
    edits: Mapping[str, Value] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the title it was last agreed to have, else its key."""
        return str(self.properties.get(TITLE) or self.key)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A sink and the library agreed in everything, and nothing was left to do.

    ``library`` is the digest of the library, ``rules`` those by which the sink's items were made of it:
    while both are what they were, so is everything that follows. ``unchanged`` counts items by entity.
    """

    library: str
    rules: str
    unchanged: Mapping[Entity, int]


@dataclass(frozen=True, slots=True)
class Always:
    """A field whose every change is written."""


@dataclass(frozen=True, slots=True)
class Related:
    """A field of keys of another entity; its every change is written."""

    to: Entity


@dataclass(frozen=True, slots=True)
class Tolerant:
    """A number that drifts: only a change of ``threshold`` or more is a reason to write."""

    threshold: float


@dataclass(frozen=True, slots=True)
class Along:
    """A field that is written when something else is, and is never itself a reason to write."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A field that the sink does not show, so that nobody can edit it.

    ``alone`` says that a change of nothing else is a reason to write.
    """

    alone: bool = True


FieldPolicy: TypeAlias = Always | Related | Tolerant | Along | Unseen
Policies: TypeAlias = Mapping[Entity, Mapping[str, FieldPolicy]]
"""The policies of fields by entity; a field that is not named is ``Always``."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do in a sink; ``fields`` gives the old and the new value of what changes.

    A ``conflict`` is not done but shown: there the old value is what stands in the sink now.
    """

    id: str
    action: Kind
    entity: Entity
    key: str
    title: str
    fields: Mapping[str, tuple[Value, Value]]
    reason: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardRefusal:
    """Why applying would be refused; ``message`` ends in ``lift``, the flag that lifts it."""

    guard: str
    message: str
    lift: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What applying would cost; ``unit`` is what a call is called, in the singular."""

    calls: int
    seconds: float
    unit: str = "call"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items have which outcome."""

    create: int = 0
    update: int = 0
    remove: int = 0
    conflict: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class SinkPlan:
    """What one sink would do, in order; with any refusal, applying does none of it.

    ``state`` is a digest of what else than the library it was made from; empty for nothing. ``names`` are
    what the keys are called that the changes name in relations; a saved plan has none.
    """

    entities: Mapping[Entity, Tally]
    estimate: Estimate
    actions: Sequence[Action]
    refusals: Sequence[GuardRefusal] = ()
    state: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> Tally:
        """Return the tally of all entities together."""
        each = self.entities.values()
        return Tally(
            create=sum(tally.create for tally in each),
            update=sum(tally.update for tally in each),
            remove=sum(tally.remove for tally in each),
            conflict=sum(tally.conflict for tally in each),
            unchanged=sum(tally.unchanged for tally in each),
        )


@dataclass(frozen=True, slots=True)
class Base:
    """The state of the library a plan was made from; ``snapshot`` is None for an empty library."""

    snapshot: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What every sink would do so that it agrees with the library again."""

    id: str
    created_at: Instant
    base: Base
    sinks: Mapping[str, SinkPlan] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to do and nothing to look at."""
        return not any(sink.actions for sink in self.sinks.values())

    @property
    def refused(self) -> bool:
        """Say whether a guard would stop any sink."""
        return any(sink.refusals for sink in self.sinks.values())


def digest(properties: Mapping[str, Value]) -> str:
    """Return a digest of fields: equal fields give equal digests, in whatever order they come."""
    return _hash(dict(properties), 16)


def action_id(
    sink: str, action: Kind, target: Target, fields: Mapping[str, tuple[Value, Value]]
) -> str:
    """Return an action's id: the same action on the same values has the same id in every plan."""
    return _hash((sink, action, *target, fields), 12)


def make_plan(created_at: Instant, base: Base, sinks: Mapping[str, SinkPlan]) -> Plan:
    """Return a plan whose id depends on what it says and on what state, not on when it was made."""
    says = {
        name: (
            [each.id for each in sink.actions],
            [each.guard for each in sink.refusals],
            *filter(None, [sink.state]),
        )
        for name, sink in sinks.items()
    }
    return Plan(_hash((base.snapshot, base.digest, says), 12), created_at, base, sinks)


def _hash(content: object, size: int) -> str:
    try:
        told = _encode(content)
    except UnicodeEncodeError:  # half surrogates: names of files need not be text
        told = json.dumps(content, sort_keys=True).encode()
    return blake2b(told, digest_size=size).hexdigest()
