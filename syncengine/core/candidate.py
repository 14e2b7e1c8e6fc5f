"""A track that a file may be of, and what of it contradicts an id that the file carries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from syncengine.core.file_reading import Reading
from syncengine.core.identity import TrackKey
from syncengine.core.likeness import Compared, Penalty, likeness, of_length, penalties, penalty
from syncengine.core.song import Song

_SPELT = "title spelt otherwise"
_HARDLY = 0.25
"""What takes more than this for spelling is another title rather than a slip."""
_OTHER_VERSION = (
    "title in another script",
    "version word missing",
    "other version of this kind",
    "other number or part",
)
UNREAD = "nothing to read"
_FAR_OFF = ("length 8-15 s off", "length 15-30 s off")


class Candidate(NamedTuple):
    """A track that a file may be of: how like it is, 0 to 1, and all that speaks against it.

    ``way`` is how the file was read for it, None for its tags as they are.
    """

    track: TrackKey
    score: float
    penalties: tuple[Penalty, ...]
    way: str | None = None

    def has(self, *names: str) -> bool:
        """Tell whether one of these penalties is among its own."""
        return any(each.name in names for each in self.penalties)

    @property
    def worst(self) -> str:
        """The name of what speaks most against it."""
        worst = max(self.penalties, key=lambda each: each.size, default=None)
        return worst.name if worst else "nothing speaks against it"


def candidate(reading: Reading, compared: Compared, song: Song) -> Candidate:
    """Hold a file, read in one way, against a track."""
    found = penalties(reading, compared, song)
    return Candidate(song.key, likeness(found), tuple(found), reading.way)


def unread(compared: Compared, song: Song) -> Candidate:
    """Hold a file of which nothing can be read against a track that its id names."""
    found = [penalty(UNREAD), *of_length(compared.duration_ms, song.duration_ms)]
    return Candidate(song.key, likeness(found), tuple(found))


def best_of(readings: Iterable[Reading], compared: Compared, song: Song) -> Candidate:
    """Hold a file against a track by the reading that fits best."""
    found = [candidate(reading, compared, song) for reading in readings]
    return max(found, key=lambda each: each.score) if found else unread(compared, song)


def against_id(one: Candidate) -> str | None:
    """Return what contradicts a track's id wildly: length, or title and artists; None if nothing."""
    if one.has("length over 30 s off"):
        return "its length is far off"
    other_artist = one.has("other artist")
    other_title = any(
        each.name == "other title" or (each.name == _SPELT and each.size > _HARDLY)
        for each in one.penalties
    )
    if other_title and other_artist:
        return "its title and artists are others"
    off = one.has("length 4-8 s off", *_FAR_OFF)
    if off and (other_title or other_artist or one.has(*_OTHER_VERSION)):
        return "its names and length are others"
    off = one.has("length 2-4 s off", "length unknown")
    if off and other_artist and one.has("title in another script"):
        return "nothing else agrees"
    return None


def against_isrc(one: Candidate) -> str | None:
    """Return what contradicts a track's ISRC, which is copied from file to file more often than an id."""
    if one.has(*_FAR_OFF):
        return "its length is off"
    if one.has("other version of this kind", "other number or part", "clean or explicit"):
        return "the words for its version are others"
    return against_id(one)
