"""How the library sounds: the distribution of each audio feature, and its mean over the months."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from syncengine.adapters.report.charts.chart import (
    Chart,
    hues,
    is_wide,
    millis,
    over_months,
    sheet,
    span_of,
    style,
    values,
)
from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Column, Table
from syncengine.adapters.report.theme import GREEN, HUES, SOFT
from syncengine.core.report import FEATURE_SPANS, Histogram
from syncengine.core.trends import Trends


def features(found: Sequence[Histogram]) -> Chart | None:
    """Return the distributions of audio features; None where none is known."""
    known = [each for each in found if each.total]
    if not known:
        return None
    rows = [
        {
            "title": _title(each),
            "from": each.start(place),
            "to": each.start(place + 1),
            "tracks": count,
        }
        for each in known
        for place, count in enumerate(each.counts)
    ]

    def spec(width: int) -> Spec:
        return _distributions(width, known, rows)

    most = max(each.total for each in known)
    typical = ", ".join(f"{each.name} {_middle(each)}" for each in known[:5])
    numbers = [
        (_title(each), *_bin(each, place), count)
        for each in known
        for place, count in enumerate(each.counts)
    ]
    columns = [Column("Feature"), Column("From"), Column("To"), Column("Tracks", number=True)]
    return Chart(
        "features",
        "Audio features",
        f"How the audio features of {most:,} tracks are distributed; half of them lie below: {typical}.",
        spec,
        Table("features", "Tracks by audio feature", columns, numbers),
        "Each track of the library once, as far as its features are known; exports tell them, Spotify's "
        "own interface no longer does. What lies beyond an end is counted at that end.",
    )


def moods(trends: Trends) -> Chart | None:
    """Return the means of those features that lie between 0 and 1; None where no month has two."""
    drawn = [
        each
        for each in trends.features
        if each.means and (span := FEATURE_SPANS.get(each.name)) and span.high == 1
    ][: len(HUES)]
    months = sorted({month for each in drawn for month, _ in each.means})
    if len(months) < 2:
        return None
    rows = [
        {"month": millis(month), "feature": each.name, "mean": round(mean, 4)}
        for each in drawn
        for month, mean in each.means
    ]

    def spec(width: int) -> Spec:
        names = [each.name for each in drawn]
        y = {"field": "mean", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]}}
        return sheet(
            width,
            260,
            data=values(rows),
            mark={"type": "line", "strokeWidth": 2.2, "interpolate": "monotone"},
            encoding={
                "x": over_months(months, width),
                "y": y,
                "color": {"field": "feature", "type": "nominal", **hues(names, HUES[: len(names)])},
            },
        )

    told = ", ".join(f"{e.name} {e.means[0][1]:.2f} to {e.means[-1][1]:.2f}" for e in drawn)
    by_month = [dict(each.means) for each in drawn]
    columns = [Column("Month"), *(Column(e.name.capitalize(), True, 3) for e in drawn)]
    return Chart(
        "moods",
        "How the sound changed",
        f"Means over all entries, {span_of(months)}: {told}.",
        spec,
        Table(
            "moods",
            "Mean of each feature at the end of each month",
            columns,
            [(month, *(means.get(month) for means in by_month)) for month in months],
        ),
        "The mean over the entries whose features are known, at the end of each month.",
    )


def _title(found: Histogram) -> str:
    return found.name.capitalize() + (f" ({found.unit})" if found.unit else "")


def _bin(found: Histogram, place: int) -> tuple[str, str]:
    return f"{found.start(place):g}", f"{found.start(place + 1):g}"


def _middle(found: Histogram) -> str:
    """Return the end of the bin in which the median lies."""
    place = next(n for n, below in enumerate(accumulate(found.counts)) if below * 2 >= found.total)
    return f"{found.start(place + 1):g}{' ' + found.unit if found.unit else ''}"


def _distributions(width: int, known: Sequence[Histogram], rows: Sequence[dict[str, Any]]) -> Spec:
    columns = min(3 if is_wide(width) else 2, len(known))
    gap = 28 if is_wide(width) else 20
    each = ((width - 14) - gap * (columns - 1)) // columns
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": style(width),
        "data": values(rows),
        "facet": {
            "field": "title",
            "type": "nominal",
            "sort": [_title(each) for each in known],
            "title": None,
            "header": {"labelAnchor": "start", "labelColor": SOFT, "labelPadding": 4},
        },
        "columns": columns,
        "bounds": "flush",
        "spacing": {"row": 56, "column": gap},
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "spec": {
            "width": each,
            "height": 84 if is_wide(width) else 64,
            "mark": {"type": "bar", "color": GREEN, "opacity": 0.85, "binSpacing": 1},
            "encoding": {
                "x": {
                    "field": "from",
                    "type": "quantitative",
                    "bin": {"binned": True},
                    "title": None,
                    "axis": {"tickCount": 4 if is_wide(width) else 2},
                },
                "x2": {"field": "to"},
                "y": {"field": "tracks", "type": "quantitative", "axis": None},
            },
        },
    }
