"""Measures how well the budget of a connection to Notion is used: ``python -m benchmarks.notion_pace``.

Creates pages in the Notion double of the tests, over real HTTP and in real time, so 2,000 of them at 600 a
minute take more than three minutes. Prints what each window came to, and in the last line all figures as
JSON for the table of ``benchmarks.run``. With ``--check`` it ends with 1 where one misses its limit.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from benchmarks.measurements import MEASUREMENTS
from syncengine.adapters.notion.connection import Connection
from syncengine.adapters.notion.pace import Pace
from syncengine.adapters.notion.wire import NotionWire
from syncengine.core.moment import Instant
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import OLD
from tests.fakes.notion_things import DataSource

ENDPOINT = "POST /v1/pages"
THREADS = 4
GRACE = 0.02
"""Seconds that an answer may take to reach all threads, before a request counts as too early."""


def measure(
    *, creates: int, latency: float, budget: int, window: float, start: float
) -> dict[str, float]:
    """Return the figures by the names of the table; prints the windows."""
    with NotionDouble(latency=latency, budget=budget, window=window) as double:
        rows = double.person.add_database(double.home(), "Songs", {"Name": "title"})
        wire = NotionWire(
            Connection(double.token, double.url, OLD, clock=_now),
            clock=_now,
            random=Random(7),
            pace=Pace(start=start, window=window),
        )
        began = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda n: _create(wire, rows, n), range(creates)))
        seconds = time.perf_counter() - began
        wire.close()
        assert len(double.pages_of(rows)) == creates
        windows, early = double.pace.windows, len(double.log.early(GRACE))
    for n, each in enumerate(windows, 1):
        print(f"window {n}: {each.admitted:,} of {budget:,} let in, {each.refused} refused")
    unused = [1 - each.admitted / budget for each in windows[1:-1]]
    return {
        "pace-seconds": seconds,
        "pace-unused": 100 * max(unused, default=0.0),
        "pace-first": 100 * (1 - windows[0].admitted / budget),
        "pace-refused": max((each.refused for each in windows[1:]), default=0),
        "pace-refused-first": windows[0].refused,
        "pace-early": early,
    }


def _create(wire: NotionWire, rows: DataSource, number: int) -> Mapping[str, Any]:
    parent = {"type": "data_source_id", "data_source_id": rows.id}
    name = {"Name": {"title": [{"text": {"content": f"Song {number}"}}]}}
    return wire.write(
        ENDPOINT,
        lambda client: client.pages.create(parent=parent, properties=name),
        repeatable=False,
    )


def _now() -> Instant:
    return Instant(int(time.time()))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when asked to check and a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notion_pace", description=__doc__)
    parser.add_argument("--creates", type=int, default=2_000)
    parser.add_argument("--latency", type=float, default=0.3, help="seconds to an answer (0.3)")
    parser.add_argument("--budget", type=int, default=600, help="requests in a window (600)")
    parser.add_argument("--window", type=float, default=60.0, help="its seconds (60)")
    parser.add_argument("--start", type=float, default=180.0, help="a window's requests at first")
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    options = parser.parse_args(argv)
    found = measure(
        creates=options.creates,
        latency=options.latency,
        budget=options.budget,
        window=options.window,
        start=options.start,
    )
    limits = {each.name: each.most for row in MEASUREMENTS for each in row.within}
    missed = []
    for name, value in found.items():
        limit = limits.get(name)
        print(f"{name:<20}{value:9.2f}" + ("" if limit is None else f"  (at most {limit:g})"))
        missed += [name] if limit is not None and value > limit else []
    print(json.dumps({"within": found}))
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
