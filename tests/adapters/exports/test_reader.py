from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncengine.adapters.exports import Exports
from syncengine.core.moment import Instant, parse_utc
from syncengine.core.ports import ExportReader, Quarantined, RejectedRow
from syncengine.errors import MalformedExport
from tests.adapters.exports.samples import (
    APP_HEADER,
    DATA,
    FEATURE_TITLES,
    NET_HEADER,
    URI,
    app_row,
    csv_text,
    net_row,
    parse,
    rejected,
    seen,
)

HEADER_LINE = ",".join(NET_HEADER) + "\n"
UNNAMED = ",".join(NET_HEADER[2:]) + "\n"


def test_a_single_export_is_read_with_its_mark_lines_and_moments() -> None:
    export = parse((DATA / "backup" / "Liked_Songs.csv").read_bytes())
    rows = seen(export)
    assert [(row.line, row.popularity, row.added_by) for row in rows] == [
        (2, 41, None),
        (3, 0, None),
    ]
    assert rows[0].added_at == parse_utc("2026-01-12T08:00:01Z")
    assert list(export.warnings) == []


def test_a_row_below_a_cell_of_two_lines_keeps_the_line_it_starts_on() -> None:
    text = csv_text(NET_HEADER, net_row(title="a\nb\r\nc"), net_row(), net_row(popularity="101"))
    assert [row.line for row in parse(text).rows()] == [2, 5, 6]


def test_blank_lines_are_skipped_and_counted() -> None:
    text = "\n" + csv_text(NET_HEADER, net_row()) + "\n\n" + csv_text(NET_HEADER, net_row())
    lines = [row.line for row in parse(text).rows()]
    assert lines == [3, 6, 7]


def test_a_header_alone_is_an_empty_playlist() -> None:
    assert list(parse(HEADER_LINE).rows()) == []
    assert list(parse(HEADER_LINE.rstrip("\n")).rows()) == []


def test_rows_can_be_read_twice_with_the_same_warnings() -> None:
    export = parse(HEADER_LINE + f"{URI},Song\n")
    first, warnings = list(export.rows()), list(export.warnings)
    assert list(export.rows()) == first
    assert list(export.warnings) == warnings


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "empty"),
        (b" \n\n", 1, "empty"),
        (b"\xef\xbb\xbf", 1, "empty"),
        (b"<!DOCTYPE html>\n<html>", 1, "web page"),
        (b'{"error": 1}', 1, "JSON"),
        (b"PK\x03\x04....", 1, "zip archive"),
        (b"\x1f\x8b\x08", 1, "gzip archive"),
        (HEADER_LINE.encode() + b"a\x81", 2, "byte 0x81"),
        (b"\xef\xbb\xbf" + HEADER_LINE.encode() + b"a\n\x81", 3, "byte 0x81"),
        (HEADER_LINE.encode() + b"a\n\nb\0", 4, "NUL"),
        (b"name,age\n", 1, "exportify.net"),
        (UNNAMED.encode(), 1, "missing: Track URI, Track Name"),
        (("Foo," + UNNAMED).encode(), 1, "unknown: Foo"),
        (b'"' + b"x\n" * (1 << 21), 1, "CSV"),
        (b"x," * (1 << 20), 1, "longer"),
    ],
)
def test_what_is_no_export_is_refused_with_line_and_reason(
    content: bytes, line: int, words: str
) -> None:
    with pytest.raises(MalformedExport) as caught:
        parse(content)
    assert caught.value.file == "Mix.csv"
    assert caught.value.line == line
    assert words in caught.value.reason


