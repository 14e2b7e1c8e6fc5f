"""A day's mix of fetches and lookups, and what it costs beside what it cost before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from syncengine import Library
from tests.fakes.spotify_faults import rate_limited
from tests.fakes.spotify_http import Answer, Make
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

BEFORE = 2 + 5 * 202 + 100
"""What the scripts spent: a fetch of the likes, five syncs of 100 tracks, fifty lookups by name."""
DAY = 24 * 3600


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


def library(remote: RemoteShell) -> Library:
    return Library(remote.shell.url, clock=lambda: remote.shell.now)


def test_the_days_mix_costs_a_twentieth(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(600)
    remote.world.like(*tracks[:200])
    mine = [remote.world.add_playlist(f"P{n}", tracks[n * 100 : n * 100 + 100]) for n in range(5)]
    remote.fetch()  # as exports on disk would have told it
    strangers = remote.world.add_tracks(5)
    remote.sleep(DAY)
    remote.double.log.clear()
    for playlist in mine:
        remote.world.add_to(playlist, tracks[550])
        remote.shell("fetch", "--playlist", playlist.id)
    with library(remote) as asked:
        assert len(asked.liked_songs()) == 200
        for track in [*tracks[:45], *strangers]:
            assert asked.track(track.id, prefer="stored").title == track.name
    spent = remote.calls
    assert spent <= BEFORE * 0.05
    remote.double.assert_clean()


def test_a_stored_fact_answers_at_once_when_spotify_wants_a_pause(remote: RemoteShell) -> None:
    (track,) = remote.world.add_tracks(1)
    remote.world.add_playlist("P", [track])
    remote.fetch()
    waited = []
    for _ in range(5):
        said: list[float] = []

        def refuse(make: Make, said: list[float] = said) -> Answer:
            said.append(time.perf_counter())
            return rate_limited(7200)(make)

        remote.sleep(DAY)  # the pause is over, and the next one begins
        remote.double.faults.add("GET /tracks/*", refuse)
        with library(remote) as asked:
            answer = asked.track(track.id)
            waited.append(time.perf_counter() - said[0])
        assert answer.title == track.name
        assert answer.fallback is not None
    assert median(waited) <= 0.05


def test_lookups_are_in_the_sync_log_and_no_run_of_a_command(remote: RemoteShell) -> None:
    (track,) = remote.world.add_tracks(1)
    remote.world.add_playlist("P", [track])
    remote.fetch()
    with library(remote) as asked:
        asked.track(track.id, prefer="stored")
        asked.track(track.id)
    with remote.database().reading() as unit:
        logged = unit.connection.exec_driver_sql(
            "SELECT step, subject, outcome FROM sync_log JOIN runs ON runs.id = run_id"
            " WHERE command = 'lookups'"
        ).all()
    assert {("lookup", "stored", "1"), ("lookup", "api", "1"), ("lookup", "calls", "1")} <= {
        tuple(row) for row in logged
    }
    assert [tuple(row) for row in logged if row.step == "call"] == [
        ("call", "GET /tracks/{id}", "1")
    ]
    runs = remote.shell.json("status")["runs"]
    assert {run["command"] for run in runs} == {"fetch"}
