"""The pace in virtual time: what is used of a budget, how often it is overdrawn, what trouble does."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.notion.connection import Connection
from syncengine.adapters.notion.pace import Pace, Ticket
from syncengine.adapters.notion.wire import NotionWire
from syncengine.core.moment import Instant
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import OLD
from tests.fakes.notion_library import build
from tests.fakes.notion_traffic import Service, Traffic, Window
from tests.fakes.notion_wired import CREATE, creating

MINUTE = 60.0


def of(budget: int) -> Service:
    return Service(lambda _at: budget)


def taken(pace: Pace, now: float) -> Ticket:
    found = pace.take(now)
    assert isinstance(found, Ticket), found
    return found


def waiting(pace: Pace, now: float) -> float:
    found = pace.take(now)
    assert not isinstance(found, Ticket)
    return found


def opened(pace: Pace, now: float = 0.0) -> Pace:
    pace.answered(taken(pace, now), now)
    return pace


# ---------------------------------------------------------------------------------------- the figure


def test_the_budget_of_each_window_is_used_and_hardly_overdrawn() -> None:
    traffic = Traffic(Pace(), of(600)).run(2_000)
    assert traffic.shares(600)[0] >= 0.99
    assert min(traffic.shares(600)[1:]) >= 0.99
    assert max(traffic.refusals()) <= 1
    assert traffic.early == 0
    assert traffic.now - 1_000.0 < 220


@pytest.mark.parametrize("latency", [0.05, 0.3])
@pytest.mark.parametrize("budget", [60, 180, 250, 600, 700])
def test_any_budget_is_found_within_the_first_window(budget: int, latency: float) -> None:
    service = of(budget)
    traffic = Traffic(Pace(), service, latency=latency).run(seconds=20 * MINUTE)
    known = budget in (180, 600)
    assert service.windows[0].refused <= (1 if known else 4)
    assert max(traffic.refusals()[1:]) <= 1
    assert sum(traffic.refusals()[1:]) <= 4  # it is tried seldom whether there is more
    assert min(traffic.shares(budget)) >= 0.97
    assert traffic.early == 0


@pytest.mark.parametrize("budget", [180, 600])
def test_windows_may_be_at_fixed_times(budget: int) -> None:
    service = Service(lambda _at: budget, aligned=True)
    traffic = Traffic(Pace(), service).run(seconds=20 * MINUTE)
    assert min(traffic.shares(budget)[2:]) >= 0.9
    assert sum(traffic.refusals()) <= 10
    assert traffic.early == 0


def test_where_no_budget_is_met_the_answers_are_what_takes_time() -> None:
    traffic = Traffic(Pace(), of(10**6), latency=0.5).run(seconds=10 * MINUTE)
    most = 4 / 0.5 * 10 * MINUTE
    assert len(traffic.sent) >= 0.95 * most
    assert traffic.refused == 0


@given(
    st.integers(20, 2_000),
    st.floats(0.01, 2.0),
    st.floats(0.0, 0.9),
    st.integers(1, 8),
    st.integers(),
)
def test_whatever_the_service_is_like_nobody_is_early(
    budget: int, latency: float, jitter: float, workers: int, seed: int
) -> None:
    service = of(budget)
    traffic = Traffic(Pace(), service, workers, latency, jitter, seed=seed)
    traffic.run(seconds=8 * MINUTE)
    assert traffic.early == 0
    assert all(each.refused <= workers for each in service.windows)
    able = min(budget, workers / latency * MINUTE)
    whole = service.windows[2:-1]
    assert all(each.admitted >= 0.75 * able - 4 for each in whole)


def test_it_begins_slowly_and_doubles() -> None:
    traffic = Traffic(Pace(start=60), of(10**6), latency=0.01).run(seconds=20)
    counts = traffic.each(5)
    assert 5 <= counts[0] <= 9
    for less, more in pairwise(counts):
        assert 1.6 <= more / less <= 2.4


def test_what_leaves_at_the_end_of_a_window_counts_for_the_next_as_well() -> None:
    pace = opened(Pace(budget=10))
    for _ in range(6):
        pace.answered(taken(pace, 59.0), 59.3)
    pace.answered(taken(pace, 60.0), 60.3)
    for _ in range(3):
        pace.answered(taken(pace, 110.0), 110.3)
    assert waiting(pace, 111.0) == pytest.approx(120.3 - 111.0)
    # After a pause of our own it is all over.
    pace.answered(taken(pace, 300.0), 300.3)
    for _ in range(9):
        pace.answered(taken(pace, 358.0), 358.1)


# --------------------------------------------------------------------------- budgets that change


def test_a_budget_that_becomes_smaller_is_learned_at_once() -> None:
    service = Service(lambda at: 600 if at < 1_200 else 180)
    traffic = Traffic(Pace(), service).run(seconds=8 * MINUTE)
    later = [each for each in service.windows if each.start > 1_200]
    assert later[0].refused <= 4
    assert all(each.refused <= 1 for each in later[1:])
    assert all(each.admitted == 180 for each in later[1:-1])
    assert traffic.early == 0


def test_a_budget_that_becomes_larger_is_found_without_overdrawing_it() -> None:
    service = Service(lambda at: 180 if at < 1_200 else 600)
    traffic = Traffic(Pace(), service).run(seconds=30 * MINUTE)
    assert max(traffic.refusals()) <= 1
    assert service.windows[-2].admitted >= 590
    assert traffic.early == 0


def test_what_another_process_had_of_a_window_is_no_smaller_budget() -> None:
    service = of(600)
    # Its window began forty seconds ago.
    service.windows.append(Window(start=960.0, used=560))
    pace = Pace()
    traffic = Traffic(pace, service).run(seconds=50)
    assert traffic.refusals()[0] >= 1
    budgets = [pace.budget]
    traffic.run(seconds=5 * MINUTE)
    assert [*budgets, pace.budget] == [None, 600]
    assert min(each.admitted for each in service.windows[2:-1]) == 600


# ------------------------------------------------------------------------------------------- trouble


@pytest.mark.parametrize("budget", [360, 10**6])
def test_trouble_halves_the_pace_for_a_while(budget: int) -> None:
    pace = Pace(budget=budget) if budget == 360 else Pace(start=360)
    traffic = Traffic(
        pace, of(budget), trouble=lambda _n, at: "slow" if 1_030 <= at < 1_031 else ""
    )
    usual, *later = traffic.run(seconds=59).each(5)[5:]
    assert 0.4 * usual < later[0] < 0.65 * usual
    assert later[1] < later[2]
    assert later[2] >= 0.95 * usual


def test_trouble_without_end_leaves_a_part_of_the_pace() -> None:
    traffic = Traffic(Pace(budget=600), of(10**6), trouble=lambda _n, _at: "slow")
    counts = traffic.run(seconds=300).each(60)
    assert 600 / 8 <= counts[-1] <= 600 / 8 * 1.3


def test_a_first_request_that_is_lost_holds_nobody_up_for_long() -> None:
    pace = Pace()
    assert taken(pace, 0.0).alone
    assert waiting(pace, 0.1) == pytest.approx(4.9)
    ticket = taken(pace, 5.1)
    pace.answered(ticket, 5.2)


def test_who_is_alone_waits_for_no_second_window_after_a_request_that_was_lost() -> None:
    pace = Pace()
    pace.lost(taken(pace, 0.0), 59.0)
    assert waiting(pace, 60.0) == pytest.approx(5.0)
    assert taken(pace, 65.0).alone


def test_lost_requests_do_not_spoil_the_figure() -> None:
    traffic = Traffic(Pace(), of(600), trouble=lambda n, _at: "lost" if n % 17 == 0 else "")
    traffic.run(3_000)
    assert min(traffic.shares(600)[1:]) >= 0.97
    assert max(traffic.refusals()) <= 1


def test_a_pause_that_names_no_time_grows_until_an_answer_comes() -> None:
    pace, now, pauses = opened(Pace()), 1.0, []
    for _ in range(8):
        pace.refused(taken(pace, now), now, None)
        pauses.append(pace.held(now))
        now += pauses[-1]
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    pace.answered(taken(pace, now), now)
    now += 1.0
    pace.refused(taken(pace, now), now, None)
    assert pace.held(now) == 1.0


def test_a_short_pause_out_of_turn_teaches_no_budget() -> None:
    pace = opened(Pace(start=1_000))
    for n in range(1, 10):
        pace.answered(taken(pace, n), n)
    pace.refused(taken(pace, 10.0), 10.0, 1)
    assert pace.budget is None
    assert waiting(pace, 10.5) == pytest.approx(0.5)


def test_another_limit_teaches_no_budget() -> None:
    pace = opened(Pace(start=1_000))
    pace.refused(taken(pace, 30.0), 30.0, 30, budget=False)
    longer = opened(Pace(start=1_000))
    longer.refused(taken(longer, 30.0), 30.0, 100)
    assert longer.held(31.0) == 99.0
    assert [pace.budget, longer.budget] == [None, None]


def test_after_a_pause_one_goes_ahead() -> None:
    pace = opened(Pace(start=1_000))
    pace.refused(taken(pace, 1.0), 1.0, 10)
    assert waiting(pace, 10.999) == pytest.approx(0.001)
    first = taken(pace, 11.0)
    assert first.alone
    assert waiting(pace, 11.1) > 0
    pace.refused(first, 11.2, 5)
    assert waiting(pace, 12.0) == pytest.approx(4.2)
    assert pace.budget is None


def test_a_shorter_pause_ends_no_longer_one() -> None:
    pace = opened(Pace())
    pace.hold(0.0, 10.0)
    pace.hold(1.0, 2.0)
    assert pace.held(4.0) == 6.0


# ------------------------------------------------------------------------------ real time and threads


def test_the_figure_in_real_time_a_twentieth_as_long() -> None:
    """A window of 3 s and answers after 15 ms stand for 60 s and 300 ms."""
    budget, window = 300, 3.0
    with NotionDouble(latency=0.015, budget=budget, window=window) as notion:
        shelf = build(notion)
        wire = NotionWire(
            Connection(notion.token, notion.url, OLD, clock=lambda: Instant(int(time.time()))),
            clock=lambda: Instant(int(time.time())),
            random=Random(1),
            pace=Pace(start=90, window=window, likely=(90, 300)),
        )

        def work(n: int) -> None:
            wire.write(CREATE, creating(shelf.tracks, str(n)), repeatable=False)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(680)))
        wire.close()
        assert len(notion.pages_of(shelf.tracks)) == 680
        windows = notion.pace.windows
        used = [each.admitted / budget for each in windows]
        assert min(used[1:-1]) >= 0.9, used
        assert max(each.refused for each in windows[1:]) <= 1
        assert windows[0].refused <= 4
        assert notion.log.early(grace=0.01) == []
        refused = [call for call in notion.log.calls if call.status == 429]
        assert all(json.loads(call.answer.body)["code"] == "rate_limited" for call in refused)
