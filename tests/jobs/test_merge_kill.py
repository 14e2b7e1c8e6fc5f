"""A merge that is killed again and again ends as one playlist, each recording in it once, in order."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import processes
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_accounts import CLIENT_ID
from tests.forked import Forge, forge
from tests.remote_shell import SCOPES, WRITE_SCOPES

KILLS = int(os.environ.get("SYNCENGINE_TEST_KILLS", "8"))
TRACKS = 560
_STEPS = 32
"""Commits, counted before and after, of about this many a run that is not killed makes."""
WORDS = ("merge", "A", "B", "--name", "Master {date}", "--order", "given", "--yes")

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SpotifyDouble]:
    with SpotifyDouble("development") as made:
        songs = made.world.add_tracks(TRACKS)
        made.world.add_playlist("A", songs[:350])
        made.world.add_playlist("B", songs[220:])
        token = tmp_path / "token.json"
        scopes = f"{SCOPES} {WRITE_SCOPES}"
        token.write_text(json.dumps(made.accounts.stored_token(scopes, pkce=True)))
        token.chmod(0o600)
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SPOTIFY_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("SPOTIFY_TOKEN_FILE", str(token))
        monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "0")
        yield made


@pytest.fixture
def forked(tmp_path: Path) -> Iterator[Forge]:
    with forge(tmp_path / "runs") as made:
        yield made


@pytest.mark.parametrize("forget", [False, True], ids=["remembering", "database lost"])
def test_a_merge_that_is_killed_ends_as_one_that_was_not(
    double: SpotifyDouble, forked: Forge, tmp_path: Path, forget: bool
) -> None:
    path = tmp_path / "library.db"
    forked.run(path, "fetch")
    whole = path.read_bytes() if forget else b""
    count = len(double.world.me.playlists)
    chance = random.Random(20261122)
    killed = 0
    for _ in range(KILLS if not forget else max(2, KILLS // 4)):
        run = forked.start(path, *WORDS, kill_at=chance.randrange(1, _STEPS))
        killed += run.finish()[0] == -signal.SIGKILL
        if forget:
            for each in tmp_path.glob("library.db*"):
                each.unlink()
            path.write_bytes(whole)
        else:
            assert processes.is_sound(path)
    assert killed
    assert forked.json(path, *WORDS)["made"][0]["entries"] == TRACKS
    made, *others = double.world.me.playlists[: len(double.world.me.playlists) - count]
    assert others == []
    assert [each.item for each in made.entries] == [*double.world.tracks.values()]
    double.assert_clean()


def test_ctrl_c_and_sigterm_end_it_in_good_order_and_it_goes_on(
    double: SpotifyDouble, forked: Forge, tmp_path: Path
) -> None:
    path = tmp_path / "library.db"
    forked.run(path, "fetch")
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        before = double.log.count("POST /playlists/*")
        run = forked.start(path, *WORDS)
        while double.log.count("POST /playlists/*") < before + 2 and not run.is_over:
            time.sleep(0.002)
        run.send(number)
        ended, _, err = run.finish()
        assert ended == code, err
        assert "Traceback" not in err
    forked.run(path, *WORDS)
    (made,) = double.world.me.playlists[:-2]
    assert [each.item for each in made.entries] == [*double.world.tracks.values()]
