"""Seeded choices that come out the same on every Python.

Only ``random.random`` is promised to give the same numbers in every version for one seed
(docs.python.org, "Notes on Reproducibility"), so all other draws are made from it here.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_IDS_PER_BLOCK = 4_096


class Dice:
    """A stream of choices that one seed fixes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random
        self._ids = _ids(seed)

    def below(self, end: int) -> int:
        """Return a whole number from 0 up to, not including, ``end``."""
        return int(self.random() * end)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Return True in ``share`` (0–1) of all cases."""
        return self.random() < share

    def pick(self, among: Sequence[T]) -> T:
        """Return one of ``among``, all equally likely."""
        return among[int(self.random() * len(among))]

    def skewed(self, end: int, power: float = 2.5) -> int:
        """Return a number below ``end`` by a power law: the lower, the more often."""
        return int(self.random() ** power * end)

    def spotify_id(self) -> str:
        """Return 22 characters of base62, as Spotify's ids look."""
        return next(self._ids)

    def shuffle(self, items: list[T]) -> None:
        """Put ``items`` in another order, in place."""
        draw = self.random
        for last in range(len(items) - 1, 0, -1):
            other = int(draw() * (last + 1))
            items[last], items[other] = items[other], items[last]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Return ``count`` different places of ``items``, in no order."""
        pool = list(items)
        count = min(count, len(pool))
        draw, size = self.random, len(pool)
        for place in range(count):
            other = place + int(draw() * (size - place))
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:count]


def _ids(seed: int) -> Iterator[str]:
    """Yield ids cut from a hash of the seed: drawing single characters would be slow."""
    block = 0
    while True:
        noise = hashlib.shake_128(f"{seed}/{block}".encode()).digest(_IDS_PER_BLOCK // 2 * 33)
        text = base64.b64encode(noise, altchars=b"5t").decode()
        for start in range(0, len(text), 22):
            yield text[start : start + 22]
        block += 1
