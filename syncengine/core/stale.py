"""What of a saved plan is still to do, and whether it may be done: the sink is as the plan knew it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from syncengine.core.plan import DELETED, IN_TRASH, REMOVED, Action, Agreed, Target, Value
from syncengine.errors import StalePlan

AGAIN = "plan again with `syncengine reconcile --dry-run --out FILE`"


class Remaining(NamedTuple):
    """The actions of a plan that are not done yet, and those that a person's edits stand in the way of."""

    to_do: list[Action]
    conflicts: list[Action]


def remaining(actions: Iterable[Action], agreed: Mapping[Target, Agreed]) -> Remaining:
    """Return what is left of a plan, of which an earlier apply may have done a part.

    Raises StalePlan where something that it is about was changed by another plan.
    """
    found = Remaining([], [])
    for action in actions:
        before = agreed.get((action.entity, action.key))
        if action.action == "conflict":
            found.conflicts.append(action)
        elif before is None or before.edits.get(IN_TRASH) == DELETED:
            if action.action != "create":
                raise _stale(action)
            found.to_do.append(action)
        elif not _is_done(action, before):
            _sort_in(action, before, found)
    return found


def _sort_in(action: Action, before: Agreed, found: Remaining) -> None:
    if action.action == "create":
        raise _stale(action)
    edits: dict[str, tuple[Value, Value]] = {
        name: (theirs, action.fields[name][1])
        for name, theirs in before.edits.items()
        if name in action.fields and theirs not in action.fields[name]
    }
    if IN_TRASH in before.edits and IN_TRASH not in action.fields:
        edits = {IN_TRASH: (before.edits[IN_TRASH], False)}
    if edits:
        reason = f"edited since the plan was made: {', '.join(edits)}"
        conflict = replace(action, action="conflict", fields=edits, reason=reason)
        found.conflicts.append(conflict)
    elif all(_now(before, name) in pair for name, pair in action.fields.items()):
        found.to_do.append(action)
    else:
        raise _stale(action)


def _is_done(action: Action, before: Agreed) -> bool:
    return all(_now(before, name) == new for name, (_, new) in action.fields.items())


def _now(before: Agreed, name: str) -> Value:
    if name == REMOVED:
        return before.removed
    if name == IN_TRASH:
        return before.edits.get(IN_TRASH, before.trashed)
    return before.edits.get(name, before.properties.get(name))


def _stale(action: Action) -> StalePlan:
    return StalePlan(
        f"the plan is stale: {action.entity} {action.title!r} was changed since it was made; {AGAIN}",
        lift=AGAIN,
    )
