"""Finding exports: files, folders and archives that a person names."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from syncengine.adapters.exports.archive import (
    Member,
    Shelf,
    hidden,
    is_nameless,
    members,
    stem_of,
)
from syncengine.adapters.exports.regular_file import (
    MAX_BYTES,
    NOT_REGULAR,
    TOO_LARGE,
    modified,
    read_regular,
    unreadable,
)
from syncengine.adapters.exports.selection import is_taken
from syncengine.core.filename import as_text
from syncengine.core.moment import Instant
from syncengine.core.ports import Quarantined
from syncengine.errors import UserError

_LONGEST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class OnDisk:
    """An export in a file of its own."""

    path: str
    stem: str
    modified_at: Instant
    address: Path

    def read(self) -> bytes:
        """Return the bytes. Raises MalformedExport when they cannot be had."""
        return read_regular(self.address, self.path, self.modified_at)


Found = OnDisk | Member | Quarantined


def find(paths: Sequence[Path]) -> list[Found]:
    """Return every export under the paths: in the order of the paths, by name within each.

    Folders are searched for what ``selection.is_taken`` names; a file that is named itself is an
    export whatever its name, unless it ends in ``.zip``. Shown paths are sound text, relative to the
    folder given; where several paths lead to one shown path, the given path's name comes before it,
    and where that does not tell them apart the given path. Raises UserError for paths that do not
    exist.
    """
    if missing := [as_text(str(path)) for path in paths if _missing(path)]:
        problems = [f"{path} does not exist" for path in missing]
        raise UserError("; ".join(problems), problems)
    search = _Search()
    found = [(path, each) for path in paths for each in search.named(path)]
    shown = [each.path for _, each in found]
    for prefix in (lambda folder: folder.resolve().name, Path.as_posix):
        places = {(path, name) for (path, _), name in zip(found, shown, strict=True)}
        givers = Counter(name for _, name in places)
        shown = [
            f"{as_text(prefix(_folder(path)))}/{each.path}" if givers[name] > 1 else name
            for (path, each), name in zip(found, shown, strict=True)
        ]
    return [replace(each, path=name) for (_, each), name in zip(found, shown, strict=True)]


class _Place(NamedTuple):
    """A folder that is still to be searched; ``shown`` is empty for one that was named."""

    path: Path
    shown: str


class _Search:
    """One walk over everything that was named; no folder and no file is visited twice."""

    def __init__(self) -> None:
        self._folders: set[tuple[int, int]] = set()
        self._above: set[tuple[int, int]] = set()
        self._files: set[str] = set()
        self._shelf = Shelf()

    def named(self, path: Path) -> Iterator[Found]:
        """Yield what is at a path that was named itself, whatever its suffix."""
        try:
            found = path.stat()
        except OSError as error:
            yield Quarantined(as_text(path.name), unreadable(error))
            return
        if stat.S_ISDIR(found.st_mode):
            self._above = _folders_above(path)
            yield from self._walk(_Place(path, ""))
        else:
            yield from self._file(path, found, as_text(path.name))

    def _walk(self, start: _Place) -> Iterator[Found]:
        # Not by recursion: folders may be nested deeper than Python's stack.
        pending = [self._folder(start)]
        while pending:
            found = next(pending[-1], None)
            if found is None:
                pending.pop()
            elif isinstance(found, _Place):
                pending.append(self._folder(found))
            else:
                yield found

    def _folder(self, place: _Place) -> Iterator[Found | _Place]:
        path, shown = place
        try:
            # Links may lead back up: a folder is known by its device and number, not by its path.
            identity = _identity(path.stat())
            if identity in self._folders or (shown and identity in self._above):
                return
            self._folders.add(identity)
            with os.scandir(path) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield Quarantined(_shortened(shown) or as_text(path.name), unreadable(error))
            return
        for entry in entries:
            name = as_text(entry.name)
            yield from self._inside(entry, path / entry.name, f"{shown}/{name}" if shown else name)

    def _inside(self, entry: os.DirEntry[str], path: Path, shown: str) -> Iterator[Found | _Place]:
        if hidden(entry.name) and not is_nameless(entry.name):
            return
        wanted = is_nameless(entry.name) or is_taken(entry.name)
        try:
            if entry.is_dir():
                if not hidden(entry.name):
                    yield _Place(path, shown)
            elif wanted:
                yield from self._file(path, path.stat(), shown)
        except OSError as error:
            if wanted:
                yield Quarantined(_shortened(shown), unreadable(error))

    def _file(self, path: Path, found: os.stat_result, shown: str) -> Iterator[Found]:
        address = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
        if address in self._files:
            return
        self._files.add(address)
        if not stat.S_ISREG(found.st_mode):
            yield Quarantined(shown, NOT_REGULAR)
        elif not os.access(path, os.R_OK):
            yield Quarantined(shown, unreadable(PermissionError()))
        elif path.suffix.lower() == ".zip":
            yield from members(path, shown, modified(found), self._shelf)
        elif found.st_size > MAX_BYTES:
            yield Quarantined(shown, TOO_LARGE)
        else:
            yield OnDisk(shown, stem_of(as_text(path.name)), modified(found), path)


def _shortened(shown: str) -> str:
    """Return a path that fits into a message; one too long for the system is no use in full."""
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:60]}…{shown[-60:]}"


def _identity(found: os.stat_result) -> tuple[int, int]:
    return (found.st_dev, found.st_ino)


def _folders_above(path: Path) -> set[tuple[int, int]]:
    """Return what a link inside the folder may not lead back to: it would search the whole disk."""
    above = set()
    for folder in path.resolve().parents:
        with suppress(OSError):
            above.add(_identity(folder.stat()))
    return above


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
