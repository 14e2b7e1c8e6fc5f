"""What may be written into properties, and what Notion refuses: types, limits, options, relations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_asking import Refusal, by_hand, create, ids, text, titled
from tests.fakes.notion_http import Json
from tests.fakes.notion_library import Shelf, fill
from tests.fakes.notion_things import DataSource, Page

SCHEMA: dict[str, str | Json] = {
    "Name": "title",
    "Text": "rich_text",
    "Link": "url",
    "Mail": "email",
    "Phone": "phone_number",
    "Number": "number",
    "Yes": "checkbox",
    "Date": "date",
    "One": "select",
    "Many": "multi_select",
    "State": "status",
    "Who": "people",
    "Files": "files",
    "Made": "created_time",
    "Changed": "last_edited_time",
    "By": "created_by",
    "Last": "last_edited_by",
    "Sum": {"formula": {"expression": "1+1"}},
    "No": {"unique_id": {"prefix": "T"}},
}


@pytest.fixture
def source(notion: NotionDouble) -> DataSource:
    return notion.person.add_database(notion.home(), "All", SCHEMA)


def linked(url: str) -> list[Json]:
    return [{"text": {"content": "a", "link": {"url": url}}}]


def many(count: int, length: int = 1) -> list[Json]:
    return [{"text": {"content": "x" * length}} for _ in range(count)]


# --------------------------------------------------------------------------------------- what is kept


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("Text", {"rich_text": many(100, 2_000)}, "x" * 200_000),
        ("Text", {"rich_text": []}, None),
        ("Text", {"rich_text": text("")}, None),
        ("Text", {"type": "rich_text", "rich_text": [{"type": "text", "text": {"content": "a"}}]}, "a"),
        ("Link", {"url": "spotify:track:1"}, "spotify:track:1"),
        ("Link", {"url": None}, None),
        ("Number", {"number": 1.5}, 1.5),
        ("Number", {"number": None}, None),
        ("Yes", {"checkbox": True}, True),
        ("Date", {"date": {"start": "2026-01-31"}}, "2026-01-31"),
        ("Date", {"date": {"start": "2026-01-31T10:20:30Z"}}, "2026-01-31T10:20:00.000+00:00"),
        ("Date", {"date": {"start": "2026-01-31T10:20:30+02:00"}}, "2026-01-31T08:20:00.000+00:00"),
        ("Date", {"date": None}, None),
        ("One", {"select": {"name": "new"}}, "new"),
        ("One", {"select": None}, None),
        ("Many", {"multi_select": [{"name": "b"}, {"name": "a"}, {"name": "b"}]}, ["b", "a"]),
        ("Many", {"multi_select": [{"name": f"o{n}"} for n in range(100)]}, [f"o{n}" for n in range(100)]),
        ("State", {"status": {"name": "Done"}}, "Done"),
        ("Mail", {"email": "a@b.c"}, "a@b.c"),
        ("Phone", {"phone_number": "1"}, "1"),
    ],
)  # fmt: skip
def test_sound_values_are_kept(
    notion: NotionDouble, source: DataSource, name: str, written: Json, read: object
) -> None:
    client = notion.client()
    made = create(client, source, titled("A", **{name: written}))
    page = notion.world.pages[made["id"]]
    assert notion.person.values(page)[name] == read
    again: Any = client.pages.retrieve(page.id)
    assert again["properties"] == made["properties"]
    client.pages.update(page.id, properties={name: written})
    assert notion.person.values(page)[name] == read


def test_what_notion_gives_itself(notion: NotionDouble, source: DataSource) -> None:
    client = notion.client()
    create(client, source, titled("A"))
    made = create(client, source, titled("B"))
    shown = made["properties"]
    assert shown["No"]["unique_id"] == {"prefix": "T", "number": 2}
    assert shown["Made"]["created_time"] == made["created_time"]
    assert shown["Changed"]["last_edited_time"] == made["last_edited_time"]
    assert shown["By"]["created_by"]["id"] == notion.integration.id
    assert shown["Sum"]["formula"]["type"] == "string"
    by_person = notion.person.add(source, {"Name": "C"})
    read: Any = client.pages.retrieve(by_person.id)
    assert read["last_edited_by"]["id"] != notion.integration.id


# ----------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("name", "written", "message"),
    [
        ("Text", {"rich_text": many(1, 2_001)}, "[0].text.content.length should be ≤ `2000`"),
        ("Text", {"rich_text": text("🎵" * 1_001)}, "should be ≤ `2000`, instead was `2002`"),
        ("Text", {"rich_text": many(101)}, "rich_text.length should be ≤ `100`"),
        ("Text", {"rich_text": "a"}, "should be an array"),
        ("Text", {"rich_text": [{"content": "a"}]}, "rich_text[0].text should be defined"),
        ("Text", {"rich_text": [{"text": {"content": None}}]}, "should be a string"),
        ("Text", {"rich_text": linked("x" * 2_001)}, "link.url.length should be ≤ `2000`"),
        ("Text", {"title": text("a")}, "Text is expected to be rich_text."),
        ("Name", {"rich_text": text("a")}, "Name is expected to be title."),
        ("Number", {"number": "1"}, "Number.number should be a number"),
        ("Number", {"number": True}, "Number.number should be a number"),
        ("Yes", {"checkbox": None}, "should be a boolean"),
        ("Link", {"url": "x" * 2_001}, "Link.url.length should be ≤ `2000`"),
        ("Link", {"url": ""}, "Link.url.length should be ≥ `1`"),
        ("Mail", {"email": "x" * 201}, "Mail.email.length should be ≤ `200`"),
        ("Phone", {"phone_number": "1" * 201}, "should be ≤ `200`"),
        ("Date", {"date": {"start": "1999"}}, "ISO 8601"),
        ("Date", {"date": {"start": "1999-05"}}, "ISO 8601"),
        ("Date", {"date": {"start": "2026-02-30"}}, "ISO 8601"),
        ("Date", {"date": {"start": "20260101"}}, "ISO 8601"),
        ("Date", {"date": "2026-01-01"}, "should be an object"),
        ("Date", {"date": {"end": "2026-01-01"}}, "date.start should be defined"),
        ("One", {"select": {"name": "a,b"}}, "Invalid select option, commas not allowed: a,b"),
        ("Many", {"multi_select": [{"name": "a,b"}]}, "commas not allowed"),
        ("Many", {"multi_select": [{"name": "x" * 101}]}, "name.length should be ≤ `100`"),
        ("Many", {"multi_select": [{"name": ""}]}, "should be ≥ `1`"),
        ("Many", {"multi_select": [{"name": str(n)} for n in range(101)]}, "length should be ≤ `100`"),
        ("Many", {"multi_select": ["a"]}, "should be an object"),
        ("One", {"select": {"id": "nope"}}, "should be defined"),
        ("State", {"status": {"name": "Lost"}}, 'Status option "Lost" does not exist'),
        ("Made", {"created_time": "2026-01-01"}, "cannot be updated"),
        ("Sum", {"formula": {}}, "cannot be updated"),
        ("Nope", {"number": 1}, "Nope is not a property that exists."),
        ("Number", {"number": 1, "url": "a"}, "should be defined"),
        ("Number", {"type": "url", "number": 1}, "Number is expected to be number."),
        ("Number", 1, "should be an object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_changes_nothing(
    notion: NotionDouble, source: DataSource, name: str, written: Json, message: str
) -> None:
    client = notion.client()
    page = notion.person.add(source, {"Name": "A", "Number": 3})
    before, schema = notion.snapshot(), client.data_sources.retrieve(source.id)
    properties = {"Many": {"multi_select": [{"name": "new"}]}, **titled("B", **{name: written})}
    with Refusal(400, message, "validation_error"):
        client.pages.update(page.id, properties=properties)
    with Refusal(400, message, "validation_error"):
        create(client, source, properties)
    after: Any = client.data_sources.retrieve(source.id)
    assert notion.snapshot() == before
    assert after["properties"] == schema["properties"]  # type: ignore[index]


def test_options_are_made_once(notion: NotionDouble, source: DataSource) -> None:
    client = notion.client()
    one = create(client, source, titled("A", One={"select": {"name": "x"}}))
    two = create(client, source, titled("B", One={"select": {"name": "x"}}))
    chosen = one["properties"]["One"]["select"]
    assert two["properties"]["One"]["select"] == chosen
    by_id = create(client, source, titled("C", One={"select": {"id": chosen["id"]}}))
    assert by_id["properties"]["One"]["select"]["name"] == "x"
    prop = source.named("One")
    assert prop is not None
    assert len(prop.options) == 1


def test_requests_have_a_size(notion: NotionDouble, source: DataSource) -> None:
    client = notion.client()
    block = {"paragraph": {"rich_text": text("a")}}
    create(client, source, titled("A"), children=[block] * 100)
    with Refusal(400, "body.children.length should be ≤ `100`"):
        create(client, source, titled("A"), children=[block] * 101)
    nested = {"toggle": {"rich_text": [], "children": [block] * 100}}
    create(client, source, titled("A"), children=[nested] * 9)
    with Refusal(400, "should be ≤ `1000`"):
        create(client, source, titled("A"), children=[nested] * 10)
    deep = {"toggle": {"rich_text": [], "children": [nested]}}
    with Refusal(400, "should be not present"):
        create(client, source, titled("A"), children=[deep])
    texts = {"Text": {"rich_text": many(100, 2_000)}}
    big = [{"paragraph": {"rich_text": many(100, 2_000)}}] * 2
    with Refusal(400, "larger than 500000 bytes"):
        create(client, source, titled("A", **texts), children=big)
    with Refusal(400, "body.colour should be not present"):
        body = {"parent": {"data_source_id": source.id}, "properties": {}, "colour": "red"}
        client.request("pages", "POST", body=body)
    assert by_hand(notion, "POST /v1/pages", body={}).status_code == 400


# ------------------------------------------------------------------------------------------ relations


def related(client: Any, page: str, name: str) -> list[str]:
    """Return all related pages by the endpoint for one property."""
    found: list[str] = []
    schema = client.pages.retrieve(page)["properties"][name]["id"]
    cursor = None
    while True:
        answer = client.pages.properties.retrieve(page, schema, start_cursor=cursor, page_size=40)
        assert answer["property_item"]["type"] == "relation"
        found += [each["relation"]["id"] for each in answer["results"]]
        cursor = answer["next_cursor"]
        assert answer["has_more"] is (cursor is not None)
        if cursor is None:
            return found


def to(*pages: Page) -> Json:
    return {"relation": [{"id": page.id} for page in pages]}


def test_a_relation_has_two_sides(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    one, two = fill(notion, shelf.playlists, [{"Name": "One"}, {"Name": "Two"}])
    made = create(client, shelf.tracks, titled("A", Playlists=to(one, two)))
    assert notion.person.values(one)["Tracks"] == [made["id"]]
    client.pages.update(made["id"], properties={"Playlists": to(two)})
    assert notion.person.values(one)["Tracks"] == []
    notion.person_edits(two, {"Tracks": []})
    shown: Any = client.pages.retrieve(made["id"])
    assert shown["properties"]["Playlists"] == {
        "id": shown["properties"]["Playlists"]["id"],
        "type": "relation",
        "relation": [],
        "has_more": False,
    }
    notion.person_edits(one, {"Tracks": [made["id"]]})
    again: Any = client.pages.retrieve(made["id"])
    assert again["properties"]["Playlists"]["relation"] == [{"id": one.id}]


@pytest.mark.parametrize("touches", [True, False])
def test_writing_one_side_may_count_as_an_edit_of_the_other(
    notion: NotionDouble, shelf: Shelf, touches: bool
) -> None:
    notion.world.touches_related = touches
    (one,) = fill(notion, shelf.playlists, [{"Name": "One"}])
    before = one.edited
    made = create(notion.client(), shelf.tracks, titled("A", Playlists=to(one)))
    assert (one.edited > before) is touches
    between = one.edited
    notion.client().pages.update(made["id"], properties={"Playlists": to(one)})
    assert one.edited == between, "what stays related is not touched"


def test_25_related_pages_are_shown_and_the_rest_is_elsewhere(
    notion: NotionDouble, shelf: Shelf
) -> None:
    client = notion.client()
    lists = fill(notion, shelf.playlists, ({"Name": str(n)} for n in range(101)))
    made = create(client, shelf.tracks, titled("A", Playlists=to(*lists[:25])))
    shown = made["properties"]["Playlists"]
    assert (len(shown["relation"]), shown["has_more"]) == (25, False)
    whole: Any = client.pages.update(made["id"], properties={"Playlists": to(*lists[:100])})
    shown = whole["properties"]["Playlists"]
    assert (len(shown["relation"]), shown["has_more"]) == (25, True)
    assert related(client, made["id"], "Playlists") == ids(*lists[:100])
    with Refusal(400, "Playlists.relation.length should be ≤ `100`, instead was `101`"):
        client.pages.update(made["id"], properties={"Playlists": to(*lists)})


def test_related_pages_have_to_be_there(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    one, two = fill(notion, shelf.playlists, [{"Name": "One"}, {"Name": "Two"}])
    (artist,) = fill(notion, shelf.artists, [{"Name": "Ada"}])
    made = create(client, shelf.tracks, titled("A", Playlists=to(one, two)))
    with Refusal(400, "another data source"):
        client.pages.update(made["id"], properties={"Playlists": to(artist)})
    with Refusal(400, "valid uuid"):
        client.pages.update(made["id"], properties={"Playlists": {"relation": [{"id": "x"}]}})
    notion.person.trash(one)
    assert related(client, made["id"], "Playlists") == [two.id], "the trash does not show"
    with Refusal(400, "archived"):
        client.pages.update(made["id"], properties={"Playlists": to(one)})
    notion.person.restore(one)
    assert related(client, made["id"], "Playlists") == ids(one, two)
    notion.person.delete(one)
    assert related(client, made["id"], "Playlists") == [two.id]
    with Refusal(404, "Could not find page", "object_not_found"):
        client.pages.update(made["id"], properties={"Playlists": to(one)})


def test_rollups_follow_the_related_pages(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    (playlist,) = fill(notion, shelf.playlists, [{"Name": "One"}])
    rows = [{"Name": str(n), "Duration": n, "Playlists": [playlist]} for n in range(30)]
    tracks = fill(notion, shelf.tracks, rows)

    def totals() -> tuple[int, int]:
        read: Any = client.pages.retrieve(playlist.id)
        shown = read["properties"]
        names = ("Track count", "Total time")
        assert {shown[name]["rollup"]["type"] for name in names} == {"number"}
        one, two = (shown[name]["rollup"]["number"] for name in names)
        return one, two

    assert totals() == (30, sum(range(30)))
    notion.person_edits(tracks[3], {"Duration": 103})
    notion.person.trash(tracks[29])
    assert totals() == (29, sum(range(29)) + 100)
    prop = shelf.playlists.named("Total time")
    assert prop is not None
    item: Any = client.pages.properties.retrieve(playlist.id, prop.shown_id)
    assert item["property_item"]["rollup"]["number"] == sum(range(29)) + 100
    with Refusal(400, "Total time is a rollup property and cannot be updated"):
        client.pages.update(playlist.id, properties={"Total time": {"rollup": {}}})
