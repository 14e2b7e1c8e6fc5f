"""The properties that are kept in Notion, by entity: their names, their types, and what they relate to.

Pages are made of them, the databases are set up with them, and values are read and written by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from syncengine.core.plan import REMOVED, TITLE, Entity
from syncengine.core.ranges import FEATURES, POPULARITY, Range

Type = Literal[
    "title", "rich_text", "url", "number", "checkbox", "date", "select", "multi_select",
    "relation", "rollup",
]  # fmt: skip
SYNC_KEY = "Sync key"
"""The key of the thing: by it a page is found again, whatever else changed."""
BACK = "Tracks"
"""What the other side of each of a track's relations is called."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property. ``to`` is what a relation relates to. A rollup sums up ``of`` over the tracks."""

    type: Type
    to: Entity | None = None
    of: str | None = None
    function: str | None = None


_TEXT, _NUMBER, _DATE = Property("rich_text"), Property("number"), Property("date")
_COUNT = Property("rollup", of=TITLE, function="count")
_OURS = {SYNC_KEY: _TEXT, REMOVED: _DATE}
_SPOTIFY = {"Spotify URI": _TEXT, "Spotify URL": Property("url")}
_TITLED = {TITLE: Property("title")}

PROPERTIES: Mapping[Entity, Mapping[str, Property]] = {
    "artist": {**_TITLED, **_SPOTIFY, "Track count": _COUNT, **_OURS},
    "album": {
        **_TITLED,
        "Release date": _DATE,
        "Label": _TEXT,
        **_SPOTIFY,
        "Track count": _COUNT,
        **_OURS,
    },
    "playlist": {
        **_TITLED,
        "Spotify URL": Property("url"),
        "Owner": _TEXT,
        "Folder": _TEXT,
        "Track count": _COUNT,
        "Total time": Property("rollup", of="Duration", function="sum"),
        **_OURS,
    },
    "track": {
        **_TITLED,
        **_SPOTIFY,
        "ISRC": _TEXT,
        "Artists": Property("relation", to="artist"),
        "Album": Property("relation", to="album"),
        "Playlists": Property("relation", to="playlist"),
        "Duration": _NUMBER,
        "Release date": _DATE,
        "Explicit": Property("checkbox"),
        "Popularity": _NUMBER,
        "Genres": Property("multi_select"),
        "Label": _TEXT,
        "Added at": _DATE,
        "BPM": _NUMBER,
        "Key": Property("select"),
        "Camelot": Property("select"),
        "Energy": _NUMBER,
        "Danceability": _NUMBER,
        "Valence": _NUMBER,
        "Acousticness": _NUMBER,
        "Instrumentalness": _NUMBER,
        "Liveness": _NUMBER,
        "Speechiness": _NUMBER,
        "Loudness": _NUMBER,
        "Time signature": _NUMBER,
        "Facts source": _TEXT,
        "Facts as of": _DATE,
        **_OURS,
    },
}
ENTITIES: tuple[Entity, ...] = tuple(PROPERTIES)
"""The entities that have a database in Notion, in the order of dependence."""
SHOWN_AS: Mapping[str, str] = {REMOVED: "Removed at"}
"""What a property is called in Notion where that is not its name here."""

FEATURE_FIELDS: Mapping[str, str] = {
    "danceability": "Danceability", "energy": "Energy", "key": "Key", "loudness": "Loudness",
    "mode": "Key", "speechiness": "Speechiness", "acousticness": "Acousticness",
    "instrumentalness": "Instrumentalness", "liveness": "Liveness", "valence": "Valence",
    "tempo": "BPM", "time_signature": "Time signature",
}  # fmt: skip
"""The property that shows each audio feature."""
RANGES: Mapping[str, Range] = {
    "Popularity": POPULARITY,
    **{
        FEATURE_FIELDS[name]: limits
        for name, limits in FEATURES.items()
        if PROPERTIES["track"][FEATURE_FIELDS[name]].type == "number"
    },
}
"""Between which values numbers on pages can lie."""
SAID_IN: Mapping[Entity, Mapping[str, str]] = {
    "track": {
        TITLE: "recording", "Artists": "recording", "Duration": "recording", "Explicit": "recording",
        "Album": "release", "Release date": "release", "Label": "release", "Genres": "genres",
        "ISRC": "isrc", "Popularity": "popularity",
        **dict.fromkeys(FEATURE_FIELDS.values(), "features"),
    },
    "album": {TITLE: "release", "Release date": "release", "Label": "release"},
    "artist": {TITLE: "recording"},
}  # fmt: skip
"""In which group of a track's facts a property is said; of albums and artists their tracks say it."""
