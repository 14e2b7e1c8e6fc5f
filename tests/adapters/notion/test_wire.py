"""What becomes of a request to Notion: once, again, or never again."""

from __future__ import annotations

import logging
import time as real_time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event, Thread
from typing import Any

import pytest

from syncengine.adapters.notion.connection import MOST_BYTES, Connection
from syncengine.adapters.notion.gate import Stopped
from syncengine.adapters.notion.pace import Pace
from syncengine.adapters.notion.wire import STEADY, NotionWire
from syncengine.adapters.retry import Policy
from syncengine.core.moment import Instant
from syncengine.errors import (
    Forbidden,
    Gone,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    SignInNeeded,
    Transient,
    TryLater,
)
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_faults import Storm, cut, failed, hung_up, timed_out
from tests.fakes.notion_http import NEW, OLD, Answer, Fault, Make, error
from tests.fakes.notion_library import Shelf, build
from tests.fakes.notion_things import Page
from tests.fakes.notion_wired import (
    CREATE,
    ME,
    QUERY,
    UPDATE,
    Time,
    creating,
    querying,
    renaming,
    whoami,
    wired,
)

HASTY = Policy(attempts=6, total=120.0, longest_asked=120.0, timeout=0.6)
NOT_DONE: dict[str, Fault] = {
    "409": failed(409),
    "429": failed(429, retry_after=2),
    "429 without a header": failed(429),
    "529": failed(529, retry_after=3),
    "529 without a header": failed(529),
}
UNKNOWN: dict[str, Callable[[bool], Fault]] = {
    "500": lambda done: failed(500, done=done),
    "502": lambda done: failed(502, done=done),
    "503": lambda done: failed(503, done=done),
    "504": lambda done: failed(504, done=done),
    "time-out": lambda done: timed_out(0.5, done=done),
    "hung up": lambda done: hung_up(done=done),
    "no JSON": lambda done: said(b"<html>", done=done),
    "no object": lambda done: said(b"[1]", done=done),
    "half": lambda _done: cut(0.5),
    "no text": lambda done: said(b"\xff\xfe\xfd", done=done),
}


def said(body: bytes, *, done: bool = False, status: int = 200) -> Fault:
    def fault(make: Make) -> Answer:
        if done:
            make()
        return Answer(status, raw=body).but()

    return fault


def told(status: int, code: str, message: str, **more: Any) -> Fault:
    def fault(make: Make) -> Answer:
        return error(status, code, message, more=more or None).but()

    return fault


@pytest.fixture
def notion() -> Iterator[NotionDouble]:
    with NotionDouble() as made:
        yield made
        made.assert_clean()


@pytest.fixture
def shelf(notion: NotionDouble) -> Shelf:
    return build(notion)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def wire(notion: NotionDouble, time: Time) -> Iterator[NotionWire]:
    made = wired(notion, time, policy=HASTY)
    yield made
    made.close()


def titles(notion: NotionDouble, shelf: Shelf) -> list[str]:
    return [page.title for page in notion.pages_of(shelf.tracks)]


def raised(kind: type[RemoteError], work: Callable[[], object], operation: str = CREATE) -> Any:
    with pytest.raises(kind) as caught:
        work()
    assert type(caught.value) is kind or kind in (Forbidden, TryLater)
    assert (caught.value.system, caught.value.operation) == ("notion", operation)
    assert "ntn_double" not in str(caught.value)
    return caught.value


# ------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("version", [OLD, NEW])
def test_both_versions_are_asked(
    notion: NotionDouble, shelf: Shelf, time: Time, version: str
) -> None:
    wire = wired(notion, time, version=version)
    made = wire.write(CREATE, creating(shelf.tracks), repeatable=False)
    wire.write(UPDATE, renaming(made["id"], "Two"), repeatable=True)
    found = wire.read(QUERY, querying(shelf.tracks))
    assert [each["id"] for each in found["results"]] == [made["id"]]
    assert ("archived" in made) is (version == OLD)
    assert titles(notion, shelf) == ["Two"]
    assert wire.calls == {CREATE: 1, UPDATE: 1, QUERY: 1}
    assert time.slept == []
    assert {call.request.headers["notion-version"] for call in notion.log.calls} == {version}
    wire.close()


@pytest.mark.parametrize("tail", ["", "/", "/v1", "/v1/"])
def test_an_address_may_be_written_in_several_ways(
    notion: NotionDouble, time: Time, tail: str
) -> None:
    connection = Connection(f" {notion.token}\n", notion.url + tail, OLD, clock=time.clock)
    wire = NotionWire(connection, clock=time.clock, random=Random(1))
    assert wire.read(ME, whoami)["object"] == "user"
    wire.close()


