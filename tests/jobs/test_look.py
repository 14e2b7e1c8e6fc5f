"""What a look at a sink takes for an edit, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.made_exports import Song, write
from tests.notion_shell import NotionShell, notion_shell
from tests.notion_state import agreed
from tests.shell import Shell


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionShell]:
    for made in notion_shell(shell, monkeypatch):
        made.init()
        yield made


def export(notion: NotionShell, *songs: Song) -> None:
    notion.sleep(24 * 60 * 60)
    notion.shell("import-csv", write(Path("exports/Liked_Songs.csv"), songs))


def test_an_artist_in_the_trash_is_an_edit_of_none_of_its_tracks(notion: NotionShell) -> None:
    songs = [Song(number) for number in (1, 6, 11, 16)]  # all of artist 1
    export(notion, *songs)
    notion.json("reconcile", "--yes")
    (artist,) = notion.double.find(notion.source("Artists"), "Name", "Artist 1")
    notion.person.trash(artist)
    export(notion, Song(1, title="Another name"), *songs[1:])
    plan = notion.json("reconcile", "--yes", code=8)["sinks"]["notion"]
    conflicts = [each for each in plan["actions"] if each["action"] == "conflict"]
    assert [each["entity"] for each in conflicts] == ["artist"]
    assert plan["summary"]["update"] == 1
    (track,) = notion.double.find(notion.source("Tracks"), "Name", "Another name")
    assert notion.person.values(track)["Artists"] == []
    edited = [each.key for each in agreed(notion.shell.path).values() if each.edits]
    assert edited == [conflicts[0]["key"]]
