"""The writer lock, with real processes: it excludes, it names its holder, it outlives nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from syncengine.core.moment import Instant
from syncengine.errors import Locked
from syncengine.storage.lock import lock_path, read_holder, writer_lock

ROOT = Path(__file__).parents[2]
SINCE = Instant(1_768_327_200)  # 2026-01-13T18:00:00Z

HOLD = """
import sys, time
from pathlib import Path
from syncengine.storage.lock import writer_lock
path, seconds = Path(sys.argv[1]), float(sys.argv[2])
with writer_lock(path, wait=0, clock=lambda: 1768327200, command="import-csv"):
    print("held", flush=True)
    time.sleep(seconds)
"""
COUNT = """
import sys, time
from pathlib import Path
from syncengine.storage.lock import writer_lock
path, counter = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(5):
    with writer_lock(path, wait=60, clock=lambda: 0):
        number = int(counter.read_text())
        time.sleep(0.005)
        counter.write_text(str(number + 1))
"""


def clock() -> Instant:
    return SINCE


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "library.db.lock"


def held_by_another(path: Path, seconds: float) -> subprocess.Popen[str]:
    process = start(HOLD, path, seconds)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_lock_is_held_and_given_back(path: Path) -> None:
    for _ in range(2):
        with writer_lock(path, wait=0, clock=clock, command="demo") as holder:
            assert (holder.pid, holder.since, holder.command) == (os.getpid(), SINCE, "demo")
            assert read_holder(path) == holder
        assert read_holder(path) is None


def test_the_lock_is_given_back_after_an_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(path, wait=0, clock=clock):
        raise ZeroDivisionError
    with writer_lock(path, wait=0, clock=clock):
        pass


def test_contention_names_the_holder(path: Path) -> None:
    with held_by_another(path, 60) as other:
        with pytest.raises(Locked) as caught, writer_lock(path, wait=0, clock=clock):
            pytest.fail("two writers at once")
        other.kill()
    assert str(caught.value) == (
        f"another run holds the lock: process {other.pid} (import-csv) since 2026-01-13T18:00:00Z"
    )


def test_one_waits_and_then_gets_it(path: Path) -> None:
    with held_by_another(path, 0.3) as other:
        began = time.perf_counter()
        with writer_lock(path, wait=30, clock=clock) as holder:
            assert read_holder(path) == holder
        assert time.perf_counter() - began > 0.1
        assert other.wait() == 0


def test_one_waits_no_longer_than_told(path: Path) -> None:
    with held_by_another(path, 60) as other:
        with pytest.raises(Locked, match=r"waited 0\.2 s"):
            writer_lock(path, wait=0.2, clock=clock).__enter__()
        other.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_dead_holders_lock_is_free(path: Path) -> None:
    with held_by_another(path, 60) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    left = read_holder(path)
    assert left is not None
    assert left.pid == other.pid
    with writer_lock(path, wait=0, clock=clock) as holder:
        assert read_holder(path) == holder
    assert sorted(each.name for each in path.parent.iterdir()) == ["library.db.lock"]


def test_a_second_hold_in_one_process_is_refused(path: Path) -> None:
    with (
        writer_lock(path, wait=0, clock=clock),
        pytest.raises(Locked, match=f"process {os.getpid()}"),
        writer_lock(path, wait=0, clock=clock),
    ):
        pytest.fail("two writers at once")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"pid": "x"}', b"\xff"])
def test_a_spoilt_sidecar_only_costs_the_name(path: Path, content: bytes) -> None:
    with held_by_another(path, 60) as other:
        path.with_name("library.db.lock.json").write_bytes(content)
        with pytest.raises(Locked, match="another run holds the lock"):
            writer_lock(path, wait=0, clock=clock).__enter__()
        other.kill()


def test_many_processes_take_turns(path: Path, tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")

    def count(_: int) -> int:
        with start(COUNT, path, counter) as process:
            return process.wait()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(count, range(4))) == {0}
    assert counter.read_text() == "20"


def test_of_two_started_at_once_one_is_told(path: Path) -> None:
    both = [start(HOLD, path, 3), start(HOLD, path, 3)]
    outcomes = sorted(process.wait() for process in both)
    for process in both:
        process.communicate()
    assert outcomes == [0, 1]


def test_the_lock_lies_beside_a_sqlite_file_whatever_its_name(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    expected = real.resolve() / "library.db.lock"
    for url in (
        f"sqlite:///{real.as_posix()}/library.db",
        f"sqlite+pysqlite:///{real.as_posix()}/library.db?timeout=3",
        f"sqlite:///{(tmp_path / 'link').as_posix()}/library.db",
        f"sqlite:///file:{real.as_posix()}/library.db?mode=rw&uri=true",
    ):
        assert lock_path(url, data_dir=tmp_path / "data") == expected
    relative = lock_path("sqlite:///library.db", data_dir=tmp_path)
    assert relative == Path.cwd().resolve() / "library.db.lock"


def test_other_databases_have_theirs_in_the_data_directory(tmp_path: Path) -> None:
    def place(url: str) -> Path:
        return lock_path(url, data_dir=tmp_path)

    one = place("postgresql://me:secret@db:5432/music")
    assert one.parent == tmp_path
    assert one.suffix == ".lock"
    assert one == place("postgresql+psycopg://you:other@db:5432/music?sslmode=require")
    assert one != place("postgresql://me:secret@db:5432/other")
    assert one != place("mysql://me:secret@db:5432/music")
