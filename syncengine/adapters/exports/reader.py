"""Reading one export: from bytes to rows, and from rows to claims."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

from syncengine.adapters.exports.claims import Claims
from syncengine.adapters.exports.columns import claims_of
from syncengine.adapters.exports.dialects import (
    FEATURES,
    NET,
    Form,
    Layout,
    explain,
    recognise,
)
from syncengine.adapters.exports.sight import GAP, Sight
from syncengine.core.ports import ExportFile, RejectedRow, SeenRow
from syncengine.core.track import Claim, Dialect
from syncengine.errors import MalformedExport

# The csv module's own 128 KiB is process-wide, and so is this: room for the longest honest cell.
csv.field_size_limit(1 << 20)

_PER_ROW = ("added_at", "added_by", "popularity")
_ROWS_AT_ONCE = 5_000
_NO_FACTS = frozenset({*_PER_ROW, "is_playable"})
# exportify.net writes labels in quotes without doubling the quotes inside them; before the label
# stand the moment of adding and the genres, behind it only numbers.
_LABEL = re.compile(
    r'(.*,[0-9-]{10}T[0-9:.]+Z,"[^"\n]*",")(.+)("(?:,[-+.0-9eE]*)*\r?\n?)\Z', re.DOTALL
)
_LONE_QUOTE = re.compile(r'(?<!")"(?!")')
_KINDS = (
    (codecs.BOM_UTF16_LE, "UTF-16 text"),
    (codecs.BOM_UTF16_BE, "UTF-16 text"),
    (b"PK\x03\x04", "a zip archive"),
)


class Export:
    """An export whose dialect is known; ``rows`` may be asked for more than once."""

    def __init__(self, lines: Sequence[str], body: int, layout: Layout) -> None:
        """Take the text by line and the index of the first line below the header."""
        self._lines = lines
        self._body = body
        self._columns = layout.columns
        self._titles = layout.titles
        self._header = len(layout.columns)
        # A field without a column is read from one more cell, which is always empty.
        self._width = self._header + any(field not in layout.columns for field in _PER_ROW)
        self._form = _settle(layout, lines, body)
        self._claims = Claims(self._form, layout.columns, layout.titles)
        self._short: Counter[int] = Counter()
        self._mended = 0

    @property
    def dialect(self) -> Dialect:
        """The dialect the file is written in."""
        return self._form.dialect

    @property
    def layout(self) -> Hashable:
        """The dialect, the titles and where each column stands."""
        return (self.dialect, *sorted(self._columns.items()), *sorted(self._titles.items()))

    @property
    def warnings(self) -> Sequence[str]:
        """What is odd about the file as a whole, one sentence each; complete after ``rows``."""
        found = []
        if self._short:
            places = [self._columns[name] for name in FEATURES if name in self._columns]
            cut = bool(places) and set(self._short) == {min(places)}
            what = "audio features missing" if cut else "cells missing at the end"
            found.append(f"{_have(self._short.total())} fewer cells than the header ({what})")
        if self._mended:
            found.append(f"{_have(self._mended)} a label with quotes that were not doubled")
        return found

    def claim(self, row: SeenRow) -> Claim:
        """Return what the row says of its track. Raises ValueError with the reason for a bad row."""
        return self._claims.claim(row.cells)

    def claims(self, rows: Sequence[SeenRow]) -> list[Claim | ValueError]:
        """Return what each row says of its track; for a bad row the error that carries the reason."""
        return claims_of(self._claims, [row.cells for row in rows])

    def rows(self) -> Iterator[SeenRow | RejectedRow]:
        """Yield every row in order; what cannot be parsed as a rejected row."""
        self._short.clear()
        self._mended = 0
        sight = self._sight()
        start = self._body
        while rows := self._plain_rows(start):
            lines = range(start + 1, start + 1 + len(rows))
            yield from sight.all(lines, rows)
            start += len(rows)
        for line, cells in self._records(start):
            yield RejectedRow(line, cells) if isinstance(cells, str) else sight.one(line, cells)

    def _plain_rows(self, start: int) -> list[list[str]] | None:
        """Return many rows from a line on, if each is one line long and as wide as the header."""
        reader = csv.reader(islice(self._lines, start, start + _ROWS_AT_ONCE), strict=True)
        try:
            rows = list(reader)
        except csv.Error:
            return None
        if set(map(len, rows)) != {self._header} or reader.line_num != len(rows):
            return None
        return rows if self._width == self._header else [[*cells, ""] for cells in rows]

    def _sight(self) -> Sight:
        facts = sorted((at, field) for field, at in self._columns.items() if field not in _NO_FACTS)
        who = (self.dialect.name, self.dialect.generation, *(field for _, field in facts))
        added_at, added_by, popularity = (self._columns.get(f, self._header) for f in _PER_ROW)
        return Sight(
            self._titles,
            (added_at, added_by, popularity),
            [at for at, _ in facts],
            GAP.join(who) + GAP,
            plain=not any(GAP in line for line in self._lines),
        )

    def _records(self, start: int) -> Iterator[tuple[int, list[str] | str]]:
        """Yield each row from a line on with its line: as many cells as expected, or the reason why not.

        Where a row breaks the rules of CSV, reading starts again on the line after the one it began
        on, so that a stray quote costs one row and not the rest of the file.
        """
        while start < len(self._lines):
            base = start
            lines = map(self._lines.__getitem__, range(base, len(self._lines)))
            reader = csv.reader(lines, strict=True)
            try:
                for cells in reader:
                    line, start = start, base + reader.line_num
                    if len(cells) == self._width:
                        yield line + 1, cells
                    elif len(cells) > self._header and (mended := self._mend(line)):
                        yield line + 1, mended
                        start = line + 1
                        break
                    elif cells:
                        yield line + 1, self._fit(cells, last=start == len(self._lines))
            except csv.Error as error:
                yield start + 1, self._mend(start) or f"no valid CSV: {error}"
                start += 1

    def _fit(self, cells: list[str], *, last: bool) -> list[str] | str:
        """Bring a row to the expected width, or return why it cannot be one."""
        missing = self._header - len(cells)
        if missing < 0 and any(cell.strip() for cell in cells[self._header :]):
            return f"{len(cells)} cells where the header has {self._header}"
        if missing > 0:
            # Both exporters end every row with a line feed, so what follows this one is missing too.
            if last and not self._lines[-1].endswith(("\n", "\r")):
                return f"the file ends in the middle of this row, after {len(cells)} cells"
            self._short[len(cells)] += 1
        return (cells + [""] * (self._width - len(cells)))[: self._width]

    def _mend(self, line: int) -> list[str] | None:
        """Read a line again with the quotes in its label doubled; None where that does not help."""
        found = _LABEL.match(self._lines[line])
        if not found or self.dialect.name != NET or not _LONE_QUOTE.search(found[2]):
            return None
        text = found[1] + found[2].replace('"', '""') + found[3]
        try:
            cells = next(csv.reader([text], strict=True))
        except csv.Error:
            return None
        if len(cells) > self._header:
            return None
        fitted = self._fit(cells, last=False)
        self._mended += 1
        return fitted if isinstance(fitted, list) else None


def parse(file: ExportFile, content: bytes) -> Export:
    """Recognise the dialect of a file's content.

    Raises MalformedExport, with the line, for what is no text in UTF-8 or has no known header.
    """
    text = _decode(file.path, content)
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines)
    try:
        header = next((row for row in reader if "".join(row).strip()), None)
    except csv.Error as error:
        raise MalformedExport(f"no valid CSV: {error}", file=file.path, line=1) from error
    if header is None:
        raise MalformedExport("the file is empty", file=file.path, line=1)
    layout = recognise(header)
    if layout is None:
        reason = _other_kind(text) or explain(header)
        raise MalformedExport(reason, file=file.path, line=1)
    return Export(lines, reader.line_num, layout)


def _decode(path: str, content: bytes) -> str:
    for start, kind in _KINDS:
        if content.startswith(start):
            raise MalformedExport(f"this is {kind}, not CSV in UTF-8", file=path, line=1)
    nul = content.find(b"\0")
    try:
        if nul >= 0:
            raise UnicodeDecodeError("utf-8", content, nul, nul + 1, "a NUL byte")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind the mark that it skips.
        at = error.start + (len(codecs.BOM_UTF8) if len(error.object) < len(content) else 0)
        line_start = content.rfind(b"\n", 0, at) + 1
        what = "a NUL byte" if nul == at else f"byte 0x{content[at]:02x}, which is no UTF-8,"
        raise MalformedExport(
            f"{what} at byte {at + 1} of the file",
            file=path,
            line=content.count(b"\n", 0, at) + 1,
            column=at - line_start + 1,
        ) from error


def _other_kind(text: str) -> str | None:
    start = text.lstrip()[:1]
    kind = {"<": "a web page or XML", "{": "JSON", "[": "JSON"}.get(start)
    return kind and f"this is {kind}, not CSV"


def _settle(layout: Layout, lines: Sequence[str], body: int) -> Form:
    """Return the form a file is written in, where several write its header.

    A file is of an older form if it joins artists with commas somewhere and no row refutes that form
    (``Form.refuted``). Without evidence it is of the newest: a name alone is the same in both.
    """
    newest, *older = layout.forms
    joined = False
    width = len(layout.columns)
    place = layout.columns
    with suppress(csv.Error):
        for cells in csv.reader(islice(lines, body, None)) if older else ():
            if not place["artists"] < len(cells) <= width:
                continue
            artists = cells[place["artists"]]
            names = cells[place["title"]] + cells[place["album"]]
            added_at = cells[place["added_at"]] if place["added_at"] < len(cells) else ""
            older = [each for each in older if not each.refuted(artists, names, added_at)]
            if not older:
                return newest
            joined = joined or "," in artists
    return older[0] if joined else newest


def _have(count: int) -> str:
    return f"{count} rows have" if count != 1 else "1 row has"
