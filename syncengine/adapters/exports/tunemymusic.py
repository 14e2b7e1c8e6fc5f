"""TuneMyMusic's CSV: all playlists in one file, a row for each entry.

The header is ``Track name,Artist name,Album,Playlist name,Type,ISRC`` and one more column with the ids of
the service it was made from, such as ``Spotify - id``. The exporter documents none of this; it is what
public exports and parsers show. It cannot say when, or by whom, an entry was added.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.adapters.exports import cells as form
from syncengine.adapters.exports.listed import Listed, Told, credited, track_of
from syncengine.adapters.exports.sections import Cut, lines_of, text_of, warnings_of
from syncengine.core.identity import LIKED_NAME
from syncengine.core.ports import ExportFile, Part, Quarantined, RejectedRow
from syncengine.core.track import OLD_RANK, Claim, Dialect, Recording, Release
from syncengine.errors import MalformedExport

NAME = "TuneMyMusic"
_TITLES = {
    "track name": "title",
    "artist name": "artists",
    "album": "album",
    "playlist name": "playlist",
    "type": "type",
    "isrc": "isrc",
}
_NEEDED = {"title", "artists", "playlist", "type"}
_SERVICE = re.compile(r"(.+?)\s*-\s*id\Z", re.IGNORECASE)
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\Z")
_FAVORITES = frozenset({"favorite songs", "favourite songs", "liked songs"})
_NO_IDS = "no ids"
_NO_TRACKS = frozenset({"album", "artist"})
# Artists are joined with ", " whatever is in their names.
_DAMAGES = frozenset({"artists"})


@dataclass(frozen=True, slots=True)
class _Header:
    """The places of the columns; ``service`` is what the ids in the last one are of."""

    columns: Mapping[str, int]
    width: int
    delimiter: str
    service: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The lines of a file: each row is one, since no name of a track holds a line break."""

    first: str
    rows: Sequence[str]
    header: _Header


@dataclass(slots=True)
class _Playlist:
    """The rows of one playlist while a file is cut; the first of ``texts`` is the header."""

    texts: list[str]
    lines: list[int] = field(default_factory=list)


def is_header(line: str) -> bool:
    """Return whether a file that begins with this line is TuneMyMusic's."""
    return _header(line) is not None


def split(file: ExportFile, content: bytes) -> Iterator[Part | Quarantined]:
    """Yield each playlist of a file. Raises MalformedExport for what is no text in UTF-8."""
    sheet = _open(file, content)
    playlists, others = _sort(sheet, file.stem)
    told = tuple(f"rows of {kind}s ({number:,}) are not read" for kind, number in others)
    cut = Cut(file)
    for stem, playlist in playlists.items():
        yield cut.part(stem, "".join(playlist.texts).encode(), playlist.lines, warnings=told)
        told = ()


def parse(file: ExportFile, content: bytes) -> Listed:
    """Open one playlist. Raises MalformedExport for what is no text in UTF-8."""
    sheet = _open(file, content)
    service = sheet.header.service
    generation = service if service == _NO_IDS else f"ids of {service}"
    dialect = Dialect(NAME, generation, OLD_RANK, _DAMAGES)
    lines = lines_of(file) or range(2, len(sheet.rows) + 2)
    return Listed(dialect, lambda: _told(sheet, lines), warnings=warnings_of(file))


def _open(file: ExportFile, content: bytes) -> _Sheet:
    lines = io.StringIO(text_of(file, content), newline="").readlines()
    header = _header(lines[0]) if lines else None
    if header is None:
        raise MalformedExport("no header of TuneMyMusic", file=file.path, line=1)
    return _Sheet(lines[0], lines[1:], header)


def _header(line: str) -> _Header | None:
    delimiter = ";" if line.count(";") > line.count(",") else ","
    cells = _cut(line, delimiter) or []
    columns: dict[str, int] = {}
    service = _NO_IDS
    for place, cell in enumerate(cells):
        title = cell.strip().lower()
        ids = _SERVICE.match(title)
        if ids:
            service = ids[1].title()
        name = "id" if ids else _TITLES.get(title)
        if name:
            columns.setdefault(name, place)
    return _Header(columns, len(cells), delimiter, service) if columns.keys() >= _NEEDED else None


