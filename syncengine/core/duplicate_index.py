"""Tracks by ISRC, and by artist and title, so that none is held against all others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from syncengine.core.alias import SAME_LENGTH_MS
from syncengine.core.duplicate_evidence import NEAR_LENGTH_MS, KnownTrack

_MOST_NEAR = 12
"""With how many neighbours by length a track of a block is compared: blocks may be as large as a library."""
_BEGINNING = 6
"""Letters that titles share which may be one, spelt otherwise."""
_BY_ISRC = None
"""The artist that stands for a block of an ISRC, in which lengths may be far apart."""
_Block = tuple[str | None, str]


def pairs_to_compare(tracks: Iterable[KnownTrack]) -> Iterator[tuple[KnownTrack, KnownTrack]]:
    """Yield the pairs that are worth comparing, each once; which order tracks come in does not matter.

    In a block each is compared with the twelve next longer ones, so that a thousand tracks of one name
    and length cost no million comparisons; groups bring these together again.
    """
    blocks: dict[_Block, list[KnownTrack]] = defaultdict(list)
    for track in sorted(tracks, key=_length):
        for block in _blocks_of(track):
            blocks[block].append(track)
    seen: set[tuple[str, str]] = set()
    for (artist, text), several in blocks.items():
        if len(several) > 1:
            for pair in _neighbours(several, _reach(artist, text)):
                keys = (min(pair[0].key, pair[1].key), max(pair[0].key, pair[1].key))
                if keys not in seen:
                    seen.add(keys)
                    yield pair


def _length(track: KnownTrack) -> tuple[int, str]:
    """Order by length, the unknown first."""
    return track.song.duration_ms or 0, track.key


def _blocks_of(track: KnownTrack) -> set[_Block]:
    song = track.song
    title = song.title
    found: set[_Block] = {(_BY_ISRC, song.isrc)} if song.isrc else set()
    texts = {title.bare, title.whole, *title.others}
    if len(title.bare) > _BEGINNING:
        texts.add(f"{title.bare[:_BEGINNING]}…")
    found.update((artist, text) for artist in song.artists.all for text in texts)
    return found


def _reach(artist: str | None, text: str) -> int | None:
    """Return how far lengths (ms) may be apart within a block; None for any."""
    if artist is _BY_ISRC:
        return None
    return SAME_LENGTH_MS if text.endswith("…") else NEAR_LENGTH_MS


def _neighbours(
    block: Sequence[KnownTrack], reach: int | None
) -> Iterator[tuple[KnownTrack, KnownTrack]]:
    for place, one in enumerate(block):
        for other in block[place + 1 : place + 1 + _MOST_NEAR]:
            lengths = one.song.duration_ms, other.song.duration_ms
            is_known = lengths[0] is not None and lengths[1] is not None
            if reach is not None and is_known and (lengths[1] or 0) - (lengths[0] or 0) > reach:
                break
            yield one, other