def test_a_bad_byte_is_placed_within_its_line() -> None:
    with pytest.raises(MalformedExport) as caught:
        parse(b"\xef\xbb\xbf" + HEADER_LINE.encode() + b"abc\x81")
    assert (caught.value.line, caught.value.column) == (2, 4)
    assert f"at byte {3 + len(HEADER_LINE) + 4} of" in caught.value.reason


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("popularity", "101", "Popularity is no whole number from 0 to 100: '101'"),
        ("popularity", "-1", "Popularity"),
        ("popularity", "50.5", "Popularity"),
        ("popularity", "٥", "Popularity"),
        ("added_at", "yesterday", "Added At is no ISO 8601 date-time: 'yesterday'"),
        ("added_at", "1969-12-31T23:59:59Z", "Added At"),
        ("added_at", "0001-01-01T00:00:00+23:00", "Added At"),
        ("added_at", "x" * 500, "…"),
    ],
)
def test_a_bad_value_rejects_its_row_alone(field: str, value: str, words: str) -> None:
    export = parse(csv_text(NET_HEADER, net_row(), net_row(**{field: value}), net_row()))
    [problem] = rejected(export)
    assert problem.line == 3
    assert words in problem.reason
    assert len(problem.reason) < 150
    assert len(seen(export)) == 2


@pytest.mark.parametrize("blank", ["", "undefined", " null ", "NaN"])
def test_what_javascript_leaves_for_nothing_is_nothing(blank: str) -> None:
    row = net_row(popularity=blank, added_at=blank, added_by=blank)
    [found] = seen(parse(csv_text(NET_HEADER, row)))
    assert (found.popularity, found.added_at, found.added_by) == (None, None, None)


def test_spreadsheet_numbers_and_user_uris_are_read() -> None:
    text = csv_text(APP_HEADER, app_row(popularity="50.0", added_by="spotify:user:ada"))
    [found] = seen(parse(text))
    assert (found.popularity, found.added_by) == (50, "ada")
    [nobody] = seen(parse(csv_text(APP_HEADER, app_row(added_by="spotify:user:"))))
    assert nobody.added_by is None


def test_an_added_at_before_the_epoch_is_told_from_the_epoch() -> None:
    [found] = seen(parse(csv_text(NET_HEADER, net_row(added_at="1970-01-01T00:00:00Z"))))
    assert found.added_at == Instant(0)


def test_short_rows_are_read_and_reported() -> None:
    short = f'{URI},"Song","Album","Ada",2001,1000,5,false,,2026-01-02T03:04:05Z,"","L"\n'
    export = parse(HEADER_LINE + short * 2)
    assert [row.popularity for row in seen(export)] == [5, 5]
    assert export.claim(seen(export)[0]).features is None
    assert list(export.warnings) == [
        "2 rows have fewer cells than the header (audio features missing)"
    ]
    other = parse(HEADER_LINE + f"{URI},Song\n")
    assert len(seen(other)) == 1
    assert list(other.warnings) == [
        "1 row has fewer cells than the header (cells missing at the end)"
    ]


def test_a_row_cut_off_by_the_end_of_the_file_is_rejected() -> None:
    cut = parse(csv_text(NET_HEADER, net_row()) + f'{URI},"Song","Alb"')
    assert [row.line for row in rejected(cut)] == [3]
    assert len(seen(cut)) == 1
    inside = parse(csv_text(NET_HEADER, net_row()) + f'{URI},"Song","Alb')
    assert [row.line for row in rejected(inside)] == [3]


def test_a_short_row_further_up_is_no_matter_of_the_end_of_the_file() -> None:
    last = csv_text(NET_HEADER, net_row()).split("\n")[1]
    assert [row.line for row in seen(parse(HEADER_LINE + f"{URI},Song\n" + last))] == [2, 3]


def test_longer_rows_are_read_only_where_the_rest_is_empty() -> None:
    sound = csv_text(NET_HEADER, net_row()).rstrip("\n")
    assert len(seen(parse(sound + ",, \n"))) == 1
    [problem] = rejected(parse(sound + ",,x\n"))
    assert "26 cells where the header has 24" in problem.reason


def test_a_row_of_one_cell_too_many_is_no_row_where_a_column_is_missing() -> None:
    header = "title;artist;album;isrc\n"
    [problem] = rejected(parse(header + "Song;Ada;Rivers;XX1230000001;more\n"))
    assert "5 cells where the header has 4" in problem.reason


