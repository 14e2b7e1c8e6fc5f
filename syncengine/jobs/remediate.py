"""Hold a sink beside the library: what is missing, differs or is broken there, and what a plan puts right.

Nothing is written here. What is to be put right is a plan like any, and is carried out as any is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncengine.core.finding import Finding, NameMismatch
from syncengine.core.identity import TrackKey
from syncengine.core.plan import Entity, Related, Target
from syncengine.core.ports import Clock
from syncengine.core.ranges import FEATURES
from syncengine.core.remediation import FieldNotes, Scene, findings, persons_own
from syncengine.core.scope import reach
from syncengine.core.sight import Sight
from syncengine.core.sink import Sink
from syncengine.core.track import Provenance
from syncengine.jobs.look import look_at_everything
from syncengine.jobs.looked import Looked
from syncengine.jobs.planning import plan_library
from syncengine.jobs.reconcile import Planned, Side, Wishes, compared
from syncengine.jobs.reconciling import Hand, Tools, respect_pause, side_of
from syncengine.jobs.settling import settle_doubts
from syncengine.storage.unit_of_work import UnitOfWork

_EXPORTED = "the exports say so: correct the source, or import a newer export"


@dataclass(slots=True)
class Judged:
    """What a sink came to beside the library.

    ``theirs`` are people's own values and pages, which are no faults. ``checked`` counts things by entity;
    ``is_known`` says that there is something to go by: the sink was looked at, or agreed at some time.
    ``titles`` has what things are called that findings name by key, ``tracks`` the tracks that were
    asked for; None is for all.
    """

    planned: Planned
    findings: list[Finding]
    theirs: list[Finding] = field(default_factory=list)
    names: list[NameMismatch] = field(default_factory=list)
    checked: Mapping[Entity, int] = field(default_factory=dict)
    is_known: bool = True
    titles: Mapping[str, str] = field(default_factory=dict)
    tracks: frozenset[TrackKey] | None = None


def look(hand: Hand, tools: Tools) -> Looked:
    """Read all there is in a sink, and write nothing there.

    What a killed run left in doubt is settled first. What was seen is remembered, as of every look.
    Raises RemoteError where the sink cannot be asked.
    """
    respect_pause(hand.sink.name, tools)
    settle_doubts(hand.sink, writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock)
    return look_at_everything(
        hand.sink, side_of(hand, tools), hand.sink.entities,
        writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock,
    )  # fmt: skip


def judge(
    unit: UnitOfWork,
    sink: Sink,
    notes: FieldNotes,
    clock: Clock,
    wishes: Wishes,
    seen: Sight | None = None,
) -> Judged:
    """Return what is wrong in a sink, by what is known of it; ``seen`` is what a look just saw.

    Needs no network. Raises NotFound for a scope that nobody knows.
    """
    sight = seen or Sight()
    wanted = replace(wishes, choice="use-ours", only=None, marked=sight.marked)
    planned = plan_library(unit, [sink], clock, wanted)
    decisions = unit.agreed.decisions(sink.name)
    side = planned.sides.get(sink.name)
    if side is None and (decisions.kept or sight.strangers or sight.doubled):
        side = compared(sink, unit.catalogue, unit.agreed.agreed(sink.name))
    is_known = seen is not None or side is None or bool(side.agreed)
    scene = _scene(sink, side, notes, wishes, sight)
    scene = replace(scene, decisions=decisions)
    actions = planned.plan.sinks[sink.name].actions if is_known else ()
    found = findings(scene, iter(actions))
    found += _out_of_range(unit, notes, scene, found)
    with_origins = _with_origins(unit, notes, scene, found)
    own = list(persons_own(scene))
    tracks = _tracks(scene)
    tallies = planned.plan.sinks[sink.name].entities
    return Judged(
        planned,
        [each for each in with_origins if not each.theirs],
        [*_with_origins(unit, notes, scene, own), *(each for each in with_origins if each.theirs)],
        unit.origins.name_mismatches(tracks),
        {e: t.create + t.update + t.remove + t.conflict + t.unchanged for e, t in tallies.items()},
        is_known,
        _titles(scene, [*found, *own]),
        tracks,
    )


def plan_fix(unit: UnitOfWork, sink: Sink, clock: Clock, wishes: Wishes, seen: Sight) -> Planned:
    """Return the plan that puts right what was found, as far as ``wishes.only`` chooses it."""
    return plan_library(unit, [sink], clock, replace(wishes, choice="use-ours", marked=seen.marked))


def _scene(sink: Sink, side: Side | None, notes: FieldNotes, wishes: Wishes, sight: Sight) -> Scene:
    desired, agreed = (side.desired, side.agreed) if side else ({}, {})
    within = None
    if not wishes.scope.whole:
        reached = reach(wishes.scope, desired, agreed, sink.policies)
        within = reached.written | reached.removed
    return Scene(desired, agreed, sink.policies, notes.ranges, sight=sight, within=within)


def _out_of_range(
    unit: UnitOfWork, notes: FieldNotes, scene: Scene, found: Iterable[Finding]
) -> list[Finding]:
    """Return the audio features that are out of range in the library itself."""
    known = {(each.target, each.field) for each in found if each.kind == "out-of-range"}
    more = []
    for key, title, name, value in unit.origins.out_of_range(FEATURES):
        target: Target = ("track", key)
        column = notes.features[name]
        if (target, column) in known or not _is_within(scene, target):
            continue
        said = f"{name} can be {FEATURES[name]}"
        about = (*target, title or key, column, None, value, said)
        more.append(Finding("out-of-range", *about, where="library", why_not=_EXPORTED))
    return more


def _is_within(scene: Scene, target: Target) -> bool:
    return scene.within is None or target in scene.within


def _tracks(scene: Scene) -> frozenset[TrackKey] | None:
    if scene.within is None:
        return None
    return frozenset(TrackKey(key) for entity, key in scene.within if entity == "track")


def _with_origins(
    unit: UnitOfWork, notes: FieldNotes, scene: Scene, found: Sequence[Finding]
) -> list[Finding]:
    """Return findings with who says so, and since when; of albums and artists their tracks say it."""
    speakers = _speakers(scene, {each.target for each in found if each.field})
    keys = {track for several in speakers.values() for track in several}
    sources = unit.origins.sources(keys) if keys else {}
    return [_with_origin(notes, each, speakers.get(each.target, ()), sources) for each in found]


def _with_origin(
    notes: FieldNotes,
    found: Finding,
    speakers: Iterable[TrackKey],
    sources: Mapping[TrackKey, Mapping[str, Provenance]],
) -> Finding:
    group = notes.said_in.get(found.entity, {}).get(found.field or "", "")
    said = [sources[key][group] for key in speakers if group in sources.get(key, {})]
    if not said:
        return found
    source, at = max(said, key=lambda each: each.at)
    return replace(found, source=source or None, since=at)


def _speakers(scene: Scene, about: Collection[Target]) -> dict[Target, list[TrackKey]]:
    """Return the tracks whose facts tell of things: a track's own, an album's and an artist's tracks."""
    found = {target: [TrackKey(target[1])] for target in about if target[0] == "track"}
    others = {target for target in about if target[0] in ("album", "artist")}
    if others:
        for target, item in scene.desired.items():
            for name, policy in scene.policies.get(item.entity, {}).items():
                keys = item.properties.get(name)
                if isinstance(policy, Related) and isinstance(keys, tuple):
                    for key in keys:
                        if (policy.to, key) in others:
                            found.setdefault((policy.to, key), []).append(TrackKey(target[1]))
    return found


def _titles(scene: Scene, found: Iterable[Finding]) -> dict[str, str]:
    titles: dict[str, str] = {}
    for each in found:
        policy = scene.policies.get(each.entity, {}).get(each.field or "")
        if not isinstance(policy, Related):
            continue
        for value in (each.there, each.ours):
            for key in value if isinstance(value, tuple) else ():
                target: Target = (policy.to, key)
                thing = scene.desired.get(target) or scene.agreed.get(target)
                if thing is not None:
                    titles[key] = thing.title
    return titles
