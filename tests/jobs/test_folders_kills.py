"""Playlist folders under kill -9: no bytes are lost, and the next run completes."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import audio
from tests import made_exports as made
from tests.builders import track
from tests.folder_shell import SECONDS, contents
from tests.forked import Forge, forge
from tests.made_exports import songs

KILLS = int(os.environ.get("SYNCENGINE_TEST_KILLS", "32"))
"""Half of them while files are linked, half while they are moved."""
FILES = 60
DAYS = (
    {"Mix": range(1, 41), "Road trip": range(20, 61)},
    {"Mix": range(5, 45), "Road trip": range(20, 55), "New": range(1, 10)},
    {"Mix": range(10, 50), "Road trip": range(12, 50), "New": range(1, 30)},
    {"Mix": range(3, 43), "Journey": range(12, 50), "New": range(5, 25)},
)
"""What the playlists hold; in the end one has another name."""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    with forge(tmp_path_factory.mktemp("forge") / "runs") as made_forge:
        yield made_forge


class Place:
    """A music collection, playlist folders and a library in one folder."""

    def __init__(self, folder: Path, starts: Forge, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.music, self.lists = folder / "music", folder / "lists"
        self.starts = starts
        self.path = folder / "library.db"
        self.patch = patch
        for number in range(1, FILES + 1):
            kind = audio.KINDS[number % len(audio.KINDS)]
            audio.make(
                self.music / f"{number}{audio.ending(kind)}", kind, seed=number, seconds=SECONDS,
                title=f"Song {number}", artists=[f"Artist {number % 5}"], spotify=track(number),
            )  # fmt: skip

    def enter(self) -> None:
        """Let the settings lead here."""
        self.patch.setenv("SYNCENGINE_MUSIC_DIRS", str(self.music))
        self.patch.setenv("SYNCENGINE_PLAYLISTS_DIR", str(self.lists))

    def take(self, day: int) -> None:
        """Import what the playlists are on a day."""
        at = f"2026-01-{10 + day:02}T12:00:00Z"
        exports = self.folder / f"day-{day}"
        for name, numbers in DAYS[day].items():
            made.write(exports / f"{name}.csv", songs(*numbers), at)
        self.starts.run(self.path, "import-csv", "--whole-library", exports)

    def reconcile(self, *flags: str, code: int | None = 0) -> tuple[int, str, str]:
        """Bring the folders up to date."""
        return self.starts.run(self.path, *COMMAND, *flags, code=code)

    def state(self) -> dict[str, list[str]]:
        """Return all names in all folders, with what lists say."""
        found = {}
        for folder in [self.music, *sorted(self.lists.iterdir())]:
            for file in sorted(folder.iterdir()):
                said = [file.read_text()] if file.suffix == ".m3u8" else []
                found[f"{folder.name}/{file.name}"] = said
        return found


UNDO = ("files", "undo", "--yes")
COMMAND = ("reconcile", "--sink", "folders", "--yes", "--allow-removals")


def kill_often(
    place: Place, flags: tuple[str, ...], kills: int, chance: random.Random, audio_of: set[str]
) -> int:
    """Kill runs, one in seven that takes another back, and see each time that no bytes are lost."""
    killed, longest = 0, 0.5
    while killed < kills:
        began = time.perf_counter()
        undo = chance.random() < 0.15
        run = place.starts.start(place.path, *(UNDO if undo else (*COMMAND, *flags)))
        time.sleep(chance.random() * longest)
        run.send(signal.SIGKILL)
        code, out, err = run.finish()
        assert code in (-signal.SIGKILL, 0, 1 if undo else 0), out + err
        if code == -signal.SIGKILL:
            killed += 1
        elif not undo:  # it was too late: what is to be killed has to have something to do
            longest = min(longest, time.perf_counter() - began)
            place.starts.run(place.path, *UNDO, code=None)
        assert set(contents(place.music, place.lists)) == audio_of
    return killed


@pytest.mark.parametrize("flags", [("--link", "auto"), ("--move",)], ids=["links", "moves"])
def test_killed_again_and_again_nothing_is_lost_and_the_next_run_completes(
    flags: tuple[str, ...], starts: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "killed", starts, monkeypatch)
    place.enter()
    before = contents(place.music)
    chance = random.Random(f"20261122 {flags}")
    kills = 0
    for day in range(len(DAYS)):
        place.take(day)
        wanted = KILLS // 2 * (day + 1) // len(DAYS)
        kills += kill_often(place, flags, wanted - kills, chance, set(before))
        place.reconcile(*flags)
    assert kills == KILLS // 2
    assert contents(place.music, place.lists) == before
    undisturbed = Place(tmp_path / "whole", starts, monkeypatch)
    undisturbed.enter()
    for day in range(len(DAYS)):
        undisturbed.take(day)
        undisturbed.reconcile(*flags)
    assert place.state() == undisturbed.state()
    place.enter()
    assert starts.json(place.path, "reconcile", "--sink", "folders", "--dry-run")["empty"]
