from __future__ import annotations

from syncengine.adapters.report.table import Column, Table, folded, shown_number, sortable
from tests.adapters.report.test_html import read

COLUMNS = (Column("Name"), Column("Size", number=True, digits=1))


def made(rows: int, most: int = 400) -> Table:
    return Table("t", "Things", COLUMNS, [(f"n{n}", n) for n in range(rows)], most, "small first")


def test_headers_are_buttons_that_say_how_they_sort() -> None:
    seen = read(sortable(made(3)))
    heads = [dict(attrs) for tag, attrs in seen.tags if tag == "th"]
    assert [head["aria-sort"] for head in heads] == ["none", "none"]
    assert [head["scope"] for head in heads] == ["col", "col"]
    assert [tag for tag, _ in seen.tags].count("button") == 2


def test_the_filter_has_a_label() -> None:
    seen = read(sortable(made(3)))
    labels = [dict(attrs)["for"] for tag, attrs in seen.tags if tag == "label"]
    fields = [dict(attrs)["id"] for tag, attrs in seen.tags if tag == "input"]
    assert labels == fields
    assert "Filter: Things" in seen.said


def test_a_long_table_is_cut_off_and_says_so() -> None:
    said = read(sortable(made(500, most=20))).said
    assert "20 of 500 rows are shown here, small first." in said
    assert "n19" in said
    assert "n20" not in said
    assert "rows are shown" not in sortable(made(20, most=20))
    assert "400 of 401 rows are shown here" in read(folded(made(401))).said


def test_numbers_are_shown_for_people_and_kept_for_sorting() -> None:
    rows = [("a", -1234.56), ("b", None), ("c", 7), ("d", 12_345)]
    made_table = sortable(Table("t", "T", COLUMNS, rows))
    assert '<td class="n" data-value="-1234.56">\u22121,234.6</td>' in made_table
    assert '<td class="n" data-value="">–</td>' in made_table
    assert '<td class="n" data-value="12345">12,345.0</td>' in made_table
    assert shown_number(0.0) == "0"


def test_a_text_without_end_is_cut_off() -> None:
    made_table = sortable(Table("t", "T", (Column("Name"),), [("x" * 10_000,)]))
    assert len(made_table) < 1_500
    assert "x…</td>" in made_table


def test_names_may_be_written_from_right_to_left() -> None:
    assert '<td dir="auto">مرحبا</td>' in sortable(Table("t", "T", COLUMNS[:1], [("مرحبا",)]))
