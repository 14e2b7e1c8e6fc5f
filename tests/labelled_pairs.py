"""The labelled pairs of tracks in ``tests/data/duplicates/pairs.txt``, and what the rules say of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from syncengine.core.duplicate_search import find_among
from syncengine.core.duplicates import Duplicate, HeldTrack, Place
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.song import SongFacts

PAIRS = Path(__file__).parent / "data" / "duplicates" / "pairs.txt"
_WORDS = {"clean": False, "explicit": True, "?": None}
_LIST = PlaylistKey("csv:pairs")


class Pair(NamedTuple):
    """Two tracks with what they are to each other: same, different or form."""

    label: str
    note: str
    theme: str
    one: HeldTrack
    other: HeldTrack


@cache
def labelled_pairs() -> tuple[Pair, ...]:
    """Return the pairs, in the order of the file."""
    found, theme = [], ""
    for line in PAIRS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            theme = line.removeprefix("# ")
        elif line:
            label, note, one, other = line.split("\t")
            first = one.split(" | ")
            second = [
                was if said == "=" else said
                for was, said in zip(first, other.split(" | "), strict=True)
            ]
            found.append(Pair(label, note, theme, _track(first, 1), _track(second, 2)))
    return tuple(found)


def finding(pair: Pair, *, turned: bool = False) -> Duplicate | None:
    """Return what is found of a pair that stands alone in one playlist."""
    tracks = [pair.one, pair.other]
    if turned:
        tracks.reverse()
    places = [Place(_LIST, position, each.key, None) for position, each in enumerate(tracks)]
    told = find_among(tracks, places).in_playlists
    assert len(told) <= 1, told
    return told[0] if told else None


def _track(fields: list[str], number: int) -> HeldTrack:
    title, artists, album, released, isrc, length, words = fields
    minutes, _, seconds = length.partition(":")
    facts = SongFacts(
        TrackKey(f"spotify:track:{number:022}"),
        title,
        tuple(artists.split("; ")),
        None if album == "?" else album,
        None if isrc == "?" else isrc,
        None if length == "?" else round((int(minutes) * 60 + float(seconds)) * 1000),
        _WORDS[words],
    )
    return HeldTrack(facts, released=None if released == "?" else released)
