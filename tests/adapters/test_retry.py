"""The policy of retries, without any vendor: a service is a list of what it says."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from syncengine.adapters.retry import HASTY, PATIENT, Limited, Policy, Retry
from syncengine.core.moment import Instant
from syncengine.errors import Forbidden, RemoteError, Transient, TryLater
from tests.fakes.call_book import Book

WHERE: dict[str, Any] = {"system": "a service", "operation": "GET /thing"}
START = 1_000


class Said:
    """What a service says to one call after the other; errors are raised, texts are answers."""

    def __init__(self, *said: RemoteError | str, policy: Policy = PATIENT) -> None:
        self.said = list(said)
        self.now = float(START)
        self.slept: list[float] = []
        self.book = Book(self.clock)
        self.pauses: list[float] = []
        self.retry = Retry(
            self.book, self.clock, self.sleep, Random(1), policy, paused=self.pauses.append
        )

    def clock(self) -> Instant:
        return Instant(int(self.now))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def call(self) -> str:
        found = self.said.pop(0)
        if isinstance(found, str):
            return found
        raise found

    def read(self) -> str:
        return self.retry.read("GET /thing", self.call)


def down(retry_after: float | None = None) -> Transient:
    return Transient("down", retry_after=retry_after, **WHERE)


def limited(retry_after: float | None = None, *, quota: bool = False) -> Limited:
    return Limited("too fast", retry_after=retry_after, quota=quota, **WHERE)


def test_a_failure_is_waited_out_ever_longer() -> None:
    said = Said(down(), down(), down(), "well")
    assert said.read() == "well"
    for wait, most in zip(said.slept, (1, 2, 4), strict=True):
        assert most / 2 <= wait <= most
    assert said.book.calls == ["GET /thing"] * 4


def test_waits_are_left_to_chance() -> None:
    first, second = Said(down(), "well"), Said(down(), "well")
    second.retry.random.seed(2)
    assert first.read() == second.read()
    assert first.slept != second.slept


def test_a_pause_that_was_asked_for_is_told_before_it_is_waited_for() -> None:
    said = Said(limited(20), down(), "well")
    assert said.read() == "well"
    assert said.pauses == said.slept[:1] == [20.0]
    said = Said("well")
    said.book.pause_until(Instant(START + 12), "another run was asked to")
    assert said.read() == "well"
    assert said.pauses == [12.0]
    said = Said(limited(3600))
    with pytest.raises(TryLater):
        said.read()
    assert said.pauses == []


def test_attempts_end() -> None:
    said = Said(*[down()] * 9)
    with pytest.raises(Transient, match="down"):
        said.read()
    assert len(said.book.calls) == PATIENT.attempts
    assert said.book.pauses == []


def test_time_ends() -> None:
    said = Said(*[down(25)] * 9, policy=Policy(attempts=99, total=60))
    with pytest.raises(Transient):
        said.read()
    assert said.slept == [25, 25]


def test_another_error_is_no_reason_to_wait() -> None:
    said = Said(Forbidden("no", **WHERE), "well")
    with pytest.raises(Forbidden):
        said.read()
    assert said.slept == []


def test_a_wait_that_is_asked_for_is_kept() -> None:
    said = Said(limited(30), limited(2.5), down(7), "well")
    assert said.read() == "well"
    assert said.slept == [30, 2.5, 7]
    assert said.book.pauses == []


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (limited(31), 31),
        (limited(86_400), 86_400),
        (limited(30.2), 31),
        (limited(quota=True), 3_600),
        (limited(5, quota=True), 5),
    ],
)
def test_a_longer_one_goes_into_the_book(error: Limited, pause: int) -> None:
    said = Said(error, "well")
    with pytest.raises(TryLater) as raised:
        said.read()
    assert (said.slept, said.book.calls) == ([], ["GET /thing"])
    assert raised.value.not_before == START + pause
    assert said.book.pauses == [(START + pause, "too fast")]
    assert raised.value.__cause__ is error
    with pytest.raises(TryLater):
        said.book.before_call("GET /other")
    assert said.book.calls == ["GET /thing"]


def test_a_limit_that_never_says_how_long() -> None:
    said = Said(*[limited()] * 9)
    with pytest.raises(TryLater) as raised:
        said.read()
    assert len(said.book.calls) == PATIENT.attempts
    assert raised.value.not_before == said.clock() + PATIENT.pause


@pytest.mark.parametrize("error", [limited(1), limited(), limited(90), limited(quota=True)])
def test_in_haste_nothing_is_waited_for(error: Limited) -> None:
    said = Said(error, "well", policy=HASTY)
    with pytest.raises(TryLater):
        said.read()
    assert said.slept == []
    assert len(said.book.pauses) == 1


def test_in_haste_a_failure_is_one() -> None:
    said = Said(down(), "well", policy=HASTY)
    with pytest.raises(Transient):
        said.read()
    assert said.slept == []


def test_a_pause_that_another_run_was_asked_for_is_waited_for_if_short() -> None:
    said = Said("well")
    said.book.pause_until(Instant(START + 20), "another")
    assert said.read() == "well"
    assert said.slept == [20]
    assert said.book.calls == ["GET /thing"]


def test_a_long_pause_and_a_budget_end_it_at_once() -> None:
    for book in ("pause", "budget"):
        said = Said("well")
        if book == "pause":
            said.book.pause_until(Instant(START + 31), "another")
        else:
            said.book.limit = 0
        with pytest.raises(TryLater):
            said.read()
        assert (said.slept, said.book.calls) == ([], [])


def test_the_budget_counts_every_attempt() -> None:
    said = Said(*[down()] * 9)
    said.book.limit = 2
    with pytest.raises(TryLater):
        said.read()
    assert len(said.book.calls) == 2
