"""Every error this package raises on purpose.

::

    SyncEngineError
    ├─ UserError             no traceback; carries problems: a list
    │  ├─ UsageError           wrong arguments for this command
    │  ├─ ConfigError          wrong or missing settings
    │  ├─ MalformedExport      a file that is no export: file, line, column
    │  └─ NotFound             nothing goes by that name, or nothing was known then
    ├─ Refusal               a guard stopped us; the message ends in what lifts it
    │  ├─ MassDeletion  ├─ EmptiedSource  ├─ StalePlan  └─ Unasked
    ├─ RemoteError           system, operation, address; always raised from the vendor's error
    │  ├─ Transient(retry_after)  └─ OutcomeUnknown below it
    │  ├─ TryLater(not_before)  ├─ SignInNeeded
    │  ├─ Forbidden  ├─ Gone  └─ Rejected
    ├─ Locked                another run holds the lock
    └─ InvariantBroken       if this surfaces it is our bug
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class SyncEngineError(Exception):
    """The root of all errors raised on purpose; ``details`` are facts that scripts ask for, as in JSON.

    ``code`` is what a process that ends in one tells the script that started it.
    """

    code: ClassVar[int] = 1

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.details: dict[str, object] = {}


class UserError(SyncEngineError):
    """The input or the call is wrong; ``problems`` lists every finding, one sentence each."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)


class UsageError(UserError):
    """The command was called in a way that cannot work."""

    code = 2


class ConfigError(UserError):
    """A setting is unknown, missing or has a value that cannot be used."""

    code = 2


class MalformedExport(UserError):
    """A file cannot be read as an export; ``line`` and ``column`` count from 1."""

    def __init__(
        self, reason: str, *, file: str, line: int | None = None, column: int | None = None
    ) -> None:
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {reason}")
        self.reason = reason
        self.file = file
        self.line = line
        self.column = column


class NotFound(UserError):
    """Nothing in the library goes by the name that was given, or not at that moment."""


class Refusal(SyncEngineError):
    """A guard stopped one sink; ``lift`` is the flag that lifts it."""

    code = 3

    guard = "refusal"

    def __init__(self, message: str, *, lift: str) -> None:
        super().__init__(message)
        self.lift = lift


class MassDeletion(Refusal):
    """A plan would remove more of an entity than the guard allows."""

    guard = "mass-deletion"


class EmptiedSource(Refusal):
    """The library is empty where the sink is not."""

    guard = "emptied-source"


class StalePlan(Refusal):
    """The library moved on after the plan was saved."""

    guard = "stale-plan"


class Unasked(Refusal):
    """It would take hours, and nobody was there to consent."""

    guard = "unasked"


class RemoteError(SyncEngineError):
    """An outside system failed; raised from the vendor's own error."""

    def __init__(self, message: str, *, system: str, operation: str, address: str = "") -> None:
        super().__init__(message)
        self.system = system
        self.operation = operation
        self.address = address


class Transient(RemoteError):
    """It failed and may work the next time; ``retry_after`` is in seconds, where the service said so."""

    code = 6

    def __init__(
        self,
        message: str,
        *,
        system: str,
        operation: str,
        address: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, system=system, operation=operation, address=address)
        self.retry_after = retry_after


class OutcomeUnknown(Transient):
    """It may have been done or not: the connection or the service broke before the answer came."""


class TryLater(RemoteError):
    """No call may be made before ``not_before``, in whole seconds since 1970 (UTC)."""

    code = 6

    def __init__(
        self, message: str, *, system: str, operation: str, not_before: int, address: str = ""
    ) -> None:
        super().__init__(message, system=system, operation=operation, address=address)
        self.not_before = not_before


class SignInNeeded(RemoteError):
    """Nobody is signed in, or the sign-in is no longer taken."""

    code = 5


class Forbidden(RemoteError):
    """The service does not let this app, or this person, do it.

    ``everything``: they may do nothing at all; ``creating``: nothing can be created, and all else can.
    """

    def __init__(
        self,
        message: str,
        *,
        system: str,
        operation: str,
        address: str = "",
        everything: bool = False,
        creating: bool = False,
    ) -> None:
        super().__init__(message, system=system, operation=operation, address=address)
        self.everything = everything
        self.creating = creating


class Gone(RemoteError):
    """There is no such thing at the service, or no longer."""


class Rejected(RemoteError):
    """The service calls the request wrong: a bug of ours, or a change of theirs."""


class Locked(SyncEngineError):
    """Another run holds the lock."""

    code = 7


class InvariantBroken(SyncEngineError):
    """The memory contradicts itself: a bug of ours, never the user's."""
