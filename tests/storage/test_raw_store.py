"""The raw store keeps what was imported, byte for byte, as long as the settings say."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from syncengine.core.moment import Instant
from syncengine.storage.raw_store import RawStore
from tests.builders import DAY
from tests.shell import FIRST, FIRST_AT, SECOND, SECOND_AT, Shell


def test_bytes_come_back_as_they_were(tmp_path: Path) -> None:
    store, content = RawStore(tmp_path / "raw"), bytes(range(256)) * 100
    digest = hashlib.sha256(content).digest()
    assert store.read(digest) is None
    for _ in range(2):
        store.keep(digest, content)
    assert store.read(digest) == content
    store.discard([digest])
    assert store.read(digest) is None


def test_every_imported_file_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path / "library.db", capsys)
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    store = RawStore(tmp_path / "library.raw")
    for path in FIRST.rglob("*.csv"):
        content = path.read_bytes()
        assert store.read(hashlib.sha256(content).digest()) == content


def test_old_files_go_when_the_settings_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCENGINE_KEEP_CSV_DAYS", "30")
    shell = Shell(tmp_path / "library.db", capsys)
    shell("import-csv", FIRST, "--taken-at", FIRST_AT)
    kept = {path.name for path in (tmp_path / "library.raw").rglob("*.gz")}
    shell.now = Instant(shell.now + 31 * DAY)
    shell("import-csv", SECOND, "--taken-at", SECOND_AT)
    left = {path.name for path in (tmp_path / "library.raw").rglob("*.gz")}
    assert left
    assert left.isdisjoint(kept)
