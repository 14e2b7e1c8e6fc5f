"""A place to try the writer of playlist folders: real files, a book in memory, and a disk that breaks."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from syncengine.adapters.folders.careful_file import stat_of
from syncengine.adapters.folders.lists import list_digest, list_text
from syncengine.adapters.folders.moving import LinkKind
from syncengine.adapters.folders.reader import read_audio
from syncengine.adapters.folders.steps import Disk
from syncengine.adapters.folders.writer import FoldersWriter
from syncengine.core.audio_file import AudioFile
from syncengine.core.moment import Instant
from syncengine.core.music_folder import FoundFile
from syncengine.core.placing import ListEntry
from syncengine.core.plan import Value
from syncengine.core.writer import Change, Written
from tests.audio import make

NOON = Instant(1_790_000_000)


class Killed(BaseException):
    """The process is gone: nothing is tidied up."""


class Book:
    """The audio files that are known."""

    def __init__(self) -> None:
        self.known: dict[int, AudioFile] = {}

    def files(self) -> Mapping[int, AudioFile]:
        return dict(self.known)

    def file(self, number: int) -> AudioFile | None:
        return self.known.get(number)

    def moved(self, number: int, file: AudioFile) -> None:
        assert number in self.known
        self.known[number] = file

    def scan(self, number: int, path: Path) -> AudioFile:
        """Take in a file as a scan would."""
        read = read_audio(FoundFile(str(path), stat_of(path.stat())))
        assert read is not None
        self.known[number] = read
        return read

    def rescan(self) -> None:
        """Look again at all files that are still where they are known to be."""
        for number, file in list(self.known.items()):
            if Path(file.path).is_file():
                self.known[number] = replace(self.scan(number, Path(file.path)), path=file.path)


class BreakingDisk(Disk):
    """A disk that is cut off, or fails, at a step; other parts of it may be on another disk.

    ``kill_at`` and ``fail_at`` count steps from 0. ``apart`` are folders that are disks of their own,
    ``unlinked`` ones that hold no links of any kind.
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[str, str]] = []
        self.kill_at: int | None = None
        self.fail_at: int | None = None
        self.failure = errno.ENOSPC
        self.apart: list[Path] = []
        self.unlinked: list[Path] = []
        self.without_hard: list[Path] = []
        self.refused: dict[str, int] = {}

    def begin(self, kind: str, path: str) -> None:
        super().begin(kind, path)
        if self.kill_at is not None and len(self.steps) >= self.kill_at:
            raise Killed(f"{kind} {path}")
        self.steps.append((kind, path))
        if self.fail_at == len(self.steps) - 1:
            raise OSError(self.failure, os.strerror(self.failure), path)
        if path in self.refused:
            raise OSError(self.refused[path], os.strerror(self.refused[path]), path)

    def link(self, source: str, target: str) -> None:
        self._across(source, target)
        if _is_in(target, [*self.unlinked, *self.without_hard]):
            raise OSError(errno.EPERM, "Operation not permitted", source, None, target)
        super().link(source, target)

    def symlink(self, text: str, target: str) -> None:
        if _is_in(target, self.unlinked):
            raise OSError(errno.EPERM, "Operation not permitted", text, None, target)
        super().symlink(text, target)

    def rename(self, source: str, target: str, kind: str = "rename") -> None:
        self._across(source, target)
        super().rename(source, target, kind)

    def replace(self, source: str, target: str) -> None:
        self._across(source, target)
        super().replace(source, target)

    def _across(self, source: str, target: str) -> None:
        if any(_is_in(source, [each]) != _is_in(target, [each]) for each in self.apart):
            raise OSError(errno.EXDEV, "Invalid cross-device link", source, None, target)


def _is_in(path: str, folders: Collection[Path]) -> bool:
    return any(path.startswith(f"{each}/") for each in folders)


class House:
    """Music, playlist folders, and what is written there."""

    def __init__(self, folder: Path, link: LinkKind = "auto") -> None:
        self.music = folder / "music"
        self.root = folder / "Playlists"
        self.music.mkdir(parents=True)
        self.root.mkdir()
        self.link: LinkKind = link
        self.book = Book()
        self.texts: dict[str, str] = {}
        self.disk = BreakingDisk()
        self.apart = False
        self.writer = self.anew()

    def anew(self) -> FoldersWriter:
        """Start another process."""
        self.disk = BreakingDisk()
        if self.apart:
            self.disk.apart = [self.root]
        self.writer = FoldersWriter(
            self.root, self.link, self.book, self.texts.get, lambda: NOON, disk=self.disk
        )
        return self.writer

    def song(self, number: int, name: str | None = None, *, seed: int | None = None) -> Path:
        path = self.music / (name or f"{number}.mp3")
        make(path, "mp3", seed=number if seed is None else seed, title=f"Song {number}")
        os.utime(path, ns=(NOON * 10**9, NOON * 10**9 + number))
        self.book.scan(number, path)
        return path

    def path(self, number: int) -> Path:
        return Path(self.book.known[number].path)

    def text(self, key: str, *files: str) -> str:
        self.texts[key] = list_text(key, key, [ListEntry(1, each, each) for each in files])
        return list_digest(self.texts[key])

    def playlist(self, key: str, folder: str, *files: str) -> Written:
        """Make a playlist's folder."""
        return self.writer.write(self.a_playlist(key, folder, *files))

    def a_playlist(self, key: str, folder: str, *files: str) -> Change:
        fields: dict[str, Value] = {"Name": key, "Folder": folder, "List": self.text(key, *files)}
        return Change("playlist", key, None, fields)

    def tree(self) -> dict[str, bytes | str]:
        """Return all files below the root and what is in them; of links, where they lead."""
        return dict(self._tree())

    def _tree(self) -> Iterator[tuple[str, bytes | str]]:
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if path.is_symlink():
                yield name, f"-> {path.readlink()}"
            elif path.is_file():
                yield name, path.read_bytes()
            else:
                yield name + "/", b""

    def contents(self) -> set[bytes]:
        """Return the digests of all files that are somewhere, but for those that are being made."""
        return {
            hashlib.blake2b(path.read_bytes()).digest()
            for folder in (self.music, self.root)
            for path in folder.rglob("*")
            if path.is_file() and not path.is_symlink() and not path.name.endswith(".partial")
        }

    def partial(self) -> list[Path]:
        return [*self.root.rglob("*.partial"), *self.music.rglob("*.partial")]


def a_file(
    number: int,
    fields: Mapping[str, Value],
    before: Mapping[str, Value] | None = None,
    *,
    gone: bool = False,
    address: str | None = None,
) -> Change:
    """Return a change of a file."""
    held = dict(before or {})
    known = address or (str(held["Name"]) if "Name" in held else None)
    return Change("file", str(number), known, dict(fields), gone=gone, before=held)
