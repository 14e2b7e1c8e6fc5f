"""What is done to a disk, each step a method: tests cut a run off between any two of them."""

# Each step is one call of the system, on names as the system has them.
# ruff: noqa: PTH103, PTH104, PTH105, PTH106, PTH108, PTH112, PTH115, PTH116, PTH118, PTH120, PTH123
# ruff: noqa: PTH208, PTH211

from __future__ import annotations

import errno
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from os.path import basename, dirname, isabs, join, normpath, realpath, relpath
from stat import S_ISDIR, S_ISLNK, S_ISREG

__all__ = [
    "Disk",
    "basename",
    "dirname",
    "identity",
    "is_file",
    "is_folder",
    "is_link",
    "isabs",
    "join",
    "normpath",
    "realpath",
    "relpath",
]

_PIECE = 1 << 20
_NOTHING = frozenset({errno.ENOENT, errno.ENOTDIR})


class Disk:
    """The file system, one call a step; ``calls`` counts the steps that changed something, by kind.

    Nothing here overwrites but ``replace``, and what is written is on the disk when a method returns
    that says so. Every method raises OSError.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def begin(self, kind: str, path: str) -> None:
        """Take note of a step that is about to be made."""
        if kind in _COUNTED:
            self.calls[kind] += 1

    # ------------------------------------------------------------------------------------- looking

    def state(self, path: str) -> os.stat_result | None:
        """Return what stands at a path, a link as itself; None where nothing does."""
        try:
            return os.lstat(path)
        except OSError as error:
            _none(error)
            return None

    def state_behind(self, path: str) -> os.stat_result | None:
        """Return what a path leads to; None for nothing, also behind a link that leads nowhere."""
        try:
            return os.stat(path)
        except OSError as error:
            _none(error, errno.ELOOP)
            return None

    def leads_to(self, path: str) -> str:
        """Return the path that a link names, absolute; it need not exist."""
        return normpath(join(dirname(path), os.readlink(path)))

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """Return what is in a folder, by name."""
        with os.scandir(folder) as found:
            return sorted(found, key=lambda each: os.fsencode(each.name))

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder; none where there is no folder."""
        try:
            return os.listdir(folder)
        except OSError as error:
            _none(error)
            return []

    def content(self, path: str) -> bytes:
        """Return all that is in a file."""
        with open(path, "rb") as file:
            return file.read()

    def digest(self, path: str) -> bytes:
        """Return the digest of all that is in a file."""
        digest = hashlib.blake2b()
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.digest()

    # ------------------------------------------------------------------------------------ changing

    def link(self, source: str, target: str) -> None:
        """Give a file one more name."""
        self.begin("link", target)
        os.link(source, target)

    def symlink(self, text: str, target: str) -> None:
        """Make a link that leads to a path, by name."""
        self.begin("link", target)
        os.symlink(text, target)

    def copy(self, source: str, target: str) -> bytes:
        """Copy a file with its times; return the digest of what was read. It is on the disk then."""
        self.begin("copy", target)
        digest = hashlib.blake2b()
        with _about(target), open(source, "rb") as old, open(target, "xb") as new:
            found = os.fstat(old.fileno())
            while piece := old.read(_PIECE):
                self.begin("write", target)
                digest.update(piece)
                new.write(piece)
            new.flush()
            os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
            os.fsync(new.fileno())
        return digest.digest()

    def write(self, target: str, content: bytes) -> None:
        """Write a new file; it is on the disk then."""
        self.begin("list", target)
        with _about(target), open(target, "xb") as new:
            new.write(content)
            new.flush()
            self.begin("write", target)
            os.fsync(new.fileno())

    def flush(self, path: str) -> None:
        """See to it that a file, or the names in a folder, are on the disk."""
        self.begin("flush", path)
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except PermissionError:
            return  # a folder, where folders are not opened
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EROFS}:
                raise
        finally:
            os.close(descriptor)

    def rename(self, source: str, target: str, kind: str = "rename") -> None:
        """Rename what is at a path; the caller has seen that there is nothing at the other."""
        self.begin(kind, target)
        os.rename(source, target)

    def replace(self, source: str, target: str) -> None:
        """Put a file in the place of another, which is gone then."""
        self.begin("rename", target)
        os.replace(source, target)

    def unlink(self, path: str, kind: str = "unlink") -> None:
        """Take a name away."""
        self.begin(kind, path)
        os.unlink(path)

    def make_folder(self, path: str) -> None:
        """Make a folder, and those on the way to it, where they are not there."""
        if not os.path.isdir(path):
            self.begin("folder", path)
            os.makedirs(path, exist_ok=True)

    def remove_folder(self, path: str) -> None:
        """Take an empty folder away."""
        self.begin("folder", path)
        os.rmdir(path)

    def may_write(self, folder: str) -> bool:
        """Tell whether anything can be put into a folder."""
        return os.access(folder, os.W_OK | os.X_OK)


_COUNTED = frozenset({"link", "copy", "move", "unlink", "rename", "list"})


def is_file(found: os.stat_result | None) -> bool:
    """Tell whether it is a file."""
    return found is not None and S_ISREG(found.st_mode)


def is_folder(found: os.stat_result | None) -> bool:
    """Tell whether it is a folder."""
    return found is not None and S_ISDIR(found.st_mode)


def is_link(found: os.stat_result | None) -> bool:
    """Tell whether it is a link by name."""
    return found is not None and S_ISLNK(found.st_mode)


def identity(found: os.stat_result) -> tuple[int, int]:
    """Return what tells a file from all others, as long as it exists."""
    return found.st_dev, found.st_ino


@contextmanager
def _about(path: str) -> Iterator[None]:
    """Let what the system says while something is written name the path: it does not by itself."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = path
        raise


def _none(error: OSError, *others: int) -> None:
    """Return None where an error says that nothing is there. Raises any other."""
    if error.errno not in _NOTHING and error.errno not in others:
        raise error
