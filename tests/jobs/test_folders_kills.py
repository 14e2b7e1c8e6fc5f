"""Playlist folders under kill -9: no bytes are lost, and the next run completes."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests import audio
from tests import made_exports as made
from tests.builders import track
from tests.folder_shell import SECONDS, contents
from tests.forked import Forge, forge
from tests.made_exports import songs

KILLS = int(os.environ.get("SYNCENGINE_TEST_KILLS", "24"))
"""Half of them while files are linked, half while they are moved."""
STORIES = max(2, KILLS // 10)
"""So many times a small collection goes through all days, killed at chosen steps."""
STEPS = 90
FILES = 60
Day = Mapping[str, range]
DAYS: Sequence[Day] = (
    {"Mix": range(1, 41), "Road trip": range(20, 61)},
    {"Mix": range(5, 45), "Road trip": range(20, 55), "New": range(1, 10)},
    {"Mix": range(10, 50), "Road trip": range(12, 50), "New": range(1, 30)},
    {"Mix": range(3, 43), "Journey": range(12, 50), "New": range(5, 25)},
)
"""What the playlists hold; in the end one has another name."""
FEW = 8
FEW_DAYS: Sequence[Day] = (
    {"Mix": range(1, 5), "Road trip": range(3, 8)},
    {"Mix": range(2, 6), "Road trip": range(3, 7), "New": range(1, 4)},
    {"Mix": range(1, 6), "Road trip": range(2, 6), "New": range(3, 8)},
    {"Mix": range(1, 4), "Journey": range(2, 6), "New": range(2, 4)},
)

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    with forge(tmp_path_factory.mktemp("forge") / "runs") as made_forge:
        yield made_forge


class Place:
    """A music collection, playlist folders and a library in one folder."""

    def __init__(
        self,
        folder: Path,
        starts: Forge,
        patch: pytest.MonkeyPatch,
        days: Sequence[Day] = DAYS,
        files: int = FILES,
    ) -> None:
        self.folder = folder
        self.days = days
        self.music, self.lists = folder / "music", folder / "lists"
        self.starts = starts
        self.path = folder / "library.db"
        self.patch = patch
        for number in range(1, files + 1):
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
        for name, numbers in self.days[day].items():
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


def undisturbed(place: Place, flags: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the state after all days, with no run killed."""
    place.enter()
    for day in range(len(place.days)):
        place.take(day)
        place.reconcile(*flags)
    return place.state()


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


BOTH_WAYS = pytest.mark.parametrize(
    "flags", [("--link", "auto"), ("--move",)], ids=["links", "moves"]
)


@BOTH_WAYS
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
    whole = Place(tmp_path / "whole", starts, monkeypatch)
    assert place.state() == undisturbed(whole, flags)
    place.enter()
    assert starts.json(place.path, "reconcile", "--sink", "folders", "--dry-run")["empty"]


@BOTH_WAYS
def test_killed_at_a_step_whatever_was_begun_is_completed_or_never_was(
    flags: tuple[str, ...], starts: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = undisturbed(Place(tmp_path / "whole", starts, monkeypatch, FEW_DAYS, FEW), flags)
    for story in range(STORIES):
        chance = random.Random(f"{story} {flags}")
        place = Place(tmp_path / str(story), starts, monkeypatch, FEW_DAYS, FEW)
        place.enter()
        before = contents(place.music)
        told: list[tuple[object, ...]] = [(story,)]
        for day in range(len(FEW_DAYS)):
            place.take(day)
            for _ in range(chance.randint(1, 6)):
                words = UNDO if chance.random() < 0.4 else (*COMMAND, *flags)
                at = chance.randint(1, STEPS) if chance.random() < 0.8 else None
                code, out, err = starts.start(place.path, *words, kill_at=at).finish()
                told.append((day, words[0], at, code))
                assert code in (-signal.SIGKILL, 0, 1 if words is UNDO else 0), (told, out + err)
                assert set(contents(place.music, place.lists)) == set(before), told
            ended = place.reconcile(*flags, code=None)
            assert ended[0] == 0, (told, ended)
        assert contents(place.music, place.lists) == before, told
        assert place.state() == whole, told
        assert starts.json(place.path, "reconcile", "--sink", "folders", "--dry-run")["empty"]
