"""The double says what Notion says about pages and who may see them: driven through notion-client."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from notion_client.helpers import collect_paginated_api

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_asking import Refusal, by_hand, create, ids, query, text, titled
from tests.fakes.notion_http import NEW, OLD, VERSIONS, Json
from tests.fakes.notion_library import Shelf, fill
from tests.fakes.notion_things import as_id, minute


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 18, 30, 45, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **much: float) -> None:
        self.now += timedelta(**much)


# ------------------------------------------------------------------------------- who may ask for what


def test_a_token_a_version_and_a_body_are_asked_for(notion: NotionDouble) -> None:
    def told(**headers: str | None) -> tuple[int, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = by_hand(notion, "GET /v1/users/me", headers=named)
        return answer.status_code, answer.json().get("code", "")

    assert told() == (200, "")
    assert told(Authorization="Bearer wrong") == (401, "unauthorized")
    assert told(Authorization=None) == (401, "unauthorized")
    assert told(Authorization=f"Basic {notion.token}") == (401, "unauthorized")
    assert told(Notion_Version=None) == (400, "missing_version")
    spoilt = by_hand(notion, "POST /v1/search", content=b"{")
    assert (spoilt.status_code, spoilt.json()["code"]) == (400, "invalid_json")
    listed = by_hand(notion, "POST /v1/search", body=[])
    assert listed.json()["code"] == "validation_error"
    notion.revoke()
    assert told() == (401, "unauthorized")


def test_strange_requests_do_not_go_unseen() -> None:
    with NotionDouble() as notion:
        assert by_hand(notion, "POST /v1/databases/x/query").json()["code"] == "invalid_request_url"
        assert by_hand(notion, "GET /v1/users/me?colour=red").status_code == 200
        assert by_hand(
            notion, "GET /v1/users/me", headers={"Notion-Version": "2022-06-28"}
        ).is_error
        assert len(notion.log.unexpected) == 1
        assert len(notion.log.problems) == 2
        with pytest.raises(AssertionError, match="colour"):
            notion.assert_clean()


def test_what_is_not_shared_is_not_there(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    hidden = notion.world.add_page("Hidden")
    with Refusal(404, 'shared with your integration "Syncengine"', "object_not_found"):
        client.pages.retrieve(hidden.id)
    with Refusal(404, "", "object_not_found"):
        client.databases.create(parent={"type": "page_id", "page_id": hidden.id})
    notion.person.unshare(shelf.home)
    asks: list[Callable[[], Any]] = [
        lambda: client.pages.retrieve(page.id),
        lambda: client.data_sources.query(shelf.tracks.id),
        lambda: client.databases.retrieve(shelf.tracks.database),
        lambda: create(client, shelf.tracks, titled("New")),
    ]
    for ask in asks:
        with Refusal(404, "", "object_not_found"):
            ask()
    notion.person.share(shelf.tracks)
    assert client.pages.retrieve(page.id)
    schema: Any = client.data_sources.retrieve(shelf.tracks.id)
    assert "Artists" not in schema["properties"], "relations to what is not shared do not show"
    assert "Name" in schema["properties"]


@pytest.mark.parametrize(
    ("granted", "works"),
    [("read", "retrieve query"), ("insert", "create"), ("update", "edit"), ("users", "users")],
)
def test_capabilities(notion: NotionDouble, shelf: Shelf, granted: str, works: str) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    client = notion.client()
    notion.allow(granted)
    asks: dict[str, Callable[[], Any]] = {
        "retrieve": lambda: client.pages.retrieve(page.id),
        "query": lambda: client.data_sources.query(shelf.tracks.id),
        "create": lambda: create(client, shelf.tracks, titled("Two")),
        "edit": lambda: client.pages.update(page.id, properties=titled("Three")),
        "users": client.users.list,
    }
    for name, ask in asks.items():
        if name in works.split():
            is_little = ask().keys() == {"object", "id", "request_id"}
            assert is_little is (granted in ("insert", "update"))
        else:
            with Refusal(403, "Insufficient permissions", "restricted_resource"):
                ask()


def test_ids_are_taken_with_and_without_dashes(notion: NotionDouble, shelf: Shelf) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    client = notion.client()
    answer: Any = client.pages.retrieve(page.id.replace("-", ""))
    assert answer["id"] == page.id
    assert answer["url"].startswith("https://app.notion.com/")
    with Refusal(400, "path.page_id should be a valid uuid", "validation_error"):
        client.pages.retrieve("one")
    for wrong in (shelf.tracks.database, shelf.tracks.id):
        with Refusal(404):
            client.pages.retrieve(wrong)
    with Refusal(404):
        client.data_sources.query(shelf.tracks.database)
    assert as_id("x" * 32) is None


# ---------------------------------------------------------------------------------------------- pages


def test_a_page_is_made_edited_and_read(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    made = create(client, shelf.tracks, titled("One", **{"Spotify URI": {"rich_text": text("u")}}))
    assert made["parent"] == {
        "type": "data_source_id",
        "data_source_id": shelf.tracks.id,
        "database_id": shelf.tracks.database,
    }
    assert set(made["properties"]) == {each.name for each in shelf.tracks.properties.values()}
    assert made["properties"]["Popularity"]["number"] is None
    client.pages.update(made["id"], properties={"Popularity": {"number": 7}})
    page = notion.world.pages[made["id"]]
    values = notion.person.values(page)
    assert (values["Name"], values["Spotify URI"], values["Popularity"]) == ("One", "u", 7)
    read: Any = client.pages.retrieve(page.id)
    assert read["properties"]["Name"]["title"][0]["plain_text"] == "One"
    assert notion.find(shelf.tracks, "Spotify URI", "u") == [page]
    assert notion.log.applied["POST /v1/pages"] == 1


def test_properties_are_found_by_id_when_a_person_renames_them(
    notion: NotionDouble, shelf: Shelf
) -> None:
    client = notion.client()
    prop = shelf.tracks.named("ISRC")
    assert prop is not None
    notion.person.rename(shelf.tracks, "ISRC", "Code")
    with Refusal(400, "ISRC is not a property that exists.", "validation_error"):
        create(client, shelf.tracks, titled("One", ISRC={"rich_text": text("i")}))
    for name in ("Code", prop.id, prop.shown_id):
        made = create(client, shelf.tracks, titled("One", **{name: {"rich_text": text("i")}}))
        assert made["properties"]["Code"]["id"] == prop.shown_id
    found = query(client, shelf.tracks, filter={"property": prop.id, "rich_text": {"equals": "i"}})
    assert len(found) == 3


def test_some_ids_of_properties_need_encoding(notion: NotionDouble) -> None:
    wide = {f"P{n}": "number" for n in range(60)}
    source = notion.person.add_database(notion.home(), "Wide", wide)
    odd = [each for each in source.properties.values() if each.id != each.shown_id]
    assert odd
    client = notion.client()
    page = notion.person.add(source, {odd[0].name: 3})
    item: Any = client.pages.properties.retrieve(page.id, odd[0].shown_id)
    assert (item["id"], item["number"]) == (odd[0].shown_id, 3)
    shown: Any = client.pages.retrieve(page.id, filter_properties=[odd[0].shown_id, "title"])
    assert set(shown["properties"]) == {odd[0].name, "Name"}


def test_times_are_rounded_down_to_the_minute() -> None:
    hand = Hand()
    with NotionDouble(clock=hand) as notion:
        source = notion.person.add_database(notion.home(), "S", {"Name": "title"})
        client = notion.client()
        made = create(client, source, titled("One"))
        assert made["created_time"] == made["last_edited_time"] == "2026-11-21T18:30:00.000Z"
        hand.on(seconds=10)
        client.pages.update(made["id"], properties=titled("Two"))
        after = _edited_after(minute(hand()))
        assert query(client, source, filter=after) == [], (
            "edits of the same minute are not after it"
        )
        hand.on(seconds=50)
        edited: Any = client.pages.update(made["id"], properties=titled("Three"))
        assert edited["created_time"] == "2026-11-21T18:30:00.000Z"
        assert edited["last_edited_time"] == "2026-11-21T18:31:00.000Z"
        assert query(client, source, filter=after) == [made["id"]]
        hand.on(minutes=1)
        notion.person_edits(notion.world.pages[made["id"]], {"Name": "Four"})
        assert made["id"] == query(client, source, filter=_edited_after("2026-11-21T18:31:59Z"))[0]


def _edited_after(when: str) -> Json:
    return {"timestamp": "last_edited_time", "last_edited_time": {"after": when}}


@pytest.mark.parametrize("version", VERSIONS)
def test_trash(notion: NotionDouble, shelf: Shelf, version: str) -> None:
    client = notion.client(version)
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.person.trash(page)
    with Refusal(400, "Can't edit block that is archived. You must unarchive the block"):
        client.pages.update(page.id, properties=titled("Two"))
    shown: Any = client.pages.retrieve(page.id)
    assert shown["in_trash"] is True
    assert ("archived" in shown) is (version == OLD)
    assert query(client, shelf.tracks) == []
    assert query(client, shelf.tracks, in_trash=True) == [page.id]
    client.pages.update(page.id, in_trash=False, properties=titled("Back"))
    assert query(client, shelf.tracks) == [page.id]
    assert page.title == "Back"
    client.pages.update(page.id, in_trash=True)
    assert page.trashed
    notion.person.delete(page)
    with Refusal(404, "", "object_not_found"):
        client.pages.update(page.id, properties=titled("Two"))
    assert query(client, shelf.tracks, in_trash=True) == []


def test_archived_is_for_the_older_version(notion: NotionDouble, shelf: Shelf) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.client(OLD).pages.update(page.id, archived=True)
    assert page.trashed
    with Refusal(400, "body.archived should be not present", "validation_error"):
        notion.client(NEW).pages.update(page.id, archived=False)
    with Refusal(400, "body.archived"):
        notion.client(NEW).data_sources.query(shelf.tracks.id, archived=True)


def test_a_database_in_the_trash_takes_its_rows_along(notion: NotionDouble, shelf: Shelf) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.person.set_database_trashed(shelf.tracks)
    client = notion.client()
    with Refusal(400, "archived ancestor"):
        client.pages.update(page.id, properties=titled("Two"))
    with Refusal(400, "archived ancestor"):
        create(client, shelf.tracks, titled("Two"))
    shown: Any = client.databases.retrieve(shelf.tracks.database)
    assert shown["in_trash"] is True
    assert client.data_sources.retrieve(shelf.tracks.id)["in_trash"] is True  # type: ignore[index]
    with Refusal(404):
        client.data_sources.query(shelf.tracks.id)
    client.databases.update(shelf.tracks.database, in_trash=False)
    assert query(client, shelf.tracks) == [page.id]


# ----------------------------------------------------------------------------------- beside databases


def test_users_say_what_the_plan_is(notion: NotionDouble) -> None:
    client = notion.client()
    limits = ("bot", "workspace_limits", "max_file_upload_size_in_bytes")

    def upload() -> int:
        found: Any = client.users.me()
        for part in limits:
            found = found[part]
        return int(found)

    paid = upload()
    notion.limit_blocks(members=3)
    assert upload() < paid
    assert len(collect_paginated_api(client.users.list)) == 3


def test_search_finds_by_title(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    found: Any = client.search(query="TRACK", filter={"property": "object", "value": "data_source"})
    assert [each["id"] for each in found["results"]] == [shelf.tracks.id]
    page = notion.person.add(shelf.tracks, {"Name": "A track"})
    both = collect_paginated_api(client.search, query="track", page_size=1)
    assert {each["id"] for each in both} == {shelf.tracks.id, page.id}
    notion.lag(queries=1)
    notion.person.add(shelf.tracks, {"Name": "Another track"})
    assert len(collect_paginated_api(client.search, query="track")) == 2, "not there yet"
    with Refusal(400, "body.filter.value"):
        client.search(filter={"property": "object", "value": "database"})


@pytest.mark.parametrize("version", VERSIONS)
def test_blocks_show_what_is_on_a_page(notion: NotionDouble, shelf: Shelf, version: str) -> None:
    client = notion.client(version)
    block = {"paragraph": {"rich_text": text("Hello")}}
    where = {"position": {"type": "end"}} if version == NEW else {"after": shelf.home.id}
    client.blocks.children.append(shelf.home.id, children=[block], **where)
    found = collect_paginated_api(client.blocks.children.list, block_id=shelf.home.id, page_size=2)
    kinds = [each["type"] for each in found]
    assert kinds == ["paragraph", *["child_database"] * 4]
    client.blocks.delete(found[0]["id"])
    client.blocks.delete(found[1]["id"])
    assert notion.world.databases[found[1]["id"]].trashed
    client.blocks.retrieve(shelf.home.id)
    wrong = {"after": shelf.home.id} if version == NEW else {"position": {"type": "end"}}
    with Refusal(400, "should be not present"):
        client.blocks.children.append(shelf.home.id, children=[block], **wrong)


def test_pages_under_pages_have_titles_only(notion: NotionDouble) -> None:
    client, home = notion.client(), notion.home()
    made: Any = client.pages.create(
        parent={"page_id": home.id},
        properties={"title": {"title": text("Notes")}},
        children=[{"paragraph": {"rich_text": text("Hello")}}],
        icon={"type": "emoji", "emoji": "🎵"},
    )
    assert made["icon"] == {"type": "emoji", "emoji": "🎵"}
    with Refusal(400, "Name is not a property that exists."):
        client.pages.create(parent={"page_id": home.id}, properties=titled("Notes"))
    notion.person_edits(notion.world.pages[made["id"]], {"title": "Other"})
    assert notion.world.pages[made["id"]].title == "Other"


def test_a_free_workspace_is_full_one_day(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    notion.limit_blocks(notion.world.blocks_used + 1)
    made = create(client, shelf.tracks, titled("The last"))
    with Refusal(403, "block limit", "restricted_resource") as _:
        create(client, shelf.tracks, titled("One more"))
    client.pages.update(made["id"], properties=titled("Edits go on"))
    client.pages.update(made["id"], in_trash=True)
    with Refusal(403):
        create(client, shelf.tracks, titled("What is gone counts"))
    notion.world.members = 1
    create(client, shelf.tracks, titled("Alone there is no limit"))


# ---------------------------------------------------------------------------------------- the helpers


def test_a_snapshot_shows_what_changed_and_nothing_else(notion: NotionDouble, shelf: Shelf) -> None:
    one, two = fill(notion, shelf.tracks, [{"Name": "One", "My notes": "mine"}, {"Name": "Two"}])
    before = notion.snapshot(but=("Popularity",))
    client = notion.client()
    client.pages.update(one.id, properties={"Popularity": {"number": 1}})
    assert notion.snapshot(but=("Popularity",)) == before
    client.pages.update(two.id, properties={"My notes": {"rich_text": text("theirs")}})
    after = notion.snapshot(but=("Popularity",))
    assert [page for page in before if before[page] != after[page]] == [two.id]
    notion.person.trash(one)
    assert notion.snapshot()[one.id]["(in trash)"] is True
    assert notion.pages_of(shelf.tracks) == [two]
    assert ids(*notion.pages_of(shelf.tracks, trashed=None)) == [one.id, two.id]
    twin = notion.person.duplicate(two)
    assert notion.find(shelf.tracks, "My notes", "theirs") == [two, twin]
    assert notion.source("Tracks") is notion.source(shelf.tracks.id) is shelf.tracks


def test_it_can_be_unreachable(notion: NotionDouble) -> None:
    notion.pause()
    with pytest.raises(OSError, match="refused"):
        _try(notion)
    notion.resume()
    assert by_hand(notion, "GET /v1/users/me").status_code == 200
    assert notion.environment == {"NOTION_API_URL": notion.url, "NOTION_TOKEN": notion.token}


def _try(notion: NotionDouble) -> None:
    where = urlsplit(notion.url)
    socket.create_connection((where.hostname, where.port or 80), timeout=2).close()
