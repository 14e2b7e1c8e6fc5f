"""Reading one export whose form is known: from lines to rows, and from rows to claims."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import islice

from syncengine.adapters.exports import cells as form
from syncengine.adapters.exports.claims import Claims
from syncengine.adapters.exports.columns import claims_of
from syncengine.adapters.exports.dialects import FEATURES, NET, NO_FACTS, Form, Layout
from syncengine.adapters.exports.dialects.form import Rewrite
from syncengine.adapters.exports.sheet import Sheet
from syncengine.adapters.exports.sight import GAP, Sight
from syncengine.core.identity import parse_track
from syncengine.core.ports import RejectedRow, SeenRow
from syncengine.core.track import Claim, Dialect

# The csv module's own 128 KiB is process-wide, and so is this: room for the longest honest cell.
csv.field_size_limit(1 << 20)

_PER_ROW = ("added_at", "added_by", "popularity")
_ROWS_AT_ONCE = 5_000
_NO_FACTS = NO_FACTS.union(_PER_ROW)
# exportify.net writes labels in quotes without doubling the quotes inside them; before the label
# stand the moment of adding and the genres, behind it only numbers.
_LABEL = re.compile(
    r'(.*,[0-9-]{10}T[0-9:.]+Z,"[^"\n]*",")(.+)("(?:,[-+.0-9eE]*)*\r?\n?)\Z', re.DOTALL
)
_LONE_QUOTE = re.compile(r'(?<!")"(?!")')
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\Z")

Record = tuple[int, list[str] | str]
"""The line on which a row starts, and its cells, or why it has none."""


class Export:
    """An export whose dialect is known; ``rows`` may be asked for more than once."""

    ordered = True

    def __init__(
        self,
        sheet: Sheet,
        layout: Layout,
        form: Form,
        *,
        rewrites: Mapping[int, Rewrite],
        warnings: Sequence[str] = (),
    ) -> None:
        """Take the lines, what their header means, and the form they are written in.

        ``rewrites`` bring the cells of some places into the form that ``cells`` reads; ``warnings``
        are what was noticed before the rows were read.
        """
        self._sheet = sheet
        self._lines = sheet.lines
        self._columns = layout.columns
        self._titles = layout.titles
        self._again = {layout.columns[name]: more for name, more in layout.again.items()}
        self._rewrites = rewrites
        self._header = layout.width
        # A field without a column is read from one more cell, which is always empty.
        self._width = self._header + any(field not in layout.columns for field in _PER_ROW)
        self._form = form
        self._claims = Claims(form, layout.columns, layout.titles)
        self._warnings = warnings
        self._short: Counter[int] = Counter()
        self._mended = 0
        self._nameless = 0
        ids = layout.columns.get("uri")
        self._ids = () if ids is None else (ids, *layout.again.get("uri", ()))
        self._broken: list[int] = []

    @property
    def dialect(self) -> Dialect:
        """The dialect the file is written in."""
        return self._form.dialect

    @property
    def layout(self) -> Hashable:
        """The dialect, the width of a row, the titles and where each column stands."""
        return (
            self.dialect,
            self._width,
            *sorted(self._columns.items()),
            *sorted(self._titles.items()),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """What is odd about the file as a whole, one sentence each; complete after ``rows``."""
        found = list(self._warnings)
        if self._short:
            places = [self._columns[name] for name in FEATURES if name in self._columns]
            cut = bool(places) and set(self._short) == {min(places)}
            what = "audio features missing" if cut else "cells missing at the end"
            found.append(f"{_have(self._short.total())} fewer cells than the header ({what})")
        if self._mended:
            found.append(f"{_have(self._mended)} a label with quotes that were not doubled")
        if self._nameless:
            found.append(f"{_have(self._nameless)} commas inside names, which were left out")
        if self._broken:
            found.append(
                f"{_have(len(self._broken))} a {self._titles['uri']} that names no track, the first in line"
                f" {self._broken[0]:,}; these tracks are known by their names only"
            )
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
        self._mended = self._nameless = 0
        self._broken.clear()
        sight = self._sight()
        start = self._sheet.body
        while rows := self._plain_rows(start):
            lines = range(start + 1, start + 1 + len(rows))
            yield from sight.all(lines, rows)
            start += len(rows)
        records = self._records(start)
        for line, cells in _without_last(records) if self._sheet.is_cut else records:
            if isinstance(cells, list):
                self._rewrite([cells], [line])
            yield RejectedRow(line, cells) if isinstance(cells, str) else sight.one(line, cells)

    def _plain_rows(self, start: int) -> list[list[str]] | None:
        """Return many rows from a line on, if each is one line long and as wide as the header."""
        if self._sheet.is_cut:
            return None
        lines = islice(self._lines, start, start + _ROWS_AT_ONCE)
        reader = csv.reader(lines, delimiter=self._sheet.delimiter, strict=True)
        try:
            rows = list(reader)
        except csv.Error:
            return None
        if set(map(len, rows)) != {self._header} or reader.line_num != len(rows):
            return None
        self._rewrite(rows, range(start + 1, start + 1 + len(rows)))
        return rows if self._width == self._header else [[*cells, ""] for cells in rows]

    def _rewrite(self, rows: Sequence[list[str]], lines: Sequence[int]) -> None:
        """Bring rows into the form that ``cells`` reads; those of an ordinary file are in it."""
        odd = self._with_broken_ids(rows, lines)
        for place, rewrite in self._rewrites.items():
            for cells in rows:
                cells[place] = rewrite(cells[place])
        for place, more in self._again.items():
            for cells in rows:
                said = (cells[each] for each in (place, *more) if form.said(cells[each]))
                cells[place] = next(said, cells[place])
        self._broken += [line for line, cells in odd if form.said(cells[self._ids[0]]) is None]

    def _with_broken_ids(
        self, rows: Sequence[list[str]], lines: Sequence[int]
    ) -> Sequence[tuple[int, list[str]]]:
        """Return the rows, with their lines, of which an id names no track."""
        is_broken = self._form.is_broken
        if is_broken is None or not self._ids:
            return ()
        return [
            (line, cells)
            for line, cells in zip(lines, rows, strict=True)
            if any(is_broken(cells[place]) for place in self._ids)
        ]

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

    def _records(self, start: int) -> Iterator[Record]:
        """Yield each row from a line on with its line: as many cells as expected, or the reason why not.

        Where a row breaks the rules of CSV, reading starts again on the line after the one it began
        on, so that a stray quote costs one row and not the rest of the file.
        """
        while start < len(self._lines):
            base = start
            lines = map(self._lines.__getitem__, range(base, len(self._lines)))
            reader = csv.reader(lines, delimiter=self._sheet.delimiter, strict=True)
            try:
                for cells in reader:
                    line, start = start, base + reader.line_num
                    if len(cells) == self._header:
                        yield line + 1, cells + [""] * (self._width - self._header)
                    elif len(cells) > self._header and (mended := self._mend(line, cells)):
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
            if not any(map(str.strip, cells)):
                return "nothing stands in this row; export again if there should be"
            # Both exporters end every row with a line feed, so what follows this one is missing too.
            if last and not self._lines[-1].endswith(("\n", "\r")):
                return f"the file ends in the middle of this row, after {len(cells)} cells"
            self._short[len(cells)] += 1
        fitting = cells[: self._header]  # what hangs over is blank, but may be more than nothing
        return fitting + [""] * (self._width - len(fitting))

    def _mend(self, line: int, cells: Sequence[str] = ()) -> list[str] | None:
        """Return the cells of a line that its exporter wrote wrongly; None where that is not known."""
        return self._without_names(cells) if self._form.unquoted else self._with_quotes(line)

    def _without_names(self, cells: Sequence[str]) -> list[str] | None:
        """Keep of a row with commas inside names what stands before and behind the names."""
        if not cells or not parse_track(cells[0]) or not _STAMP.match(cells[-1]):
            return None
        self._nameless += 1
        kept = [cells[0], *[""] * (self._header - 3), *cells[-2:]]
        return kept + [""] * (self._width - self._header)

    def _with_quotes(self, line: int) -> list[str] | None:
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


def _have(count: int) -> str:
    return f"{count} rows have" if count != 1 else "1 row has"


def _without_last(records: Iterator[Record]) -> Iterator[Record]:
    """Yield the records of a file that ends inside a character; the last of them is no record."""
    last: Record | None = None
    for record in records:
        if last:
            yield last
        last = record
    if last:
        yield last[0], "the file ends in the middle of this row, inside a character"
