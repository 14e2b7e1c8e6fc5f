"""Rate limits, latency and faults of the Notion double, before and after a write is done."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from notion_client import APIResponseError
from notion_client.errors import HTTPResponseError, RequestTimeoutError, UnknownHTTPResponseError

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_asking import Refusal, create, titled
from tests.fakes.notion_faults import KINDS, Storm, cut, failed, hung_up, slow, timed_out
from tests.fakes.notion_library import Shelf

CREATE = "POST /v1/pages"


def names(notion: NotionDouble, shelf: Shelf) -> list[str]:
    return [page.title for page in notion.pages_of(shelf.tracks)]


# --------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [409, 429, 500, 502, 503, 504, 529])
def test_an_error_comes_before_or_after_the_write(
    notion: NotionDouble, shelf: Shelf, status: int, done: bool
) -> None:
    client = notion.client()
    notion.faults.add(CREATE, failed(status, done=done, retry_after=2))
    with pytest.raises((APIResponseError, UnknownHTTPResponseError)) as caught:
        create(client, shelf.tracks, titled("One"))
    assert caught.value.status == status
    assert caught.value.headers["Retry-After"] == "2"
    known = isinstance(caught.value, APIResponseError)
    assert known is (status not in (502, 529)), "notion-client does not know these"
    assert names(notion, shelf) == (["One"] if done else [])
    assert notion.log.applied[CREATE] == done
    create(client, shelf.tracks, titled("Two"))
    assert names(notion, shelf)[-1] == "Two"


def test_answers_are_lost_though_the_page_is_there(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    notion.faults.plan(CREATE, [cut(), hung_up(done=True), hung_up(), None])
    for name in ("cut", "hung up after", "hung up before"):
        with pytest.raises(httpx.RemoteProtocolError):
            create(client, shelf.tracks, titled(name))
    create(client, shelf.tracks, titled("sound"))
    assert names(notion, shelf) == ["cut", "hung up after", "sound"]
    assert notion.log.statuses == {200: 2, 0: 2}


@pytest.mark.parametrize("done", [False, True])
def test_a_client_runs_out_of_patience(notion: NotionDouble, shelf: Shelf, done: bool) -> None:
    client = notion.client(timeout=0.2)
    notion.faults.add(CREATE, timed_out(0.6, done=done))
    with pytest.raises(RequestTimeoutError):
        create(client, shelf.tracks, titled("One"))
    assert names(notion, shelf) == ["One"] * done
    notion.faults.add(CREATE, slow(0.05))
    create(client, shelf.tracks, titled("Two"))


def test_faults_are_set_for_an_endpoint_and_a_number_of_calls(
    notion: NotionDouble, shelf: Shelf
) -> None:
    client = notion.client()
    notion.faults.add("PATCH /v1/pages/*", failed(500), times=2, skip=1)
    made = create(client, shelf.tracks, titled("One"))
    told = []
    for n in range(5):
        try:
            client.pages.update(made["id"], properties=titled(str(n)))
            told.append(200)
        except APIResponseError as error:
            told.append(error.status)
    assert told == [200, 500, 500, 200, 200]


def test_a_storm_has_all_kinds_and_comes_from_a_seed() -> None:
    def weather(seed: int) -> tuple[list[str], dict[str, int]]:
        storm = Storm(seed=seed, share=0.05)
        told = [
            None if (found := storm.next()) is None else found.__qualname__ for _ in range(4_000)
        ]
        return [str(each) for each in told], dict(storm.met)

    assert weather(1) == weather(1)
    assert weather(1) != weather(2)
    calls, met = weather(3)
    for kind in KINDS:
        both = met.get(f"{kind} before", 0) + met.get(f"{kind} after", 0)
        assert 150 < both < 260, kind
    assert 60 < met["500 after"] < 140
    assert met["cut after"]
    assert "429 after" not in met
    assert calls.count("None") / len(calls) == pytest.approx(0.5, abs=0.05)


def test_in_a_storm_what_was_done_is_known(notion: NotionDouble, shelf: Shelf) -> None:
    notion.storm = Storm(seed=5, share=0.06, pattern=CREATE, seconds=0.3, retry_after=0)
    client = notion.client(timeout=0.15)
    for _ in range(20):
        client.users.me()
    heard = []
    for n in range(120):
        try:
            heard.append(create(client, shelf.tracks, titled(str(n)))["id"])
        except (HTTPResponseError, RequestTimeoutError, httpx.HTTPError):
            continue
    there = [page.id for page in notion.pages_of(shelf.tracks)]
    lost = sum(met for kind, met in notion.storm.met.items() if kind.endswith("after"))
    assert lost > 5
    assert len(there) == len(heard) + lost == notion.log.applied[CREATE]
    assert set(heard) < set(there)
    notion.storm = None


_ENDLESS = """
import os, sys
import httpx
from notion_client import Client

