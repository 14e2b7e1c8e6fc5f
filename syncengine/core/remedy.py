"""What becomes of findings: what a plan puts right, what was put right, and why the rest was not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from syncengine.core.finding import Cure, Finding, Fix
from syncengine.core.plan import IN_TRASH, PAGE, Action, Policies, SinkPlan, Target
from syncengine.core.portion import related

_NAMES_NOTHING = (
    "what it has to do with has no page that could be related to: choose Page or In trash too"
)
_CONFLICT = "it was changed once more: run it again"
_NOT_TRIED = "the run ended before it was tried"
_NO_PLACE = "there is no such property any more: `syncengine notion init` adds it"
_NOT_MADE = "what it relates to was not made"


@dataclass(frozen=True, slots=True)
class Deeds:
    """What was done of a plan: ids of actions, and why others failed; ``tried`` is False before it began.

    ``placeless`` are fields of what was done that the sink has no place for.
    """

    tried: bool = False
    done: Collection[str] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    placeless: Mapping[str, Collection[str]] = field(default_factory=dict)


class Remedies:
    """Knows what a plan puts right; ``only`` are the fields that it was limited to."""

    def __init__(
        self,
        plan: SinkPlan,
        policies: Policies,
        only: Collection[str] | None = None,
        deeds: Deeds | None = None,
    ) -> None:
        self._plan = plan
        self._policies = policies
        self._only = only
        self._deeds = deeds or Deeds()
        self._actions: dict[Target, Action] = {
            (each.entity, each.key): each for each in plan.actions
        }
        self._unmade = {
            target
            for target, each in self._actions.items()
            if (each.action == "create" or IN_TRASH in each.fields)
            and each.id not in self._deeds.done
        }

    def of(self, found: Finding) -> Fix:
        """Return what becomes of a finding."""
        if found.theirs:
            return Fix("theirs")
        if found.cure is None:
            return Fix("left", found.why_not)
        if self._only is not None and found.cure.field not in self._only:
            return Fix("left", "--only leaves it as it is")
        if self._plan.refusals:
            return Fix("left", f"refused: {self._plan.refusals[0].message}")
        action = self._actions.get(found.cure.target)
        if action is None or not _covers(action, found.cure):
            return Fix("left", _NAMES_NOTHING)
        if action.action == "conflict":
            return Fix("left", _CONFLICT)
        return self._tried(action, found.cure.field)

    def _tried(self, action: Action, name: str) -> Fix:
        deeds = self._deeds
        if not deeds.tried:
            return Fix("planned")
        if action.id in deeds.failed:
            return Fix("failed", deeds.failed[action.id])
        if action.id not in deeds.done:
            return Fix("left", _NOT_TRIED)
        if name in deeds.placeless.get(action.id, ()):
            return Fix("left", _NO_PLACE)
        if self._unmade & set(related(action, self._policies)):
            return Fix("left", _NOT_MADE)
        return Fix("fixed")


def unplanned(found: Finding) -> Fix:
    """Return what becomes of a finding where nothing is to be put right."""
    return Fix("theirs") if found.theirs else Fix("open", found.why_not)


def _covers(action: Action, cure: Cure) -> bool:
    if action.action == "create":
        return True
    return cure.field in action.fields or (action.action == "remove" and cure.field != PAGE)
