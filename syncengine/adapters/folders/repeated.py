"""Files that have the very bytes of another one: taken away, and made again."""

from __future__ import annotations

from collections.abc import Callable

from syncengine.adapters.folders.known import Known
from syncengine.adapters.folders.moving import Moving, one_entry
from syncengine.adapters.folders.refusing import rejected
from syncengine.adapters.folders.steps import (
    Disk,
    dirname,
    identity,
    is_file,
    isabs,
    normpath,
    realpath,
)
from syncengine.adapters.folders.wanting import PATH, number_of
from syncengine.core.path_text import path_of, path_text
from syncengine.core.plan import Value
from syncengine.core.writer import Change, Written

SAME_AS = "Same as"
"""The field that names the file, by its number, of which another one has the bytes."""
_OPERATION = "repeated"


class Repeated:
    """Takes a file away whose bytes another file has, compared when it is done; and copies it back."""

    def __init__(self, root: str, disk: Disk, known: Callable[[], Known]) -> None:
        self._root = root
        self._disk = disk
        self._known = known

    def kept(self, change: Change) -> dict[str, Value]:
        """Return where the file is, and of which it has the bytes."""
        file = self._known().fresh(number_of(change))
        if file is None or not change.gone:
            return {}
        return {PATH: path_text(file.path), SAME_AS: change.fields[SAME_AS]}

    def write(self, change: Change) -> Written:
        """Take one file away, or put it back. Raises OSError, and Rejected where the bytes differ."""
        kept = self._kept(change)
        path = self._take_away(change, kept) if change.gone else self._put_back(change, kept)
        return Written(path_text(path), {}, frozenset(change.fields))

    def _kept(self, change: Change) -> str:
        said = change.fields[SAME_AS]
        file = self._known().fresh(int(said)) if isinstance(said, str) and said.isdigit() else None
        if file is None or not is_file(self._disk.state(file.path)):
            raise rejected("the file to be kept is not there", _OPERATION, change.key)
        return file.path

    def _take_away(self, change: Change, kept: str) -> str:
        file = self._known().fresh(number_of(change))
        if file is None:
            raise rejected("no such file is known", _OPERATION, change.key)
        path = file.path
        found, other = self._disk.state(path), self._disk.state(kept)
        if found is None:  # it was taken away before
            return path
        if not is_file(found) or path == kept:
            raise rejected("that is no file of its own, so it stays", _OPERATION, path)
        if realpath(path) == realpath(kept) or realpath(dirname(path)) != dirname(path):
            raise rejected("it is reached through a link, so it stays", _OPERATION, path)
        is_one = other is not None and identity(found) == identity(other)
        if is_one and (found.st_nlink < 2 or one_entry(self._disk, path, kept)):
            raise rejected("it is the very file that is to be kept, so it stays", _OPERATION, path)
        if not is_one and self._disk.digest(path) != self._disk.digest(kept):
            raise rejected(
                f"it has the audio of {path_text(kept)} and other tags, so it stays",
                _OPERATION,
                path,
            )
        self._disk.flush(kept)
        self._disk.unlink(path)
        self._disk.flush(dirname(path))
        return path

    def _put_back(self, change: Change, kept: str) -> str:
        said = change.fields.get(PATH)
        path = path_of(said) if isinstance(said, str) else ""
        if not isabs(path) or normpath(path) != path:
            raise rejected("that is no whole path", _OPERATION, path)
        there = self._disk.state(path)
        if there is None:
            Moving(self._disk, self._root, "copy", str(number_of(change))).place(kept, path)
        elif not is_file(there) or self._disk.digest(path) != self._disk.digest(kept):
            raise rejected("something else is there by now: move or rename it", _OPERATION, path)
        return path
