"""The files of the book, by what is seen of them in a folder."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import NamedTuple, TypeVar

from syncengine.adapters.folders.careful_file import stat_of
from syncengine.adapters.folders.reader import read_audio
from syncengine.adapters.folders.scanner import ENDINGS
from syncengine.adapters.folders.steps import Disk, basename, identity, is_file, is_link
from syncengine.core.audio_file import AudioFile
from syncengine.core.music_folder import FoundFile
from syncengine.core.placing import FileBook

_Identity = tuple[int, int]
_Key = TypeVar("_Key")


class Recognised(NamedTuple):
    """What stands at a place: which file, and whether it is that file as it is now.

    ``itself`` says that it is the very file, under one more name or its own.
    """

    number: int
    sound: bool
    itself: bool = False


class Known:
    """The files that are known, read from the book once and followed as they move."""

    def __init__(self, book: FileBook, disk: Disk) -> None:
        self._book = book
        self._disk = disk
        self.files: dict[int, AudioFile] = dict(book.files())
        self._by_path: dict[str, int] = {}
        self._by_identity: dict[_Identity, int] = {}
        self._by_look: dict[tuple[int, int], list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_audio: dict[str, list[int]] = {}
        self._read: dict[tuple[int, ...], str | None] = {}
        for number, file in self.files.items():
            self._take(number, file)

    def _take(self, number: int, file: AudioFile) -> None:
        self._by_path[file.path] = number
        self._by_identity[file.stat.device, file.stat.inode] = number
        _add(self._by_look, (file.stat.size, file.stat.modified_ns), number)
        _add(self._by_name, basename(file.path), number)
        if file.digest is not None:
            _add(self._by_audio, file.digest, number)

    def also(self, numbers: set[int]) -> None:
        """Take in files that the last scan did not find."""
        for number in numbers - self.files.keys():
            file = self._book.file(number)
            if file is not None:
                self.files[number] = file
                self._take(number, file)

    def fresh(self, number: int) -> AudioFile | None:
        """Return a file as the book has it now, also one that the last scan did not find."""
        file = self._book.file(number)
        if file is not None and self.files.get(number) != file:
            self.files[number] = file
            self._take(number, file)
        return file

    def owner(self, path: str) -> int | None:
        """Return the file that the book has at a path."""
        number = self._by_path.get(path)
        return None if number is None or self.files[number].path != path else number

    def moved(self, number: int, path: str, found: os.stat_result) -> AudioFile:
        """Write down where a file is from now on, in the book too."""
        before = self.files.get(number) or self._book.file(number)
        if before is None:
            raise KeyError(number)
        after = replace(before, path=path, stat=stat_of(found))
        self._book.moved(number, after)
        self.files[number] = after
        self._take(number, after)
        return after

    def at(self, path: str, found: os.stat_result, *, carefully: bool = True) -> Recognised | None:
        """Return which file stands at a place; None for what is none of them.

        Where that is not done ``carefully``, a link to a path where a file is known to be is sound.
        """
        if is_link(found):
            return self._behind(path, carefully)
        if not is_file(found):
            return None
        number = self.owner(path)
        if number is None:
            number = self._by_identity.get(identity(found))
        if number is not None and self._is(number, path, found):
            return Recognised(number, sound=True, itself=True)
        alike = self._by_look.get((found.st_size, found.st_mtime_ns), ())
        if len(alike) == 1:
            return Recognised(alike[0], sound=True)
        same = self._by_audio.get(self.audio(path, found) or "", ())
        if both := [each for each in same if each in alike]:
            return Recognised(both[0], sound=True)
        return Recognised(same[0], sound=False) if len(same) == 1 else None

    def is_only_name(self, path: str) -> bool:
        """Tell whether a path is where a file went, by its inode, size and time."""
        found = self._disk.state(path)
        if found is None:
            return False
        number = self._by_identity.get(identity(found))
        return number is not None and is_same(self.files[number], found)

    def audio(self, path: str, found: os.stat_result) -> str | None:
        """Return the digest of the audio in a file; None where there is none."""
        if os.path.splitext(path)[1].lower() not in ENDINGS:  # noqa: PTH122 -- as the scanner has it
            return None
        look = (*identity(found), found.st_size, found.st_mtime_ns)
        if look not in self._read:
            read = read_audio(FoundFile(path, stat_of(found)))
            self._read[look] = read.digest if read else None
        return self._read[look]

    def _is(self, number: int, path: str, found: os.stat_result) -> bool:
        """Tell whether something is the file that its inode says, also where it was changed since."""
        file = self.files[number]
        if file.path == path or is_same(file, found):
            return True
        now = self._disk.state_behind(file.path)
        return now is not None and identity(now) == identity(found)

    def _behind(self, path: str, carefully: bool) -> Recognised | None:
        leads = self._disk.leads_to(path)
        number = self.owner(leads)
        if number is not None and not carefully:
            return Recognised(number, sound=True)
        found = self._disk.state_behind(path)
        if number is not None:
            return Recognised(number, sound=found is not None)
        if found is None:
            name = basename(leads)
            named = [
                each
                for each in self._by_name.get(name, ())
                if basename(self.files[each].path) == name
            ]
            return Recognised(named[0], sound=False) if len(named) == 1 else None
        number = self._by_identity.get(identity(found))
        if number is None or not self._is(number, path, found):
            return None
        return Recognised(number, sound=not is_link(self._disk.state(leads)))


def _add(found: dict[_Key, list[int]], key: _Key, number: int) -> None:
    numbers = found.setdefault(key, [])
    if number not in numbers:
        numbers.append(number)


def is_same(file: AudioFile, found: os.stat_result) -> bool:
    """Tell whether something is a file as the book has it: by inode, size and time."""
    return is_file(found) and stat_of(found) == file.stat
