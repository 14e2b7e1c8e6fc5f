"""Which version of a file a folder was given, as plans say it: its size and time, and where it was."""

from __future__ import annotations

import re
from typing import NamedTuple

from syncengine.core.audio_file import Stat
from syncengine.core.moment import Instant, parse_utc, to_iso
from syncengine.core.path_text import path_text

_SECOND = 1_000_000_000
_SAID = re.compile(r"(\d+) bytes of (\S+Z) and (\d+) ns")
COARSE_NS = 2 * _SECOND
"""What the times of a copy may differ by: some disks count in steps of two seconds."""


class Version(NamedTuple):
    """A file's size in bytes and its time since 1970 in UTC."""

    size: int
    modified_ns: int

    def is_of(self, size: int, modified_ns: int) -> bool:
        """Tell whether a file, or a copy that kept the time, is of this version."""
        if modified_ns % _SECOND:
            return (self.size, self.modified_ns) == (size, modified_ns)
        return self.size == size and abs(self.modified_ns - modified_ns) < COARSE_NS


def version_text(stat: Stat, path: str | None) -> str:
    """Return a file's version in words; ``path`` is where it stays, None for one that is moved."""
    seconds, rest = divmod(stat.modified_ns, _SECOND)
    said = f"{stat.size} bytes of {to_iso(Instant(seconds))} and {rest} ns"
    return said if path is None else f"{said}: {path_text(path)}"


def version_of(text: object) -> Version | None:
    """Read what ``version_text`` wrote; None for anything else."""
    found = _SAID.match(text) if isinstance(text, str) else None
    at = parse_utc(found[2]) if found else None
    if found is None or at is None:
        return None
    return Version(int(found[1]), at * _SECOND + int(found[3]))
