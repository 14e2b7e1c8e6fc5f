"""Queries: filters, sorts, pages, the end after 10,000 rows, and what queries do not see yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_asking import Refusal, create, ids, query, text, titled
from tests.fakes.notion_http import Json
from tests.fakes.notion_library import Shelf, fill
from tests.fakes.notion_things import Page, minute

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def rows(notion: NotionDouble, shelf: Shelf) -> list[Page]:
    """Return three rows of which each has what the others lack, half a minute apart."""
    (playlist,) = fill(notion, shelf.playlists, [{"Name": "One"}])
    alpha = {
        "Name": "Alpha",
        "Spotify URI": "spotify:track:AbC",
        "URL": "https://x/1",
        "Duration": 100,
        "Explicit": True,
        "Release date": "2020-01-31",
        "Genres": ["pop", "rock"],
        "My rating": "good",
        "Playlists": [playlist],
    }
    beta = {"Name": "beta", "Duration": 200, "Release date": "2021-06-01", "Genres": ["pop"]}
    beta["URL"] = "https://y/2"
    return fill(notion, shelf.tracks, [alpha, beta, {}], start=START, per_minute=2)


@pytest.mark.parametrize(
    ("name", "condition", "expected"),
    [
        ("Name", {"title": {"equals": "Alpha"}}, "0"),
        ("Name", {"title": {"contains": "a"}}, "01"),
        ("Name", {"title": {"does_not_equal": "Alpha"}}, "12"),
        ("Name", {"title": {"starts_with": "al"}}, "0"),
        ("Name", {"title": {"is_empty": True}}, "2"),
        ("Spotify URI", {"rich_text": {"equals": "spotify:track:AbC"}}, "0"),
        ("Spotify URI", {"rich_text": {"equals": "spotify:track:abc"}}, "0"),
        ("Spotify URI", {"rich_text": {"equals": "spotify:track:"}}, ""),
        ("Spotify URI", {"rich_text": {"is_not_empty": True}}, "0"),
        ("Spotify URI", {"rich_text": {"does_not_contain": "track"}}, "12"),
        ("URL", {"url": {"ends_with": "/2"}}, "1"),
        ("URL", {"url": {"equals": "https://x/1"}}, "0"),
        ("Duration", {"number": {"equals": 100}}, "0"),
        ("Duration", {"number": {"greater_than": 100}}, "1"),
        ("Duration", {"number": {"less_than_or_equal_to": 200}}, "01"),
        ("Duration", {"number": {"does_not_equal": 100}}, "12"),
        ("Duration", {"number": {"is_empty": True}}, "2"),
        ("Explicit", {"checkbox": {"equals": True}}, "0"),
        ("Explicit", {"checkbox": {"does_not_equal": True}}, "12"),
        ("Release date", {"date": {"equals": "2020-01-31"}}, "0"),
        ("Release date", {"date": {"after": "2020-01-31"}}, "1"),
        ("Release date", {"date": {"on_or_before": "2021-06-01"}}, "01"),
        ("Release date", {"date": {"is_not_empty": True}}, "01"),
        ("Genres", {"multi_select": {"contains": "rock"}}, "0"),
        ("Genres", {"multi_select": {"does_not_contain": "rock"}}, "12"),
        ("My rating", {"select": {"equals": "good"}}, "0"),
        ("My rating", {"select": {"does_not_equal": "good"}}, "12"),
        ("My rating", {"select": {"is_empty": True}}, "12"),
        ("Playlists", {"relation": {"is_empty": True}}, "12"),
        ("Playlists", {"relation": {"is_not_empty": True}}, "0"),
    ],
)
def test_filters_by_property(
    notion: NotionDouble, shelf: Shelf, rows: list[Page], name: str, condition: Json, expected: str
) -> None:
    found = query(notion.client(), shelf.tracks, filter={"property": name, **condition})
    assert sorted(found) == sorted(rows[int(each)].id for each in expected)


def test_filters_by_relation_rollup_and_time(
    notion: NotionDouble, shelf: Shelf, rows: list[Page]
) -> None:
    client = notion.client()
    (playlist,) = notion.pages_of(shelf.playlists)

    def found(**wanted: Any) -> list[Page]:
        return [notion.world.pages[each] for each in query(client, shelf.tracks, filter=wanted)]

    assert found(property="Playlists", relation={"contains": playlist.id}) == rows[:1]
    out = found(property="Playlists", relation={"does_not_contain": playlist.id})
    assert set(ids(*out)) == set(ids(*rows[1:]))
    counted = {"property": "Track count", "rollup": {"number": {"equals": 1}}}
    assert query(client, shelf.playlists, filter=counted) == [playlist.id]
    # Half a minute apart: the second is in the first's minute.
    assert set(found(timestamp="created_time", created_time={"equals": minute(START)})) == set(
        rows[:2]
    )
    late = {"on_or_after": "2026-01-01T00:00:30Z"}
    assert found(timestamp="created_time", created_time=late) == rows[2:]
    assert len(found(timestamp="created_time", created_time={"on_or_before": "2026-01-01"})) == 3
    assert found(timestamp="created_time", created_time={"after": "2026-01-01"}) == []


def test_joined_filters(notion: NotionDouble, shelf: Shelf, rows: list[Page]) -> None:
    client = notion.client()
    keys: list[Json] = [
        {"property": "Spotify URI", "rich_text": {"equals": "spotify:track:AbC"}},
        {"property": "URL", "url": {"equals": "https://y/2"}},
    ]
    assert set(query(client, shelf.tracks, filter={"or": keys})) == set(ids(*rows[:2]))
    assert query(client, shelf.tracks, filter={"and": keys}) == []
    mixed = [keys[0], {"property": "Duration", "number": {"equals": 200}}]
    assert set(query(client, shelf.tracks, filter={"or": mixed})) == set(ids(*rows[:2]))
    popular = {"property": "Genres", "multi_select": {"contains": "pop"}}
    both = {"and": [popular, {"or": keys[1:]}]}
    assert query(client, shelf.tracks, filter=both) == [rows[1].id]
    with Refusal(400, "should be not present"):
        query(client, shelf.tracks, filter={"and": [{"or": [{"and": keys}]}]})
    with Refusal(400, "length should be ≤ `100`"):
        query(client, shelf.tracks, filter={"or": keys * 51})


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"property": "Nope", "title": {"equals": "a"}}, "Could not find property with name or id: Nope"),
        ({"property": "Name", "rich_text": {"equals": "a"}}, "title does not match filter rich_text"),
        ({"property": "Name"}, "should be defined"),
        ({"property": "Name", "title": {"like": "a"}}, "title.like should be not present"),
        ({"property": "Name", "title": {"equals": 1}}, "should be a string"),
        ({"property": "Name", "title": {}}, "one condition"),
        ({"property": "Duration", "number": {"equals": "1"}}, "should be a number"),
        ({"property": "Playlists", "relation": {"contains": "x"}}, "valid uuid"),
        ({"timestamp": "created_time", "created_time": {"after": "yesterday-ish"}}, "ISO 8601"),
        ({"timestamp": "created_time"}, "should be defined"),
        ({"timestamp": "viewed_time", "viewed_time": {}}, "known timestamp"),
    ],
)  # fmt: skip
def test_wrong_filters_are_refused(
    notion: NotionDouble, shelf: Shelf, wanted: Json, message: str
) -> None:
    with Refusal(400, message, "validation_error"):
        query(notion.client(), shelf.tracks, filter=wanted)


def test_sorts(notion: NotionDouble, shelf: Shelf, rows: list[Page]) -> None:
    client = notion.client()

    def order(*sorts: Json) -> str:
        found = query(client, shelf.tracks, sorts=list(sorts))
        return "".join(str(ids(*rows).index(each)) for each in found)

    assert order({"timestamp": "created_time", "direction": "descending"})[0] == "2"
    assert order({"property": "Duration", "direction": "ascending"}) == "012"
    assert order({"property": "Duration", "direction": "descending"}) == "102", "empty comes last"
    assert order({"property": "Name", "direction": "descending"}) == "102"
    by_minute = {"timestamp": "created_time", "direction": "ascending"}
    assert order(by_minute, {"property": "Duration", "direction": "descending"}) == "102"
    with Refusal(400, "Nope"):
        order({"property": "Nope", "direction": "ascending"})
    with Refusal(400, "direction"):
        order({"property": "Name", "direction": "up"})


# ---------------------------------------------------------------------------------------------- pages


def test_results_come_in_pages(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    pages = fill(notion, shelf.artists, ({"Name": str(n)} for n in range(250)))
    assert sorted(query(client, shelf.artists)) == sorted(ids(*pages))
    assert notion.log.count("POST /v1/data_sources/*/query") == 3
    first: Any = client.data_sources.query(shelf.artists.id, page_size=7)
    assert (len(first["results"]), first["request_status"]) == (7, {"type": "complete"})
    assert first["next_cursor"] not in ids(*pages)
    with Refusal(400, "body.page_size should be ≤ `100`, instead was `101`"):
        client.data_sources.query(shelf.artists.id, page_size=101)
    with Refusal(400, "body.page_size should be ≥ `1`"):
        client.data_sources.query(shelf.artists.id, page_size=0)
    with Refusal(400, "The start_cursor provided is invalid"):
        client.data_sources.query(shelf.artists.id, start_cursor="x")
    with Refusal(400, "The start_cursor provided is invalid"):
        client.data_sources.query(shelf.albums.id, start_cursor=first["next_cursor"])
    exact = query(client, shelf.artists, page_size=50)
    assert len(exact) == 250
    assert notion.log.count("POST /v1/data_sources/*/query") == 3 + 1 + 4 + 5


def test_properties_can_be_chosen(notion: NotionDouble, shelf: Shelf, rows: list[Page]) -> None:
    wanted = [shelf.tracks.named(name) for name in ("ISRC", "Duration")]
    chosen = [each.shown_id for each in wanted if each]
    shown: Any = notion.client().data_sources.query(shelf.tracks.id, filter_properties=chosen)
    assert len(shown["results"]) == len(rows)
    assert all(set(each["properties"]) == {"ISRC", "Duration"} for each in shown["results"])


def test_a_query_ends_after_so_many_rows_and_says_so(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    notion.world.query_limit = 250
    pages = fill(notion, shelf.artists, ({"Name": str(n)} for n in range(600)), start=START)
    by_time: Json = {"timestamp": "created_time", "direction": "ascending"}
    found = query(client, shelf.artists, sorts=[by_time])
    assert len(found) == 250
    seen, since, rounds = dict.fromkeys(found), "", 0
    while True:
        rounds += 1
        cursor, last = None, None
        window = {"timestamp": "created_time", "created_time": {"on_or_after": since}}
        while True:
            last = client.data_sources.query(
                shelf.artists.id,
                sorts=[by_time],
                start_cursor=cursor,
                **({"filter": window} if since else {}),
            )
            assert isinstance(last, dict)
            seen |= dict.fromkeys(each["id"] for each in last["results"])
            cursor = last["next_cursor"]
            if cursor is None:
                break
        if last["request_status"] == {"type": "complete"}:
            break
        assert last["request_status"] == {
            "type": "incomplete",
            "incomplete_reason": "query_result_limit_reached",
        }
        assert last["has_more"] is False
        assert since != last["results"][-1]["created_time"], "no progress"
        since = last["results"][-1]["created_time"]
    assert sorted(seen) == sorted(ids(*pages))
    assert rounds > 2


def test_exactly_the_limit_is_complete(notion: NotionDouble, shelf: Shelf) -> None:
    notion.world.query_limit = 20
    fill(notion, shelf.artists, ({"Name": str(n)} for n in range(20)))
    shown: Any = notion.client().data_sources.query(shelf.artists.id)
    assert (len(shown["results"]), shown["request_status"]) == (20, {"type": "complete"})


def test_rows_that_come_and_go_between_pages(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    pages = fill(notion, shelf.artists, ({"Name": f"{n:03d}"} for n in range(120)))
    sorts = [{"property": "Name", "direction": "ascending"}]
    gone: list[Page] = pages[:5]
    notion.before_page("POST /v1/data_sources/*/query", lambda: notion.person.trash(*gone))
    found = query(client, shelf.artists, sorts=sorts)
    assert found == ids(*pages), "the cursor knows where it was"
    notion.before_page("POST /v1/data_sources/*/query", lambda: notion.person.trash(pages[105]))
    assert len(query(client, shelf.artists, sorts=sorts)) in (113, 114, 115)


# ------------------------------------------------------------------------------------------------ lag


def test_queries_lag_behind_by_number(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    (old,) = fill(notion, shelf.tracks, [{"Name": "Old", "Spotify URI": "old"}])
    by_key = {"property": "Spotify URI", "rich_text": {"equals": "new"}}
    query(client, shelf.tracks, filter=by_key)
    notion.lag(queries=2)
    made = create(
        client, shelf.tracks, titled("New", **{"Spotify URI": {"rich_text": text("new")}})
    )
    assert client.pages.retrieve(made["id"])
    assert query(client, shelf.tracks, filter=by_key) == []
    assert query(client, shelf.tracks) == [old.id]
    assert query(client, shelf.tracks, filter=by_key) == [made["id"]]
    client.pages.update(old.id, properties={"Spotify URI": {"rich_text": text("new")}})
    shown: Any = client.data_sources.query(shelf.tracks.id, filter=by_key)
    assert [each["id"] for each in shown["results"]] == [made["id"]]
    by_key["rich_text"] = {"equals": "old"}
    shown = client.data_sources.query(shelf.tracks.id, filter=by_key)
    (stale,) = shown["results"]
    assert stale["properties"]["Spotify URI"]["rich_text"][0]["plain_text"] == "old"
    assert query(client, shelf.tracks, filter=by_key) == []
    notion.person.trash(old)
    assert old.id in query(client, shelf.tracks)


def test_queries_lag_behind_by_time(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    real, moved = notion.world.clock, timedelta(0)
    notion.world.clock = lambda: real() + moved
    notion.lag(30)
    made = create(client, shelf.tracks, titled("New"))
    assert query(client, shelf.tracks) == []
    assert query(client, shelf.tracks) == []
    moved = timedelta(seconds=31)
    assert query(client, shelf.tracks) == [made["id"]]
