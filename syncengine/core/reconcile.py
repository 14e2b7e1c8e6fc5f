"""The planner: what the library wants and what a sink last agreed to become actions with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from syncengine.core.guard import Stock, guard
from syncengine.core.plan import (
    ENTITIES,
    REMOVED,
    Action,
    Agreed,
    Agreement,
    Along,
    Entity,
    FieldPolicy,
    Item,
    Kind,
    SinkPlan,
    Tally,
    Target,
    Tolerant,
    Value,
    action_id,
    digest,
)
from syncengine.core.scope import WHOLE, Reach, Scope, reach
from syncengine.core.sink import Sink
from syncengine.errors import InvariantBroken

Fields = dict[str, tuple[Value, Value]]
Seen = Mapping[Target, Mapping[str, Value]]
"""Fields as they stand in the sink now, of the items that someone may have edited there."""

_STEPS: tuple[tuple[Kind, tuple[Entity, ...]], ...] = (
    ("create", ENTITIES),
    ("update", ENTITIES),
    ("remove", ENTITIES[::-1]),
    ("conflict", ENTITIES),
)
"""The order of doing: what is related to exists before what relates to it, so artists are created
before tracks, and all creates come before the updates that may name them; removals come last and the
other way round, so that a run that is cut off leaves nothing that names something removed."""
_RANKS = {
    (kind, entity): (step, place)
    for step, (kind, entities) in enumerate(_STEPS)
    for place, entity in enumerate(entities)
}

_GONE: dict[Entity, str] = {
    "track": "no playlist holds it any more",
    "playlist": "the playlist is gone",
    "album": "no track in the library is on it any more",
    "artist": "no track in the library names it any more",
}


@dataclass(frozen=True, slots=True)
class _Sides:
    """The three sides of one sink's reconciliation, and how they are judged."""

    sink: Sink
    desired: Mapping[Target, Item]
    agreed: Mapping[Target, Agreed]
    seen: Seen


def plan_sink(
    sink: Sink,
    desired: Iterable[Item],
    agreed: Iterable[Agreed],
    *,
    scope: Scope = WHOLE,
    lifted: Collection[str] = (),
    seen: Seen | None = None,
) -> SinkPlan:
    """Return what one sink would do to agree with the library, and which guards refuse it.

    ``lifted`` names guards that a person lifted. Without ``seen`` nobody looked at the sink, and it is
    taken to be as agreed. The order of ``desired`` and ``agreed`` never matters.
    """
    entities = frozenset(sink.entities)
    sides = _Sides(
        sink,
        _by_target(desired),
        {(each.entity, each.key): each for each in agreed if each.entity in entities},
        seen or {},
    )
    within = None if scope.whole else reach(scope, sides.desired, sides.agreed, sink.policies)
    actions, unchanged = _decide_all(sides, within)
    actions.sort(key=lambda each: (_RANKS[each.action, each.entity], each.title, each.key))
    outcomes = Counter((each.entity, each.action) for each in actions)
    stocks = _stocks(sides, outcomes)
    return SinkPlan(
        {
            entity: Tally(
                create=outcomes[entity, "create"],
                update=outcomes[entity, "update"],
                remove=outcomes[entity, "remove"],
                conflict=outcomes[entity, "conflict"],
                unchanged=unchanged[entity],
            )
            for entity in ENTITIES
            if entity in entities
        },
        sink.estimate(actions),
        tuple(actions),
        guard(sink.name, stocks, lifted),
    )


def plan_nothing(sink: Sink, agreement: Agreement) -> SinkPlan:
    """Return the plan of a sink that agrees with the library in everything."""
    tallies = {
        entity: Tally(0, 0, 0, 0, agreement.unchanged.get(entity, 0))
        for entity in ENTITIES
        if entity in sink.entities
    }
    return SinkPlan(tallies, sink.estimate(()), (), ())


def settle(action: Action, before: Agreed | None, address: str | None) -> Agreed:
    """Return what is agreed once an action was done at an address; ``before`` is what was before.

    Raises InvariantBroken for an action that cannot have been done: a conflict, or one on a thing that
    was never agreed.
    """
    if action.action == "conflict" or (before is None and action.action != "create"):
        raise InvariantBroken(f"{action.action} of {action.key} cannot have been done")
    if before and action.action == "remove":
        return replace(before, address=address, removed=True)
    properties = dict(before.properties) if before else {}
    properties |= {name: new for name, (_, new) in action.fields.items() if name != REMOVED}
    properties = {name: value for name, value in properties.items() if value is not None}
    return Agreed(action.entity, action.key, digest(properties), properties, address)


