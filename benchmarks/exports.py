"""Writes playlists as the two living exporters do, byte for byte.

exportify.net: github.com/pavelkomarov/exportify, since 2025-07-27; exportify.app:
github.com/watsonbox/exportify, since 2022-12-03.
"""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from benchmarks.catalogue import Kind, Track

Dialect = Literal["exportify.net", "exportify.app"]
LIKED = "Liked Songs"
PLAYLIST_FOLDER = "spotify_playlists"
SECONDS_APART = 3
"""A browser writes one file after the other."""

NET_HEADER = (
    "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,"
    "Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,Speechiness,"
    "Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature"
)
APP_HEADER = (
    "Track URI,Track Name,Artist URI(s),Artist Name(s),Album URI,Album Name,Album Artist URI(s),"
    "Album Artist Name(s),Album Release Date,Album Image URL,Disc Number,Track Number,"
    "Track Duration (ms),Track Preview URL,Explicit,Popularity,ISRC,Added By,Added At"
)
APP_BLOCKS = (
    "Artist Genres,Danceability,Energy,Key,Loudness,Mode,Speechiness,Acousticness,"
    "Instrumentalness,Liveness,Valence,Tempo,Time Signature,Album Genres,Label,Copyrights"
)
_NET_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_APP_FORBIDDEN = re.compile(r'[\x00-\x1F\x7F/\\<>:;"|=,.?*[\] ]+')
# What JavaScript makes of a missing track: quoted texts say "undefined", the rest is empty.
_JUNK_FRONT = ',"undefined","undefined","undefined",,,,,'
_JUNK_BACK = ',"","undefined",,,,,,,,,,,,\n'
_CLOCK = tuple(
    f"T{hour:02d}:{minute:02d}:{second:02d}Z"
    for hour in range(24)
    for minute in range(60)
    for second in range(60)
)


class Entry(NamedTuple):
    """One place in a playlist; ``added_at`` in seconds since the epoch, UTC."""

    track: Track
    added_at: int
    added_by: str


@dataclass(slots=True)
class Playlist:
    """A playlist in its order; ``revision`` grows whenever an export of it would differ."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    revision: int = 0


def file_stem(name: str, dialect: Dialect = "exportify.net") -> str:
    """Return the file stem that the exporter makes of a playlist's name."""
    if dialect == "exportify.app":
        return "liked" if name == LIKED else _APP_FORBIDDEN.sub("_", name).lower()
    return re.sub(r"\s+", "_", _NET_FORBIDDEN.sub("", name))


def file_path(name: str, dialect: Dialect = "exportify.net") -> Path:
    """Return where a playlist lies in a backup folder, relative to that folder."""
    file = Path(file_stem(name, dialect) + ".csv")
    return file if name == LIKED else PLAYLIST_FOLDER / file


def net_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield an export in exportify.net's form: 24 columns, only texts quoted."""
    yield NET_HEADER + "\n"
    for track, added_at, added_by in entries:
        at = _day(added_at // 86_400) + _CLOCK[added_at % 86_400]
        if track.kind is Kind.UNAVAILABLE:
            yield f"{_JUNK_FRONT}{added_by},{at}{_JUNK_BACK}"
            continue
        front, back = track.net or _net_cells(track)
        explicit = "true" if track.explicit else "false"
        yield f"{front}{track.popularity},{explicit},{added_by},{at}{back}"


def app_lines(entries: Iterable[Entry], *, blocks: bool = False) -> Iterator[str]:
    """Yield an export in exportify.app's form: 19 columns, or 35 with its optional blocks."""
    header = f"{APP_HEADER},{APP_BLOCKS}" if blocks else APP_HEADER
    yield ",".join(map(_cell, header.split(","))) + "\n"
    for entry in entries:
        if entry.track.kind is not Kind.UNAVAILABLE:
            yield ",".join(map(_cell, _app_cells(entry, blocks=blocks))) + "\n"


def write_export(
    folder: Path,
    playlists: Sequence[Playlist],
    moment: datetime,
    *,
    dialect: Dialect = "exportify.net",
    blocks: bool = False,
    needed: Callable[[Playlist], bool] = lambda playlist: True,
) -> list[Path]:
    """Write a backup folder; return the files whose bytes were written.

    Files that are not ``needed`` keep their bytes; every file's time is set, the first to
    ``moment``, the next some seconds later. Files of playlists that are gone are deleted.
    """
    (folder / PLAYLIST_FOLDER).mkdir(parents=True, exist_ok=True)
    paths = [folder / file_path(playlist.name, dialect) for playlist in playlists]
    for stale in {*folder.rglob("*.csv")} - {*paths}:
        stale.unlink()
    written = []
    for place, (path, playlist) in enumerate(zip(paths, playlists, strict=True)):
        if needed(playlist) or not path.exists():
            _write(path, playlist.entries, dialect, blocks)
            written.append(path)
        at = int(moment.timestamp()) + place * SECONDS_APART
        os.utime(path, (at, at))
    return written


def iso(seconds: int) -> str:
    """Return seconds since the epoch as ``YYYY-MM-DDTHH:MM:SSZ``."""
    return _day(seconds // 86_400) + _CLOCK[seconds % 86_400]


def _write(path: Path, entries: Sequence[Entry], dialect: Dialect, blocks: bool) -> None:
    app = dialect == "exportify.app"
    lines = app_lines(entries, blocks=blocks) if app else net_lines(entries)
    with path.open("wb") as file:
        # A single download starts with a mark; exportify.app and members of zips have none.
        file.write(b"" if app else BOM_UTF8)
        # In parts: the rows of a large playlist at once would leave the processor's cache.
        while part := "".join(islice(lines, 2_000)):
            file.write(part.encode())


def _net_cells(track: Track) -> tuple[str, str]:
    """Return the cells before popularity and after added-at, kept for the next day's export."""
    album = track.album
    credit = ";".join([artist.name.replace(";", "") for artist in track.artists])
    genres = ",".join(dict.fromkeys(genre for artist in track.artists for genre in artist.genres))
    texts = f"{_cell(track.title)},{_cell(album.name)},{_cell(credit)}"
    track.net = (
        f"{track.uri},{texts},{album.date},{track.duration},",
        f',"{genres}",{_cell(album.label)},{track.features}\n',
    )
    return track.net


@cache
def _day(number: int) -> str:
    return f"{datetime.fromtimestamp(number * 86_400, UTC):%Y-%m-%d}"


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _app_cells(entry: Entry, *, blocks: bool) -> list[str]:
    track, album = entry.track, entry.track.album
    owners = (album.artist,) if album.artist else ()
    cells = [
        track.uri,
        track.title,
        ", ".join(artist.uri for artist in track.artists),
        ", ".join(artist.name.replace(",", "\\,") for artist in track.artists),
        album.uri,
        album.name,
        ", ".join(artist.uri for artist in owners),
        ", ".join(artist.name.replace(",", "\\,") for artist in owners),
        album.date,
        "",
        "1" if track.number else "0",
        str(track.number),
        str(track.duration),
        "",
        "true" if track.explicit else "false",
        str(track.popularity),
        track.isrc,
        f"spotify:user:{entry.added_by}" if entry.added_by else "",
        iso(entry.added_at),
    ]
    if blocks:
        genres = ",".join(genre for artist in track.artists for genre in artist.genres)
        cells += [genres, *track.features.split(","), "", album.label, ""]
    return cells
