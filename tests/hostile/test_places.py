"""What a folder may hold beside files, and places that cannot be read or written."""

from __future__ import annotations

import logging
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.adapters.exports import Exports
from syncengine.core.ports import ExportFile, Quarantined
from syncengine.errors import MalformedExport
from tests.hostile.attempt import import_beside, refusals
from tests.made_exports import songs, write
from tests.shell import Shell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


def only(path: Path) -> ExportFile:
    [file] = Exports().find([path])
    assert not isinstance(file, Quarantined)
    return file


def test_what_is_no_file_is_named_and_not_waited_for(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    os.mkfifo(folder / "pipe.csv")
    os.mkfifo(folder / "pipe.zip")
    (folder / "endless.csv").symlink_to("/dev/zero")
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "nowhere.csv").symlink_to("nowhere")
    (folder / "here").symlink_to(".")
    (folder / "root").symlink_to("/")
    (folder / "up").symlink_to("..")
    (folder / "folder.csv").mkdir()
    (folder / "folder.zip").mkdir()
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as wire:
        os.chdir(folder)
        wire.bind("socket.csv")
    told = refusals(import_beside(shell, folder))
    no_file = "is no regular file but a pipe, socket or device; copy what it gives into a file"
    assert told == {
        "endless.csv": no_file,
        "pipe.csv": no_file,
        "pipe.zip": no_file,
        "socket.csv": no_file,
        "loop.csv": "cannot be read: it is a link that leads back to itself; replace it by the file",
        "nowhere.csv": "cannot be read: it is not there any more, or is a link that leads nowhere",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_files_of_the_kernel_that_have_no_size_are_not_believed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("/proc/self/status")
    with pytest.raises(MalformedExport, match="changed while it was read"):
        only(tmp_path).read()


@pytest.mark.parametrize("how", ["grow", "shrink", "pipe", "touch"])
def test_a_file_that_is_not_what_was_found_is_malformed(tmp_path: Path, how: str) -> None:
    path = write(tmp_path / "a.csv", songs(1))
    file = only(path)
    match how:
        case "grow" | "shrink":
            path.write_bytes(path.read_bytes() * 2 if how == "grow" else b"")
        case "pipe":
            path.unlink()
            os.mkfifo(path)
        case _:
            path.touch()
    with pytest.raises(MalformedExport, match=r"changed while|no regular file"):
        file.read()


def test_a_file_that_grows_while_it_is_read_is_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv", songs(1))
    file, fstat = only(path), os.fstat

    def growing(descriptor: int) -> os.stat_result:
        found = fstat(descriptor)
        with path.open("ab") as stream:
            stream.write(b"more\n")
        return found

    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(MalformedExport, match="changed while it was read"):
        file.read()


def test_folders_nested_deeper_than_the_stack(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "made" / "Deep.csv", songs(5, 6))
    depth = 1500
    os.chdir(folder)
    for _ in range(depth):
        os.mkdir("d")  # noqa: PTH102 - relative to where we are: the whole path would be too long
        os.chdir("d")
    shutil.copy2(folder / "made" / "Deep.csv", "Bottom.csv")
    for _ in range(1000):
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    os.chdir(tmp_path)
    try:
        found = import_beside(shell, folder)
        assert found["d/" * depth + "Bottom.csv"]["imported"] == 2
        [(path, reason)] = refusals(found).items()
        assert "longer than the system takes; import the inner folder by itself" in reason
        assert len(path) < 200
    finally:
        subprocess.run(["rm", "-rf", folder / "d"], check=True)


def test_many_other_files_cost_little_time(tmp_path: Path) -> None:
    for number in range(20_000):
        os.close(os.open(tmp_path / f"{number}.txt", os.O_CREAT | os.O_WRONLY))
    write(tmp_path / "Good.csv", songs(1))
    began = time.perf_counter()
    assert [each.path for each in Exports().find([tmp_path])] == ["Good.csv"]
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("what", ["Secret.csv", "secret", "Secret.zip"])
def test_what_may_not_be_read_is_named(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Root may read everything, so the refusal is the system's calls', as it is for others."""
    folder = tmp_path / "in"
    write(folder / "secret" / "Inner.csv", songs(4))
    write(folder / "Secret.csv", songs(5))
    shutil.copy2(folder / "Secret.csv", folder / "Secret.zip")
    if what != "Secret.zip":
        (folder / "Secret.zip").unlink()
    scan, access = os.scandir, os.access

    def scandir(path: Path) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == what:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path).name != what and access(path, mode)
    )
    told = refusals(import_beside(shell, folder))
    assert told[what] == (
        "cannot be read: permission denied; allow yourself to read it, or leave it out"
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of two megabytes; needs root, as in a container."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount")
    if done.returncode:
        pytest.skip("nothing may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_leaves_the_library_as_it_was(
    shell: Shell, small_disk: Path, tmp_path: Path
) -> None:
    """A real ENOSPC, in the database or in the raw store."""
    shell.path = small_disk / "l.db"
    shell("import-csv", write(tmp_path / "in" / "Good.csv", songs(*range(10))))
    before = shell.library()
    message = shell.error("import-csv", write(tmp_path / "in" / "Big.csv", songs(*range(9_000))))
    assert "disk is full" in message or "make room" in message
    assert shell.library() == before
    shell("db", "check")


def test_a_library_in_a_place_that_is_read_only_can_be_read(
    shell: Shell, small_disk: Path, tmp_path: Path
) -> None:
    shell.path = small_disk / "l.db"
    good = write(tmp_path / "Good.csv", songs(1, 2))
    shell("import-csv", good)
    answers = [("--json", "history", "at", "latest"), ("playlists",), ("db", "check")]
    before = [shell(*each) for each in answers]
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert [shell(*each) for each in answers] == before
    assert shell.error("import-csv", good) == (
        f"the library's folder {small_disk} cannot be written to (Read-only file system): "
        "allow it, or name another place with --db or SYNCENGINE_DATABASE_URL"
    )


def test_a_copy_that_cannot_be_kept_stops_the_import(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "Good.csv", songs(1, 2))
    (tmp_path / "library.raw").write_bytes(b"")
    message = shell.error("import-csv", tmp_path / "Good.csv")
    assert message.startswith(f"the copies of your exports cannot be kept in {tmp_path}")
    assert message.endswith("then import again")
    assert ".partial" not in message


def test_what_a_killed_run_left_in_the_raw_store_goes(shell: Shell, tmp_path: Path) -> None:
    store = tmp_path / "library.raw"
    store.mkdir()
    (store / ".ab.gz.4711.partial").write_bytes(b"half")
    shell("import-csv", write(tmp_path / "Good.csv", songs(1, 2)))
    assert [each.name for each in store.rglob("*") if each.is_file()] == [
        each.name for each in store.rglob("*.gz")
    ]


def test_export_does_not_wait_for_a_pipe(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", write(tmp_path / "liked.csv", songs(1, 2)))
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / "Liked_Songs.csv")
    assert "is there already" in shell.error("export", tmp_path / "out")


def test_a_database_that_is_none_says_where_it_was_named(shell: Shell) -> None:
    said = shell.any("--db", "bogus", "status")
    assert "--db must be a database URL; for a file write sqlite:///PATH" in said.err
    assert "SYNCENGINE_DATABASE_URL" not in said.err


def test_reading_a_growing_file_is_bounded_in_memory(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("/dev/zero")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [found] = Exports().find([tmp_path])
    assert isinstance(found, Quarantined)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_what_goes_wrong_while_a_connection_closes_is_no_traceback(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell("import-csv", write(tmp_path / "Good.csv", songs(1)))
    for option, is_told in (("--quiet", False), ("--verbose", True), ("--no-progress", False)):
        shell(option, "status")
        logging.getLogger("sqlalchemy.pool.impl.NullPool").error("Exception closing connection")
        assert bool(capsys.readouterr().err) == is_told
