"""A part of a plan that is worth doing by itself: some new things, each with all that it relates to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from syncengine.core.plan import Action, Policies, Related, Target


def portion(actions: Sequence[Action], policies: Policies, limit: int) -> list[Action]:
    """Return the actions to do where at most ``limit`` things may be created, in their order.

    Things that relate to others come first, with what they relate to; so a part of a new library has
    whole tracks, and not all of its artists. One thing whose company alone is more than the limit is
    taken all the same, else nothing would ever get done. Changes that wait for what is left out are
    left out too.
    """
    creates: dict[Target, Action] = {
        (each.entity, each.key): each for each in actions if each.action == "create"
    }
    chosen: set[Target] = set()
    depending = [each for each in creates.values() if _has_relations(each, policies)]
    alone = [each for each in creates.values() if not _has_relations(each, policies)]
    for each in [*depending, *alone]:
        company = {target for target in related(each, policies) if target in creates}
        new = (company | {(each.entity, each.key)}) - chosen
        if len(chosen) + len(new) <= limit or (not chosen and limit):
            chosen |= new
    left = creates.keys() - chosen
    return [
        each
        for each in actions
        if (each.action == "create" and (each.entity, each.key) in chosen)
        or (each.action != "create" and left.isdisjoint(related(each, policies)))
    ]


def related(action: Action, policies: Policies) -> Iterator[Target]:
    """Yield what an action's new values relate to."""
    for name, policy in _relations(action, policies):
        new = action.fields[name][1]
        if isinstance(new, tuple):
            yield from ((policy.to, key) for key in new)


def _relations(action: Action, policies: Policies) -> Iterable[tuple[str, Related]]:
    fields: Mapping[str, object] = action.fields
    for name, policy in policies.get(action.entity, {}).items():
        if isinstance(policy, Related) and name in fields:
            yield name, policy


def _has_relations(action: Action, policies: Policies) -> bool:
    return any(True for _ in related(action, policies))
