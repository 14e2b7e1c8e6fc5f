"""Tracks by what finds them: key, ISRC, artist and title, so that no file is held against all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from syncengine.core.file_reading import Reading
from syncengine.core.identity import TrackKey
from syncengine.core.song import Song, is_same_recording

_LEAST_LIKE = 60.0
_NEAREST = 12
_MOST_BY_TITLE = 60
_LEAST_LIKE_NAME = 82.0
_ENDS = 3


_OTHER_TITLE_MS = 30_000
_OTHER_ARTIST_MS = 8_000
"""Further off, a track of another title or artist cannot be like enough to be listed."""


class SongIndex:
    """Tracks, blocked by artist and by title; which order they came in does not matter."""

    def __init__(self, songs: Iterable[Song]) -> None:
        from rapidfuzz import fuzz, process  # only matching pays for it

        self._fuzz, self._process = fuzz, process
        self.songs = sorted({song.key: song for song in songs}.values(), key=lambda song: song.key)
        self.by_key: dict[TrackKey, Song] = {}
        self.by_isrc: dict[str, list[Song]] = defaultdict(list)
        self._by_artist: dict[str, dict[str, list[Song]]] = defaultdict(lambda: defaultdict(list))
        self._by_title: dict[str, list[Song]] = defaultdict(list)
        self._by_end: dict[str, set[str]] = defaultdict(set)
        self._near: dict[str, list[str]] = {}
        for song in self.songs:
            self._add(song)
        for song in self.songs:
            for key in song.also:
                self.by_key.setdefault(key, song)

    def _add(self, song: Song) -> None:
        self.by_key[song.key] = song
        if song.isrc:
            self.by_isrc[song.isrc].append(song)
        texts = {song.title.bare, song.title.whole, *song.title.others}
        for name in song.artists.all:
            titles = self._by_artist[name]
            for text in texts:
                titles[text].append(song)
            self._by_end[name[:_ENDS]].add(name)
            self._by_end["…" + name[-_ENDS:]].add(name)
        for text in texts:
            self._by_title[text].append(song)

    def near(self, reading: Reading, duration_ms: int | None) -> Iterator[Song]:
        """Yield the tracks worth comparing with a file that is read so, some more than once."""
        known = [name for name in reading.artists.all if name in self._by_artist]
        if not known:
            known = [near for name in reading.artists.all for near in self._names_like(name)]
        texts = {reading.title.bare, reading.title.whole, *reading.title.others}
        for name in known:
            for text in texts:
                yield from self._by(name, text, duration_ms)
        for text in texts:
            yield from self._called(text, duration_ms)

    def twins(self, song: Song) -> Iterator[Song]:
        """Yield the other tracks that are the same recording as one of them, as far as can be told."""
        near = list(self.near(Reading(song.title, song.artists), song.duration_ms))
        near += self.by_isrc.get(song.isrc, ()) if song.isrc else ()
        for each in {each.key: each for each in near}.values():
            if each.key != song.key and is_same_recording(song, each):
                yield each

    def _by(self, artist: str, title: str, duration_ms: int | None) -> Iterator[Song]:
        """Yield an artist's tracks with a like title; with another one only if about as long."""
        titles = self._by_artist[artist]
        yield from titles.get(title, ())
        found = self._process.extract(
            title, titles.keys(), scorer=self._fuzz.ratio, score_cutoff=_LEAST_LIKE, limit=None
        )
        for _, like in sorted((-score, like) for like, score, _ in found)[:_NEAREST]:
            if like != title:
                yield from _about(titles[like], duration_ms, _OTHER_TITLE_MS)

    def _called(self, title: str, duration_ms: int | None) -> Iterator[Song]:
        """Yield the tracks of a title, whoever's, that are about as long; of very many the nearest."""
        songs = _about(self._by_title.get(title, ()), duration_ms, _OTHER_ARTIST_MS)
        if len(songs) <= _MOST_BY_TITLE:
            yield from songs
        elif duration_ms:
            near = [(abs((song.duration_ms or 0) - duration_ms), song.key) for song in songs]
            yield from (self.by_key[key] for _, key in sorted(near)[:_MOST_BY_TITLE])

    def _names_like(self, name: str) -> list[str]:
        """Return artists whose names begin or end alike and are spelt almost so."""
        if name not in self._near:
            ends = self._by_end.get(name[:_ENDS], set()) | self._by_end.get(
                "…" + name[-_ENDS:], set()
            )
            found = self._process.extract(
                name,
                sorted(ends),
                scorer=self._fuzz.ratio,
                score_cutoff=_LEAST_LIKE_NAME,
                limit=5,
            )
            self._near[name] = [like for like, _, _ in found]
        return self._near[name]


def _about(songs: Sequence[Song], duration_ms: int | None, most: int) -> Sequence[Song]:
    """Return the tracks that are as long up to so many ms, or of unknown length."""
    if not duration_ms:
        return songs
    return [
        song
        for song in songs
        if song.duration_ms is None or abs(song.duration_ms - duration_ms) <= most
    ]
