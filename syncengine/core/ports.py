"""What the jobs expect of the outside, as protocols that adapters fulfil."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.track import Claim, Dialect, Facts

Clock = Callable[[], Instant]
"""Returns the present instant; passed in, so that tests own the time."""


class SeenRow(NamedTuple):
    """One row of an export.

    ``fingerprint`` is a 16-byte digest of the dialect and every cell that states a fact of the track
    (not of popularity, position or adding): equal fingerprints make equal claims, so that a claim is
    worked out once. ``popularity`` is 0–100. ``cells`` are the raw texts.
    """

    line: int
    fingerprint: bytes
    added_at: Instant | None
    added_by: str | None
    popularity: int | None
    cells: Sequence[str]


class RejectedRow(NamedTuple):
    """A row that cannot be parsed; ``line`` counts from 1 and is where the row starts."""

    line: int
    reason: str


class ExportFile(Protocol):
    """One file, or one playlist of a file that holds several, that claims to be an export."""

    @property
    def path(self) -> str:
        """The path to show: relative to the folder or archive that was given."""

    @property
    def stem(self) -> str:
        """The file name without its suffix; of a playlist in a file, its name."""

    @property
    def modified_at(self) -> Instant:
        """The file's (in a zip: the member's) modification time."""

    def read(self) -> bytes:
        """Return the bytes. Raises MalformedExport when they cannot be had."""


class ParsedExport(Protocol):
    """An export whose dialect is known."""

    @property
    def dialect(self) -> Dialect:
        """The dialect it is written in."""

    @property
    def layout(self) -> Hashable:
        """What it takes to read a row: exports of equal layouts can read each other's rows."""

    @property
    def warnings(self) -> Sequence[str]:
        """What is odd about the file as a whole, one sentence each; complete after ``rows``."""

    @property
    def ordered(self) -> bool:
        """Whether the order of its rows is that of the playlist."""

    def rows(self) -> Iterator[SeenRow | RejectedRow]:
        """Yield every row in order. Raises MalformedExport when the file turns out to be no export."""

    def claims(self, rows: Sequence[SeenRow]) -> Sequence[Claim | ValueError]:
        """Return what each row says of its track; for a bad row the error that carries the reason."""


class Part(NamedTuple):
    """One playlist out of a file, in bytes that change with this playlist only.

    ``not_before`` is a moment that the playlist was looked at after, whatever the file's time says.
    """

    file: ExportFile
    content: bytes
    not_before: Instant = Instant(0)


class ExportReader(Protocol):
    """The adapter that finds and reads exports."""

    def find(self, paths: Sequence[Path]) -> Iterable[ExportFile | Quarantined]:
        """Yield every export under the paths, in a stable order."""

    def split(self, file: ExportFile, content: bytes) -> Iterable[Part | Quarantined]:
        """Yield each playlist of a file; of a file that holds one, the file itself.

        Raises MalformedExport for a file that cannot be cut into playlists.
        """

    def parse(self, file: ExportFile, content: bytes) -> ParsedExport:
        """Recognise the dialect. Raises MalformedExport for a file that is no export."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that was found and cannot be used, with the reason.

    One playlist of a file that holds several has its name as ``stem`` and the file's path as ``inside``.
    """

    path: str
    reason: str
    line: int | None = None
    stem: str | None = None
    inside: str | None = None


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """One entry to be written: its facts at the moment of the export."""

    facts: Facts
    added_at: Instant | None
    added_by: str | None
    popularity: int | None


@dataclass(frozen=True, slots=True)
class ExportedPlaylist:
    """One playlist to be written; ``stem`` is the file stem that was seen, else made from the name."""

    key: PlaylistKey
    name: str
    stem: str
    entries: Sequence[ExportedEntry]
