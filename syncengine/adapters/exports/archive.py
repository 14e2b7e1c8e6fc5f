"""Exports inside zip archives, and the archives and members that are refused."""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from syncengine.adapters.exports.regular_file import MAX_BYTES, careful_opener
from syncengine.adapters.exports.selection import is_taken
from syncengine.core.moment import Instant
from syncengine.core.ports import Quarantined
from syncengine.errors import MalformedExport

MAX_TOTAL = 2 * MAX_BYTES
"""Bytes that the exports of one archive may have unpacked."""
MAX_DIRECTORY = 32 * 1024 * 1024
"""Bytes of an archive's directory: room for a quarter of a million members."""
MAX_RATIO = 200
RATIO_FROM = 10 * 1024 * 1024
"""Unpacked size from which a member that shrank more than ``MAX_RATIO`` times is refused."""

_CHUNK = 1024 * 1024
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1
_IN_UTF8 = 0x800
_LOCAL_HEADER = 30
_UNPACK = "; unpack it and import the folder"
_NO_ARCHIVE = "is damaged or no zip archive"
_AGAIN = "download it again, or unpack it and import the folder"
# The others can be made to unpack to any size at one step, and no exporter uses them.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises for archives that contradict themselves.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
    LookupError,
)


class Shelf:
    """Opens archives, and keeps the last one open: its directory is read once, not for each member."""

    def __init__(self) -> None:
        self._address: Path | None = None
        self._archive: zipfile.ZipFile | None = None

    def open(self, address: Path) -> zipfile.ZipFile:
        """Return an archive to read from. Raises what zipfile raises."""
        if self._archive is None or address != self._address:
            self._archive = None
            self._archive = zipfile.ZipFile(_Source(address))
            self._address = address
        return self._archive


class _Source(io.FileIO):
    """An archive's file, of which nothing is read at once that memory would not take."""

    def __init__(self, address: Path) -> None:
        super().__init__(address, opener=careful_opener)
        if not stat.S_ISREG(os.fstat(self.fileno()).st_mode):
            raise OSError("it is no regular file")

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as usual. Raises BadZipFile for more than a directory may have."""
        if size is not None and size > MAX_DIRECTORY:
            raise zipfile.BadZipFile("its directory is too large")
        return super().read(-1 if size is None else size)

    def __del__(self) -> None:
        self.close()  # with the shelf or the member that was the last to need it


@dataclass(frozen=True, slots=True)
class Member:
    """An export in an archive; ``info`` is its directory entry."""

    path: str
    stem: str
    modified_at: Instant
    address: Path
    info: zipfile.ZipInfo = field(repr=False)
    shelf: Shelf = field(repr=False, compare=False)

    def read(self) -> bytes:
        """Return the bytes, at most as many as declared. Raises MalformedExport when they cannot be had."""
        try:
            with self.shelf.open(self.address).open(self.info) as stream:
                content = b"".join(iter(lambda: stream.read(_CHUNK), b""))
        except _BROKEN as error:
            reason = f"cannot be unpacked: {_said(error)}{_UNPACK}, or export again"
            raise MalformedExport(reason, file=self.path) from error
        if len(content) != self.info.file_size:
            reason = (
                f"unpacks to other than the {self.info.file_size} bytes it declares; export again"
            )
            raise MalformedExport(reason, file=self.path)
        return content


def _said(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


def hidden(name: str) -> bool:
    """Return whether a file or folder is a system's own, such as ``.DS_Store`` or ``__MACOSX``."""
    return name.startswith(".") or name == "__MACOSX"


def is_nameless(name: str) -> bool:
    """Return whether a file is what exporters made of a name without a letter that they kept.

    exportify.app did so until 2020: a name in Japanese became ``.csv``, which looks hidden.
    """
    return name.lower() == ".csv"


def stem_of(name: str) -> str:
    """Return a file's name without its suffix; ``_`` for a nameless one."""
    return "_" if is_nameless(name) else PurePosixPath(name).stem


