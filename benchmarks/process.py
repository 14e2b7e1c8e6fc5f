"""Runs one command as a process of its own and says what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# ru_maxrss counts KiB on Linux and bytes on macOS (getrusage(2) of each).
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What a whole process took: wall time in ``seconds``, peak resident memory in MB (10⁶ bytes).

    ``database`` is the size of the library's file afterwards, in MB, where there is one. ``within`` is
    what the process measured of itself, in seconds: its last line, ``{"within": {name: seconds}}``.
    """

    seconds: float
    megabytes: float
    database: float = 0.0
    within: Mapping[str, float] = field(default_factory=dict)


class CommandFailed(Exception):
    """A measured command ended with another exit code than 0; carries the end of its stderr."""

    def __init__(self, command: Sequence[str], code: int, stderr: str) -> None:
        super().__init__(f"exit code {code}: {' '.join(command)}\n{stderr.rstrip()}")
        self.code = code
        self.stderr = stderr


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Cost:
    """Run a command to its end. Raises CommandFailed.

    The kernel carries the peak memory of the process that starts another one over into it, so this
    process must stay smaller than what it measures: keep what needs memory out of it.
    """
    # Output goes to files: a pipe would have to be emptied here, on the measured time.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            text = b"".join(_tail(file.fileno()) for file in (out, err))
            raise CommandFailed(command, process.returncode, text.decode(errors="replace"))
        within = _within(_tail(out.fileno()))
    return Cost(seconds, usage.ru_maxrss * RSS_UNIT / 1e6, within=within)


def _within(output: bytes) -> dict[str, float]:
    last = output.rstrip().rpartition(b"\n")[2]
    if not last.startswith(b'{"within"'):
        return {}
    found: dict[str, float] = json.loads(last)["within"]
    return found


def _tail(descriptor: int, size: int = 8_000) -> bytes:
    """Return the last ``size`` bytes of a file; under --json errors are on stdout."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, max(0, end - size), os.SEEK_SET)
    return os.read(descriptor, size)
