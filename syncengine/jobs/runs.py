"""Runs in the ledger: when a command that may write began, and how it ended, also when it failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field

from syncengine.core.ports import Clock
from syncengine.errors import SyncEngineError
from syncengine.storage.unit_of_work import UnitOfWork

OpenUnit = Callable[[], AbstractContextManager[UnitOfWork]]

_FAILED, _INTERRUPTED, _TERMINATED = 1, 130, 143


@dataclass(slots=True)
class RunNote:
    """What is noted of a run when it ends in good order."""

    id: int
    exit_code: int = 0
    summary: dict[str, object] = field(default_factory=dict)


@contextmanager
def recorded_run(open_unit: OpenUnit, command: str, clock: Clock) -> Iterator[RunNote]:
    """Note the begin of a run, and its end whatever that is; one that was killed has none."""
    with open_unit() as unit:
        run = RunNote(unit.ledger.begin_run(command, clock()))
        unit.commit()
    try:
        yield run
    except BaseException as error:
        run.exit_code = _code_of(error)
        with suppress(SyncEngineError):
            _end(open_unit, run, clock)
        raise
    _end(open_unit, run, clock)


def _end(open_unit: OpenUnit, run: RunNote, clock: Clock) -> None:
    with open_unit() as unit:
        unit.ledger.end_run(run.id, clock(), run.exit_code, run.summary)
        unit.commit()


def _code_of(error: BaseException) -> int:
    if isinstance(error, SyncEngineError):
        return error.code
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED
    return _FAILED if isinstance(error, Exception) else _TERMINATED
