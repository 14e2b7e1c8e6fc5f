"""A file on its way into the memory, and what is reported of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncengine.core.identity import PlaylistKey, playlist_key
from syncengine.core.moment import Instant
from syncengine.core.ports import ExportFile, RejectedRow
from syncengine.core.snapshot import Kind
from syncengine.storage.repositories.timeline import Seen


@dataclass(slots=True)
class FileReport:
    """What became of one file; ``status`` is imported, unchanged, suspect or quarantined.

    ``generation`` says which form of the dialect it is in. One playlist of a file that holds
    several has that file's path as ``inside``.
    """

    path: str
    playlist: str
    dialect: str | None = None
    generation: str | None = None
    status: str = "imported"
    rows: int = 0
    imported: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    inside: str | None = None


@dataclass(slots=True)
class Candidate:
    """A readable file on its way into the memory; ``base`` is the key that its name alone gives.

    ``content`` and ``dialect`` are row numbers. ``known`` is the observation it was before.
    """

    file: ExportFile
    report: FileReport
    digest: bytes
    base: PlaylistKey
    key: PlaylistKey
    name: str
    stem: str
    at: Instant
    number: int | None = None
    inferred: bool = False
    content: int | None = None
    dialect: int | None = None
    kind: Kind = Kind.COMPLETE
    known: Seen | None = None

    def mark(self, number: int, stem: str) -> None:
        """Make it one of several playlists that go by one file name."""
        self.place(number, stem, playlist_key(stem))
        self.report.warnings.append(
            "several files of one moment are called so and differ; "
            f"this one is the playlist {self.name!r}"
        )

    def place(self, number: int, stem: str, key: PlaylistKey) -> None:
        """Make it the playlist of a key, one of several that go by its file name."""
        self.number = number
        if number > 1:
            self.stem, self.key = stem, key
            self.name = self.report.playlist = f"{self.name} ({number})"
