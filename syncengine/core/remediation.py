"""What is wrong in a sink, worked out from the plan that would put everything right there.

So a mismatch is just what a plan would write, were all edits to give way: whatever is tolerated there,
such as popularity that drifted a little, is none here, and once a plan was carried out nothing is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from syncengine.core.change import matters
from syncengine.core.edits import NO_DECISIONS, Decisions
from syncengine.core.finding import Cure, Finding, FindingKind
from syncengine.core.plan import (
    DELETED,
    IN_TRASH,
    PAGE,
    REMOVED,
    Action,
    Agreed,
    Entity,
    Item,
    Policies,
    Related,
    Target,
    Value,
)
from syncengine.core.ranges import Range
from syncengine.core.sight import Sight

_OWN_PAGE = "a page of your own: it goes by no key"
_UNKNOWN = "the library has nothing of this key, so it is left alone: delete the page, or keep it"
_COPY = "which of them you want is for you to say: delete the others"
_SAID_SO = "the library itself says so: a plan would write it again"


@dataclass(frozen=True, slots=True)
class FieldNotes:
    """What is to be known of a sink's fields.

    ``said_in`` names the group of facts that a field is from, ``ranges`` are of fields that are numbers, and
    ``features`` has the field of each audio feature.
    """

    said_in: Mapping[Entity, Mapping[str, str]]
    ranges: Mapping[str, Range]
    features: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """A sink beside the library: what is wanted, what is held, and what else was seen.

    ``ranges`` are of the sink's fields. ``within`` limits what is judged; None is for everything.
    """

    desired: Mapping[Target, Item]
    agreed: Mapping[Target, Agreed]
    policies: Policies
    ranges: Mapping[str, Range] = field(default_factory=dict)
    decisions: Decisions = NO_DECISIONS
    sight: Sight = field(default_factory=Sight)
    within: AbstractSet[Target] | None = None


def findings(scene: Scene, actions: Iterator[Action]) -> list[Finding]:
    """Return every mismatch; ``actions`` are those of a plan in which all edits give way."""
    found = [each for action in actions for each in _of_action(scene, action)]
    reported = {(each.target, each.field) for each in found}
    found += (e for e in _to_what_is_away(scene) if (e.target, e.field) not in reported)
    found += _doubled(scene)
    if scene.within is None:
        found += _strangers(scene)
    return found


def persons_own(scene: Scene) -> Iterator[Finding]:
    """Yield the values that a person decided to keep, where the library says something else."""
    for target, each in scene.agreed.items():
        if scene.within is not None and target not in scene.within:
            continue
        kept = scene.decisions.keeps(each.address)
        item = scene.desired.get(target) or Item(*target, each.title, {})
        for name in sorted(kept & each.edits.keys()):
            there, ours = each.edits[name], item.properties.get(name)
            if name == IN_TRASH:
                yield replace(
                    _page(item, each, IN_TRASH, "it stays away, as you decided"), theirs=True
                )
            else:
                found = _value(scene, item, each, name, (there, ours))
                yield replace(found, theirs=True, cure=None)


def _of_action(scene: Scene, action: Action) -> Iterator[Finding]:
    target: Target = (action.entity, action.key)
    before = scene.agreed.get(target)
    item = scene.desired.get(target) or Item(*target, action.title, {})
    if before is None:
        yield _page(item, before, PAGE, "the library has it, and there is no page")
    elif action.action == "create":
        yield _page(item, before, IN_TRASH, "its page was deleted by hand")
    elif action.action == "remove":
        yield _unmarked(item, before, action)
    else:
        for name, pair in action.fields.items():
            if found := _of_field(scene, item, before, name, pair):
                yield found


def _of_field(
    scene: Scene, item: Item, before: Agreed, name: str, pair: tuple[Value, Value]
) -> Finding | None:
    if name == IN_TRASH:
        ways: dict[Value, str] = {
            None: "is in the trash since it had left",
            DELETED: "was deleted by hand",
        }
        how = ways.get(before.edits.get(IN_TRASH), "was put into the trash by hand")
        return _page(item, before, IN_TRASH, f"its page {how}")
    if name == REMOVED:
        return Finding(
            "differing-value", *_who(item), REMOVED, True, None,
            f"the page says that the {item.entity} left the library", before.address,
            cure=Cure((item.entity, item.key), REMOVED),
        )  # fmt: skip
    policy = scene.policies.get(item.entity, {}).get(name)
    if name not in before.edits and not matters(policy, *pair):
        return None
    return _value(scene, item, before, name, pair)


def _value(
    scene: Scene, item: Item, before: Agreed, name: str, pair: tuple[Value, Value]
) -> Finding:
    there, ours = pair
    target: Target = (item.entity, item.key)
    kind: FindingKind = "missing-field" if there in (None, ()) else "differing-value"
    detail, why_not = "", ""
    if name not in before.edits:
        detail = "the library changed since it was last written"
    if broken := _broken(scene, target, name, ours):
        kind, detail = "broken-relation", broken
    limits = scene.ranges.get(name)
    if limits and isinstance(ours, int | float) and not limits.has(ours):
        kind, detail, why_not = "out-of-range", f"it can be {limits}", _SAID_SO
    elif limits and isinstance(there, int | float) and not limits.has(there):
        kind, detail = "out-of-range", f"it can be {limits}"
    cure = None if why_not else Cure(target, name)
    return Finding(
        kind, *_who(item), name, there, ours, detail, before.address, cure=cure, why_not=why_not
    )


def _broken(scene: Scene, target: Target, name: str, ours: Value) -> str:
    """Return why a relation is broken; an empty text where it is not."""
    if astray := scene.sight.astray.get((target, name)):
        return f"it leads to pages of another database, or to none: {', '.join(astray)}"
    policy = scene.policies.get(target[0], {}).get(name)
    if not isinstance(policy, Related) or not isinstance(ours, tuple):
        return ""
    gone = [key for key in ours if _is_away(scene, (policy.to, key))]
    return _away(scene, policy.to, gone) if gone else ""


def _is_away(scene: Scene, target: Target) -> bool:
    each = scene.agreed.get(target)
    if each is None:
        return False
    is_kept = IN_TRASH in scene.decisions.keeps(each.address)
    return each.trashed or (IN_TRASH in each.edits and not is_kept)


def _away(scene: Scene, entity: str, keys: list[str]) -> str:
    names = []
    for key in keys:
        each = scene.agreed[entity, key]  # type: ignore[index]  # an entity that is related to
        where = "deleted" if each.edits.get(IN_TRASH) == DELETED else "in the trash"
        names.append(f"{entity} {each.title!r} is {where}")
    return "; ".join(names)


def _to_what_is_away(scene: Scene) -> Iterator[Finding]:
    """Yield the relations to what is in the trash: they show again once it is taken out."""
    away = {t for t in scene.agreed if t in scene.desired and _is_away(scene, t)}
    if not away:
        return
    for target, item in scene.desired.items():
        before = scene.agreed.get(target)
        if before is None or target in away or not (scene.within is None or target in scene.within):
            continue
        kept = scene.decisions.keeps(before.address)
        for name, policy in scene.policies.get(item.entity, {}).items():
            keys = item.properties.get(name)
            if not isinstance(policy, Related) or not isinstance(keys, tuple) or name in kept:
                continue
            if gone := [key for key in keys if (policy.to, key) in away]:
                there = tuple(key for key in keys if key not in gone) or None
                yield Finding(
                    "broken-relation", *_who(item), name, there, keys,
                    _away(scene, policy.to, gone), before.address,
                    cure=Cure((policy.to, gone[0]), IN_TRASH),
                )  # fmt: skip


def _page(item: Item, before: Agreed | None, cure: str, detail: str) -> Finding:
    address = before.address if before else None
    return Finding(
        "without-page", *_who(item), detail=detail, address=address,
        cure=Cure((item.entity, item.key), cure),
    )  # fmt: skip


def _unmarked(item: Item, before: Agreed, action: Action) -> Finding:
    said = "the page does not say so"
    if REMOVED not in action.fields:
        said = f"the page still has {', '.join(action.fields)}"
    return Finding(
        "without-track", *_who(item), REMOVED, None, True,
        f"the {item.entity} left the library, and {said}", before.address,
        cure=Cure((item.entity, item.key), REMOVED),
    )  # fmt: skip


def _doubled(scene: Scene) -> Iterator[Finding]:
    for each in scene.sight.doubled:
        if scene.within is not None and each.target not in scene.within:
            continue
        for address in each.others:
            yield Finding(
                "doubled-page", *each.target, each.title, detail="another page is the one in use",
                address=address, why_not=_COPY,
            )  # fmt: skip


def _strangers(scene: Scene) -> Iterator[Finding]:
    for each in scene.sight.strangers:
        key = each.keys[0] if each.keys else ""
        detail = f"the library has no {each.entity} of this key" if key else _OWN_PAGE
        yield Finding(
            "without-track", each.entity, key, each.title or key or "(untitled)", detail=detail,
            address=each.address, theirs=not key, why_not=_UNKNOWN if key else "",
        )  # fmt: skip


def _who(item: Item) -> tuple[Entity, str, str]:
    return item.entity, item.key, item.title
