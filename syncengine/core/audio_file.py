"""An audio file as the library knows it: what its tags say, and by what it is known again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from syncengine.core.identity import TrackKey


class Tags(NamedTuple):
    """What a file says of itself.

    ``spotify`` is a track's key that stands in any tag or comment. ``duration_ms`` is that of the audio,
    None where it cannot be told.
    """

    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    isrc: str | None = None
    spotify: TrackKey | None = None
    duration_ms: int | None = None


class Stat(NamedTuple):
    """What the file system says of a file; ``size`` is in bytes, ``modified_ns`` since 1970 in UTC."""

    size: int
    modified_ns: int
    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class AudioFile:
    """One audio file.

    ``path`` is absolute, as the system has it. ``digest`` is of samples of the audio itself, 16 bytes in
    hexadecimal: the same after the file was moved or its tags were changed. Of a file that cannot be
    read, ``problem`` says why, in one sentence, and ``tags`` are empty.
    """

    path: str
    stat: Stat
    digest: str | None
    tags: Tags
    problem: str | None = None
