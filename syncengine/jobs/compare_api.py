"""Ask the service about tracks, within its budget, and compare what it says with what is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from syncengine.core.compare_facts import compare_facts, vanished
from syncengine.core.finding import Finding
from syncengine.core.identity import TrackKey
from syncengine.core.lookup import RATE_LIMITED, Batch, Fallback, TrackAnswer, fallback_of
from syncengine.core.ports import Clock
from syncengine.jobs.lookup import Lookups
from syncengine.jobs.watch import NOBODY, Watch
from syncengine.storage.unit_of_work import UnitOfWork

FRESH = 7 * 24 * 60 * 60
"""Seconds for which an answer counts: so that a run goes on where the budget ended the one before."""
_AT_ONCE = 200
_SIGN_IN, _BUSY, _GONE, _UNREACHABLE = "sign-in", "busy", "gone", "unreachable"
_ENDS = frozenset({RATE_LIMITED, _SIGN_IN, _BUSY})


@dataclass(slots=True)
class Compared:
    """What asking came to: how many tracks were asked about now, were answered lately, and are left.

    ``stopped`` is what ended it before all were asked.
    """

    findings: list[Finding] = field(default_factory=list)
    asked: int = 0
    fresh: int = 0
    left: int = 0
    stopped: Fallback | None = None

    @property
    def needs_sign_in(self) -> bool:
        """Say whether it ended because nobody is signed in."""
        return self.stopped is not None and self.stopped.reason == _SIGN_IN


def compare_with_service(
    lookups: Lookups,
    reading: Callable[[], AbstractContextManager[UnitOfWork]],
    clock: Clock,
    *,
    tracks: Collection[TrackKey] | None = None,
    first: Iterable[TrackKey] = (),
    watch: Watch = NOBODY,
) -> Compared:
    """Return what the service says otherwise of tracks (none: all) in the library.

    Those of ``first`` are asked about before others, then those that were never asked about, then the
    longest ago. What was answered within the last days (FRESH) is not asked again.
    """
    found = Compared()
    with reading() as unit:
        known = [key for key in unit.origins.tracks() if tracks is None or key in tracks]
        answered = unit.origins.answered_at()
    fresh = [key for key in known if clock() - answered.get(key, -FRESH) < FRESH]
    found.fresh = len(fresh)
    for some in _parts(fresh):
        _compare(lookups, reading, some, found)
    before, recent = set(first), set(fresh)
    waiting = [key for key in known if key not in recent]
    waiting.sort(key=lambda key: (key not in before, answered.get(key, 0), key))
    watch.expect(len(waiting))
    for some in _parts(waiting):
        told, gone = _ask(lookups, some, found)
        _compare(lookups, reading, told, found, gone)
        found.asked += len(told) + len(gone)
        watch.advance(len(some))
        if found.stopped is not None:
            break
    found.left = len(waiting) - found.asked
    return found


def _ask(
    lookups: Lookups, keys: Sequence[TrackKey], found: Compared
) -> tuple[list[TrackKey], list[TrackKey]]:
    """Return the tracks that the service told of, and those that it no longer has."""
    batch = lookups.tracks(keys, "api")
    told: list[TrackKey] = []
    gone: list[TrackKey] = []
    for key in keys:
        why = _obstacle(batch, key)
        if why is None:
            told.append(key)
        elif why.reason == _GONE:
            gone.append(key)
        elif why.reason in _ENDS or not told:
            found.stopped = found.stopped or why
    if told and found.stopped is not None and found.stopped.reason not in _ENDS:
        found.stopped = None  # others got through
    return told, gone


def _obstacle(batch: Batch[TrackAnswer], key: TrackKey) -> Fallback | None:
    if key in batch.failed:
        return fallback_of(batch.failed[key])
    return batch.found[key].fallback


def _compare(
    lookups: Lookups,
    reading: Callable[[], AbstractContextManager[UnitOfWork]],
    told: Sequence[TrackKey],
    found: Compared,
    gone: Sequence[TrackKey] = (),
) -> None:
    answers = lookups.known.answered(told)
    with reading() as unit:
        facts = unit.origins.facts([*told, *gone])
    for key in told:
        if key in facts and key in answers:
            said, rated = answers[key]
            found.findings += compare_facts(*facts[key], said.claim, rated)
    found.findings += (vanished(facts[key][0]) for key in gone if key in facts)


def _parts(keys: Sequence[TrackKey]) -> Iterable[Sequence[TrackKey]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