def _by_target(desired: Iterable[Item]) -> dict[Target, Item]:
    found: dict[Target, Item] = {}
    for item in desired:
        if found.setdefault((item.entity, item.key), item) is not item:
            raise InvariantBroken(f"a sink wants {item.entity} {item.key} twice")
    return found


def _stocks(sides: _Sides, outcomes: Counter[tuple[Entity, Kind]]) -> list[Stock]:
    wanted = Counter(entity for entity, _ in sides.desired)
    live = Counter(each.entity for each in sides.agreed.values() if not each.removed)
    return [
        Stock(entity, wanted[entity], live[entity], outcomes[entity, "remove"])
        for entity in sides.sink.entities
    ]


def _decide_all(sides: _Sides, within: Reach | None) -> tuple[list[Action], Counter[Entity]]:
    actions: list[Action] = []
    unchanged: Counter[Entity] = Counter()
    for target, item in sides.desired.items():
        if within and target not in within.written:
            continue
        if action := _decide_wanted(sides, target, item):
            actions.append(action)
        else:
            unchanged[item.entity] += 1
    for target in sides.agreed.keys() - sides.desired.keys():
        if within and target not in within.removed:
            continue
        if gone := _decide_gone(sides, sides.agreed[target]):
            actions.append(gone)
    return actions, unchanged


def _decide_wanted(sides: _Sides, target: Target, item: Item) -> Action | None:
    """Decide on a thing that the library holds; None is for nothing to do."""
    before = sides.agreed.get(target)
    if before is None:  # it came into the library since the sink last agreed
        fields: Fields = {
            name: (None, new) for name, new in item.properties.items() if new is not None
        }
        return _action(sides, "create", item, fields, "new in the library")
    if edits := _edits(item, before, sides.seen.get(target)):  # a person changed it in the sink
        reason = f"edited in {sides.sink.name} since the last agreement: {', '.join(edits)}"
        return _action(sides, "conflict", item, edits, reason)
    if before.removed:  # it had left the library and was marked so, and was added again
        fields = {**_changes(item, before), REMOVED: (True, False)}
        return _action(sides, "update", item, fields, "back in the library")
    if before.properties == item.properties:  # nobody touched it
        return None
    fields = _changes(item, before)
    policies = sides.sink.policies.get(item.entity, {})
    causes = [name for name, pair in fields.items() if _matters(policies.get(name), *pair)]
    if not causes:  # numbers drifted a little, or a source says the same as another did
        return None
    # somebody changed the library, or a source came to know more
    along = [name for name in fields if name not in causes]
    reason = f"changed in the library: {', '.join(causes)}"
    if along:
        reason += f"; written along: {', '.join(along)}"
    return _action(sides, "update", item, fields, reason)


def _decide_gone(sides: _Sides, before: Agreed) -> Action | None:
    """Decide on a thing that the library does not hold; None is for nothing to do."""
    if before.removed:  # it left earlier, and the sink knows
        return None
    # it left the library since the sink last agreed; a person's edits stay, only a mark is set
    left = Item(before.entity, before.key, before.title, {})
    return _action(sides, "remove", left, {REMOVED: (False, True)}, _GONE[before.entity])


def _action(sides: _Sides, kind: Kind, item: Item, fields: Fields, reason: str) -> Action:
    identity = action_id(sides.sink.name, kind, (item.entity, item.key), fields)
    return Action(identity, kind, item.entity, item.key, item.title, fields, reason, item.notes)


def _changes(item: Item, before: Agreed) -> Fields:
    old, new = before.properties, item.properties
    names = [*new, *sorted(old.keys() - new.keys())]
    return {
        name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    }


def _edits(item: Item, before: Agreed, seen: Mapping[str, Value] | None) -> Fields:
    new, old = item.properties, before.properties
    return {
        name: (now, new.get(name))
        for name, now in sorted((seen or {}).items())
        if (name in new or name in old) and now not in (old.get(name), new.get(name))
    }


def _matters(policy: FieldPolicy | None, old: Value, new: Value) -> bool:
    match policy:
        case Along():
            return False
        case Tolerant(threshold) if isinstance(old, int | float) and isinstance(new, int | float):
            return abs(new - old) >= threshold
        case _:
            return True