def test_a_stray_quote_costs_one_row_and_not_the_rest() -> None:
    sound = csv_text(NET_HEADER, net_row()).split("\n")[1] + "\n"
    export = parse(HEADER_LINE + sound + f'{URI},"Song\n' + sound * 3)
    assert [row.line for row in rejected(export)] == [3]
    assert [row.line for row in seen(export)] == [2, 4, 5, 6]


@pytest.mark.parametrize("label", ['Firma "Nota"', '"Nota" Firma', 'A "B", "C" D', '"', '"N", x'])
def test_labels_are_read_although_the_site_does_not_double_their_quotes(label: str) -> None:
    row = f'{URI},"Song","Album","Ada",2001,1000,5,false,,2026-01-02T03:04:05Z,"a,b","{label}"'
    sound = csv_text(NET_HEADER, net_row()).split("\n")[1] + "\n"
    export = parse(HEADER_LINE + row + ",1" * 12 + "\n" + sound)
    first, second = seen(export)
    release = export.claim(first).release
    assert release is not None
    assert release.label == label
    assert second.line == 3
    assert rejected(export) == []
    assert list(export.warnings) == ["1 row has a label with quotes that were not doubled"]


def test_equal_facts_have_equal_fingerprints_whatever_else_the_rows_say() -> None:
    one = net_row(popularity="1", added_at="2026-01-01T00:00:00Z", added_by="a")
    two = net_row(popularity="2", added_at="2026-01-02T00:00:00Z", added_by="b")
    first, second, other = seen(parse(csv_text(NET_HEADER, one, two, net_row(title="Other"))))
    assert len(first.fingerprint) == 16
    assert first.fingerprint == second.fingerprint != other.fingerprint
    [again] = seen(parse(csv_text(NET_HEADER, two)))
    assert again.fingerprint == first.fingerprint


def test_dialects_do_not_share_fingerprints() -> None:
    header = [title for title in NET_HEADER if title != "Explicit"]
    [current] = seen(parse(csv_text(NET_HEADER, net_row())))
    [older] = seen(parse(csv_text(header, net_row())))
    assert current.fingerprint != older.fingerprint


CELL = st.text(st.sampled_from('ab\x1f,"'), max_size=3)


@example(one=("", "\x1fa"), two=("\x1fa", ""))
@given(one=st.tuples(CELL, CELL), two=st.tuples(CELL, CELL))
def test_fingerprints_tell_any_two_cells_apart(one: tuple[str, str], two: tuple[str, str]) -> None:
    rows = [net_row(title="a" + a, album="a" + b) for a, b in (one, two)]
    first, second = seen(parse(csv_text(NET_HEADER, *rows)))
    assert (first.fingerprint == second.fingerprint) == (one == two)


@given(body=st.lists(st.text(st.sampled_from('a0",\n\r;'), max_size=12), max_size=8).map("\n".join))
def test_any_text_below_a_header_is_rows_on_ascending_lines(body: str) -> None:
    rows = list(parse(HEADER_LINE + body).rows())
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    assert all(2 <= line <= 2 + body.count("\n") + body.count("\r") for line in lines)
    assert all(isinstance(row, RejectedRow) or len(row.cells) == len(NET_HEADER) for row in rows)


@given(content=st.binary(max_size=80))
def test_any_bytes_are_an_export_or_malformed(content: bytes) -> None:
    with pytest.raises(MalformedExport):
        parse(content)


def test_the_adapter_is_what_the_jobs_expect() -> None:
    reader: ExportReader = Exports()
    [file] = reader.find([DATA / "app_all_blocks.csv"])
    assert not isinstance(file, Quarantined)
    assert len(list(reader.parse(file, file.read()).rows())) == 1


def test_features_titles_stand_last_in_the_header() -> None:
    assert NET_HEADER[-12:] == FEATURE_TITLES
