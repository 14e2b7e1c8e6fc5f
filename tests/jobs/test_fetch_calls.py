"""What a fetch of a library as large as a person's costs, in calls."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest

from benchmarks.generator import Library
from tests.fakes.spotify_library import Shelf
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

ENTRIES, PLAYLISTS = 20_000, 132
DAY = 24 * 3600


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "0")
    yield from remote_shell(shell, tmp_path, monkeypatch)


def test_a_first_fetch_costs_its_pages_and_an_unchanged_library_next_to_nothing(
    remote: RemoteShell,
) -> None:
    library = Library(7, rows=ENTRIES, playlists=PLAYLISTS)
    shelf = Shelf(remote.world, library)
    sizes = [len(each.entries) for each in remote.world.me.playlists]
    sizes.append(len(remote.world.me.liked))
    pages = sum(ceil(size / 50) for size in sizes)
    assert len(sizes) == PLAYLISTS + 1
    assert sum(sizes) > ENTRIES * 0.95
    said = remote.fetch()
    assert sum(each["entries"] for each in said["playlists"]) == sum(sizes)
    assert remote.calls <= 1.02 * pages + 6
    assert remote.double.log.count("GET /tracks*") == 0
    remote.sleep(DAY)
    said = remote.fetch()
    assert said["snapshot"]["unchanged"]
    assert remote.calls <= 6
    assert said["calls_saved"] >= pages - 1
    remote.sleep(DAY)
    library.advance_day()
    shelf.update()
    remote.fetch()
    assert remote.calls < pages / 2
    for playlist in remote.world.me.playlists:
        told = [each.item.uri if each.item else "unavailable" for each in playlist.entries]
        assert remote.entries(f"spotify:playlist:{playlist.id}") == told
        break
    liked = [f"spotify:track:{each.item.id}" for each in remote.world.me.liked]
    assert remote.entries("Liked Songs") == liked
