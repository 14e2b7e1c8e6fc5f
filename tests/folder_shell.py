"""The command line against a music collection and playlist folders of real files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.moment import Instant, to_iso
from tests import audio
from tests import made_exports as made
from tests.builders import track
from tests.made_exports import songs
from tests.shell import Said, Shell

SECONDS = 200
"""The length of the songs that ``made_exports`` writes."""


class FolderShell:
    """Runs commands with ``music`` as the collection and ``lists`` as the playlist folders."""

    def __init__(self, shell: Shell, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.shell = shell
        self.folder = folder
        self.music, self.lists = folder / "music", folder / "lists"
        self.music.mkdir()
        patch.setenv("SYNCENGINE_MUSIC_DIRS", str(self.music))
        patch.setenv("SYNCENGINE_PLAYLISTS_DIR", str(self.lists))

    def sleep(self, seconds: int = 3600) -> None:
        """Let time pass."""
        self.shell.now = Instant(self.shell.now + seconds)

    def take(self, name: str, *numbers: int) -> None:
        """Import a playlist of some songs, as it is now."""
        self.sleep()
        path = self.folder / "exports" / f"{name}.csv"
        made.write(path, songs(*numbers), to_iso(self.shell.now))
        self.shell("import-csv", path)

    def song(self, number: int, kind: str = "mp3", place: str = "", **tags: Any) -> Path:
        """Put a file of a song into the collection, or at another place in the folder of the test."""
        path = self.folder / (place or f"music/{number}{audio.ending(kind)}")
        said = {
            "title": f"Song {number}",
            "artists": [f"Artist {number % 5}"],
            "spotify": track(number),
        }
        return audio.make(path, kind, seed=number, seconds=SECONDS, **{**said, **tags})

    def reconcile(self, *arguments: object, code: int = 0) -> dict[str, Any]:
        """Bring the folders up to date."""
        self.sleep()
        return self.json("reconcile", "--sink", "folders", "--yes", *arguments, code=code)

    def json(self, *arguments: object, code: int = 0) -> dict[str, Any]:
        """Run a command with ``--json``."""
        return self.shell.json(*arguments, code=code)

    def __call__(self, *arguments: object, code: int = 0) -> Said:
        """Run a command."""
        return self.shell(*arguments, code=code)

    def tree(self) -> dict[str, list[str]]:
        """Return what stands in each playlist folder, without the lists."""
        return {
            each.name: sorted(file.name for file in each.iterdir() if file.suffix != ".m3u8")
            for each in sorted(self.lists.iterdir())
        }

    def listed(self, playlist: str) -> list[str]:
        """Return the files that a playlist's list names, in its order."""
        text = (self.lists / playlist / f"{playlist}.m3u8").read_text("utf-8")
        return [line for line in text.splitlines() if line and not line.startswith("#")]


def name(number: int, ending: str = ".mp3") -> str:
    """Return what a song's file is called in the folders."""
    return f"Artist {number % 5} - Song {number}{ending}"


def contents(*folders: Path) -> dict[str, int]:
    """Return the digests of all files under some folders, with how many inodes hold each."""
    inodes: dict[str, set[tuple[int, int]]] = {}
    for folder in folders:
        for root, _, files in os.walk(folder):
            for each in files:
                path = Path(root, each)
                if path.suffix in {".m3u8", ".partial"} or path.is_symlink():
                    continue
                stat = path.stat()
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                inodes.setdefault(digest, set()).add((stat.st_dev, stat.st_ino))
    return {digest: len(found) for digest, found in inodes.items()}


def filled(house: FolderShell) -> FolderShell:
    """Make two playlists and four files, of which one is of no track, and fill the folders."""
    house.take("Mix", 1, 2, 3)
    house.take("Road trip", 3, 4)
    for number in (1, 2, 3):
        house.song(number)
    audio.make(
        house.music / "unknown.mp3", "mp3", seed=99, seconds=61, title="Nobody", artists=["X"]
    )
    house.reconcile()
    return house
