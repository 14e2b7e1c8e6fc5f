"""A fetch that is killed goes on where it was: the same library in the end, no page asked for thrice."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import processes
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_accounts import CLIENT_ID
from tests.fakes.spotify_faults import after
from tests.fakes.spotify_library import fill
from tests.remote_shell import SCOPES

KILLS = int(os.environ.get("SYNCENGINE_TEST_KILLS", "8"))

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SpotifyDouble]:
    with SpotifyDouble("development") as made:
        fill(made.world, tracks=1_500, playlists=12)
        token = tmp_path / "token.json"
        token.write_text(json.dumps(made.accounts.stored_token(SCOPES, pkce=True)))
        token.chmod(0o600)
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SPOTIFY_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("SPOTIFY_TOKEN_FILE", str(token))
        monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "0")
        yield made


def said_by(path: Path) -> dict[str, Any]:
    """Return every playlist's entries and every track's facts, without the times of looking."""
    found: dict[str, Any] = {}
    for words, kind in ((("history", "at", "latest"), "playlists"), (("tracks",), "tracks")):
        code, out, err = processes.finish(processes.start(path, "--json", *words))
        assert code == 0, err
        found[kind] = json.loads(out)[kind]
    for each in found["playlists"]:
        del each["observed_at"]
    for track in found["tracks"]:
        del track["sources"]
    return found


def fetch(path: Path) -> tuple[int, str, str]:
    return processes.finish(processes.start(path, "--json", "fetch"))


def test_a_fetch_that_is_killed_again_and_again_ends_as_one_that_was_not(
    double: SpotifyDouble, tmp_path: Path
) -> None:
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    assert fetch(whole)[0] == 0
    calls = double.log.count("GET /*")
    double.log.clear()
    chance = random.Random(20261121)
    for _ in range(KILLS):
        reached = threading.Event()
        double.faults.add("GET /*", after(reached.set), skip=chance.randrange(3))
        process = processes.start(killed, "--json", "fetch")
        while not reached.is_set() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.03)
        process.kill()
        processes.finish(process)
        double.faults.clear()
        assert processes.is_sound(killed)
        assert processes.snapshots(killed) == [], "nothing is visible before all is here"
    code, _, err = fetch(killed)
    assert code == 0, err
    assert said_by(killed) == said_by(whole)
    assert double.log.count("GET /*") <= calls + KILLS
    double.assert_clean()


def test_two_fetches_at_once_do_not_get_in_each_others_way(
    double: SpotifyDouble, tmp_path: Path
) -> None:
    path = tmp_path / "library.db"
    ended = processes.finish_all(path, ("fetch",), ("fetch",))
    assert {code for code, _, _ in ended} == {0}
    assert len(processes.snapshots(path)) == 1


def test_sigterm_ends_a_fetch_in_good_order(double: SpotifyDouble, tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    reached = threading.Event()
    double.faults.add("GET /playlists/*", after(reached.set), skip=3)
    process = processes.start(path, "fetch")
    assert reached.wait(30)
    process.terminate()
    code, _, err = processes.finish(process)
    assert code == 143
    assert "Traceback" not in err
    assert fetch(path)[0] == 0
