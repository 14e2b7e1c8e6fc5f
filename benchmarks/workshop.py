"""The place where measurements run: exports, prepared libraries and an isolated environment."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.process import Cost, run

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "library.db"
CLI = ("{syncengine}", "--db", "{db}")
_EXPORT = re.compile(r"\{(\w+)-(\d{3}|last|middle)\}")
_OURS = ("SYNCENGINE_", "SPOTIFY_", "NOTION_", "XDG_", "PYTHON")
YEAR = 365


@dataclass(frozen=True, slots=True)
class Size:
    """How much a made library holds: entries, playlists without Liked Songs, tracks, days."""

    rows: int = 20_000
    playlists: int = 132
    tracks: int | None = None
    days: int = 2


@dataclass(frozen=True, slots=True)
class Sizes:
    """The libraries that are measured, by the name that commands know them by.

    A year's library is as large as the usual one; ``tracks`` has as many different tracks as that has
    entries, which is what a plan's work follows from.
    """

    usual: Size = Size()
    seed: int = 7
    days: int = YEAR

    def of(self, name: str) -> Size:
        """Return the size of a library by name."""
        usual = self.usual
        factor = {"entries": 2.5, "quarter": 12.5, "million": 50}.get(name)
        if factor is not None:
            return replace(usual, rows=round(usual.rows * factor), days=1)
        if name == "tracks":
            return replace(usual, rows=usual.rows * 4 // 3, tracks=usual.rows, days=1)
        return replace(usual, days=self.days + 1) if name == "year" else usual


def states(days: int) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the prepared libraries: the commands that make each; ``{NAME-NNN}`` is an export."""
    year = [day for day in range(days) if day != days // 2]
    return {
        "empty": ((*CLI, "db", "upgrade"),),
        "one-day": ((*CLI, "import-csv", "{day-000}"),),
        "two-days": ((*CLI, "import-csv", "{day-000}"), (*CLI, "import-csv", "{day-001}")),
        "tracks": ((*CLI, "import-csv", "{tracks-000}"),),
        "entries": ((*CLI, "import-csv", "{entries-000}"),),
        "agreed": (
            (*CLI, "import-csv", "{tracks-000}"),
            ("{python}", "-m", "benchmarks.agree", "{db}"),
        ),
        "unsettled": (
            (*CLI, "import-csv", "{tracks-000}"),
            ("{python}", "-m", "benchmarks.agree", "{db}", "--unsettled"),
        ),
        "year": tuple((*CLI, "import-csv", f"{{year-{day:03d}}}") for day in year),
    }


class Workshop:
    """A folder that makes exports and prepared libraries when a measurement first needs them."""

    def __init__(self, folder: Path, sizes: Sizes, program: Sequence[str]) -> None:
        self._folder = folder
        self._sizes = sizes
        self._states = states(sizes.days)
        self.built: dict[str, list[Cost]] = {}
        self._program = tuple(program)
        self._numbers = itertools.count()
        self._exported: set[str] = set()
        self.environment = _isolated(folder / "home")

    def prepare(self, state: str | None) -> dict[str, str]:
        """Return the words that a command may use, with a fresh copy of a prepared library.

        ``{db}`` is the address of the copied (without ``state``: a new) database,
        ``{flat}`` a new file, ``{out}`` a new folder, ``{python}`` and ``{syncengine}`` programs.
        """
        room = self._folder / f"run-{next(self._numbers)}"
        if state is None:
            room.mkdir()
        else:
            # The raw store is only written to, and copying a year of it takes longer than the runs.
            shutil.copytree(self._state(state), room, ignore=shutil.ignore_patterns("*.raw"))
        return self._words(room)

    def measure(self, command: Sequence[str], words: dict[str, str]) -> Cost:
        """Run a command made of ``words`` in its room. Raises CommandFailed."""
        cost = run(self._spelled(command, words), cwd=Path(words["room"]), env=self.environment)
        parts = Path(words["room"]).glob(f"{DATABASE}*")
        return replace(cost, database=sum(part.stat().st_size for part in parts) / 1e6)

    def clear(self, words: dict[str, str]) -> None:
        """Delete what a run left behind."""
        shutil.rmtree(words["room"])

    def _state(self, name: str) -> Path:
        room = self._folder / f"state-{name}"
        if not room.exists():
            room.mkdir()
            words = self._words(room)
            self.built[name] = [self.measure(command, words) for command in self._states[name]]
        return room

    def _words(self, room: Path) -> dict[str, str]:
        return {
            "room": str(room),
            "python": sys.executable,
            "db": f"sqlite:///{room / DATABASE}",
            "flat": str(room / "flat.db"),
            "out": str(room / "out"),
        }

    def _spelled(self, command: Sequence[str], words: dict[str, str]) -> list[str]:
        spelled: list[str] = []
        for word in command:
            if word == "{syncengine}":
                spelled += self._program
            elif (export := _EXPORT.fullmatch(word)) is not None:
                spelled.append(str(self._exports(export[1]) / f"day-{self._day(export[2]):03d}"))
            elif word.startswith("{"):
                spelled.append(words[word.strip("{}")])
            else:
                spelled.append(word)
        return spelled

    def _day(self, text: str) -> int:
        """Return the number of a day: ``last`` and ``middle`` are those of the year."""
        return {"last": self._sizes.days, "middle": self._sizes.days // 2}.get(text) or int(text)

    def _exports(self, name: str) -> Path:
        """Make the exports once, in another process: its memory would be counted in every run."""
        folder = self._folder / f"exports-{name}"
        if name not in self._exported:
            size = self._sizes.of(name)
            command = [sys.executable, "-m", "benchmarks.generator", str(folder)]
            for option in ("rows", "playlists", "tracks", "days"):
                value = getattr(size, option)
                command += [] if value is None else [f"--{option}", str(value)]
            command += ["--seed", str(self._sizes.seed)]
            run(command, cwd=self._folder, env=self.environment)
            self._exported.add(name)
        return folder


def _isolated(home: Path) -> dict[str, str]:
    """Return an environment that finds the code and none of the person's own settings."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
    inside = {
        "HOME": home,
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_STATE_HOME": home / "state",
        "XDG_RUNTIME_DIR": home / "run",
    }
    paths = {name: str(path) for name, path in inside.items()}
    return {**kept, **paths, "PYTHONPATH": str(ROOT), "TZ": "UTC", "NO_COLOR": "1"}
