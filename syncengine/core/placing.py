"""What is written down of audio files while they are put into folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from syncengine.core.audio_file import AudioFile

UNASSIGNED = "unassigned"
"""The key of the folder of files whose track is in no playlist."""
UNASSIGNED_FOLDER = "Unassigned"
"""Its name; no playlist's folder is called so."""


class FileBook(Protocol):
    """The audio files that are known; what is written into it outlives a power cut when it returns."""

    def files(self) -> Mapping[int, AudioFile]:
        """Return the files that are there, by number."""

    def file(self, number: int) -> AudioFile | None:
        """Return a file by its number, also one that was not found by the last scan; None for no number."""

    def moved(self, number: int, file: AudioFile) -> None:
        """Write down where a file is from now on."""


class ListEntry(NamedTuple):
    """One entry of a playlist's list; ``seconds`` is its length, ``file`` the name beside the list."""

    seconds: int | None
    title: str
    file: str