# ------------------------------------------------------------------------------- what was not done


@pytest.mark.parametrize("repeatable", [False, True])
@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_write_that_was_not_done_is_done_again(
    notion: NotionDouble,
    shelf: Shelf,
    wire: NotionWire,
    time: Time,
    fault: str,
    repeatable: bool,
) -> None:
    notion.faults.add(CREATE, NOT_DONE[fault], times=2)
    wire.write(CREATE, creating(shelf.tracks), repeatable=repeatable)
    assert titles(notion, shelf) == ["One"]
    assert wire.calls == {CREATE: 3}
    assert sum(time.slept) >= 1.5
    asked = {"429": 4.0, "529": 6.0}.get(fault)
    if asked is not None:
        assert asked <= sum(time.slept) < asked + 2.5


@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_read_that_was_not_done_is_done_again(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, fault: str
) -> None:
    notion.faults.add(QUERY, NOT_DONE[fault], times=2)
    assert wire.read(QUERY, querying(shelf.tracks))["results"] == []
    assert wire.calls == {QUERY: 3}


def test_a_connection_that_is_refused_was_never_sent(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, time: Time
) -> None:
    time.after[2] = notion.resume
    wire.read(ME, whoami)
    notion.pause()
    wire.write(CREATE, creating(shelf.tracks), repeatable=False)
    assert titles(notion, shelf) == ["One"]
    # The connection that was kept alive is found to be closed before anything is sent over it.
    assert wire.calls == {ME: 1, CREATE: 3}


# ----------------------------------------------------------------------------- what may have been done


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("fault", UNKNOWN)
def test_of_a_write_that_is_not_repeatable_nobody_knows(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, time: Time, fault: str, done: bool
) -> None:
    notion.faults.add(CREATE, UNKNOWN[fault](done))
    work = lambda: wire.write(CREATE, creating(shelf.tracks), repeatable=False)  # noqa: E731
    raised(OutcomeUnknown, work)
    assert titles(notion, shelf) == ["One"] * (done or fault == "half")
    assert wire.calls == {CREATE: 1}
    assert time.slept == []


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("fault", UNKNOWN)
def test_a_repeatable_write_is_repeated(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, time: Time, fault: str, done: bool
) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.faults.add(UPDATE, UNKNOWN[fault](done))
    wire.write(UPDATE, renaming(page.id, "Two"), repeatable=True)
    assert page.title == "Two"
    assert wire.calls == {UPDATE: 2}
    assert 0.5 <= time.slept[0] <= 1.0


@pytest.mark.parametrize("fault", UNKNOWN)
def test_a_read_is_repeated(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, fault: str
) -> None:
    notion.faults.add(QUERY, UNKNOWN[fault](False), times=2)
    assert wire.read(QUERY, querying(shelf.tracks))["results"] == []
    assert wire.calls == {QUERY: 3}


def test_waits_grow_and_are_left_to_chance(
    notion: NotionDouble, wire: NotionWire, time: Time
) -> None:
    notion.faults.add(ME, failed(500), times=5)
    wire.read(ME, whoami)
    for wait, most in zip(time.slept, (1.0, 2.0, 4.0, 8.0, 16.0), strict=True):
        assert most / 2 <= wait < most
    assert len({wait % 1 for wait in time.slept}) == 5


# -------------------------------------------------------------------------------------- giving up


def test_a_service_that_is_down_is_left_alone(
    notion: NotionDouble, wire: NotionWire, time: Time
) -> None:
    wire.read(ME, whoami)
    notion.faults.add("*", failed(503), times=None)
    found = raised(TryLater, lambda: wire.read(ME, whoami), ME)
    assert wire.calls == {ME: 7}
    assert found.not_before == time.clock() + STEADY.pause
    assert isinstance(found.__cause__, OutcomeUnknown)


def test_a_service_that_cannot_be_reached_is_down(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire
) -> None:
    notion.pause()
    found = raised(TryLater, lambda: wire.write(CREATE, creating(shelf.tracks), repeatable=False))
    assert "could not be reached" in str(found)
    notion.resume()


@pytest.mark.parametrize(
    ("write", "fault", "kind"),
    [
        (True, 500, OutcomeUnknown),
        (True, 409, Transient),
        (True, 529, Transient),
        (False, 500, Transient),
        (False, 429, Transient),
    ],
)
def test_where_others_get_through_it_is_the_trouble_of_one(
    notion: NotionDouble,
    shelf: Shelf,
    wire: NotionWire,
    time: Time,
    write: bool,
    fault: int,
    kind: type[RemoteError],
) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    endpoint = UPDATE if write else QUERY
    notion.faults.add(endpoint, failed(fault), times=None)
    time.after[3] = lambda: wire.read(ME, whoami)  # another thread gets through meanwhile
    if write:
        raised(kind, lambda: wire.write(UPDATE, renaming(page.id, "Two"), repeatable=True), UPDATE)
    else:
        raised(kind, lambda: wire.read(QUERY, querying(shelf.tracks)), QUERY)
    assert wire.calls == {endpoint: 6, ME: 1}


