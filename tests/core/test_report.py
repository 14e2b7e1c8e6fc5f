from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.report import (
    FEATURE_SPANS,
    POPULARITY_SPAN,
    CallsOf,
    Drift,
    Span,
    histogram,
)

VALUES = st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True))
SPANS = st.sampled_from([*FEATURE_SPANS.values(), POPULARITY_SPAN])


@given(VALUES, SPANS)
def test_every_known_value_is_in_one_bin(values: list[float | None], span: Span) -> None:
    found = histogram("h", values, span)
    known = [value for value in values if value is not None and math.isfinite(value)]
    assert found.total == len(known)
    assert len(found.counts) == span.bins
    assert found.beyond == sum(not span.low <= value <= span.high for value in known)


@given(SPANS, st.data())
def test_a_value_is_in_the_bin_that_it_lies_in(span: Span, data: st.DataObject) -> None:
    value = data.draw(st.floats(span.low, span.high))
    found = histogram("h", [value], span)
    place = list(found.counts).index(1)
    assert found.start(place) <= round(value, 6) + 1e-6
    assert value <= found.start(place + 1) + 1e-6


@pytest.mark.parametrize("place", range(20))
def test_a_border_belongs_to_the_upper_bin(place: int) -> None:
    """0.15 / 0.05 is less than 3 to a computer."""
    assert histogram("h", [place * 5 / 100], Span(0, 1, 20)).counts[place] == 1


def test_the_highest_value_is_in_the_last_bin() -> None:
    assert histogram("h", [1.0, 100.0], Span(0, 1, 20)).counts[-1] == 2


def test_bins_begin_where_people_say() -> None:
    found = histogram("h", [], Span(0, 1, 20))
    assert [found.start(place) for place in range(4)] == [0, 0.05, 0.1, 0.15]


def test_drift_counts_ups_and_downs() -> None:
    drift = Drift([(-3, 2), (-1, 5), (2, 4)], 9)
    assert (drift.up, drift.down, drift.steady) == (4, 7, 9)


def test_calls_saved_are_those_of_fetches_and_lookups() -> None:
    assert CallsOf("2025-01", made=5, by_fetches=7, by_lookups=11).saved == 18
