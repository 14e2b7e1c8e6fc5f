"""A shell that is signed in to a double of Spotify, both on one clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.moment import Instant
from syncengine.storage.unit_of_work import Database
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_accounts import CLIENT_ID
from tests.fakes.spotify_http import Mode
from tests.shell import Shell

SCOPES = "user-library-read playlist-read-private playlist-read-collaborative"
WRITE_SCOPES = "playlist-modify-private playlist-modify-public"


class RemoteShell:
    """Runs commands against one database and one double; ``sleep`` lets time pass for both."""

    def __init__(self, shell: Shell, double: SpotifyDouble, token_file: Path) -> None:
        self.shell = shell
        self.double = double
        self.world = double.world
        self.token_file = token_file
        self.sign_in()

    def sign_in(self, *, write: bool = False) -> None:
        """Put a sign-in in place, as ``auth login`` would, and ``auth login --write``."""
        scopes = f"{SCOPES} {WRITE_SCOPES}" if write else SCOPES
        self.token_file.write_text(json.dumps(self.double.accounts.stored_token(scopes, pkce=True)))
        self.token_file.chmod(0o600)

    def sleep(self, seconds: int) -> None:
        """Let time pass."""
        self.shell.now = Instant(self.shell.now + seconds)

    def fetch(self, *arguments: object, code: int = 0) -> dict[str, Any]:
        """Fetch, and return what was said; the double must have been asked properly."""
        self.double.log.clear()
        found = self.shell.json("fetch", *arguments, code=code)
        self.double.assert_clean()
        return found

    def statuses(self, said: dict[str, Any]) -> dict[str, str]:
        """Return each list's status by name."""
        return {each["playlist"]: each["status"] for each in said["playlists"]}

    @property
    def calls(self) -> int:
        """How often the Web API was called since the last fetch began."""
        return self.double.log.count() - self.double.log.count("* /api/token")

    def entries(self, playlist: str) -> list[str]:
        """Return the URIs that stand in a playlist now."""
        return self.shell.entries(playlist)

    def database(self) -> Database:
        """Open the database."""
        return Database(self.shell.url, lambda: self.shell.now)


def remote_shell(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode = "development"
) -> Iterator[RemoteShell]:
    """Serve a double, and lead the settings to it."""
    clock = lambda: datetime.fromtimestamp(shell.now, UTC)  # noqa: E731 - one line of a fixture
    with SpotifyDouble(mode, clock=clock) as double:
        token_file = tmp_path / "token.json"
        for name, value in double.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SPOTIFY_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("SPOTIFY_TOKEN_FILE", str(token_file))
        yield RemoteShell(shell, double, token_file)
