"""Which track a row without an id is of: the one real track that is called so, where there is one.

The answer is a function of the set of everything that is said of tracks, so the order in which it was
learned can't matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from syncengine.core.identity import fold

SAME_LENGTH_MS = 2_000
"""Durations of one recording differ by no more than this; exporters and services round differently."""
_DROPPED = str.maketrans(dict.fromkeys('",;', " "))


class Sketch(NamedTuple):
    """What one claim says of a track, as far as it tells which one it is; ``track`` is a row number."""

    track: int
    title: str | None
    artists: tuple[str, ...] = ()
    duration_ms: int | None = None
    isrc: str | None = None
    album: str | None = None


def comparable(text: str) -> str:
    """Return a text for comparing names: folded, and without the marks that old exporters deleted."""
    return fold(text.translate(_DROPPED))


class _Profile:
    """Everything that is said of one track."""

    def __init__(self) -> None:
        self.names: set[tuple[str, str]] = set()
        self.durations: set[int] = set()
        self.isrcs: set[str] = set()
        self.albums: set[str] = set()

    def add(self, sketch: Sketch) -> None:
        if sketch.title:
            # Exporters that join artists by commas hide where one ends: the words are compared.
            self.names.add((comparable(sketch.title), comparable(" ".join(sketch.artists))))
        if sketch.duration_ms is not None:
            self.durations.add(sketch.duration_ms)
        if sketch.isrc:
            self.isrcs.add(sketch.isrc)
        if sketch.album:
            self.albums.add(comparable(sketch.album))

    def may_be(self, other: _Profile) -> bool:
        """Tell whether nothing speaks against the two being one, and the name for it; mutual."""
        if self.names.isdisjoint(other.names):
            return False
        if self.isrcs and other.isrcs and self.isrcs.isdisjoint(other.isrcs):
            return False
        if not self.durations or not other.durations:
            return True
        return any(abs(a - b) <= SAME_LENGTH_MS for a in self.durations for b in other.durations)


def find_aliases(unnamed: Iterable[Sketch], named: Iterable[Sketch]) -> dict[int, int]:
    """Return the real track of each track without an id that is exactly one real track, by row number.

    ``unnamed`` are all claims on tracks without an id, ``named`` those on real ones. Title and artists
    must be the same, folded; durations and ISRCs must not contradict. Of several that fit, the one that
    shares the ISRC, then the one that shares the album, is it; else none.
    """
    real = _profiles(named)
    by_name: dict[tuple[str, str], list[int]] = {}
    for track, profile in real.items():
        for name in profile.names:
            by_name.setdefault(name, []).append(track)
    found: dict[int, int] = {}
    for track, profile in _profiles(unnamed).items():
        called_so = {each for name in profile.names for each in by_name.get(name, ())}
        fits = {each: real[each] for each in called_so if profile.may_be(real[each])}
        chosen = _only_one(profile, fits)
        if chosen is not None:
            found[track] = chosen
    return found


def _profiles(sketches: Iterable[Sketch]) -> dict[int, _Profile]:
    profiles: dict[int, _Profile] = {}
    for sketch in sketches:
        profiles.setdefault(sketch.track, _Profile()).add(sketch)
    return profiles


def _only_one(profile: _Profile, fits: Mapping[int, _Profile]) -> int | None:
    """Return the one that fits, or that fits best; None where that is not exactly one."""
    sharing_isrc = {t: p for t, p in fits.items() if not p.isrcs.isdisjoint(profile.isrcs)}
    fits = sharing_isrc or fits
    sharing_album = {t: p for t, p in fits.items() if not p.albums.isdisjoint(profile.albums)}
    if len(fits) > 1:
        fits = sharing_album
    return next(iter(fits)) if len(fits) == 1 else None
