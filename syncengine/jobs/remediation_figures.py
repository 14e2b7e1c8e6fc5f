"""How many mismatches were found, and how many put right, for who asks how things stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from syncengine.core.moment import Instant
from syncengine.storage.repositories.remote import REMEDIATION
from syncengine.storage.unit_of_work import UnitOfWork

_FOUND, _FIXED = "found", "fixed"


class Found(NamedTuple):
    """What the last look for mismatches found: counts by kind, and of names that sources tell otherwise.

    ``basis`` is what was looked at; ``whole`` says that nothing was left out by a scope.
    """

    kinds: Mapping[str, int]
    names: int
    basis: str
    whole: bool


class RemediationFigures(NamedTuple):
    """What was found, and when; what was put right the last time, and in all."""

    found: Found | None = None
    found_at: Instant | None = None
    last_fixed: int = 0
    fixed: int = 0
    fixed_at: Instant | None = None

    @property
    def mismatches(self) -> int:
        """Return how many mismatches were found; names that sources tell otherwise are none."""
        return sum(self.found.kinds.values()) if self.found else 0


def note_found(unit: UnitOfWork, sink: str, found: Found, at: Instant) -> None:
    """Note what was found; an earlier note is replaced."""
    text = msgspec.json.encode(found._asdict()).decode()
    unit.remote(sink).note(REMEDIATION, _FOUND, text, at)


def note_fixed(unit: UnitOfWork, sink: str, count: int, at: Instant) -> None:
    """Note how many findings were put right."""
    known = remediation_figures(unit, sink)
    unit.remote(sink).note(REMEDIATION, _FIXED, f"{count} {known.fixed + count}", at)


def remediation_figures(unit: UnitOfWork, sink: str) -> RemediationFigures:
    """Return what was noted; nothing where mismatches were never looked for."""
    notes = unit.remote(sink).notes(REMEDIATION)
    figures = RemediationFigures()
    if found := notes.get(_FOUND):
        said = msgspec.json.decode(found.value)
        figures = figures._replace(found=Found(**said), found_at=found.at)
    if fixed := notes.get(_FIXED):
        last, _, total = fixed.value.partition(" ")
        figures = figures._replace(last_fixed=int(last), fixed=int(total), fixed_at=fixed.at)
    return figures
