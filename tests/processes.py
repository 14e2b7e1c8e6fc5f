"""The command line as a process of its own, and what a database says, for tests that kill."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.generator import Library
from syncengine.jobs import history
from syncengine.jobs.export import export_library
from syncengine.storage.lock import read_holder
from syncengine.storage.unit_of_work import Database
from tests.builders import NOW

ROOT = Path(__file__).parents[1]
_LOCK_HELD = 7


def write_exports(folder: Path, rows: int = 2_000, files: int = 30, days: int = 2) -> list[Path]:
    """Write the exports of a made-up library, day by day; return their folders."""
    library = Library(11, rows, files - 1)
    folders = []
    for day in range(days):
        if day:
            library.advance_day(30)
        folders.append(folder / f"day-{day}")
        library.write(folders[-1])
    return folders


def start(
    database: Path, *arguments: object, before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """Start the command line on a database; its environment is the test's own."""
    words = [str(each) for each in arguments]
    return subprocess.Popen(
        [sys.executable, "-m", "syncengine", "--db", f"sqlite:///{database}", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=before,  # noqa: PLW1509 -- limits for the child alone; tests have one thread
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process; return its exit code, stdout and stderr."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def finish_all(
    database: Path, *lines: Sequence[object], attempts: int = 20
) -> list[tuple[int, str, str]]:
    """Run command lines at once; one that waited too long for the lock comes again, as cron would.

    How long the others take depends on the machine, and how long one waits for them does not.
    """
    started = [start(database, *line) for line in lines]
    ended = [finish(each) for each in started]
    for _ in range(attempts):
        for place, (code, _, _) in enumerate(ended):
            if code == _LOCK_HELD:
                ended[place] = finish(start(database, *lines[place]))
    return ended


def wait_for_work(process: subprocess.Popen[str], database: Path) -> None:
    """Wait until a process holds the writer's lock, or has ended.

    One that was killed leaves its name behind: only this process's own says that it has begun.
    """
    lock = database.with_name(f"{database.name}.lock")
    while process.poll() is None:
        holder = read_holder(lock)
        if holder is not None and holder.pid == process.pid:
            return
        time.sleep(0.002)


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Let nobody else write to a database: an import that has begun cannot end before this does."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


def copy_database(source: Path, target: Path) -> None:
    """Put a database and its raw store in the place of another, with nothing left of that."""
    for path in target.parent.glob(f"{target.stem}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if source.exists():
        shutil.copy2(source, target)
        shutil.copytree(
            source.with_name(f"{source.stem}.raw"), target.with_name(f"{target.stem}.raw")
        )


def snapshots(path: Path) -> list[tuple[object, ...]]:
    """Return what is known of the snapshots; a database that is not there yet has none."""
    if not path.exists():
        return []
    with Database(f"sqlite:///{path}", lambda: NOW).reading() as unit:
        return [
            (each.id, each.taken_at, each.playlists, each.entries)
            for each in history.snapshots(unit)
        ]


def everything(path: Path, folder: Path, moments: Sequence[str]) -> dict[str, Any]:
    """Return all that a database says at every moment: the library, its facts, diffs and exports."""
    from syncengine import bootstrap

    found: dict[str, Any] = {"snapshots": snapshots(path)}
    with Database(f"sqlite:///{path}", lambda: NOW).reading() as unit:
        found["playlists"] = unit.library.playlist_records()
        found["digest"] = unit.library.digest()
        found["tracks"] = list(unit.catalogue.tracks())
        for place, when in enumerate(moments):
            then = history.library_at(unit, when)
            found[when] = then
            found[f"diff {when}"] = history.diff_between(unit, moments[0], when)
            for dialect in bootstrap.EXPORT_DIALECTS:
                target = folder / f"{place}-{dialect}"
                written = export_library(
                    then,
                    target,
                    suffix="csv",
                    render=bootstrap.export_writer("csv", dialect),
                    safe_stem=bootstrap.safe_stem,
                    is_ours=lambda _digest: False,
                )
                for file in written:
                    found[f"{target.name}/{file.path}"] = (target / file.path).read_bytes()
    shutil.rmtree(folder)
    return found


def digest(path: Path) -> str:
    """Return a digest of everything that the library follows from."""
    with Database(f"sqlite:///{path}", lambda: NOW).reading() as unit:
        return unit.library.digest()


def is_sound(path: Path) -> bool:
    """Tell whether the database's pages and references are in order."""
    return not path.exists() or Database(f"sqlite:///{path}", lambda: NOW).check() == []
