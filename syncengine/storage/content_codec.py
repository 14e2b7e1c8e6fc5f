"""Contents as bytes: columns of narrow integers, whole or as a change against another content.

A content is what one observation told, line by line. Most days a playlist changes by a few lines and a
third of its popularities, so a content is kept as the runs it shares with the one before, the lines
that are new, and the claims and popularities that differ.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Sequence
from hashlib import blake2b

from syncengine.core.diff import align
from syncengine.core.playlist import Line
from syncengine.core.records import records

_WIDTHS = (("B", 1 << 8), ("H", 1 << 16), ("I", 1 << 32), ("Q", 1 << 64))
_HEAD = struct.Struct("<cqI")


def digest(lines: Sequence[Line]) -> bytes:
    """Return 16 bytes that are equal for equal contents."""
    return blake2b(_columns(lines), digest_size=16).digest()


def pack(lines: Sequence[Line]) -> bytes:
    """Return a content on its own."""
    return zlib.compress(_columns(lines), 6)


def unpack(packed: bytes) -> list[Line]:
    """Return the lines of a content packed on its own."""
    return _read_lines(memoryview(zlib.decompress(packed)))[0]


def pack_change(base: Sequence[Line], lines: Sequence[Line]) -> bytes:
    """Return a content as a change of another one."""
    before, after = [line[:3] for line in base], [line[:3] for line in lines]
    source = {j: i for i, j in align(before, after).kept if before[i] == after[j]}
    runs: list[int] = []
    fresh: list[Line] = []
    claims: list[tuple[int, int]] = []
    drifts: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        start = source.get(at)
        end = at + 1
        if start is None:
            while end < len(lines) and end not in source:
                end += 1
            fresh += lines[at:end]
            runs += (0, end - at)
        else:
            while end < len(lines) and source.get(end) == start + end - at:
                end += 1
            runs += (start + 1, end - at)
        at = end
    for j, i in source.items():
        old, new = base[i], lines[j]
        if old != new:
            if old.claim != new.claim:
                claims.append((j, new.claim))
            if old.popularity != new.popularity:
                drifts.append((j, _shift(new.popularity)))
    parts = [_column(runs), _columns(fresh)]
    for changes in (sorted(claims), sorted(drifts)):
        parts.append(_column(_steps([j for j, _ in changes])))
        parts.append(_column([value for _, value in changes]))
    return zlib.compress(b"".join(parts), 6)


def unpack_change(base: Sequence[Line], packed: bytes) -> list[Line]:
    """Return the lines of a content packed against ``base``."""
    view = memoryview(zlib.decompress(packed))
    runs, view = _read_column(view)
    fresh, view = _read_lines(view)
    lines: list[Line] = []
    used = 0
    for start, length in zip(runs[::2], runs[1::2], strict=True):
        if start:
            lines += base[start - 1 : start - 1 + length]
        else:
            lines += fresh[used : used + length]
            used += length
    for field in ("claim", "popularity"):
        steps, view = _read_column(view)
        values, view = _read_column(view)
        at = 0
        for step, value in zip(steps, values, strict=True):
            at += step
            known = lines[at]
            if field == "claim":
                lines[at] = Line(known[0], known[1], known[2], value, known[4])
            else:
                lines[at] = Line(known[0], known[1], known[2], known[3], _unshift(value))
    return lines


def _shift(value: int | None) -> int:
    return 0 if value is None else value + 1


def _unshift(value: int) -> int | None:
    return value - 1 if value else None


def _steps(rising: Sequence[int]) -> list[int]:
    return [each - before for each, before in zip(rising, [0, *rising], strict=False)]


def _columns(lines: Sequence[Line]) -> bytes:
    if not lines:
        return b"".join(_column(()) for _ in range(5))
    tracks, stamps, people, claims, popularities = zip(*lines, strict=True)
    return b"".join(
        (
            _column(tracks),
            _column([0 if each is None else each + 1 for each in stamps]),
            _column([0 if each is None else each + 1 for each in people]),
            _column(claims),
            _column([0 if each is None else each + 1 for each in popularities]),
        )
    )


def _column(values: Sequence[int]) -> bytes:
    # The least value is taken off where all lie near each other, as stamps and row numbers do; a
    # missing stamp (0) among seconds since 1970 only costs width.
    least = min(values, default=0)
    most = max(values, default=0) - least
    code = next(code for code, limit in _WIDTHS if most < limit)
    body = array(code, values if least == 0 else [value - least for value in values])
    return _HEAD.pack(code.encode(), least, len(body)) + body.tobytes()


def _read_column(view: memoryview) -> tuple[list[int], memoryview]:
    code, least, count = _HEAD.unpack_from(view)
    body = array(code.decode())
    end = _HEAD.size + count * body.itemsize
    body.frombytes(view[_HEAD.size : end])
    values = body.tolist()
    return ([value + least for value in values] if least else values), view[end:]


def _read_lines(view: memoryview) -> tuple[list[Line], memoryview]:
    tracks, view = _read_column(view)
    stamps, view = _read_column(view)
    people, view = _read_column(view)
    claims, view = _read_column(view)
    popularities, view = _read_column(view)
    lines = list(
        records(
            Line,
            tracks,
            [stamp - 1 if stamp else None for stamp in stamps],
            [person - 1 if person else None for person in people],
            claims,
            [value - 1 if value else None for value in popularities],
        )
    )
    return lines, view
