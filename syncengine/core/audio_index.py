"""Telling which file is which: the files that are known beside those that are there now.

A file keeps its number for as long as its audio can be told to be the same, wherever it goes and
whatever becomes of its tags, since what a person decided hangs on that number.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from syncengine.core.audio_file import AudioFile
from syncengine.core.identity import fold
from syncengine.core.music_folder import FoundFile

ABOUT_AS_LONG_MS = 3_000
"""How much two forms of one song at one path may differ in length."""
_SEPARATOR = re.compile(r"[/\\]")


class KnownFile(NamedTuple):
    """A file that a scan found before; ``gone`` says that a later one did not."""

    id: int
    file: AudioFile
    gone: bool = False


@dataclass(slots=True)
class Recognised:
    """Which known file each file is that is there now, by number.

    ``kept`` are as they were, and so are ``renewed``, but that they were gone, or that the file system
    counts them otherwise; ``changed`` were read again, ``moved`` were found at another path. ``new``
    were never seen before; ``missing`` are known and were not found.
    """

    kept: list[int] = field(default_factory=list)
    renewed: dict[int, AudioFile] = field(default_factory=dict)
    changed: dict[int, AudioFile] = field(default_factory=dict)
    moved: dict[int, AudioFile] = field(default_factory=dict)
    new: list[AudioFile] = field(default_factory=list)
    missing: list[KnownFile] = field(default_factory=list)


class Recognition:
    """One scan's comparison: first of what the file system says, then of what was read."""

    def __init__(self, known: Sequence[KnownFile]) -> None:
        """``known`` are all files, also those that are gone."""
        self.result = Recognised()
        self._present = {each.id: each for each in known if not each.gone}
        self._gone = {each.id: each for each in known if each.gone}
        self._paths = {
            each.file.path: each for each in (*self._gone.values(), *self._present.values())
        }

    def look(self, found: Sequence[FoundFile]) -> list[FoundFile]:
        """Take in what was found, and return what has to be read: all that is not as it was."""
        unsettled = [each for each in found if not self._is_as_it_was(each)]
        if not unsettled:
            return []
        # What the file system knows a file by is better than its name: files may have changed names.
        inodes = {
            (stat.device, stat.inode): known
            for known in self._present.values()
            if (stat := known.file.stat).inode
        }
        strange = [each for each in unsettled if not self._was_elsewhere(each, inodes)]
        return [each for each in strange if not self._is_counted_anew(each)]

    def may_be_known(self, file: AudioFile) -> bool:
        """Tell whether a file that was read could be one that was not found where it was."""
        return file.path in self._paths or file.digest in self._lost_digests

    def settle(self, read: Sequence[AudioFile], held: Callable[[str], bool]) -> Recognised:
        """Find out what each file is that was read; what may still be at a ``held`` path is no other."""
        present = {n: each for n, each in self._present.items() if not held(each.file.path)}
        rest = self._settle_at_paths(read, _same_audio)
        rest = self._settle_moves(rest, present)
        rest = self._settle_moves(rest, self._gone)
        self.result.new += self._settle_at_paths(rest, _same_song)
        self.result.missing = list(self._present.values())
        return self.result

    # ---------------------------------------------------------------------------------- one by one

    def _is_as_it_was(self, found: FoundFile) -> bool:
        known = self._paths.get(found.path)
        if known is None or known.gone or known.file.stat != found.stat:
            return False
        self.result.kept.append(known.id)
        del self._present[known.id]
        return True

    def _is_counted_anew(self, found: FoundFile) -> bool:
        """Tell whether a file came back as it was, or only has another inode: as after a copy."""
        known = self._paths.get(found.path)
        if known is None or not self._is_lost(known):
            return False
        was, now = known.file.stat, found.stat
        if was.size != now.size or was.modified_ns != now.modified_ns:
            return False
        self._take(known, self.result.renewed, replace(known.file, stat=now))
        return True

    def _is_lost(self, known: KnownFile) -> bool:
        return known.id in self._present or known.id in self._gone

    def _was_elsewhere(self, found: FoundFile, inodes: Mapping[tuple[int, int], KnownFile]) -> bool:
        known = inodes.get((found.stat.device, found.stat.inode))
        if known is None or known.id not in self._present or known.file.stat != found.stat:
            return False
        self._take(known, self.result.moved, replace(known.file, path=found.path))
        return True

    def _take(self, known: KnownFile, where: dict[int, AudioFile], file: AudioFile) -> None:
        where[known.id] = file
        self._present.pop(known.id, None)
        self._gone.pop(known.id, None)

    @cached_property
    def _lost_digests(self) -> frozenset[str]:
        lost = (*self._present.values(), *self._gone.values())
        return frozenset(digest for each in lost if (digest := each.file.digest))

    def _settle_at_paths(
        self, read: Iterable[AudioFile], same: Callable[[AudioFile, AudioFile], bool]
    ) -> list[AudioFile]:
        rest = []
        for file in read:
            known = self._paths.get(file.path)
            if known is not None and self._is_lost(known) and same(known.file, file):
                self._take(known, self.result.changed, file)
            else:
                rest.append(file)
        return rest

    def _settle_moves(
        self, read: Sequence[AudioFile], lost: Mapping[int, KnownFile]
    ) -> list[AudioFile]:
        """Find which files have the audio of a lost one."""
        was = defaultdict[str, list[KnownFile]](list)
        for known in lost.values():
            was[known.file.digest or ""].append(known)
        now = defaultdict[str, list[AudioFile]](list)
        for file in read:
            now[file.digest or ""].append(file)
        settled = set[str]()
        for digest in filter(None, was.keys() & now.keys()):
            for known, file in _pairs(was[digest], now[digest]):
                # Back at its path under an old number, or at another path: both are told as a move.
                self._take(known, self.result.moved, file)
                settled.add(file.path)
        return [file for file in read if file.path not in settled]


