"""The token file: private from its first byte, whole at every moment, one writer at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.adapters.spotify.token_file import TokenFile
from syncengine.errors import SignInNeeded, Transient, UserError

ROOT = Path(__file__).parents[3]
SOUND = {"access_token": "a-secret", "expires_at": 1_800_000_000}
WRITER = """
import sys
from pathlib import Path
from syncengine.adapters.spotify.token_file import TokenFile
file = TokenFile(Path(sys.argv[1]))
print("writing", flush=True)
number = 0
while True:
    number += 1
    with file.locked():
        file.write({"access_token": "a" * 5000, "expires_at": number, "again": "a" * 5000})
"""


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "data" / "token.json")


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Let the system take no permission away by itself."""
    before = os.umask(0)
    yield
    os.umask(before)


def write(file: TokenFile, document: dict[str, object]) -> None:
    with file.locked():
        file.write(document)


def test_it_is_private_and_keeps_what_others_put_in_it(file: TokenFile, open_umask: None) -> None:
    write(file, {**SOUND, "theirs": ["kept"]})
    assert file.read() == {**SOUND, "theirs": ["kept"]}
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    assert all(each.stat().st_mode & 0o077 == 0 for each in file.path.parent.iterdir())


def test_what_another_tool_left_open_is_closed_on_sight(file: TokenFile) -> None:
    write(file, SOUND)
    file.path.chmod(0o644)
    file.read()
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_it_is_never_readable_by_others_not_even_while_it_is_written(
    file: TokenFile, open_umask: None
) -> None:
    seen: set[int] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for path in file.path.parent.glob("token.json*"):
                try:
                    seen.add(path.stat().st_mode & 0o077)
                except FileNotFoundError:
                    continue

    write(file, SOUND)
    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(50):
        write(file, SOUND)
    done.set()
    watcher.join()
    assert seen == {0}


def test_a_link_stays_a_link(file: TokenFile, tmp_path: Path) -> None:
    write(file, SOUND)
    link = tmp_path / "link.json"
    link.symlink_to(file.path)
    write(TokenFile(link), {**SOUND, "new": True})
    assert link.is_symlink()
    assert file.read()["new"] is True


def test_without_a_file_nobody_is_signed_in(file: TokenFile) -> None:
    assert file.read() == {}
    assert file.token({}) is None
    assert not file.remove()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"access_token": "a-secret", "expires_at": 18',
        b'["a-secret"]',
        b"\xff\xfe\x00a-secret",
        b'{"access_token": "a-secret"}',
        b'{"access_token": "a-secret", "expires_at": "soon a-secret"}',
        b'{"access_token": ["a-secret"], "expires_at": 1}',
    ],
)
def test_a_damaged_file_is_one_sentence_without_secrets(file: TokenFile, content: bytes) -> None:
    write(file, SOUND)
    file.path.write_bytes(content)
    with pytest.raises(SignInNeeded) as damaged:
        file.token(file.read())
    message = str(damaged.value)
    assert "is damaged" in message
    assert message.endswith("run syncengine auth login")
    assert "a-secret" not in message
    assert damaged.value.__cause__ is None
    assert damaged.value.__suppress_context__ or damaged.value.__context__ is None


def test_a_file_of_spotipys_is_read(file: TokenFile) -> None:
    write(file, {**SOUND, "scope": "b a", "expires_in": 3600, "token_type": "Bearer"})
    token = file.token(file.read())
    assert token is not None
    assert token.scopes == {"a", "b"}
    assert token.refresh_token is None
    assert "a-secret" not in repr(token)


def test_where_it_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "flat").touch()
    file = TokenFile(tmp_path / "flat" / "token.json")
    with pytest.raises(UserError, match="SPOTIFY_TOKEN_FILE"):
        write(file, SOUND)
    folder = TokenFile(tmp_path)
    with pytest.raises(SignInNeeded, match="cannot be read"):
        folder.read()


def test_one_that_keeps_the_lock_is_not_waited_for_for_ever(file: TokenFile) -> None:
    with file.locked(), pytest.raises(Transient, match="another run"), file.locked(wait=0.1):
        pytest.fail("two at once")


def test_a_kill_at_any_moment_leaves_one_whole_file(file: TokenFile) -> None:
    write(file, {**SOUND, "expires_at": 0})
    for attempt in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file.path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 * attempt)
        process.kill()
        process.communicate()
        found = json.loads(file.path.read_bytes())
        assert found == {**SOUND, "expires_at": 0} or found["again"] == "a" * 5000
        for each in file.path.parent.iterdir():
            assert each.stat().st_mode & 0o077 == 0
    write(file, SOUND)  # the lock of the killed is free, and their draft goes
    assert {each.name for each in file.path.parent.iterdir()} <= {"token.json", "token.json.lock"}
