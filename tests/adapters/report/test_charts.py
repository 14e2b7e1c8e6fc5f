"""Every chart: it can be drawn whatever the library is like, says what it shows, and has its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from syncengine.adapters.report.charts import calendar, features, growth, streams
from syncengine.adapters.report.charts.chart import NARROW, WIDE, Chart, millis
from syncengine.adapters.report.charts.label import extent, shortened
from syncengine.adapters.report.drawing import draw, to_markup
from syncengine.adapters.report.sections import sections_of
from syncengine.core.moment import parse_utc
from syncengine.core.report import POPULARITY_SPAN, Report, histogram
from syncengine.core.trends import Day, Share
from tests.made_reports import empty_report, made_report


def charts_of(report: Report) -> list[Chart]:
    return [chart for part in sections_of(report) for chart in part.charts]


ALL = {chart.name: chart for chart in charts_of(made_report())}
NAMES = (
    "growth movement calendar playlists genres decades features moods popularity drift movers "
    "duplicates vanished calls"
).split()


def test_nothing_is_missing() -> None:
    assert list(ALL) == NAMES


def test_where_nothing_is_known_there_is_no_chart_but_a_sentence() -> None:
    parts = sections_of(empty_report())
    assert [part.charts for part in parts] == [[]] * len(parts)
    assert [part.tables for part in parts] == [[]] * len(parts)
    assert all(part.nothing.endswith(".") for part in parts)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_drawn_as_wide_as_its_place(name: str) -> None:
    for width in (WIDE, NARROW):
        drawing = draw(ALL[name].spec(width))
        drawn = float(drawing.partition('width="')[2].partition('"')[0])
        assert drawn == pytest.approx(width, abs=12), name
        assert to_markup(drawing, name, "A label").count("<") > 20


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_shows_in_words_and_numbers(name: str) -> None:
    chart = ALL[name]
    assert chart.says.endswith(".")
    assert any(mark.isdigit() for mark in chart.says)
    assert chart.numbers.rows
    assert {len(row) for row in chart.numbers.rows} == {len(chart.numbers.columns)}


@pytest.mark.parametrize("months", [1, 2, 130])
def test_each_is_drawn_for_a_new_library_and_an_old_one(months: int) -> None:
    for chart in charts_of(made_report(months=months, playlists=3, rows=3, tracks=50)):
        to_markup(draw(chart.spec(NARROW)), chart.name, chart.says)


def test_the_zone_of_the_machine_changes_nothing(zone: Callable[[str], None]) -> None:
    found = [growth.movement(made_report(months=months).trends) for months in (4, 40)]
    charts = [ALL["growth"], *filter(None, found)]
    here = [draw(chart.spec(WIDE)) for chart in charts]
    zone("America/New_York")
    assert [draw(chart.spec(WIDE)) for chart in charts] == here
    assert "Jan 2025" in here[0]
    assert "Jan 2025" in here[1]
    assert "Dec 2024" not in here[1]
    assert [f">{year}<" in here[2] for year in (2024, 2025, 2028)] == [False, True, True]


def test_a_month_is_its_first_moment_in_utc() -> None:
    assert millis("2025-03") == parse_utc("2025-03-01") * 1000
    assert millis("2025-03-09") == parse_utc("2025-03-09") * 1000


def test_growth_tells_since_when_the_library_was_looked_at() -> None:
    trends = made_report(months=9).trends
    chart = growth.growth(trends)
    assert chart is not None
    assert "Before 2025-04-02" in chart.note
    assert "first observation" in draw(chart.spec(WIDE))
    observed = [replace(each, observed=True) for each in trends.months]
    known = growth.growth(replace(trends, months=observed))
    assert known is not None
    assert "first observation" not in draw(known.spec(WIDE))


def test_the_calendar_has_a_square_for_each_day_up_to_the_last() -> None:
    trends = replace(
        made_report().trends,
        days=[Day("2024-02-29", 1, 0), Day("2024-12-31", 9, 9), Day("2025-01-01", 2, 1)],
        end=parse_utc("2025-01-10T12:00:00"),
    )
    chart = calendar.calendar(trends)
    assert chart is not None
    for width in (WIDE, NARROW):
        squares = [
            cell
            for layer in chart.spec(width)["layer"]
            if layer["mark"]["type"] == "rect"
            for cell in layer["data"]["values"]
        ]
        assert len(squares) == 366 + 10 + 5  # and five for the legend
        tips = {cell["tip"]: cell["level"] for cell in squares if cell["tip"]}
        assert list(tips) == [
            "2025-01-01: 2 added, 1 removed",
            "2024-02-29: 1 added, 0 removed",
            "2024-12-31: 9 added, 9 removed",
        ]
        assert list(tips.values()) == [2, 1, 4]
        places = [(cell["x"], cell["y"]) for cell in squares]
        assert len(set(places)) == len(places)


def test_the_calendar_shows_the_last_years_and_its_table_the_rest() -> None:
    trends = replace(
        made_report().trends,
        days=[Day(f"{year}-05-05", 1, 1) for year in range(2010, 2026)],
        end=parse_utc("2025-06-01"),
    )
    chart = calendar.calendar(trends)
    assert chart is not None
    assert "2022" in draw(chart.spec(WIDE))
    assert "2021" not in draw(chart.spec(WIDE))
    assert len(chart.numbers.rows) == 16
    assert chart.note == "The last 4 years."


def test_small_genres_flow_with_the_rest() -> None:
    shares = [Share("2025-01", f"g{n}", 100 - n) for n in range(12)]
    chart = streams.genres(replace(made_report().trends, genres=shares))
    assert chart is not None
    titles = [column.title for column in chart.numbers.columns]
    assert titles == ["Month", *(f"g{n}" for n in range(8)), "other"]
    assert chart.numbers.rows[0][-1] == 92 + 91 + 90 + 89


def test_decades_flow_in_their_order() -> None:
    shares = [Share("2025-01", name, n) for n, name in enumerate(("2010s", "1960s", "1990s"), 1)]
    chart = streams.decades(replace(made_report().trends, decades=shares))
    assert chart is not None
    assert [c.title for c in chart.numbers.columns] == ["Month", "1960s", "1990s", "2010s"]


def test_two_long_names_that_begin_alike_stay_two() -> None:
    long = "the same beginning of a long name"
    shares = [Share("2025-01", f"{long} {n}", 5) for n in range(3)]
    chart = streams.genres(replace(made_report().trends, genres=shares))
    assert chart is not None
    labels = {row["label"] for row in chart.spec(WIDE)["data"]["values"]}
    assert len(labels) == 3


def test_half_of_the_tracks_lie_below_the_middle() -> None:
    found = histogram("popularity", [10, 12, 52, 90], POPULARITY_SPAN)
    chart = features.features([replace(found, name="energy")])
    assert chart is not None
    assert "half of them lie below: energy 15" in chart.says


def test_names_are_cut_by_the_room_they_take() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"
    assert shortened("日本語の歌", 6) == "日本…"
    assert shortened("e\u0301" * 6, 6) == "e\u0301" * 6
    assert extent(["日本"]) == extent(["abcd"]) > extent(["abc"]) > extent([]) == 0
