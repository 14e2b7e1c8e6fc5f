"""Measures playlist folders: ``python -m benchmarks.folders URL``, URL being a library's with tracks.

Makes a small audio file for each of some tracks, brings the folders up to date, then plans again with
nothing to do, beside ``status``, each as a process of its own. Prints the figures, in the last line as
JSON for the table of ``benchmarks.run``. With ``--check`` it ends with 1 where one misses its limit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measurements import MEASUREMENTS
from syncengine.core.catalog import CatalogTrack
from syncengine.core.moment import Instant
from syncengine.storage.unit_of_work import Database
from tests.audio import audio, retag

_MARK = "spotify:track:" + "0" * 22
_ROUNDS = 5


def make_files(folder: Path, tracks: Sequence[CatalogTrack]) -> None:
    """Write a file for each track, a hundred to a folder; it says its track's id and is as long."""
    template = folder / "template.mp3"
    folder.mkdir(parents=True)
    bare = audio("mp3", seconds=1)
    template.write_bytes(bare)
    retag(template, "mp3", title="Title", artists=["Artist"], spotify=_MARK)
    head = template.read_bytes().removesuffix(bare)
    template.unlink()
    assert _MARK.encode() in head
    for number, track in enumerate(tracks):
        place = folder / f"{number // 100:04}"
        place.mkdir(exist_ok=True)
        seconds = (track.facts.recording.duration_ms or 200_000) / 1000
        said = head.replace(_MARK.encode(), str(track.facts.track).encode())
        content = said + audio("mp3", seed=number, seconds=seconds)
        (place / f"{number:07}.mp3").write_bytes(content)


def measure(url: str, folder: Path, files: int) -> dict[str, float]:
    """Return the figures by the names of the table."""
    with Database(url, lambda: Instant(int(time.time()))).reading() as unit:
        tracks = [each for each in unit.catalogue.tracks() if len(each.facts.track) == len(_MARK)]
    make_files(folder / "music", tracks[:files])
    environment = {
        **os.environ,
        "SYNCENGINE_MUSIC_DIRS": str(folder / "music"),
        "SYNCENGINE_PLAYLISTS_DIR": str(folder / "lists"),
    }

    def run(*words: str) -> float:
        line = [sys.executable, "-m", "syncengine", "--db", url, "--json", *words]
        began = time.perf_counter()
        done = subprocess.run(line, env=environment, capture_output=True, check=True, text=True)
        seconds = time.perf_counter() - began
        said.append(json.loads(done.stdout))
        return seconds

    said: list[dict[str, object]] = []
    first = run("reconcile", "--sink", "folders", "--yes")
    run("reconcile", "--sink", "folders", "--yes")
    plans, states = [], []
    for _ in range(_ROUNDS):
        states.append(run("status"))
        plans.append(run("reconcile", "--sink", "folders", "--dry-run"))
        assert said[-1]["empty"]
    plan, status = statistics.median(plans), statistics.median(states)
    return {
        "folders-first": first,
        "folders-plan": plan,
        "folders-status": status,
        "folders-plan-times": plan / status,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when asked to check and a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.folders", description=__doc__)
    parser.add_argument("url", help="the library, as SQLAlchemy has it")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="syncengine-folders-") as folder:
        found = measure(options.url, Path(folder), options.files)
    limits = {each.name: each.most for row in MEASUREMENTS for each in row.within}
    missed = []
    for name, value in found.items():
        limit = limits.get(name)
        print(f"{name:<20}{value:9.3f}" + ("" if limit is None else f"  (at most {limit:g})"))
        missed += [name] if limit is not None and value > limit else []
    print(json.dumps({"within": found}))
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
