"""What a row of an enrichment file says, and whose word it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.enrichment import (
    MOST_PROBLEMS,
    Row,
    SheetRow,
    Statement,
    Written,
    check,
    file_name,
    listed,
    moment_in,
    plain_isrc,
    popularity_of,
    statements,
)
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant, parse_utc
from tests.builders import track

AT = parse_utc("2026-01-31T18:00:09Z")
TOLD = Instant(AT - 500)
A, B = "ZZTST2400001", "ZZTST2400002"
KNOWN = {track(number) for number in range(1, 9)}


def row(line: int, key: str, bare: str = "", popularity: str = "", isrc: str = "") -> SheetRow:
    return SheetRow(line, [key, bare, popularity, isrc])


@given(st.integers(0, 4_102_444_800).map(Instant))
def test_a_name_tells_the_moment_it_was_made_of(at: Instant) -> None:
    assert moment_in(file_name(at)) == at


@pytest.mark.parametrize(
    "name",
    [
        "spotify_enrichment_20260131_180009.csv",
        "spotify_enrichment_20260131_180009 (1).csv",
        "reviewed spotify_enrichment_20260131_180009-done.CSV",
    ],
)
def test_a_copy_tells_it_too(name: str) -> None:
    assert moment_in(name) == AT


@pytest.mark.parametrize(
    "name",
    [
        "review.csv",
        "spotify_enrichment_20261331_180009.csv",
        "spotify_enrichment_20260131_250009.csv",
        "spotify_enrichment_20260131_1800091.csv",
        "spotify_enrichment_٢٠٢٦٠١٣١_180009.csv",
    ],
)
def test_other_names_tell_none(name: str) -> None:
    assert moment_in(name) is None


@pytest.mark.parametrize("text", [A, "zztst2400001", "ZZ-TST-24-00001", " zz tst 24 00001 "])
def test_an_isrc_has_one_plain_form(text: str) -> None:
    assert plain_isrc(text) == A


@pytest.mark.parametrize(
    "text",
    [
        "Z1TST2400001",
        "ZZTST240001",
        "ZZTST24000011",
        "ZZTST24OOOO1",
        "ＺＺTST2400001",
        "ZZTST٢400001",
    ],
)
def test_what_is_no_isrc(text: str) -> None:
    with pytest.raises(ValueError, match="no ISRC"):
        plain_isrc(text)


def test_a_popularity_is_a_whole_number_of_0_to_100() -> None:
    assert [popularity_of(text) for text in ("0", "100", "70.0", "007")] == [0, 100, 70, 7]
    for text in ("101", "-1", "70.5", "70,0", "1e2", "٧", "many", "9" * 5_000):
        with pytest.raises(ValueError, match="no popularity"):
            popularity_of(text)


def test_every_row_is_looked_at_and_every_problem_told_with_its_line() -> None:
    found = check(
        [
            row(2, track(1), track(1).removeprefix("spotify:track:"), "70", "zz-tst-24-00001"),
            row(3, track(2), popularity="101"),
            row(4, track(3), isrc="nonsense"),
            row(5, track(99), popularity="1"),
            row(6, "spotify:local:A:B:C:1", popularity="1"),
            row(7, "", popularity="1"),
            row(8, track(4), track(5).removeprefix("spotify:track:"), "1"),
            SheetRow(9, [track(4), "", "1"]),
            row(10, track(5)),
            SheetRow(11, [f" {track(6)} ", "", " 5 ", "", "", ""]),
        ],
        KNOWN,
    )
    assert found.rows == [
        Row(2, track(1), 70, A),
        Row(10, track(5), None, None),
        Row(11, track(6), 5, None),
    ]
    assert [line for line, _ in found.problems] == [3, 4, 5, 6, 7, 8, 9]
    told = listed(found.problems, "f.csv")
    assert told[0] == "f.csv, line 3: '101' is no popularity: a whole number from 0 to 100"
    assert "not in the library" in told[2]
    assert "no track of Spotify's" in told[3]
    assert "is not that of" in told[5]


def test_a_doubled_row_counts_once_and_a_contradiction_not_at_all() -> None:
    found = check(
        [
            row(2, track(1), popularity="1"),
            row(3, track(1), popularity="1.0"),
            row(4, track(2), popularity="1"),
            row(5, track(2), popularity="2"),
            row(6, track(2), popularity="1"),
        ],
        KNOWN,
    )
    assert found.rows == [Row(2, track(1), 1, None)]
    assert found.problems == [
        (3, "repeats line 2"),
        (4, "a later line says otherwise of this track"),
        (5, "says otherwise of this track than line 4"),
        (6, "repeats line 4"),
    ]


def test_problems_beyond_the_bound_are_counted() -> None:
    told = listed([(n, "x") for n in range(MOST_PROBLEMS + 7)], "f.csv")
    assert len(told) == MOST_PROBLEMS + 1
    assert told[-1] == "and 7 more"


def test_what_stands_as_written_is_spotifys_word_at_the_time_it_was_told() -> None:
    key = track(1)
    rows = [Row(2, key, 70, A)]
    as_told = Statement(key, False, TOLD, 70, A)
    assert statements(rows, {key: Written(70, A, TOLD, is_own=False)}, AT) == [as_told]
    # What the library itself had given says nothing new.
    own = {key: Written(None, A, None, is_own=True)}
    assert statements([Row(2, key, None, A)], own, AT) == []
    both = {key: Written(70, A, TOLD, is_own=True)}
    assert statements(rows, both, AT) == [as_told._replace(isrc=None)]


def test_what_a_person_wrote_is_theirs_from_the_files_moment_on() -> None:
    key = track(1)
    written = {key: Written(70, A, TOLD, is_own=False)}
    assert statements([Row(2, key, 71, A)], written, AT) == [
        Statement(key, False, TOLD, None, A),
        Statement(key, True, AT, 71, None),
    ]
    assert statements([Row(2, key, 71, B)], {}, AT) == [Statement(key, True, AT, 71, B)]


def test_an_emptied_cell_says_nothing() -> None:
    key = track(1)
    written = {key: Written(70, A, TOLD, is_own=False)}
    assert statements([Row(2, key, None, None)], written, AT) == []
    assert statements([Row(2, TrackKey("spotify:track:x"), None, None)], {}, AT) == []
