"""Take back what a run did in a sink that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.core.plan import Action, Agreed, Kind, Related, Target, Value, action_id
from syncengine.core.sink import Sink
from syncengine.errors import NotFound
from syncengine.jobs.apply import Means, apply
from syncengine.jobs.apply_report import ApplyReport, Progress, silent
from syncengine.jobs.reconcile import Side
from syncengine.jobs.reconciling import Hand, Tools, remember, side_of
from syncengine.jobs.settling import settle_doubts
from syncengine.storage.repositories.journal import Done

CHANGED_SINCE = "a later run changed it again; take that one back first"


@dataclass(frozen=True, slots=True)
class Undoing:
    """What is to be done to take a run back, in order; ``left`` says of what it cannot be, and why.

    ``numbers`` are the writes of the journal that the actions take back; ``settled`` counts writes that a
    run had begun when it was cut off, and that were completed first.
    """

    run: int
    actions: Sequence[Action]
    agreed: Mapping[Target, Agreed]
    numbers: Mapping[Target, int]
    left: Sequence[tuple[Done, str]] = field(default_factory=list)
    settled: int = 0


def plan_undo(hand: Hand, tools: Tools, run: int | None) -> Undoing:
    """Return what takes back a run, by default the last one that did something.

    What a killed run left in doubt is settled first. Raises NotFound where there is nothing to be
    taken back.
    """
    name = hand.sink.name
    settled = settle_doubts(
        hand.sink, writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock
    )
    with tools.open_unit() as unit:
        journal = unit.journal(name)
        runs = journal.runs()
        if run is None and not runs:
            raise NotFound("no run did anything that could be taken back")
        chosen = runs[0] if run is None else run
        done = [each for each in journal.done(chosen) if each.undo is not None]
        if not done:
            known = ", ".join(map(str, runs[:5])) or "none"
            raise NotFound(
                f"run {chosen} did nothing that could be taken back; runs that did: {known}"
            )
        later = journal.changed_after(done[-1].number)
    side = side_of(hand, tools)
    remember(name, side, tools)
    better = _better_keys(side)
    later = {(entity, better.get((entity, key), key)) for entity, key in later}
    agreed = side.agreed
    actions: list[Action] = []
    numbers: dict[Target, int] = {}
    left: list[tuple[Done, str]] = []
    for written in reversed(done):
        each = _by_present_keys(written, better, hand.sink)
        target: Target = (each.entity, each.key)
        if target in later:
            left.append((each, CHANGED_SINCE))
            continue
        numbers[target] = each.number
        if not _is_taken_back(each, agreed.get(target)):
            actions.append(_inverse(name, each, agreed.get(target)))
    return Undoing(chosen, actions, agreed, numbers, left, settled)


def undo(undoing: Undoing, hand: Hand, tools: Tools, progress: Progress = silent) -> ApplyReport:
    """Take a run back; what was taken back cannot be a second time. Only who holds the lock may call it."""
    name = hand.sink.name
    means = Means(
        hand.sink, hand.writer, tools.open_unit, tools.clock, tools.run, can_be_undone=False
    )
    report = apply(undoing.actions, undoing.agreed, means, progress)
    failed = {(each.action.entity, each.action.key) for each in report.failed}
    stopped = report.left > 0
    back = [n for target, n in undoing.numbers.items() if target not in failed]
    with tools.open_unit() as unit:
        if not stopped:
            unit.journal(name).forget_undo(back)
        unit.agreed.forget_agreement(name)
        unit.commit()
    return report


def _better_keys(side: Side) -> dict[Target, str]:
    """Return the present keys of what went by another one when it was written."""
    return {
        (item.entity, old): item.key
        for item in side.desired.values()
        for old in item.also
        if (item.entity, old) not in side.desired
    }


def _by_present_keys(done: Done, better: Mapping[Target, str], sink: Sink) -> Done:
    undo = done.undo
    if not better or undo is None:
        return done
    before = dict(undo.before) if undo.before is not None else None
    for name, policy in sink.policies.get(done.entity, {}).items():
        keys = before.get(name) if before else None
        if before and isinstance(policy, Related) and isinstance(keys, tuple):
            before[name] = tuple(better.get((policy.to, key), key) for key in keys)
    key = better.get((done.entity, done.key), done.key)
    return done._replace(key=key, undo=undo._replace(before=before))


def _is_taken_back(done: Done, now: Agreed | None) -> bool:
    before = done.undo.before if done.undo else None
    if now is None or before is None:
        return now is None and before is None
    kept = done.undo.kept if done.undo else {}
    # What stood there need not be what was agreed: a person's list, that gave way as decided.
    stood = {name: value for name, value in kept.items() if name in now.properties}
    return now.properties == {**before, **stood}


def _inverse(sink: str, done: Done, now: Agreed | None) -> Action:
    """Return the action that takes a write back."""
    undo = done.undo
    held = dict(now.properties) if now else {}
    before = dict(undo.before or {}) if undo else {}
    kept = dict(undo.kept) if undo else {}
    names = [name for name in {**held, **before} if held.get(name) != before.get(name)]
    fields: dict[str, tuple[Value, Value]] = {
        **{name: (held.get(name), before.get(name)) for name in names},
        **{name: (held.get(name), value) for name, value in kept.items()},
    }
    target: Target = (done.entity, done.key)
    kind: Kind
    if undo is None or undo.before is None:
        kind, reason = "remove", "taken back: it was put there"
    elif now is None:
        kind, reason = "create", "taken back: it was taken away"
    else:
        kind, reason = "update", "taken back: it was changed"
    title = str(held.get("Name") or before.get("Name") or done.key)
    identity = action_id(sink, kind, target, fields)
    return Action(identity, kind, done.entity, done.key, title, fields, reason)
