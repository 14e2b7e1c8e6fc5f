"""The writer as jobs know it, in all weathers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from syncengine.adapters.notion.fields import ENTITIES
from syncengine.adapters.notion.page_reader import PageReader
from syncengine.adapters.notion.writer import NotionWriter
from syncengine.core.moment import Instant
from syncengine.core.writer import Writer
from syncengine.errors import ConfigError, Transient, TryLater
from tests.adapters.notion.house import House
from tests.fakes.notion_faults import KINDS, Storm
from tests.fakes.notion_wired import CREATE


def test_it_is_what_jobs_expect(house: House) -> None:
    stopped: list[bool] = []
    made = NotionWriter(
        house.wire,
        {},
        lambda entity, shelf: None,
        house.time.sleep,
        house.time.clock,
        in_flight=2,
        stop=lambda: stopped.append(True),
    )
    writer: Writer = made
    assert (writer.name, writer.in_flight, house.writer.in_flight) == ("notion", 2, 4)
    writer.stop()
    assert stopped == [True]
    house.create("track", "k")
    assert writer.calls == {CREATE: 1}
    with pytest.raises(ConfigError, match="no database for tracks"):
        list(writer.everything("track"))


@pytest.mark.parametrize("seed", range(3))
def test_no_storm_makes_two_pages_of_one_thing_or_loses_one(house: House, seed: int) -> None:
    """Faults before and after the write, with threads, and with queries that lag behind."""
    keys = [f"spotify:track:{number:022}" for number in range(60)]
    kinds = tuple(kind for kind in KINDS if kind != "timeout")
    house.double.storm = Storm(seed=seed, share=0.03, kinds=kinds)
    house.double.lag(4)

    def write(key: str) -> str:
        """Do what a job does: what is in doubt is looked for before it is made."""
        for _ in range(20):
            began = house.time.clock()
            try:
                return house.create("track", key, {"Popularity": int(key[-2:])}).address
            except (Transient, TryLater):
                house.time.sleep(20)
            try:
                for found in house.writer.find("track", [key], Instant(began)):
                    return found.address
            except (Transient, TryLater):
                house.time.sleep(20)
        raise AssertionError(key)

    Random(seed).shuffle(keys)
    with ThreadPoolExecutor(4) as threads:
        addresses = list(threads.map(write, keys))
    house.double.storm = None
    assert house.double.log.statuses.keys() > {200, 0, 502, 409}
    held = {page.id: house.values(page.id) for page in house.pages("track")}
    assert sorted(held) == sorted(addresses)
    assert Counter(each["Sync key"] for each in held.values()) == dict.fromkeys(keys, 1)
    assert all(each["Popularity"] == int(each["Sync key"][-2:]) for each in held.values())


SOUND: dict[str, Any] = {
    "id": "1" * 32,
    "created_time": "2026-01-13T12:00:00.000Z",
    "properties": {},
}


@pytest.mark.parametrize(
    "spoilt",
    [
        {"id": None},
        {"created_time": None},
        {"created_time": "soon"},
        {"properties": []},
        {"properties": None},
        {"properties": {"Name": None}},
        {"properties": {"Name": {"id": "title"}}},
        {"properties": {"Name": {"id": "title", "type": "title", "title": [{}]}}},
        {"properties": {"Name": {"id": "title", "type": "title", "title": 5}}},
    ],
)
def test_what_is_no_page_is_an_error_of_ours(house: House, spoilt: dict[str, Any]) -> None:
    reader = PageReader("track", house.shelf("track"))
    assert reader.item(SOUND).keys == ()
    with pytest.raises(Transient, match="no page of ours"):
        reader.item(SOUND | spoilt)


def test_all_entities_are_written_and_read(house: House) -> None:
    for entity in ENTITIES:
        made = house.create(entity, "k", {"Spotify URL": "https://example.com"})
        (seen,) = house.writer.everything(entity)
        assert (seen.entity, seen.address, seen.keys) == (entity, made.address, ("k",))
        assert set(seen.fields) == {
            name for name, known in house.shelf(entity).properties.items() if known.type != "rollup"
        }
