"""Databases that a person made are adopted by id, and get no property that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from syncengine.adapters.notion.fields import ENTITIES, PROPERTIES
from syncengine.adapters.notion.looking import read_wanted, resolve
from syncengine.adapters.notion.setup import set_up
from syncengine.adapters.notion.wire import NotionWire
from syncengine.core.plan import Entity
from syncengine.core.setup import Finding, SetUp
from syncengine.errors import ConfigError, UserError
from tests.adapters.notion.remembered import Remembered
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import VERSIONS
from tests.fakes.notion_library import Shelf, build
from tests.fakes.notion_things import DataSource
from tests.fakes.notion_wired import Time, wired


class Bench:
    """Four databases of a person, and what is remembered of them."""

    def __init__(self, double: NotionDouble, version: str) -> None:
        self.double = double
        self.version = version
        self.wire = self.dial()
        self.shelf: Shelf = build(double)
        self.memory = Remembered()

    def dial(self) -> NotionWire:
        return wired(self.double, Time(), version=self.version)

    @property
    def sources(self) -> dict[Entity, DataSource]:
        shelf = self.shelf
        return {
            "artist": shelf.artists, "album": shelf.albums, "playlist": shelf.playlists,
            "track": shelf.tracks,
        }  # fmt: skip

    def wanted(self, *entities: Entity, **wishes: Any) -> Any:
        adopted = {each: self.sources[each].id for each in entities or ENTITIES}
        known: dict[str, Any] = {"parent": None, "adopted": adopted, "properties": {}}
        return read_wanted(entities or ENTITIES, **{**known, **wishes})

    def set_up(self, *entities: Entity, **wishes: Any) -> SetUp:
        return set_up(self.wire, self.memory, self.wanted(*entities, **wishes))

    def schema(self) -> dict[str, dict[str, str]]:
        return {
            entity: {each.name: each.type for each in source.properties.values()}
            for entity, source in self.sources.items()
        }

    def held(self, entity: Entity) -> dict[str, str]:
        """Return the names over there of the fields that are used."""
        return {
            field: self.sources[entity].properties[unquote(known.id)].name
            for field, known in self.memory.shelves[entity].properties.items()
        }


@pytest.fixture(params=VERSIONS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with NotionDouble() as double:
        made = Bench(double, request.param)
        yield made
        made.wire.close()
        double.assert_clean()


def fields(findings: list[Finding] | Any, entity: Entity) -> set[str | None]:
    return {each.field for each in findings if each.entity == entity}


def test_only_what_is_there_is_used_and_nothing_is_written(bench: Bench) -> None:
    before = bench.schema()
    report = bench.set_up()
    assert bench.wire.calls == {"GET /v1/data_sources/{data_source_id}": 4}
    assert [(each.state, each.added) for each in report.places] == [("adopted", ())] * 4
    assert bench.schema() == before
    assert not any(each.ours for each in bench.memory.shelves.values())
    assert bench.held("track") == {
        name: name
        for name in (
            "Name", "Spotify URI", "ISRC", "Artists", "Album", "Playlists", "Duration",
            "Release date", "Explicit", "Popularity", "Genres",
        )
    }  # fmt: skip
    assert bench.held("playlist") == {
        name: name for name in ("Name", "Owner", "Track count", "Total time")
    }
    assert {"Sync key", "BPM", "Removed at"} <= fields(report.findings, "track")


def test_without_any_key_no_page_could_be_found_again(bench: Bench) -> None:
    report = bench.set_up()
    stops = [(each.entity, each.field) for each in report.findings if each.stops]
    assert stops == [("playlist", "Sync key")], "the others have Spotify's URI"
    assert report.stopped
    mapped = bench.set_up(properties={"Spotify URL": "URL"})
    assert not mapped.stopped


def test_missing_properties_are_added_on_demand(bench: Bench) -> None:
    before = bench.schema()
    report = bench.set_up(add_properties=True)
    assert not report.stopped
    for entity in ENTITIES:
        assert set(bench.held(entity)) == set(PROPERTIES[entity])
        assert before[entity].items() <= bench.schema()[entity].items()
    assert not report.findings
    asked = dict(bench.wire.calls)
    assert asked == {
        "GET /v1/data_sources/{data_source_id}": 4,
        "PATCH /v1/data_sources/{data_source_id}": 4,
    }
    bench.set_up(add_properties=True)
    assert bench.wire.calls["PATCH /v1/data_sources/{data_source_id}"] == 4


def test_properties_are_found_as_the_settings_map_them(bench: Bench) -> None:
    person = bench.double.person
    person.rename(bench.shelf.tracks, "Popularity", "Beliebtheit")
    person.change_schema(bench.shelf.tracks, {"Weg am": "date", "Schlüssel": "rich_text"})
    person.rename(bench.shelf.tracks, "Name", "Titel")
    mapping = {
        "tracks.Popularity": "Beliebtheit",
        "Removed at": "Weg am",
        "tracks.sync key": "Schlüssel",
        "Spotify URL": "URL",
    }
    report = bench.set_up(properties=mapping)
    held = bench.held("track")
    assert {name: held[name] for name in ("Popularity", "Removed", "Sync key", "Name")} == {
        "Popularity": "Beliebtheit", "Removed": "Weg am", "Sync key": "Schlüssel", "Name": "Titel",
    }  # fmt: skip
    assert bench.held("artist")["Spotify URL"] == "URL"
    said = {each.field: each.problem for each in report.findings if each.entity == "album"}
    assert said["Removed at"] == "missing (there is no Weg am)"


def test_after_that_they_go_by_their_ids(bench: Bench) -> None:
    bench.set_up()
    before = dict(bench.memory.shelves)
    person = bench.double.person
    person.rename(bench.shelf.tracks, "Popularity", "Beliebtheit")
    person.change_schema(bench.shelf.tracks, {"Popularity": "number"})
    bench.set_up()
    assert bench.memory.shelves == before
    assert bench.held("track")["Popularity"] == "Beliebtheit"


def test_capitals_make_no_difference(bench: Bench) -> None:
    bench.double.person.rename(bench.shelf.tracks, "ISRC", "isrc")
    bench.set_up()
    assert bench.held("track")["ISRC"] == "isrc"


def test_another_type_is_left_alone_and_said(bench: Bench) -> None:
    bench.double.person.change_schema(bench.shelf.tracks, {"Genres": "rich_text"})
    report = bench.set_up(add_properties=True)
    said = [(each.field, each.problem) for each in report.findings]
    assert said == [("Genres", "of type rich_text, not multi_select")]
    assert bench.schema()["track"]["Genres"] == "rich_text"
    assert "Genres" not in bench.held("track")


def test_a_relation_to_something_else_is_left_alone_and_said(bench: Bench) -> None:
    other = bench.double.person.add_database(bench.shelf.home, "Bands", {"Sync key": "rich_text"})
    wanted = bench.wanted(adopted={**bench.wanted().adopted, "artist": other.id})
    report = set_up(bench.wire, bench.memory, wanted)
    said = {each.field: each.problem for each in report.findings if each.entity == "track"}
    assert said["Artists"] == "relates to something else than Artists"
    assert "Artists" not in bench.held("track")


def test_a_relation_with_one_side_cannot_be_summed_up(bench: Bench) -> None:
    single = {"data_source_id": bench.shelf.artists.id, "type": "single_property"}
    config = {"relation": {**single, "single_property": {}}}
    bench.double.person.change_schema(bench.shelf.tracks, {"Artists": config})
    report = bench.set_up(add_properties=True)
    assert [(each.entity, each.field) for each in report.findings] == [("artist", "Track count")]
    assert "one side only" in report.findings[0].problem
    assert "Artists" in bench.held("track")


def test_our_tracks_relate_to_adopted_artists_without_changing_them(bench: Bench) -> None:
    wanted = read_wanted(
        ("artist", "track"),
        parent=bench.shelf.home.id,
        adopted={"artist": bench.shelf.artists.id},
        properties={},
    )
    before = bench.schema()["artist"]
    report = set_up(bench.wire, bench.memory, wanted)
    assert {each.entity: each.state for each in report.places} == {
        "artist": "adopted", "track": "created",
    }  # fmt: skip
    assert bench.schema()["artist"] == before
    assert "Artists" in bench.memory.shelves["track"].properties


# ------------------------------------------------------------------------------------------ the ids


HEX = "1f217cc1225f45808e22cd7eb8db3c5e"
DASHED = "1f217cc1-225f-4580-8e22-cd7eb8db3c5e"


def test_ids_may_lack_dashes_or_be_addresses(bench: Bench) -> None:
    plain = bench.shelf.tracks.id.replace("-", "")
    bench.set_up("track", adopted={"track": plain})
    assert bench.memory.shelves["track"].source == bench.shelf.tracks.id
    bench.set_up("track", adopted={"track": f"https://app.notion.com/p/{plain}"})
    assert bench.memory.shelves["track"].source == bench.shelf.tracks.id


def test_the_id_of_a_database_will_do_where_it_has_one_source(bench: Bench) -> None:
    report = bench.set_up("track", adopted={"track": bench.shelf.tracks.database})
    assert bench.memory.shelves["track"].source == bench.shelf.tracks.id
    first = report.findings[0]
    assert first.problem == "NOTION_TRACKS_DATA_SOURCE_ID names a database"
    assert bench.shelf.tracks.id in first.advice
    assert not report.stopped
    wanted = bench.wanted("track", adopted={"track": bench.shelf.tracks.database})
    before = sum(bench.wire.calls.values())
    assert resolve(bench.wire, bench.memory, wanted) == []
    assert sum(bench.wire.calls.values()) == before


def test_a_database_with_several_sources_needs_a_choice(bench: Bench) -> None:
    second = bench.double.person.add_source(bench.shelf.tracks, "More tracks", {"Name": "title"})
    with pytest.raises(UserError, match="several data sources") as caught:
        bench.set_up("track", adopted={"track": bench.shelf.tracks.database})
    assert f"More tracks is {second.id}" in caught.value.problems[0]


@pytest.mark.parametrize("hide", ["unshare", "trash"])
def test_a_source_that_cannot_be_seen_stops_before_anything_is_made(
    bench: Bench, hide: str
) -> None:
    if hide == "trash":
        bench.double.person.set_database_trashed(bench.shelf.tracks)
    else:
        bench.double.person.unshare(bench.shelf.home)
    with pytest.raises(UserError, match="NOTION_TRACKS_DATA_SOURCE_ID"):
        bench.set_up("track", parent=bench.shelf.home.id)
    assert not bench.memory.shelves


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"adopted": {"track": "tracks"}}, "NOTION_TRACKS_DATA_SOURCE_ID is no id"),
        ({"adopted": {"track": HEX, "album": DASHED}}, "names the data source of another entity"),
        ({"parent": "Music"}, "NOTION_PARENT_PAGE_ID is no id"),
        ({"properties": {"Popularty": "x"}}, "did you mean Popularity?"),
        ({"properties": {"artists.BPM": "x"}}, "artists.BPM is no property of ours"),
        ({"properties": {"Energy": "x", "Valence": "X"}}, "of tracks to Energy and to Valence"),
        ({"properties": {"Valence": "Energy"}}, "gives Energy of tracks to Valence and to Energy"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wishes: dict[str, Any], said: str) -> None:
    known: dict[str, Any] = {"parent": None, "adopted": {}, "properties": {}}
    with pytest.raises(ConfigError) as caught:
        read_wanted(ENTITIES, **{**known, **wishes})
    assert any(said in problem for problem in caught.value.problems), caught.value.problems


def test_what_is_said_of_one_entity_wins() -> None:
    names = read_wanted(
        ENTITIES, parent=None, adopted={},
        properties={"tracks.Label": "Verlag", "Label": "Firma"},
    ).names  # fmt: skip
    assert (names.of("track", "Label"), names.of("album", "Label")) == ("Verlag", "Firma")
    swapped = {"Valence": "Energy", "Energy": "Valence", "Name": "Titel"}
    assert read_wanted(ENTITIES, parent=None, adopted={}, properties=swapped).names.mapped
    assert (names.of("artist", "Removed"), names.of("track", "BPM")) == ("Removed at", "BPM")


# ------------------------------------------------------------------------------ before a plan is applied


def test_adopted_sources_are_resolved_without_init(bench: Bench) -> None:
    before = bench.schema()
    found = resolve(bench.wire, bench.memory, bench.wanted())
    assert bench.wire.calls == {"GET /v1/data_sources/{data_source_id}": 4}
    assert [each.entity for each in found if each.stops] == ["playlist"]
    assert bench.held("track")["Artists"] == "Artists"
    assert bench.schema() == before
    bench.wire.close()
    bench.wire = bench.dial()
    assert resolve(bench.wire, bench.memory, bench.wanted()) == []
    assert not bench.wire.calls


def test_a_source_that_the_settings_change_is_resolved_anew(bench: Bench) -> None:
    bench.set_up("artist")
    other = bench.double.person.add_database(bench.shelf.home, "Bands", {"Sync key": "rich_text"})
    assert resolve(bench.wire, bench.memory, bench.wanted("artist", adopted={"artist": other.id}))
    assert bench.memory.shelves["artist"].source == other.id
