"""One library seen by an exporter and by Spotify's API: only what happened in it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.generator import Library
from tests.fakes.spotify_library import Shelf
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

DAY = 24 * 3600


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


def totals(found: dict[str, Any]) -> tuple[int, int]:
    return (
        sum(each["added"] for each in found["months"]),
        sum(each["removed"] or 0 for each in found["months"]),
    )


def test_from_exports_to_the_api_and_back_only_real_changes_count(
    remote: RemoteShell, tmp_path: Path
) -> None:
    library = Library(seed=7, rows=200, playlists=4)
    library.write(tmp_path / "csv")
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-06-01T12:00:00Z")
    shelf = Shelf(remote.world, library)
    remote.fetch()
    fetched = remote.shell.json("history", "trends", "--since", "2026-06-01T12:00:00Z")
    assert totals(fetched) == (0, 0)
    assert fetched["vanished"] == []
    assert len({(m["tracks"], m["entries"], m["playlists"]) for m in fetched["months"]}) == 1
    before = fetched["end"]

    remote.sleep(DAY)
    drift = library.advance_day(20)
    shelf.update()
    remote.fetch()
    # The generator dates what it adds by its own days, long before the fetch that shows it first.
    assert remote.shell.json("history", "trends")["end"] > before
    after = remote.shell.json("history", "trends", "--since", before)
    assert totals(after)[1] == drift.removed
    sizes = [each["entries"] for each in (fetched["months"][-1], after["months"][-1])]
    assert sizes[1] - sizes[0] == drift.added - drift.removed


def test_what_spotify_shows_nothing_of_any_more_vanished_and_was_not_removed(
    remote: RemoteShell,
) -> None:
    tracks = remote.world.add_tracks(5)
    playlist = remote.world.add_playlist("Mix", tracks)
    remote.fetch()
    remote.sleep(DAY)
    entries = list(playlist.entries)
    entries[2] = replace(entries[2], item=None)
    remote.world.replace_items(playlist, entries)
    remote.fetch()
    found = remote.shell.json("history", "trends")
    assert [each["uri"] for each in found["vanished"]] == [f"spotify:track:{tracks[2].id}"]
    assert totals(found)[1] == 0
