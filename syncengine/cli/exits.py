"""The exit codes, what they mean, and which error ends in which."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from syncengine import errors


class ExitCode(IntEnum):
    """What the process tells the script that started it."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    REFUSED = 3
    PENDING = 4
    SIGN_IN = 5
    LATER = 6
    LOCKED = 7
    PARTIAL = 8
    INTERRUPTED = 130
    TERMINATED = 143


class Meaning(NamedTuple):
    """What a code says, and what a script does about it."""

    meaning: str
    advice: str


MEANINGS = {
    ExitCode.DONE: Meaning("done, or nothing to do", "go on"),
    ExitCode.ERROR: Meaning("error", "look"),
    ExitCode.USAGE: Meaning("wrong usage or settings", "fix the call"),
    ExitCode.REFUSED: Meaning(
        "refused by a guard (mass deletion, emptied source, stale plan); that sink was not touched",
        "look, then lift with the flag the message names",
    ),
    ExitCode.PENDING: Meaning("changes are pending (only with --detailed-exitcode)", "apply"),
    ExitCode.SIGN_IN: Meaning(
        "sign-in needed or expired (Spotify), token refused (Notion)", "what the message says"
    ),
    ExitCode.LATER: Meaning(
        "try later: rate limited, budget used up, service down; progress is kept",
        "next cron run",
    ),
    ExitCode.LOCKED: Meaning("another run holds the lock (after five seconds of waiting)", "skip"),
    ExitCode.PARTIAL: Meaning(
        "done in part: some items failed, are missing, suspect or in conflict, or were quarantined, "
        "and are listed; the rest is done",
        "look at the list",
    ),
    ExitCode.INTERRUPTED: Meaning("ended by Ctrl-C, in good order", "run again"),
    ExitCode.TERMINATED: Meaning("ended by SIGTERM, in good order", "run again"),
}

_FIRST_WINS = (
    ExitCode.ERROR,
    ExitCode.SIGN_IN,
    ExitCode.REFUSED,
    ExitCode.LATER,
    ExitCode.PARTIAL,
    ExitCode.PENDING,
    ExitCode.DONE,
)


def code_of(error: BaseException) -> ExitCode:
    """Return the code that an error ends in."""
    if isinstance(error, errors.SyncEngineError):
        return ExitCode(error.code)
    return ExitCode.INTERRUPTED if isinstance(error, KeyboardInterrupt) else ExitCode.ERROR


def first_of(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the code to end with where several apply; with none it is DONE.

    Raises ValueError for USAGE, LOCKED and signals: these come before any work, or end it.
    """
    return min(codes, key=_FIRST_WINS.index, default=ExitCode.DONE)
