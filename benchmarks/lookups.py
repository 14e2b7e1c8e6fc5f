"""Measures lookups within one process: ``python -m benchmarks.lookups DATABASE_URL``.

Prints the medians, and in the last line all of them as JSON for the table of ``benchmarks.run``. With
``--check`` it ends with 1 where one misses its limit.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, cast

from benchmarks.measurements import MEASUREMENTS
from syncengine import Library
from syncengine.core.lookup import TrackAnswer
from syncengine.core.moment import Instant
from syncengine.core.remote import Service
from syncengine.errors import TryLater

NOW = Instant(1_800_000_000)
ROUNDS = 500


class _Limited:
    """A service that says 429 to everybody, and notes when it said so last."""

    said_at = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def refuse(*_arguments: object) -> None:
            self.said_at = time.perf_counter()
            raise TryLater("429", system="spotify", operation=name, not_before=NOW + 60)

        return refuse


def measure(url: str, *, rounds: int = ROUNDS, seed: int = 7) -> dict[str, float]:
    """Return the medians in seconds, by the names of the table."""
    limited = _Limited()
    dice = random.Random(seed)
    found: dict[str, float] = {}
    with Library(url, clock=lambda: NOW, service=cast("Service", limited)) as library:
        named = [
            track.facts.track
            for track in library.tracks()
            if track.facts.recording.artists and track.facts.track.startswith("spotify:track:")
        ]
        keys = dice.choices(named, k=rounds)
        library.track(keys[0], prefer="stored")
        found["by-id"] = _median(lambda key: library.track(key, prefer="stored"), keys)
        answers = list(library.tracks(dict.fromkeys(keys)))
        first = answers[0]
        found["names"] = _median(lambda answer: _by_name(library, answer), [first])
        found["by-name"] = _median(lambda answer: _by_name(library, answer), answers)
        checks = [_check(dice, library, answer) for answer in answers]
        found["duplicate"] = _median(lambda check: check(), checks)
        found["words"] = _median(library.search, [first.title or ""])
        found["search"] = _median(library.search, [_words(dice, answer) for answer in answers])
        found["rate-limited"] = median(_after_429(library, limited, key) for key in keys)
    return found


def _median(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    times = []
    for item in items:
        begun = time.perf_counter()
        work(item)
        times.append(time.perf_counter() - begun)
    return median(times)


def _by_name(library: Library, answer: TrackAnswer) -> TrackAnswer:
    return library.track(answer.title or "", artist=answer.artists[0], prefer="stored")


def _check(dice: random.Random, library: Library, answer: TrackAnswer) -> Callable[[], object]:
    """Return a check for a duplicate, found in one of the three ways."""
    kind = dice.choice(("id", "isrc", "name"))
    if kind == "id":
        return lambda: library.find_duplicate(answer.key)
    if kind == "isrc" and answer.isrc:
        return lambda: library.find_duplicate(isrc=answer.isrc)
    title, artist, length = answer.title or "", answer.artists[0], answer.duration_ms
    return lambda: library.find_duplicate(title, artist=artist, duration_ms=length)


def _words(dice: random.Random, answer: TrackAnswer) -> str:
    """Return what a person types to find a track: its artist, its title, or some of each."""
    title, artist = (answer.title or "").split(), answer.artists[0].split()
    typed = (
        title,
        artist,
        [*title[:2], *artist[-1:]],
        [*artist[:1], *title[-1:]],
        [dice.choice(title), artist[-1][:3]],
    )
    return " ".join(dice.choice(typed))


def _after_429(library: Library, limited: _Limited, key: str) -> float:
    assert library.track(key).is_fallback
    return time.perf_counter() - limited.said_at


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when asked to check and a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lookups", description=__doc__)
    parser.add_argument("url", help="the address of a library")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="lookups of each kind (500)")
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    options = parser.parse_args(argv)
    found = measure(options.url, rounds=options.rounds)
    limits = {each.name: each.most for row in MEASUREMENTS for each in row.within}
    for name, seconds in found.items():
        limit = limits.get(name)
        aim = "" if limit is None else f"  (at most {limit * 1000:g} ms)"
        print(f"{name:<13}{seconds * 1000:9.3f} ms{aim}")
    print(json.dumps({"within": found}))
    missed = [name for name, limit in limits.items() if limit and found.get(name, 0.0) > limit]
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
