"""Makes the sample library that ``syncengine demo`` shows: two exports, six weeks apart.

``python -m benchmarks.make_sample`` writes syncengine/sample/ anew, always with the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.catalogue import UNAVAILABLE, Catalogue, Kind, Track
from benchmarks.dice import Dice
from benchmarks.exports import LIKED, Entry, Playlist, write_export
from benchmarks.generator import FRIEND, OWNER

SEED = 1869
FIRST = datetime(2026, 1, 4, 18, tzinfo=UTC)
SECOND = datetime(2026, 2, 15, 18, tzinfo=UTC)
FOLDER = Path(__file__).resolve().parent.parent / "syncengine" / "sample"

SIZES = {
    LIKED: 96,
    "Rainy Tram Rides": 60,
    "Kettle Songs": 46,
    "Sunday Bread": 34,
    "Brass for Breakfast": 40,
    "Songs My Bicycle Knows": 32,
    "Night Train to Nowhere": 26,
    "Slow Elevators": 22,
}
"""Playlists of the first export and their entries; plain names, as wheels and archives carry them."""
RENAMED = ("Sunday Bread", "Sunday Bread and Butter")
TRIMMED, REMOVED, MOVED = "Rainy Tram Rides", 6, 3
CREATED = "Spring Cleaning"
_DAY = 86_400


class Sample:
    """The library on the day of the first export; ``pass_six_weeks`` makes it that of the second."""

    def __init__(self) -> None:
        self._dice = Dice(SEED)
        self._catalogue = Catalogue(self._dice, 230)
        self._titles: set[tuple[str, tuple[str, ...]]] = set()
        self._playlists = {LIKED: self._liked(SIZES[LIKED])}
        for name, size in SIZES.items():
            if name != LIKED:
                self._playlists[name] = self._playlist(name, size)
        self._add_oddities()

    @property
    def playlists(self) -> list[Playlist]:
        """The playlists in the order in which they are exported."""
        return list(self._playlists.values())

    def pass_six_weeks(self) -> None:
        """Rename one playlist, trim and reorder one, make one, add to others; popularity drifts."""
        self._trim(self._playlists[TRIMMED])
        for name, count in ((LIKED, 9), ("Kettle Songs", 5), ("Night Train to Nowhere", 3)):
            self._add(self._playlists[name], [self._song() for _ in range(count)])
        favourites = [entry.track for entry in self._playlists[LIKED].entries[:12]]
        self._playlists[CREATED] = Playlist(CREATED)
        self._add(self._playlists[CREATED], [*favourites, self._song(), self._song()])
        old, new = RENAMED
        self._playlists[new] = Playlist(new, self._playlists.pop(old).entries)
        self._catalogue.drift(0.3)

    def _song(self) -> Track:
        """Return a new track; only the twins made on purpose share title and artists."""
        while True:
            track = self._catalogue.grow()
            name = (track.title, tuple(artist.name for artist in track.artists))
            if track.kind is Kind.TRACK and name not in self._titles:
                self._titles.add(name)
                return track

    def _liked(self, size: int) -> Playlist:
        times = self._times(size, FIRST, days=900)
        return Playlist(LIKED, [Entry(self._song(), at, "") for at in reversed(times)])

    def _playlist(self, name: str, size: int) -> Playlist:
        """Return a playlist whose every fifth track is also liked."""
        liked = [entry.track for entry in self._playlists[LIKED].entries]
        tracks = self._dice.sample(liked, size // 5)
        tracks += [self._song() for _ in range(size - len(tracks))]
        self._dice.shuffle(tracks)
        times = self._times(size, FIRST, days=self._dice.between(200, 700))
        return Playlist(name, [Entry(*each, OWNER) for each in zip(tracks, times, strict=True)])

    def _times(self, count: int, end: datetime, *, days: int) -> list[int]:
        """Return ``count`` rising instants within ``days`` before ``end``, in seconds."""
        step = days * _DAY // (count + 1)
        start = int(end.timestamp()) - step * count - _DAY // 4
        return [start + n * step + self._dice.below(step) for n in range(count)]

    def _add_oddities(self) -> None:
        """Put in what real libraries have and readers stumble over."""
        rides, kettle = self._playlists["Rainy Tram Rides"], self._playlists["Kettle Songs"]
        brass, liked = self._playlists["Brass for Breakfast"], self._playlists[LIKED]
        self._replace(rides, -2, rides.entries[4].track)
        self._replace(kettle, -5, kettle.entries[1].track)
        self._replace(kettle, 9, self._catalogue.twin(liked.entries[30].track))
        self._replace(brass, 21, self._catalogue.twin(brass.entries[8].track))
        self._replace(self._playlists["Songs My Bicycle Knows"], 5, self._catalogue.add_local())
        night = self._playlists["Night Train to Nowhere"]
        self._replace(night, 11, self._catalogue.add_episode())
        night.entries[3::4] = [entry._replace(added_by=FRIEND) for entry in night.entries[3::4]]
        self._replace(self._playlists["Slow Elevators"], 7, UNAVAILABLE)
        for place, date in ((2, ""), (6, "1931"), (10, "1968-11")):
            brass.entries[place].track.album.date = date

    def _replace(self, playlist: Playlist, place: int, track: Track) -> None:
        playlist.entries[place] = playlist.entries[place]._replace(track=track)

    def _trim(self, playlist: Playlist) -> None:
        """Remove a few entries from the first half; move a few from there to the second."""
        half = playlist.entries[: len(playlist.entries) // 2]
        chosen = self._dice.sample(half[5:], REMOVED + MOVED)
        for entry in chosen:
            playlist.entries.remove(entry)
        for entry in chosen[REMOVED:]:
            playlist.entries.insert(-self._dice.between(3, 20), entry)

    def _add(self, playlist: Playlist, tracks: Sequence[Track]) -> None:
        """Add tracks in the weeks between the exports: on top of Liked Songs, at the end of others."""
        liked = playlist.name == LIKED
        by = "" if liked else OWNER
        for track, at in zip(tracks, self._times(len(tracks), SECOND, days=41), strict=True):
            place = 0 if liked else len(playlist.entries)
            playlist.entries.insert(place, Entry(track, at, by))


def make_sample(folder: Path) -> None:
    """Write both exports into ``folder``, each into a folder named by its day."""
    sample = Sample()
    write_export(folder / f"{FIRST:%Y-%m-%d}", sample.playlists, FIRST)
    sample.pass_six_weeks()
    write_export(folder / f"{SECOND:%Y-%m-%d}", sample.playlists, SECOND)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the sample library where the package keeps it, or where the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.make_sample", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, metavar="DIR")
    make_sample(parser.parse_args(argv).folder)


if __name__ == "__main__":
    main()
