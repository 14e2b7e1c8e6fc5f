"""What every file must do to us, whatever its bytes: be read, or be refused; nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from syncengine.adapters.exports import Exports
from syncengine.core.moment import Instant
from syncengine.core.ports import ExportFile, Quarantined, RejectedRow, SeenRow
from syncengine.errors import MalformedExport
from tests.adapters.exports.samples import InMemory


def read_export(content: bytes) -> int:
    """Read bytes as an export; return how many rows they gave, kept or not."""
    return _read(InMemory(content), content)


def read_archive(content: bytes, path: Path) -> int:
    """Read bytes as a zip archive, by way of a file at ``path``; return the rows of its members."""
    path.write_bytes(content)
    os.utime(path, (0, 0))
    rows = 0
    for file in Exports().find([path]):
        _sound(file.path)
        if isinstance(file, Quarantined):
            assert file.reason
            continue
        _sound(file.stem)
        assert file.modified_at >= 0
        try:
            member = file.read()
        except MalformedExport:
            continue
        rows += _read(file, member)
    return rows


def _read(file: ExportFile, content: bytes) -> int:
    try:
        parts = list(Exports().split(file, content))
    except MalformedExport as error:
        _sound(str(error))
        return 0
    rows = 0
    for part in parts:
        if isinstance(part, Quarantined):
            _sound(part.path + part.reason)
            continue
        _sound(part.file.path + part.file.stem)
        _bounded(part.not_before)
        rows += _read_part(part.file, part.content)
    return rows


def _read_part(file: ExportFile, content: bytes) -> int:
    try:
        export = Exports().parse(file, content)
        rows = list(export.rows())
    except MalformedExport as error:
        _sound(str(error))
        return 0
    _sound("".join(export.warnings))
    seen = [row for row in rows if isinstance(row, SeenRow)]
    for row in rows:
        if isinstance(row, RejectedRow):
            assert row.line >= 1
            _sound(row.reason)
    for row, claim in zip(seen, export.claims(seen), strict=True):
        _bounded(row.added_at, row.popularity)
        if isinstance(claim, ValueError):
            _sound(str(claim))
        else:
            _sound(repr(claim))
            recording = claim.recording
            if recording is not None:
                _bounded(recording.duration_ms, recording.disc_number, recording.track_number)
    assert len(rows) <= len(content)
    return len(rows)


def _sound(text: str) -> None:
    text.encode()


def _bounded(*numbers: Instant | int | None) -> None:
    """See that a database's 64-bit numbers hold what was read."""
    assert all(number is None or -(2**63) <= number < 2**63 for number in numbers)
