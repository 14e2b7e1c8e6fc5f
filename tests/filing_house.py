"""A music folder and a small library beside it, for tests of which file is of which track."""

from __future__ import annotations

from pathlib import Path

from syncengine.adapters.folders import Folders
from syncengine.core.file_decision import Verdict, marks_of
from syncengine.core.file_match import FileMatch
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import Artist, Claim, Recording, Release
from syncengine.jobs.matching import Matched, match_files
from syncengine.jobs.scan import Scanned, scan
from syncengine.storage.repositories.file_decisions import judge_file, take_back_file
from tests.audio import make
from tests.builders import HOUR, NOW, Row, Seen, make_database, observe, track

SECONDS = 3.0


def song(
    number: int,
    title: str,
    artist: str = "The Otters",
    *,
    album: str = "Tea",
    isrc: str | None = None,
    seconds: float = SECONDS,
    key: TrackKey | None = None,
) -> Claim:
    """Return what an export says of track ``number``."""
    recording = Recording(title, (Artist(artist),), round(seconds * 1000))
    return Claim(key or track(number), recording, Release(album), isrc=isrc)


class House:
    """One music folder, and the database that the shell of a test uses too."""

    def __init__(self, place: Path) -> None:
        self.music = place / "music"
        self.music.mkdir()
        self.folders = [self.music]
        self.database = make_database(place)
        self.now = NOW
        self.told: list[tuple[int, int]] = []

    def library(self, **playlists: list[Claim]) -> None:
        """Let playlists hold songs from now on; others stay as they are."""
        self.now = Instant(self.now + HOUR)
        seen = [
            Seen(
                f"csv:{name.casefold()}",
                self.now,
                [Row(claim.track, 1_000 + n, claim=claim) for n, claim in enumerate(songs)],
                name=name.replace("_", " "),
            )
            for name, songs in playlists.items()
        ]
        with self.database.unit() as unit:
            observe(unit.memory, *seen)
            unit.commit()

    def file(self, name: str, seed: int, title: str = "", artist: str = "The Otters") -> Path:
        """Make a file with these tags; without a title it has none."""
        tags = {"title": title, "artists": artist, "album": "Tea"} if title else {}
        return make(self.music / name, "mp3", seed=seed, seconds=SECONDS, **tags)

    def scan(self, *, accept_emptied: bool = False) -> Scanned:
        self.now = Instant(self.now + 1)
        folders = Folders(self.folders)
        return scan(
            folders,
            open_unit=self.database.unit,
            clock=lambda: self.now,
            accept_emptied=accept_emptied,
        )

    def match(self) -> Matched:
        """Match, and keep the answers."""
        with self.database.unit() as unit:
            found = match_files(unit, lambda: self.now, lambda *told: self.told.append(told))
            unit.commit()
        return found

    def file_anew(self) -> Matched:
        """Scan and match."""
        self.scan()
        return self.match()

    def number(self, path: Path) -> int:
        with self.database.reading() as unit:
            files = unit.audio_files.present()
        return next(n for n, file in files.items() if file.path == str(path))

    def answer(self, path: Path) -> FileMatch:
        with self.database.reading() as unit:
            return unit.file_matches.stored()[self.number(path)]

    def decide(self, path: Path, key: TrackKey, verdict: Verdict = "same") -> None:
        number = self.number(path)
        self.now = Instant(self.now + 1)
        with self.database.unit() as unit:
            marks = marks_of(number, unit.audio_files.present()[number].digest)
            judge_file(unit.connection, marks, key, verdict, self.now)
            unit.commit()

    def take_back(self, path: Path, key: TrackKey | None = None) -> int:
        number = self.number(path)
        with self.database.unit() as unit:
            marks = marks_of(number, unit.audio_files.present()[number].digest)
            taken = take_back_file(unit.connection, marks, key, self.now)
            unit.commit()
        return taken
