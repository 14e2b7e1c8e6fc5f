"""How a person wants the sinks to be filled, beside what the settings say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SinkWishes:
    """How a person wants the sinks for one run; None is for what the settings say."""

    popularity_always: bool = False
    move: bool | None = None
    link: str | None = None
    accept_emptied: bool = False
    moving: frozenset[int] = frozenset()


NO_SINK_WISHES = SinkWishes()
