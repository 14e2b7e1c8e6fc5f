"""What an action asks of a sink: keys become addresses, and in what the sink answers keys again."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.core.moment import Instant, to_iso
from syncengine.core.plan import IN_TRASH, REMOVED, Action, Agreed, Entity, Related, Target, Value
from syncengine.core.ports import Clock
from syncengine.core.settle import settle
from syncengine.core.sink import Sink
from syncengine.core.writer import Change, Written

_MINUTE = 60


class Translation:
    """One sink's keys and addresses; ``agreed`` is followed as it changes."""

    def __init__(self, sink: Sink, agreed: Mapping[Target, Agreed], clock: Clock) -> None:
        self._sink = sink
        self._agreed = agreed
        self._clock = clock
        self._targets = {e.address: target for target, e in agreed.items() if e.address}

    def learn(self, address: str, target: Target) -> None:
        """Take note of where a thing is."""
        self._targets[address] = target

    def change(self, action: Action) -> tuple[Change, dict[str, Value]]:
        """Return the change that an action asks for, and the new values in keys as they are pushed."""
        policies = self._sink.policies.get(action.entity, {})
        before = self._agreed.get((action.entity, action.key))
        fields: dict[str, Value] = {}
        pushed: dict[str, Value] = {}
        trashed: bool | None = None
        for name, (_, new) in action.fields.items():
            policy = policies.get(name)
            if name == IN_TRASH:
                trashed = bool(new)
            elif name == REMOVED:
                fields[name] = self._mark() if new else None
            elif isinstance(policy, Related):
                keys = new if isinstance(new, tuple) else ()
                there = {key: self._address((policy.to, key)) for key in keys}
                pushed[name] = tuple(key for key in keys if there[key]) or None
                fields[name] = tuple(address for address in there.values() if address) or None
            else:
                fields[name] = pushed[name] = new
        is_new = action.action == "create" or before is None
        change = Change(
            action.entity,
            action.key,
            None if is_new or before is None else before.address,
            fields,
            trashed,
            gone=self._sink.forgets and action.action == "remove",
            before=self._before(action, before) if before else {},
        )
        return change, pushed

    def settled(
        self,
        action: Action,
        before: Agreed | None,
        pushed: Mapping[str, Value],
        written: Written,
    ) -> Agreed:
        """Return what is agreed once the change that an action asks for was written."""
        holds = self.in_keys(action.entity, written.holds)
        # What is there instead of what was left out is agreed: else the next look takes it for an edit.
        left = {
            name: holds[name] if name in written.left_out else value
            for name, value in pushed.items()
            if name not in written.left_out or name in holds
        }
        return settle(action, before, written.address, pushed=left, holds=holds)

    def _before(self, action: Action, before: Agreed) -> dict[str, Value]:
        """Return what a thing holds, as the action takes it: also what a person wrote there."""
        held = self.held(before)
        policies = self._sink.policies.get(action.entity, {})
        for name, (old, _) in action.fields.items():
            if name in held and not isinstance(policies.get(name), Related):
                held[name] = old
        return held

    def held(self, before: Agreed) -> dict[str, Value]:
        """Return what a thing holds, with relations by addresses: also to what is out of sight."""
        held = dict(before.properties)
        for name, policy in self._sink.policies.get(before.entity, {}).items():
            keys = held.get(name)
            if isinstance(policy, Related) and isinstance(keys, tuple):
                there = (self._agreed.get((policy.to, key)) for key in keys)
                held[name] = tuple(each.address for each in there if each and each.address)
        return held

    def in_keys(self, entity: Entity, holds: Mapping[str, Value]) -> dict[str, Value]:
        """Return fields with keys in relations; what is none of ours goes by its address."""
        found = dict(holds)
        for name, policy in self._sink.policies.get(entity, {}).items():
            there = found.get(name)
            if isinstance(policy, Related) and isinstance(there, tuple):
                found[name] = tuple(
                    self._targets[each][1] if each in self._targets else each for each in there
                )
        return found

    def _mark(self) -> str:
        now = self._clock()
        return to_iso(Instant(now - now % _MINUTE))

    def _address(self, target: Target) -> str | None:
        each = self._agreed.get(target)
        away = each is None or each.trashed or IN_TRASH in each.edits
        return None if each is None or away else each.address
