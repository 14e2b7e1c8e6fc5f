"""Enrichment files: the CSV that people look through between asking Spotify and applying what it told."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from syncengine.adapters.exports.regular_file import modified, read_regular, unreadable
from syncengine.adapters.exports.text import decode
from syncengine.core.enrichment import HEADER, Sheet, SheetRow, shown
from syncengine.core.moment import Instant
from syncengine.errors import MalformedExport

_DELIMITERS = (",", ";", "\t")
"""What spreadsheets write between cells, as the country has it."""


def read_enrichment(path: Path) -> Sheet:
    """Return a file's rows, in any encoding and with any delimiter that spreadsheets save CSV with.

    Raises MalformedExport for what is no such file; so does going through the rows.
    """
    try:
        content = read_regular(path, str(path), _modified(path))
    except OSError as error:
        raise MalformedExport(unreadable(error), file=str(path)) from error
    decoded = decode(str(path), content)
    if decoded.is_cut:
        raise MalformedExport("ends inside a character; it was cut off", file=str(path))
    return Sheet(hashlib.sha256(content).digest(), _rows(decoded.text, str(path)))


def _modified(path: Path) -> Instant:
    return modified(path.stat())


def _rows(text: str, name: str) -> Iterator[SheetRow]:
    first = next(iter(text.splitlines()), "")
    for delimiter in _DELIMITERS:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        named = tuple(cell.strip().lower() for cell in cells)
        if named[: len(HEADER)] == HEADER and not any(named[len(HEADER) :]):
            return _body(text, name, delimiter)
    raise MalformedExport(
        f"the header is {shown(first)} where it must be {','.join(HEADER)}", file=name, line=1
    )


def _body(text: str, name: str, delimiter: str) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if line > 1 and any(cells):
                yield SheetRow(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise MalformedExport(f"is no CSV from here on: {error}", file=name, line=line) from error


def write_enrichment(rows: Iterable[tuple[str, str, int | None, str | None]]) -> bytes:
    """Return a file of rows (track, Spotify's id, popularity, ISRC) in UTF-8, its lines ended by LF.

    No cell is ever quoted: ids, numbers and ISRCs have neither commas nor quotes.
    """
    lines = [",".join(HEADER)]
    for track, bare, popularity, isrc in rows:
        lines.append(f"{track},{bare},{'' if popularity is None else popularity},{isrc or ''}")
    return ("\n".join(lines) + "\n").encode()
