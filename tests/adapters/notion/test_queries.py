"""Where a query ends is found out by all signs there are, and never taken for the end of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from syncengine.adapters.notion import queries
from syncengine.adapters.notion.asking import Ask, Json
from syncengine.adapters.notion.queries import QUERY, rows
from syncengine.adapters.notion.shelf import Shelf
from syncengine.errors import RemoteError, Transient

SHELF = Shelf("source", None, {})


class Told:
    """A wire that answers what it was told to."""

    def __init__(self, *answers: Json) -> None:
        self.answers = list(answers)
        self.asked: list[Json] = []
        self.calls: Mapping[str, int] = {}

    def read(self, endpoint: str, ask: Ask) -> Json:
        assert endpoint == QUERY
        ask(self)  # type: ignore[arg-type]
        return self.answers.pop(0)

    def write(self, endpoint: str, ask: Ask, *, repeatable: bool) -> Json:
        raise AssertionError

    @property
    def data_sources(self) -> Told:
        return self

    def query(self, source: str, **asked: Any) -> None:
        assert source == SHELF.source
        self.asked.append(asked)


def _answer(
    *numbers: int, cursor: str | None = None, status: str | None = None, **more: Any
) -> Json:
    pages = [
        {"object": "page", "id": str(n), "created_time": f"2026-01-01T00:{n:02}:00.000Z"}
        for n in numbers
    ]
    answer = {"results": pages, "next_cursor": cursor, "has_more": cursor is not None, **more}
    return answer | ({} if status is None else {"request_status": {"type": status}})


def _read(wire: Told, **more: Any) -> list[int]:
    return [int(page["id"]) for page in rows(wire, SHELF, trashed=False, **more)]


def test_pages_of_one_query_are_asked_for_by_their_cursors() -> None:
    wire = Told(_answer(1, 2, cursor="c"), _answer(3, status="complete"))
    assert _read(wire) == [1, 2, 3]
    order = [{"timestamp": "created_time", "direction": "ascending"}]
    assert wire.asked == [
        {"sorts": order, "page_size": 100},
        {"sorts": order, "page_size": 100, "start_cursor": "c"},
    ]


@pytest.mark.parametrize(
    "cut",
    [
        [_answer(1, 2, status="incomplete")],
        [_answer(1, cursor="c", status="incomplete"), _answer(2, status="complete")],
        [_answer(1, 2, has_more=True)],
    ],
)
def test_what_is_said_to_be_incomplete_goes_on_in_another_window(cut: list[Json]) -> None:
    where = {"property": "x", "number": {"equals": 1}}
    wire = Told(*cut, _answer(2, 3, status="complete"))
    assert _read(wire, where=where) == [1, 2, 3]
    window = {
        "timestamp": "created_time",
        "created_time": {"on_or_after": "2026-01-01T00:02:00.000Z"},
    }
    assert [each["filter"] for each in wire.asked] == [where] * len(cut) + [
        {"and": [where, window]}
    ]
    assert "start_cursor" not in wire.asked[-1]


def test_an_end_at_the_limit_is_none_even_if_nothing_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "MOST_ROWS", 4)
    assert _read(Told(_answer(1, 2, cursor="c"), _answer(3, 4), _answer(4, 5))) == [1, 2, 3, 4, 5]
    whole = Told(_answer(1, 2, cursor="c"), _answer(3, 4, status="complete"))
    assert _read(whole) == [1, 2, 3, 4]


def test_a_window_ends_before_notion_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_ENOUGH_ROWS", 3)
    wire = Told(_answer(1, 2, cursor="c"), _answer(3, 4, cursor="d"), _answer(4, 5))
    assert _read(wire) == [1, 2, 3, 4, 5]
    # All of one minute come in one window, as many as Notion shows.
    assert _read(Told(_answer(7, 7, 7, cursor="c"), _answer(7, 7, 7, cursor="d"), _answer(7))) == [
        7
    ]


@pytest.mark.parametrize(
    "answers",
    [
        [_answer(status="incomplete")],
        [_answer(1, status="incomplete"), _answer(1, status="incomplete")],
        [_answer(2, status="incomplete"), _answer(1, status="incomplete")],
    ],
)
def test_where_no_window_leads_on_it_is_an_error(answers: list[Json]) -> None:
    with pytest.raises(RemoteError, match="does not show all of a database"):
        _read(Told(*answers))


def test_rows_that_are_no_pages_are_passed_over_and_no_rows_are_an_error() -> None:
    other = _answer(1)
    other["results"].append({"object": "data_source", "id": "x"})
    assert _read(Told(other)) == [1]
    with pytest.raises(Transient, match="no rows at all"):
        _read(Told({"object": "error"}))