def test_time_runs_out_before_the_attempts_do(notion: NotionDouble, time: Time) -> None:
    wire = wired(notion, time, policy=Policy(attempts=99, total=10.0))
    notion.faults.add(ME, failed(502), times=None)
    raised(TryLater, lambda: wire.read(ME, whoami), ME)
    assert 4.0 < sum(time.slept) <= 10.0
    wire.close()


def test_who_is_turned_away_each_time_comes_back_when_it_was_told(
    notion: NotionDouble, wire: NotionWire, time: Time
) -> None:
    notion.faults.add(ME, failed(429, retry_after=60), times=None)
    found = raised(TryLater, lambda: wire.read(ME, whoami), ME)
    assert wire.calls == {ME: 6}
    assert time.now + 60 <= found.not_before <= time.now + 61


# --------------------------------------------------------------------------------- pauses for all


def test_nobody_sends_before_a_pause_has_passed(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, time: Time
) -> None:
    notion.faults.add(UPDATE, failed(503, retry_after=9))
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    wire.write(UPDATE, renaming(page.id, "Two"), repeatable=True)
    assert sum(time.slept) == pytest.approx(9.0)


def test_a_pause_is_kept_by_all_threads_to_the_second(shelf: Shelf, notion: NotionDouble) -> None:
    connection = Connection(notion.token, notion.url, OLD, clock=lambda: Instant(0))
    pace = Pace(start=1e6, likely=())
    wire = NotionWire(connection, clock=lambda: Instant(0), random=Random(3), pace=pace)
    notion.latency = 0.02
    notion.faults.add(CREATE, failed(429, retry_after=1), skip=25)
    notion.faults.add(CREATE, failed(529, retry_after=1), skip=55)

    def work(n: int) -> None:
        wire.write(CREATE, creating(shelf.tracks, str(n)), repeatable=False)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(80)))
    assert notion.log.early(grace=0.03) == []
    assert notion.log.in_flight_max > 1
    assert len({*titles(notion, shelf)}) == len(titles(notion, shelf)) == 80
    assert wire.calls == {CREATE: 82}
    wire.close()


@pytest.mark.parametrize(
    ("status", "least", "most"),
    [(503, 1.5, 2.0), (529, 1.5, 2.0), (500, 0.5, 1.0), (409, 0.5, 1.0)],
)
def test_a_service_in_trouble_is_asked_half_as_often(
    notion: NotionDouble, time: Time, status: int, least: float, most: float
) -> None:
    wire = wired(notion, time, pace=Pace(budget=60))
    wire.read(ME, whoami)
    notion.faults.add(ME, failed(status))
    wire.read(ME, whoami)
    wire.read(ME, whoami)
    began = time.now
    wire.read(ME, whoami)
    assert least < time.now - began < most
    wire.close()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("public_api_space_request_rate_limit", "the workspace has used up"),
        ("public_api_request_rate_limit", "this integration has used up"),
        ("search_rate_limit", "search rate limit"),
    ],
)
def test_a_long_pause_is_left_to_a_later_run(
    notion: NotionDouble, wire: NotionWire, time: Time, reason: str, words: str
) -> None:
    def fault(make: Make) -> Answer:
        answer = told(429, "rate_limited", "Slow down.", rate_limit_reason=reason)(make)
        return Answer(429, raw=answer.body, headers={"Retry-After": "900"}).but()

    notion.faults.add(ME, fault)
    found = raised(TryLater, lambda: wire.read(ME, whoami), ME)
    assert words in str(found)
    assert time.now + 900 <= found.not_before <= time.now + 901
    assert time.slept == []
    raised(TryLater, lambda: wire.read(QUERY, whoami), QUERY)
    assert wire.calls == {ME: 1}
    time.now += 900.5
    wire.read(ME, whoami)


# ------------------------------------------------------------------------------- what is turned down


def test_a_dead_token_says_what_to_do(notion: NotionDouble, shelf: Shelf, wire: NotionWire) -> None:
    notion.revoke()
    found = raised(
        SignInNeeded, lambda: wire.write(CREATE, creating(shelf.tracks), repeatable=False)
    )
    assert "NOTION_TOKEN" in str(found)
    assert wire.calls == {CREATE: 1}


