"""Measures a library of 20,000 tracks in Notion: ``python -m benchmarks.notion_sync``.

The commands are processes of their own, as a person runs them, and so is the Notion double of the tests,
which answers at once and as often as it is asked: what is seen is our own time, and the double's. Prints
in the last line all figures as JSON for the table of ``benchmarks.run``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, Self

from benchmarks.process import Cost, run

ROOT = Path(__file__).resolve().parent.parent
CHANGES = 20
"""How many entries of playlists change on the last day."""


class Notion:
    """The double in its own process, asked over its standard input and output."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.notion_sync", "--serve"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("stop\n", timeout=60)

    def ask(self, what: str) -> Any:
        """Return what the double says; ``figures`` are since it was last asked for them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class Library:
    """A library's database and folders of exports, and the commands that are run on it."""

    def __init__(self, folder: Path, environment: Mapping[str, str], rounds: int) -> None:
        self._folder = folder
        self._rounds = rounds
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self._number = 0

    def __call__(self, *words: object) -> Cost:
        """Run a command. Raises CommandFailed."""
        database = f"sqlite:///{self._folder / f'library-{self._number}.db'}"
        program = [sys.executable, "-m", "syncengine", "--db", database]
        return run([*program, *map(str, words)], cwd=self._folder, env=self._environment)

    def often(self, *words: object) -> float:
        """Return the median of the seconds that a command takes which changes nothing."""
        if self._rounds > 1:
            self(*words)
        return median(self(*words).seconds for _ in range(self._rounds))

    def lose(self) -> None:
        """Lose the database, with all that it knows of Notion."""
        self._number += 1


def measure(folder: Path, tracks: int, rounds: int) -> dict[str, float]:
    """Return the figures by the names of the table."""
    make = [sys.executable, "-m", "benchmarks.notion_sync", "--exports", str(folder)]
    run([*make, "--tracks", str(tracks)], cwd=ROOT, env=os.environ)
    found: dict[str, float] = {}
    with Notion() as notion:
        library = Library(folder, notion.ask("environment"), rounds)
        library("import-csv", folder / "day-0")
        library("notion", "init")
        found |= _first_sync(library, notion)
        found |= _nothing_changed(library, notion)
        library("import-csv", folder / "day-1")
        found |= _drifted(library, notion)
        library("import-csv", folder / "day-2")
        found |= _little_changed(library, notion)
        library.lose()
        library("import-csv", folder / "day-2")
        library("notion", "init")
        found |= _lost(library, notion)
    return found


def _first_sync(library: Library, notion: Notion) -> dict[str, float]:
    notion.ask("figures")
    cost = library("reconcile", "--yes")
    told = notion.ask("figures")
    notion.ask("age")
    print(f"first sync: {cost.seconds:.1f} s, {told}", flush=True)
    return {
        "first-seconds": cost.seconds,
        "first-megabytes": round(cost.megabytes),
        "first-pages": told["pages"],
        "first-beyond": told["requests"] - told["pages"],
        "first-twice": told["changes"] + told["doubles"],
    }


def _nothing_changed(library: Library, notion: Notion) -> dict[str, float]:
    status = library.often("status")
    plan = library.often("reconcile", "--dry-run")
    library("reconcile", "--yes")
    requests = notion.ask("figures")["requests"]
    print(f"nothing changed: status {status:.3f} s, plan {plan:.3f} s", flush=True)
    return {"same-requests": requests, "same-plan": plan, "same-times": round(plan / status, 2)}


def _drifted(library: Library, notion: Notion) -> dict[str, float]:
    plan = library.often("reconcile", "--dry-run")
    library("reconcile", "--yes")
    told = notion.ask("figures")
    print(f"popularity of 30 % drifted: plan {plan:.3f} s, {told}", flush=True)
    return {"drift-plan": plan, "drift-writes": told["creates"] + told["changes"]}


def _little_changed(library: Library, notion: Notion) -> dict[str, float]:
    plan = library.often("reconcile", "--dry-run")
    notion.ask("figures")
    cost = library("reconcile", "--yes")
    told = notion.ask("figures")
    print(
        f"{CHANGES} entries changed: plan {plan:.3f} s, all {cost.seconds:.1f} s, {told}",
        flush=True,
    )
    return {
        "little-plan": plan,
        "little-seconds": cost.seconds,
        "little-writes": told["creates"] + told["changes"],
        "little-reads": told["reads"],
    }


def _lost(library: Library, notion: Notion) -> dict[str, float]:
    notion.ask("figures")
    cost = library("reconcile", "--refresh", "--yes")
    told = notion.ask("figures")
    print(f"local state lost, --refresh: {cost.seconds:.1f} s, {told}", flush=True)
    return {
        "lost-seconds": cost.seconds,
        "lost-megabytes": round(cost.megabytes),
        "lost-reads": told["reads"],
        "lost-creates": told["creates"],
        "lost-doubles": told["doubles"],
    }


# ------------------------------------------------------------------------------- the other processes


def serve() -> None:
    """Be Notion until told to stop."""
    from tests.fakes.notion import NotionDouble

    with NotionDouble() as double:
        home = double.home("Music")
        for line in sys.stdin:
            told: dict[str, Any] = {}
            wish = line.strip()
            if wish == "stop":
                break
            if wish == "environment":
                told = {
                    **double.environment,
                    "NOTION_PARENT_PAGE_ID": home.id,
                    "NOTION_REQUESTS_PER_MINUTE": "1000000",
                }
            elif wish == "age":
                _age(double)
            else:
                told = _figures(double)
                double.log.clear()
            print(json.dumps(told), flush=True)


def _age(double: Any) -> None:
    """Let pages be made at Notion's pace: no query shows more than 10,000 that were made in one minute."""
    from tests.fakes.notion_library import PER_MINUTE

    for source in double.world.sources.values():
        for number, page in enumerate(double.pages_of(source)[::-1]):
            page.created -= timedelta(minutes=1) * (number / PER_MINUTE)


def _figures(double: Any) -> dict[str, int]:
    from syncengine.adapters.notion.fields import SYNC_KEY
    from tests.fakes.notion_things import plain

    double.assert_clean()
    applied = double.log.applied
    keys = [
        plain(page.values.get(source.named(SYNC_KEY).id))
        for source in double.world.sources.values()
        for page in double.pages_of(source)
    ]
    return {
        "requests": double.log.count(),
        "reads": double.log.count() - len(double.log.writes),
        "creates": applied["POST /v1/pages"],
        "changes": applied["PATCH /v1/pages/{page_id}"],
        "pages": len(keys),
        "doubles": len(keys) - len(set(keys)),
    }


def export(folder: Path, tracks: int) -> None:
    """Write three days of exports: the first, popularity that drifted, and a day with some changes."""
    from benchmarks.generator import Library as Made

    made = Made(7, rows=tracks * 4 // 3, tracks=tracks)
    made.write(folder / "day-0")
    made.advance_day(0, popularity_drift=0.3)
    made.write(folder / "day-1")
    made.advance_day(CHANGES, popularity_drift=0.0)
    made.write(folder / "day-2")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notion_sync", description=__doc__)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5, help="of the quick commands (5)")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--exports", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.serve:
        serve()
    elif options.exports:
        export(options.exports, options.tracks)
    else:
        with tempfile.TemporaryDirectory(prefix="syncengine-notion-") as folder:
            found = measure(Path(folder), options.tracks, options.rounds)
        for name, value in found.items():
            print(f"{name:<16}{value:12.3f}")
        print(json.dumps({"within": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
