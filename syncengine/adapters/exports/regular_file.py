"""Reading a file that may be anything: without waiting, without an end of patience or memory."""

from __future__ import annotations

import os
import stat
from errno import ELOOP, ENAMETOOLONG
from io import FileIO
from pathlib import Path

from syncengine.core.moment import LATEST, Instant
from syncengine.errors import MalformedExport

MAX_BYTES = 256 * 1024 * 1024
"""The largest file that is read; a library of a million rows is as large, in many files."""
TOO_LARGE = (
    f"is larger than {MAX_BYTES // 1024**2} MB, which no export is; "
    "take it out of the folder, or export again"
)
NOT_REGULAR = "is no regular file but a pipe, socket or device; copy what it gives into a file"
_CHANGED = "it changed while it was read; import it again when nothing writes to it"
_CHUNK = 1024 * 1024
# A pipe would wait for a writer, a terminal would become ours; Windows has neither flag.
_CAREFUL = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def careful_opener(path: str, flags: int) -> int:
    """Open a file for ``open(…, opener=…)`` so that no pipe or device can make us wait."""
    return os.open(path, flags | _CAREFUL)


def read_regular(address: Path, shown: str, modified_at: Instant) -> bytes:
    """Return a file's bytes, at most ``MAX_BYTES``.

    ``modified_at`` is the time under which it was found. Raises MalformedExport for what is no
    regular file, cannot be read, is too large, or is not the same from beginning to end.
    """
    try:
        with FileIO(address, opener=careful_opener) as stream:
            before = os.fstat(stream.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise MalformedExport(NOT_REGULAR, file=shown)
            content = _read(stream, before.st_size)
            after = os.fstat(stream.fileno())
    except OSError as error:
        raise MalformedExport(unreadable(error), file=shown) from error
    if content is None:
        raise MalformedExport(TOO_LARGE, file=shown)
    same = (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    if not same or len(content) != before.st_size or modified(before) != modified_at:
        raise MalformedExport(_CHANGED, file=shown)
    return content


def modified(found: os.stat_result) -> Instant:
    """Return a file's modification time, within the years that have a name."""
    return Instant(min(max(0, found.st_mtime_ns // 10**9), LATEST))


def unreadable(error: OSError) -> str:
    """Return why something cannot be read, and what to do about it."""
    if isinstance(error, PermissionError):
        return "cannot be read: permission denied; allow yourself to read it, or leave it out"
    if isinstance(error, FileNotFoundError):
        return "cannot be read: it is not there any more, or is a link that leads nowhere"
    if error.errno == ENAMETOOLONG:
        return "its path is longer than the system takes; import the inner folder by itself"
    if error.errno == ELOOP:
        return "cannot be read: it is a link that leads back to itself; replace it by the file"
    return f"cannot be read: {error.strerror or error}"


def _read(stream: FileIO, size: int) -> bytes | None:
    """Return all that a stream of a promised size gives; None when it is more than ``MAX_BYTES``."""
    chunks, total = [], 0
    wanted = min(size, MAX_BYTES) + 1  # at one go, so that joining need not copy
    while chunk := stream.read(wanted):
        wanted = _CHUNK
        total += len(chunk)
        if total > MAX_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
