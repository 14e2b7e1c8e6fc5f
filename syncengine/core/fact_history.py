"""How the facts of one track changed: what was told when, by which source, and what that means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from syncengine.core.history import Fact, became_known, diff_facts, shown_facts
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import Attestation, in_hindsight, resolve


class Turn(StrEnum):
    """What it means that a fact is told otherwise than before."""

    KNOWN = "known"
    """It became known, or known more precisely."""
    CHANGED = "changed"
    CORRECTED = "corrected"
    """A better source says otherwise on its first word: as far as anybody can tell, it always was so."""


@dataclass(frozen=True, slots=True)
class FactTurn:
    """From ``at`` on a fact was told as ``after`` by ``source``; ``before`` that, as ``before``."""

    at: Instant
    source: str
    field: str
    before: Fact
    after: Fact
    turn: Turn


def fact_turns(track: TrackKey, told: Sequence[Attestation]) -> Iterator[FactTurn]:
    """Yield each change of a track's facts in order of time, out of all that was said of it, in order.

    Of several sources that spoke at one moment the best one is named.
    """
    moments = sorted({said.at for said in told})
    before = resolve(track, ())
    known_at = Instant(0)
    for at in moments:
        so_far = [said for said in told if said.at <= at]
        after = resolve(track, so_far)
        real = diff_facts(resolve(track, in_hindsight(so_far, known_at)), after)
        old, new = shown_facts(before), shown_facts(after)
        speaker = max((s.dialect for s in so_far if s.at == at), key=lambda each: each.rank)
        for field, value in new.items():
            if old[field] == value:
                continue
            turn = Turn.CHANGED if field in real else Turn.CORRECTED
            turn = Turn.KNOWN if became_known(old[field], value) else turn
            yield FactTurn(at, speaker.name, field, old[field], value, turn)
        before, known_at = after, at
