"""What differs between what is held and what is wanted of a thing, and whether that is a reason to write."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.core.plan import Along, FieldPolicy, Related, Tolerant, Unseen, Value

Fields = dict[str, tuple[Value, Value]]
"""Fields that change, each with its old and its new value."""


def changes(
    wanted: Mapping[str, Value],
    held: Mapping[str, Value],
    policies: Mapping[str, FieldPolicy],
) -> Fields:
    """Return the fields that differ: the wanted ones first, then those that nobody wants any more."""
    names = [*wanted, *sorted(held.keys() - wanted.keys())]
    return {
        name: (held.get(name), wanted.get(name))
        for name in names
        if held.get(name) != wanted.get(name)
        and not _is_reordered(policies.get(name), held.get(name), wanted.get(name))
    }


def _is_reordered(policy: FieldPolicy | None, old: Value, new: Value) -> bool:
    """Say whether two relations name the same things: their order follows from keys, which change."""
    if not isinstance(policy, Related) or not isinstance(old, tuple) or not isinstance(new, tuple):
        return False
    return set(old) == set(new)


def matters(policy: FieldPolicy | None, old: Value, new: Value) -> bool:
    """Say whether a change of a field is by itself a reason to write."""
    match policy:
        case Along() | Unseen(alone=False):
            return False
        case Tolerant(threshold) if isinstance(old, int | float) and isinstance(new, int | float):
            return abs(new - old) >= threshold
        case _:
            return True
