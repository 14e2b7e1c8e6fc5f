"""Which form a file has, told by its first bytes: most are the CSV of one playlist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from syncengine.adapters.exports import json_export, spotify_backup_text, tunemymusic
from syncengine.adapters.exports.sections import MARK
from syncengine.adapters.exports.text import as_utf8, is_wide
from syncengine.core.ports import ExportFile, ParsedExport, Part, Quarantined
from syncengine.errors import MalformedExport

_START = 2048


class Form(NamedTuple):
    """How files of one form are cut into playlists, and how one of these is read."""

    split: Callable[[ExportFile, bytes], Iterator[Part | Quarantined]]
    parse: Callable[[ExportFile, bytes], ParsedExport]


_JSON = Form(json_export.split, json_export.parse)
_TUNEMYMUSIC = Form(tunemymusic.split, tunemymusic.parse)
_TEXT = Form(spotify_backup_text.split, spotify_backup_text.parse)


def form_of(content: bytes) -> Form | None:
    """Return the form of a file that may hold several playlists; None for any other."""
    start = _beginning(content).removeprefix(MARK).lstrip()
    if start.startswith((b"{", b"[")):
        return _JSON
    first = start.partition(b"\n")[0]
    if b"playlist name" in first.lower() and tunemymusic.is_header(_text(first)):
        return _TUNEMYMUSIC
    if b"\tspotify:" in start or start.startswith((b"Playlists:", b"Liked Albums:")):
        return _TEXT if spotify_backup_text.is_start(_text(start)) else None
    return None


def _beginning(content: bytes) -> bytes:
    """Return the first bytes; of UTF-16 as UTF-8, where a unit may be cut in two at the end."""
    start = content[:_START]
    if not is_wide(start):
        return start
    with suppress(MalformedExport):
        return as_utf8("", start[: len(start) // 4 * 4])
    return start


def _text(start: bytes) -> str:
    return start.decode("utf-8", "replace")
