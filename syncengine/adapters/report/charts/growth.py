"""How large the library was, and what came and went."""

from __future__ import annotations

from syncengine.adapters.report.charts.chart import (
    Chart,
    by_month,
    hues,
    is_wide,
    millis,
    month_bars,
    over_months,
    sheet,
    span_of,
    values,
)
from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Column, Table
from syncengine.adapters.report.theme import BLUE, GREEN, RED, SOFT
from syncengine.core.moment import to_iso
from syncengine.core.trends import Trends

_TRACKS, _ENTRIES = "tracks", "entries"
_ADDED, _REMOVED = "added", "removed"
_GUESSED = (
    " Before {}, when the library was first observed, only what was still there then can be counted, by "
    "when it was added."
)


def growth(trends: Trends) -> Chart | None:
    """Return tracks and entries at the end of each month; None without a month."""
    months = trends.months
    if not months:
        return None
    guessed = "" if months[0].observed else _GUESSED.format(to_iso(trends.observed_from)[:10])
    rows = [
        {"month": millis(each.month), "what": what, "count": count}
        for each in months
        for what, count in ((_TRACKS, each.tracks), (_ENTRIES, each.entries))
    ]

    def spec(width: int) -> Spec:
        shared = {
            "x": over_months([each.month for each in months], width),
            "y": {"field": "count", "type": "quantitative", "title": None, "stack": None},
            "color": {
                "field": "what",
                "type": "nominal",
                **hues([_TRACKS, _ENTRIES], [GREEN, BLUE]),
            },
        }
        area = {"type": "area", "opacity": 0.14, "interpolate": "monotone"}
        line = {"type": "line", "strokeWidth": 2.5, "interpolate": "monotone"}
        if len(months) < 3:
            line["point"] = {"size": 70, "filled": True}
        layers = [{"mark": mark, "encoding": shared} for mark in (area, line)]
        if guessed:
            layers += _first_look(trends, is_wide=is_wide(width))
        return sheet(width, 280 if is_wide(width) else 240, data=values(rows), layer=layers)

    first, last = months[0], months[-1]
    columns = [
        Column("Month"),
        *(Column(name, number=True) for name in ("Tracks", "Entries", "Playlists")),
    ]
    return Chart(
        "growth",
        "Library growth",
        f"Tracks went from {first.tracks:,} to {last.tracks:,}, entries of playlists from "
        f"{first.entries:,} to {last.entries:,}, {span_of([each.month for each in months])}."
        if len(months) > 1
        else f"There were {last.tracks:,} tracks and {last.entries:,} entries at the end of {last.month}.",
        spec,
        Table(
            "growth",
            "Size at the end of each month",
            columns,
            [(each.month, each.tracks, each.entries, each.playlists) for each in months],
        ),
        "A track counts once, however many playlists hold it; an entry is a place in a playlist."
        + guessed,
    )


def _first_look(trends: Trends, *, is_wide: bool) -> list[Spec]:
    """Return a line where the first observation was: before it there is only what is still there."""
    x = {"field": "month", "type": "temporal"}
    left = trends.observed_from > (trends.start + trends.end) / 2
    text = {
        "type": "text",
        "text": "first observation" if is_wide else "first seen",
        "align": "right" if left else "left",
        "dx": -6 if left else 6,
        "y": 8,
        "color": SOFT,
    }
    data = values([{"month": trends.observed_from * 1000}])
    rule = {"type": "rule", "color": SOFT, "strokeDash": [4, 4]}
    return [{"data": data, "mark": mark, "encoding": {"x": x}} for mark in (rule, text)]


def movement(trends: Trends) -> Chart | None:
    """Return the entries that came and went in each month; None where none did."""
    months = trends.months
    if not any(each.added or each.removed for each in months):
        return None
    names = [each.month for each in months]
    rows = [
        {"month": millis(each.month), "what": what, "count": count}
        for each in months
        for what, count in ((_ADDED, each.added), (_REMOVED, -each.removed))
    ]

    def spec(width: int) -> Spec:
        encoding = {
            "x": by_month(names, width),
            "y": {
                "field": "count",
                "type": "quantitative",
                "title": None,
                "stack": "zero",
                "axis": {"labelExpr": "format(abs(datum.value), ',')"},
            },
            "color": {"field": "what", "type": "nominal", **hues([_ADDED, _REMOVED], [GREEN, RED])},
        }
        mark = month_bars(names)
        return sheet(width, 220, data=values(rows), mark=mark, encoding=encoding)

    busiest = max(months, key=lambda each: each.added + each.removed)
    columns = [Column("Month"), Column("Added", number=True), Column("Removed", number=True)]
    return Chart(
        "movement",
        "Coming and going",
        f"{sum(each.added for each in months):,} entries were added and "
        f"{sum(each.removed for each in months):,} removed, "
        f"{span_of(names)}; the busiest month was {busiest.month} with "
        f"{busiest.added:,} added and {busiest.removed:,} removed.",
        spec,
        Table(
            "movement",
            "Entries that came and went in each month",
            columns,
            [(each.month, each.added, each.removed) for each in months],
        ),
    )
