"""Made-up artists, albums and tracks, as many as asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote_plus

from benchmarks import words
from benchmarks.dice import Dice

LOCAL_EVERY, EPISODE_EVERY, BARE_EVERY = 701, 997, 499
"""One track in so many is a local file, an episode, or has no audio features."""
_NO_FEATURES = "," * 11


class Kind(Enum):
    """What a row stands for."""

    TRACK = "track"
    LOCAL = "local"
    EPISODE = "episode"
    UNAVAILABLE = "unavailable"


@dataclass(slots=True)
class Artist:
    """A made-up artist; ``openings`` counts the tracks that still fit on the newest album."""

    name: str
    uri: str
    genres: tuple[str, ...]
    album: Album | None = None
    openings: int = 0


@dataclass(slots=True)
class Album:
    """A made-up album; ``date`` is YYYY, YYYY-MM, YYYY-MM-DD or empty."""

    name: str
    uri: str
    artist: Artist | None
    date: str
    label: str
    tracks: int = 0


@dataclass(slots=True)
class Track:
    """One thing that a playlist can hold; ``duration`` in ms, ``features`` as twelve bare cells."""

    kind: Kind
    uri: str
    title: str
    album: Album
    artists: tuple[Artist, ...]
    number: int
    duration: int
    popularity: int
    explicit: bool
    isrc: str
    features: str
    net: tuple[str, str] | None = None
    """What exports.py writes of it before and after the cells that differ between rows."""


_NOWHERE = Album("", "", None, "", "")
UNAVAILABLE = Track(Kind.UNAVAILABLE, "", "", _NOWHERE, (), 0, 0, 0, False, "", _NO_FEATURES)
"""What stands in an export for a track that Spotify no longer shows."""


class Catalogue:
    """The tracks there are; ``expected`` is about how many there will be.

    Few artists have many tracks and many have one or two (a power law), tracks of one artist share
    albums, and genres belong to artists.
    """

    def __init__(self, dice: Dice, expected: int) -> None:
        self._dice = dice
        self.tracks: list[Track] = []
        units = [_unit(dice) for _ in range(1_000)]
        self._moods = [_mood(dice, units) for _ in range(3_000)]
        self._sounds = [_sound(dice, units) for _ in range(3_000)]
        self._beats = [_beat(dice) for _ in range(3_000)]
        self._artists = [self._artist(number) for number in range(max(3, expected // 5))]

    def grow(self) -> Track:
        """Add one made-up track and return it."""
        number = len(self.tracks)
        if number % LOCAL_EVERY == 23:
            track = self._local()
        elif number % EPISODE_EVERY == 42:
            track = self._episode()
        else:
            track = self._song(bare=number % BARE_EVERY == 7)
        self.tracks.append(track)
        return track

    def twin(self, track: Track) -> Track:
        """Add the same recording under another id, as reissues and singles do, and return it."""
        dice = self._dice
        reissue = Album(
            f"{track.album.name} (Deluxe)",
            f"spotify:album:{dice.spotify_id()}",
            track.album.artist,
            track.album.date,
            track.album.label,
            tracks=1,
        )
        other = Track(
            track.kind,
            f"spotify:track:{dice.spotify_id()}",
            track.title,
            reissue,
            track.artists,
            1,
            track.duration + dice.between(-400, 400),
            dice.below(60),
            track.explicit,
            track.isrc,
            track.features,
        )
        self.tracks.append(other)
        return other

    def add_local(self) -> Track:
        """Add a local file, whose row has no facts but what its URI says, and return it."""
        self.tracks.append(self._local())
        return self.tracks[-1]

    def add_episode(self) -> Track:
        """Add a podcast episode, whose audio features are blank, and return it."""
        self.tracks.append(self._episode())
        return self.tracks[-1]

    def drift(self, share: float) -> list[Track]:
        """Change the popularity of ``share`` (0–1) of all tracks by 1–3 points; return those."""
        dice = self._dice
        songs = [track for track in self.tracks if track.kind is Kind.TRACK]
        moved = dice.sample(songs, round(len(songs) * share))
        for track in moved:
            step = 1 + dice.skewed(3, 2.0)
            up = track.popularity < step or (dice.chance(0.5) and track.popularity + step <= 100)
            track.popularity += step if up else -step
        return moved

    def _song(self, *, bare: bool) -> Track:
        dice = self._dice
        draw = dice.random
        artist = self._artists[dice.skewed(len(self._artists), 1.8)]
        album = self._album_of(artist)
        album.tracks += 1
        artists: tuple[Artist, ...] = (artist,)
        if draw() < 0.15:
            guest = self._artists[dice.skewed(len(self._artists), 1.8)]
            artists = (artist,) if guest is artist else (artist, guest)
        return Track(
            Kind.TRACK,
            "spotify:track:" + dice.spotify_id(),
            _title(dice),
            album,
            artists,
            album.tracks,
            60_000 + int((draw() + draw() + draw()) * 120_000),
            0 if draw() < 0.06 else int(draw() ** 1.4 * 96),
            draw() < 0.08,
            f"ZZ{_CODES[int(draw() * 1000)]}{int(draw() * 10_000_000):07d}",
            _NO_FEATURES if bare else self._features(),
        )

    def _features(self) -> str:
        dice = self._dice
        return f"{dice.pick(self._moods)},{dice.pick(self._sounds)},{dice.pick(self._beats)}"

    def _local(self) -> Track:
        dice = self._dice
        artist = Artist(dice.pick(self._artists).name, "", ())
        title, length = _title(dice), dice.between(90, 400)
        uri = f"spotify:local:{quote_plus(artist.name)}::{quote_plus(title)}:{length}"
        album = Album("", "", None, "", "undefined")
        return Track(
            Kind.LOCAL, uri, title, album, (artist,), 0, length * 1000, 0, False, "", _NO_FEATURES
        )

    def _episode(self) -> Track:
        dice = self._dice
        host = Artist(dice.pick(words.SHOWS), "", ())
        show = Album(host.name, "", None, _date(dice), "undefined")
        uri = f"spotify:episode:{dice.spotify_id()}"
        title = f"{dice.between(1, 300)}: {_title(dice)}"
        length = dice.between(900_000, 4_000_000)
        return Track(Kind.EPISODE, uri, title, show, (host,), 0, length, 0, False, "", _NO_FEATURES)

    def _artist(self, number: int) -> Artist:
        dice = self._dice
        genres: list[str] = (
            [] if dice.chance(0.35) else dice.sample(words.GENRES, dice.between(1, 4))
        )
        return Artist(_name(dice, number), f"spotify:artist:{dice.spotify_id()}", tuple(genres))

    def _album_of(self, artist: Artist) -> Album:
        """Return the artist's newest album, or a new one when that is full."""
        if artist.album is None or artist.openings == 0:
            dice = self._dice
            artist.openings = 1 if dice.chance(0.3) else dice.between(2, 14)
            artist.album = Album(
                f"{dice.pick(words.ALBUM_FRONTS)} {dice.pick(words.ALBUM_BACKS)}",
                f"spotify:album:{dice.spotify_id()}",
                artist,
                _date(dice),
                dice.pick(words.LABELS),
            )
        artist.openings -= 1
        return artist.album


