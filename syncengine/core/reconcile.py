"""The planner: what the library wants and what a sink last agreed to become actions with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from syncengine.core.change import Fields, changes, matters
from syncengine.core.edits import NO_DECISIONS, Decisions, without
from syncengine.core.guard import Stock, guard
from syncengine.core.plan import (
    DELETED,
    ENTITIES,
    IN_TRASH,
    PAGE,
    REMOVED,
    Action,
    Agreed,
    Agreement,
    Entity,
    GuardRefusal,
    Item,
    Kind,
    Related,
    SinkPlan,
    Tally,
    Target,
    Value,
    action_id,
)
from syncengine.core.scope import WHOLE, Reach, Scope, reach
from syncengine.core.sink import Sink
from syncengine.errors import InvariantBroken

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
    "file": "it is gone, or no track of the library is in it any more",
}


@dataclass(frozen=True, slots=True)
class _Sides:
    """The sides of one sink's reconciliation, and how they are judged.

    ``absent`` are things that the sink will not show: no relation is to name them. ``anew`` are those of them
    that are made again: what relates to them has to be told.
    """

    sink: Sink
    desired: Mapping[Target, Item]
    agreed: Mapping[Target, Agreed]
    rules: Rules
    absent: frozenset[Target] = frozenset()
    anew: frozenset[Target] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """How a person wants it: guards that are lifted, edits that are decided on, where removed things go.

    ``only`` limits a plan to some fields (none: to nothing), to things that are made (PAGE) or marked as
    removed (REMOVED), and to what is taken out of the trash (IN_TRASH).
    """

    lifted: frozenset[str] = frozenset()
    decisions: Decisions = NO_DECISIONS
    trash_removed: bool = False
    only: frozenset[str] | None = None

    def chooses(self, name: str) -> bool:
        """Say whether a field is to be planned at all."""
        return self.only is None or name in self.only

    def spares(self, item: Item, before: Agreed) -> frozenset[str]:
        """Return the fields of a thing that stay as they are: a person's own, and those not chosen."""
        kept = self.decisions.keeps(before.address)
        if self.only is None:
            return kept
        return kept | {*item.properties, *before.properties, *before.edits} - self.only


NO_RULES = Rules()


def plan_sink(
    sink: Sink,
    desired: Iterable[Item],
    agreed: Iterable[Agreed],
    *,
    scope: Scope = WHOLE,
    rules: Rules = NO_RULES,
) -> SinkPlan:
    """Return what one sink would do to agree with the library, and which guards refuse it.

    ``agreed`` goes by the present keys (``rekeyed``). The order of ``desired`` and ``agreed`` never
    matters.
    """
    entities = frozenset(sink.entities)
    wanted = by_target(desired)
    held = {(each.entity, each.key): each for each in agreed if each.entity in entities}
    sides = _with_absent(_Sides(sink, wanted, held, rules))
    within = None if scope.whole else reach(scope, wanted, held, sink.policies)
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
        (*guard(sink.name, stocks, rules.lifted), *_own_refusals(sides, actions)),
        sink.state,
        _names(sides, actions),
    )


def _names(sides: _Sides, actions: Iterable[Action]) -> dict[str, str]:
    """Return what the things are called that are named in the relations of what changes."""
    found: dict[str, str] = {}
    for action in actions:
        for name, values in action.fields.items() if action.action != "create" else ():
            policy = sides.sink.policies.get(action.entity, {}).get(name)
            if isinstance(policy, Related):
                for key in (key for each in values if isinstance(each, tuple) for key in each):
                    if (
                        known := sides.desired.get((policy.to, key))
                        or sides.agreed.get((policy.to, key))
                    ) is not None:
                        found[key] = known.title
    return found


def _own_refusals(sides: _Sides, actions: Sequence[Action]) -> Iterable[GuardRefusal]:
    found = sides.sink.refusals(actions, sides.agreed)
    return (each for each in found if each.guard not in sides.rules.lifted)


