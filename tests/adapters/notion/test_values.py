"""What is pushed reads back equal, and what people make of it reads as a change, or does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.notion.fields import PROPERTIES, SYNC_KEY
from syncengine.adapters.notion.limits import OPTION_UNITS, TEXT_UNITS
from syncengine.adapters.notion.values import READABLE, from_json, to_json
from syncengine.core.moment import Instant, to_iso
from syncengine.core.plan import Value
from syncengine.core.writer import Change
from tests.adapters.notion.house import House
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import NEW, OLD
from tests.fakes.notion_values import rich

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=","), min_size=1, max_size=20
).filter(lambda name: not name.isspace())
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.integers(0, 4_000_000_000).map(lambda at: to_iso(Instant(at // 60 * 60)))
DATES = st.dates(date(1, 1, 1)).map(date.isoformat) | TIMES
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "title": TEXT,
    "rich_text": TEXT,
    "url": TEXT.filter(bool),
    "number": NUMBERS,
    "checkbox": st.booleans(),
    "date": DATES,
    "select": NAMES,
    "multi_select": st.frozensets(NAMES, max_size=5).map(sorted).map(tuple),
}


def _empty(value: Value) -> Value:
    """Return a value as it reads: what is empty is None, and so is a box that is not ticked."""
    return None if value is False or value in ("", ()) else value


@pytest.mark.parametrize("version", [OLD, NEW])
def test_every_type_goes_there_and_back(version: str) -> None:
    with NotionDouble() as double:
        house = House(double, version)
        others = [house.create("artist", f"artist {n}").address for n in range(25)]
        kept = {k: prop for k, prop in PROPERTIES["track"].items() if k != SYNC_KEY}
        fields: dict[str, st.SearchStrategy[Any]] = {
            name: st.none() | BY_TYPE[prop.type] for name, prop in kept.items() if prop.to is None
        }
        fields["Artists"] = st.lists(st.sampled_from(others), unique=True).map(tuple)
        page = house.create("track", "track").address

        @given(st.fixed_dictionaries({}, optional=fields))
        def there_and_back(wanted: dict[str, Value]) -> None:
            read = {name: _empty(value) for name, value in wanted.items()}
            written = house.writer.write(Change("track", "track", page, wanted))
            assert (written.holds, written.left_out) == (read, frozenset())
            seen = house.writer.at(page)
            assert seen is not None
            assert seen.fields.items() >= read.items()
            made = house.writer.write(Change("track", "track 2", None, wanted))
            assert {name: made.holds.get(name) for name in wanted} == read

        there_and_back()
        house.wire.close()
        double.assert_clean()


def test_every_type_that_is_kept_is_written_and_read_but_rollups() -> None:
    types = {prop.type for kept in PROPERTIES.values() for prop in kept.values()}
    assert types - READABLE == {"rollup"}


@pytest.mark.parametrize("kind", sorted(READABLE))
def test_none_empties(kind: Any) -> None:
    written = to_json(kind, None)
    assert list(written) == [kind]
    assert from_json({"type": kind, **written}) is None


@given(st.text(st.sampled_from("aß🎵\u4e2d"), min_size=1, max_size=3).map(lambda text: text * 2100))
def test_long_texts_go_in_pieces_that_end_between_characters(text: str) -> None:
    pieces = [each["text"]["content"] for each in to_json("rich_text", text)["rich_text"]]
    assert "".join(pieces) == text
    assert max(len(piece.encode("utf-16-le")) // 2 for piece in pieces) <= TEXT_UNITS


def test_what_fits_is_one_piece() -> None:
    assert len(to_json("title", "é" * TEXT_UNITS)["title"]) == 1
    assert len(to_json("title", "🎵" * (TEXT_UNITS // 2))["title"]) == 1


def _text(*pieces: dict[str, Any]) -> Value:
    return from_json({"type": "rich_text", "rich_text": list(pieces)})


def test_the_looks_of_a_text_are_no_change_and_its_words_are() -> None:
    mention = {"type": "mention", "mention": {}, "plain_text": "@Ann"}
    assert _text(rich("one "), rich("two", annotations={"bold": True})) == "one two"
    assert _text(rich("one", link="https://example.com")) == "one"
    assert _text(rich("by "), mention) == "by @Ann"
    assert _text() is _text(rich("")) is None


@pytest.mark.parametrize(
    ("date", "read"),
    [
        ({"start": "2026-01-13"}, "2026-01-13"),
        ({"start": "2026-01-13", "end": None, "time_zone": None}, "2026-01-13"),
        ({"start": "2026-01-13T12:00:00.000+00:00"}, "2026-01-13T12:00:00Z"),
        ({"start": "2026-01-13T12:00:00.000Z"}, "2026-01-13T12:00:00Z"),
        ({"start": "2026-01-13T14:00:00.000+02:00"}, "2026-01-13T12:00:00Z"),
        ({"start": "2026-01-13T12:00:59Z"}, "2026-01-13T12:00:00Z"),
        ({"start": "1955-01-13T12:00:00Z"}, "1955-01-13T12:00:00Z"),
        ({"start": "2026-01-13", "end": "2026-01-20"}, "2026-01-13/2026-01-20"),
        (
            {"start": "2026-01-13T12:00:00Z", "end": "2026-01-13T13:00:00Z"},
            "2026-01-13T12:00:00Z/2026-01-13T13:00:00Z",
        ),
        (
            {"start": "2026-01-13T12:00:00.000", "time_zone": "Europe/Berlin"},
            "2026-01-13T12:00:00.000[Europe/Berlin]",
        ),
        (
            {"start": "2026-01-13T12:00:00.000+01:00", "time_zone": "Europe/Berlin"},
            "2026-01-13T11:00:00Z",
        ),
        ({"start": "next week"}, "next week"),
        ({"start": "0001-01-01T00:00:00+10:00"}, "0001-01-01T00:00:00+10:00"),
    ],
)
def test_dates_read_as_what_was_pushed_unless_someone_made_more_of_them(
    date: dict[str, Any], read: str
) -> None:
    assert from_json({"type": "date", "date": date}) == read


def test_options_are_a_set() -> None:
    held = [{"name": "soul"}, {"name": "disco"}]
    assert from_json({"type": "multi_select", "multi_select": held}) == ("disco", "soul")


def test_related_pages_keep_their_order_and_get_their_dashes() -> None:
    first, second = "f" * 32, "00000000-0000-4000-8000-000000000000"
    held = [{"id": first}, {"id": second}]
    dashed = "ffffffff-ffff-ffff-ffff-ffffffffffff"
    assert from_json({"type": "relation", "relation": held}) == (dashed, second)


def test_the_double_takes_options_of_the_length_that_ours_are_cut_to(house: House) -> None:
    name = "🎵" * (OPTION_UNITS // 2)
    assert house.create("track", "k", {"Genres": (name,)}).holds["Genres"] == (name,)
