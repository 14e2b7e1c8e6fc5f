"""Finding exports: files, folders and archives that a person names."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from syncengine.adapters.exports.archive import Member, hidden, members
from syncengine.adapters.exports.selection import is_taken
from syncengine.core.moment import Instant
from syncengine.core.ports import Quarantined
from syncengine.errors import MalformedExport, UserError

MAX_BYTES = 512 * 1024 * 1024
"""The largest file that is read; a library of a million rows has half of that."""


@dataclass(frozen=True, slots=True)
class OnDisk:
    """An export in a file of its own."""

    path: str
    stem: str
    modified_at: Instant
    address: Path

    def read(self) -> bytes:
        """Return the bytes. Raises MalformedExport when they cannot be had."""
        try:
            return self.address.read_bytes()
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            raise MalformedExport(reason, file=self.path) from error


Found = OnDisk | Member | Quarantined


def find(paths: Sequence[Path]) -> list[Found]:
    """Return every export under the paths: in the order of the paths, by name within each.

    Folders are searched for what ``selection.is_taken`` names; a file that is named itself is an export
    whatever its name, unless it ends in ``.zip``. Shown paths are relative to the folder given; where several
    paths lead to one shown path, the given path's name comes before it, and where that does not tell
    them apart the given path. Raises UserError for paths that do not exist.
    """
    if missing := [str(path) for path in paths if _missing(path)]:
        problems = [f"{path} does not exist" for path in missing]
        raise UserError("; ".join(problems), problems)
    search = _Search()
    found = [(path, each) for path in paths for each in search.named(path)]
    shown = [each.path for _, each in found]
    for prefix in (lambda folder: folder.resolve().name, Path.as_posix):
        places = {(path, name) for (path, _), name in zip(found, shown, strict=True)}
        givers = Counter(name for _, name in places)
        shown = [
            f"{prefix(_folder(path))}/{each.path}" if givers[name] > 1 else name
            for (path, each), name in zip(found, shown, strict=True)
        ]
    return [replace(each, path=name) for (_, each), name in zip(found, shown, strict=True)]


class _Search:
    """One walk over everything that was named; no folder and no file is visited twice."""

    def __init__(self) -> None:
        self._folders: set[tuple[int, int]] = set()
        self._files: set[str] = set()

    def named(self, path: Path) -> Iterator[Found]:
        """Yield what is at a path that was named itself, whatever its suffix."""
        try:
            found = path.stat()
        except OSError as error:
            yield _unreadable(path.name, error)
            return
        if stat.S_ISDIR(found.st_mode):
            yield from self._folder(path, found, "")
        else:
            yield from self._file(path, found, path.name)

    def _folder(self, folder: Path, found: os.stat_result, shown: str) -> Iterator[Found]:
        # Links may lead back up: a folder is known by its device and number, not by its path.
        identity = (found.st_dev, found.st_ino)
        if identity in self._folders:
            return
        self._folders.add(identity)
        try:
            names = sorted(each.name for each in folder.iterdir())
        except OSError as error:
            yield _unreadable(shown or folder.name, error)
            return
        for name in names:
            if not hidden(name):
                yield from self._inside(folder / name, f"{shown}/{name}" if shown else name)

    def _inside(self, path: Path, shown: str) -> Iterator[Found]:
        wanted = is_taken(path.name)
        try:
            found = path.stat()
        except OSError as error:
            if wanted:
                yield _unreadable(shown, error)
            return
        if stat.S_ISDIR(found.st_mode):
            yield from self._folder(path, found, shown)
        elif wanted:
            yield from self._file(path, found, shown)

    def _file(self, path: Path, found: os.stat_result, shown: str) -> Iterator[Found]:
        address = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
        if address in self._files:
            return
        self._files.add(address)
        modified_at = Instant(max(0, found.st_mtime_ns // 10**9))
        if not stat.S_ISREG(found.st_mode):
            yield Quarantined(shown, "is no regular file")
        elif not os.access(path, os.R_OK):
            yield Quarantined(shown, "cannot be read: permission denied")
        elif path.suffix.lower() == ".zip":
            yield from members(path, shown, modified_at)
        elif found.st_size > MAX_BYTES:
            yield Quarantined(shown, f"is larger than {MAX_BYTES // 1024**2} MB")
        else:
            yield OnDisk(shown, path.stem, modified_at, path)


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _missing(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError:
        return False
    return False


def _unreadable(shown: str, error: OSError) -> Quarantined:
    return Quarantined(shown, f"cannot be read: {error.strerror}")
