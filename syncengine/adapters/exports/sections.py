"""The playlists inside of a file that holds several: each a section with a path of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from syncengine.adapters.exports.line_length import refuse_absurd_lines
from syncengine.adapters.exports.text import decode
from syncengine.core.moment import Instant
from syncengine.core.ports import ExportFile, Part, Quarantined

SEPARATOR = " › "  # noqa: RUF001 - meant to be another sign than >
"""What stands between a file's path and a playlist's name; no path has it by itself."""
NAMELESS = "_"
MARK = b"\xef\xbb\xbf"
"""What editors on Windows, and TuneMyMusic, put in front of UTF-8."""
_SHOWN = 60
_LONG_AGO = Instant(0)


@dataclass(frozen=True, slots=True)
class Section:
    """One playlist of a file; ``lines`` are those of its entries in that file.

    ``content`` is in the form of the file, as if it held this playlist alone.
    """

    path: str
    stem: str
    modified_at: Instant
    content: bytes = field(repr=False)
    lines: Sequence[int] = field(default=(), repr=False)
    warnings: tuple[str, ...] = ()

    def read(self) -> bytes:
        """Return the bytes."""
        return self.content


class Cut:
    """Cuts one file into sections; several of one name have paths that are told apart."""

    def __init__(self, file: ExportFile) -> None:
        self._file = file
        self._named: Counter[str] = Counter()

    def part(
        self,
        stem: str,
        content: bytes,
        lines: Sequence[int],
        *,
        not_before: Instant = _LONG_AGO,
        warnings: tuple[str, ...] = (),
    ) -> Part:
        """Return a playlist by its name; ``not_before`` is a moment at which it was looked at yet."""
        stem = stem.strip() or NAMELESS
        modified_at = self._file.modified_at
        section = Section(self._path(stem), stem, modified_at, content, lines, warnings)
        return Part(section, content, not_before)

    def refused(self, stem: str, reason: str, line: int | None) -> Quarantined:
        """Return a playlist that cannot be used, with the reason."""
        stem = stem.strip() or NAMELESS
        return Quarantined(self._path(stem), reason, line, stem=stem, inside=self._file.path)

    def _path(self, stem: str) -> str:
        name = "".join(letter if letter.isprintable() else " " for letter in stem)
        if len(name) > _SHOWN:
            name = name[: _SHOWN - 1] + "…"
        self._named[name] += 1
        number = self._named[name]
        return f"{self._file.path}{SEPARATOR}{name}" + (f" ({number})" if number > 1 else "")


def lines_of(file: ExportFile) -> Sequence[int]:
    """Return the lines of a section's entries in its file; none for a file of its own."""
    return file.lines if isinstance(file, Section) else ()


def warnings_of(file: ExportFile) -> tuple[str, ...]:
    """Return what was odd about a section when it was cut out."""
    return file.warnings if isinstance(file, Section) else ()


def text_of(file: ExportFile, content: bytes) -> str:
    """Decode a file. Raises MalformedExport with the line of the first byte that cannot be right."""
    refuse_absurd_lines(file.path, content)
    decoded = decode(file.path, content)
    if decoded.problem is not None:
        raise decoded.problem
    return decoded.text
