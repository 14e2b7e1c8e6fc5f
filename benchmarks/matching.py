"""Matching 10,000 made-up files with 20,000 tracks: how long, and how many of the answers are right.

The files are spoilt in the ways files are (``made_files.py``), and what each is of is known.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from benchmarks.made_files import made_set, score
from benchmarks.measurements import MEASUREMENTS
from syncengine.core.match import Matcher


def measure(*, tracks: int, files: int, seed: int) -> dict[str, float]:
    """Match, and return the seconds it took and the shares of answers, in per cent."""
    made = made_set(seed=seed, tracks=tracks, files=files)
    began = time.perf_counter()
    matcher = Matcher(made.tracks)
    matches = matcher.match_all(each.file for each in made.files)
    seconds = time.perf_counter() - began
    found = score(made.files, matches)
    print(
        f"{found.findable:,} of {files:,} findable, {found.certain:,} certain, {found.likely:,} likely"
    )
    return {
        "matching-seconds": seconds,
        "matching-missed": 100 * (1 - found.share_found),
        "matching-wrong-certain": len(found.wrong_certain),
        "matching-wrong-likely": 100 * found.share_wrong,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when asked to check and a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    options = parser.parse_args(argv)
    found = measure(tracks=options.tracks, files=options.files, seed=options.seed)
    limits = {each.name: each.most for row in MEASUREMENTS for each in row.within}
    missed = []
    for name, value in found.items():
        limit = limits.get(name)
        print(f"{name:<24}{value:9.2f}" + ("" if limit is None else f"  (at most {limit:g})"))
        missed += [name] if limit is not None and value > limit else []
    print(json.dumps({"within": found}))
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