def _pairs(was: list[KnownFile], now: list[AudioFile]) -> list[tuple[KnownFile, AudioFile]]:
    """Pair files of one audio: by inode, then the only ones left, then by a name that is there once."""
    inodes = {(each.file.stat.device, each.file.stat.inode): each for each in was}
    pairs: list[tuple[KnownFile, AudioFile]] = []
    for file in now:
        known = inodes.pop((file.stat.device, file.stat.inode), None)
        if known is not None:
            pairs.append((known, file))
    numbers, paths = {known.id for known, _ in pairs}, {file.path for _, file in pairs}
    old = [each for each in was if each.id not in numbers]
    new = [each for each in now if each.path not in paths]
    if len(old) == len(new) == 1:
        return [*pairs, (old[0], new[0])]
    old_names = Counter(_name(each.file.path) for each in old)
    new_names = Counter(_name(each.path) for each in new)
    by_name = {_name(each.path): each for each in new}
    for known in old:
        name = _name(known.file.path)
        if old_names[name] == new_names[name] == 1:
            pairs.append((known, by_name[name]))
    return pairs


def _name(path: str) -> str:
    return _SEPARATOR.split(path)[-1]


def _same_audio(old: AudioFile, new: AudioFile) -> bool:
    """Tell whether the audio at a path is what it was, as far as anybody can tell."""
    return old.digest is None or new.digest is None or old.digest == new.digest


def _same_song(old: AudioFile, new: AudioFile) -> bool:
    """Tell whether other audio at the same path is the same song: repaired, or in a better form."""
    was, now = old.tags, new.tags
    if was.title is None or now.title is None or fold(was.title) != fold(now.title):
        return False
    if [fold(each) for each in was.artists] != [fold(each) for each in now.artists]:
        return False
    if was.duration_ms is None or now.duration_ms is None:
        return True
    return abs(was.duration_ms - now.duration_ms) <= ABOUT_AS_LONG_MS
