"""A sync that is killed, whatever else goes wrong: in the end Notion is as if nothing had happened."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncengine.core.plan import Target
from tests import processes
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_faults import KINDS, Storm
from tests.forked import Forge, Run, forge
from tests.notion_state import (
    Page,
    agreed,
    believed,
    differences,
    doubled,
    in_doubt,
    stands,
)

KILLS = 50
DAYS = 6
TIMEOUT = 0.12
"""Seconds that a request waits for an answer, when its turn comes to get none."""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@dataclass(frozen=True)
class Scene:
    """Some days of exports, and what starts commands."""

    days: list[Path]
    forge: Forge


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("scene")
    with forge(folder / "runs", timeout=TIMEOUT) as made:
        yield Scene(processes.write_exports(folder / "exports", rows=260, files=9, days=DAYS), made)


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionDouble]:
    with NotionDouble() as made:
        lead_to(made, monkeypatch)
        yield made


def lead_to(double: NotionDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the settings lead to a double with a page of its own."""
    for name, value in double.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NOTION_PARENT_PAGE_ID", double.home("Music").id)
    monkeypatch.setenv("NOTION_REQUESTS_PER_MINUTE", "1000000")


def weather(seed: int) -> Storm:
    """Return a storm with 5 % of every kind of fault, half of those after what was asked was done."""
    return Storm(seed=seed, share=0.05, done=0.5, seconds=1.5 * TIMEOUT, retry_after=0)


def killed_after(double: NotionDouble, run: Run, requests: int, seconds: float) -> bool:
    """Kill a run some time after it made some requests; return False where it was over by itself."""
    before = len(double.log.calls)
    while len(double.log.calls) < before + requests and not run.is_over:
        time.sleep(0.005)
    time.sleep(seconds)
    run.send(signal.SIGKILL)
    code, out, err = run.finish()
    # What is on its way still comes in, and Notion does it.
    double.wait_until_quiet()
    assert code in (-signal.SIGKILL, 0, 6, 8), out + err
    return code == -signal.SIGKILL


def calm_down(scene: Scene, double: NotionDouble, path: Path) -> None:
    """Run until all is done, in the storm as it is."""
    for _ in range(30):
        code, _, err = scene.forge.run(path, "reconcile", "--yes", "--allow-removals", code=None)
        assert code in (0, 6, 8), err
        if code == 0:
            return
    raise AssertionError("it never ends")


def see_that_all_is_well(scene: Scene, double: NotionDouble, path: Path) -> None:
    """See that nothing is double or lost, that it is known, and that nothing is left to do."""
    assert processes.is_sound(path)
    assert doubled(double) == []
    known = agreed(path)
    there = stands(double)
    assert {each.address for each in known.values()} == {
        page.id for name in ("Artists", "Albums", "Playlists", "Tracks")
        for page in double.pages_of(double.source(name), trashed=None)
    }  # fmt: skip
    assert {target: marked for target, each in known.items() if (marked := each.removed)} == {
        target: True for target, page in there.items() if "Removed" in page
    }
    bare = {
        target: {name: value for name, value in page.items() if name != "Removed"}
        for target, page in there.items()
    }
    assert differences(believed(known), bare) == []
    assert not any(each.edits for each in known.values())
    assert in_doubt(path) == 0
    assert scene.forge.json(path, "reconcile", "--dry-run")["empty"]
    double.log.clear()
    scene.forge.run(path, "reconcile", "--yes")
    assert double.log.count() == 0
    found = scene.forge.json(path, "reconcile", "--refresh", "--yes")
    assert found["empty"]
    assert double.log.writes == []
    double.assert_clean()


def synced_at_once(
    scene: Scene, days: list[Path], path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[Target, Page]:
    """Return what stands in another Notion after a sync that nothing disturbed."""
    with NotionDouble() as other:
        lead_to(other, monkeypatch)
        for day in days:
            scene.forge.run(path, "import-csv", day)
        scene.forge.run(path, "notion", "init")
        scene.forge.run(path, "reconcile", "--yes")
        return stands(other)


def wanted(there: dict[Target, Page]) -> dict[Target, Page]:
    """Return the pages of what is in the library, without what is only written along."""
    along = ("Popularity", "Facts source", "Facts as of")
    return {
        target: {name: value for name, value in page.items() if name not in along}
        for target, page in there.items()
        if "Removed" not in page
    }


def test_a_first_sync_that_is_killed_fifty_times_in_a_storm_ends_as_one_that_was_not(
    scene: Scene, double: NotionDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "killed.db"
    scene.forge.run(path, "import-csv", scene.days[0])
    scene.forge.run(path, "notion", "init")
    chance = random.Random(20261121)
    double.lag(0.03)
    double.storm = weather(7)
    kills = 0
    while kills < KILLS:
        run = scene.forge.start(path, "reconcile", "--yes")
        kills += killed_after(double, run, chance.randrange(14), chance.random() * 0.02)
        assert len(agreed(path)) < 400, "it was done before it was killed often enough"
    calm_down(scene, double, path)
    storm, double.storm = double.storm, None
    assert {each.rpartition(" ")[0] for each in storm.met} == set(KINDS)
    double.lag(0)
    see_that_all_is_well(scene, double, path)
    killed = stands(double)
    undisturbed = synced_at_once(scene, scene.days[:1], tmp_path / "whole.db", monkeypatch)
    assert differences(killed, undisturbed) == []


def test_killed_while_the_library_changes_nothing_is_double_or_lost(
    scene: Scene, double: NotionDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "killed.db"
    scene.forge.run(path, "import-csv", scene.days[0])
    scene.forge.run(path, "notion", "init")
    scene.forge.run(path, "reconcile", "--yes")
    double.lag(0.03)
    double.storm = weather(8)
    chance = random.Random(20261122)
    for day in scene.days[1:]:
        scene.forge.run(path, "import-csv", day)
        for _ in range(KILLS // (DAYS - 1)):
            more = ["--allow-removals", *(["--refresh"] if chance.random() < 0.1 else [])]
            run = scene.forge.start(path, "reconcile", "--yes", *more)
            killed_after(double, run, chance.randrange(18), chance.random() * 0.02)
    calm_down(scene, double, path)
    double.storm = None
    double.lag(0)
    see_that_all_is_well(scene, double, path)
    killed = wanted(stands(double))
    undisturbed = synced_at_once(scene, scene.days[-1:], tmp_path / "whole.db", monkeypatch)
    assert differences(killed, wanted(undisturbed)) == []