client = Client(
    auth=os.environ["NOTION_TOKEN"], base_url=os.environ["NOTION_API_URL"], retry=False,
    client=httpx.Client(trust_env=False, verify=False),
)
for n in range(100_000):
    name = {"title": [{"text": {"content": str(n)}}]}
    client.pages.create(parent={"data_source_id": sys.argv[1]}, properties={"Name": name})
"""


def test_another_process_is_killed_while_it_writes(notion: NotionDouble, shelf: Shelf) -> None:
    notion.latency = 0.01
    for _ in range(2):
        before = notion.log.count(CREATE)
        command = [sys.executable, "-c", _ENDLESS, shelf.tracks.id]
        with subprocess.Popen(command, env={**os.environ, **notion.environment}) as child:
            deadline = time.monotonic() + 30
            while notion.log.count(CREATE) < before + 5 and time.monotonic() < deadline:
                time.sleep(0.01)
            child.kill()
    while notion.log.in_flight:
        time.sleep(0.01)
    there = len(notion.pages_of(shelf.tracks))
    assert there == notion.log.applied[CREATE] >= 8
    # Of what each was cut off in the middle of, the double may have had no whole body.
    assert 0 <= notion.log.count(CREATE) - there <= 2
    create(notion.client(), shelf.tracks, titled("after all"))


# ----------------------------------------------------------------------------------------------- pace


def test_a_budget_is_for_a_window() -> None:
    start = now = datetime(2026, 11, 21, tzinfo=UTC)

    def clock() -> datetime:
        return now

    with NotionDouble(clock=clock, budget=5, window=60) as notion:
        client = notion.client()
        for _ in range(5):
            client.users.me()
        now = start + timedelta(seconds=17.5)
        with pytest.raises(APIResponseError) as caught:
            client.users.me()
        error = caught.value
        assert (error.status, error.code.value) == (429, "rate_limited")
        assert error.headers["Retry-After"] == "43"
        assert error.additional_data == {
            "rate_limit_reason": "public_api_request_rate_limit",
            "retry_after": 43,
        }
        now = start + timedelta(seconds=60.5)
        client.users.me()
        assert [(each.admitted, each.refused) for each in notion.pace.windows] == [(5, 1), (1, 0)]
        assert notion.log.early() == []
        notion.pace.hold(now + timedelta(seconds=300))
        with Refusal(429):
            client.users.me()
        now += timedelta(seconds=299)
        with Refusal(429):
            client.users.me()
        assert len(notion.log.early()) == 1
        now += timedelta(seconds=2)
        client.users.me()
        assert len(notion.log.early()) == 1


def test_requests_wait_at_the_same_time(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    notion.latency = 0.1
    started = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        made: list[Any] = list(
            pool.map(lambda n: create(client, shelf.tracks, titled(str(n))), range(8))
        )
    took = time.perf_counter() - started
    assert len({each["id"] for each in made}) == 8
    assert 0.2 <= took < 0.7
    assert notion.log.in_flight_max == 4
    assert notion.log.in_flight == 0
    notion.log.clear()
    create(client, shelf.tracks, titled("alone"))
    assert notion.log.in_flight_max == 1


def test_the_log_has_every_call(notion: NotionDouble, shelf: Shelf) -> None:
    client = notion.client()
    made = create(client, shelf.tracks, titled("One"))
    client.pages.update(made["id"], properties={"Popularity": {"number": 3}})
    client.data_sources.query(shelf.tracks.id)
    with Refusal(400):
        client.pages.update(made["id"], properties={"Nope": {"number": 3}})
    first, second = notion.log.writes[:2]
    assert (first.name, first.status) == (CREATE, 200)
    assert second.body == {"properties": {"Popularity": {"number": 3}}}
    assert second.request.path == f"/v1/pages/{made['id']}"
    assert [each.code for each in notion.log.writes] == ["", "", "validation_error"]
    assert notion.log.counts["PATCH /v1/pages/{page_id}"] == 2
    assert first.at <= first.sent <= second.at
    assert notion.log.applied["PATCH /v1/pages/{page_id}"] == 1
