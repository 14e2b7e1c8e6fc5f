"""Find out how writes ended that a run did not live to see: first of all, before anything else is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from syncengine.core.edits import edits_of, holding, with_edits
from syncengine.core.moment import Instant
from syncengine.core.plan import (
    IN_TRASH,
    KEY,
    REMOVED,
    TRASHED,
    Action,
    Agreed,
    Entity,
    FieldPolicy,
    Related,
    Target,
    Value,
)
from syncengine.core.ports import Clock
from syncengine.core.settle import settle
from syncengine.core.sink import Sink
from syncengine.core.writer import SeenItem, Writer
from syncengine.errors import RemoteError
from syncengine.jobs.runs import OpenUnit
from syncengine.jobs.translation import Translation
from syncengine.storage.repositories.journal import DONE, Doubt, Ended

NOT_DONE = "not done"


def settle_doubts(sink: Sink, *, writer: Writer, open_unit: OpenUnit, clock: Clock) -> int:
    """Look for what was being written when a run was cut off; return how many writes that were.

    A create that was done is agreed now, as it was pushed; one that was not is planned again. Of a change
    is agreed what stands there; the rest can be made twice. Where that
    does not tell how far a write came, it is completed. Raises RemoteError where a sink cannot be asked.
    """
    with open_unit() as unit:
        doubts = unit.journal(sink.name).doubts()
        agreed = {(e.entity, e.key): e for e in unit.agreed.agreed(sink.name)} if doubts else {}
    if not doubts:
        return 0
    settling = _Settling(sink, writer, agreed, clock)
    for doubt, seen in settling.look(doubts):
        settling.settle(doubt, seen)
    with open_unit() as unit:
        unit.agreed.save(sink.name, settling.settled.values(), clock())
        unit.agreed.forget(sink.name, settling.lost)
        unit.journal(sink.name).end(settling.ended, clock())
        unit.commit()
    return len(doubts)


class _Settling:
    def __init__(
        self, sink: Sink, writer: Writer, agreed: Mapping[Target, Agreed], clock: Clock
    ) -> None:
        self._sink = sink
        self._writer = writer
        self._agreed = dict(agreed)
        self._translation = Translation(sink, self._agreed, clock)
        self._addresses = {each.address or "": target for target, each in agreed.items()}
        self.settled: dict[Target, Agreed] = {}
        self.ended: list[Ended] = []
        self.lost: list[Target] = []

    def look(self, doubts: list[Doubt]) -> list[tuple[Doubt, SeenItem | None]]:
        """Return what stands in the sink of each: creates are looked for by key, all at once."""
        found: list[tuple[Doubt, SeenItem | None]] = []
        for entity in self._sink.entities:
            by_key = [
                each for each in doubts if self._goes_by_key(each) and each.intent.entity == entity
            ]
            if by_key:
                seen = self._find(entity, by_key)
                found += [(each, seen.get(each.intent.key)) for each in by_key]
        for each in doubts:
            intent = each.intent
            if not self._goes_by_key(each) or intent.entity not in self._sink.entities:
                found.append((each, self._writer.at(intent.address) if intent.address else None))
        return found

    def _goes_by_key(self, doubt: Doubt) -> bool:
        """Tell whether a thing is to be found by its key: where it is may have changed half-way."""
        return doubt.intent.kind == "create" or self._writer.in_steps

    def _names(self, doubt: Doubt) -> set[str]:
        """Return the keys that a thing may go by in the sink, before and after the write."""
        intent = doubt.intent
        before = self._now((intent.entity, intent.key))
        held = before.properties.get(KEY) if before else None
        return {
            intent.key,
            *(each for each in (held, intent.fields.get(KEY)) if isinstance(each, str)),
        }

    def _find(self, entity: Entity, wanted: list[Doubt]) -> dict[str, SeenItem]:
        """Return things that were written, by key: of several the oldest that is in sight."""
        names = {name: each.intent.key for each in wanted for name in self._names(each)}
        since = Instant(max(each.at for each in wanted))
        found: dict[str, SeenItem] = {}
        is_old = self._writer.in_steps
        known = set() if is_old else {each.address for each in self._agreed.values()}
        for seen in self._writer.find(entity, names.keys(), since):
            for key in {names[name] for name in seen.keys[:1] if name in names}:
                before = found.get(key)
                if seen.address not in known and (
                    before is None
                    or (seen.trashed, seen.created_at) < (before.trashed, before.created_at)
                ):
                    found[key] = seen
        return found

    def settle(self, doubt: Doubt, seen: SeenItem | None) -> None:
        """Note what came of a write."""
        intent = doubt.intent
        target = (intent.entity, intent.key)
        before = self._now(target)
        if self._writer.in_steps:
            self._settle_steps(doubt, seen)
        elif seen is None or (before is None and intent.kind != "create"):
            self.ended.append(Ended(doubt.number, NOT_DONE))
        elif before is None or intent.kind == "create":
            fields = {name: (None, value) for name, value in intent.fields.items()}
            action = Action(intent.action, intent.kind, *target, intent.key, fields, "")
            made = settle(action, before, seen.address, pushed=intent.fields)
            edits: dict[str, Value] = {IN_TRASH: TRASHED} if seen.trashed else {}
            self._end(doubt, target, with_edits(made, edits))
        else:
            self._end(doubt, target, self._held(doubt, before, seen))

    def _settle_steps(self, doubt: Doubt, seen: SeenItem | None) -> None:
        """Note how far a write of several steps came: what is there now is agreed."""
        intent = doubt.intent
        target = (intent.entity, intent.key)
        before = self._now(target)
        if seen is None:
            if before is not None and intent.kind == "remove":
                self._lose(target)
            self.ended.append(Ended(doubt.number, DONE if intent.kind == "remove" else NOT_DONE))
            return
        if seen.unclear and self._is_completed(doubt, before):
            return
        base = before or Agreed(intent.entity, intent.key, "", {}, seen.address)
        there = {
            name: self._came_to_be(doubt, name, base.properties.get(name), seen)
            for name in intent.fields
        }
        known = seen.fields.keys() & there.keys()
        if seen.unclear or any(there[name] != intent.fields[name] for name in known):
            unread = there.keys() - seen.fields.keys()  # it is not known whether these were done
            there |= {name: base.properties.get(name) for name in unread}
        self._end(doubt, target, replace(holding(base, there), address=seen.address))

    def _is_completed(self, doubt: Doubt, before: Agreed | None) -> bool:
        """Make a write again, which completes it; say whether nothing was in its way."""
        intent = doubt.intent
        target = (intent.entity, intent.key)
        held = {**before.properties, **before.edits} if before else {}
        fields = {name: (held.get(name), value) for name, value in intent.fields.items()}
        action = Action(intent.action, intent.kind, *target, intent.key, fields, "")
        change, pushed = self._translation.change(action)
        try:
            written = self._writer.write(change)
        except RemoteError:
            return (
                False  # it is planned from what stands; whoever does that is told the reason then
            )
        now = self._translation.settled(action, before, pushed, written)
        if change.gone or not now.properties:
            self._lose(target)
            self.ended.append(Ended(doubt.number, DONE, address=written.address))
        else:
            self._end(doubt, target, now)
        return True

    def _came_to_be(self, doubt: Doubt, name: str, old: Value, seen: SeenItem) -> Value:
        new = doubt.intent.fields[name]
        if name not in seen.fields:
            return new
        policy = self._sink.policies.get(doubt.intent.entity, {}).get(name)
        now = self._in_keys(policy, name, seen)
        # Another text than either is a person's: it is found to be an edit by a look.
        return now if isinstance(policy, Related) or now in (old, new) else old

    def _end(self, doubt: Doubt, target: Target, now: Agreed) -> None:
        is_done = self._now(target) != now
        self.settled[target] = self._agreed[target] = now
        self._addresses[now.address or ""] = target
        self.ended.append(Ended(doubt.number, DONE if is_done else NOT_DONE, address=now.address))

    def _now(self, target: Target) -> Agreed | None:
        return self._agreed.get(target)

    def _lose(self, target: Target) -> None:
        """Note that nothing is agreed of a thing any more."""
        self.lost.append(target)
        self.settled.pop(target, None)
        self._agreed.pop(target, None)

    def _held(self, doubt: Doubt, before: Agreed, seen: SeenItem) -> Agreed:
        """Return what is agreed of a change: as much of it as stands there, whoever wrote on since."""
        wanted = dict(doubt.intent.fields)
        trash, mark = wanted.pop(IN_TRASH, None), wanted.pop(REMOVED, None)
        policies = self._sink.policies.get(doubt.intent.entity, {})
        there = {name: self._in_keys(policies.get(name), name, seen) for name in wanted}
        differ = edits_of(replace(before, properties=wanted, reads_as={}), there, policies)
        now = holding(before, {name: wanted[name] for name in wanted.keys() - differ.keys()})
        if trash is not None and trash is seen.trashed:
            now = replace(now, trashed=seen.trashed, removed=seen.trashed)
        elif mark is not None and mark is (seen.fields.get(REMOVED) is not None):
            now = replace(now, removed=mark)
        return now

    def _in_keys(self, policy: FieldPolicy | None, name: str, seen: SeenItem) -> Value:
        there = seen.fields.get(name)
        if not isinstance(policy, Related):
            return there
        if name in seen.cut:
            there = self._writer.related(seen.address, name)
        if not isinstance(there, tuple):
            return there
        known = (self._addresses.get(each) for each in there)
        return tuple(target[1] if target else "" for target in known)
