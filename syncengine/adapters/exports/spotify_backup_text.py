r"""spotify-backup's text: for each playlist its name, its tracks with tabs between, and a blank line.

Source: caseychu/spotify-backup, ``spotify-backup.py``. Since 2020 ``Playlists: `` stands in front,
``Liked Albums: `` behind, and a row ends in a release date. Lines end in ``\r\n``, which Windows turned
into ``\r\r\n``. Entries that Spotify no longer shows are left out of it, and when and by whom an entry was
added is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from syncengine.adapters.exports import cells as form
from syncengine.adapters.exports.listed import Listed, Told, credited, track_of
from syncengine.adapters.exports.sections import (
    Cut,
    lines_of,
    text_of,
    warnings_of,
)
from syncengine.core.ports import ExportFile, Part, Quarantined, RejectedRow
from syncengine.core.track import OLD_RANK, Claim, Dialect, Recording, Release
from syncengine.errors import MalformedExport

NAME = "spotify-backup"
# Artists are joined with ", " whatever is in their names.
DIALECT = Dialect(NAME, "text", OLD_RANK, frozenset({"artists"}))
_PLAYLISTS = "Playlists:"
_ALBUMS = "Liked Albums:"
_LINE = re.compile(r"([^\n]*?)\r*\n")
_ADDRESS = re.compile(r"\tspotify:[a-z]+:[^\t]*(?:\t[^\t]*)?\Z")
_NONE = frozenset({"", "None"})
"""What Python writes where Spotify had no value."""
_SHORTEST = 4
_CUT = "the file ends in the middle of this playlist; export again"


@dataclass(slots=True)
class _Playlist:
    """One playlist's rows as they stand; ``is_cut`` says that no blank line ends it."""

    name: str
    line: int
    rows: list[str] = field(default_factory=list)
    is_cut: bool = False


def is_start(start: str) -> bool:
    """Return whether a file that begins so is spotify-backup's; ``start`` is some of its first lines."""
    lines = [found[1] for found in _LINE.finditer(start)]
    if lines and lines[0].strip() in (_PLAYLISTS, _ALBUMS):
        return True
    rows = [line for line in lines if "\t" in line]
    return bool(rows) and "\t" not in lines[0] and bool(_ADDRESS.search(rows[0]))


def split(file: ExportFile, content: bytes) -> Iterator[Part | Quarantined]:
    """Yield each playlist of a file. Raises MalformedExport for what is no text in UTF-8."""
    playlists, albums = _read(file, content)
    told = (f"liked albums ({albums:,}) are not read",) if albums else ()
    cut = Cut(file)
    for each in playlists:
        # A playlist that was cut off stays so: the blank line at its end is left out. None stands in
        # front of the name, since one that looks like a row would become that of a nameless playlist.
        text = [_PLAYLISTS, each.name, *each.rows, *([] if each.is_cut else [""])]
        lines = range(each.line + 1, each.line + 1 + len(each.rows))
        content = "".join(f"{line}\r\n" for line in text).encode()
        yield cut.part(each.name, content, lines, warnings=told)
        told = ()


def parse(file: ExportFile, content: bytes) -> Listed:
    """Open one playlist. Raises MalformedExport for what is no text in UTF-8, or no playlist."""
    playlists, _ = _read(file, content)
    if not playlists:
        raise MalformedExport("it holds no playlist", file=file.path)
    [playlist] = playlists
    lines = lines_of(file) or range(playlist.line + 1, playlist.line + 1 + len(playlist.rows))
    return Listed(DIALECT, lambda: _told(playlist, lines), warnings=warnings_of(file))


def _read(file: ExportFile, content: bytes) -> tuple[list[_Playlist], int]:
    """Return the playlists of a file, and how many albums it holds beside them."""
    text = text_of(file, content)
    ended = text.rfind("\n") + 1
    lines = [found[1] for found in _LINE.finditer(text)]
    if text[ended:]:
        lines.append(text[ended:].rstrip("\r"))
    playlists: list[_Playlist] = []
    now: _Playlist | None = None
    for number, line in enumerate(lines, 1):
        if line.strip() == _ALBUMS:
            return playlists, sum("\t" in each for each in lines[number:])
        if now is None:
            now = _begun(lines, number)
            if now:
                playlists.append(now)
        elif line:
            now.rows.append(line)
        else:
            now = None
    if now is not None:
        now.is_cut = True
    return playlists, 0


def _begun(lines: Sequence[str], number: int) -> _Playlist | None:
    """Return the playlist whose name stands in a line; a nameless one is known by the rows below."""
    name = lines[number - 1]
    if number == 1 and name.strip() == _PLAYLISTS:
        return None
    is_followed = number < len(lines) and _ADDRESS.search(lines[number])
    return _Playlist(name, number) if name or is_followed else None


def _told(playlist: _Playlist, lines: Sequence[int]) -> Iterator[Told | RejectedRow]:
    line = playlist.line
    for line, row in zip(lines, playlist.rows, strict=True):
        try:
            yield Told(line, _claim(row.split("\t")))
        except ValueError as error:
            yield RejectedRow(line, str(error))
    if playlist.is_cut:
        yield RejectedRow(line, _CUT)


def _claim(cells: Sequence[str]) -> Claim:
    """Return what a row says; a name may hold tabs. Raises ValueError for what is no such row."""
    date = "" if cells[-1].startswith("spotify:") else cells[-1]
    front = cells[:-1] if date or not cells[-1] else cells
    if len(front) < _SHORTEST:
        raise ValueError(f"{len(cells)} cells where title, artists, album and address belong")
    *titles, names, album, address = (None if cell in _NONE else cell for cell in front)
    title = "\t".join(filter(None, titles)) or None
    artists = credited(form.at_joints(names or ""))
    release = Release(album=album, release_date=_date(date))
    return Claim(
        track_of(address, title, artists),
        Recording(title=title, artists=artists),
        None if release == Release() else release,
    )


def _date(cell: str) -> str | None:
    return None if cell in _NONE else form.release_date("the release date", cell)