_CODES = tuple(f"{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}{n % 10}" for n in range(1000))


def _unit(dice: Dice) -> str:
    """Return a number from 0 to 1 as JavaScript prints one."""
    return f"{dice.between(0, 999) / 1000:g}"


def _sound(dice: Dice, units: Sequence[str]) -> str:
    """Return speechiness, acousticness, instrumentalness, liveness and valence.

    Instrumentalness is often tiny, and JavaScript prints no exponent from 1e-6 upwards.
    """
    tiny = f"{dice.between(100, 99_999) / 1e8:.8f}".rstrip("0")
    sung = "0" if dice.chance(0.3) else tiny
    instrumental = dice.pick(units) if dice.chance(0.3) else sung
    some = [dice.pick(units) for _ in range(4)]
    return f"{some[0]},{some[1]},{instrumental},{some[2]},{some[3]}"


def _mood(dice: Dice, units: Sequence[str]) -> str:
    """Return danceability, energy, key, loudness (dB) and mode."""
    loudness = round(-30 * dice.random() ** 2.5 - 2, 3)
    return f"{dice.pick(units)},{dice.pick(units)},{dice.below(12)},{loudness:g},{dice.below(2)}"


def _beat(dice: Dice) -> str:
    """Return tempo (BPM) and time signature."""
    return f"{round(60 + 130 * dice.random(), 3):g},{3 if dice.chance(0.15) else 4}"


def _date(dice: Dice) -> str:
    year = 2024 - dice.skewed(65, 1.8)
    form = dice.random()
    if form < 0.003:
        return ""
    if form < 0.06:
        return str(year)
    month = dice.between(1, 12)
    if form < 0.07:
        return f"{year}-{month:02d}"
    return f"{year}-{month:02d}-{dice.between(1, 28):02d}"


def _title(dice: Dice) -> str:
    draw = dice.random
    if draw() < 0.01:
        return dice.pick(words.PLAIN_TITLES)
    tail = dice.pick(words.TAILS)
    gap = "" if tail[0] in ",:’" else " "
    title = f"{dice.pick(words.HEADS)}{gap}{tail}"
    return title + dice.pick(words.SUFFIXES) if draw() < 0.12 else title


def _name(dice: Dice, number: int) -> str:
    """Return an artist's name; the odd ones come early, where artists are heard most."""
    if number % 12 == 5 and number // 12 < len(words.ODD_ARTISTS):
        return words.ODD_ARTISTS[number // 12]
    if dice.chance(0.45):
        return f"{dice.pick(words.FORENAMES)} {dice.pick(words.SURNAMES)}"
    return f"The {dice.pick(words.BAND_FRONTS)} {dice.pick(words.BAND_BACKS)}"
