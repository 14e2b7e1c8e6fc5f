"""Between which values the numbers about a track can lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Range(NamedTuple):
    """The least and the greatest value that a number can have, both included."""

    least: float
    most: float

    def has(self, value: float) -> bool:
        """Say whether a number lies in it."""
        return self.least <= value <= self.most

    def __str__(self) -> str:
        return f"{self.least:g} to {self.most:g}"


_SHARE = Range(0, 1)

POPULARITY = Range(0, 100)
FEATURES: Mapping[str, Range] = {
    "danceability": _SHARE,
    "energy": _SHARE,
    "key": Range(-1, 11),
    "loudness": Range(-100, 20),
    "mode": _SHARE,
    "speechiness": _SHARE,
    "acousticness": _SHARE,
    "instrumentalness": _SHARE,
    "liveness": _SHARE,
    "valence": _SHARE,
    "tempo": Range(0, 500),
    "time_signature": Range(0, 11),
}
"""Spotify's audio features. It documents shares of 0 to 1 and keys of -1 to 11; loudness it calls "typically"
-60 to 0 dB, and tempo and metre have no documented end, so theirs are where no music is."""
