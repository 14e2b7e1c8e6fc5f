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

    def mark(self, number: int, stem: str, *, among: int) -> None:
        """Make it one of several playlists that go by one file name; so many were at this moment."""
        self.place(number, stem, playlist_key(stem))
        what = "files of one moment" if among > 1 else "playlists"
        differ = " and differ" if among > 1 else ""
        self.report.warnings.append(
            f"several {what} are called so{differ}; this one is the playlist {self.name!r}"
        )

    def place(self, number: int, stem: str, key: PlaylistKey) -> None:
        """Make it the playlist of a key, one of several that go by its file name."""
        self.number = number
        if number > 1:
            self.stem, self.key = stem, key
            self.name = self.report.playlist = f"{self.name} ({number})"
