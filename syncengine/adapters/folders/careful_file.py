"""Opening files that may be anything: only real files, and never more of one than a tag can be."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from syncengine.core.audio_file import Stat

_MOST_READS = 100_000
_MOST_BYTES = 1 << 26
_LAST_NS = (1 << 63) - 1
"""The last nanosecond that a database has room for."""
# Neither waits for the other end of a pipe, nor makes a terminal ours, nor translates line ends.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


class Unreadable(Exception):
    """A file cannot be read as audio; says why in words that go on after "it"."""


class CarefulFile(io.BufferedReader):
    """A file that raises Unreadable when somebody asks for too much of it.

    Who reads a damaged file believes it when it says that it has four million tags of nothing.
    """

    def __init__(self, raw: io.FileIO, size: int) -> None:
        super().__init__(raw)
        self.size = size
        self._reads = _MOST_READS
        self._bytes = _MOST_BYTES

    @property
    def name(self) -> str:
        """What a parser calls it in its messages; its path is none of their business."""
        return "file"

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as any file does. Raises Unreadable."""
        self._reads -= 1
        if self._reads < 0:
            raise Unreadable("is damaged: it has more parts than any audio file")
        if size is None or size < 0 or size > 65_536:
            left = max(0, self.size - self.tell())
            size = left if size is None or size < 0 else min(size, left)
        self._bytes -= size
        if self._bytes < 0:
            raise Unreadable("is damaged: its tags are larger than any tags")
        return super().read(size)

    def at(self, offset: int, length: int) -> bytes:
        """Return the bytes at an offset, fewer at the file's end."""
        if offset >= self.size:
            return b""
        self.seek(offset)
        return self.read(length)


@contextmanager
def opened(path: str) -> Iterator[CarefulFile]:
    """Open a file for reading. Raises OSError, and Unreadable for what is no file."""
    with io.FileIO(os.open(path, _FLAGS)) as raw:
        found = os.fstat(raw.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("is no file any more")
        with CarefulFile(raw, found.st_size) as file:
            yield file


def stat_of(found: os.stat_result) -> Stat:
    """Return what the file system says, in our words; times beyond the year 2262 as that."""
    modified = max(-_LAST_NS, min(found.st_mtime_ns, _LAST_NS))
    return Stat(found.st_size, modified, found.st_dev, found.st_ino)