@pytest.mark.parametrize("token", ["", "  ", "ntn_\u201cquoted\u201d", "ntn_two\nlines"])
def test_what_cannot_be_a_token_is_not_sent(notion: NotionDouble, time: Time, token: str) -> None:
    wire = wired(notion, time, token=token)
    found = raised(SignInNeeded, lambda: wire.read(ME, whoami), ME)
    assert "quoted" not in str(found) + repr(found.__cause__)
    assert wire.calls == {}
    assert notion.log.calls == []


@pytest.mark.parametrize(
    ("lacking", "endpoint", "capability"),
    [("read", QUERY, "Read"), ("insert", CREATE, "Insert"), ("update", UPDATE, "Update")],
)
def test_a_capability_that_is_missing_is_named(
    notion: NotionDouble,
    shelf: Shelf,
    wire: NotionWire,
    lacking: str,
    endpoint: str,
    capability: str,
) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.allow(*({"read", "insert", "update"} - {lacking}))
    asks = {
        QUERY: querying(shelf.tracks),
        CREATE: creating(shelf.tracks),
        UPDATE: renaming(page.id, "Two"),
    }
    found = raised(
        Forbidden, lambda: wire.write(endpoint, asks[endpoint], repeatable=True), endpoint
    )
    assert found.everything
    assert f"'{capability} content'" in str(found)
    assert wire.calls == {endpoint: 1}


def test_another_refusal_is_about_one_item(notion: NotionDouble, wire: NotionWire) -> None:
    notion.faults.add(ME, told(403, "restricted_resource", "This page is locked."))
    found = raised(Forbidden, lambda: wire.read(ME, whoami), ME)
    assert not found.everything
    assert "This page is locked." in str(found)


def test_a_full_workspace_is_asked_for_no_more_pages(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire
) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.limit_blocks(1)
    for _ in range(3):
        found = raised(
            Forbidden, lambda: wire.write(CREATE, creating(shelf.tracks), repeatable=False)
        )
        assert not found.everything
        assert "1,000 blocks" in str(found)
        assert "Editing" in str(found)
    wire.write(UPDATE, renaming(page.id, "Two"), repeatable=True)
    assert wire.calls == {CREATE: 1, UPDATE: 1}


def test_what_is_not_there_may_not_be_shared(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire
) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.world.delete(page)
    found = raised(
        Gone, lambda: wire.write(UPDATE, renaming(page.id, "Two"), repeatable=True), UPDATE
    )
    assert "not shared" in str(found)
    assert found.address.replace("-", "") == page.id.replace("-", "")


def test_what_is_in_the_trash_is_gone(notion: NotionDouble, shelf: Shelf, wire: NotionWire) -> None:
    page = notion.person.add(shelf.tracks, {"Name": "One"})
    notion.world.set_trashed(page, True)
    found = raised(
        Gone, lambda: wire.write(UPDATE, renaming(page.id, "Two"), repeatable=True), UPDATE
    )
    assert "trash" in str(found)
    assert found.address == ""


@pytest.mark.parametrize("how", ["trashed", "deleted"])
def test_a_related_page_that_is_gone_is_named(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, how: str
) -> None:
    artist: Page = notion.person.add(shelf.artists, {"Name": "Her"})
    if how == "trashed":
        notion.world.set_trashed(artist, True)
    else:
        notion.world.delete(artist)
    ask = creating(shelf.tracks, Artists={"relation": [{"id": artist.id}]})
    found = raised(Gone, lambda: wire.write(CREATE, ask, repeatable=False))
    assert found.address.replace("-", "") == artist.id.replace("-", "")


def test_a_request_that_is_wrong_keeps_the_words_of_the_answer(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire
) -> None:
    ask = creating(shelf.tracks, Genres={"multi_select": [{"name": "a,b"}]})
    found = raised(Rejected, lambda: wire.write(CREATE, ask, repeatable=False))
    assert "commas" in str(found)


@pytest.mark.parametrize(
    "fault",
    [
        told(400, "validation_error", "body failed: body.archived should be not present."),
        told(413, "validation_error", "too large"),
        told(404, "", "who are you"),
        said(b"<html>", status=404),
        said(b"", status=301),
    ],
)
def test_what_is_turned_down_is_not_asked_again(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, fault: Fault
) -> None:
    notion.faults.add(CREATE, fault)
    raised(Rejected, lambda: wire.write(CREATE, creating(shelf.tracks), repeatable=True))
    assert wire.calls == {CREATE: 1}


