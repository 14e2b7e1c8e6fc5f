"""The command line as processes of their own that start in milliseconds, for tests that kill many.

``python -m tests.forked`` imports everything once and forks a process for each command: what is forked has
no threads, no connections and no database yet. Waits are those of a service a hundred times as quick as
Notion: they are constants of the adapter, so they are set here, where no user can.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).parents[1]
_LONGEST = 60.0
_LOOKS = (0.01, 0.03)


@dataclass(frozen=True)
class Run:
    """A command that was started."""

    forge: Forge
    pid: int
    out: Path
    err: Path

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.forge.ask({"poll": self.pid}) is not None

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that is over already takes it well."""
        if not self.is_over:
            os.kill(self.pid, number)

    def finish(self) -> tuple[int, str, str]:
        """Wait for its end; return its exit code (a signal's number is negative), stdout and stderr."""
        return self.forge.ask({"wait": self.pid}), self.out.read_text(), self.err.read_text()


class Forge:
    """Starts commands on databases; ``folder`` takes what they write."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._runs = 0

    def start(self, database: Path, *words: object, kill_at: int | None = None) -> Run:
        """Start a command; its environment is that of the test now.

        It is killed at a step, if it comes so far: steps are those on the disk in folders for playlists,
        and before and after a commit. The first is 1.
        """
        self._runs += 1
        out, err = (self._folder / f"run-{self._runs}.{end}" for end in ("out", "err"))
        out.touch()
        err.touch()
        line = ["--db", f"sqlite:///{database}", *map(str, words)]
        asked = {
            "words": line,
            "environment": dict(os.environ),
            "folder": str(Path.cwd()),
            "out": str(out),
            "err": str(err),
            "kill_at": kill_at,
        }
        return Run(self, self.ask(asked), out, err)

    def run(self, database: Path, *words: object, code: int | None = 0) -> tuple[int, str, str]:
        """Run a command to its end, and see that it ends with a code."""
        ended = self.start(database, *words).finish()
        assert code is None or ended[0] == code, ended
        return ended

    def json(self, database: Path, *words: object, code: int = 0) -> dict[str, Any]:
        """Run a command with ``--json`` and return what it says."""
        found: dict[str, Any] = json.loads(self.run(database, "--json", *words, code=code)[1])
        return found

    def ask(self, what: dict[str, Any]) -> Any:
        """Ask the process that forks."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def forge(folder: Path, *, timeout: float = 10.0) -> Iterator[Forge]:
    """Start commands quickly, while the block runs; ``timeout`` is how long they wait for an answer."""
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked", str(timeout)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Forge(process, folder)
    finally:
        process.communicate(timeout=30)


# ---------------------------------------------------------------------------- the process that forks


def main() -> None:
    """Import everything, and fork what is asked for on the standard input."""
    _hurry(float(sys.argv[1]))
    ended: dict[int, int] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "words" in asked:
            told: int | None = os.fork()
            if told == 0:
                _become(asked)
        else:
            pid, flags = (asked["wait"], 0) if "wait" in asked else (asked["poll"], os.WNOHANG)
            if pid not in ended:
                found, status = os.waitpid(pid, flags)
                if found:
                    ended[pid] = os.waitstatus_to_exitcode(status)
            told = ended.get(pid)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _hurry(timeout: float) -> None:
    import syncengine
    from syncengine import bootstrap
    from syncengine.adapters.notion import reading, wire, writing

    for room, constant in ((writing, "LOOKS"), (reading, "_WAITS")):
        setattr(room, constant, _LOOKS)
    wire.STEADY = replace(wire.STEADY, first_wait=0.004, most_wait=0.01, timeout=timeout, pause=0)
    bootstrap.LOCK_SECONDS = 0.2
    _warm_up()
    for name in ("httpx", "notion_client", "sqlalchemy.orm"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(syncengine.__path__, "syncengine."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _warm_up() -> None:
    """Let what is made when it is first needed be made now."""
    from syncengine.cli.app import run

    with (
        tempfile.TemporaryDirectory() as folder,
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()),
    ):
        run(["--db", f"sqlite:///{folder}/library.db", "reconcile", "--dry-run"])


def _become(asked: dict[str, Any]) -> None:
    """Be the command, and end."""
    from syncengine.cli.app import run

    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, name in enumerate((os.devnull, asked["out"], asked["err"])):
        opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, number)
    sys.stdin = os.fdopen(0, "r", closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    if asked["kill_at"] is not None:
        _die_at(asked["kill_at"])
    # What hangs shows where, and does not hold the tests up.
    faulthandler.dump_traceback_later(_LONGEST, exit=True)
    code = 1
    try:
        code = run(asked["words"])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _die_at(step: int) -> None:
    from sqlalchemy import Connection

    from syncengine.adapters.folders.steps import Disk

    left = step

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    begin, commit = Disk.begin, Connection._commit_impl

    def begin_counted(self: Disk, kind: str, path: str) -> None:
        count()
        begin(self, kind, path)

    def commit_counted(self: Connection) -> None:
        count()
        commit(self)
        count()

    mock.patch.object(Disk, "begin", begin_counted).start()
    mock.patch.object(Connection, "_commit_impl", commit_counted).start()


if __name__ == "__main__":
    main()
