"""Things that go by a better key than when a sink last agreed: a name that turned out to be an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from syncengine.core.plan import Agreed, Item, Policies, Related, Target, Value


def renamed_keys(
    desired: Mapping[Target, Item], agreed: Mapping[Target, Agreed]
) -> dict[Target, Target]:
    """Return which agreed things are wanted under another key now, old to new.

    A wanted thing that is not agreed takes over the first of its other keys that is agreed and that
    nothing wanted goes by.
    """
    found: dict[Target, Target] = {}
    for target, item in desired.items():
        if not item.also or target in agreed:
            continue
        for key in item.also:
            old = (item.entity, key)
            if old in agreed and old not in desired and old not in found:
                found[old] = target
                break
    return found


def rekeyed(
    agreed: Mapping[Target, Agreed], renames: Mapping[Target, Target], policies: Policies
) -> dict[Target, Agreed]:
    """Return what is agreed with keys by their new names, also where relations name them."""
    if not renames:
        return dict(agreed)
    found: dict[Target, Agreed] = {}
    for target, each in agreed.items():
        new = renames.get(target, target)
        kept = each if new == target else replace(each, key=new[1])
        found[new] = _related(kept, renames, policies)
    return found


def _related(each: Agreed, renames: Mapping[Target, Target], policies: Policies) -> Agreed:
    changed: dict[str, Value] = {}
    for name, policy in policies.get(each.entity, {}).items():
        keys = each.properties.get(name) if isinstance(policy, Related) else None
        if isinstance(keys, tuple) and isinstance(policy, Related):
            new = tuple(renames.get((policy.to, key), (policy.to, key))[1] for key in keys)
            if new != keys:
                changed[name] = new
    return replace(each, properties={**each.properties, **changed}) if changed else each
