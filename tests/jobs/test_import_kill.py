"""An import killed, interrupted, doubled or out of space: the old or the new state, nothing between."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import processes

KILLS = int(os.environ.get("SYNCENGINE_TEST_KILLS", "12"))
"""Kills in each of the two scenarios."""
MOMENTS = ("2025-01-01T23:59:59Z", "2025-01-02T23:59:59Z")

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@dataclass(frozen=True)
class Scene:
    """Two days of exports; databases that know none, one and both, and what the last one says."""

    days: list[Path]
    none: Path
    one: Path
    both: Path
    said: dict[str, Any]
    seconds: float
    """How long the import of the first day takes from when it holds the lock."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    days = processes.write_exports(folder / "exports", rows=5_000)
    one, both = folder / "one.db", folder / "both.db"
    process = processes.start(one, "import-csv", days[0])
    processes.wait_for_work(process, one)
    began = time.perf_counter()
    assert processes.finish(process)[0] == 0
    seconds = time.perf_counter() - began
    processes.copy_database(one, both)
    assert processes.finish(processes.start(both, "import-csv", days[1]))[0] == 0
    said = processes.everything(both, folder / "out", MOMENTS)
    return Scene(days, folder / "none.db", one, both, said, seconds)


@pytest.mark.parametrize("known", [0, 1])
def test_a_killed_import_leaves_the_old_or_the_new_state(
    scene: Scene, tmp_path: Path, known: int
) -> None:
    chance = random.Random(20260113 + known)
    path = tmp_path / "library.db"
    start, goal = [(scene.none, scene.one), (scene.one, scene.both)][known]
    old, new = processes.snapshots(start), processes.snapshots(goal)
    processes.copy_database(start, path)
    survived = 0
    seconds = scene.seconds
    for number in range(KILLS):
        process = processes.start(path, "import-csv", scene.days[known])
        processes.wait_for_work(process, path)
        time.sleep(seconds * (number + chance.random()) / KILLS)
        process.kill()
        processes.finish(process)
        assert processes.is_sound(path)
        found = processes.snapshots(path)
        assert found in (old, new)
        if found == new:
            survived += 1
            seconds /= 2  # the machine is quicker now than when it was measured
            processes.copy_database(start, path)
    assert survived < KILLS, "every kill came too late to show anything"
    for day in scene.days[known:]:
        code, _, err = processes.finish(processes.start(path, "import-csv", day))
        assert (code, err) == (0, "")
    assert processes.everything(path, tmp_path / "out", MOMENTS) == scene.said
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_interrupted_import_ends_in_good_order(
    scene: Scene, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    path = tmp_path / "library.db"
    processes.copy_database(scene.one, path)
    ended, err = 0, ""
    # At some moment of the work, if the machine keeps its pace; else where it cannot be too late.
    for share in (0.5, 0.2, None):
        with nullcontext() if share else processes.held(path):
            process = processes.start(path, "import-csv", scene.days[1])
            processes.wait_for_work(process, path)
            time.sleep(scene.seconds * (share or 0))
            process.send_signal(number)
        ended, _, err = processes.finish(process)
        if ended == code and processes.snapshots(path) == processes.snapshots(scene.one):
            break  # else the signal came when all was done
        processes.copy_database(scene.one, path)
    assert ended == code
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert processes.is_sound(path)
    assert processes.snapshots(path) == processes.snapshots(scene.one)
    left = {p.name for p in tmp_path.rglob("*") if p.is_file() and p.suffix != ".gz"}
    assert left <= {"library.db", "library.db.lock"}
    assert processes.finish(processes.start(path, "import-csv", scene.days[1]))[0] == 0
    assert processes.everything(path, tmp_path / "out", MOMENTS) == scene.said


def test_two_imports_at_once(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    for _ in range(3):
        processes.copy_database(scene.none, path)
        both = [processes.start(path, "import-csv", scene.days[0]) for _ in range(2)]
        reader = processes.start(path, "history", "list")
        ended = [processes.finish(each) for each in both]
        assert processes.finish(reader)[0] == 0
        codes = sorted(code for code, _, _ in ended)
        assert codes in ([0, 0], [0, 7]), ended
        assert processes.is_sound(path)
        if codes == [0, 0]:
            assert sum("nothing new since snapshot 1" in out for _, out, _ in ended) == 1
        assert processes.snapshots(path) == processes.snapshots(scene.one)
    both = [processes.start(path, "import-csv", scene.days[1]) for _ in range(2)]
    assert {processes.finish(each)[0] for each in both} <= {0, 7}
    assert processes.everything(path, tmp_path / "out", MOMENTS) == scene.said


def test_two_imports_of_different_days_at_once(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    both = processes.finish_all(path, *(["import-csv", day] for day in reversed(scene.days)))
    assert [code for code, _, _ in both] == [0, 0], both
    assert processes.is_sound(path)
    found = processes.everything(path, tmp_path / "out", MOMENTS)
    for each in (found, said := dict(scene.said)):
        # Which of the two got the first number is chance.
        del each["snapshots"]
        for name in list(each):
            if name.startswith("diff "):
                each[name] = (each[name].playlists, each[name].tracks, each[name].popularity)
    assert found == said


def test_many_who_ask_while_the_database_is_made(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    lines = (["status"], ["history", "list"], ["db", "upgrade"], ["tracks"], ["playlists"])
    ended = processes.finish_all(path, *lines)
    assert [code for code, _, _ in ended] == [0] * len(lines), ended
    assert processes.is_sound(path)
    assert not list(tmp_path.glob("*backup*"))


@pytest.mark.parametrize(
    ("known", "room"),
    [(0, 60_000), (0, 400_000), (1, 2_000), (1, 400_000)],
    ids=["no database", "database", "raw file", "log"],
)
def test_a_full_disk_is_one_sentence_and_changes_nothing(
    scene: Scene, tmp_path: Path, known: int, room: int
) -> None:
    path = tmp_path / "library.db"
    processes.copy_database([scene.none, scene.one][known], path)
    before = processes.snapshots(path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    process = processes.start(path, "import-csv", scene.days[known], before=limit)
    code, out, err = processes.finish(process)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "internal error" not in err
    assert processes.is_sound(path)
    assert processes.snapshots(path) == before
    assert not list(tmp_path.rglob("*.partial"))
    for day in scene.days[known:]:
        assert processes.finish(processes.start(path, "import-csv", day))[0] == 0
    assert processes.digest(path) == processes.digest(scene.both)
