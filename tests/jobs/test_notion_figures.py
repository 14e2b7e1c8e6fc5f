"""The requests that a sync makes, counted: as few as can do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.moment import Instant, parse_utc
from tests import processes
from tests.made_exports import Song, write
from tests.notion_shell import NotionShell, notion_shell
from tests.notion_state import agreed, doubled, stands
from tests.shell import Shell

CREATE, CHANGE = "POST /v1/pages", "PATCH /v1/pages/{page_id}"
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Liked:
    """A liked song, of an artist and on an album by number."""

    number: int
    popularity: int = 50
    title: str = ""

    def line(self) -> str:
        song = Song(self.number, popularity=self.popularity, title=self.title or None).line()
        usual = f'"Album {self.number % 7}","Artist {self.number % 5}"'
        return song.replace(usual, f'"Album {self.number // 5}","Artist {self.number // 10}"')


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionShell]:
    for made in notion_shell(shell, monkeypatch):
        made.init()
        yield made


def export(notion: NotionShell, songs: Iterable[Liked], at: str) -> None:
    """Import Liked Songs as they are at a time, and let it be that time."""
    path = Path("exports") / at[:10] / "Liked_Songs.csv"
    notion.shell("import-csv", write(path, (each.line() for each in songs), at))
    notion.shell.now = Instant(max(notion.shell.now, parse_utc(at)) + DAY)


def likes(count: int, **more: Any) -> list[Liked]:
    return [Liked(number, **more) for number in range(1, count + 1)]


def asked(notion: NotionShell) -> Counter[str]:
    """Return how often the last command asked each endpoint."""
    return Counter(each.name for each in notion.double.log.noted)


def synced(notion: NotionShell, *arguments: object) -> Counter[str]:
    found = notion.json("reconcile", "--yes", *arguments)
    assert found["applied"]["notion"]["failed"] == []
    return asked(notion)


def test_a_first_sync_writes_every_page_once_and_asks_nothing_else(
    notion: NotionShell, tmp_path: Path
) -> None:
    (day,) = processes.write_exports(tmp_path / "exports", rows=600, files=12, days=1)
    notion.shell("import-csv", day)
    calls = synced(notion)
    pages = len(stands(notion.double))
    assert pages > 600
    assert calls[CREATE] == pages
    assert calls.total() <= 1.01 * pages + 20
    assert calls[CHANGE] == 0
    assert doubled(notion.double) == []


def test_where_nothing_changed_nothing_is_asked_and_a_refresh_only_reads(
    notion: NotionShell,
) -> None:
    export(notion, likes(30), "2026-01-10T12:00:00Z")
    synced(notion)
    assert synced(notion).total() == 0
    export(notion, likes(30), "2026-01-11T12:00:00Z")
    assert synced(notion).total() == 0
    calls = synced(notion, "--refresh")
    assert calls.total() > 0
    assert notion.writes == 0
    assert synced(notion).total() == 0


@pytest.mark.parametrize(("known", "new"), [(30, 1), (30, 4), (30, 25), (7, 1)])
def test_new_likes_are_created_with_their_artists_and_albums_and_nothing_else_is_written(
    notion: NotionShell, known: int, new: int
) -> None:
    export(notion, likes(known), "2026-01-10T12:00:00Z")
    synced(notion)
    before = {entity: count_of(notion, entity) for entity in ("artist", "album", "track")}
    export(notion, likes(known + new), "2026-01-12T12:00:00Z")
    calls = synced(notion)
    after = {entity: count_of(notion, entity) for entity in before}
    assert after["track"] - before["track"] == new
    assert calls[CREATE] == sum(after.values()) - sum(before.values())
    assert notion.writes == calls[CREATE]
    assert calls.total() - notion.writes <= 2


def count_of(notion: NotionShell, entity: str) -> int:
    return sum(each == entity for each, _ in stands(notion.double))


# ----------------------------------------------------------------------------------------- popularity


def drifted(songs: list[Liked], by: int) -> list[Liked]:
    """Return the songs with another popularity of three in ten of them, up and down."""
    return [
        replace(each, popularity=each.popularity + (by if n % 20 else -by)) if n % 10 < 3 else each
        for n, each in enumerate(songs)
    ]


def popularity(notion: NotionShell, number: int) -> int:
    found = [
        page["Popularity"]
        for (entity, _), page in stands(notion.double).items()
        if entity == "track" and page["Name"].split()[-1] == str(number)
    ]
    assert len(found) == 1
    return int(found[0])


@pytest.mark.parametrize("by", [1, 2, 4])
def test_popularity_that_drifts_a_little_is_not_written(notion: NotionShell, by: int) -> None:
    export(notion, likes(40), "2026-01-10T12:00:00Z")
    synced(notion)
    export(notion, drifted(likes(40), by), "2026-01-11T12:00:00Z")
    assert synced(notion).total() == 0
    assert notion.shell.json("reconcile", "--dry-run")["empty"]


def test_drifts_add_up_from_what_was_agreed_and_five_points_are_written(
    notion: NotionShell,
) -> None:
    export(notion, likes(10), "2026-01-10T12:00:00Z")
    synced(notion)
    for day, points in ((11, 52), (12, 54)):
        export(notion, likes(10, popularity=points), f"2026-01-{day}T12:00:00Z")
        assert synced(notion).total() == 0
    export(notion, [Liked(1, 55), *likes(10, popularity=54)[1:]], "2026-01-13T12:00:00Z")
    assert synced(notion)[CHANGE] == notion.writes == 1
    assert (popularity(notion, 1), popularity(notion, 2)) == (55, 50)
    export(notion, [Liked(1, 51), *likes(10, popularity=54)[1:]], "2026-01-14T12:00:00Z")
    assert synced(notion).total() == 0


def test_popularity_is_written_along_with_what_is_written_anyway(notion: NotionShell) -> None:
    export(notion, likes(10), "2026-01-10T12:00:00Z")
    synced(notion)
    new = [Liked(1, 51, title="Another name 1"), *likes(10, popularity=52)[1:]]
    export(notion, new, "2026-01-11T12:00:00Z")
    assert synced(notion)[CHANGE] == notion.writes == 1
    assert popularity(notion, 1) == 51
    assert popularity(notion, 2) == 50


def test_popularity_is_always_written_where_that_is_wished(notion: NotionShell) -> None:
    export(notion, likes(40), "2026-01-10T12:00:00Z")
    synced(notion)
    export(notion, drifted(likes(40), 1), "2026-01-11T12:00:00Z")
    assert synced(notion).total() == 0
    plan = notion.shell.json("reconcile", "--dry-run", "--popularity", "always")["sinks"]["notion"]
    assert plan["summary"]["update"] == 12
    calls = synced(notion, "--popularity", "always")
    assert calls[CHANGE] == notion.writes == 12
    assert synced(notion, "--popularity", "always").total() == 0
    assert synced(notion).total() == 0
    held = agreed(notion.shell.path).values()
    assert {e.properties["Popularity"] for e in held if e.entity == "track"} == {49, 50, 51}
