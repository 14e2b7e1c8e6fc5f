"""Measures enrichment: ``python -m benchmarks.enriching``, on a library of 100,000 made-up tracks.

Makes the library from one export, writes a file with a popularity and an ISRC for each track, and applies
it, as it was never applied, again, and in the past of a later export; then takes it back. Each command is
a process of its own. Prints the figures, in the last line as JSON for the table of ``benchmarks.run``.
With ``--check`` it ends with 1 where one misses its limit.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measurements import MEASUREMENTS
from syncengine.core.enrichment import HEADER

_ROUNDS = 3
_TITLES = (
    "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,"
    "Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,Speechiness,"
    "Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature"
)
_FEATURES = "0.5,0.5,5,-7,1,0.05,0.1,0,0.1,0.5,120,4"
_PLAYLISTS = 20
_NAME = "spotify_enrichment_20260120_120000.csv"


def _key(number: int) -> str:
    return f"{number:022d}"


def make_exports(folder: Path, tracks: int, drift: int) -> None:
    """Write exports of so many tracks in 20 playlists, with popularities that differ by ``drift``."""
    folder.mkdir(parents=True)
    for playlist in range(_PLAYLISTS):
        lines = [
            f'spotify:track:{_key(number)},"Song {number}","Album {number // 10}",'
            f'"Artist {number // 40}",2020-01-01,{180_000 + number},{(number + drift) % 101},false,'
            f'somebody,2025-06-01T12:00:00Z,"pop","Label",{_FEATURES}'
            for number in range(playlist, tracks, _PLAYLISTS)
        ]
        (folder / f"List_{playlist}.csv").write_text("\n".join([_TITLES, *lines]) + "\n", "utf-8")


def make_file(path: Path, tracks: int) -> None:
    """Write an enrichment file that says something new of each track."""
    lines = [",".join(HEADER)]
    for number in range(tracks):
        popularity, isrc = (number * 7 + 3) % 101, f"ZZBEN{number % 100_000:07d}"
        lines.append(f"spotify:track:{_key(number)},{_key(number)},{popularity},{isrc}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def measure(folder: Path, tracks: int) -> dict[str, float]:
    """Return the figures by the names of the table."""
    for drift in (0, 1):
        make_exports(folder / str(drift), tracks, drift)
    file = folder / _NAME
    make_file(file, tracks)
    prepared = folder / "library.db"

    def run(database: Path, *words: object) -> float:
        line = [sys.executable, "-m", "syncengine", "--db", f"sqlite:///{database}", "--json"]
        began = time.perf_counter()
        done = subprocess.run(
            [*line, *map(str, words)], capture_output=True, check=True, text=True, cwd=folder
        )
        said.append(json.loads(done.stdout))
        return time.perf_counter() - began

    said: list[dict[str, object]] = []
    found: dict[str, list[float]] = {}
    run(prepared, "import-csv", folder / "0", "--taken-at", "2026-01-10T12:00:00Z")
    for _ in range(_ROUNDS):
        library = Path(shutil.copy(prepared, folder / "copy.db"))
        applied = run(library, "enrich", "apply", file)
        assert said[-1]["changed"] == {"isrc": tracks, "popularity": _differing(tracks)}
        found.setdefault("enrich-apply", []).append(applied)
        found.setdefault("enrich-again", []).append(run(library, "enrich", "apply", file))
        assert said[-1]["unchanged"]
        found.setdefault("enrich-undo", []).append(run(library, "enrich", "undo"))
        found.setdefault("enrich-tier", []).append(run(library, "tracks", "--tier", "easy"))
        run(library, "import-csv", folder / "1", "--taken-at", "2026-02-10T12:00:00Z")
        found.setdefault("enrich-past", []).append(run(library, "enrich", "apply", file))
        library.unlink()
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def _differing(tracks: int) -> int:
    return sum((number * 7 + 3) % 101 != number % 101 for number in range(tracks))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when asked to check and a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.enriching", description=__doc__)
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="syncengine-enriching-") as folder:
        found = measure(Path(folder), options.tracks)
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
