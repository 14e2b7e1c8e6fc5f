"""What is agreed of a thing once an action on it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from syncengine.core.edits import holding
from syncengine.core.plan import IN_TRASH, REMOVED, Action, Agreed, Value, digest
from syncengine.errors import InvariantBroken


def settle(
    action: Action,
    before: Agreed | None,
    address: str | None,
    *,
    pushed: Mapping[str, Value] | None = None,
    holds: Mapping[str, Value] | None = None,
) -> Agreed:
    """Return what is agreed once an action was done at an address; ``before`` is what was before.

    ``pushed`` are the new values that were really written, all of the action's where it is None;
    ``holds`` what the sink says that it holds of them now. Raises InvariantBroken for an action that
    cannot have been done: a conflict, or one on a thing that was never agreed.
    """
    if action.action == "conflict" or (before is None and action.action != "create"):
        raise InvariantBroken(f"{action.action} of {action.key} cannot have been done")
    if pushed is None:
        pushed = {name: new for name, (_, new) in action.fields.items()}
    pushed = {name: new for name, new in pushed.items() if name not in (REMOVED, IN_TRASH)}
    if before and action.action == "remove":
        trashed = before.trashed or IN_TRASH in action.fields
        left = holding(before, pushed)
        return replace(left, address=address, removed=True, trashed=trashed)
    old = before if before and action.action == "update" else None
    properties = {**(old.properties if old else {}), **pushed}
    properties = {name: value for name, value in properties.items() if value is not None}
    told = {name: now for name, now in (holds or {}).items() if name in pushed}
    reads_as = {
        name: now for name, now in (old.reads_as if old else {}).items() if name not in pushed
    }
    reads_as |= {name: now for name, now in told.items() if now != pushed[name]}
    edits = {name: now for name, now in (old.edits if old else {}).items() if name not in pushed}
    edits.pop(IN_TRASH, None)
    return Agreed(
        action.entity, action.key, digest(properties), properties, address,
        reads_as=reads_as, edits=edits,
    )  # fmt: skip
