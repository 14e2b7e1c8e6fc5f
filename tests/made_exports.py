"""Made exports in exportify.net's form, one line of a test each."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from syncengine.adapters.exports.dialects import FEATURES, NET_TITLES
from syncengine.core.moment import parse_utc, to_iso
from tests.builders import track

HEADER = ",".join(NET_TITLES.values())
_FEATURES = "0.5,0.5,5,-7,1,0.05,0.1,0,0.1,0.5,120,4"
assert len(_FEATURES.split(",")) == len(FEATURES)


@dataclass(frozen=True)
class Song:
    """A row: of track ``number``, or of ``uri`` where that is given."""

    number: int = 0
    added_at: str = "2025-06-01T12:00:00Z"
    popularity: int | str = 50
    uri: str | None = None
    title: str | None = None

    def line(self) -> str:
        uri = track(self.number) if self.uri is None else self.uri
        title = self.title or f"Song {self.number}"
        return (
            f'{uri},"{title}","Album {self.number % 7}","Artist {self.number % 5}",2020-01-01,'
            f'200000,{self.popularity},false,somebody,{self.added_at},"","Label",{_FEATURES}'
        )


UNAVAILABLE = (
    ',"undefined","undefined","undefined",,,,,somebody,2025-06-01T12:00:00Z,"","undefined"'
    + 12 * ","
)
BROKEN = Song(99, added_at="never").line()


def songs(*numbers: int, added_at: str = "2025-06-01T12:00:00Z") -> list[Song]:
    return [Song(number, added_at) for number in numbers]


def write(path: Path, rows: Iterable[Song | str], at: str = "2026-01-10T12:00:00Z") -> Path:
    """Write an export whose modification time is ``at``; texts are lines as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else row.line() for row in rows]
    path.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    return touch(path, at)


def touch(path: Path, at: str) -> Path:
    """Set the modification time of a file, or of all files in a folder."""
    seconds = parse_utc(at)
    for each in [path, *path.rglob("*")] if path.is_dir() else [path]:
        os.utime(each, (seconds, seconds))
    return path


def modified(path: Path) -> str:
    return to_iso(parse_utc(datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()))


def pack(path: Path, folder: Path, at: str = "2026-01-10T12:00:00Z") -> Path:
    """Put a folder's files into an archive; its members were modified at ``at`` (local time: UTC)."""
    moment = datetime.fromisoformat(at)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.csv")):
            info = zipfile.ZipInfo(file.relative_to(folder).as_posix(), moment.timetuple()[:6])
            archive.writestr(info, file.read_bytes())
    return path
