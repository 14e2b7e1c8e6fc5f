"""Walking through the music folders: which audio files there are, each once, in a stable order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from stat import S_ISDIR, S_ISREG

from syncengine.adapters.folders.careful_file import stat_of
from syncengine.core.music_folder import FoundFile, Unseen, Walk, is_under

ENDINGS = frozenset(
    ".mp3 .m4a .m4b .mp4 .aac .alac .flac .wav .wave .aif .aiff .aifc .ogg .oga .opus".split()
)
"""What audio files are called; others are not looked at."""
_UNFINISHED = (".part", ".tmp", ".temp", ".partial", ".download", ".crdownload")
_NO_MUSIC = frozenset(
    ("@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found")
)

_Identity = tuple[int, int]


@dataclass(slots=True)
class _Walking:
    """One walk; what is behind links comes last, so that a file goes by its own path where it has one."""

    playlists: str | None
    except_folder: _Identity | None
    files: list[FoundFile] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    folders: set[_Identity] = field(default_factory=set)
    inodes: set[_Identity] = field(default_factory=set)
    links: list[str] = field(default_factory=list)


def walk(folders: Iterable[str], playlists: str | None, *, follow: bool = True) -> Walk:
    """Look through folders; ``playlists`` is the one that is passed over. Nothing is opened.

    ``follow`` says that links lead on; else they are passed over.
    """
    walking = _Walking(playlists, _identity_of(playlists))
    missing = []
    for folder in folders:
        if os.path.lexists(folder):
            _through(walking, folder)
        else:
            missing.append(folder)
    while walking.links and follow:
        links, walking.links = walking.links, []
        for path in links:
            _follow(walking, path)
    return Walk(walking.files, walking.repeated, walking.unseen, missing)


def inside(folder: str) -> list[FoundFile]:
    """Return the audio files in a folder and those in it, each once; no links are followed."""
    walking = _Walking(None, None)
    _through(walking, folder)
    return walking.files


def at(paths: Iterable[str]) -> list[FoundFile]:
    """Return those of the paths where there is a file."""
    found = []
    for path in paths:
        try:
            stat = os.stat(path)  # noqa: PTH116 -- a path may be no text that pathlib likes
        except (OSError, ValueError):
            continue
        if S_ISREG(stat.st_mode):
            found.append(FoundFile(path, stat_of(stat)))
    return found


def _identity_of(folder: str | None) -> _Identity | None:
    if folder is None:
        return None
    try:
        stat = os.stat(folder)  # noqa: PTH116 -- as above
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _through(walking: _Walking, folder: str) -> None:
    """Look through a folder and those in it, not by recursion: they may be deeper than Python's stack."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            entries = _entries(walking, path)
        except FileNotFoundError:  # deleted meanwhile, or a link to a drive that is away
            if path == folder:
                walking.unseen.append(Unseen(path, "it cannot be looked into: it leads nowhere"))
            continue
        except OSError as error:
            walking.unseen.append(Unseen(path, _reason(error)))
            continue
        inner = [each for each in entries if _take(walking, each)]
        waiting += [each.path for each in reversed(inner)]


def _entries(walking: _Walking, path: str) -> list[os.DirEntry[str]]:
    """Return what is in a folder, by name; nothing where it was looked through before. Raises OSError."""
    stat = os.stat(path)  # noqa: PTH116 -- as above
    identity = (stat.st_dev, stat.st_ino)
    if identity == walking.except_folder or path == walking.playlists:
        return []
    if stat.st_ino and identity in walking.folders:
        walking.repeated.append(path)
        return []
    walking.folders.add(identity)
    with os.scandir(path) as found:
        return sorted(found, key=lambda each: os.fsencode(each.name))


def _take(walking: _Walking, entry: os.DirEntry[str]) -> bool:
    """Take in what is an audio file or a link; return whether it is a folder to look through."""
    name = entry.name
    if name.startswith((".", "~$")):
        return False
    try:
        if entry.is_dir(follow_symlinks=False):
            return name.lower() not in _NO_MUSIC
        if entry.is_symlink():
            walking.links.append(entry.path)
        elif _is_audio(name) and entry.is_file(follow_symlinks=False):
            stat = entry.stat(follow_symlinks=False)
            # On Windows, a folder's list does not say which file it is.
            _add(walking, entry.path, stat if stat.st_ino else os.stat(entry.path))  # noqa: PTH116
    except FileNotFoundError:
        pass
    except OSError as error:
        walking.unseen.append(Unseen(entry.path, _reason(error)))
    return False


def _is_audio(name: str) -> bool:
    stem, ending = os.path.splitext(name.lower())  # noqa: PTH122 -- quicker, for every name there is
    return ending in ENDINGS and not stem.endswith(_UNFINISHED)


def _add(walking: _Walking, path: str, stat: os.stat_result) -> None:
    identity = (stat.st_dev, stat.st_ino)
    if stat.st_ino and identity in walking.inodes:
        walking.repeated.append(path)
        return
    walking.inodes.add(identity)
    walking.files.append(FoundFile(path, stat_of(stat)))


def _follow(walking: _Walking, path: str) -> None:
    try:
        stat = os.stat(path)  # noqa: PTH116 -- as above
    except OSError:
        return  # a link to nothing, or to itself
    if _leads_into(path, walking.playlists):
        return
    if S_ISDIR(stat.st_mode):
        _through(walking, path)
    elif S_ISREG(stat.st_mode) and _is_audio(os.path.basename(path)):  # noqa: PTH119 -- as above
        _add(walking, path, stat)


def _leads_into(path: str, folder: str | None) -> bool:
    if folder is None:
        return False
    real, whole = os.path.realpath(path), os.path.realpath(folder)
    return is_under(real, whole) or real == whole


def _reason(error: OSError) -> str:
    return f"it cannot be looked into: {error.strerror or error}"
