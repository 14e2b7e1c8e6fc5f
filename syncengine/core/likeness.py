"""How like a file and a track are: named penalties, each with its size and what was compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from syncengine.core.alias import SAME_LENGTH_MS
from syncengine.core.file_reading import (
    FILE_AGAINST,
    FILE_NAME,
    FILE_SWAPPED,
    NUMBERED,
    SPLIT,
    SWAPPED,
    Reading,
)
from syncengine.core.identity import TrackKey
from syncengine.core.lookup import is_as_long
from syncengine.core.song import Song
from syncengine.core.song_title import Title
from syncengine.core.spelling import Names

PENALTIES: dict[str, float] = {
    SPLIT: 0.02,
    NUMBERED: 0.02,
    SWAPPED: 0.06,
    FILE_NAME: 0.03,
    FILE_SWAPPED: 0.06,
    FILE_AGAINST: 0.1,
    "title spelt otherwise": 0.04,  # and 1.2 for each share of it that differs
    "part of the title missing": 0.06,
    "one title in the other's brackets": 0.08,
    "only titles in brackets agree": 0.14,
    "other number or part": 0.3,
    "other title": 0.6,
    "title in another script": 0.6,
    "version word missing": 0.3,
    "version word missing, near kind": 0.12,
    "version words of near kinds": 0.18,
    "version word missing, little weight": 0.06,
    "version only in the file name": 0.02,
    "version only in the album": 0.06,
    "version word left to the album": 0.06,
    "version word only in another album": 0.14,
    "other version of this kind": 0.25,
    "version not said whose": 0.1,
    "place of the concert not said": 0.06,
    "clean or explicit": 0.2,
    "another artist leads": 0.04,
    "artist missing": 0.01,
    "artist spelt otherwise": 0.05,
    "artist unknown": 0.1,
    "artist unknown and a common title": 0.2,
    "other artist": 0.4,
    "length 2-4 s off": 0.02,
    "length 4-8 s off": 0.12,
    "length 8-15 s off": 0.18,
    "length 15-30 s off": 0.28,
    "length over 30 s off": 0.45,
    "length unknown": 0.07,
    "other album": 0.02,
    "album unknown": 0.01,
    "other ISRC": 0.06,
    "other Spotify id": 0.03,
    "nothing to read": 1.0,
}
"""What takes how much from a likeness of 1."""

_LENGTHS = (
    (4_000, "length 2-4 s off"),
    (8_000, "length 4-8 s off"),
    (15_000, "length 8-15 s off"),
    (30_000, "length 15-30 s off"),
)
_LITTLE = frozenset({"remaster", "mono", "stereo", "single"})
_LANGUAGE = frozenset({"clean", "explicit"})
_NEAR = frozenset({"radio edit", "edit", "short"})
# Kinds that are often said for one another.
_ALIKE = (
    frozenset({"unplugged", "acoustic", "live", "session"}),
    frozenset({"sped up", "nightcore"}),
    frozenset({"slowed", "reverb"}),
    frozenset({"remix", "mix", "edit", "bootleg", "vip", "dub"}),
    frozenset({"radio edit", "edit", "single", "short"}),
    frozenset({"instrumental", "karaoke"}),
    frozenset({"version", "acoustic", "orchestral", "rerecorded"}),
)
_COUNTED = re.compile(r"(?:part|no)?\d")
_MOST = 0.5
"""No more than this is taken for versions, however many words differ."""


class Penalty(NamedTuple):
    """One thing that speaks against a match: its name, what it takes from 1, and the two sides."""

    name: str
    size: float
    file: str = ""
    track: str = ""


def penalty(name: str, file: object = "", track: object = "") -> Penalty:
    """Return a penalty by its name, with what the two sides say."""
    return Penalty(name, PENALTIES[name], str(file), str(track))


class Compared(NamedTuple):
    """What of a file is compared beside title and artists; ``hints`` are kinds that the album tells."""

    duration_ms: int | None
    isrc: str | None
    spotify: TrackKey | None
    album: str
    hints: frozenset[str]
    album_shown: str = ""


def penalties(reading: Reading, file: Compared, song: Song) -> list[Penalty]:
    """Return everything that speaks against a file, read in one way, being a track."""
    found = [penalty(reading.way)] if reading.way else []
    found += _of_title(reading.title, song.title)
    found += _of_versions(reading, file, song)
    found += _of_artists(reading.artists, reading.title, file, song)
    found += of_length(file.duration_ms, song.duration_ms)
    found += _of_release(file, song)
    return found


def likeness(found: list[Penalty]) -> float:
    """Return what the penalties leave of 1."""
    return round(max(0.0, 1.0 - sum(each.size for each in found)), 4)


def alike(one: str, other: str) -> float:
    """Return how alike two squeezed texts are, 0 to 1."""
    from rapidfuzz.fuzz import ratio  # only matching pays for it

    return ratio(one, other) / 100


def _of_title(file: Title, track: Title) -> Iterator[Penalty]:
    if file.whole == track.whole:
        return
    shown = file.shown, track.shown
    if file.numbers != track.numbers and not _numbers_agree(file, track):
        yield penalty("other number or part", *shown)
    if file.bare == track.bare:
        if file.others and track.others and alike(file.whole, track.whole) < 0.8:
            yield penalty("one title in the other's brackets", *shown)
        yield penalty("part of the title missing", *shown)
    elif file.bare in track.others or track.bare in file.others:
        yield penalty("one title in the other's brackets", *shown)
    elif _crossed(file, track):
        yield penalty("only titles in brackets agree", *shown)
    else:
        yield _spelt(file, track)


def _numbers_agree(file: Title, track: Title) -> bool:
    """Tell whether numbers differ only by those in brackets that the other side lacks."""
    if file.bare != track.bare:
        return False
    if file.others and track.others:
        return False
    return not any(_COUNTED.match(each) for each in file.others + track.others)


def _crossed(file: Title, track: Title) -> bool:
    return any(each in track.others for each in file.others if len(each) > 3)


def _spelt(file: Title, track: Title) -> Penalty:
    if file.bare.isascii() != track.bare.isascii() and not set(file.bare) & set(track.bare):
        return penalty("title in another script", file.shown, track.shown)
    share = max(alike(file.bare, track.bare), alike(file.whole, track.whole))
    shortest = min(len(file.bare), len(track.bare))
    size = PENALTIES["title spelt otherwise"] + 1.2 * (1 - share) + (0.1 if shortest < 7 else 0)
    if share < 0.6 or size >= PENALTIES["other title"]:
        return penalty("other title", file.shown, track.shown)
    return Penalty("title spelt otherwise", round(size, 4), file.shown, track.shown)


def _of_versions(reading: Reading, file: Compared, song: Song) -> Iterator[Penalty]:
    here, there = reading.title.kinds, song.title.kinds
    if reading.added:
        yield penalty("version only in the file name", ", ".join(reading.added))
    if here or there or file.hints or song.hints:
        yield from _capped(list(_kinds_against(reading.title, file, song)))
    if _LANGUAGE & (here.keys() | there.keys()):
        yield from _of_language(here, song)


def _of_language(here: Mapping[str, str], song: Song) -> Iterator[Penalty]:
    """Yield what clean and explicit take; a track may say it by its mark alone."""
    explicit = False if "clean" in song.title.kinds else song.explicit
    if "clean" in here and explicit is not False:
        name = "clean or explicit" if explicit else "version word missing, near kind"
        yield penalty(name, "clean", "explicit" if explicit else "")
    elif "explicit" in here and explicit is False:
        yield penalty("clean or explicit", "explicit", "clean")
    elif "clean" in song.title.kinds and "clean" not in here:
        yield penalty("version word missing, near kind", "", "clean")


def _capped(found: list[Penalty]) -> Iterator[Penalty]:
    left = _MOST
    for each in found:
        yield each._replace(size=round(min(each.size, left), 4))
        left = max(0.0, left - each.size)


def _kinds_against(title: Title, file: Compared, song: Song) -> Iterator[Penalty]:
    here, there = title.kinds, song.title.kinds
    for kind in sorted(here.keys() & there.keys()):
        if here[kind] != there[kind]:
            yield from _details(kind, here[kind], there[kind])
    only_here = here.keys() - there.keys() - _LANGUAGE
    only_there = there.keys() - here.keys() - _LANGUAGE
    for kind in sorted(only_here):
        name = _lone(kind, only_there, there, song.hints, file, song)
        yield penalty(name, _called(kind, here[kind]), ", ".join(there))
    for kind in sorted(only_there):
        if not any(_is_pair(kind, each) for each in only_here):
            name = _lone(kind, only_here, here, file.hints, file, song)
            yield penalty(name, ", ".join(here), _called(kind, there[kind]))
    for _ in (file.hints ^ song.hints) - here.keys() - there.keys():
        yield penalty("version only in the album", file.album_shown, song.album_shown)


def _is_pair(one: str, other: str) -> bool:
    return any(one in kinds and other in kinds for kinds in _ALIKE)


def _lone(
    kind: str,
    lone: AbstractSet[str],
    others: Mapping[str, str],
    hints: frozenset[str],
    file: Compared,
    song: Song,
) -> str:
    """Return what speaks against a word that only one side has.

    ``lone`` are the words that only the other side has, ``others`` all of its, ``hints`` its album's.
    """
    if kind in hints:
        same = file.album == song.album
        return "version word left to the album" if same else "version word only in another album"
    if kind in _LITTLE:
        return "version word missing, little weight"
    if any(_is_pair(kind, each) for each in lone):
        return "version words of near kinds"
    as_long = None not in (file.duration_ms, song.duration_ms) and is_as_long(
        file.duration_ms, song.duration_ms
    )
    if any(_is_pair(kind, each) for each in others) or (kind in _NEAR and as_long):
        return "version word missing, near kind"
    return "version word missing"


def _called(kind: str, detail: str) -> str:
    return f"{kind} ({detail})" if detail else kind


def _details(kind: str, one: str, other: str) -> Iterator[Penalty]:
    shown = _called(kind, one), _called(kind, other)
    if not one or not other:
        lesser = kind in ("live", "session", "cover")
        yield penalty(
            "place of the concert not said" if lesser else "version not said whose", *shown
        )
    elif one in other or other in one:
        yield penalty("place of the concert not said", *shown)
    elif alike(one, other) < 0.8 or _digits(one) != _digits(other):
        yield penalty("other version of this kind", *shown)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _of_artists(file: Names, title: Title, compared: Compared, song: Song) -> Iterator[Penalty]:
    track = song.artists
    if file.names == track.names and file.names:
        return
    if not file.names or not track.names:
        common = len(title.bare) < 10 or not (compared.album and compared.album == song.album)
        yield penalty(
            "artist unknown and a common title" if common else "artist unknown",
            file.words,
            track.words,
        )
        return
    yield from _artists_against(file, track)


def _artists_against(file: Names, track: Names) -> Iterator[Penalty]:
    shown = file.words, track.words
    named = [file.has(*each) for each in zip(track.names, track.pieces, strict=True)]
    back = [track.has(*each) for each in zip(file.names, file.pieces, strict=True)]
    if named[0]:
        if not all(named) or not all(back):
            yield penalty("artist missing", *shown)
    elif any(named) or any(back):
        yield penalty("another artist leads", *shown)
    elif _spelt_alike(file, track):
        yield penalty("artist spelt otherwise", *shown)
    else:
        yield penalty("other artist", *shown)


def _spelt_alike(file: Names, track: Names) -> bool:
    from rapidfuzz.fuzz import token_sort_ratio  # only matching pays for it

    lead = track.names[0]
    if len(lead) > 3 and any(alike(lead, each) >= 0.88 for each in file.all):
        return True
    return len(file.words) > 5 and token_sort_ratio(file.words, track.words) >= 92


def of_length(file: int | None, track: int | None) -> Iterator[Penalty]:
    """Yield what two lengths (ms) that differ take."""
    if not file or not track:
        yield penalty("length unknown", _seconds(file), _seconds(track))
        return
    off = abs(file - track)
    if off <= SAME_LENGTH_MS:
        return
    name = next((name for most, name in _LENGTHS if off <= most), "length over 30 s off")
    yield penalty(name, _seconds(file), _seconds(track))


def _seconds(length: int | None) -> str:
    return f"{length / 1000:.1f} s" if length else ""


def _of_release(file: Compared, song: Song) -> Iterator[Penalty]:
    if not file.album or not song.album:
        yield penalty("album unknown", file.album_shown, song.album_shown)
    elif file.album != song.album:
        yield penalty("other album", file.album_shown, song.album_shown)
    if file.isrc and song.isrc and file.isrc != song.isrc:
        yield penalty("other ISRC", file.isrc, song.isrc)
    if file.spotify and file.spotify != song.key and file.spotify not in song.also:
        yield penalty("other Spotify id", file.spotify, song.key)
