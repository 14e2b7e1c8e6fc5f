"""Find out how writes ended that a run did not live to see: first of all, before anything else is done."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.core.edits import edits_of
from syncengine.core.moment import Instant
from syncengine.core.plan import Action, Agreed, Entity, Related, Target, Value
from syncengine.core.ports import Clock
from syncengine.core.reconcile import settle
from syncengine.core.sink import Sink
from syncengine.core.writer import SeenItem, Writer
from syncengine.jobs.apply import DONE
from syncengine.jobs.runs import OpenUnit
from syncengine.storage.repositories.journal import Doubt, Ended

NOT_DONE = "not done"


def settle_doubts(sink: Sink, *, writer: Writer, open_unit: OpenUnit, clock: Clock) -> int:
    """Look for what was being written when a run was cut off; return how many writes that were.

    A create that was done is agreed now, as it was pushed; one that was not is planned again, and so is
    a change, which can be made twice.
    """
    with open_unit() as unit:
        doubts = unit.journal(sink.name).doubts()
        agreed = {(e.entity, e.key): e for e in unit.agreed.agreed(sink.name)} if doubts else {}
    if not doubts:
        return 0
    settling = _Settling(sink, writer, agreed)
    for doubt, seen in settling.look(doubts):
        settling.settle(doubt, seen)
    with open_unit() as unit:
        unit.agreed.save(sink.name, settling.settled.values(), clock())
        unit.journal(sink.name).end(settling.ended, clock())
        unit.commit()
    return len(doubts)


class _Settling:
    def __init__(self, sink: Sink, writer: Writer, agreed: Mapping[Target, Agreed]) -> None:
        self._sink = sink
        self._writer = writer
        self._agreed = agreed
        self.settled: dict[Target, Agreed] = {}
        self.ended: list[Ended] = []

    def look(self, doubts: list[Doubt]) -> list[tuple[Doubt, SeenItem | None]]:
        """Return what stands in the sink of each: creates are looked for by key, all at once."""
        found: list[tuple[Doubt, SeenItem | None]] = []
        for entity in self._sink.entities:
            creates = [
                each
                for each in doubts
                if each.intent.kind == "create" and each.intent.entity == entity
            ]
            if creates:
                seen = self._find(entity, creates)
                found += [(each, seen.get(each.intent.key)) for each in creates]
        for each in doubts:
            intent = each.intent
            if intent.kind != "create" or intent.entity not in self._sink.entities:
                is_update = intent.kind == "update" and intent.address and intent.fields
                found.append((each, self._writer.at(intent.address or "") if is_update else None))
        return found

    def _find(self, entity: Entity, creates: list[Doubt]) -> dict[str, SeenItem]:
        """Return the things that were created, by key: of several the oldest that is in sight."""
        keys = {each.intent.key for each in creates}
        since = Instant(max(each.at for each in creates))
        found: dict[str, SeenItem] = {}
        known = {each.address for each in self._agreed.values()}
        for seen in self._writer.find(entity, keys, since):
            for key in keys.intersection(seen.keys[:1]):
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
        before = self.settled.get(target, self._agreed.get(target))
        was_done = seen is not None and (intent.kind == "create" or self._holds(doubt, seen))
        if seen is None or not was_done or (before is None and intent.kind != "create"):
            self.ended.append(Ended(doubt.number, NOT_DONE))
            return
        fields = {name: (None, value) for name, value in intent.fields.items()}
        action = Action(intent.action, intent.kind, *target, intent.key, fields, "")
        self.settled[target] = settle(action, before, seen.address, pushed=intent.fields)
        self.ended.append(Ended(doubt.number, DONE, address=seen.address))

    def _holds(self, doubt: Doubt, seen: SeenItem) -> bool:
        """Say whether a thing holds what a change was to write into it."""
        intent = doubt.intent
        policies = self._sink.policies.get(intent.entity, {})
        written = {
            name: value
            for name, value in intent.fields.items()
            if not isinstance(policies.get(name), Related)
        }
        there: dict[str, Value] = {name: seen.fields.get(name) for name in written}
        before = Agreed(intent.entity, intent.key, "", written, seen.address)
        # Of relations alone it cannot be told; they are written again.
        return bool(written) and not seen.trashed and not edits_of(before, there, policies)
