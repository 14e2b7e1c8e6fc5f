"""What the system refuses, in our errors: about one thing, about the drive, or about everything."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from syncengine.adapters.folders.steps import Disk, is_folder
from syncengine.core.path_text import path_text
from syncengine.core.ports import Clock
from syncengine.errors import Forbidden, Rejected, RemoteError, TryLater

SYSTEM = "folders"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_AWAY = frozenset(
    {errno.EIO, errno.ENODEV, errno.ESTALE, errno.ENOTCONN, errno.ENXIO, errno.EHOSTDOWN, errno.ETIMEDOUT}
)  # fmt: skip
_CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_ADVICE = {
    errno.EACCES: "its rights do not allow it: change them, or leave the file out",
    errno.EPERM: "its rights do not allow it: change them, or leave the file out",
    errno.EROFS: "it is on a disk that may only be read",
    errno.EBUSY: "it is in use: close what uses it, and run it again",
    errno.ETXTBSY: "it is in use: close what uses it, and run it again",
    errno.ENAMETOOLONG: "the name is too long for that disk: use a folder with a shorter path",
    errno.EFBIG: "it is larger than that disk, or this account, takes in one file",
    errno.ENOENT: "it is not there any more: run it again, the next scan finds out",
    errno.ENOTDIR: "it is not there any more: run it again, the next scan finds out",
    errno.EEXIST: "something else has come to be there: move or rename it, and run it again",
    errno.EISDIR: "there is a folder where a file should be: move or rename it",
    errno.ELOOP: "links lead in a circle there: delete them",
}


def rejected(message: str, operation: str, path: str) -> Rejected:
    """Return the error about one path, which the message goes on from: ``{path}: {message}``."""
    shown = path_text(path)
    return Rejected(f"{shown}: {message}", system=SYSTEM, operation=operation, address=shown)


@contextmanager
def refusing(disk: Disk, root: str, operation: str, clock: Clock) -> Iterator[None]:
    """Turn what the system says into our errors."""
    try:
        yield
    except OSError as error:
        raise _ours(error, disk, root, operation, clock) from error


def _ours(error: OSError, disk: Disk, root: str, operation: str, clock: Clock) -> RemoteError:
    path = _path_of(error)
    shown = path_text(path or root)
    if error.errno in _FULL:
        message = (
            f"the disk of {shown} is full: free some space and run it again; what is done is kept"
        )
        return TryLater(
            message, system=SYSTEM, operation=operation, not_before=clock(), address=shown
        )
    if error.errno in _AWAY or not _is_there(disk, root):
        return away(root, operation, clock, error.strerror or "")
    if error.errno in _CLOSED and _is_closed(error, disk, root):
        message = (
            f"nothing can be written into {path_text(root)} ({error.strerror}): change its rights, or name "
            "another folder in SYNCENGINE_PLAYLISTS_DIR"
        )
        return Forbidden(
            message, system=SYSTEM, operation=operation, address=path_text(root), everything=True
        )
    reason = _ADVICE.get(error.errno or 0, "run it again; if it stays so, move or rename it")
    return rejected(f"{error.strerror or error}: {reason}", operation, path or root)


def away(root: str, operation: str, clock: Clock, said: str = "") -> TryLater:
    """Return the error for a folder for playlists that is not there."""
    told = f" ({said})" if said else ""
    message = (
        f"the drive of {path_text(root)} is away{told}: plug it in, or make that folder if it is to be a new "
        "one, and run it again; what is done is kept"
    )
    return TryLater(
        message, system=SYSTEM, operation=operation, not_before=clock(), address=path_text(root)
    )


def _path_of(error: OSError) -> str:
    """Return the path that an error is about: of two the new one."""
    path = error.filename2 if error.filename2 is not None else error.filename
    return os.fsdecode(path) if isinstance(path, str | bytes) else ""


def _is_there(disk: Disk, root: str) -> bool:
    try:
        return is_folder(disk.state_behind(root))
    except OSError:
        return False


def _is_closed(error: OSError, disk: Disk, root: str) -> bool:
    inside = _path_of(error).startswith(root.rstrip(os.sep) + os.sep)
    return (error.errno == errno.EROFS and inside) or not disk.may_write(root)
