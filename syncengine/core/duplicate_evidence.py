"""Two tracks held against each other: what agrees, what differs, and what rules out that they are one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from syncengine.core.alias import SAME_LENGTH_MS
from syncengine.core.common_title import SHORT_MS, is_common, is_work, movements
from syncengine.core.duplicates import HeldTrack
from syncengine.core.file_reading import Reading
from syncengine.core.identity import fold
from syncengine.core.likeness import Compared, penalties
from syncengine.core.song import Song, read_song

Agreement = Literal["same", "other", "unknown"]
NEAR_LENGTH_MS = 8_000
"""Further off, not even a remaster or a clean cut is worth a look; a service's ISRC may be wrong then."""

_PARTED: tuple[str, ...] = (
    "version word missing",
    "version words of near kinds",
    "other version of this kind",
    "other number or part",
    "another movement",
)
"""What makes another recording of it, whatever else agrees."""
_PARTED_WITHOUT_ISRC: tuple[str, ...] = (
    "version only in the album",
    "version word only in another album",
    "other performers",
)
"""What makes another recording of it, unless an ISRC says that it is none."""
_DOUBTS: tuple[str, ...] = (
    "version word missing, near kind",
    "version word missing, little weight",
    "version word left to the album",
    "version not said whose",
    "place of the concert not said",
    "part of the title missing",
    "one title in the other's brackets",
    "title spelt otherwise",
    "another artist leads",
    "artist spelt otherwise",
    "artist unknown",
    "artist unknown and a common title",
)
"""What leaves room for another recording."""
_ELSEWHERE = (
    "other title",
    "only titles in brackets agree",
    "title in another script",
    "other artist",
)
"""What makes it another song, as far as names can tell."""
SLIP = 0.12
"""What takes no more than this for spelling is a slip, where an ISRC says the same."""
_MARKS = frozenset({"clean", "explicit", "remaster"})
_REMASTER = re.compile(r"(?:(\d{4})[^()\[\]]{0,24})?remaster\w*(?:[^()\[\]]{0,12}?(\d{4}))?")
_PERFORMED = frozenset(
    {"live", "unplugged", "session", "take", "demo", "cover", "medley", "acoustic", "karaoke"}
)
_NOBODY = frozenset({"variousartists", "various", "unknownartist", "verschiedene", "diverse"})


class KnownTrack:
    """A track taken apart once; its marks for remaster and for words stand beside its title."""

    def __init__(self, held: HeldTrack) -> None:
        song = read_song(held.song)
        said = song.title.kinds
        self.held = held
        self.key = held.key
        self.remaster = _remaster_of(song)
        self.explicit = False if "clean" in said else True if "explicit" in said else song.explicit
        self.says_words = not _MARKS.isdisjoint(said.keys() - {"remaster"})
        if not _MARKS.isdisjoint(said):
            kinds = {kind: detail for kind, detail in said.items() if kind not in _MARKS}
            song = song._replace(title=song.title._replace(kinds=kinds))
        self.song = song
        self.year = (held.released or "")[:4]

    @cached_property
    def album(self) -> str:
        """The album's name with its edition, folded; empty where it is not known."""
        return fold(self.held.song.album or "")

    @cached_property
    def is_common(self) -> bool:
        """Whether its name and length tell little."""
        short = self.song.duration_ms is not None and self.song.duration_ms < SHORT_MS
        nobody = not self.song.artists.names or self.song.artists.names[0] in _NOBODY
        return short or nobody or is_common(self.song.title)

    @cached_property
    def is_work(self) -> bool:
        """Whether it is a composition that many play."""
        return is_work(self.song.title)

    @cached_property
    def is_performed(self) -> bool:
        """Whether it is one of several performances that nothing need tell apart."""
        return not _PERFORMED.isdisjoint(self.song.title.kinds.keys() | self.song.hints)

    @cached_property
    def words(self) -> tuple[object, ...]:
        """All that decides which words tell it from others: equal ones are told from none."""
        song, title = self.song, self.song.title
        kinds = tuple(sorted(title.kinds.items()))
        marks = (self.remaster, self.explicit, song.isrc, song.album, song.hints)
        return (title.shown, kinds, song.artists.names, *marks)


