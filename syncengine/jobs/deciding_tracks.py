"""Record what a person says of two tracks: that they are one recording, or that they are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.core.identity import TrackKey
from syncengine.core.ports import Clock
from syncengine.core.track import title_of
from syncengine.core.track_decision import TrackDecision, Verdict, decision, settle
from syncengine.errors import NotFound, UsageError
from syncengine.jobs.runs import OpenUnit, recorded_run
from syncengine.storage.repositories.track_decisions import (
    judge_tracks,
    keys_now,
    track_decisions,
)
from syncengine.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DecidedTracks:
    """What was noted; ``overruled`` are earlier decisions that no longer hold because of it.

    ``titles`` name the tracks with their artists; ``absent`` are those that no playlist holds now.
    """

    made: TrackDecision
    overruled: tuple[TrackDecision, ...]
    titles: Mapping[TrackKey, str]
    absent: tuple[TrackKey, ...]


def decide_tracks(
    one: TrackKey, other: TrackKey, verdict: Verdict, *, open_unit: OpenUnit, clock: Clock
) -> DecidedTracks:
    """Record that two tracks are one recording, or not; a recorded run.

    Of decisions that contradict it the later ones hold: an earlier one on the same two is taken back, and
    so are those that this one overrules by way of other tracks. Raises NotFound for a track that was never
    seen, UsageError where both are one track.
    """
    with recorded_run(open_unit, "duplicates --decide", clock) as run, open_unit() as unit:
        numbers = {key: _number(unit, key) for key in (one, other)}
        keys = unit.library.track_keys(set(numbers.values()))
        now = {key: keys[number] for key, number in numbers.items()}
        if now[one] == now[other]:
            raise UsageError(f"{one} and {other} are one track: name two")
        made = decision(verdict, now[one], now[other])
        before = [
            each for each in track_decisions(unit.connection) if (each.one, each.other) != made[1:]
        ]
        overruled = settle([*before, made], keys_now(unit.connection)).overruled
        judge_tracks(unit.connection, made, overruled, clock())
        titles = _titles(unit, [*made[1:], *(key for each in overruled for key in each[1:])])
        absent = tuple(
            key for key in made[1:] if not unit.library.playlists_holding(_number(unit, key))
        )
        unit.commit()
        run.summary = {"verdict": verdict}
    return DecidedTracks(made, overruled, titles, absent)


def _number(unit: UnitOfWork, key: TrackKey) -> int:
    number = unit.library.track_number(key)
    if number is None:
        raise NotFound(f"{key} was never seen in this library")
    return number


def _titles(unit: UnitOfWork, keys: list[TrackKey]) -> dict[TrackKey, str]:
    numbers = {unit.library.track_number(key) for key in dict.fromkeys(keys)}
    facts = unit.library.facts(None, {each for each in numbers if each is not None})
    return {each.track: title_of(each) for each in facts.values()}
