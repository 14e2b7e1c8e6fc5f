"""Look at a sink: what people changed there since it last agreed, and what of ours is not remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from syncengine.core.edits import absorbed, adopted, edits_of, with_edits
from syncengine.core.moment import Instant
from syncengine.core.plan import (
    DELETED,
    ENTITIES,
    IN_TRASH,
    REMOVED,
    TITLE,
    TRASHED,
    Agreed,
    Entity,
    Item,
    Related,
    Target,
    Value,
)
from syncengine.core.ports import Clock
from syncengine.core.sight import Doubled, Stranger
from syncengine.core.sink import Sink
from syncengine.core.writer import SeenItem, Writer
from syncengine.jobs.looked import Looked
from syncengine.jobs.reconcile import Side
from syncengine.jobs.runs import OpenUnit
from syncengine.storage.repositories.remote import LOOK


def look_at_changes(
    sink: Sink,
    side: Side,
    entities: Collection[Entity],
    *,
    writer: Writer,
    open_unit: OpenUnit,
    clock: Clock,
) -> Looked:
    """Read what was changed in a sink since the last look, and remember a person's edits."""
    began = clock()
    with open_unit() as unit:
        notes = unit.remote(sink.name).notes(LOOK)
    looking = _Looking(sink, side, writer)
    for entity in ENTITIES:
        if entity in entities:
            since = Instant(int(notes[entity].value)) if entity in notes else Instant(0)
            looking.take(writer.changed(entity, since))
    looking.compare()
    _remember(sink, side, looking, entities, began, open_unit, clock)
    return looking.report


def look_at_everything(
    sink: Sink,
    side: Side,
    entities: Collection[Entity],
    *,
    writer: Writer,
    open_unit: OpenUnit,
    clock: Clock,
) -> Looked:
    """Read all there is of some entities: adopt what carries a known key, find what people changed."""
    began = clock()
    looking = _Looking(sink, side, writer, whole=True)
    for entity in ENTITIES:
        if entity in entities:
            looking.take(writer.everything(entity))
    looking.look_for_missing(entities)
    looking.compare()
    _remember(sink, side, looking, entities, began, open_unit, clock)
    return looking.report


def never_looked_at(sink: Sink, open_unit: OpenUnit) -> list[Entity]:
    """Return the entities of which nobody knows what stands in the sink: it may have been filled before."""
    with open_unit() as unit:
        known = unit.remote(sink.name).notes(LOOK)
    return [entity for entity in sink.entities if entity not in known]


def look_at_these(
    sink: Sink,
    side: Side,
    seen: Iterable[SeenItem],
    *,
    writer: Writer,
    open_unit: OpenUnit,
    clock: Clock,
) -> Looked:
    """Take in things as they were just read: adopt them, or find what people edited in them."""
    looking = _Looking(sink, side, writer)
    looking.take(seen)
    looking.compare()
    _remember(sink, side, looking, (), clock(), open_unit, clock)
    return looking.report


def _remember(
    sink: Sink,
    side: Side,
    looking: _Looking,
    entities: Collection[Entity],
    began: Instant,
    open_unit: OpenUnit,
    clock: Clock,
) -> None:
    changed = [each for target, each in looking.agreed.items() if side.agreed.get(target) != each]
    gone = [target for target in side.agreed if target not in looking.agreed]
    with open_unit() as unit:
        if changed or gone or side.renames:
            unit.agreed.forget(sink.name, [*side.renames, *gone])
            unit.agreed.save(
                sink.name, {(e.entity, e.key): e for e in [*side.moved, *changed]}.values(), clock()
            )
        for entity in entities:
            unit.remote(sink.name).note(LOOK, entity, str(began), began)
        unit.commit()


