"""Libraries from a seed: the double serves what the generator of the benchmarks also exports as CSV.

So the same library can be met from both sides, and from one day to the next:

>>> library = Library(seed=7, rows=2_000, playlists=20)
>>> shelf = Shelf(double.world, library)
>>> library.advance_day()
>>> shelf.update()
"""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks import catalogue
from benchmarks.exports import LIKED
from benchmarks.exports import Entry as Row
from benchmarks.exports import Playlist as Sheet
from benchmarks.generator import Library
from tests.fakes.spotify_things import (
    Album,
    Artist,
    Entry,
    Episode,
    Item,
    LocalFile,
    Playlist,
    Saved,
    Track,
    made_id,
)
from tests.fakes.spotify_world import World

_FEATURES = (
    "danceability energy key loudness mode speechiness acousticness instrumentalness liveness "
    "valence tempo time_signature"
).split()


class Shelf:
    """Puts a generated library into a world, and again whenever it has changed."""

    def __init__(self, world: World, library: Library) -> None:
        self.world = world
        self.library = library
        self._items: dict[int, Item | None] = {}
        self._artists: dict[int, Artist] = {}
        self._albums: dict[int, Album] = {}
        self._sheets: dict[str, tuple[Playlist, int]] = {}
        self.update()

    def update(self) -> None:
        """Make the world say what the library says now."""
        for made in self.library.catalogue.tracks:
            self._refresh(made)
        for sheet in self.library.playlists:
            if sheet.name == LIKED:
                self._like(sheet)
            else:
                self._fill(sheet)

    def _like(self, sheet: Sheet) -> None:
        rows = [(self._item(row.track), _moment(row)) for row in sheet.entries]
        self.world.me.liked = [Saved(item, at) for item, at in rows if isinstance(item, Track)]

    def _fill(self, sheet: Sheet) -> None:
        entries = [
            Entry(self._item(row.track), _moment(row), row.added_by or None)
            for row in sheet.entries
        ]
        if sheet.name not in self._sheets:
            playlist = self.world.add_playlist(sheet.name, entries)
        else:
            playlist, shape = self._sheets[sheet.name]
            if shape == _shape(sheet):
                return  # The generator counts popularity as a change; Spotify does not.
            self.world.replace_items(playlist, entries)
        self._sheets[sheet.name] = (playlist, _shape(sheet))

    def _refresh(self, made: catalogue.Track) -> None:
        item = self._item(made)
        if isinstance(item, Track):
            item.popularity = made.popularity

    def _item(self, made: catalogue.Track) -> Item | None:
        if id(made) not in self._items:
            self._items[id(made)] = self._make(made)
        return self._items[id(made)]

    def _make(self, made: catalogue.Track) -> Item | None:
        name = made.uri.rpartition(":")[2]
        match made.kind:
            case catalogue.Kind.TRACK:
                return self._track(name, made)
            case catalogue.Kind.EPISODE:
                date = made.album.date or "2024-01-01"
                episode = Episode(name, made.title, made.album.name, made.duration, date)
                self.world.episodes[name] = episode
                return episode
            case catalogue.Kind.LOCAL:
                artist = made.artists[0].name
                return LocalFile(artist, made.album.name, made.title, made.duration // 1000)
            case catalogue.Kind.UNAVAILABLE:
                return None

    def _track(self, name: str, made: catalogue.Track) -> Track:
        album = self._album(made.album)
        people = tuple(self._artist(each) for each in made.artists)
        track = Track(name, made.title, people, album, made.duration, made.explicit)
        track.isrc, track.popularity = made.isrc or None, made.popularity
        track.track_number = made.number
        cells = made.features.split(",")
        if cells[0]:
            track.features = {k: _number(v) for k, v in zip(_FEATURES, cells, strict=True)}
        # In place: a library of this size is built before it is served.
        album.tracks.append(track)
        self.world.tracks[name] = track
        return track

    def _album(self, made: catalogue.Album) -> Album:
        if id(made) not in self._albums:
            people = () if made.artist is None else (self._artist(made.artist),)
            number = made.uri.rpartition(":")[2]
            album = Album(number, made.name, people, made.date or None, label=made.label)
            self._albums[id(made)] = self.world.albums[number] = album
        return self._albums[id(made)]

    def _artist(self, made: catalogue.Artist) -> Artist:
        if id(made) not in self._artists:
            number = made.uri.rpartition(":")[2] or made_id("artist", made.name)
            artist = Artist(number, made.name, made.genres)
            self._artists[id(made)] = self.world.artists[number] = artist
        return self._artists[id(made)]


def fill(world: World, *, tracks: int, playlists: int, seed: int = 7) -> Library:
    """Fill a world with about ``tracks`` different tracks in Liked Songs and ``playlists`` others."""
    library = Library(seed, rows=tracks * 4 // 3, playlists=playlists, tracks=tracks)
    Shelf(world, library)
    return library


def _shape(sheet: Sheet) -> int:
    """Return what tells two states of a playlist apart."""
    return hash(tuple((id(row.track), row.added_at, row.added_by) for row in sheet.entries))


def _moment(row: Row) -> datetime:
    return datetime.fromtimestamp(row.added_at, UTC)


def _number(text: str) -> float:
    return float(text) if "." in text or "e" in text else int(text)
