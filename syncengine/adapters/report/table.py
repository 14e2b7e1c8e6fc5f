"""Tables that a reader can sort and filter, and those that stand beside a chart with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from syncengine.adapters.report.html import Html, element, joined

Cell = str | int | float | None
"""A text, a number, or nothing known."""
_LONGEST = 160
"""Letters of a cell that are shown."""
_MOST_NUMBERS = 400
"""Rows of a chart's own table; a chart has seldom more, and a calendar of years has."""


class Column(NamedTuple):
    """A column's title, and whether it holds numbers; ``digits`` are shown after the point."""

    title: str
    number: bool = False
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their columns; ``most`` is how many are shown, the first ones.

    ``name`` names it within the page. ``order`` says in which order the rows stand, for the sentence
    that tells how many were cut off.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    most: int = _MOST_NUMBERS
    order: str = ""

    @property
    def shown(self) -> Sequence[Sequence[Cell]]:
        """The rows that are not cut off."""
        return self.rows[: self.most]


def sortable(table: Table) -> Html:
    """Return a table with buttons that sort it and a field that filters it."""
    field_id = f"filter-{table.name}"
    return element(
        "div",
        element(
            "div",
            element("label", f"Filter: {table.title}", for_=field_id),
            element("input", id=field_id, type="search", autocomplete="off", spellcheck="false"),
            element("output", for_=field_id, aria_live="polite"),
            class_="filter",
        ),
        _scroller(
            table,
            element(
                "table",
                element("caption", table.title),
                element("thead", element("tr", (_sorter(each) for each in table.columns))),
                _body(table),
            ),
        ),
        _cut(table),
        class_="sortable",
        data_table=table.name,
    )


def folded(table: Table) -> Html:
    """Return the numbers of a chart, folded away until somebody asks for them."""
    heads = (element("th", c.title, scope="col", class_=_class(c)) for c in table.columns)
    return element(
        "details",
        element("summary", f"In numbers: {table.title}"),
        _scroller(
            table,
            element(
                "table",
                element("caption", table.title),
                element("thead", element("tr", heads)),
                _body(table),
            ),
        ),
        _cut(table),
    )


def shown_number(value: float, digits: int = 0) -> str:
    """Return a number as people read it: thousands apart, a real minus sign."""
    return f"{value:,.{digits}f}".replace("-", "\u2212")


def _scroller(table: Table, content: Html) -> Html:
    """Return what may be wider than a phone; the page itself stays where it is."""
    return element(
        "div", content, class_="scroller", role="region", aria_label=table.title, tabindex="0"
    )


def _sorter(column: Column) -> Html:
    button = element("button", column.title, type="button")
    return element("th", button, scope="col", aria_sort="none", class_=_class(column))


def _body(table: Table) -> Html:
    return element(
        "tbody",
        (
            element("tr", (_cell(c, v) for c, v in zip(table.columns, row, strict=True)))
            for row in table.shown
        ),
    )


def _cell(column: Column, value: Cell) -> Html:
    if value is None:
        return element("td", "–", class_=_class(column), data_value="")
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
        return element("td", shown, dir="auto")
    shown = shown_number(value, column.digits)
    exact = f"{value:.6g}" if isinstance(value, float) else str(value)
    return element("td", shown, class_=_class(column), data_value=None if exact == shown else exact)


def _class(column: Column) -> str | None:
    return "n" if column.number else None


def _cut(table: Table) -> Html:
    if len(table.rows) <= len(table.shown):
        return joined()
    order = f", {table.order}" if table.order else ""
    return element(
        "p",
        f"{len(table.shown):,} of {len(table.rows):,} rows are shown here{order}.",
        class_="cut",
    )
