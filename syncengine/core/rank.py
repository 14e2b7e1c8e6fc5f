"""Ranks: numbers that keep entries in order with room between, so that an insertion moves nobody."""

from __future__ import annotations

from collections.abc import Sequence

STEP = 4096
"""The room left between two neighbours; halving it twelve times makes the next insertion re-rank."""


def fill(ranks: Sequence[int | None]) -> list[int] | None:
    """Give a rank to every None, keeping the given ones, which must rise.

    Returns None when there is no room between two neighbours: then all get ``fresh`` ranks.
    """
    result: list[int] = []
    size = len(ranks)
    at = 0
    while at < size:
        known = ranks[at]
        if known is not None:
            result.append(known)
            at += 1
            continue
        end = at
        while end < size and ranks[end] is None:
            end += 1
        gap = _between(result[-1] if result else None, ranks[end] if end < size else None, end - at)
        if gap is None:
            return None
        result += gap
        at = end
    return result


def _between(low: int | None, high: int | None, count: int) -> list[int] | None:
    if low is None and high is None:
        return fresh(count)
    if low is None:
        assert high is not None  # noqa: S101 - narrows the type: the case above took both missing
        return [high - STEP * (count - i) for i in range(count)]
    if high is None:
        return [low + STEP * (i + 1) for i in range(count)]
    if high - low <= count:
        return None
    return [low + (high - low) * (i + 1) // (count + 1) for i in range(count)]


def fresh(count: int) -> list[int]:
    """Return evenly spaced ranks for a playlist of ``count`` entries."""
    return [STEP * (i + 1) for i in range(count)]
