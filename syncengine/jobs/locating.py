"""From a path that a person types to the file that it means, scanned or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.core.audio_file import AudioFile, Stat
from syncengine.core.music_folder import MusicFolders
from syncengine.errors import NotFound


@dataclass(frozen=True, slots=True)
class Located:
    """A file; ``number`` is None where no scan found it, or found another one at its path."""

    file: AudioFile
    number: int | None


def locate(path: str, known: Mapping[int, AudioFile], reader: MusicFolders) -> Located:
    """Return the file at an absolute path; one that is not as the last scan left it is read.

    ``known`` are the files that are there, by number. Another name of a known file, such as a link in a
    playlist's folder, is that file. One that is known and away is told as it is known. Raises NotFound
    where there is none.
    """
    number = next((each for each, file in known.items() if file.path == path), None)
    found = reader.at([path])
    if not found:
        if number is None:
            raise NotFound(f"there is no file {path}")
        return Located(known[number], number)
    if number is None:
        number = _by_inode(known, found[0].stat)
    if number is not None and known[number].stat == found[0].stat:
        return Located(known[number], number)
    read = next(iter(reader.read(found)), None)
    if read is None:
        raise NotFound(f"there is no file {path} any more")
    is_known = number is not None and known[number].digest in (read.digest, None)
    return Located(read, number if is_known else None)


def _by_inode(known: Mapping[int, AudioFile], stat: Stat) -> int | None:
    if not stat.inode:
        return None
    here = (stat.device, stat.inode)
    return next((n for n, f in known.items() if (f.stat.device, f.stat.inode) == here), None)
