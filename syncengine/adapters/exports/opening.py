"""Opening an export: which encoding, which delimiter and which form it is written in."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from syncengine.adapters.exports import spreadsheet
from syncengine.adapters.exports.dialects import (
    FEATURES,
    Form,
    Layout,
    by_position,
    by_words,
    explain,
    recognise,
    without_header,
)
from syncengine.adapters.exports.dialects.form import Rewrite, placed
from syncengine.adapters.exports.line_length import refuse_absurd_lines
from syncengine.adapters.exports.reader import Export
from syncengine.adapters.exports.sheet import Sheet
from syncengine.adapters.exports.text import Decoded, decode
from syncengine.core.ports import ExportFile
from syncengine.core.track import OLD_RANK
from syncengine.errors import MalformedExport

_SEP = re.compile(r'"?sep=([,;|\t])"?\s*\Z', re.IGNORECASE)
_LONGEST_HEADER = 1 << 18
_DELIMITERS = ",;\t"
_SPREADSHEET = (
    "a spreadsheet saved this file again, so its names and dates may be changed;"
    " they fill gaps and replace nothing"
)
_WINDOWS = (
    "its bytes are no UTF-8 and were read as Windows-1252, so letters may be wrong, and its names fill"
    " gaps and replace nothing; save it again as UTF-8, or export again"
)
_SPOILT_BY_WINDOWS = frozenset("title artists album album_artists label copyrights".split())
_SEVERAL = "playlist name"


@dataclass(frozen=True, slots=True)
class _Start:
    """The first row that is not blank; ``begin`` and ``end`` are the indices of its lines."""

    cells: Sequence[str]
    begin: int
    end: int
    delimiter: str


def parse(file: ExportFile, content: bytes) -> Export:
    """Recognise the dialect of a file's content.

    Raises MalformedExport, with the line, for what is no text or has no header that names tracks.
    """
    refuse_absurd_lines(file.path, content)
    decoded = decode(file.path, content)
    try:
        return _open(file.path, decoded)
    except MalformedExport:
        if decoded.problem is None:
            raise
        raise decoded.problem from None


def _open(path: str, decoded: Decoded) -> Export:
    lines = decoded.lines
    starts = list(_starts(path, lines))
    for start in starts:
        layout = recognise(start.cells)
        if layout:
            return _export(_sheet(lines, start.end, start, decoded), layout, decoded)
    widest = max(starts, key=lambda start: len(start.cells))
    try:
        return _guess(lines, widest, decoded)
    except ValueError as error:
        reason = _other_kind(lines) or str(error)
        raise MalformedExport(reason, file=path, line=widest.begin + 1) from None


def _sheet(lines: Sequence[str], body: int, start: _Start, decoded: Decoded) -> Sheet:
    return Sheet(lines, body, start.delimiter, decoded.is_cut)


def _starts(path: str, lines: Sequence[str]) -> Iterator[_Start]:
    """Yield the first row as each delimiter that stands in it cuts it."""
    first = next((at for at, line in enumerate(lines) if line.strip(" \t\r\n,;")), None)
    if first is None:
        raise MalformedExport("the file is empty; export again", file=path, line=1)
    if len(lines[first]) > _LONGEST_HEADER:
        reason = "the first line is longer than that of any export; no valid CSV"
        raise MalformedExport(reason, file=path, line=first + 1)
    announced = _SEP.match(lines[first])
    if announced:
        yield _start(path, lines, first + 1, announced[1])
        return
    for delimiter in _DELIMITERS:
        if delimiter == "," or delimiter in lines[first]:
            yield _start(path, lines, first, delimiter)


def _start(path: str, lines: Sequence[str], at: int, delimiter: str) -> _Start:
    remaining = map(lines.__getitem__, range(at, len(lines)))
    reader = csv.reader(remaining, delimiter=delimiter)
    begin = at
    try:
        for cells in reader:
            if "".join(cells).strip():
                return _Start(cells, begin, at + reader.line_num, delimiter)
            begin = at + reader.line_num
    except csv.Error as error:
        raise MalformedExport(f"no valid CSV: {error}", file=path, line=begin + 1) from error
    raise MalformedExport("the file is empty; export again", file=path, line=1)


def _guess(lines: Sequence[str], start: _Start, decoded: Decoded) -> Export:
    """Open a file without a known header. Raises ValueError with the reason where that cannot be."""
    if any(cell.strip().lower() == _SEVERAL for cell in start.cells):
        raise ValueError(
            "it has a column of playlist names; split it into one file for each playlist"
        )
    whole = _sheet(lines, start.begin, start, decoded)
    layout = without_header(start.cells, whole.records())
    if layout:
        return _export(whole, layout, decoded)
    below = _sheet(lines, start.end, start, decoded)
    layout = by_position(start.cells, below.records()) or by_words(start.cells)
    if layout is None:
        raise ValueError(explain(start.cells))
    return _export(below, layout, decoded)


def _export(sheet: Sheet, layout: Layout, decoded: Decoded) -> Export:
    layout = _as_rows_are(layout, sheet)
    form = _settle(layout, sheet)
    rewrites: Mapping[str, Rewrite] = form.rewrites
    warnings = list(layout.warnings)
    if sheet.delimiter != form.delimiter or spreadsheet.is_saved_again(
        layout.columns, sheet.records()
    ):
        habits = spreadsheet.habits(layout.columns, sheet.records())
        warnings += (_SPREADSHEET, *habits.warnings)
        rewrites = _both(spreadsheet.rewrites(habits), rewrites)
        form = _spoilt(form, "spreadsheet", spreadsheet.SPOILS)
    if decoded.problem is not None:
        warnings.append(_WINDOWS)
        form = _spoilt(form, "Windows-1252", _SPOILT_BY_WINDOWS)
    placed_rewrites = {
        place: rewrite
        for name, rewrite in rewrites.items()
        if name in layout.columns
        for place in (layout.columns[name], *layout.again.get(name, ()))
    }
    return Export(sheet, layout, form, rewrites=placed_rewrites, warnings=warnings)


def _spoilt(form: Form, what: str, fields: frozenset[str]) -> Form:
    dialect = form.dialect
    generation = f"{dialect.generation} ({what})"
    damages = dialect.damages | fields
    return replace(
        form, dialect=replace(dialect, generation=generation, rank=OLD_RANK, damages=damages)
    )


def _both(
    first: Mapping[str, Rewrite], then: Mapping[str, Rewrite]
) -> Mapping[str, Callable[[str], str]]:
    """Return the rewrites of both, one after the other where a field has two."""
    return {
        **first,
        **{
            name: _chain(first[name], each) if name in first else each
            for name, each in then.items()
        },
    }


def _chain(first: Rewrite, then: Rewrite) -> Rewrite:
    return lambda cell: then(first(cell))


def _as_rows_are(layout: Layout, sheet: Sheet) -> Layout:
    """Return the layout of the rows, where the form is known to write a header that is wider."""
    form = layout.forms[0]
    if not form.rows:
        return layout
    first = next(sheet.records(), [])
    without_features = len(form.rows) - len([each for each in form.rows if each in FEATURES])
    repaired = (layout.width, without_features + layout.width - len(form.rows))
    if len(first) in repaired:
        return layout
    header = tuple((name, layout.titles[name]) for name in form.rows)
    return placed(layout.forms, header, len(form.rows), layout.warnings)


def _settle(layout: Layout, sheet: Sheet) -> Form:
    """Return the form a file is written in, where several write its header.

    A file is of an older form if it joins artists with commas somewhere and no row refutes that form
    (``Form.refuted``). Without evidence it is of the newest: a name alone is the same in both.
    """
    newest, *older = layout.forms
    joined = False
    place = layout.columns
    for cells in sheet.records() if older else ():
        if not place["artists"] < len(cells) <= layout.width:
            continue
        artists = cells[place["artists"]]
        names = cells[place["title"]] + cells[place["album"]]
        added_at = cells[place["added_at"]] if place["added_at"] < len(cells) else ""
        older = [each for each in older if not each.refuted(artists, names, added_at)]
        if not older:
            return newest
        joined = joined or "," in artists
    return older[0] if joined else newest


def _other_kind(lines: Sequence[str]) -> str | None:
    start = next(filter(None, map(str.strip, lines)), "")[:1]
    kind = {"<": "a web page or XML", "{": "JSON", "[": "JSON"}.get(start)
    return kind and f"this is {kind}, not CSV"
