"""What all charts are made of: a picture in two widths, a sentence that says it, and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Table
from syncengine.adapters.report.theme import GRID, HUES, INK, LINE, REST, SOFT

WIDE, NARROW = 960, 340
"""Widths in CSS pixels: for a screen, and for a phone held upright."""
_YEARS = 36
"""From so many months on only years are named."""
_WORDY = 700
"""From this width on there is room for longer labels."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart; ``name`` names it within the page and as a file.

    ``says`` is the sentence for who can't see it, with the numbers that matter; ``spec`` returns the
    picture for a width in pixels; ``numbers`` is the whole of it as a table.
    """

    name: str
    title: str
    says: str
    spec: Callable[[int], Spec]
    numbers: Table
    note: str = ""


def titled(chart: Chart) -> Spec:
    """Return a chart as it stands alone: with its title, and room around it."""
    title = {"text": chart.title, "anchor": "start", "fontSize": 18, "offset": 12, "color": INK}
    spec = chart.spec(WIDE)
    if "height" in spec:  # of small multiples it is that of each
        spec["height"] += 80
    return {**spec, "title": title, "padding": 24}


def is_wide(width: int) -> bool:
    """Tell whether a width has room for longer labels."""
    return width >= _WORDY


def sheet(width: int, height: int, **parts: object) -> Spec:
    """Return a specification of a width in the house's style, given its marks and encodings."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": style(width),
        **parts,
    }


def style(width: int) -> Spec:
    """Return the settings that all charts share."""
    label = {"labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 12, "titleFontSize": 12}
    axis = label | {
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelLimit": 260 if is_wide(width) else 130,
    }
    return {
        "font": "sans-serif",
        "background": "transparent",
        "padding": {"left": 2, "right": 8, "top": 4, "bottom": 2},
        # The page says it, and Vega's own words for each mark would treble the size.
        "aria": False,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {
            "grid": False,
            "labelFlush": True,
            "labelOverlap": "greedy",
            "labelSeparation": 6,
        },
        "axisY": {"domain": False, "ticks": False},
        "header": label | {"titleFontWeight": "normal", "labelFontWeight": "bold"},
        "legend": label | {
            "orient": "top",
            "title": None,
            "symbolType": "circle",
            "symbolSize": 80,
            "symbolOpacity": 1,
            "labelLimit": 170,
            "columns": 6 if is_wide(width) else 2,
            "columnPadding": 16,
        },
        "text": {"color": INK, "fontSize": 12},
        "range": {"category": [*HUES, REST]},
    }  # fmt: skip


def values(rows: Iterable[Mapping[str, Any]]) -> Spec:
    """Return rows as the data of a chart."""
    return {"values": [dict(row) for row in rows]}


def millis(day: str) -> int:
    """Return a month or day (``YYYY-MM`` or ``YYYY-MM-DD``, UTC) in milliseconds since 1970.

    Vega reads dates in the zone of the machine, numbers as they are.
    """
    moment = datetime.fromisoformat(day if len(day) > 7 else f"{day}-01").replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000


def over_months(months: Sequence[str], width: int) -> Spec:
    """Return the horizontal axis of time; the field is ``month``, as ``millis`` has it."""
    most = 12 if is_wide(width) else 5
    return {
        "field": "month",
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": None,
        "axis": {
            "format": "%b %Y" if len(months) < _YEARS else "%Y",
            "tickCount": min(most, max(1, len(months) - 1)) if len(months) < _YEARS else most,
        },
    }


def by_month(months: Sequence[str], width: int) -> Spec:
    """Return the horizontal axis of bars that each stand for a month; the field is ``month``."""
    axis: Spec = {"labelAngle": 0, "labelSeparation": 16 if is_wide(width) else 8}
    if len(months) < _YEARS:
        axis["format"] = "%b %Y"
    else:  # a bar in January stands for its year
        axis |= {"labelExpr": "utcmonth(datum.value) ? '' : utcFormat(datum.value, '%Y')"}
        axis |= {"ticks": False, "labelOverlap": False}
    return {
        "field": "month",
        "type": "ordinal",
        "timeUnit": "utcyearmonth",
        "title": None,
        "axis": axis,
    }


def month_bars(months: Sequence[str], **settings: object) -> Spec:
    """Return the mark of such bars, which are not as wide as a page where there are few."""
    width: object = {"band": 0.7} if len(months) > 8 else 30
    return {"type": "bar", "width": width, **settings}


def hues(names: Sequence[str], colours: Sequence[str]) -> Spec:
    """Return the colours of named things, in their order."""
    return {"scale": {"domain": list(names), "range": list(colours)}}


def span_of(months: Sequence[str]) -> str:
    """Return a range of months in words."""
    return f"in {months[0]}" if len(months) == 1 else f"from {months[0]} to {months[-1]}"
