"""Churn and half-life, against what can be counted by hand and against a plain estimate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.survival import (
    DAY,
    FEWEST_AT_RISK,
    MONTH,
    SHORTEST_WATCH,
    Watched,
    churn,
    half_life,
)


def stayed(*days: int, gone: bool = True, since: int = 0) -> list[Watched]:
    return [Watched(since * DAY, each * DAY, gone) for each in days]


def test_the_half_life_of_what_is_all_gone_is_the_middle_one() -> None:
    assert half_life(stayed(*range(1, 20))) == 10
    assert half_life(stayed(*range(1, 8))) is None, "in the middle there are too few"


def test_those_that_are_still_there_count() -> None:
    gone, held = stayed(5, 5, 5), stayed(*[9] * 7, gone=False)
    assert half_life(gone + held) is None
    assert half_life(gone + stayed(5, 5) + held[:5]) == 5


def test_those_that_left_the_view_before_say_nothing_about_later() -> None:
    early = stayed(*[2] * 100, gone=False)
    assert half_life(early + stayed(*[5] * 5, gone=True) + stayed(*[9] * 5, gone=False)) == 5


def test_those_first_seen_old_say_nothing_about_their_youth() -> None:
    old = stayed(*[400] * 100, gone=False, since=300)
    young = stayed(*[5] * 5, gone=True) + stayed(*[9] * 5, gone=False)
    assert half_life(old + young) == 5
    assert half_life(stayed(*[400] * 100, gone=False) + young) is None


def test_among_too_few_nothing_is_estimated() -> None:
    assert half_life(stayed(*[5] * (FEWEST_AT_RISK - 1))) is None
    assert half_life(stayed(*[5] * FEWEST_AT_RISK)) == 5
    assert half_life([]) is None
    assert half_life(stayed(*[0] * 9)) is None


def plain_half_life(watched: list[Watched]) -> float | None:
    """Estimate as the definition says, age by age."""
    share = Fraction(1)
    for age in sorted({each.until for each in watched if each.gone}):
        at_risk = [each for each in watched if each.since < age <= each.until]
        if len(at_risk) < FEWEST_AT_RISK:
            return None
        left = sum(each.gone and each.until == age for each in at_risk)
        share *= 1 - Fraction(left, len(at_risk))
        if share <= Fraction(1, 2):
            return age / DAY
    return None


_WATCHED = st.builds(
    lambda since, length, gone: Watched(since, since + length, gone),
    st.integers(0, 20),
    st.integers(1, 20),
    st.booleans(),
)


@given(st.lists(_WATCHED, max_size=40))
def test_it_is_the_estimate_of_kaplan_and_meier(watched: list[Watched]) -> None:
    assert half_life(watched) == plain_half_life(watched)


@given(st.lists(_WATCHED, max_size=40), st.randoms(use_true_random=False))
def test_the_order_makes_no_difference(watched: list[Watched], random: object) -> None:
    shuffled = list(watched)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random
    assert half_life(shuffled) == half_life(watched)


def test_churn_is_the_share_that_leaves_in_a_month() -> None:
    year = 12 * MONTH
    assert churn(12, round(100 * year), round(year)) == pytest.approx(0.01)
    assert churn(0, round(100 * year), round(year)) == 0


def test_churn_of_what_was_hardly_watched_is_not_known() -> None:
    assert churn(1, 100 * SHORTEST_WATCH, SHORTEST_WATCH - 1) is None
    assert churn(0, 0, SHORTEST_WATCH) is None
    assert churn(1, 100 * SHORTEST_WATCH, SHORTEST_WATCH) is not None
