"""Where the audio files are, as the jobs know it: what is found there, and what can be read of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from syncengine.core.audio_file import AudioFile, Stat

TRY_AGAIN = -1
"""A time of change that no file has, so that a file counts as changed the next time."""


class FoundFile(NamedTuple):
    """A file that has an audio file's ending; nothing of it was read. ``path`` is absolute."""

    path: str
    stat: Stat


class Unseen(NamedTuple):
    """A folder that could not be looked into, or only in part, with the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What stands under the music folders now, in an order that stays the same.

    ``repeated`` are other paths of files and folders that were found already: links to them, or
    folders that were named twice. ``missing`` are music folders that do not exist.
    """

    files: Sequence[FoundFile]
    repeated: Sequence[str] = ()
    unseen: Sequence[Unseen] = ()
    missing: Sequence[str] = ()


class MusicFolders(Protocol):
    """The adapter that finds and reads audio files."""

    @property
    def folders(self) -> Sequence[str]:
        """The music folders, absolute, each once."""

    @property
    def playlists(self) -> str | None:
        """The folder for playlists, absolute, if there is to be one; it is not walked through."""

    def walk(self) -> Walk:
        """Look through the music folders; nothing is opened."""

    def placed(self) -> list[FoundFile]:
        """Return the audio files in the folder for playlists, each once; links are none."""

    def at(self, paths: Iterable[str]) -> list[FoundFile]:
        """Return those of the paths where there is a file."""

    def read(self, files: Iterable[FoundFile]) -> Iterator[AudioFile]:
        """Yield each file as it is read; one that is gone by then is left out.

        Of one that could not be read for a reason that may pass, ``modified_ns`` is TRY_AGAIN.
        """


def is_under(path: str, folder: str) -> bool:
    """Tell whether a path stands in a folder, at any depth; both are absolute."""
    if not path.startswith(folder):
        return False
    return folder.endswith(("/", "\\")) or path[len(folder) : len(folder) + 1] in {"/", "\\"}
