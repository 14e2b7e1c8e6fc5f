"""What ``status`` tells of fetches: the pause, the budget, what waits, what is suspect."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.moment import Instant, to_iso
from tests import schemas
from tests.fakes.spotify_faults import rate_limited, server_error
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


def test_a_fetch_that_was_interrupted_is_shown_with_its_pause(remote: RemoteShell) -> None:
    remote.world.add_playlist("Long", remote.world.add_tracks(200))
    remote.double.faults.add("GET /playlists/*", rate_limited(HOUR), times=1, skip=2)
    remote.fetch(code=6)
    at, until = to_iso(remote.shell.now), to_iso(Instant(remote.shell.now + HOUR))
    found = schemas.check("status", remote.shell.json("status"))
    assert (found["paused_until"], found["open_fetch"]) == (until, {"pages": 3, "since": at})
    assert found["budget"] == {"used": 4, "limit": 600}
    out = remote.shell("status").out
    assert f"pause        no call to Spotify before {until}: {found['pause_reason']}\n" in out
    assert "budget       4 of 600 calls to Spotify in the last 24 hours\n" in out
    assert (
        "fetch        not finished: 3 pages are kept, and the next fetch goes on from there\n"
        in out
    )
    assert "empty as yet" in out
    assert "import-csv" not in out.splitlines()[0]
    remote.sleep(HOUR)
    remote.fetch()
    found = schemas.check("status", remote.shell.json("status"))
    assert (found["paused_until"], found["pause_reason"], found["open_fetch"]) == (None, None, None)
    out = remote.shell("status").out
    assert not any(word in out for word in ("pause  ", "not finished", "empty"))


def test_without_a_limit_the_calls_are_counted(
    remote: RemoteShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "0")
    remote.fetch()
    assert "calls to Spotify in the last 24 hours, without a limit" in remote.shell("status").out


def test_features_that_are_kept_are_no_fetch_that_waits(remote: RemoteShell) -> None:
    remote.double.mode = "extended"
    mine = remote.world.add_playlist("Mine", remote.world.add_tracks(3))
    remote.fetch("--playlist", mine.id)
    assert remote.shell.json("status")["open_fetch"] is None


@pytest.mark.parametrize("command", ["status", "playlists", "history list"])
def test_an_empty_library_names_both_ways_to_fill_it(shell: Shell, command: str) -> None:
    out = shell(*command.split()).out
    assert "syncengine import-csv FOLDER" in out
    assert "syncengine fetch" in out


def test_a_playlist_is_suspect_once(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(100)
    playlist = remote.world.add_playlist("P", tracks)
    remote.fetch()
    for left, later in ((10, DAY), (11, HOUR // 3)):
        remote.sleep(later)
        remote.world.replace_items(playlist, tracks[:left])
        remote.fetch(code=8)
    found = remote.shell.json("status")["suspect"]
    assert [each["playlist"] for each in found] == ["P"]
    assert found[0]["taken_at"] == to_iso(remote.shell.now)
    assert remote.shell("status").out.count("suspect  ") == 1


def test_verbose_logs_each_call_without_ids_and_tokens(remote: RemoteShell) -> None:
    playlist = remote.world.add_playlist("P", remote.world.add_tracks(3))
    remote.double.faults.plan("GET /me/tracks", [server_error(503)])
    err = remote.shell("-v", "fetch").err
    told = re.findall(r"^INFO (syncengine\S*): (GET \S+): (.+), \d+ ms$", err, re.MULTILINE)
    assert [(endpoint, status) for _, endpoint, status in told] == [
        ("GET /me/playlists", "200"),
        ("GET /playlists/{id}/items", "200"),
        ("GET /me/tracks", "503"),
        ("GET /me/tracks", "200"),
        ("GET /audio-features", "403"),
    ]
    assert playlist.id not in err
    token = json.loads(remote.token_file.read_text())["access_token"]
    assert token not in err
    remote.sleep(DAY)
    assert " ms" not in remote.shell("fetch").err


class Screen(io.StringIO):
    """A terminal that keeps what was written."""

    def isatty(self) -> bool:
        return True


def test_a_pause_that_is_waited_for_is_shown(
    remote: RemoteShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.double.faults.add("GET /me/playlists", rate_limited(1))
    screen = Screen()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    remote.shell("fetch")
    assert "Spotify asked for a pause of 1 s" in screen.getvalue()
    assert "calls left today" in screen.getvalue()
