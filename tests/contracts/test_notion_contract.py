"""What is asked of the Notion double, and what it answers, is what Notion's OpenAPI document allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from notion_client.errors import HTTPResponseError

from tests.fakes import notion_contract
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_asking import create, text, titled
from tests.fakes.notion_contract import UNDOCUMENTED, Contract
from tests.fakes.notion_faults import Storm, failed
from tests.fakes.notion_http import NEW, OLD, VERSIONS
from tests.fakes.notion_library import populated
from tests.fakes.notion_routes import ROUTES

OURS = sorted({f"{route.method} {route.template}" for route in ROUTES} - UNDOCUMENTED)


@pytest.fixture(scope="module")
def document() -> Contract:
    found = notion_contract.load()
    if found is None:
        name = notion_contract.DOCUMENT
        pytest.skip(f"{name} is not here; SYNCENGINE_CONTRACTS names its folder")
    return found


@pytest.fixture
def notion() -> Iterator[NotionDouble]:
    with NotionDouble() as made:
        yield made


def ask_everything(notion: NotionDouble, version: str) -> None:
    """Call every endpoint by notion-client, as a version has it."""
    shelf, client = populated(notion, 60, playlists=3), notion.client(version)
    page: Any = create(client, shelf.tracks, titled("New"), children=[paragraph()])
    under: Any = client.pages.create(
        parent={"page_id": shelf.home.id},
        properties={"title": {"title": text("Notes")}},
        icon={"type": "emoji", "emoji": "🎵"},
    )
    track = notion.pages_of(shelf.tracks)[0]
    relation = shelf.tracks.named("Playlists")
    assert relation is not None
    client.users.me()
    people: Any = client.users.list(page_size=10)
    client.users.retrieve(people["results"][0]["id"])
    client.search(query="track", filter={"property": "object", "value": "page"}, page_size=10)
    client.databases.retrieve(shelf.tracks.database)
    client.databases.update(shelf.tracks.database, title=text("Songs"))
    made: Any = client.databases.create(
        parent={"type": "page_id", "page_id": shelf.home.id}, title=text("More")
    )
    client.data_sources.create(
        parent={"type": "database_id", "database_id": made["id"]},
        properties={"Name": {"title": {}}},
        title=text("Second"),
    )
    client.data_sources.retrieve(shelf.tracks.id)
    client.data_sources.update(shelf.tracks.id, properties={"New": {"url": {}}}, title=text("T"))
    client.data_sources.query(
        shelf.tracks.id,
        filter={"property": "ISRC", "rich_text": {"equals": "ZZTST0000007"}},
        sorts=[{"timestamp": "created_time", "direction": "ascending"}],
        page_size=50,
        filter_properties=[relation.shown_id],
    )
    client.pages.retrieve(track.id, filter_properties=["title"])
    client.pages.update(track.id, properties={"Popularity": {"number": 3}})
    client.pages.update(page["id"], in_trash=True)
    client.pages.properties.retrieve(track.id, relation.shown_id, page_size=50)
    client.blocks.retrieve(under["id"])
    client.blocks.children.list(shelf.home.id, page_size=50)
    client.blocks.children.append(under["id"], children=[paragraph()])
    client.blocks.delete(under["id"])


def paragraph() -> dict[str, Any]:
    return {"type": "paragraph", "paragraph": {"rich_text": text("Hello")}}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_endpoint_is_as_the_document_has_it(
    document: Contract, notion: NotionDouble, version: str
) -> None:
    ask_everything(notion, version)
    assert notion.check_contract(document) == []
    notion.assert_clean()
    assert set(notion.log.counts) == {f"{route.method} {route.template}" for route in ROUTES}
    assert set(notion.log.statuses) == {200}


def test_refusals_and_faults_have_the_documents_form(
    document: Contract, notion: NotionDouble
) -> None:
    client = notion.client()
    for status in (409, 429, 500, 503, 504, 529):
        notion.faults.add("*", failed(status))
        with pytest.raises(HTTPResponseError):
            client.users.me()
    with pytest.raises(HTTPResponseError):
        client.pages.retrieve("short")
    calls = notion.log.noted
    honest = [replace(each, answer=replace(each.answer, faulty=False)) for each in calls]
    assert [each.status for each in calls] == [409, 429, 500, 503, 504, 529, 400]
    assert document.check(honest) == []
    notion.storm = Storm(share=0.1, seconds=0.0)
    for _ in range(30):
        try:
            client.users.me()
        except (HTTPResponseError, httpx.HTTPError):
            continue
    assert notion.check_contract(document) == []


def test_wrong_requests_are_found(document: Contract, notion: NotionDouble) -> None:
    home = notion.home()
    source = notion.person.add_database(home, "S", {"Name": "title"})
    client = notion.client()
    create(client, source, titled("One"))
    client.data_sources.query(source.id)
    client.users.list(page_size=5)
    made, asked, listed = notion.log.noted
    assert document.check([made, asked, listed]) == []
    for call, body in (
        (made, b'{"parent": {"colour": "red"}, "properties": {}}'),
        (made, b'{"parent": {"type": "workspace"}}'),
        (made, b'{"parent": {"type": "workspace"}, "properties": {}, "colour": "red"}'),
        (asked, b'{"sorts": [{"property": "Name"}]}'),
        (asked, b'{"page_size": "50"}'),
        (listed, b'{"page_size": 50}'),
    ):
        spoilt = replace(call, request=replace(call.request, body=body))
        assert len(document.check([spoilt])) == 1, body
    wrong = replace(listed, request=replace(listed.request, query={"colour": "red"}))
    assert "colour" in document.check([wrong])[0]
    nowhere = replace(listed, template="/v1/databases/{database_id}/query")
    assert "no such endpoint" in document.check([nowhere])[0]


def test_wrong_answers_are_found(document: Contract, notion: NotionDouble) -> None:
    home = notion.home()
    for version in VERSIONS:
        notion.client(version).pages.retrieve(home.id)
    old, new = notion.log.noted
    assert document.check([old, new]) == []
    crossed = [replace(old, answer=new.answer), replace(new, answer=old.answer)]
    assert [each.count("older version") for each in document.check(crossed)] == [1, 1]
    empty = replace(old, answer=replace(old.answer, raw=b'{"object": "page", "id": "x"}'))
    assert "lacks 'properties'" in "\n".join(document.check([empty]))
    strange = replace(old, answer=replace(old.answer, raw=b'{"object": "thing"}'))
    assert "unknown kind 'thing'" in document.check([strange])[0]
    assert old.request.headers["notion-version"] == OLD != NEW


@pytest.mark.parametrize("name", OURS)
def test_the_endpoints_are_those_of_the_document(document: Contract, name: str) -> None:
    method, _, template = name.partition(" ")
    (route,) = [each for each in ROUTES if (each.method, each.template) == (method, template)]
    assert document.operation(method, template) is not None
    assert route.query == document.parameters(method, template)


def test_what_is_said_to_be_undocumented_is(document: Contract) -> None:
    for name in UNDOCUMENTED:
        method, _, template = name.partition(" ")
        assert document.operation(method, template) is None
