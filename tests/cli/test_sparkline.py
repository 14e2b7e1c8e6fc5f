"""Lines of marks: one for each value, in blocks or digits."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.cli.context import CliContext, Flags
from syncengine.cli.sparkline import BLOCKS, DIGITS, sparkline
from syncengine.cli.terminal import Terminal
from tests.builders import NOW


def test_from_the_lowest_to_the_highest() -> None:
    assert sparkline([0, 50, 100], blocks=True) == "▁▅█"
    assert sparkline([40, 41], blocks=True) == "▁█"
    assert sparkline([0, 1, 2, 9], blocks=False) == "0129"


def test_equal_values_are_in_the_middle_and_none_are_none() -> None:
    assert sparkline([7, 7], blocks=True) == "▄▄"
    assert sparkline([0], blocks=False) == "4"
    assert sparkline([], blocks=True) == ""


@given(st.lists(st.floats(-1e9, 1e9)), st.booleans())
def test_a_mark_for_each_value_and_higher_ones_are_no_lower(
    values: list[float], blocks: bool
) -> None:
    marks = BLOCKS if blocks else DIGITS
    places = [marks.index(mark) for mark in sparkline(values, blocks=blocks)]
    assert len(places) == len(values)
    pairs = sorted(zip(values, places, strict=True))
    assert [place for _, place in pairs] == sorted(places)


@pytest.mark.parametrize(
    ("encoding", "marks"), [("utf-8", "▁█"), ("cp437", "09"), ("ascii", "09"), ("latin-1", "09")]
)
def test_blocks_only_where_the_encoding_of_stdout_has_them(
    monkeypatch: pytest.MonkeyPatch, encoding: str, marks: str
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding))
    cli = CliContext("history trends", Flags(), Terminal(), lambda: NOW)
    assert cli.sparkline([1, 2]) == marks
