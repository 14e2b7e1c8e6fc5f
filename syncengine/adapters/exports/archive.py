"""Exports inside zip archives, and the archives and members that are refused."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from syncengine.adapters.exports.selection import is_taken
from syncengine.core.moment import Instant
from syncengine.core.ports import Quarantined
from syncengine.errors import MalformedExport

MAX_TOTAL = 512 * 1024 * 1024
"""Bytes that the exports of one archive may have unpacked."""
MAX_RATIO = 200
RATIO_FROM = 10 * 1024 * 1024
"""Unpacked size from which a member that shrank more than ``MAX_RATIO`` times is refused."""

_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """An export in an archive; ``info`` is its directory entry."""

    path: str
    stem: str
    modified_at: Instant
    address: Path
    info: zipfile.ZipInfo = field(repr=False)

    def read(self) -> bytes:
        """Return the bytes, at most as many as declared. Raises MalformedExport when they cannot be had."""
        try:
            with zipfile.ZipFile(self.address) as archive, archive.open(self.info) as stream:
                content = stream.read(self.info.file_size + 1)
        except _BROKEN as error:
            reason = f"cannot be unpacked: {error}"
            raise MalformedExport(reason, file=self.path) from error
        if len(content) != self.info.file_size:
            reason = f"unpacks to other than the {self.info.file_size} bytes it declares"
            raise MalformedExport(reason, file=self.path)
        return content


def hidden(name: str) -> bool:
    """Return whether a file or folder is a system's own, such as ``.DS_Store`` or ``__MACOSX``."""
    return name.startswith(".") or name == "__MACOSX"


def members(address: Path, shown: str, fallback: Instant) -> Iterator[Member | Quarantined]:
    """Yield the exports of an archive by name, and what is refused in it.

    ``shown`` is the archive's shown path; ``fallback`` the time of members whose own is no date.
    The time of a member is local, as the zip format has it (APPNOTE 4.4.6).
    """
    try:
        with zipfile.ZipFile(address) as archive:
            listed = archive.infolist()
    except _BROKEN as error:
        yield Quarantined(shown, f"cannot be opened as a zip archive: {error}")
        return
    total = 0
    for info in sorted(listed, key=lambda each: each.filename):
        name = info.filename.replace("\\", "/")
        suffix = PurePosixPath(name).suffix.lower()
        if info.is_dir() or not is_taken(PurePosixPath(name).name):
            continue
        reason = _refusal(info, name, suffix, total)
        if reason:
            yield Quarantined(f"{shown}/{name}", reason)
        elif not any(map(hidden, name.split("/"))):
            total += info.file_size
            stem = PurePosixPath(name).stem
            yield Member(f"{shown}/{name}", stem, _modified(info, fallback), address, info)


def _refusal(info: zipfile.ZipInfo, name: str, suffix: str, total: int) -> str | None:
    if name.startswith("/") or _DRIVE.match(name):
        return "its path is absolute"
    if ".." in name.split("/"):
        return "its path leads out of the archive"
    if any(map(hidden, name.split("/"))):
        return None
    if suffix == ".zip":
        return "an archive inside an archive is not opened; unpack it first"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * info.compress_size:
        return f"it would unpack to more than {MAX_RATIO} times its size"
    if total + info.file_size > MAX_TOTAL:
        return f"the archive would unpack to more than {MAX_TOTAL // 1024**2} MB"
    return None


def _modified(info: zipfile.ZipInfo, fallback: Instant) -> Instant:
    try:
        return Instant(max(0, int(datetime(*info.date_time).timestamp())))  # noqa: DTZ001 - local
    except (ValueError, OverflowError):
        return fallback
