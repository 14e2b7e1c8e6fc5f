"""The forms of exportify-cli and Soundiiz, and the one that stands for an exporter nobody knows.

Sources: donmerendolo/exportify-cli, ``exportify_cli.py``; for Soundiiz, which documents none, the
headers in public exports and parsers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from syncengine.adapters.exports.cells import (
    at_any,
    at_joints,
    exact_moment,
    is_broken_id,
    is_broken_link,
    lasting,
    lasting_seconds,
    link_of_album,
    link_of_track,
)
from syncengine.adapters.exports.dialects.form import NAMES, Form
from syncengine.core.track import OLD_RANK, Dialect

CLI = "exportify-cli"
SOUNDIIZ = "Soundiiz"
UNKNOWN = "unknown"

_CLI_TITLES: Mapping[str, str] = {
    "position": "Position",
    "title": "Track Name",
    "album": "Album Name",
    "artists": "Artist Name(s)",
    "release_date": "Release Date",
    "duration_ms": "Duration_ms",
    "popularity": "Popularity",
    "added_by": "Added By",
    "added_at": "Added At",
    "label": "Record Label",
    "uri": "Track URI",
    "artist_uris": "Artist URI(s)",
    "album_uri": "Album URI",
    "isrc": "Track ISRC",
    "upc": "Album UPC",
}
_SOUNDIIZ_TITLES: Mapping[str, str] = {
    "title": "title",
    "artists": "artist",
    "album": "album",
    "isrc": "isrc",
    "platform": "platform",
    "added_at": "addedDate",
    "added_by": "addedBy",
    "duration_ms": "duration",
    "uri": "url",
    "track_id": "trackId",
}
_AMBIGUOUS = frozenset({"artists"})
_BASIC = ("title", "artists", "album", "isrc")
_REWRITES = {"duration_ms": lasting_seconds, "uri": link_of_track, "added_at": exact_moment}


def _soundiiz(generation: str, columns: tuple[str, ...], *, delimiter: str) -> Form:
    return Form(
        Dialect(SOUNDIIZ, generation, OLD_RANK, _AMBIGUOUS),
        columns,
        {"English": _SOUNDIIZ_TITLES},
        at_joints,
        delimiter=delimiter,
        rewrites=_REWRITES,
        is_broken=is_broken_link,
    )


# It joins artists with ", " whatever is in their names, so its word on them never replaces another's.
CLI_FORM = Form(
    Dialect(CLI, "version 1", OLD_RANK, _AMBIGUOUS),
    tuple(_CLI_TITLES)[:10],
    {"English": _CLI_TITLES},
    at_joints,
    # "Position" would be enough for a file of its own, but a spreadsheet's user adds such a column too.
    marks=frozenset({"duration_ms", "isrc", "upc"}),
)
SOUNDIIZ_FORMS: tuple[Form, ...] = (
    _soundiiz(
        "with matches",
        (*_BASIC, "platform", "track_id", "duration_ms", "added_at", "uri"),
        delimiter=",",
    ),
    _soundiiz("with dates", (*_BASIC, "added_at", "added_by", "duration_ms", "uri"), delimiter=";"),
    _soundiiz("titles only", _BASIC, delimiter=";"),
)
UNKNOWN_FORM = Form(
    Dialect(UNKNOWN, "by its titles", OLD_RANK, NAMES),
    (),
    {},
    at_any,
    rewrites={"uri": link_of_track, "album_uri": link_of_album, "duration_ms": lasting},
    is_broken=is_broken_id,
)
"""Reads what a list of titles and artists says; an address of another service is none."""
ID_FORM = replace(
    UNKNOWN_FORM, rewrites={"album_uri": link_of_album, "duration_ms": lasting}, is_broken=None
)
"""The same where only an id names the track, so that a broken one has to be told."""
