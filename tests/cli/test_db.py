"""``db``, and databases that are damaged, newer, unreachable or in use."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syncengine.cli.app import run
from syncengine.storage.lock import lock_path, writer_lock
from syncengine.storage.migrate import HEAD
from tests import made_exports as made
from tests.builders import NOW, track
from tests.made_exports import songs
from tests.shell import FIRST, FIRST_AT, Shell

READS = (["status"], ["history", "list"], ["playlists"], ["tracks"])
WRITES = (["import-csv", str(FIRST)], ["history", "drop", "1", "--yes"], ["db", "upgrade"])


def test_check_of_nothing(shell: Shell) -> None:
    assert "there is no database" in shell.error("db", "check")
    assert not shell.path.exists()


def test_upgrade_makes_a_database_and_then_has_nothing_to_do(shell: Shell) -> None:
    found = shell.json("db", "upgrade")
    assert (found["kind"], found["upgraded"], found["schema"]) == ("upgrade", True, HEAD)
    assert shell.json("db", "upgrade")["upgraded"] is False
    assert shell("db", "upgrade").out == f"the database is at schema {HEAD} already\n"
    assert shell.path.stat().st_mode & 0o777 == 0o600


def test_check_says_what_is_wrong(shell: Shell) -> None:
    shell.import_sample()
    found = shell.json("db", "check")
    assert (found["kind"], found["sound"], found["findings"]) == ("check", True, [])
    with sqlite3.connect(shell.path) as connection:
        connection.execute("DELETE FROM tracks WHERE id = (SELECT min(track_id) FROM entries)")
    found = shell.json("db", "check", code=1)
    assert found["sound"] is False
    assert "points at a missing row of tracks" in found["findings"][0]
    assert "missing row" in shell("db", "check", code=1).out


def test_backup_is_a_whole_copy_and_never_writes_over_a_file(shell: Shell, tmp_path: Path) -> None:
    shell.import_sample()
    target = tmp_path / "backups" / "copy.db"
    found = shell.json("db", "backup", target)
    assert (found["kind"], found["path"]) == ("backup", str(target))
    copy = Shell(target, shell._capsys)
    assert copy.library() == shell.library()
    assert copy.json("history", "list") == shell.json("history", "list")
    assert "exists already" in shell.error("db", "backup", target)
    assert "library.backup-20270115T080000Z.db" in shell("db", "backup").out
    assert not list(tmp_path.rglob("*.partial"))


def test_backup_of_nothing(shell: Shell) -> None:
    assert "there is no database" in shell.error("db", "backup")
    assert not shell.path.exists()


# Databases that are not as they should be


@pytest.mark.parametrize(
    "line", [*READS, *WRITES], ids=lambda line: line[0] + line[1][:8] if len(line) > 1 else line[0]
)
def test_a_file_that_is_no_database(shell: Shell, line: list[str]) -> None:
    content = b"this is no database at all, " * 400
    shell.path.write_bytes(content)
    assert "no database" in shell.error(*line)
    assert shell.path.read_bytes() == content


def test_a_database_with_torn_pages(shell: Shell) -> None:
    shell.import_sample()
    with sqlite3.connect(shell.path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = shell.path.stat().st_size
    with shell.path.open("r+b") as file:
        file.seek(size // 4)
        file.write(b"\xa5" * (size // 2))
    code = 1
    said = shell("db", "check", code=code)
    assert "damaged" in said.err or "integrity check" in said.out
    for line in (["history", "at", "latest"], ["tracks"], ["import-csv", str(FIRST)]):
        assert "damaged" in shell.error(*line)


@pytest.mark.parametrize("line", [*READS, *WRITES], ids=lambda line: " ".join(line)[:12])
def test_a_newer_schema(shell: Shell, line: list[str]) -> None:
    shell("db", "upgrade")
    with sqlite3.connect(shell.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    message = shell.error(*line)
    assert "9999" in message
    assert "newer version" in message


@pytest.mark.parametrize("line", [*READS, *WRITES], ids=lambda line: " ".join(line)[:12])
def test_a_place_that_cannot_be(shell: Shell, tmp_path: Path, line: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = Shell(tmp_path / "file" / "library.db", shell._capsys)
    assert "cannot be" in blocked.error(*line)
    folder = Shell(tmp_path / "folder", shell._capsys)
    folder.path.mkdir()
    assert "cannot be" in folder.error(*line)
    assert list(folder.path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("line", [*READS, *WRITES], ids=lambda line: " ".join(line)[:12])
def test_a_folder_that_may_not_be_written(shell: Shell, tmp_path: Path, line: list[str]) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert "cannot be" in Shell(closed / "library.db", shell._capsys).error(*line)


@pytest.mark.parametrize("url", ["nonsense", "sqlite", "nosuch://x/y", "postgresql://me@db/music"])
def test_an_address_that_is_none(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["status"], ["import-csv", str(FIRST)], ["db", "check"]):
        assert run(["--db", url, *command]) == 2
        err = capsys.readouterr().err
        assert err.startswith("error: ")
        assert "database URL" in err


def test_a_missing_folder_is_made(shell: Shell, tmp_path: Path) -> None:
    deep = Shell(tmp_path / "a" / "b" / "library.db", shell._capsys)
    deep("import-csv", made.write(tmp_path / "Mix.csv", songs(1)))
    assert deep.entries("Mix") == [track(1)]


# The lock


@contextmanager
def held(shell: Shell, tmp_path: Path) -> Iterator[None]:
    path = lock_path(shell.url, data_dir=tmp_path)
    with writer_lock(path, wait=0, clock=lambda: NOW, command="import-csv"):
        yield


@pytest.mark.parametrize(
    "line",
    [*WRITES, ["playlists", "join", "A", "B"], ["playlists", "split", "A"]],
    ids=lambda line: " ".join(line)[:14],
)
def test_a_writer_that_finds_the_lock_held_ends_with_7(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: list[str]
) -> None:
    monkeypatch.setattr("syncengine.bootstrap.LOCK_SECONDS", 0.0)
    with held(shell, tmp_path):
        message = shell.error(*line, code=7)
    assert f"process {os.getpid()} (import-csv) since 2027-01-15T08:00:00Z" in message
    assert not shell.path.exists()


def test_readers_and_dry_runs_do_not_wait(shell: Shell, tmp_path: Path) -> None:
    shell.import_sample()
    with held(shell, tmp_path):
        for line in READS:
            shell(*line)
        shell("export", tmp_path / "out")
        shell("reconcile", "--dry-run")
        shell("import-csv", FIRST, "--dry-run", "--taken-at", FIRST_AT)


def test_a_lock_leaves_no_holder_behind(shell: Shell, tmp_path: Path) -> None:
    shell.import_sample()
    assert not list(tmp_path.glob("*.json"))
