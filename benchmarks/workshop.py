"""The place where measurements run: exports, prepared libraries and an isolated environment."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import Cost, run

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "library.db"
_OURS = ("SYNCENGINE_", "SPOTIFY_", "NOTION_", "XDG_", "PYTHON")
STATES: dict[str, tuple[tuple[str, ...], ...]] = {
    "empty": (("db", "upgrade"),),
    "one-day": (("import-csv", "{day-000}"),),
    "two-days": (("import-csv", "{day-000}"), ("import-csv", "{day-001}")),
}
"""Prepared libraries: the commands that make each from nothing; ``{day-NNN}`` is an export."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much the measured library holds: entries, playlists without Liked Songs, days."""

    rows: int = 20_000
    playlists: int = 132
    days: int = 2
    seed: int = 7


class Workshop:
    """A folder that makes exports and prepared libraries when a measurement first needs them."""

    def __init__(self, folder: Path, size: Size, program: Sequence[str]) -> None:
        self._folder = folder
        self._size = size
        self._program = tuple(program)
        self._numbers = itertools.count()
        self._exported = False
        self.environment = _isolated(folder / "home")

    def prepare(self, state: str | None) -> dict[str, str]:
        """Return the words that a command may use, with a fresh copy of a prepared library.

        ``{db}`` are the options that name the copied (without ``state``: a new) database,
        ``{flat}`` a new file, ``{out}`` a new folder, ``{python}`` and ``{syncengine}`` programs.
        """
        room = self._folder / f"run-{next(self._numbers)}"
        if state is None:
            room.mkdir()
        else:
            shutil.copytree(self._state(state), room)
        return self._words(room)

    def measure(self, command: Sequence[str], words: dict[str, str]) -> Cost:
        """Run a command made of ``words`` in its room. Raises CommandFailed."""
        return run(self._spelled(command, words), cwd=Path(words["room"]), env=self.environment)

    def clear(self, words: dict[str, str]) -> None:
        """Delete what a run left behind."""
        shutil.rmtree(words["room"])

    def _state(self, name: str) -> Path:
        room = self._folder / f"state-{name}"
        if not room.exists():
            room.mkdir()
            for arguments in STATES[name]:
                self.measure(("{syncengine}", "{db}", *arguments), self._words(room))
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
            elif word == "{db}":
                spelled += ["--db", words["db"]]
            elif word.startswith("{day-"):
                spelled.append(str(self._exports() / word.strip("{}")))
            elif word.startswith("{"):
                spelled.append(words[word.strip("{}")])
            else:
                spelled.append(word)
        return spelled

    def _exports(self) -> Path:
        """Make the exports once, in another process: its memory would be counted in every run."""
        folder = self._folder / "exports"
        if not self._exported:
            size = self._size
            command = [sys.executable, "-m", "benchmarks.generator", str(folder)]
            for option in ("rows", "playlists", "days", "seed"):
                command += [f"--{option}", str(getattr(size, option))]
            run(command, cwd=self._folder, env=self.environment)
            self._exported = True
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
