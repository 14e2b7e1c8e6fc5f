"""Which track a file is of, as it was found and is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from syncengine.core.identity import TrackKey
from syncengine.core.match import By, Tier


@dataclass(frozen=True, slots=True)
class FileMatch:
    """The remembered answer for one file, by its number; see ``core.match.Match``."""

    file: int
    tier: Tier
    track: TrackKey | None
    by: By | None
    score: float
    reason: str
    twins: tuple[TrackKey, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether something may be done because of it."""
        return self.track is not None and self.tier in ("certain", "likely")
