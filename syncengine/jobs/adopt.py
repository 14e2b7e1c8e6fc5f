"""Take an existing tree of audio files into the playlist folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncengine.core.audio_file import AudioFile
from syncengine.core.music_folder import is_under
from syncengine.core.path_text import path_text
from syncengine.core.plan import Action, Agreed, SinkPlan, Target, action_id, make_plan
from syncengine.core.scope import Scope
from syncengine.jobs.apply import Means, apply
from syncengine.jobs.apply_report import ApplyReport, Progress, silent
from syncengine.jobs.planning import present_base
from syncengine.jobs.reconcile import Planned, Wishes
from syncengine.jobs.reconciling import Hand, Tools, carry_out, plan_of, side_of
from syncengine.storage.unit_of_work import UnitOfWork

SameBytes = Callable[[str, str], bool]
"""Tells whether two paths have the same bytes."""
Repeated = Callable[[], Mapping[int, int]]
"""Returns which files have the audio of another one, and of which."""
SAME_AS = "Same as"
"""The field by which an action says of which file another one has the very bytes."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What stands in a tree: files by number; ``unmatched`` are of no track that is sure enough."""

    files: Mapping[int, AudioFile]
    unmatched: Sequence[int]


def tree_of(unit: UnitOfWork, folder: str) -> Tree:
    """Return the files of a tree as they are known, after a scan of it."""
    there = {
        number: file
        for number, file in unit.audio_files.present().items()
        if is_under(file.path, folder)
    }
    matches = unit.file_matches.stored()
    unmatched = [n for n in there if n not in matches or not matches[n].acts]
    return Tree(there, sorted(unmatched, key=lambda n: there[n].path))


@dataclass(slots=True)
class Adoption:
    """A plan for a tree, and the files in it that have the audio of another one, which is kept.

    ``kept`` has the paths of these others by number. ``retagged`` are those that were found to have other
    tags when they were to be removed: they stay.
    """

    planned: Planned
    tree: Tree
    repeated: Mapping[int, int]
    kept: Mapping[int, str]
    removed: ApplyReport = field(default_factory=ApplyReport)
    retagged: Sequence[int] = ()


def plan_adoption(
    tree: Tree, hand: Hand, tools: Tools, wishes: Wishes, repeated: Repeated
) -> Adoption:
    """Return what brings a tree's files into the playlist folders.

    ``repeated`` returns the files that have the audio of another one, once it is worked out where all
    belong.
    """
    side_of(hand, tools)
    found = {number: kept for number, kept in repeated().items() if number in tree.files}
    chosen = tree.files.keys() - found.keys() - set(tree.unmatched)
    scope = Scope(files=frozenset(map(str, chosen)))
    planned = (
        plan_of([hand], tools, replace(wishes, scope=scope)) if chosen else _nothing(hand, tools)
    )
    with tools.open_unit() as unit:
        there = unit.audio_files.present()
    paths = {kept: there[kept].path for kept in found.values()}
    return Adoption(planned, tree, found, paths)


def _nothing(hand: Hand, tools: Tools) -> Planned:
    with tools.open_unit() as unit:
        base = present_base(unit)
    plan = SinkPlan({}, hand.sink.estimate(()), ())
    return Planned(make_plan(tools.clock(), base, {hand.sink.name: plan}), {})


def adopt(adoption: Adoption, hand: Hand, tools: Tools, progress: Progress = silent) -> ApplyReport:
    """Do what was planned for a tree; only who holds the lock may call it."""
    return carry_out(hand, adoption.planned, tools, progress)


def remove_repeated(
    adoption: Adoption,
    hand: Hand,
    tools: Tools,
    same_bytes: SameBytes,
    progress: Progress = silent,
) -> ApplyReport:
    """Remove the files of a tree that have the very bytes of one that is kept, which is looked at again."""
    name = hand.sink.name
    agreed: dict[Target, Agreed] = {}
    actions = []
    with tools.open_unit() as unit:
        there = unit.audio_files.present()
    same = {
        number: kept
        for number, kept in sorted(adoption.repeated.items())
        if kept in there and same_bytes(adoption.tree.files[number].path, there[kept].path)
    }
    adoption.retagged = sorted(adoption.repeated.keys() - same.keys())
    for number, kept in same.items():
        target: Target = ("file", str(number))
        path = path_text(adoption.tree.files[number].path)
        fields = {SAME_AS: (None, str(kept))}
        identity = action_id(name, "remove", target, fields)
        reason = f"the same bytes as file {kept}"
        actions.append(Action(identity, "remove", "file", str(number), path, fields, reason))
        agreed[target] = Agreed("file", str(number), "", {}, path)
    means = Means(hand.sink, hand.writer, tools.open_unit, tools.clock, tools.run)
    return apply(actions, agreed, means, progress)
