"""A calendar of activity: a square for each day, darker the more came and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from syncengine.adapters.report.charts.chart import Chart, is_wide, sheet, values
from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Column, Table
from syncengine.adapters.report.theme import INK, LEVELS, SOFT
from syncengine.core.moment import Instant, to_datetime
from syncengine.core.trends import Day, Trends

MOST_YEARS = 4
"""Years that are shown, the last ones; the table has more."""
_GAP = 0.24
"""The part of a square's place that is left free."""
_HEAD = 38
"""Pixels that a strip has above its squares, for its title and the months."""
_TITLE, _NAMES = 25, 9
"""How many pixels above the squares these stand."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_WEEKDAYS = ((0, "Mon"), (2, "Wed"), (4, "Fri"))


class _Block(NamedTuple):
    """A year, or half of one, that is drawn as one strip of weeks."""

    first: date
    last: date
    title: str


def calendar(trends: Trends) -> Chart | None:
    """Return the calendar of the last years; None where nothing ever happened."""
    if not trends.days:
        return None
    last = _day(trends.end)
    busy = {each.day: each for each in trends.days}
    first = date(max(int(trends.days[0].day[:4]), last.year - MOST_YEARS + 1), 1, 1)
    shown = [each for each in trends.days if each.day >= first.isoformat()]
    steps = _steps([each.added + each.removed for each in shown])
    most = max(trends.days, key=lambda each: each.added + each.removed)

    def spec(width: int) -> Spec:
        parts = 1 if is_wide(width) else 2
        blocks = [b for b in _blocks(first.year, last.year, parts) if b.first <= last]
        return _spec(width, blocks, busy, steps, last, 54 if parts == 1 else 28)

    newest = sorted(trends.days, key=lambda each: each.day, reverse=True)
    columns = [Column("Day"), Column("Added", number=True), Column("Removed", number=True)]
    return Chart(
        "calendar",
        "A calendar of activity",
        f"Something came or went on {len(trends.days):,} days from {trends.days[0].day} to "
        f"{trends.days[-1].day}; the busiest was {most.day} with {most.added:,} entries added and "
        f"{most.removed:,} removed.",
        spec,
        Table(
            "calendar",
            "Days on which something came or went",
            columns,
            [(each.day, each.added, each.removed) for each in newest],
            order="newest first",
        ),
        "" if int(trends.days[0].day[:4]) >= first.year else f"The last {MOST_YEARS} years.",
    )


def _day(at: Instant) -> date:
    return to_datetime(at).date()


def _steps(counts: Sequence[int]) -> list[int]:
    """Return from how many on a day is of the second, third and fourth level.

    Each has a quarter of the days, as far as days differ: what is more is never of a lower level.
    """
    order = sorted(counts)
    steps: list[int] = []
    for quarter in (1, 2, 3):
        step = order[(len(order) - 1) * quarter // 4] + 1
        steps.append(max(step, steps[-1] + 1) if steps else step)
    return steps


def _level(day: Day | None, steps: Sequence[int]) -> int:
    count = 0 if day is None else day.added + day.removed
    return 0 if not count else 1 + sum(count >= step for step in steps)


def _blocks(first: int, last: int, parts: int) -> Iterator[_Block]:
    for year in range(last, first - 1, -1):
        for part in range(parts):
            month = 1 + part * 12 // parts
            after = date(year, 7, 1) if parts == 2 and part == 0 else date(year + 1, 1, 1)
            title = str(year) if parts == 1 else f"{year}, {'first' if not part else 'second'} half"
            yield _Block(date(year, month, 1), after - timedelta(days=1), title)


def _spec(
    width: int,
    blocks: Sequence[_Block],
    busy: dict[str, Day],
    steps: Sequence[int],
    last: date,
    weeks: int,
) -> Spec:
    left = 4
    step = (width - 12) / (weeks + left)
    cells: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for place, block in enumerate(blocks):
        top = _HEAD / step + place * (7 + _HEAD / step)
        cells += _squares(block, top, busy, steps, last)
        words += _words(block, top, step)
    bottom = len(blocks) * (7 + _HEAD / step) + 0.8
    words += [
        {"x": weeks - 7.2, "y": bottom + 0.45, "text": "less", "end": True},
        {"x": weeks - 1.2, "y": bottom + 0.45, "text": "more", "end": False},
    ]
    cells += [_square(weeks - 6.7 + level, bottom, level, "") for level in range(5)]
    x = {"scale": {"domain": [-left, weeks], "nice": False}, "axis": None, "type": "quantitative"}
    y = {
        "scale": {"domain": [0, bottom + 1.2], "nice": False, "reverse": True},
        "axis": None,
        "type": "quantitative",
    }
    return sheet(
        width,
        round(step * (bottom + 1.2)) + 6,
        layer=[_square_layer(cells, x, y), *_word_layers(words, x, y)],
    )


def _squares(
    block: _Block, top: float, busy: dict[str, Day], steps: Sequence[int], last: date
) -> Iterator[dict[str, Any]]:
    start = block.first - timedelta(days=block.first.weekday())
    day = block.first
    while day <= min(block.last, last):
        found = busy.get(day.isoformat())
        tip = "" if found is None else f"{day}: {found.added:,} added, {found.removed:,} removed"
        yield _square((day - start).days // 7, top + day.weekday(), _level(found, steps), tip)
        day += timedelta(days=1)


def _square(x: float, y: float, level: int, tip: str) -> dict[str, Any]:
    return {"x": x, "y": y, "x2": x + 1 - _GAP, "y2": y + 1 - _GAP, "level": level, "tip": tip}


def _words(block: _Block, top: float, step: float) -> Iterator[dict[str, Any]]:
    start = block.first - timedelta(days=block.first.weekday())
    yield {"x": 0, "y": top - _TITLE / step, "text": block.title, "end": False, "strong": True}
    for month in range(block.first.month, block.last.month + 1):
        week = (date(block.first.year, month, 1) + timedelta(days=6) - start).days // 7
        yield {"x": week, "y": top - _NAMES / step, "text": _MONTHS[month - 1], "end": False}
    for weekday, name in _WEEKDAYS:
        yield {"x": -0.5, "y": top + weekday + 0.45, "text": name, "end": True}


def _square_layer(cells: Sequence[dict[str, Any]], x: Spec, y: Spec) -> Spec:
    return {
        "data": values(cells),
        "mark": {"type": "rect", "aria": True},
        "encoding": {
            "x": {"field": "x", **x},
            "x2": {"field": "x2"},
            "y": {"field": "y", **y},
            "y2": {"field": "y2"},
            "description": {"field": "tip", "type": "nominal"},
            "color": {
                "field": "level",
                "type": "ordinal",
                "legend": None,
                "scale": {"domain": [0, 1, 2, 3, 4], "range": list(LEVELS)},
            },
        },
    }


def _word_layers(words: Sequence[dict[str, Any]], x: Spec, y: Spec) -> Iterator[Spec]:
    """Yield a layer for each way in which words stand: Vega aligns a mark as a whole."""
    for end in (False, True):
        for strong in (False, True):
            chosen = [w for w in words if w["end"] is end and w.get("strong", False) is strong]
            mark: dict[str, Any] = {
                "type": "text",
                "align": "right" if end else "left",
                "baseline": "middle",
                "fontSize": 13 if strong else 11,
                "color": INK if strong else SOFT,
                "fontWeight": "bold" if strong else "normal",
            }
            if chosen:
                encoding = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
                encoding["text"] = {"field": "text", "type": "nominal"}
                yield {"data": values(chosen), "mark": mark, "encoding": encoding}
