"""How a sync ends that is interrupted, or that Notion does not let do all: with a code, and a way on."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import processes
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_faults import after, failed
from tests.forked import Forge, forge
from tests.notion_state import agreed, doubled, in_doubt, stands

CREATE, CHANGE = "POST /v1/pages", "PATCH /v1/pages/{page_id}"
PAGES = 101

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGINT"), reason="needs POSIX signals")


@dataclass(frozen=True)
class Scene:
    """Two days of exports, what starts commands, and a database that knows the first day."""

    days: list[Path]
    forge: Forge
    path: Path
    double: NotionDouble

    def sync(self, code: int = 0) -> tuple[str, str]:
        """Reconcile; return stdout and stderr."""
        return self.forge.run(self.path, "reconcile", "--yes", code=code)[1:]

    @property
    def created(self) -> int:
        """How many pages have been made in Notion."""
        return self.double.log.applied[CREATE]

    def see_that_all_is_there(self) -> None:
        """See that what was left is done by the next run, and only that."""
        self.sync()
        assert doubled(self.double) == []
        assert len(stands(self.double)) == len(agreed(self.path)) == PAGES
        self.double.log.clear()
        self.sync()
        assert self.double.log.count() == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Path], Forge]]:
    folder = tmp_path_factory.mktemp("scene")
    with forge(folder / "runs") as starts:
        yield processes.write_exports(folder / "exports", rows=80, files=4, days=2), starts


@pytest.fixture
def scene(
    made: tuple[list[Path], Forge], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    days, starts = made
    path = tmp_path / "library.db"
    with NotionDouble(latency=0.02) as double:
        for name, value in double.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NOTION_PARENT_PAGE_ID", double.home("Music").id)
        monkeypatch.setenv("NOTION_REQUESTS_PER_MINUTE", "1000000")
        starts.run(path, "import-csv", days[0])
        starts.run(path, "notion", "init")
        double.log.clear()
        yield Scene(days, starts, path, double)
        double.assert_clean()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_an_interrupted_sync_finishes_what_is_under_way_and_says_how_to_go_on(
    scene: Scene, number: signal.Signals, code: int
) -> None:
    reached = threading.Event()
    scene.double.faults.add(CREATE, after(reached.set), skip=30)
    run = scene.forge.start(scene.path, "reconcile", "--yes")
    assert reached.wait(30)
    run.send(number)
    ended, _, err = run.finish()
    assert ended == code, err
    assert "Traceback" not in err
    done = re.search(
        rf"^(\d+) of {PAGES} are done and written down; run `syncengine reconcile`",
        err,
        re.MULTILINE,
    )
    assert done, err
    assert int(done[1]) == scene.created == len(agreed(scene.path))
    assert 31 <= scene.created < 45
    assert in_doubt(scene.path) == 0
    created = scene.created
    scene.double.log.clear()
    scene.sync()
    assert scene.double.log.count() == scene.created == PAGES - created
    scene.see_that_all_is_there()


def test_of_two_syncs_at_once_the_second_does_nothing(scene: Scene) -> None:
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go_on.wait(30)

    scene.double.faults.add(CREATE, after(hold), skip=5)
    first = scene.forge.start(scene.path, "reconcile", "--yes")
    assert held.wait(30)
    code, out, err = scene.forge.run(scene.path, "reconcile", "--yes", code=None)
    go_on.set()
    assert (code, out) == (7, "")
    assert re.match(r"error: another run holds the lock: process \d+ \(reconcile\) since ", err)
    assert first.finish()[0] in (0, 8)  # it had to wait longer than it has patience for
    scene.see_that_all_is_there()


def test_a_network_that_is_cut_keeps_what_is_done_and_is_to_be_tried_later(scene: Scene) -> None:
    cutting = threading.Thread(target=scene.double.pause)
    scene.double.faults.add(CREATE, after(cutting.start), skip=30)
    out, err = scene.sync(code=6)
    cutting.join()
    created = scene.created
    assert 30 <= created < 45
    assert err.count("Notion: stopped: ") == 1
    assert "Notion could not be reached" in err or "the connection to Notion broke" in err
    assert "no request is made before " in err
    assert f"{PAGES - created:,} left for the next run" in out or "left for the next run" in out
    scene.double.resume()
    scene.see_that_all_is_there()


def test_a_token_that_is_revoked_ends_the_run_at_once(scene: Scene) -> None:
    scene.double.faults.add(CREATE, after(scene.double.revoke), skip=30)
    out, err = scene.sync(code=5)
    assert err.count("Notion does not take the token") == 1
    assert "set NOTION_TOKEN to " in err
    created = scene.created
    assert 27 <= created <= 31
    assert len(agreed(scene.path)) == created
    assert f"Notion: {created} done, {PAGES - created} left for the next run; " in out
    assert scene.double.log.statuses[401] <= 4
    scene.sync(code=5)
    scene.double.integrations[scene.double.token] = scene.double.integration
    scene.see_that_all_is_there()


def test_one_page_that_is_refused_stops_no_other(scene: Scene) -> None:
    # One of the first is an artist: its tracks are made without it, and get it when it is there.
    scene.double.faults.add(CREATE, failed(400), skip=3)
    out, err = scene.sync(code=8)
    assert f"Notion: {PAGES - 1} done, 1 failed; " in out
    assert len(scene.double.log.writes) == PAGES
    assert re.search(
        r"Notion: create of artist '.*' failed: Notion answered POST /v1/pages with 400", err
    )
    assert scene.created == PAGES - 1
    scene.double.log.clear()
    scene.see_that_all_is_there()


def test_a_full_workspace_gets_no_pages_and_all_other_changes(scene: Scene) -> None:
    scene.sync()
    scene.double.limit_blocks(scene.double.world.blocks_used + 2)
    scene.forge.run(scene.path, "import-csv", scene.days[1])
    plan = scene.forge.json(scene.path, "reconcile", "--dry-run")["sinks"]["notion"]["summary"]
    assert plan["create"] > 10
    assert plan["update"] > 5
    scene.double.log.clear()
    out, err = scene.sync(code=8)
    assert scene.double.log.applied[CHANGE] == plan["update"] + plan["remove"]
    assert scene.created == 2
    tried = len(scene.double.log.matching(CREATE))
    assert tried <= 2 + 4
    assert err.count("1,000 blocks for life") == 1
    done, left = plan["update"] + plan["remove"] + 2, plan["create"] - 2
    said = re.search(r"Notion: (\d+) done, (\d+) failed, (\d+) left for the next run; ", out)
    assert said
    assert [int(each) for each in said.groups()] == [done, failed := int(said[2]), left - failed]
    assert 1 <= failed <= 4
    scene.double.world.block_limit = None
    scene.sync()
    assert scene.created == plan["create"]
