"""The shapes of JSON that the contract gives, and a small check of them: fields may be added, never lost."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_URI = re.compile(
    r"spotify:(track|episode|playlist):[0-9A-Za-z]{22}\Z|spotify:local:|meta:|unavailable\Z"
)


class Or(NamedTuple):
    """Null, or a shape."""

    shape: Any


class One(NamedTuple):
    """One of these values."""

    values: tuple[object, ...]


class Each(NamedTuple):
    """An object whose values all have one shape, whatever its names."""

    shape: Any


TIME, URI = object(), object()
SNAPSHOT = {"id": int, "source": One(("csv", "api")), "taken_at": TIME, "unchanged": bool}
IMPORT = {
    "snapshot": Or(SNAPSHOT),
    "files": [
        {
            "path": str,
            "playlist": str,
            "dialect": Or(str),
            "generation": Or(str),
            "status": One(("imported", "unchanged", "suspect", "quarantined")),
            "rows": int,
            "imported": int,
            "rejected": [{"line": int, "reason": str}],
            "warnings": [str],
        }
    ],
    "totals": {
        **dict.fromkeys(("files", "rows", "imported", "rejected", "tracks_new"), int),
        **dict.fromkeys(("entries_added", "entries_removed"), int),
        "seconds": float,
    },
}
_PLACE = {"uri": URI, "position": int, "added_at": Or(TIME)}
DIFF = {
    "from": {"snapshot": Or(int), "taken_at": TIME},
    "to": {"snapshot": Or(int), "taken_at": TIME},
    "playlists": [
        {
            "playlist": str,
            "key": str,
            "status": One(("added", "removed", "renamed", "changed")),
            "renamed_from": Or(str),
            "added": [_PLACE],
            "removed": [_PLACE],
            "moved": [{"uri": URI, "from": int, "to": int}],
        }
    ],
    "tracks": [{"uri": URI, "fields": Each(list)}],
    "popularity": {"changed": int, "up": int, "down": int},
}
PLAN = {
    "id": str,
    "created_at": TIME,
    "base": {"snapshot": Or(int), "digest": str},
    "sinks": Each(
        {
            "summary": dict.fromkeys(("create", "update", "remove", "conflict", "unchanged"), int),
            "estimate": {"calls": int, "seconds": float},
            "actions": [
                {
                    "id": str,
                    "action": str,
                    "entity": One(("track", "playlist", "artist", "album")),
                    "key": str,
                    "title": str,
                    "fields": Each(list),
                    "reason": str,
                }
            ],
            "refusals": [{"guard": str, "message": str, "lift": str}],
        }
    ),
    "empty": bool,
}
SNAPSHOTS = {
    "snapshots": [
        {
            "id": int,
            "source": One(("csv", "api")),
            "taken_at": TIME,
            "recorded_at": TIME,
            "playlists": int,
            "entries": int,
        }
    ]
}
LIBRARY = {
    "at": TIME,
    "playlists": [
        {
            "key": str,
            "playlist": str,
            "observed_at": TIME,
            "source": str,
            "entries": [
                {"uri": URI, "added_at": Or(TIME), "title": Or(str), "artists": [str]},
            ],
        }
    ],
}
TRACKS = {
    "tracks": [
        {
            "uri": URI,
            "title": Or(str),
            "artists": [str],
            "album": Or(str),
            "duration_ms": Or(int),
            "release_date": Or(str),
            "explicit": Or(bool),
            "isrc": Or(str),
            "popularity": Or(int),
            "genres": [str],
            "label": Or(str),
            "features": dict,
            "playlists": [str],
            "sources": Each({"source": str, "at": TIME}),
        }
    ]
}
PLAYLISTS_OF = {
    "track": URI,
    "playlists": [{"key": str, "playlist": str, "added_at": Or(TIME), "position": int}],
}
STATUS = {
    "sources": [{"source": One(("csv", "api")), "snapshot": int, "taken_at": TIME}],
    "pending": Each({"create": int, "update": int, "remove": int, "conflict": int}),
    "sign_in": {"expires_at": Or(TIME)},
    "budget": {"used": int, "limit": int},
    "paused_until": Or(TIME),
    "pause_reason": Or(str),
    "open_fetch": Or({"pages": int, "since": TIME}),
    "quarantined": [{"path": str, "line": Or(int), "reason": str}],
    "runs": [{"id": int, "command": str, "started_at": TIME, "exit_code": Or(int)}],
    "lookups": {
        **dict.fromkeys(("stored", "api", "failed", "calls_made", "calls_saved"), int),
        "since": TIME,
        "fallbacks": Each(int),
        "stored_hit_rate": Or(float),
    },
    "calls": {"since": TIME, "by_endpoint": Each(int)},
}
KINDS: dict[str, list[Any]] = {
    "import": [IMPORT],
    "diff": [DIFF],
    "plan": [PLAN],
    "snapshots": [SNAPSHOTS],
    "library": [LIBRARY],
    "tracks": [TRACKS],
    "playlists": [PLAYLISTS_OF],
    "status": [STATUS],
}


def check(kind: str, found: dict[str, Any]) -> dict[str, Any]:
    """See that an object is of a kind and shaped as the contract says; return it."""
    assert list(found)[:2] == ["format_version", "kind"]
    assert (found["format_version"], found["kind"]) == (1, kind)
    for shape in KINDS[kind]:
        _check(kind, found, shape)
    return found


def _check(where: str, found: Any, shape: Any) -> None:
    if isinstance(shape, dict | Each):
        _check_object(where, found, shape)
    elif isinstance(shape, list):
        assert isinstance(found, list), where
        for place, each in enumerate(found):
            _check(f"{where}[{place}]", each, shape[0])
    elif isinstance(shape, Or):
        if found is not None:
            _check(where, found, shape.shape)
    elif isinstance(shape, One):
        assert found in shape.values, f"{where} is {found!r}"
    elif shape in (TIME, URI):
        assert isinstance(found, str), where
        assert (_TIME if shape is TIME else _URI).match(found), f"{where} is {found!r}"
    else:
        assert type(found) is shape, f"{where} is {found!r}, no {shape.__name__}"


def _check_object(where: str, found: Any, shape: Any) -> None:
    assert isinstance(found, dict), where
    inner = dict.fromkeys(found, shape.shape) if isinstance(shape, Each) else shape
    missing = inner.keys() - found.keys()
    assert not missing, f"{where} lacks {sorted(missing)}"
    for name, each in inner.items():
        _check(f"{where}.{name}", found[name], each)