class _Looking:
    """One look, with what is agreed as it becomes by it; ``whole`` says that it is at everything."""

    def __init__(self, sink: Sink, side: Side, writer: Writer, *, whole: bool = False) -> None:
        self._sink = sink
        self._whole = whole
        self._desired = side.desired
        self._writer = writer
        self.agreed: dict[Target, Agreed] = dict(side.agreed)
        self.report = Looked()
        self._targets = {
            each.address: target for target, each in self.agreed.items() if each.address
        }
        self._gone_by: dict[Target, Target] = {
            (item.entity, key): target for target, item in side.desired.items() for key in item.also
        }
        # What is out of sight; gathered anew for each thing it would take ever longer.
        self._away = {target for target, each in self.agreed.items() if _is_away(each)}
        self._known: list[tuple[Target, SeenItem]] = []
        self._found: dict[Target, list[SeenItem]] = {}
        self._seen: dict[str, Entity] = {}

    def take(self, items: Iterable[SeenItem]) -> None:
        """Take in what stands in the sink; what differs is compared when all of it is known."""
        for seen in items:
            self.report.read += 1
            self._seen[seen.address] = seen.entity
            target = self._targets.get(seen.address)
            if target is not None:
                self._note_mark(target, seen)
                if not self._is_as_agreed(target, seen):
                    self._known.append((target, seen))
                continue
            by_key = self._target_of(seen)
            if by_key is not None:
                self._found.setdefault(by_key, []).append(seen)
            elif self._whole and not seen.trashed:
                title = seen.fields.get(TITLE)
                self.report.sight.strangers.append(
                    Stranger(seen.entity, seen.address, str(title) if title else None, seen.keys)
                )

    def look_for_missing(self, entities: Collection[Entity]) -> None:
        """Ask for each thing by its address that was not among everything."""
        for target, each in list(self.agreed.items()):
            if each.address is None or each.address in self._seen:
                continue
            if target[0] not in entities:
                continue
            seen = self._writer.at(each.address)
            if seen is not None:
                self._seen[each.address] = seen.entity
                self._known.append((target, seen))
            elif each.removed and target not in self._desired:
                del self.agreed[target]
                self._away.discard(target)
            elif target not in self._found:
                self._put_away(target, DELETED)

    def compare(self) -> None:
        """Work out what was edited, and adopt what was found."""
        for target, seen in self._known:
            self._note_place(target, seen)
        for target, several in self._found.items():
            self._choose(target, several)
        for target, seen in self._known:
            if not seen.trashed:
                self._compare(target, seen)

    # --------------------------------------------------------------------------------- each thing

    def _target_of(self, seen: SeenItem) -> Target | None:
        """Return what a thing is that is not remembered here; None for one that is none of ours."""
        for key in seen.keys:
            target = (seen.entity, key)
            if target in self._desired or target in self.agreed:
                return target
        for key in seen.keys:
            if (seen.entity, key) in self._gone_by:
                return self._gone_by[seen.entity, key]
        # It left the library: we marked it so, or were not there to see it.
        is_ours = seen.fields.get(REMOVED) or (self._whole and seen.signed)
        return (seen.entity, seen.keys[0]) if seen.keys and is_ours else None

    def _note_mark(self, target: Target, seen: SeenItem) -> None:
        removed = seen.fields.get(REMOVED) is not None
        is_kept = self._whole and seen.entity in self._sink.marks and not seen.trashed
        if is_kept and removed != self.agreed[target].removed:
            self.report.sight.marked[target] = removed

    def _is_as_agreed(self, target: Target, seen: SeenItem) -> bool:
        """Tell at once that nothing differs, as of most things: then nothing of it has to be kept."""
        before = self.agreed[target]
        if seen.trashed or seen.cut or before.trashed or before.edits:
            return False
        expected = {**before.properties, **before.reads_as}
        there = self._in_keys(seen.entity, seen)
        return _filled(there) == _filled(expected)

    def _note_place(self, target: Target, seen: SeenItem) -> None:
        before = self.agreed[target]
        if seen.trashed and not before.trashed:
            self._put_away(target, TRASHED)
        elif not seen.trashed and (before.trashed or IN_TRASH in before.edits):
            edits = {name: now for name, now in before.edits.items() if name != IN_TRASH}
            self._keep(target, replace(before, trashed=False, edits=edits))

    def _put_away(self, target: Target, where: str) -> None:
        before = self.agreed[target]
        if before.edits.get(IN_TRASH) != where:
            self.report.gone += 1
        self._keep(target, with_edits(before, {**before.edits, IN_TRASH: where}))

    def _choose(self, target: Target, several: list[SeenItem]) -> None:
        """Adopt one of the things that go by a key: one in sight, by its present key, and the oldest."""
        before = self.agreed.get(target)
        stands = before is not None and self._stands(target, before)
        if stands or any(target[1] in each.keys for each in several):
            several = self._without_former(target, several)
        if stands:
            others = several
        else:
            first, *others = sorted(several, key=lambda each: _rank(target, each))
            if before is not None and first.trashed:
                return
            self._adopt(target, first)
        others = [each for each in others if not each.trashed]
        if others:
            addresses = tuple(each.address for each in others)
            self.report.sight.doubled.append(Doubled(target, self._item(target).title, addresses))

    def _without_former(self, target: Target, several: list[SeenItem]) -> list[SeenItem]:
        """Return things without those that left the library under a key that the thing went by once."""
        left = []
        for each in several:
            former = (target[0], each.keys[0])
            if target[1] in each.keys or not each.fields.get(REMOVED) or former in self.agreed:
                left.append(each)
            else:
                self._adopt(former, each)
        return left

    def _stands(self, target: Target, before: Agreed) -> bool:
        """Say whether what is remembered is still there; among what was changed it need not be."""
        if before.trashed or IN_TRASH in before.edits or before.address is None:
            return False
        return before.address in self._seen or not self._is_gone(target)

    def _adopt(self, target: Target, seen: SeenItem) -> None:
        self.report.adopted += 1
        item = self._item(target)
        now = self._in_keys(item.entity, seen)
        policies = self._sink.policies.get(item.entity, {})
        self._targets[seen.address] = target
        made = adopted(
            item,
            seen.address,
            now,
            policies,
            trashed=seen.trashed,
            signed=seen.signed,
            absent=self._away,
        )
        self._keep(target, made)

    def _item(self, target: Target) -> Item:
        return self._desired.get(target) or Item(*target, target[1], {})

    def _compare(self, target: Target, seen: SeenItem) -> None:
        before = self.agreed[target]
        policies = self._sink.policies.get(seen.entity, {})
        now = self._in_keys(seen.entity, seen)
        edits = edits_of(before, now, policies, self._away)
        if self._finds_others_gone(before, edits):
            edits = edits_of(before, now, policies, self._away)
        self._note_astray(target, seen, edits)
        after = with_edits(before, edits)
        if item := self._desired.get(target):
            after = absorbed(after, item)
        self._keep(target, after)
        self.report.edited += bool(after.edits)

    def _note_astray(self, target: Target, seen: SeenItem, edits: Mapping[str, Value]) -> None:
        """Note what a relation has that is in none of the databases that it should lead to."""
        policies = self._sink.policies.get(seen.entity, {})
        for name in edits if self._whole else ():
            policy, there = policies.get(name), seen.fields.get(name)
            if not isinstance(policy, Related) or not isinstance(there, tuple):
                continue
            strange = tuple(each for each in there if self._seen.get(each) != policy.to)
            if strange and policy.to in self._sink.entities:
                self.report.sight.astray[target, name] = strange

    def _finds_others_gone(self, before: Agreed, edits: Mapping[str, Value]) -> bool:
        """Look for things that a relation lacks: in the trash, they are shown in none.

        Says whether any was found there.
        """
        found = False
        policies = self._sink.policies.get(before.entity, {})
        for name, now in edits.items():
            policy, held = policies.get(name), before.properties.get(name)
            if not isinstance(policy, Related) or not isinstance(held, tuple):
                continue
            for key in set(held) - set(now if isinstance(now, tuple) else ()):
                found |= self._is_gone((policy.to, key))
        return found

    def _is_gone(self, target: Target) -> bool:
        each = self.agreed.get(target)
        if each is None or each.address is None or each.address in self._seen:
            return False
        self._seen[each.address] = target[0]
        seen = self._writer.at(each.address)
        if seen is None or seen.trashed:
            self._put_away(target, DELETED if seen is None else TRASHED)
            return True
        return False

    def _keep(self, target: Target, each: Agreed) -> None:
        """Note what is agreed of a thing, and whether it is in sight: no relation shows what is not."""
        self.agreed[target] = each
        if _is_away(each):
            self._away.add(target)
        else:
            self._away.discard(target)

    def _in_keys(self, entity: Entity, seen: SeenItem) -> dict[str, Value]:
        """Return a thing's fields with keys in relations, of which what was cut off is read."""
        fields = dict(seen.fields)
        for name, policy in self._sink.policies.get(entity, {}).items():
            if not isinstance(policy, Related) or name not in fields:
                continue
            there = fields[name]
            if name in seen.cut:
                there = self._writer.related(seen.address, name)
            if isinstance(there, tuple):
                # What is none of ours goes by its address: a person related it.
                fields[name] = tuple(self._key(each) for each in there)
        return fields

    def _key(self, address: str) -> str:
        target = self._targets.get(address)
        return address if target is None else target[1]


def _filled(fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return what is not empty; an unticked box and none at all look the same."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value is not False and name != REMOVED
    }


def _is_away(each: Agreed) -> bool:
    return each.trashed or IN_TRASH in each.edits


def _rank(target: Target, seen: SeenItem) -> tuple[bool, bool, Instant, str]:
    return seen.trashed, target[1] not in seen.keys, seen.created_at, seen.address
