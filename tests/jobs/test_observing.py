"""What a service said before and cannot see now still holds; popularity is only what was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.spotify_library import fill
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

DAY = 24 * 3600


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


def facts(remote: RemoteShell) -> dict[str, dict[str, object]]:
    told = remote.shell.json("tracks", "--limit", "1000")["tracks"]
    return {
        each["uri"]: {name: each[name] for name in ("label", "features", "genres", "isrc")}
        for each in told
    }


def test_an_app_that_may_see_less_from_now_on_loses_nothing(remote: RemoteShell) -> None:
    remote.double.mode = "extended"
    fill(remote.world, tracks=80, playlists=3)
    remote.fetch()
    before = facts(remote)
    assert any(each["features"] for each in before.values())
    assert any(each["isrc"] for each in before.values())
    remote.double.mode = "development"
    remote.sleep(DAY)
    remote.fetch("--full")
    assert facts(remote) == before
    assert remote.shell.json("history", "diff", "1", "latest")["tracks"] == []


def test_what_did_not_change_does_not_bring_old_popularity_back(
    remote: RemoteShell, tmp_path: Path
) -> None:
    remote.double.mode = "extended"
    (track,) = remote.world.add_tracks(1)
    track.popularity = 40
    remote.world.add_playlist("P", [track])
    remote.fetch()
    remote.sleep(DAY)
    file = tmp_path / "P.csv"
    file.write_text(
        "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,"
        f"Added By,Added At\n{track.uri},{track.name},A,B,2020,{track.duration_ms},55,false,,\n"
    )
    remote.shell("import-csv", file, "--taken-at", "2027-01-16T12:00:00Z")
    remote.sleep(DAY)
    remote.fetch()
    assert remote.shell.json("tracks")["tracks"][0]["popularity"] == 55
    track.popularity = 60
    remote.sleep(DAY)
    remote.fetch("--full")
    assert remote.shell.json("tracks")["tracks"][0]["popularity"] == 60


def test_an_older_export_does_not_overrule_what_a_fetch_confirmed(
    remote: RemoteShell, tmp_path: Path
) -> None:
    tracks = remote.world.add_tracks(3)
    playlist = remote.world.add_playlist("P", tracks)
    remote.fetch()
    remote.sleep(10 * DAY)
    remote.fetch()
    file = tmp_path / f"P [{playlist.id}].csv"
    file.write_text(
        "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,"
        f"Added By,Added At\n{tracks[0].uri},{tracks[0].name},A,B,2020,1000,55,false,,\n"
    )
    remote.shell("import-csv", file, "--taken-at", "2027-01-18T12:00:00Z")
    assert len(remote.entries("P")) == 3
    assert len(remote.shell.entries("P", "2027-01-19")) == 1


def test_freshness_is_that_of_the_last_look(remote: RemoteShell) -> None:
    remote.world.add_playlist("P", remote.world.add_tracks(3))
    remote.fetch()
    remote.sleep(3 * DAY)
    remote.fetch()
    (source,) = remote.shell.json("status")["sources"]
    assert source["source"] == "api"
    assert source["recorded_at"].startswith("2027-01-18")
