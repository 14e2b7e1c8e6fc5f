"""Claims of many rows at once, column by column: what most files hold, without a call per cell.

Every value is read by the same functions as a single row's (``claims``), each distinct cell once; plain
numbers are converted by the interpreter's own loop and then checked as a whole. Where a cell cannot be
read, the rows are read one by one, which finds the row and the reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any, TypeVar

from syncengine.adapters.exports import cells as form
from syncengine.adapters.exports.claims import Claims, album_genres
from syncengine.core.records import records
from syncengine.core.track import Artist, AudioFeatures, Claim, Recording, Release

_NO_RECORDING = Recording()
_NO_RELEASE = Release()
_NO_FEATURES = AudioFeatures()
_TRACK = re.compile(r"spotify:track:[0-9A-Za-z]{22}\Z")
_WHOLE = ("key", "mode", "time_signature")

_RELEASE = (
    "album", "album_uri", "album_artists", "album_artist_uris", "release_date", "label", "image_url",
    "album_genres", "copyrights",
)  # fmt: skip

Value = TypeVar("Value")


def claims_of(reader: Claims, rows: Sequence[Sequence[str]]) -> list[Claim | ValueError]:
    """Return what each row says, as ``reader.claim`` does; for a bad row its error."""
    place = reader.columns.get("uri")
    if place is None:
        return [_claim(reader, row) for row in rows]
    plain = [row for row in rows if _TRACK.match(row[place])]
    if not plain:
        return [_claim(reader, row) for row in rows]
    try:
        claims: list[Claim | ValueError] = list(
            _Batch(reader, list(zip(*plain, strict=True))).claims()
        )
    except ValueError:  # One of the cells is bad; row by row it is found.
        return [_claim(reader, row) for row in rows]
    if len(plain) == len(rows):
        return claims
    read = iter(claims)
    return [next(read) if _TRACK.match(row[place]) else _claim(reader, row) for row in rows]


def _claim(reader: Claims, row: Sequence[str]) -> Claim | ValueError:
    try:
        return reader.claim(row)
    except ValueError as error:
        return error


def _only(reader: Claims, fields: Sequence[str]) -> Claims:
    """Return a reader of rows that have these fields only, in this order."""
    return replace(reader, columns={field: place for place, field in enumerate(fields)})


class _Batch:
    """The columns of many rows, each of which names its track by a URI."""

    def __init__(self, reader: Claims, columns: Sequence[Sequence[str]]) -> None:
        self._reader = reader
        self._columns = columns
        self._size = len(columns[0])

    def claims(self) -> Iterable[Claim]:
        """Return the claims. Raises ValueError where a cell is bad."""
        tracks = self._cells("uri") or ()
        genres = self._read("genres", lambda cell: form.parts(cell) or None)
        return records(
            Claim, tracks, self._recordings(), self._releases(), genres, self._features(),
            self._read("isrc", form.said),
        )  # fmt: skip

    def _cells(self, field: str) -> Sequence[str] | None:
        place = self._reader.columns.get(field)
        return None if place is None else self._columns[place]

    def _read(self, field: str, read: Callable[[str], Value]) -> Iterable[Value | None]:
        """Read a column's cells, each distinct one once."""
        cells = self._cells(field)
        if cells is None:
            return repeat(None, self._size)
        values = {cell: read(cell) for cell in set(cells)}
        return map(values.__getitem__, cells)

    def _titled(self, field: str, read: Callable[[str, str], Value]) -> Iterable[Value | None]:
        title = self._reader.titles.get(field, field)
        return self._read(field, lambda cell: read(title, cell))

    def _counts(self, field: str) -> Iterable[int | None]:
        cells = self._cells(field)
        plain = cells and _plain(cells, int)
        if plain and min(plain) >= 0 and max(plain) < form.ANY:
            return plain
        return self._titled(field, form.count)

    def _reals(self, field: str) -> Iterable[float | None]:
        cells = self._cells(field)
        plain = cells and _plain(cells, float)
        if plain and math.isfinite(sum(plain)):
            return plain
        return self._titled(field, form.real)

    def _artists(self, names: str, uris: str) -> Iterable[tuple[Artist, ...]]:
        """Read a column of artists beside that of their URIs, each distinct pair once."""
        named, linked = self._cells(names), self._cells(uris)
        if named is None:
            return repeat((), self._size)
        pairs = list(zip(named, linked or repeat("", self._size), strict=True))
        credits = {pair: self._reader.artists(*pair) for pair in set(pairs)}
        return map(credits.__getitem__, pairs)

    def _recordings(self) -> Iterable[Recording | None]:
        made = records(
            Recording,
            self._read("title", form.said),
            self._artists("artists", "artist_uris"),
            self._counts("duration_ms"),
            self._titled("explicit", form.flag),
            self._titled("disc_number", form.count),
            self._titled("track_number", form.count),
            self._read("preview_url", form.said),
        )
        return _unless(_NO_RECORDING, made)

    def _releases(self) -> Iterable[Release | None]:
        """Read what is said of albums, each distinct run of cells once: most tracks share theirs."""
        columns = [cells for field in _RELEASE if (cells := self._cells(field)) is not None]
        if not columns:
            return repeat(None, self._size)
        rows = list(zip(*columns, strict=True))
        place = dict.fromkeys(rows)
        fields = [field for field in _RELEASE if self._cells(field) is not None]
        distinct = _Batch(_only(self._reader, fields), list(zip(*place, strict=True)))
        read = dict(zip(place, distinct.distinct_releases(), strict=True))
        return map(read.__getitem__, rows)

    def distinct_releases(self) -> Iterable[Release | None]:
        """Read what is said of albums row by row."""
        made = records(
            Release,
            self._read("album", form.said),
            self._read("album_uri", form.said),
            self._artists("album_artists", "album_artist_uris"),
            self._titled("release_date", form.release_date),
            self._read("label", form.said),
            self._read("image_url", form.said),
            self._album_genres(),
            self._read("copyrights", form.said),
        )
        return _unless(_NO_RELEASE, made)

    def _album_genres(self) -> Iterable[tuple[str, ...]]:
        cells = self._cells("album_genres")
        return repeat((), self._size) if cells is None else map(album_genres, cells)

    def _features(self) -> Iterable[AudioFeatures | None]:
        if self._cells("danceability") is None:
            return repeat(None, self._size)
        numbers = [
            self._titled(name, form.integer) if name in _WHOLE else self._reals(name)
            for name in AudioFeatures._fields
        ]
        return _unless(_NO_FEATURES, records(AudioFeatures, *numbers))


def _plain(cells: Sequence[str], kind: Callable[[str], Any]) -> list[Any] | None:
    """Convert numbers at once; None where one is not written in plain digits."""
    try:
        numbers = list(map(kind, cells))
    except ValueError:
        return None
    text = "".join(cells)
    # Python also reads digits of other scripts, underscores between digits and a sign before them.
    odd = not text.isascii() or "_" in text or (kind is int and "+" in text)
    return None if odd else numbers


def _unless(nothing: Value, values: Iterable[Value]) -> Iterable[Value | None]:
    return [None if value == nothing else value for value in values]
