"""The shapes of JSON of lives and trends; ``check`` is that of all shapes."""

from __future__ import annotations

from tests.schemas import KINDS, TIME, URI, One, Or, check

__all__ = ["check"]

_SIGHTING = {"snapshot": int, "source": str}
HISTORY_TRACK = {
    "uri": URI,
    "also": [URI],
    "title": str,
    "artists": str,
    "visits": [
        {
            "key": str,
            "playlist": str,
            "playlist_then": str,
            "playlist_at_end": str,
            "added_at": Or(TIME),
            "seen_at": TIME,
            "seen_in": Or(_SIGHTING),
            "left_at": Or(TIME),
            "left_in": Or(_SIGHTING),
            "parting": One(("held", "removed", "vanished", "other-id", "playlist-ended")),
            "other": Or(URI),
        }
    ],
    "facts": [
        {
            "at": TIME,
            "source": str,
            "field": str,
            "turn": One(("known", "changed", "corrected")),
        }
    ],
    "popularity": [{"at": TIME, "value": int}],
}
_ENTRY_LIFE = {
    "uri": URI,
    "title": str,
    "artists": str,
    "added_at": Or(TIME),
    "came_at": Or(TIME),
    "seen_at": TIME,
    "left_at": Or(TIME),
    "ending": One(("held", "removed", "unavailable", "playlist-ended")),
    "addition": bool,
}
HISTORY_PLAYLIST = {
    "key": str,
    "playlist": str,
    "names": [{"playlist": str, "since": TIME, "until": Or(TIME)}],
    "spans": [{"since": TIME, "until": Or(TIME)}],
    "observed_at": TIME,
    "months": [{"month": str, "entries": int, "added": int, "removed": Or(int), "observed": bool}],
    "added": int,
    "removed": int,
    "churn": Or(float),
    "half_life_days": Or(float),
    "longest": [{**_ENTRY_LIFE, "seconds": int}],
    "came_last": [_ENTRY_LIFE],
    "went_last": [_ENTRY_LIFE],
    "entries": [_ENTRY_LIFE],
}
_SHARE = {"month": str, "name": str, "entries": float}
_MOVE = {"uri": URI, "title": str, "artists": str, "first": int, "last": int}
TRENDS = {
    "start": TIME,
    "end": TIME,
    "observed_from": TIME,
    "months": [
        {
            "month": str,
            "removed": Or(int),
            "observed": bool,
            **dict.fromkeys(("tracks", "entries", "playlists", "added"), int),
        }
    ],
    "days": [{"day": str, "added": int, "removed": int}],
    "playlists": [
        {
            "key": str,
            "playlist": str,
            "ended_at": Or(TIME),
            "sizes": [{"month": str, "entries": int}],
            "added": int,
            "removed": int,
            "churn": Or(float),
            "half_life_days": Or(float),
        }
    ],
    "genres": [_SHARE],
    "decades": [_SHARE],
    "features": [{"name": str, "means": [{"month": str, "mean": float}]}],
    "vanished": [{"uri": URI, "title": str, "artists": str, "since": TIME}],
    "popularity": {"winners": [_MOVE], "losers": [_MOVE]},
}
KINDS |= {
    "history-track": [HISTORY_TRACK],
    "history-playlist": [HISTORY_PLAYLIST],
    "trends": [TRENDS],
}
