"""What people changed in a sink since it last agreed, and what was decided about that.

A person's value is never written over unless that person, or another, said so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from syncengine.core.plan import (
    IN_TRASH,
    REMOVED,
    TRASHED,
    Action,
    Agreed,
    Along,
    FieldPolicy,
    Item,
    Related,
    Target,
    Tolerant,
    Unseen,
    Value,
    digest,
)

Choice = Literal["keep-theirs", "use-ours"]
CHOICES: tuple[Choice, ...] = ("keep-theirs", "use-ours")
FieldPolicies = Mapping[str, FieldPolicy]


class Decision(NamedTuple):
    """What a person decided about an edited field: it stays theirs, or this value of it gives way."""

    address: str
    field: str
    theirs: Value
    choice: Choice


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions that hold, by address and field.

    A kept field is the person's from then on, whatever they write in it. Of the others the value that
    gives way is known: another one is a new edit.
    """

    kept: Mapping[str, frozenset[str]] = field(default_factory=dict)
    given_way: Mapping[tuple[str, str], Value] = field(default_factory=dict)

    def keeps(self, address: str | None) -> frozenset[str]:
        """Return the fields that are the person's own in a thing."""
        return self.kept.get(address or "", frozenset())

    def with_more(self, decided: Iterable[Decision]) -> Decisions:
        """Return these decisions and some later ones."""
        later = list(decided)
        changed = {(each.address, each.field) for each in later}
        new = decisions_of(later)
        kept: dict[str, frozenset[str]] = {
            address: frozenset(name for name in names if (address, name) not in changed)
            for address, names in self.kept.items()
        }
        for address, names in new.kept.items():
            kept[address] = kept.get(address, frozenset()) | names
        old = {at: value for at, value in self.given_way.items() if at not in changed}
        return Decisions(kept, {**old, **new.given_way})

    def gives_way(self, address: str | None, name: str, theirs: Value) -> bool:
        """Say whether a person's value may be written over."""
        at = (address or "", name)
        return at in self.given_way and self.given_way[at] == theirs


NO_DECISIONS = Decisions()


def decisions_of(decided: Iterable[Decision]) -> Decisions:
    """Return decisions by address and field; of several on one field the last holds."""
    last = {(each.address, each.field): each for each in decided}
    kept: dict[str, set[str]] = {}
    for (address, name), each in last.items():
        if each.choice == "keep-theirs":
            kept.setdefault(address, set()).add(name)
    return Decisions(
        {address: frozenset(names) for address, names in kept.items()},
        {at: each.theirs for at, each in last.items() if each.choice == "use-ours"},
    )


def decide(
    conflicts: Iterable[Action], agreed: Mapping[Target, Agreed], choice: Choice
) -> list[Decision]:
    """Return the decisions that resolve every field of some conflicts in one way."""
    return [
        Decision(address, name, theirs, choice)
        for each in conflicts
        if (address := agreed[each.entity, each.key].address)
        for name, (theirs, _) in each.fields.items()
    ]


def edits_of(
    before: Agreed,
    now: Mapping[str, Value],
    policies: FieldPolicies,
    absent: Collection[Target] = (),
) -> dict[str, Value]:
    """Return the fields of a thing that hold something else now than when it last agreed.

    ``now`` has the fields that the sink has a place for and that are not empty, in keys; ``absent`` are
    things in the sink's trash, which it shows in no relation.
    """
    expected = {**before.properties, **before.reads_as}
    return {
        name: now.get(name)
        for name in sorted({*expected, *now} - {REMOVED, IN_TRASH})
        if not isinstance(policies.get(name), Unseen)
        and not _same(expected.get(name), now.get(name), policies.get(name), absent)
    }


def adopted(
    item: Item,
    address: str,
    now: Mapping[str, Value],
    policies: FieldPolicies,
    *,
    trashed: bool,
    signed: bool,
    absent: Collection[Target] = (),
) -> Agreed:
    """Return what is agreed of a thing that is found in the sink and not remembered.

    What stands there counts as agreed where writing over it would lose nothing; on a ``signed`` thing,
    which is ours, so does a number that drifts. Any other value may be a person's, and is an edit.
    """
    held: dict[str, Value] = {}
    edits: dict[str, Value] = {}
    removed = now.get(REMOVED) is not None
    for name, value in now.items():
        if name in (REMOVED, IN_TRASH) or value is None:
            continue
        policy, wanted = policies.get(name), item.properties.get(name)
        if _same(wanted, value, policy, absent):
            held[name] = wanted if wanted is not None else value
        elif (signed and isinstance(policy, Along | Tolerant)) or _loses_nothing(
            value, wanted, item
        ):
            held[name] = value
        else:
            edits[name] = value
    if trashed and not removed:
        edits[IN_TRASH] = TRASHED
    return Agreed(
        item.entity, item.key, digest(held), held, address, removed, trashed and removed,
        edits=edits,
    )  # fmt: skip


def with_edits(before: Agreed, edits: Mapping[str, Value]) -> Agreed:
    """Return what is agreed with other edits; the same object where nothing differs."""
    return before if before.edits == edits else replace(before, edits=dict(edits))


def absorbed(before: Agreed, item: Item) -> Agreed:
    """Return what is agreed where a person wrote what is wanted: that much is agreed already."""
    same = {
        name: theirs
        for name, theirs in before.edits.items()
        if name in item.properties and item.properties[name] == theirs
    }
    return holding(before, same) if same else before


def holding(before: Agreed, fields: Mapping[str, Value]) -> Agreed:
    """Return what is agreed of a thing that holds some fields as they were wanted, whoever wrote them."""
    properties = {**before.properties, **fields}
    properties = {name: value for name, value in properties.items() if value is not None}
    return replace(
        before,
        digest=digest(properties),
        properties=properties,
        reads_as={name: now for name, now in before.reads_as.items() if name not in fields},
        edits={name: theirs for name, theirs in before.edits.items() if name not in fields},
    )


def without(policy: FieldPolicy | None, value: Value, absent: Collection[Target]) -> Value:
    """Return a relation without the things that are not in the sink; other values as they are."""
    if not absent or not isinstance(policy, Related) or not isinstance(value, tuple):
        return value
    left = tuple(key for key in value if (policy.to, key) not in absent)
    return left or None


def _same(one: Value, other: Value, policy: FieldPolicy | None, absent: Collection[Target]) -> bool:
    if one == other:
        return True
    one, other = without(policy, one, absent), without(policy, other, absent)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    # An unticked box and none at all look the same.
    return one == other or (one in (None, False) and other in (None, False))


def _loses_nothing(theirs: Value, ours: Value, item: Item) -> bool:
    if ours == item.key and theirs in item.also:  # we wrote its key when it was another
        return True
    return isinstance(theirs, tuple) and isinstance(ours, tuple) and set(theirs) <= set(ours)
