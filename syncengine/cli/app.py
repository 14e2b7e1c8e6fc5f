"""One run of the command line, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import typer

from syncengine.cli.context import FORMAT_VERSION, Draft, now
from syncengine.cli.cycles import without_search_for_cycles
from syncengine.cli.exits import ExitCode, code_of
from syncengine.cli.lazy import CommandGroup, build
from syncengine.cli.registry import COMMANDS, GROUPS, Entry
from syncengine.cli.terminal import Terminal
from syncengine.cli.text import safe
from syncengine.core.moment import Instant, to_iso
from syncengine.errors import InvariantBroken, Refusal, SyncEngineError, TryLater, UserError

if TYPE_CHECKING:
    from types import FrameType

    from syncengine.core.ports import Clock

PROGRAM = "syncengine"
_ABOUT = "Keep your Spotify library as a versioned database, and know what follows from a change."
_COMPLETING = "_SYNCENGINE_COMPLETE"


class Terminated(BaseException):
    """SIGTERM came: end in good order."""


class Failure(NamedTuple):
    """How a run ended that did not end well; an empty message says that all has been said."""

    code: int
    message: str = ""
    problems: Sequence[str] = ()
    hint: str = ""


def run(
    arguments: Sequence[str] | None = None,
    *,
    clock: Clock = now,
    commands: Sequence[Entry] = COMMANDS,
) -> int:
    """Run one invocation and return its exit code; without ``arguments`` they are the process's."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if _COMPLETING in os.environ:  # noqa: TID251 -- the shell's question, no setting of ours
        build(commands, GROUPS, _ABOUT).main(given, prog_name=PROGRAM)
    terminal = Terminal()
    draft = Draft(terminal, clock, json=_wants_json(given))
    with _heeding_sigterm(), without_search_for_cycles():
        try:
            code = _invoke(build(commands, GROUPS, _ABOUT), given, draft)
        except BaseException as error:  # noqa: BLE001 -- the one error boundary
            code = _report(_failure(error), draft, error)
    return _close(terminal, code)


def _invoke(root: CommandGroup, given: list[str], draft: Draft) -> int:
    if not given:  # a cron job that lost its arguments should not look like a success
        context = root.make_context(PROGRAM, [], resilient_parsing=True)
        draft.terminal.write_talk(context.get_help())
        return ExitCode.USAGE
    with root.make_context(PROGRAM, given, obj=draft) as context:
        outcome = root.invoke(context)
    return outcome if isinstance(outcome, int) else ExitCode.DONE


def _wants_json(given: Sequence[str]) -> bool:
    """Return whether errors are wanted as JSON, also those that end the parsing before it gets there."""
    before = given[: given.index("--")] if "--" in given else given
    return "--json" in before


def _failure(error: BaseException) -> Failure:
    match error:
        case typer.Exit():
            return Failure(error.exit_code)
        case SystemExit():
            return Failure(error.code if isinstance(error.code, int) else ExitCode.DONE)
        case KeyboardInterrupt():
            return Failure(ExitCode.INTERRUPTED, "interrupted")
        case Terminated():
            return Failure(ExitCode.TERMINATED, "terminated")
        case typer.Abort() if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            return Failure(ExitCode.INTERRUPTED, "interrupted")
        case typer.Abort() | EOFError():
            return Failure(ExitCode.USAGE, "a question was left without an answer")
        case typer.TyperException():
            return Failure(error.exit_code, error.format_message(), hint=_usage_hint(error))
        case BrokenPipeError():
            return Failure(ExitCode.DONE)
        case _:
            return _own_failure(error)


def _own_failure(error: BaseException) -> Failure:
    match error:
        case InvariantBroken():
            return Failure(ExitCode.ERROR, _internal(error))
        case UserError():
            return Failure(code_of(error), str(error), error.problems)
        case Refusal():
            lift = "" if error.lift in str(error) else f" (lift with {error.lift})"
            return Failure(code_of(error), f"{error}{lift}")
        case SyncEngineError():
            return Failure(code_of(error), str(error))
        case OSError(strerror=str() as reason):
            where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
            return Failure(ExitCode.ERROR, f"{where}{reason}")
        case _:
            return Failure(ExitCode.ERROR, _internal(error))


def _details(error: BaseException) -> Mapping[str, object]:
    """Return what an error tells scripts beside its sentence."""
    if not isinstance(error, SyncEngineError):
        return {}
    if isinstance(error, TryLater):
        return {"not_before": to_iso(Instant(error.not_before))} | error.details
    return error.details


def _internal(error: BaseException) -> str:
    first, *_ = str(error).splitlines() or [""]  # the rest is for --verbose
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return f"internal error: {' '.join(what.split())}; please report it with what --verbose shows"


def _usage_hint(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"Try '{context.command_path} --help'." if context is not None else ""


def _report(failure: Failure, draft: Draft, error: BaseException) -> int:
    """Say what went wrong, as JSON if that is wanted and no result is out yet."""
    from syncengine.cli import log

    if not failure.message:
        return failure.code
    log.set_up(verbose=draft.verbose, quiet=draft.quiet)
    if isinstance(error, Exception):
        log.trace(error)
    message = log.redact(failure.message)
    problems = [log.redact(problem) for problem in failure.problems]
    problems = [] if problems == [message] else problems
    if draft.json and not draft.terminal.emitted:
        told: dict[str, object] = {"format_version": FORMAT_VERSION, "kind": "error"}
        told |= {"code": int(failure.code), "message": message, "problems": problems}
        told |= _details(error)
        with suppress(BrokenPipeError, UserError):  # stdout itself may be what is broken
            draft.terminal.write_json(told)
            return failure.code
    others = [problem for problem in problems if problem not in message]
    lines = [f"error: {safe(message)}", *(f"  - {safe(problem)}" for problem in others)]
    draft.terminal.write_talk("\n".join([*lines, failure.hint] if failure.hint else lines))
    return failure.code


def _close(terminal: Terminal, code: int) -> int:
    """Bring everything out; a reader that has gone is no error, a full disk is."""
    try:
        terminal.flush()
    except BrokenPipeError:
        terminal.hang_up()
    except UserError as error:
        terminal.hang_up()
        terminal.write_talk(f"error: {error}")
        return code or ExitCode.ERROR
    return code


@contextmanager
def _heeding_sigterm() -> Iterator[None]:
    """Turn the first SIGTERM into an exception; a second one ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
