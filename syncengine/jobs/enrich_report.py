"""What becomes of enrichment: a file that was written, one that was applied, one that was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.core.moment import Instant
from syncengine.errors import RemoteError
from syncengine.storage.repositories.enrichments import Counts

_PARTIAL = 8


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file for a person to look through. Counts are of its rows.

    ``asked`` were asked about in this run, ``left`` are still to be asked about. ``served`` says whether
    Spotify tells this app popularity; None where nobody asked. ``stopped`` is why it ended early.
    """

    path: Path
    at: Instant
    rows: int
    isrc: int
    popularity: int
    asked: int
    gone: int
    left: int
    calls: int
    calls_left: int | None
    served: bool | None
    stopped: RemoteError | None

    @property
    def exit_code(self) -> int:
        """What the process ends with: 0, or the code of what ended it early."""
        return self.stopped.code if self.stopped else 0


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a file came to; counts of values are of those that it says something new with.

    ``answered`` values are Spotify's word, ``edited`` ones a person's. ``outvoted`` ISRCs are not believed,
    because a better source says otherwise; for ``outdated`` popularities newer ones are known.
    ``is_remembered`` is False where nobody knows any more what was written into the file.
    """

    name: str
    taken_at: Instant
    run: int | None
    rows: int
    answered: int
    edited: int
    isrcs_changed: int
    popularities_changed: int
    outvoted: int
    outdated: int
    skipped: Sequence[str]
    skipped_count: int
    is_known: bool
    is_remembered: bool
    before: Counts
    after: Counts
    dry_run: bool

    @property
    def exit_code(self) -> int:
        """8 where rows were left out."""
        return _PARTIAL if self.skipped_count else 0


@dataclass(frozen=True, slots=True)
class Undone:
    """A file that was taken back; ``run`` is the one that had applied it."""

    run: int
    name: str
    taken_at: Instant
    before: Counts
    after: Counts
    dry_run: bool