class Evidence(NamedTuple):
    """What speaks for and against two tracks being one.

    ``off`` is how far the lengths (ms) are apart, None where one is not known. ``parted`` says in words what
    rules it out, ``elsewhere`` that names are those of other songs, ``doubts`` what leaves room.
    """

    isrc: Agreement
    off: int | None
    parted: str | None
    elsewhere: str | None
    doubts: tuple[str, ...]
    spelling: float
    language: bool
    remaster: bool
    other_album: bool
    other_year: bool
    guests: bool

    @property
    def is_as_long(self) -> bool:
        """Whether the lengths are known and near-equal."""
        return self.off is not None and self.off <= SAME_LENGTH_MS


def evidence(one: KnownTrack, other: KnownTrack) -> Evidence:
    """Hold two tracks against each other; mutual."""
    first, second = sorted((one, other), key=lambda each: each.key)
    a, b = first.song, second.song
    isrc: Agreement = "unknown"
    if a.isrc and b.isrc:
        isrc = "same" if a.isrc == b.isrc else "other"
    against = _against(first, second)
    parting = _PARTED if isrc == "same" else _PARTED + _PARTED_WITHOUT_ISRC
    doubting = _DOUBTS + _PARTED_WITHOUT_ISRC if isrc == "same" else _DOUBTS
    lengths = a.duration_ms, b.duration_ms
    return Evidence(
        isrc,
        None if lengths[0] is None or lengths[1] is None else abs(lengths[0] - lengths[1]),
        next((each for each in parting if each in against), None),
        next((each for each in _ELSEWHERE if each in against), None),
        tuple(each for each in doubting if each in against),
        against.get("title spelt otherwise", 0.0),
        _differ_in_words(first, second),
        first.remaster != second.remaster,
        bool(first.album and second.album and first.album != second.album),
        bool(first.year and second.year and first.year != second.year),
        "artist missing" in against,
    )


def _against(one: KnownTrack, other: KnownTrack) -> Mapping[str, float]:
    """Return the names of what differs but for lengths, either way round, each with what it takes."""
    if one.words == other.words:  # A thousand tracks of one name are not taken apart pair by pair.
        return {}
    found = dict(_one_way(one.song, other.song))
    for name, size in _one_way(other.song, one.song):
        found[name] = max(size, found.get(name, 0.0))
    if _other_performers(one.song, other.song):
        found["other performers"] = 0.0
    numbers = movements(one.song.title), movements(other.song.title)
    if all(numbers) and numbers[0] != numbers[1]:
        found["another movement"] = 0.0
    return found


def _one_way(one: Song, other: Song) -> Iterator[tuple[str, float]]:
    compared = Compared(one.duration_ms, one.isrc, one.key, one.album, one.hints, one.album_shown)
    for each in penalties(Reading(one.title, one.artists), compared, other):
        yield each.name, each.size


def _other_performers(one: Song, other: Song) -> bool:
    """Tell whether each names artists that the other lacks: one composer, two orchestras."""
    pairs = ((one.artists, other.artists), (other.artists, one.artists))
    return all(
        any(not there.has(*each) for each in zip(here.names, here.pieces, strict=True))
        for here, there in pairs
    )


def _differ_in_words(one: KnownTrack, other: KnownTrack) -> bool:
    """Tell whether one is clean and the other explicit; where only one says so in words, it may be."""
    if one.explicit is None or other.explicit is None:
        return one.explicit is not other.explicit and (one.says_words or other.says_words)
    return one.explicit != other.explicit


def _remaster_of(song: Song) -> str | None:
    """Return which remaster a track is, by year or ``""``; None for none."""
    is_said = "remaster" in song.title.kinds
    said = song.title.shown if is_said else song.album_shown.casefold()
    if "remaster" not in said:
        return "" if is_said else None
    found = _REMASTER.search(said)
    return (found[1] or found[2] or "") if found else ""
