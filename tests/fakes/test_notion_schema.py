"""Databases, data sources and their schemas, as clients make and change them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_asking import Refusal, create, query, text, titled
from tests.fakes.notion_http import NEW, VERSIONS, Json
from tests.fakes.notion_library import Shelf, fill, populated
from tests.fakes.notion_things import DataSource, Page


def make(client: Any, home: Page, title: str, properties: Json) -> str:
    """Make a database and return the id of its data source."""
    made = client.databases.create(
        parent={"type": "page_id", "page_id": home.id},
        title=text(title),
        initial_data_source={"properties": properties},
    )
    assert made["object"] == "database"
    assert "properties" not in made
    (source,) = made["data_sources"]
    assert source["name"] == title
    return str(source["id"])


def dual(target: str, name: str) -> Json:
    to = {"synced_property_name": name}
    return {"relation": {"data_source_id": target, "type": "dual_property", "dual_property": to}}


def rollup(relation: str, shown: str) -> Json:
    names = {"relation_property_name": relation, "rollup_property_name": shown}
    return {"rollup": {"function": "sum", **names}}


def schema(client: Any, source: str) -> Any:
    return client.data_sources.retrieve(source)["properties"]


@pytest.mark.parametrize("version", VERSIONS)
def test_two_databases_with_a_relation_and_rollups(notion: NotionDouble, version: str) -> None:
    client, home = notion.client(version), notion.home()
    lists = make(client, home, "Playlists", {"Name": {"title": {}}})
    tracks = make(
        client,
        home,
        "Tracks",
        {
            "Title": {"title": {}},
            "Time": {"number": {"format": "number"}},
            "Playlists": dual(lists, "Tracks"),
        },
    )
    other = schema(client, lists)["Tracks"]
    own = schema(client, tracks)["Playlists"]
    assert own["relation"]["dual_property"] == {
        "synced_property_id": other["id"],
        "synced_property_name": "Tracks",
    }
    assert other["relation"]["data_source_id"] == tracks
    total = {
        "function": "sum",
        "rollup_property_name": "Time",
        "relation_property_id": other["id"],
    }
    changed: Any = client.data_sources.update(lists, properties={"Total": {"rollup": total}})
    assert changed["properties"]["Total"]["rollup"]["relation_property_name"] == "Tracks"
    shown: Any = client.data_sources.retrieve(lists)
    assert ("archived" in shown) is (version != NEW)
    assert shown["parent"]["type"] == "database_id"
    assert shown["database_parent"] == {"type": "page_id", "page_id": home.id}
    assert notion.log.counts["POST /v1/databases"] == 2


def test_notion_may_name_the_other_side_itself(notion: NotionDouble) -> None:
    notion.world.names_synced = False
    client, home = notion.client(), notion.home()
    lists = make(client, home, "Playlists", {"Name": {"title": {}}})
    tracks = make(client, home, "Tracks", {"Name": {"title": {}}, "In": dual(lists, "Tracks")})
    assert set(schema(client, lists)) == {"Name", "Related to Tracks (In)"}
    client.data_sources.update(lists, properties={"Related to Tracks (In)": {"name": "Tracks"}})
    assert (
        schema(client, tracks)["In"]["relation"]["dual_property"]["synced_property_name"]
        == "Tracks"
    )


def test_a_relation_may_have_one_side(notion: NotionDouble, shelf: Shelf) -> None:
    shown = schema(notion.client(), shelf.albums.id)["Artists"]["relation"]
    assert (shown["type"], shown["single_property"]) == ("single_property", {})
    (artist,) = fill(notion, shelf.artists, [{"Name": "Ada"}])
    before = artist.edited
    fill(notion, shelf.albums, [{"Name": "First", "Artists": [artist]}])
    assert artist.edited == before


def test_removing_a_relation_removes_both_sides(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    client.data_sources.update(shelf.tracks.id, properties={"Playlists": None})
    assert "Tracks" not in schema(client, shelf.playlists.id)
    assert "Playlists" not in schema(client, shelf.tracks.id)
    shown: Any = client.data_sources.query(shelf.playlists.id)
    assert shown["results"] == []


def test_a_relation_that_becomes_something_else_leaves_no_other_side(
    notion: NotionDouble, shelf: Shelf
) -> None:
    client = notion.client()
    (album,) = fill(notion, shelf.albums, [{"Name": "First"}])
    (page,) = fill(notion, shelf.tracks, [{"Name": "One", "Album": [album]}])
    one_side = {"data_source_id": shelf.albums.id, "single_property": {}}
    client.data_sources.update(shelf.tracks.id, properties={"Album": {"relation": one_side}})
    assert "Tracks" not in schema(client, shelf.albums.id)
    assert notion.person.values(page)["Album"] == [album.id]
    notion.person.change_schema(shelf.tracks, {"Album": dual(shelf.albums.id, "Songs")})
    assert schema(client, shelf.albums.id)["Songs"]["relation"]["data_source_id"] == shelf.tracks.id
    assert notion.person.values(album)["Songs"] == [page.id]
    notion.person.change_schema(shelf.tracks, {"Album": "rich_text", "Playlists": "number"})
    assert "Songs" not in schema(client, shelf.albums.id)
    shown: Any = client.data_sources.query(shelf.playlists.id)
    assert shown["results"] == []
    assert (
        schema(client, shelf.playlists.id)["Track count"]["rollup"]["relation_property_name"] == ""
    )
    read: Any = client.pages.retrieve(page.id)
    assert read["properties"]["Album"]["rich_text"] == []


def test_options_that_are_left_out_are_gone(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    one, two = fill(notion, shelf.tracks, [{"Genres": ["a", "b"]}, {"Genres": ["b"]}])
    options = schema(client, shelf.tracks.id)["Genres"]["multi_select"]["options"]
    assert [each["name"] for each in options] == ["a", "b"]
    keep = {"multi_select": {"options": [*options[:1], {"name": "c", "color": "red"}]}}
    client.data_sources.update(shelf.tracks.id, properties={"Genres": keep})
    assert notion.person.values(one)["Genres"] == ["a"]
    assert notion.person.values(two)["Genres"] == []
    after = schema(client, shelf.tracks.id)["Genres"]["multi_select"]["options"]
    assert [(each["name"], each["color"]) for each in after] == [("a", "default"), ("c", "red")]


def test_properties_are_added_renamed_and_removed(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    (page,) = fill(notion, shelf.tracks, [{"Name": "One", "ISRC": "i"}])
    known = schema(client, shelf.tracks.id)["ISRC"]["id"]
    changes: Json = {known: {"name": "Code"}, "New": {"url": {}}, "My rating": None}
    client.data_sources.update(shelf.tracks.id, properties=changes)
    values = notion.person.values(page)
    assert (values["Code"], values["New"]) == ("i", None)
    assert "My rating" not in values
    client.data_sources.update(shelf.tracks.id, properties={"New": {"rich_text": {}}})
    assert schema(client, shelf.tracks.id)["New"]["type"] == "rich_text"


def test_a_property_of_another_type_is_empty(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    (page,) = fill(notion, shelf.tracks, [{"Name": "One", "ISRC": "i", "Duration": 3}])
    by_key = {"property": "ISRC", "rich_text": {"equals": "i"}}
    assert query(client, shelf.tracks, filter=by_key) == [page.id]
    change: Json = {"ISRC": {"number": {}}, "Duration": {"number": {"format": "percent"}}}
    notion.person.change_schema(shelf.tracks, change)
    assert notion.person.values(page)["ISRC"] is None
    assert notion.person.values(page)["Duration"] == 3
    with Refusal(400, "number does not match filter rich_text"):
        query(client, shelf.tracks, filter=by_key)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Nope": None}, "Could not find property with name or id: Nope"),
        ({"Nope": {"name": "Other"}}, "Could not find property with name or id: Nope"),
        ({"Name": None}, "Cannot delete the title"),
        ({"Name": {"rich_text": {}}}, "Cannot change the type of the title"),
        ({"Second": {"title": {}}}, "more than one title"),
        ({"ISRC": {"name": "Name"}}, "Property name Name is already in use"),
        ({"New": {"colour": {}}}, "should be defined"),
        ({"New": {}}, "should be defined"),
        ({"New": {"type": "url", "number": {}}}, "should be defined"),
        ({"New": {"url": {"format": "x"}}}, "should be not present"),
        ({"New": {"multi_select": {"options": [{"name": "a,b"}]}}}, "commas not allowed"),
        ({"New": {"select": {"options": [{"name": "a"}, {"name": "a"}]}}}, "Duplicate"),
        ({"New": {"select": {"options": [{"name": str(n)} for n in range(101)]}}}, "≤ `100`"),
        ({"New": {"select": {"options": [{"name": "a", "color": "beige"}]}}}, "known color"),
        ({"New": {"relation": {"single_property": {}}}}, "data_source_id should be defined"),
        ({"New": {"rollup": {"function": "magic"}}}, "known function"),
        ({"New": rollup("ISRC", "Name")}, "not a relation"),
        ({"New": rollup("Album", "Nope")}, "with name or id: Nope"),
        ({f"P{n}": {"number": {}} for n in range(500)}, "at most 500"),
    ],
)  # fmt: skip
def test_wrong_schemas_are_refused_and_change_nothing(
    notion: NotionDouble, shelf: Shelf, change: Json, message: str
) -> None:
    client = notion.client()
    before = schema(client, shelf.tracks.id)
    with Refusal(400, message, "validation_error"):
        client.data_sources.update(shelf.tracks.id, properties={"Fine": {"url": {}}, **change})
    assert schema(client, shelf.tracks.id) == before


def test_what_relates_to_nothing_is_refused(notion: NotionDouble, shelf: Shelf) -> None:
    client, home = notion.client(), notion.home()
    nothing = "00000000-0000-4000-8000-000000000000"
    with Refusal(404, "Could not find database", "object_not_found"):
        make(client, home, "New", {"Name": {"title": {}}, "To": dual(nothing, "Back")})
    with Refusal(404):
        make(client, home, "New", {"To": dual(shelf.tracks.database, "Back")})
    assert [each.name for each in notion.world.sources.values()].count("New") == 0
    old = {"parent": {"page_id": home.id}, "properties": {"Name": {"title": {}}}}
    with Refusal(400, "body.properties should be not present"):
        client.request("databases", "POST", body=old)


def test_a_database_may_have_a_second_data_source(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    by_database = {"type": "database_id", "database_id": shelf.tracks.database}
    made: Any = client.pages.create(parent=by_database, properties=titled("One"))
    assert made["parent"]["data_source_id"] == shelf.tracks.id
    second: Any = client.data_sources.create(
        parent=by_database, title=text("More"), properties={"Name": {"title": {}}}
    )
    shown: Any = client.databases.retrieve(shelf.tracks.database)
    assert [each["name"] for each in shown["data_sources"]] == ["Tracks", "More"]
    assert create(client, notion.source(second["id"]), titled("Two"))
    with Refusal(400, "multiple data sources"):
        client.pages.create(parent=by_database, properties=titled("Three"))


def test_titles_change(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    client.databases.update(shelf.tracks.database, title=text("Songs"), description=text("All"))
    shown: Any = client.databases.retrieve(shelf.tracks.database)
    assert shown["title"][0]["plain_text"] == "Songs"
    assert shown["description"][0]["plain_text"] == "All"
    client.data_sources.update(shelf.tracks.id, title=text("Rows"))
    assert shelf.tracks.name == "Rows"


def test_a_populated_workspace(notion: NotionDouble) -> None:
    shelf = populated(notion, 300, playlists=5)
    assert len(notion.pages_of(shelf.tracks)) == 300
    times = [page.created for page in notion.pages_of(shelf.tracks)]
    assert times == sorted(times)
    assert len({each.replace(second=0, microsecond=0) for each in times}) in (2, 3)
    track = notion.find(shelf.tracks, "ISRC", "ZZTST0000123")[0]
    values = notion.person.values(track)
    assert notion.person.values(notion.world.pages[values["Artists"][0]])["Name"] == "Artist 12"
    total: DataSource = shelf.playlists
    read: Any = notion.client().data_sources.query(total.id)
    counted = [each["properties"]["Track count"]["rollup"]["number"] for each in read["results"]]
    assert sum(counted) == sum(len(set(each)) for each in _lists(notion, shelf))


def _lists(notion: NotionDouble, shelf: Shelf) -> list[list[str]]:
    return [notion.person.values(each)["Playlists"] for each in notion.pages_of(shelf.tracks)]