def plan_nothing(
    sink: Sink, agreement: Agreement, lifted: Collection[str] = frozenset()
) -> SinkPlan:
    """Return the plan of a sink that agrees with the library in everything."""
    tallies = {
        entity: Tally(0, 0, 0, 0, agreement.unchanged.get(entity, 0))
        for entity in ENTITIES
        if entity in sink.entities
    }
    refusals = tuple(each for each in sink.refusals((), {}) if each.guard not in lifted)
    return SinkPlan(tallies, sink.estimate(()), (), refusals, sink.state)


def by_target(desired: Iterable[Item]) -> dict[Target, Item]:
    """Return what is wanted by entity and key. Raises InvariantBroken for a thing that is wanted twice."""
    found: dict[Target, Item] = {}
    for item in desired:
        if found.setdefault((item.entity, item.key), item) is not item:
            raise InvariantBroken(f"a sink wants {item.entity} {item.key} twice")
    return found


def _with_absent(sides: _Sides) -> _Sides:
    """Return the sides with what is not in the sink now, by a person's hand or by ours."""
    away = {
        target: each
        for target, each in sides.agreed.items()
        if each.trashed or IN_TRASH in each.edits
    }
    unmade = frozenset[Target]()
    if not sides.rules.chooses(PAGE):
        unmade = frozenset(sides.desired.keys() - sides.agreed.keys())
    if not away:
        return replace(sides, absent=unmade) if unmade else sides
    back = {
        target
        for target, each in away.items()
        if sides.rules.chooses(IN_TRASH)
        and target in sides.desired
        and (each.trashed or _may_return(sides, each))
    }
    anew = {target for target in back if away[target].edits.get(IN_TRASH) == DELETED}
    return replace(sides, absent=unmade | (away.keys() - back), anew=frozenset(anew))


def _may_return(sides: _Sides, each: Agreed) -> bool:
    return sides.rules.decisions.gives_way(each.address, IN_TRASH, each.edits.get(IN_TRASH))


def _stocks(sides: _Sides, outcomes: Counter[tuple[Entity, Kind]]) -> list[Stock]:
    wanted = Counter(entity for entity, _ in sides.desired)
    # What was only marked as removed is still there to be put into the trash.
    to_trash = sides.rules.trash_removed
    live = Counter(
        each.entity
        for each in sides.agreed.values()
        if not (each.trashed if to_trash else each.removed)
    )
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
        is_wanted = sides.rules.chooses(PAGE)
        return _create(sides, item, "new in the library") if is_wanted else None
    kept = sides.rules.spares(item, before)
    is_touched = kept or before.edits or before.removed or sides.anew
    if not is_touched and before.properties == item.properties:
        return None  # nobody touched it
    if IN_TRASH in kept and IN_TRASH in before.edits:  # a person does not want it there
        return None
    wanted, held = _compared(sides, item, before, kept)
    edits = {
        name: (theirs, wanted.get(name))
        for name, theirs in sorted(before.edits.items())
        if name not in kept and not _is_settled(name, theirs, wanted, held)
    }
    open_edits = {
        name: pair
        for name, pair in edits.items()
        if not sides.rules.decisions.gives_way(before.address, name, pair[0])
    }
    if open_edits:  # a person changed it in the sink
        reason = f"edited in {sides.sink.name.capitalize()} since the last agreement: {', '.join(open_edits)}"
        return _action(sides, "conflict", item, open_edits, reason)
    if before.edits.get(IN_TRASH) == DELETED:
        return _create(
            sides, item, f"deleted in {sides.sink.name.capitalize()}, made again as decided"
        )
    policies = sides.sink.policies.get(item.entity, {})
    return _decide_update(sides, item, before, changes(wanted, held, policies) | edits)


def _decide_update(sides: _Sides, item: Item, before: Agreed, fields: Fields) -> Action | None:
    if before.removed:  # it had left the library and was marked so, and was added again
        return _decide_return(sides, item, before, fields)
    policies = sides.sink.policies.get(item.entity, {})
    decided = [name for name in fields if name in before.edits]
    causes = [
        name for name in fields if name in decided or matters(policies.get(name), *fields[name])
    ]
    if not causes:  # numbers drifted a little, or a source says the same as another did
        return None
    # somebody changed the library, or a source came to know more
    along = [name for name in fields if name not in causes]
    reason = f"changed in the library: {', '.join(causes)}"
    if decided:
        reason = f"edited in {sides.sink.name.capitalize()}, ours as decided: {', '.join(decided)}"
    if along:
        reason += f"; written along: {', '.join(along)}"
    return _action(sides, "update", item, fields, reason)


