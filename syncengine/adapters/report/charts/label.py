"""Names as short as a chart has room for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from syncengine.core.page_text import page_text

_LETTER = 6.9
"""Pixels of an average letter of 12 pixels in DejaVu Sans, wider than what the renderer measures with."""


def shortened(name: str, room: int) -> str:
    """Return a name in at most ``room`` columns of narrow letters; what was cut off is an ellipsis.

    Letters of East Asian scripts take two columns, marks that are set on others none (Unicode
    Standard Annex 11).
    """
    kept, used = [], 0
    for letter in page_text(name).strip():
        kept.append(letter)
        used += _columns(letter)
    if used <= room:
        return "".join(kept)
    while kept and used > room - 1:
        used -= _columns(kept.pop())
    return f"{''.join(kept).rstrip()}…"


def extent(labels: Iterable[str]) -> float:
    """Return how many pixels an axis needs for its labels, in the widest of the usual fonts."""
    return max((sum(map(_columns, each)) for each in labels), default=0) * _LETTER


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
