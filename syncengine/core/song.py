"""A track as matching wants it: few facts, taken apart once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from syncengine.core.catalog import CatalogTrack
from syncengine.core.identity import TrackKey, fold
from syncengine.core.lookup import is_as_long, plain_isrc
from syncengine.core.song_title import Title, read_title
from syncengine.core.spelling import Names, read_names, squeeze
from syncengine.core.version_words import hints_of

_ISRC = re.compile(r"[A-Z]{2}[0-9A-Z]{3}\d{7}\Z")
_EDITION = re.compile(
    r"\s*[(\[][^()\[\]]*[)\]]|\s+[-–]\s.*(?:edition|remaster|version|deluxe|single|ep).*"
)


class SongFacts(NamedTuple):
    """What matching asks of a track; ``also`` are other keys it is known by."""

    key: TrackKey
    title: str
    artists: tuple[str, ...] = ()
    album: str | None = None
    isrc: str | None = None
    duration_ms: int | None = None
    explicit: bool | None = None
    also: tuple[TrackKey, ...] = ()


def song_facts(track: CatalogTrack) -> SongFacts:
    """Return what matching asks of a track of the catalog."""
    facts = track.facts
    recording = facts.recording
    return SongFacts(
        facts.track,
        recording.title or "",
        tuple(artist.name for artist in recording.artists if artist.name),
        facts.release.album,
        facts.isrc,
        recording.duration_ms,
        recording.explicit,
        track.also,
    )


class Song(NamedTuple):
    """A track taken apart for comparing."""

    key: TrackKey
    title: Title
    artists: Names
    album: str
    album_shown: str
    hints: frozenset[str]
    isrc: str | None
    duration_ms: int | None
    explicit: bool | None
    also: tuple[TrackKey, ...]


def read_song(facts: SongFacts) -> Song:
    """Take a track apart."""
    title = read_title(facts.title)
    album, hints = _read_album(facts.album or "")
    return Song(
        facts.key,
        title,
        read_names(facts.artists + title.guests),
        album,
        facts.album or "",
        hints,
        sound_isrc(facts.isrc),
        facts.duration_ms or None,
        facts.explicit,
        facts.also,
    )


@lru_cache(maxsize=4_096)
def _read_album(album: str) -> tuple[str, frozenset[str]]:
    """Return an album's name for comparing, and what kinds of version it lets expect."""
    folded = fold(album)
    return album_name(folded), hints_of(folded)


def album_name(folded: str) -> str:
    """Return a folded album's name for comparing, without the words for its edition."""
    return squeeze(_EDITION.sub("", folded) or folded) if folded else ""


def sound_isrc(isrc: str | None) -> str | None:
    """Return an ISRC in capitals without hyphens and gaps; None for what cannot be one."""
    plain = plain_isrc(isrc or "")
    return plain if _ISRC.match(plain) else None


def is_same_recording(one: Song, other: Song) -> bool:
    """Tell whether two tracks are, as far as can be told, one recording on two releases; mutual."""
    lengths = one.duration_ms, other.duration_ms
    if one.isrc and one.isrc == other.isrc:
        return is_as_long(*lengths)
    if one.explicit != other.explicit and None not in (one.explicit, other.explicit):
        return False
    if one.title.whole != other.title.whole or one.title.kinds != other.title.kinds:
        return False
    if one.artists.all.isdisjoint(other.artists.all) or None in lengths:
        return False
    return is_as_long(*lengths)
