"""Writing playlists as the exporters write them today, cell for cell.

The rules are those of pavelkomarov/exportify ``exportify.js`` and of watsonbox/exportify
``PlaylistExporter.tsx`` and ``Tracks*Data.ts``. Three things are done differently, so that what is
written can be read back: exportify.net's labels have their quotes doubled, its bare cells are quoted
where they hold a comma, and exportify.app keeps an empty row for a track Spotify no longer shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO

from syncengine.adapters.exports.dialects import (
    APP,
    APP_BLOCKS,
    APP_FORM,
    APP_TITLES,
    NET,
    NET_FORM,
    NET_TITLES,
)
from syncengine.core.identity import UNAVAILABLE
from syncengine.core.moment import to_iso
from syncengine.core.ports import ExportedEntry, ExportedPlaylist
from syncengine.core.track import Artist, AudioFeatures

_JS_SPACE = r"[\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+"
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Unicode's Bidi_Control: file managers would show another name, and another ending, than there is.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
_MAX_STEM_BYTES = 240
_DECIMAL_FROM = Decimal("1e-6")
_DECIMAL_BELOW = Decimal("1e21")


def write_net(playlist: ExportedPlaylist, stream: BinaryIO) -> None:
    """Write a playlist as a single export of exportify.net: UTF-8 with a mark, LF.

    ``;`` is deleted from artists' names, and a genre stands there once.
    """
    header = ",".join(NET_TITLES[field] for field in NET_FORM.columns)
    stream.write(("\ufeff" + header + "\n").encode())
    _write(map(_net_row, playlist.entries), stream)


def write_app(playlist: ExportedPlaylist, stream: BinaryIO) -> None:
    """Write a playlist as exportify.app does with all optional blocks: UTF-8 without a mark, LF."""
    fields = [*APP_FORM.columns, *(field for block in APP_BLOCKS for field in block)]
    header = ",".join(_quoted(APP_TITLES[field]) for field in fields)
    stream.write((header + "\n").encode())
    _write(map(_app_row, playlist.entries), stream)


WRITERS: Mapping[str, Callable[[ExportedPlaylist, BinaryIO], None]] = {
    NET: write_net,
    APP: write_app,
}
"""By dialect name, the function that writes a playlist to a stream."""


def without_marks(stem: str) -> str:
    """Return a file stem in which nothing acts on a terminal or turns the direction of writing.

    Joiners stay: names in Persian and many emoji are spelt with them.
    """
    return _CONTROLS.sub("_", _DIRECTIONS.sub("", stem))


def file_stem(dialect: str, name: str) -> str:
    """Return the file stem that an exporter gives to a playlist's name, made safe.

    Where the exporter's own rule would give nothing, a hidden file or a name too long for a file
    system, this gives ``_``, a ``_`` in front, or the longest beginning that fits.
    """
    if dialect == APP:
        stem = re.sub(r'[\x00-\x1f\x7f/\\<>:;"|=,.?*\[\] ]+', "_", name).lower()
    else:
        stem = re.sub(_JS_SPACE, "_", re.sub(r'[/\\:*?"<>|\x00]', "", name))
    fitting = (
        without_marks(stem).encode("utf-8", "replace")[:_MAX_STEM_BYTES].decode("utf-8", "ignore")
    )
    return "_" + fitting if not fitting or fitting.startswith(".") else fitting


_NO_FEATURES = AudioFeatures()


def number(value: float) -> str:
    """Return a number as JavaScript prints it (ECMA-262, Number::toString): 0.0000123, 1e-7, 4."""
    text = repr(value)
    if (
        value and "e" not in text
    ):  # Python's shortest digits are JavaScript's, but for whole numbers
        return text.removesuffix(".0")
    shortest = Decimal(text).normalize()
    if not shortest:
        return "0"
    if _DECIMAL_FROM <= abs(shortest) < _DECIMAL_BELOW:
        return f"{shortest:f}"
    mantissa, _, exponent = f"{shortest:e}".partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def _write(rows: Iterable[Sequence[str]], stream: BinaryIO) -> None:
    # A lone surrogate has no UTF-8; browsers replace it as well.
    stream.writelines((",".join(row) + "\n").encode("utf-8", "replace") for row in rows)


def _net_row(entry: ExportedEntry) -> list[str]:
    facts = entry.facts
    recording, release = facts.recording, facts.release
    gone = facts.track == UNAVAILABLE
    names = ";".join(artist.name.replace(";", "") for artist in recording.artists)
    return [
        _bare(_uri(entry)),
        _quoted("undefined" if gone else recording.title or ""),
        _quoted("undefined" if gone else release.album or ""),
        _quoted("undefined" if gone else names),
        release.release_date or "",
        _whole(recording.duration_ms),
        _whole(entry.popularity),
        _flag(recording.explicit),
        _bare(entry.added_by or ""),
        "" if entry.added_at is None else to_iso(entry.added_at),
        _quoted(",".join(dict.fromkeys(facts.genres))),
        _quoted(release.label or "undefined"),
        *_features(facts.features),
    ]


def _app_row(entry: ExportedEntry) -> list[str]:
    facts = entry.facts
    recording, release = facts.recording, facts.release
    cells = [
        _uri(entry),
        recording.title or "",
        _uris(recording.artists),
        _names(recording.artists),
        release.album_uri or "",
        release.album or "",
        _uris(release.album_artists),
        _names(release.album_artists),
        release.release_date or "",
        release.image_url or "",
        _whole(recording.disc_number),
        _whole(recording.track_number),
        _whole(recording.duration_ms),
        recording.preview_url or "",
        _flag(recording.explicit),
        _whole(entry.popularity),
        facts.isrc or "",
        f"spotify:user:{entry.added_by}" if entry.added_by else "",
        "null" if entry.added_at is None else to_iso(entry.added_at),
        ",".join(facts.genres),
        *_features(facts.features),
        ", ".join(release.genres),
        release.label or "",
        release.copyrights or "",
    ]
    return [_quoted(cell) for cell in cells]


def _uri(entry: ExportedEntry) -> str:
    track = entry.facts.track
    return track if track.startswith("spotify:") else ""


def _uris(artists: Sequence[Artist]) -> str:
    return ", ".join(artist.uri or "" for artist in artists)


def _names(artists: Sequence[Artist]) -> str:
    return ", ".join(artist.name.replace(",", "\\,") for artist in artists)


def _features(features: AudioFeatures | None) -> list[str]:
    return ["" if value is None else number(value) for value in features or _NO_FEATURES]


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def _flag(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\0", "") + '"'


def _bare(text: str) -> str:
    return _quoted(text) if _NEEDS_QUOTES.search(text) else text
