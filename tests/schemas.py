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
_FINDING = {
    "kind": One(
        (
            "missing-field", "differing-value", "out-of-range", "broken-relation", "without-page",
            "without-track", "doubled-page", "vanished",
        )
    ),
    "where": One(("notion", "library", "spotify")),
    "entity": One(("track", "playlist", "artist", "album")),
    "title": str,
    **dict.fromkeys(("key", "page", "field", "source", "detail", "reason"), Or(str)),
    "since": Or(TIME),
    "status": One(("open", "planned", "fixed", "failed", "left", "theirs")),
}  # fmt: skip
REMEDIATION = {
    "basis": One(("notion", "agreed", "nothing")),
    "reason": Or(str),
    "error": Or({"code": int, "message": str}),
    "checked": Each(int),
    "counts": Each(int),
    "fixed": int,
    "findings": [_FINDING],
    "theirs": [_FINDING],
    "name_mismatches": [
        {
            "uri": URI,
            "field": One(("title", "artists")),
            "api": {"value": str, "since": TIME},
            "csv": {"value": str, "source": str, "since": TIME},
        }
    ],
    "api": Or(
        {
            **dict.fromkeys(("asked", "answered_lately", "left"), int),
            "stopped": Or({"reason": str, "message": str}),
        }
    ),
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
_SONG = {
    "uri": URI,
    "title": str,
    "artists": [str],
    "album": Or(str),
    "duration_ms": Or(int),
    "isrc": Or(str),
}
_MATCH = {
    "tier": One(("certain", "likely", "unsure", "none")),
    "track": Or(URI),
    "by": One(("decision", "spotify", "isrc", "names", None)),
    "score": float,
    "reason": str,
    "twins": [URI],
}
_LIKENESS = {
    "score": float,
    "way": Or(str),
    "penalties": [{"name": str, "size": float, "file": str, "track": str}],
}
FILES_SCAN = {
    **dict.fromkeys(("files", "read", "new", "changed", "moved", "gone", "repeated"), int),
    "unreadable": [{"path": str, "reason": str, "new": bool}],
    "unseen": [{"path": str, "reason": str}],
    "folders": [{"path": str, "files": int, "emptied": int, "problem": Or(str)}],
    "matched": dict.fromkeys(("certain", "likely", "unsure", "none", "anew"), int),
    "refusals": [{"guard": str, "message": str, "lift": str}],
}
FILES_EXPLAIN = {
    "file": {
        "path": str,
        "scanned": bool,
        "problem": Or(str),
        "title": Or(str),
        "artists": [str],
        "album": Or(str),
        "isrc": Or(str),
        "spotify": Or(URI),
        "duration_ms": Or(int),
    },
    "same_audio": [str],
    "answer": Or(_MATCH),
    "kept": bool,
    "readings": [{"title": str, "artists": str, "way": Or(str)}],
    "candidates": [_SONG | _LIKENESS],
    "runner_up": Or(URI),
    "gap": Or(float),
}
FILES_EXPLAIN_TRACK = {
    "track": _SONG,
    "twins": [URI],
    "files": [{"path": str, "answer": _MATCH, "likeness": Or(_LIKENESS)}],
}
_ESTIMATE = {"writes": int, "reads": int}
_WEIGHT = {"uri": URI, "title": str, "entries": int, "playlists": int, "added_at": Or(TIME)}
MERGE = {
    "plan": str,
    "name": str,
    "at": TIME,
    "order": One(("first-added", "weight", "given")),
    "match": One(("id", "isrc", "certain", "likely")),
    "sources": [
        {
            **dict.fromkeys(("key", "playlist", "source"), str),
            **dict.fromkeys(("entries", "recordings"), int),
            "observed_at": TIME,
        }
    ],
    "entries_before": int,
    "unique_after": int,
    "removed": Each(int),
    "parts": [{"name": str, "entries": int}],
    "overlaps": [{"playlists": [str], "recordings": int}],
    "weights": {"in_playlists": Each(int), "most": [_WEIGHT]},
    "sample": [_WEIGHT],
    "replaced": [
        {
            "uri": URI,
            "kept": URI,
            **dict.fromkeys(("title", "kept_title", "kind", "rule"), str),
        }
    ],
    "left_out": [
        {"playlist": str, "position": int, "uri": URI, "title": str, "reason": str},
    ],
    "estimate": _ESTIMATE,
    "begun": int,
    "unfinished": [str],
    "tracks": [URI],
    "dry_run": bool,
    "files": [str],
}
RESTORE = {
    "dry_run": bool,
    "plan": str,
    "playlist": str,
    "key": str,
    "at": TIME,
    "observed_at": TIME,
    "in_place": bool,
    "target": [str],
    "compared_with_now": {"comes": int, "goes": int},
    "estimate": _ESTIMATE,
    "losses": [str],
    "left_out": [{"position": int, "uri": URI, "title": str, "reason": str}],
    "entries": [
        {
            "position": int,
            "uri": URI,
            "title": str,
            "added_at": Or(TIME),
            "added_by": Or(str),
            "left_out": Or(str),
        }
    ],
}
_TIER = One(("certain", "likely", "unsure"))
_DUPLICATE_KIND = One(
    (
        "same-id",
        "decided",
        "same-isrc",
        "same-recording",
        "re-release",
        "remaster",
        "clean-explicit",
    )
)
_DUPLICATE = {
    "kind": _DUPLICATE_KIND,
    "confidence": _TIER,
    "reason": str,
    "keep": URI,
    "rule": str,
    "tracks": [URI],
    "where": [
        {"playlist": str, "key": str, "position": int, "uri": URI, "added_at": Or(TIME)},
    ],
    "pairs": [{"uris": [URI], "kind": _DUPLICATE_KIND, "confidence": _TIER, "reason": str}],
}
DUPLICATES = {
    "playlists": [{"key": str, "playlist": str}],
    "entries": int,
    "shared": int,
    "totals": Each(dict.fromkeys(("certain", "likely", "unsure"), int)),
    "within": [_DUPLICATE],
    "across": [_DUPLICATE],
    "tracks": Each(
        {
            "title": str,
            "artists": [str],
            "album": Or(str),
            "released": Or(str),
            "isrc": Or(str),
            "duration_ms": Or(int),
            "explicit": Or(bool),
            "popularity": Or(int),
        }
    ),
}
_VERDICT = One(("same", "different"))
DUPLICATES_DECIDE = {
    "verdict": _VERDICT,
    "uris": [URI],
    "overruled": [{"verdict": _VERDICT, "uris": [URI]}],
    "absent": [URI],
}
FILES_DECIDE = {
    "file": str,
    "scanned": bool,
    "track": Or(URI),
    "verdict": One(("same", "different", None)),
    "in_library": Or(bool),
    "answer": Or(_MATCH),
    "same_audio": [str],
}
FILES_MISSING = {
    "tracks": int,
    "missing": int,
    "playlists": [
        {
            "key": str,
            "playlist": str,
            "tracks": int,
            "missing": [_SONG | {"title": Or(str), "position": int, "may_be": [str]}],
        }
    ],
}
_ORPHAN = {
    "path": str,
    "title": Or(str),
    "artists": [str],
    "duration_ms": Or(int),
    "reason": str,
    "same_audio": [{"path": str, "track": Or(URI)}],
}
FILES_ORPHANS = {
    "files": int,
    "none": [_ORPHAN],
    "unsure": [_ORPHAN | {"candidate": Or(_SONG), "score": float}],
}
REPORT = {
    **dict.fromkeys(("size", "tracks", "entries", "playlists"), int),
    "path": str,
    "from": TIME,
    "to": TIME,
    "charts": [{"name": str, "title": str}],
    "tables": [{"name": str, "title": str, "rows": int, "shown": int}],
    "pictures": [str],
}
KINDS: dict[str, list[Any]] = {
    "import": [IMPORT],
    "diff": [DIFF],
    "plan": [PLAN],
    "remediation": [REMEDIATION],
    "snapshots": [SNAPSHOTS],
    "library": [LIBRARY],
    "tracks": [TRACKS],
    "playlists": [PLAYLISTS_OF],
    "status": [STATUS],
    "files-scan": [FILES_SCAN],
    "files-explain": [FILES_EXPLAIN],
    "files-explain-track": [FILES_EXPLAIN_TRACK],
    "files-decide": [FILES_DECIDE],
    "merge": [MERGE],
    "restore": [RESTORE],
    "duplicates": [DUPLICATES],
    "duplicates-decide": [DUPLICATES_DECIDE],
    "files-missing": [FILES_MISSING],
    "files-orphans": [FILES_ORPHANS],
    "report": [REPORT],
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
