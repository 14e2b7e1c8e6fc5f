"""Playlists as small multiples: how each of the largest grew and shrank, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from syncengine.adapters.report.charts.chart import (
    Chart,
    is_wide,
    millis,
    over_months,
    sheet,
    span_of,
    style,
    values,
)
from syncengine.adapters.report.charts.label import shortened
from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Column, Table
from syncengine.adapters.report.theme import BLUE, SOFT
from syncengine.core.trends import PlaylistTrend, Trends

MOST = 24
"""Playlists that are drawn, the largest; the table has more."""
_HEIGHT = 56
_LETTER = 7.5
"""Width of a bold letter, with a little to spare: browsers have other fonts than the renderer."""


def playlists(trends: Trends) -> Chart | None:
    """Return the sizes of the largest playlists over the months; None without any."""
    drawn = sorted(
        (each for each in trends.playlists if any(size for _, size in each.sizes)),
        key=lambda each: (-_last(each), each.name.casefold(), each.key),
    )[:MOST]
    if not drawn:
        return None
    months = [each.month for each in trends.months]

    def spec(width: int) -> Spec:
        return _spec(width, drawn, months) if len(months) > 1 else _bars(width, drawn)

    numbers = [(each.name, *_ends(each), max(size for _, size in each.sizes)) for each in drawn]
    columns = [Column("Playlist"), *(Column(t, number=True) for t in ("First", "Last", "Largest"))]
    many = f"the {len(drawn)} largest playlists" if len(drawn) > 1 else "one playlist"
    return Chart(
        "playlists",
        "Playlists",
        f"How many entries {many} had at the end of each month, {span_of(months)}; "
        f"the largest is “{drawn[0].name}” with {_last(drawn[0]):,}.",
        spec,
        Table("playlists-sizes", "First, last and largest size of each", columns, numbers),
        "Each is drawn on a scale of its own, from nothing to its largest; the number is its last size."
        if len(months) > 1
        else "",
    )


def _last(playlist: PlaylistTrend) -> int:
    return playlist.sizes[-1][1] if playlist.sizes else 0


def _ends(playlist: PlaylistTrend) -> tuple[int, int]:
    return playlist.sizes[0][1], playlist.sizes[-1][1]


def _label(playlist: PlaylistTrend, room: int) -> str:
    size = f" · {_last(playlist):,}"
    return shortened(playlist.name, room - len(size)) + size


def _bars(width: int, drawn: Sequence[PlaylistTrend]) -> Spec:
    """Return bars for a single month, in which nothing grows."""
    rows = [
        {"named": f"{place:02} {shortened(p.name, 40 if is_wide(width) else 18)}", "size": _last(p)}
        for place, p in enumerate(drawn)
    ]
    axis = {"labelExpr": "substring(datum.value, 3)", "labelLimit": 300 if is_wide(width) else 140}
    return sheet(
        width,
        22 * len(rows) + 30,
        data=values(rows),
        mark={"type": "bar", "color": BLUE, "cornerRadiusEnd": 2, "height": {"band": 0.7}},
        encoding={
            "y": {"field": "named", "type": "nominal", "sort": None, "title": None, "axis": axis},
            "x": {
                "field": "size",
                "type": "quantitative",
                "title": None,
                "axis": {"tickCount": 6, "grid": True},
            },
        },
    )


def _spec(width: int, drawn: Sequence[PlaylistTrend], months: Sequence[str]) -> Spec:
    columns = min(4 if is_wide(width) else 2, len(drawn))
    gap = 24 if is_wide(width) else 18
    each = ((width - 12) - gap * (columns - 1)) // columns
    room = int(each / _LETTER)
    # In the order of their places, since two playlists may share a name.
    rows = [
        {
            "named": f"{place:02} {_label(p, room)}",
            "month": millis(month),
            "size": size,
        }
        for place, p in enumerate(drawn)
        for month, size in p.sizes
    ]
    x = over_months(months, width) | {"axis": None}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": style(width),
        "data": values(rows),
        "facet": {
            "field": "named",
            "type": "nominal",
            "title": None,
            "header": {
                "labelExpr": "substring(datum.value, 3)",
                "labelColor": SOFT,
                "labelAnchor": "start",
                "labelPadding": 4,
                "labelLimit": each,
            },
        },
        "columns": columns,
        "bounds": "flush",
        "spacing": {"row": 38, "column": gap},
        "resolve": {"scale": {"y": "independent"}},
        "spec": {
            "width": each,
            "height": _HEIGHT,
            "encoding": {
                "x": x,
                "y": {"field": "size", "type": "quantitative", "axis": None, "stack": None},
            },
            "layer": [
                {"mark": {"type": "area", "color": BLUE, "opacity": 0.16}},
                {"mark": {"type": "line", "color": BLUE, "strokeWidth": 2, "clip": True}},
            ],
        },
    }
