"""Folders of audio files: what is in them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path

from syncengine.core.audio_file import AudioFile
from syncengine.core.music_folder import FoundFile, Walk

__all__ = ["Folders"]

READERS = 4
"""Files that are read at a time: most of it is waiting, for a disk or a server in the cellar."""
AHEAD = 64
"""Files that may wait to be taken, so that memory does not grow with the library."""


class Folders:
    """The music folders on this machine."""

    def __init__(
        self, folders: Iterable[Path], playlists: Path | None = None, *, follow: bool = True
    ) -> None:
        """``playlists`` is the folder for playlists, which is passed over; ``follow`` is about links."""
        self._follow = follow
        self._folders = tuple(dict.fromkeys(map(_absolute, folders)))
        self._playlists = None if playlists is None else _absolute(playlists)

    @property
    def folders(self) -> Sequence[str]:
        """The music folders, absolute, each once."""
        return self._folders

    @property
    def playlists(self) -> str | None:
        """The folder for playlists, absolute."""
        return self._playlists

    def walk(self) -> Walk:
        """Look through the music folders; nothing is opened."""
        from syncengine.adapters.folders import scanner

        return scanner.walk(self._folders, self._playlists, follow=self._follow)

    def placed(self) -> list[FoundFile]:
        """Return the audio files in the folder for playlists; links lead elsewhere and are none."""
        from syncengine.adapters.folders import scanner

        return [] if self._playlists is None else scanner.inside(self._playlists)

    def at(self, paths: Iterable[str]) -> list[FoundFile]:
        """Return those of the paths where there is a file."""
        from syncengine.adapters.folders import scanner

        return scanner.at(paths)

    def read(self, files: Iterable[FoundFile]) -> Iterator[AudioFile]:
        """Yield each file as it is read, in order; one that is gone by then is left out."""
        from concurrent.futures import Future, ThreadPoolExecutor

        from syncengine.adapters.folders.reader import read_audio

        waiting: deque[Future[AudioFile | None]] = deque()
        with ThreadPoolExecutor(READERS) as pool:
            for found in chain(files, repeat(None, AHEAD)):
                if found is not None:
                    waiting.append(pool.submit(read_audio, found))
                if waiting and (found is None or len(waiting) > AHEAD):
                    read = waiting.popleft().result()
                    if read is not None:
                        yield read


def _absolute(folder: Path) -> str:
    path = os.path.abspath(folder.expanduser())  # noqa: PTH100 -- pathlib's leaves ".." where it is
    # Two slashes at the start mean one, and nowhere else would there be two.
    return path[1:] if path.startswith("//") else path