def test_what_is_too_large_never_leaves(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire
) -> None:
    ask = creating(shelf.tracks, "é" * (MOST_BYTES // 2))
    found = raised(Rejected, lambda: wire.write(CREATE, ask, repeatable=False))
    assert "bytes" in str(found)
    assert (wire.calls, notion.log.calls) == ({}, [])


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.pages.update("x", properties={"n": {"number": float("nan")}}),
        lambda client: client.request("pages/../users", "GET"),
    ],
)
def test_what_cannot_be_sent_never_leaves(
    notion: NotionDouble, wire: NotionWire, ask: Callable[[Any], Any]
) -> None:
    raised(Rejected, lambda: wire.write(UPDATE, ask, repeatable=True), UPDATE)
    assert (wire.calls, notion.log.calls) == ({}, [])


def test_a_bug_of_ours_is_no_answer(wire: NotionWire) -> None:
    with pytest.raises(TypeError):
        wire.read(ME, lambda client: client.request(*[]))
    wire.read(ME, whoami)


# -------------------------------------------------------------------------------------------- ending


@pytest.mark.parametrize("waiting", ["pause", "wait"])
def test_who_waits_is_called_away(notion: NotionDouble, waiting: str) -> None:
    connection = Connection(notion.token, notion.url, OLD, clock=lambda: Instant(100))
    wire = NotionWire(connection, clock=lambda: Instant(100), random=Random(3))
    fault = failed(429, retry_after=60) if waiting == "pause" else failed(500)
    notion.faults.add(ME, fault, times=None)
    found: list[BaseException] = []
    begun = Event()

    def ask(client: Any) -> Any:
        begun.set()
        return client.users.me()

    def work() -> None:
        try:
            wire.read(ME, ask)
        except TryLater as error:
            found.append(error)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(5)
    real_time.sleep(0.1)
    began = real_time.monotonic()
    wire.stop()
    for thread in threads:
        thread.join(5)
    assert real_time.monotonic() - began < 0.5
    assert len(found) == 4
    assert {type(each) for each in found} == {Stopped}
    with pytest.raises(Stopped):
        wire.read(ME, whoami)
    wire.close()


def test_what_is_in_flight_comes_to_its_end(notion: NotionDouble, shelf: Shelf) -> None:
    connection = Connection(notion.token, notion.url, OLD, clock=lambda: Instant(100))
    wire = NotionWire(connection, clock=lambda: Instant(100), random=Random(3))
    notion.latency = 0.2
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(wire.write, CREATE, creating(shelf.tracks), repeatable=False)
        while not notion.log.in_flight:
            real_time.sleep(0.005)
        wire.stop()
        assert made.result(5)["object"] == "page"
    wire.close()
    wire.close()


# ------------------------------------------------------------------------------------ a whole storm


def test_through_a_storm_every_page_comes_once(notion: NotionDouble, shelf: Shelf) -> None:
    storm = Storm(seed=11, share=0.04, pattern=CREATE, seconds=0.3, retry_after=0)
    notion.storm = storm
    policy = Policy(attempts=6, first_wait=0.01, longest_asked=120.0, timeout=0.15)
    connection = Connection(notion.token, notion.url, OLD, clock=lambda: Instant(0), timeout=0.15)
    pace = Pace(start=1e9, likely=())
    wire = NotionWire(
        connection, clock=lambda: Instant(0), random=Random(3), pace=pace, policy=policy
    )
    unknown = []

    def work(n: int) -> None:
        try:
            wire.write(CREATE, creating(shelf.tracks, str(n)), repeatable=False)
        except OutcomeUnknown:
            unknown.append(str(n))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(200)))
    there = titles(notion, shelf)
    assert len(there) == len(set(there))
    assert {str(n) for n in range(200)} - set(there) <= set(unknown)
    assert len(unknown) == sum(
        n for kind, n in storm.met.items() if kind[:3] not in ("409", "429", "529")
    )
    notion.storm = None
    wire.close()


# ------------------------------------------------------------------------------------------- the log


def test_the_log_has_endpoint_status_and_time_and_no_secret(
    notion: NotionDouble, shelf: Shelf, wire: NotionWire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="syncengine")  # a command line may have quieted it
    notion.faults.plan(CREATE, [failed(409), hung_up(), None])
    wire.write(CREATE, creating(shelf.tracks), repeatable=True)
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("syncengine")]
    sent = [each for each in ours if each.startswith(CREATE)]
    assert [each.split(": ")[1].split(",")[0] for each in sent] == ["409", "no answer", "200"]
    assert all(each.endswith(" ms") for each in sent)
    assert notion.token not in caplog.text
    assert not [each for each in caplog.records if each.name == "notion-client"]