class _Listed(NamedTuple):
    """An export, or an archive, that an archive lists; ``name`` has ``/`` between its folders."""

    name: str
    info: zipfile.ZipInfo
    overlaps: bool

    @property
    def is_hidden(self) -> bool:
        """Whether it is a system's own, or in a folder that is."""
        *folders, name = self.name.split("/")
        return any(map(hidden, folders)) or (hidden(name) and not is_nameless(name))


def members(
    address: Path, shown: str, fallback: Instant, shelf: Shelf
) -> Iterator[Member | Quarantined]:
    """Yield the exports of an archive by name, and what is refused in it.

    ``shown`` is the archive's shown path; ``fallback`` the time of members whose own is no date.
    The time of a member is local, as the zip format has it (APPNOTE 4.4.6).
    """
    try:
        infos = shelf.open(address).infolist()
    except _BROKEN as error:
        yield Quarantined(shown, f"{_NO_ARCHIVE} ({_said(error)}); {_AGAIN}")
        return
    total = 0
    for each in _listed(infos):
        path = f"{shown}/{each.name}"
        if reason := _refusal(each, total):
            yield Quarantined(path, reason)
        elif not each.is_hidden:
            total += each.info.file_size
            stem = stem_of(each.name.rpartition("/")[2])
            yield Member(path, stem, _modified(each.info, fallback), address, each.info, shelf)


def _listed(infos: Sequence[zipfile.ZipInfo]) -> list[_Listed]:
    """Return what may be exports, by name, and whether their bytes are also another member's.

    Members that overlap are how small archives unpack to petabytes (Fifield 2019, "A better zip
    bomb").
    """
    found = []
    end_of_room = None
    for info in sorted(infos, key=lambda each: each.header_offset, reverse=True):
        end = info.header_offset + _LOCAL_HEADER + info.compress_size
        overlaps = end_of_room is not None and end > end_of_room
        end_of_room = info.header_offset
        name = _name(info)
        last = name.rpartition("/")[2]
        if is_nameless(last) or is_taken(last):
            found.append(_Listed(name, info, overlaps))
    return sorted(found, key=lambda each: (each.name, each.info.header_offset))


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; many tools write UTF-8 without saying so (macOS), which is none else."""
    name = info.filename
    if not info.flag_bits & _IN_UTF8 and not name.isascii():
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")


def _refusal(member: _Listed, total: int) -> str | None:
    """Return why a member is not read, and what to do; None for one that is read."""
    info = member.info
    if member.name.startswith("/") or _DRIVE.match(member.name):
        return f"its path is absolute{_UNPACK}, if you trust it"
    if ".." in member.name.split("/"):
        return f"its path leads out of the archive{_UNPACK}, if you trust it"
    if member.is_hidden:
        return None
    if member.name.lower().endswith(".zip"):
        return "an archive inside an archive is not opened; unpack it first"
    return _mode_refusal(info) or _size_refusal(member, total)


def _mode_refusal(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a link or device and no file; put the file itself into the archive"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted; unpack it with its password and import the folder"
    if info.compress_type not in _METHODS:
        return f"it is compressed in a way that is not read (method {info.compress_type}){_UNPACK}"
    return None


def _size_refusal(member: _Listed, total: int) -> str | None:
    info = member.info
    if member.overlaps:
        return "its bytes are also those of another member, which is how zip bombs are made; export again"
    if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * info.compress_size:
        return f"it would unpack to more than {MAX_RATIO} times its size, which no export does; export again"
    if info.file_size > MAX_BYTES:
        return f"it would unpack to more than {MAX_BYTES // 1024**2} MB, which no export has; export again"
    if total + info.file_size > MAX_TOTAL:
        return f"the archive would unpack to more than {MAX_TOTAL // 1024**2} MB{_UNPACK}"
    return None


def _modified(info: zipfile.ZipInfo, fallback: Instant) -> Instant:
    try:
        return Instant(max(0, int(datetime(*info.date_time).timestamp())))  # noqa: DTZ001 - local
    except (ValueError, OverflowError, OSError):
        return fallback
