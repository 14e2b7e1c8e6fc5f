"""A small library that changes, told in exports: every import tells all playlists there are."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from syncengine import bootstrap
from syncengine.core.moment import Instant
from syncengine.errors import UserError
from syncengine.jobs.import_csv import import_csv
from syncengine.jobs.import_report import Options
from syncengine.jobs.playlists import join_playlists
from syncengine.storage.unit_of_work import Database
from tests.builders import track
from tests.made_exports import HEADER

LABELS = ("Label", "Other, label", "")
_WITH_IDS = (
    "Track URI,Track Name,Artist URI,Artist Name,Album URI,Album Name,Album Release Date,Disc Number,"
    "Track Number,Track Duration (ms),Explicit,Popularity,Added By,Added At"
)
_FEATURES = "0.5,0.5,5,-7,1,0.05,0.1,0,0.1,0.5,120,4"


@dataclass
class Song:
    """What exports say of a track; ``named`` is one of which they know no more than the name."""

    number: int
    popularity: int = 50
    label: str = LABELS[0]
    genres: str = ""
    explicit: bool = False
    named: bool = False

    def line(self, *, with_ids: bool) -> str:
        n = self.number
        uri = "" if self.named else track(n)
        if with_ids:
            return (
                f"{uri},Song {n},spotify:artist:{n % 3:022d},Artist {n % 3},spotify:album:{n % 3:022d},"
                f"Album {n % 3},2020-01-01,1,1,200000,{str(self.explicit).lower()},{self.popularity},"
                "somebody,2025-06-01T12:00:00Z"
            )
        return (
            f'{uri},"Song {n}","Album {n % 3}","Artist {n % 3}",2020-01-01,200000,{self.popularity},'
            f"{str(self.explicit).lower()},somebody,2025-06-01T12:00:00Z,"
            f'"{self.genres}","{self.label}",{_FEATURES}'
        )


@dataclass
class MovingLibrary:
    """Playlists by the stem of their file, as tracks' numbers; ``told`` brings them to a database."""

    songs: dict[int, Song] = field(default_factory=dict)
    lists: dict[str, list[int]] = field(default_factory=dict)
    with_ids: bool = False
    """Whether the exporter tells the ids of artists and albums."""
    joins: list[tuple[str, str]] = field(default_factory=list)
    """What is said to be one playlist once it is told, by stems."""

    def song(self, number: int) -> Song:
        """Return a song; it is made when it is first asked for."""
        return self.songs.setdefault(number, Song(number))

    def rename(self, old: str, new: str) -> None:
        """Give a playlist's file another name, by which it is said to be the same one."""
        self.joins.append((old, new))
        self.lists = {new if stem == old else stem: rows for stem, rows in self.lists.items()}

    def told(self, database: Database, folder: Path, now: Instant) -> None:
        """Import the library as it is now."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for stem, numbers in self.lists.items():
            lines = [self.song(each).line(with_ids=self.with_ids) for each in numbers]
            text = "\n".join([_WITH_IDS if self.with_ids else HEADER, *lines, ""])
            (folder / f"{stem}.csv").write_text(text, "utf-8")
        import_csv(
            [folder],
            Options(taken_at=now, whole_library=True),
            reader=bootstrap.export_reader(),
            open_unit=database.unit,
            raw_store=database.raw_store,
            clock=lambda: now,
        )
        for old, new in self.joins:
            with suppress(UserError):  # one of them was never told, or they are one already
                join_playlists(database.unit, old, new, clock=lambda: now)
        self.joins.clear()