def _sort(sheet: _Sheet, stem: str) -> tuple[dict[str, _Playlist], Sequence[tuple[str, int]]]:
    """Return the rows of each playlist by its name, and how many rows are no tracks, by kind.

    ``stem`` is the name of rows that say none. A row that cannot be read is taken for one of the
    playlist that it stands in.
    """
    playlists: dict[str, _Playlist] = {}
    others: Counter[str] = Counter()
    unread: list[tuple[int, str]] = []
    name: str | None = None
    for line, text in enumerate(sheet.rows, 2):
        cells = _cut(text, sheet.header.delimiter)
        if cells == []:
            continue
        kind = "" if cells is None else _cell(sheet.header, cells, "type").strip().lower()
        if kind in _NO_TRACKS:
            others[kind] += 1
            continue
        unread.append((line, text))
        if cells is not None:
            name = _stem(sheet.header, cells, kind) or stem
        if name is not None:
            playlist = playlists.setdefault(name, _Playlist([sheet.first]))
            playlist.lines += [line for line, _ in unread]
            playlist.texts += [text for _, text in unread]
            unread.clear()
    if unread:
        playlists[stem] = _Playlist([sheet.first, *(text for _, text in unread)])
        playlists[stem].lines += [line for line, _ in unread]
    return playlists, others.most_common()


def _stem(header: _Header, cells: Sequence[str], kind: str) -> str:
    name = _cell(header, cells, "playlist").strip()
    return LIKED_NAME if kind == "favorite" or name.lower() in _FAVORITES else name


def _cut(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line, none for a blank one; None for what is no CSV."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return cells if any(map(str.strip, cells)) else []


def _cell(header: _Header, cells: Sequence[str], field: str) -> str:
    place = header.columns.get(field, len(cells))
    return cells[place] if place < len(cells) else ""


def _told(sheet: _Sheet, lines: Sequence[int]) -> Iterator[Told | RejectedRow]:
    for line, text in zip(lines, sheet.rows, strict=True):
        cells = _cut(text, sheet.header.delimiter)
        reason = _refusal(sheet, text, cells)
        if cells is None or reason:
            yield RejectedRow(line, reason)
            continue
        try:
            yield Told(line, _claim(sheet.header, cells))
        except ValueError as error:
            yield RejectedRow(line, str(error))


def _refusal(sheet: _Sheet, text: str, cells: Sequence[str] | None) -> str:
    """Return why a row cannot be read; rows may end behind their type, if nothing else is known."""
    if cells is None:
        return "no valid CSV: its quotes do not match, or a name holds a line break"
    if any(map(str.strip, cells[sheet.header.width :])):
        return f"{len(cells)} cells where the header has {sheet.header.width}"
    is_cut = not text.endswith(("\n", "\r")) and sheet.header.columns.get("id", 0) >= len(cells)
    if len(cells) <= sheet.header.columns["type"] or (is_cut and sheet.header.service == "Spotify"):
        return f"the row is cut off after {len(cells)} cells; export again"
    return ""


def _claim(header: _Header, cells: Sequence[str]) -> Claim:
    """Return what a row says. Raises ValueError for an id that names no track."""
    title = form.said(_cell(header, cells, "title"))
    artists = credited(form.at_joints(_cell(header, cells, "artists")))
    album = form.said(_cell(header, cells, "album"))
    isrc = _cell(header, cells, "isrc").strip().upper()
    # Ids of other services are not kept: a track is known by Spotify's.
    address = form.said(_cell(header, cells, "id")) if header.service == "Spotify" else None
    return Claim(
        track_of(address, title, artists),
        Recording(title=title, artists=artists),
        None if album is None else Release(album=album),
        isrc=isrc if _ISRC.match(isrc) else None,
    )
