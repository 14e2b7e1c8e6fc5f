"""The generations of exportify.net.

Source: the git history of pavelkomarov/exportify, ``exportify.js``. A generation is named by the day
its header was first written. All before 2025-07-27 join artists with ``,``, which names hold too, and
delete ``"`` from titles and albums; those of May to July 2025 delete ``,`` as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from syncengine.adapters.exports.cells import (
    at_joints,
    at_semicolons,
    at_tight_commas,
    link_of_album,
)
from syncengine.adapters.exports.dialects.form import FEATURES, FOREVER, NAMES, Form
from syncengine.core.track import NET_RANK, OLD_RANK, Dialect

NET = "exportify.net"
NET_TITLES: Mapping[str, str] = {
    "uri": "Track URI",
    "title": "Track Name",
    "album": "Album Name",
    "artists": "Artist Name(s)",
    "release_date": "Release Date",
    "duration_ms": "Duration (ms)",
    "popularity": "Popularity",
    "explicit": "Explicit",
    "added_by": "Added By",
    "added_at": "Added At",
    "genres": "Genres",
    "label": "Record Label",
    **FEATURES,
}
_OLDER_TITLES = {
    **NET_TITLES,
    "artist_uris": "Artist IDs",
    "album_uri": "Album ID",
    "album_tracks": "Total Album Tracks",
    "album_type": "Album Type",
}
_COLUMNS = tuple(NET_TITLES)
_FEATURES = tuple(FEATURES)
_NO_EXPLICIT = tuple(field for field in NET_TITLES if field != "explicit")
_EXPLICIT_LATE = (*_NO_EXPLICIT[:9], "explicit", *_NO_EXPLICIT[9:])
_FACTS = ("release_date", "duration_ms", "popularity", "added_by", "added_at", "genres")
_FIRST = "uri title album duration_ms popularity release_date artists added_by added_at".split()
_ALBUMS = "uri artist_uris title album_uri album artists".split()


def _net(generation: str, columns: Sequence[str]) -> Form:
    dialect = Dialect(NET, generation, NET_RANK)
    return Form(dialect, tuple(columns), {"English": NET_TITLES}, at_semicolons)


def _older(
    generation: str,
    columns: Sequence[str],
    *,
    uri: str = "Track URI",
    label: str = "Record Label",
    deletes: str = '"',
    until: str = FOREVER,
) -> Form:
    return Form(
        Dialect(NET, generation, OLD_RANK, NAMES),
        tuple(columns),
        {"English": {**_OLDER_TITLES, "uri": uri, "label": label}},
        at_tight_commas,
        deletes=deletes,
        until=until,
        rewrites={"album_uri": link_of_album} if "album_uri" in columns else {},
    )


NET_FORM = _net("2025-07-27", _COLUMNS)
NET_FORMS: tuple[Form, ...] = (
    NET_FORM,
    # The semicolon was written on 2025-07-27 and reached the site with the merge of 2025-09-02.
    _older("2025-05-23", _COLUMNS, deletes='",', until="2025-09-03"),
    # For minutes of that day the header said Explicit twice, and the rows once.
    replace(
        _older("2025-05-23 (Explicit twice)", (*_COLUMNS[:10], "explicit", *_COLUMNS[10:])),
        rows=_COLUMNS,
    ),
    _older("2025-05-21", _EXPLICIT_LATE),
    _older("2025-04-07", _NO_EXPLICIT),
    # Until 2024-12-03 its header had tabs before Danceability; cells are stripped anyway.
    _older("2024-09-10", _NO_EXPLICIT, uri="Track ID"),
    _older("2024-09-04", _NO_EXPLICIT[1:]),
    _older(
        "2024-09-01",
        (*_ALBUMS, *_FACTS, "label", "album_tracks", "album_type", *_FEATURES),
        uri="Spotify ID",
        label="Label",
    ),
    _older(
        "2019-06-27",
        ("uri", "artist_uris", "title", "album", "artists", *_FACTS, *_FEATURES),
        uri="Spotify ID",
    ),
    _older(
        "2019-06-27 (without artist ids)",
        ("uri", "title", "album", "artists", *_FACTS, *_FEATURES),
        uri="Spotify ID",
    ),
    replace(
        _older("2019-06-22", _FIRST, uri="Spotify URI"), blocks=(("genres",),), split=at_joints
    ),
)
