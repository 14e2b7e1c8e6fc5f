"""``history diff FROM live``: what changed until now, what it costs, and that nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import schemas
from tests.fakes.spotify_faults import rate_limited, shortened
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

DAY = 24 * 3600


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    for made in remote_shell(shell, tmp_path, monkeypatch):
        songs = made.world.add_tracks(130)
        made.world.add_playlist("Road Trip", songs[:120])
        made.world.add_playlist("Gone soon", songs[:5])
        made.world.add_playlist("A friend's", songs, owner="tibor")
        made.world.like(*songs[:60])
        made.shell("import-csv", _export(tmp_path), "--taken-at", "2026-01-04")
        made.fetch()
        made.sleep(DAY)
        made.double.log.clear()
        yield made


def _export(folder: Path) -> Path:
    path = folder / "Old_List.csv"
    path.write_text(
        "Track URI,Track Name,Artist Name(s),Added At\n"
        f"spotify:track:{1:022d},A song,Somebody,2025-01-01T00:00:00Z\n"
    )
    return path


def live(remote: RemoteShell, *words: object, code: int = 0) -> dict[str, Any]:
    remote.double.log.clear()
    found = remote.shell.json("history", "diff", *(words or ("latest", "live")), code=code)
    remote.double.assert_clean()
    return found


def state(remote: RemoteShell) -> list[object]:
    shell = remote.shell
    return [shell.json("history", "list"), shell.library(), shell.json("playlists")]


def change(remote: RemoteShell) -> None:
    trip, gone = remote.world.me.playlists[:2]
    songs = list(remote.world.tracks.values())
    remote.world.take_out(trip, 3)
    remote.world.add_to(trip, songs[125])
    remote.world.like(songs[100])
    remote.world.delete_playlist(gone)


def test_it_says_what_changed_and_stores_nothing(remote: RemoteShell) -> None:
    before = state(remote)
    change(remote)
    said = schemas.check("diff", live(remote))
    assert {each["playlist"]: each["status"] for each in said["playlists"]} == {
        "Gone soon": "removed",
        "Liked Songs": "changed",
        "Road Trip": "changed",
    }
    trip = next(each for each in said["playlists"] if each["playlist"] == "Road Trip")
    assert (len(trip["added"]), len(trip["removed"])) == (1, 1)
    assert said["to"]["snapshot"] is None
    assert said["to"]["live"]
    assert said["calls"] == remote.calls <= 8
    assert state(remote) == before


def test_what_spotify_does_not_show_is_not_observable_and_never_removed(
    remote: RemoteShell,
) -> None:
    said = live(remote, "2026-01-05", "--to", "live")
    assert "Old List" in {each["playlist"] for each in said["not_observable"]}
    assert all(each["status"] != "removed" for each in said["playlists"])
    text = remote.shell("history", "diff", "latest", "live").out
    assert "only exports showed it" in text
    assert "no snapshot was stored" in text


def test_a_fetch_afterwards_says_the_same_and_reads_no_page_again(remote: RemoteShell) -> None:
    change(remote)
    said = live(remote)
    assert remote.double.log.count("GET /playlists/{playlist_id}/items") == 3
    remote.fetch()
    assert remote.double.log.count("GET /playlists/{playlist_id}/items") == 0
    stored = remote.shell.json("history", "diff", said["from"]["taken_at"], "latest")
    assert stored["playlists"] == said["playlists"]


def test_two_looks_within_the_hour_are_two_looks(remote: RemoteShell) -> None:
    assert live(remote)["playlists"] == []
    change(remote)
    assert len(live(remote)["playlists"]) == 3


def test_an_empty_answer_is_not_believed(remote: RemoteShell) -> None:
    change(remote)
    remote.double.faults.add("GET /playlists/*", shortened(0), times=None)
    said = live(remote)
    assert "Road Trip" not in {each["playlist"] for each in said["playlists"]}
    assert "Road Trip" in {each["playlist"] for each in said["not_observable"]}


def test_a_pause_and_the_budget_end_it_with_6(
    remote: RemoteShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(remote)
    remote.double.faults.add("GET /playlists/*", rate_limited(3600))
    assert live(remote, code=6)["calls"] == remote.calls
    remote.sleep(DAY)
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "1")
    assert live(remote, code=6)["calls_left"] == 0


def test_wrong_calls_ask_nobody(remote: RemoteShell) -> None:
    for words, code in [
        (("live",), 2),
        (("2020-01-01", "live"), 1),
        (("99", "live"), 1),
        (("latest", "latest", "--to", "live"), 2),
    ]:
        remote.shell.error("history", "diff", *words, code=code)
    assert remote.calls == 0
