"""A series as one line of marks: blocks where the terminal can show them, digits elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
DIGITS = "0123456789"


def sparkline(values: Sequence[float], *, blocks: bool) -> str:
    """Return a mark for each value, from the lowest of them to the highest; equal ones are in the middle."""
    marks = BLOCKS if blocks else DIGITS
    if not values:
        return ""
    low, high = min(values), max(values)
    if low == high:
        return marks[len(marks) // 2 - 1] * len(values)
    step = (len(marks) - 1) / (high - low)
    return "".join(marks[round((value - low) * step)] for value in values)
