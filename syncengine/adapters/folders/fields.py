"""Fields as files have them, whatever the way of tagging, and what they say of the track."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from syncengine.core.audio_file import Tags
from syncengine.core.identity import TrackKey, parse_track
from syncengine.core.lookup import plain_isrc

LONGEST = 1_000
"""Characters of a text that are kept."""
_MOST_ARTISTS = 100
_MOST_SEARCHED = 100_000
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_SPOTIFY = re.compile(
    r"spotify:(?:track|episode):[0-9A-Za-z]{22}(?![0-9A-Za-z])"
    r"|open\.spotify\.com/(?:intl-[a-z-]+/)?(?:embed/)?(?:track|episode)/[0-9A-Za-z]{22}(?![0-9A-Za-z])"
)
_BARE_ID = re.compile(r"[0-9A-Za-z]{22}\Z")
_OTHER_THINGS = ("album", "artist", "playlist", "user")
_CONTROL = dict.fromkeys(range(32), " ")


class Field(NamedTuple):
    """One field: its name in lower case, and its values.

    ``title``, ``artist``, ``artists``, ``albumartist``, ``album``, ``isrc``, ``comment`` and ``url`` are
    called so in every way of tagging; others have the name that they have in the file.
    """

    name: str
    values: Sequence[str]


def tags_of(fields: Sequence[Field], seconds: float | None) -> Tags:
    """Return what fields say of a track; where a name stands more than once, the first field counts."""
    named: dict[str, tuple[str, ...]] = {}
    for each in fields:
        values = tuple(filter(None, map(_clean, each.values)))
        if values:
            named.setdefault(each.name, values)
    return Tags(
        title=_first(named.get("title")),
        artists=_artists(named),
        album=_first(named.get("album")),
        isrc=_isrc(fields),
        spotify=_spotify(fields),
        duration_ms=_milliseconds(seconds),
    )


def _artists(named: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the artists; a list of them, which some programs write beside the one text, is better."""
    listed = named.get("artists", ())
    credited = named.get("artist", ())
    best = listed if len(listed) > len(credited) else credited
    best = best or named.get("albumartist", ())
    return tuple(dict.fromkeys(best))[:_MOST_ARTISTS]


def _isrc(fields: Iterable[Field]) -> str | None:
    for each in fields:
        if each.name == "isrc":
            for value in each.values:
                found = _ISRC.search(plain_isrc(value))
                if found:
                    return found[0]
    return None


def _spotify(fields: Iterable[Field]) -> TrackKey | None:
    """Return the track that fields name; two different ones in fields of one standing name none."""
    named, mentioned = set[TrackKey](), set[TrackKey]()
    for each in fields:
        own = "spotify" in each.name or each.name in {"url", "woas", "spotdl"}
        for value in each.values:
            keys = {parse_track(found) for found in _SPOTIFY.findall(value[:_MOST_SEARCHED])}
            bare = value.strip()
            if (
                "spotify" in each.name
                and _BARE_ID.match(bare)
                and not any(other in each.name for other in _OTHER_THINGS)
            ):
                keys.add(parse_track(bare))
            (named if own else mentioned).update(key for key in keys if key is not None)
    best = named or mentioned
    return next(iter(best)) if len(best) == 1 else None


def _milliseconds(seconds: float | None) -> int | None:
    if seconds is None or not 0 < seconds < 1e7:  # neither NaN nor longer than a hundred days
        return None
    return round(seconds * 1000)


def _first(values: tuple[str, ...] | None) -> str | None:
    return values[0] if values else None


def _clean(text: str) -> str:
    """Return a text that can be stored and shown: no control characters, no halves of characters."""
    short = text[:LONGEST].translate(_CONTROL)
    if not short.isascii():
        short = short.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(short.split())