def _decide_return(sides: _Sides, item: Item, before: Agreed, fields: Fields) -> Action | None:
    if before.trashed and not sides.rules.chooses(IN_TRASH):  # out of sight nothing can be written
        return None
    marks: Fields = {}
    if item.entity in sides.sink.marks and sides.rules.chooses(REMOVED):
        marks[REMOVED] = (True, False)
    if before.trashed:
        marks[IN_TRASH] = (True, False)
    if not (fields or marks or sides.rules.only is None):
        return None
    return _action(sides, "update", item, {**fields, **marks}, "back in the library")


def _create(sides: _Sides, item: Item, reason: str) -> Action:
    policies = sides.sink.policies.get(item.entity, {})
    fields: Fields = {
        name: (None, new)
        for name, value in item.properties.items()
        if (new := without(policies.get(name), value, sides.absent)) is not None
    }
    return _action(sides, "create", item, fields, reason)


def _compared(
    sides: _Sides, item: Item, before: Agreed, kept: Collection[str]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return what is wanted of a thing and what is held, without what is not to be compared."""
    policies = sides.sink.policies.get(item.entity, {})
    kept = {*kept, *_unkept_relations(sides.sink, item.entity)}
    gone = sides.absent | sides.anew
    wanted = {
        name: without(policies.get(name), value, sides.absent)
        for name, value in item.properties.items()
        if name not in kept
    }
    held = {
        name: without(policies.get(name), value, gone)
        for name, value in before.properties.items()
        if name not in kept
    }
    # What a person wrote there is what we want: nothing is left to write.
    held |= {
        name: theirs
        for name, theirs in before.edits.items()
        if name != IN_TRASH and name not in kept and wanted.get(name) == theirs
    }
    return wanted, held


def _unkept_relations(sink: Sink, entity: Entity) -> list[str]:
    """Return the relations to entities that a sink does not keep: they stay as they are."""
    policies = sink.policies.get(entity, {})
    return [
        name
        for name, policy in policies.items()
        if isinstance(policy, Related) and policy.to not in sink.entities
    ]


def _is_settled(
    name: str, theirs: Value, wanted: Mapping[str, Value], held: Mapping[str, Value]
) -> bool:
    return name != IN_TRASH and theirs in (wanted.get(name), held.get(name))


def _decide_gone(sides: _Sides, before: Agreed) -> Action | None:
    """Decide on a thing that the library does not hold; None is for nothing to do."""
    if before.trashed or IN_TRASH in before.edits:  # it is out of sight, by our hand or a person's
        return None
    if not sides.rules.chooses(REMOVED):
        return None
    left = Item(before.entity, before.key, before.title, {})
    if sides.sink.forgets:
        taken: Fields = {name: (value, None) for name, value in before.properties.items()}
        return _action(sides, "remove", left, taken, _GONE[before.entity])
    if sides.rules.trash_removed:
        return _action(sides, "remove", left, {IN_TRASH: (False, True)}, _GONE[before.entity])
    fields: Fields = {}
    if before.entity in sides.sink.marks and not before.removed:
        fields[REMOVED] = (False, True)
    # A person's edits stay.
    untouched = {
        *before.edits,
        *sides.rules.decisions.keeps(before.address),
        *_unkept_relations(sides.sink, before.entity),
    }
    for name in sides.sink.leaving.get(before.entity, ()):
        if name in before.properties and name not in untouched:
            fields[name] = (before.properties[name], None)
    if not fields:
        return None  # it left earlier, and the sink knows; or it has no place for the mark
    return _action(sides, "remove", left, fields, _GONE[before.entity])


def _action(sides: _Sides, kind: Kind, item: Item, fields: Fields, reason: str) -> Action:
    identity = action_id(sides.sink.name, kind, (item.entity, item.key), fields)
    return Action(identity, kind, item.entity, item.key, item.title, fields, reason, item.notes)
