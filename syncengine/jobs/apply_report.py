"""What came of an apply: what was done, what failed and why, what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from syncengine.core.plan import Action
from syncengine.errors import RemoteError

Progress = Callable[[int, int, int], None]
"""Told how many actions are done, how many failed, and of how many."""


def silent(done: int, failed: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An action that was not done, and why."""

    action: Action
    error: RemoteError

    @property
    def reason(self) -> str:
        """Return why, in a sentence."""
        return str(self.error)


@dataclass(slots=True)
class ApplyReport:
    """What an apply came to.

    ``left`` counts actions that nobody tried; ``calls`` are the requests that were made, by endpoint;
    ``stopped`` is what ended it before its time; ``exact`` says that all was written as the
    plan has it; ``notes`` are what the sink said on the way. ``ids`` are those of the actions that were
    done, ``placeless`` their fields that the sink has no place for.
    """

    done: int = 0
    failed: list[Failure] = field(default_factory=list)
    left: int = 0
    stopped: RemoteError | None = None
    exact: bool = True
    notes: list[str] = field(default_factory=list)
    calls: Mapping[str, int] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set, repr=False)
    placeless: dict[str, frozenset[str]] = field(default_factory=dict)
