"""How long entries stay: how many leave in a month, and after how long half of them are gone."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

DAY = 86_400
MONTH = 30.436875 * DAY
"""Seconds of an average month of the Gregorian calendar."""
SHORTEST_WATCH = 28 * DAY
"""Seconds for which a playlist has to be watched before a share for each month says anything."""
FEWEST_AT_RISK = 5
"""Among fewer entries that could have left, one that did says nothing about half of them."""


class Watched(NamedTuple):
    """An entry's ages, in seconds since it was added, between which it was watched.

    ``gone`` says that it left at the end of that; else nobody looked any longer.
    """

    since: int
    until: int
    gone: bool


def churn(removed: int, watched_seconds: int, longest: int) -> float | None:
    """Return the share of entries that leave in a month: removals for each entry and month watched.

    ``watched_seconds`` are those of all entries together, ``longest`` those of the playlist. None for a
    playlist that was watched for less than SHORTEST_WATCH, or had nothing in it.
    """
    if longest < SHORTEST_WATCH or watched_seconds <= 0:
        return None
    return removed / (watched_seconds / MONTH)


def half_life(watched: Iterable[Watched]) -> float | None:
    """Return after how many days half of what was added is gone; None where that is not reached.

    The estimate of Kaplan and Meier (J. Am. Stat. Assoc. 53, 1958) with delayed entry: at each age at
    which entries left, the share of those that did among those that were being watched at that age. So
    entries that are still there count, and one that was first seen at an age of a year says nothing
    about the first year. Where fewer than FEWEST_AT_RISK were watched, the estimate ends.
    """
    spells = [each for each in watched if each.until > each.since]
    begun = sorted(each.since for each in spells)
    ended = sorted(each.until for each in spells)
    left = Counter(each.until for each in spells if each.gone)
    share = 1.0
    for age in sorted(left):
        at_risk = bisect_left(begun, age) - bisect_left(ended, age)
        if at_risk < FEWEST_AT_RISK:
            return None
        share *= 1 - left[age] / at_risk
        if share <= 0.5:
            return age / DAY
    return None
