"""Measures scans of music folders: ``python -m benchmarks.scan URL``, URL being an empty library's.

Makes small tagged files of every kind, as the tests do, beside the library, then scans them twice, in
one process. Prints the figures, in the last line as JSON for the table of ``benchmarks.run``. With
``--check`` it ends with 1 where one misses its limit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measurements import MEASUREMENTS
from syncengine.adapters.folders import Folders
from syncengine.core.moment import Instant
from syncengine.jobs.scan import scan
from syncengine.storage.unit_of_work import Database
from tests.audio import make_many


def measure(url: str, folder: Path, files: int) -> dict[str, float]:
    """Return the figures by the names of the table."""
    make_many(folder, files)
    database = Database(url, _now)
    music = Folders([folder])
    times = []
    for read in (files, 0):
        began = time.perf_counter()
        found = scan(music, open_unit=database.unit, clock=_now)
        times.append(time.perf_counter() - began)
        assert (found.files, found.read, found.unreadable) == (files, read, [])
    return {"scan-first": times[0], "scan-file": times[0] / files, "scan-again": times[1]}


def _now() -> Instant:
    return Instant(int(time.time()))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when asked to check and a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan", description=__doc__)
    parser.add_argument("url", help="the library, as SQLAlchemy has it")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="syncengine-music-") as folder:
        found = measure(options.url, Path(folder), options.files)
    limits = {each.name: each.most for row in MEASUREMENTS for each in row.within}
    missed = []
    for name, value in found.items():
        limit = limits.get(name)
        print(f"{name:<12}{value:9.4f} s" + ("" if limit is None else f"  (at most {limit:g} s)"))
        missed += [name] if limit is not None and value > limit else []
    print(f"{1 / found['scan-file']:,.0f} files a second")
    print(json.dumps({"within": found}))
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
