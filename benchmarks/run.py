"""Measures whole commands beside their floors and writes docs/performance.md.

``make bench`` calls ``python -m benchmarks.run``. ``--only NAME`` measures one row of the table (and
what it stands beside), ``--quick`` a small library once; neither writes the document.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measurements import MEASUREMENTS, Measurement, chosen
from benchmarks.process import CommandFailed, Cost
from benchmarks.report import as_document, as_lines, figures, in_proportion, year_in_words
from benchmarks.workshop import ROOT, YEAR, Size, Sizes, Workshop

QUICK = Sizes(Size(rows=2_000, playlists=12), days=6)
DOCUMENT = ROOT / "docs" / "performance.md"


def measure(
    measurements: Sequence[Measurement], workshop: Workshop, *, runs: int
) -> dict[str, list[Cost]]:
    """Run all measurements in turn, one warm-up round and then ``runs``. Raises CommandFailed."""
    results: dict[str, list[Cost]] = {each.name: [] for each in measurements}
    for turn in range(runs + 1):
        for each in measurements:
            if each.heavy and not turn:
                continue
            words = workshop.prepare(each.state)
            cost = workshop.measure(each.command, words)
            workshop.clear(words)
            if turn:  # The first round fills caches and writes byte code.
                results[each.name].append(cost)
        print("warm-up done" if turn == 0 else f"round {turn} of {runs} done", file=sys.stderr)
    return results


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; return 1 when a command failed or missed a limit."""
    options = _arguments(argv)
    sizes = Sizes(Size(options.rows, options.playlists), options.seed, options.days)
    sizes = QUICK if options.quick else sizes
    size = sizes.usual
    runs = 1 if options.quick else options.runs
    measurements = chosen(options.only)
    with tempfile.TemporaryDirectory(prefix="syncengine-bench-") as folder:
        workshop = Workshop(Path(folder), sizes, shlex.split(options.program))
        try:
            results = measure(measurements, workshop, runs=runs)
        except CommandFailed as failure:
            print(failure, file=sys.stderr)
            return 1
    made = figures(measurements, results)
    notes = [*year_in_words(workshop.built.get("year", ())), *in_proportion(made)]
    print("\n".join([*as_lines(made), *notes]))
    if options.out or not (options.only or options.quick):
        text = as_document(
            made,
            command=f"python -m benchmarks.run --rows {size.rows} --playlists {size.playlists} "
            f"--seed {sizes.seed} --runs {runs}",
            rows=size.rows,
            files=size.playlists + 1,
            day=datetime.now(UTC).date(),
            notes=notes,
        )
        (options.out or DOCUMENT).write_text(text, encoding="utf-8")
    return 1 if options.check and any(figure.met is False for figure in made) else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    names = [each.name for each in MEASUREMENTS]
    parser.add_argument("--only", action="append", default=[], choices=names, metavar="NAME")
    parser.add_argument("--runs", type=int, default=5, help="rounds after the warm-up (5)")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--playlists", type=int, default=132, help="without Liked Songs (132)")
    parser.add_argument("--days", type=int, default=YEAR, help="length of the year (365)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="2,000 rows, one round")
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    parser.add_argument("--out", type=Path, help="the document to write (docs/performance.md)")
    parser.add_argument(
        "--program", default=shlex.join([sys.executable, "-m", "syncengine"]), help="the command"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
