"""Measures a merge of two playlists of 9,000 entries into 15,000: ``python -m benchmarks.merge``.

The commands are processes of their own, and so is the Spotify double of the tests, which answers at once.
The merge is done once whole, and once more by a run that is killed again and again (``kill -9``, at random
moments). Prints in the last line all figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.process import Cost, run

ROOT = Path(__file__).resolve().parent.parent
_WORD = [f"{first}{last}" for first in ("Ba", "Do", "Ki", "Lu", "Ro") for last in
         ("mber", "ndel", "pper", "rrow", "sket", "tter", "llow", "nter", "ckle", "mmer")]  # fmt: skip
_WORDS = ("merge", "A", "B", "--order", "given")


def measure(
    folder: Path, *, entries: int, tracks: int, rounds: int, kills: int
) -> dict[str, float]:
    """Return the figures by name."""
    serve = [sys.executable, "-m", "benchmarks.merge", "--serve", str(folder)]
    double = subprocess.Popen(
        [*serve, "--entries", str(entries), "--tracks", str(tracks)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        return _measured(folder, double, tracks=tracks, rounds=rounds, kills=kills)
    finally:
        double.communicate("stop\n", timeout=60)


def _measured(
    folder: Path, double: subprocess.Popen[str], *, tracks: int, rounds: int, kills: int
) -> dict[str, float]:
    environment = {**os.environ, **_ask(double, "environment"), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "syncengine", "--db", f"sqlite:///{folder / 'library.db'}"]

    def command(*words: str) -> Cost:
        return run([*program, *words], cwd=folder, env=environment)

    command("fetch")
    _ask(double, "figures")
    report = [command(*_WORDS, "--name", "Whole", "--dry-run") for _ in range(rounds + 1)][1:]
    whole = command(*_WORDS, "--name", "Whole", "--yes")
    made = _ask(double, "figures")
    killed = _kill(program, environment, folder, double, kills)
    command(*_WORDS, "--name", "Killed", "--yes")
    again = _ask(double, "figures")
    command(*_WORDS, "--name", "Killed", "--yes")
    nothing = _ask(double, "figures")
    return {
        "report-seconds": round(median(each.seconds for each in report), 2),
        "report-megabytes": round(median(each.megabytes for each in report)),
        "writes": made["writes"],
        "calls": made["calls"],
        "seconds": round(whole.seconds, 1),
        "wrong": tracks - made["right"],
        "killed": killed,
        "killed-writes": again["writes"],
        "killed-reads": again["calls"] - again["writes"],
        "killed-wrong": tracks - again["right"],
        "killed-twice": again["twice"],
        "again-writes": nothing["writes"],
    }


def _kill(
    program: list[str],
    environment: Mapping[str, str],
    folder: Path,
    double: subprocess.Popen[str],
    kills: int,
) -> int:
    """Start the merge and kill it after some writes, again and again; return how often that was in time."""
    chance = random.Random(20261122)
    killed = 0
    for _ in range(kills):
        enough = _ask(double, "writes") + chance.randrange(1, 7)
        process = subprocess.Popen(
            [*program, *_WORDS, "--name", "Killed", "--yes", "--quiet"],
            cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while process.poll() is None and _ask(double, "writes") < enough:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.03)
        process.kill()
        killed += process.wait() < 0
    return killed


def _ask(double: subprocess.Popen[str], what: str) -> Any:
    assert double.stdin is not None
    assert double.stdout is not None
    double.stdin.write(f"{what}\n")
    double.stdin.flush()
    return json.loads(double.stdout.readline())


def serve(folder: Path, entries: int, tracks: int) -> None:
    """Be Spotify until told to stop; ``right`` counts recordings that stand where they should."""
    from tests.fakes.spotify import SpotifyDouble
    from tests.fakes.spotify_accounts import CLIENT_ID
    from tests.remote_shell import SCOPES, WRITE_SCOPES

    with SpotifyDouble() as double:
        songs = [
            double.world.add_track(
                f"{_WORD[n % 50]} {_WORD[n // 50 % 50]} {n // 2_500}",
                (f"Artist {n * 7 % 1_700}",),
                duration_ms=120_000 + n * 7_919 % 240_000,
            )
            for n in range(tracks)
        ]
        double.world.add_playlist("A", songs[:entries])
        double.world.add_playlist("B", songs[tracks - entries :])
        token = folder / "token.json"
        scopes = f"{SCOPES} {WRITE_SCOPES}"
        token.write_text(json.dumps(double.accounts.stored_token(scopes, pkce=True)))
        token.chmod(0o600)
        settings = {
            **double.environment,
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_TOKEN_FILE": str(token),
            "SPOTIFY_DAILY_CALL_BUDGET": "0",
        }
        for line in sys.stdin:
            wish = line.strip()
            if wish == "stop":
                break
            told: object = settings
            if wish == "writes":
                told = _writes(double)
            if wish == "figures":
                double.assert_clean()
                told = _figures(double)
                double.log.clear()
            print(json.dumps(told), flush=True)


def _figures(double: Any) -> dict[str, int]:
    songs = [*double.world.tracks.values()]
    parts = sorted(double.world.me.playlists, key=lambda each: each.name)
    new = [each for each in parts if each.name not in ("A", "B")]
    last = [each for each in new if each.name.startswith("Killed")] or new
    items = [entry.item for each in last for entry in each.entries]
    tokens = double.log.count("POST /api/token")
    return {
        "writes": _writes(double),
        "calls": double.log.count() - tokens,
        "right": sum(one is other for one, other in zip(items, songs, strict=False)),
        "twice": len(items) - len({each.id for each in items}),
    }


def _writes(double: Any) -> int:
    writes = sum(double.log.count(f"{verb} /*") for verb in ("POST", "PUT", "DELETE"))
    return int(writes - double.log.count("POST /api/token"))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, or be Spotify for a measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.merge", description=__doc__)
    parser.add_argument("--entries", type=int, default=9_000, help="of each playlist (9,000)")
    parser.add_argument("--tracks", type=int, default=15_000, help="of both (15,000)")
    parser.add_argument("--runs", type=int, default=3, help="reports after a warm-up (3)")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.serve:
        serve(given.serve, given.entries, given.tracks)
        return 0
    with tempfile.TemporaryDirectory(prefix="syncengine-bench-") as folder:
        found = measure(
            Path(folder),
            entries=given.entries,
            tracks=given.tracks,
            rounds=given.runs,
            kills=given.kills,
        )
    for name, value in found.items():
        print(f"{name:<16}{value:12.3f}")
    print(json.dumps({"within": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
