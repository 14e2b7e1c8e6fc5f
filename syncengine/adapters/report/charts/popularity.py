"""Popularity: where the tracks stand, how far they drifted, and which moved most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from syncengine.adapters.report.charts.chart import NARROW, Chart, hues, is_wide, sheet, values
from syncengine.adapters.report.charts.label import extent, shortened
from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Column, Table
from syncengine.adapters.report.theme import BLUE, GREEN, RED, SOFT
from syncengine.core.report import Drift, Histogram
from syncengine.core.trends import PopularityMove, Trends

_MOST_MOVERS = 10
"""Winners, and losers, that are drawn; the table has more."""
_BARS = 15
"""Bars of drift on each side, at most; there is room for some where hardly anything moved."""
_FEWEST = 5
_STEPS = (1, 2, 3, 5, 7)
_NEARLY = 0.98
"""The share of all moves that the bars have room for; the rest is in the last ones."""
_UP, _DOWN = "more popular", "less popular"


def popularity(found: Histogram) -> Chart | None:
    """Return how popular the tracks are; None where no popularity is known."""
    if not found.total:
        return None
    rows = [
        {"from": found.start(place), "to": found.start(place + 1), "tracks": count}
        for place, count in enumerate(found.counts)
    ]

    def spec(width: int) -> Spec:
        return sheet(
            width,
            190,
            data=values(rows),
            mark={"type": "bar", "color": BLUE, "opacity": 0.85, "binSpacing": 1},
            encoding={
                "x": {
                    "field": "from",
                    "type": "quantitative",
                    "bin": {"binned": True},
                    "title": "popularity",
                },
                "x2": {"field": "to"},
                "y": {"field": "tracks", "type": "quantitative", "title": None},
            },
        )

    hits = sum(count for place, count in enumerate(found.counts) if found.start(place) >= 80)
    quiet = sum(count for place, count in enumerate(found.counts) if found.start(place) < 50)
    columns = [Column("From"), Column("To"), Column("Tracks", number=True)]
    return Chart(
        "popularity",
        "Popularity now",
        f"Of {found.total:,} tracks with a known popularity, {hits:,} stand at 80 or more and "
        f"{quiet:,} below 50.",
        spec,
        Table(
            "popularity",
            "Tracks by popularity",
            columns,
            [
                (f"{found.start(place):g}", f"{found.start(place + 1):g}", count)
                for place, count in enumerate(found.counts)
            ],
        ),
        "Spotify's own number from 0 to 100, as last known, each track of the library once.",
    )


def drift(found: Drift) -> Chart | None:
    """Return by how many points popularity moved; None where nothing was seen to move."""
    if not found.changes:
        return None
    step = _step(found)
    bars = Counter[int]()
    for points, tracks in found.changes:
        # The first bar on each side begins beside 0, where nothing is that did not move.
        place = math.copysign(min(math.ceil(abs(points) / step), _BARS), points)
        bars[int(place)] += tracks
    rows = [
        {
            "from": (place - 1 if place > 0 else place) * step,
            "to": (place if place > 0 else place + 1) * step,
            "tracks": tracks,
            "way": _way(place),
        }
        for place, tracks in sorted(bars.items())
    ]
    end = max(_FEWEST, *map(abs, bars)) * step
    beyond = sum(tracks for points, tracks in found.changes if abs(points) > end)

    def spec(width: int) -> Spec:
        return sheet(
            width,
            200,
            data=values(rows),
            mark={"type": "bar", "binSpacing": 1},
            encoding={
                "x": {
                    "field": "from",
                    "type": "quantitative",
                    "bin": {"binned": True},
                    "scale": {"domain": [-end, end], "nice": False},
                    "title": "points since the first time it was seen",
                    "axis": {
                        "labelExpr": "datum.value > 0 ? '+' + datum.label : datum.label",
                        "tickCount": 10 if is_wide(width) else 6,
                    },
                },
                "x2": {"field": "to"},
                "y": {"field": "tracks", "type": "quantitative", "title": None},
                "color": {"field": "way", "type": "nominal", **hues([_DOWN, _UP], [RED, GREEN])},
            },
        )

    columns = [Column("Points", number=True), Column("Tracks", number=True)]
    wide = f"; {beyond:,} moved farther and are in the last bars" if beyond else ""
    return Chart(
        "drift",
        "Popularity drift",
        f"Since they were first seen, {found.up:,} tracks became more popular, {found.down:,} became "
        f"less popular, and {found.steady:,} stand where they stood.",
        spec,
        Table("drift", "Tracks by change of popularity", columns, list(found.changes)),
        f"The last known popularity less the first, for tracks of which they differ{wide}.",
    )


def _step(found: Drift) -> int:
    """Return how many points a bar stands for, so that nearly all moves have a bar of their own."""
    moved = sum(tracks for _, tracks in found.changes)
    for step in _STEPS:
        near = sum(tracks for points, tracks in found.changes if abs(points) <= _BARS * step)
        if near >= moved * _NEARLY:
            return step
    return _STEPS[-1]


def _way(points: int) -> str:
    return _UP if points > 0 else _DOWN


def movers(trends: Trends) -> Chart | None:
    """Return from where to where the tracks went that moved most; None where none did."""
    drawn = [*trends.winners[:_MOST_MOVERS], *trends.losers[:_MOST_MOVERS]]
    if not drawn:
        return None

    def spec(width: int) -> Spec:
        return _dumbbells(width, drawn)

    told = []
    if trends.winners:
        told.append(f"“{_named(trends.winners[0])}” rose most, {_moved(trends.winners[0])}")
    if trends.losers:
        told.append(f"“{_named(trends.losers[0])}” fell most, {_moved(trends.losers[0])}")
    columns = [Column("Track"), *(Column(t, number=True) for t in ("First", "Last", "Change"))]
    return Chart(
        "movers",
        "Winners and losers",
        "; ".join(told) + ".",
        spec,
        Table("movers-drawn", "First and last popularity of the tracks drawn", columns, [
            (_named(each), each.first, each.last, each.last - each.first) for each in drawn
        ]),
    )  # fmt: skip


def _named(move: PopularityMove) -> str:
    return f"{move.artists} – {move.title}" if move.artists else move.title


def _moved(move: PopularityMove) -> str:
    return f"from {move.first} to {move.last}"


def _dumbbells(width: int, drawn: Sequence[PopularityMove]) -> Spec:
    room = 42 if is_wide(width) else 21
    rows = [
        {
            "label": f"{place:02} {shortened(_named(each), room)}",
            "first": each.first,
            "last": each.last,
            "way": _way(each.last - each.first),
        }
        for place, each in enumerate(drawn)
    ]
    y = {
        "field": "label",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {
            "labelExpr": "substring(datum.value, 3)",
            "minExtent": extent(shortened(_named(each), room) for each in drawn) + 8,
            "labelLimit": 330 if width > NARROW else 150,
            "labelPadding": 8,
        },
    }
    x = {"field": "first", "type": "quantitative", "title": "popularity", "axis": {"grid": True}}
    colour = {"field": "way", "type": "nominal", **hues([_UP, _DOWN], [GREEN, RED])}
    last = {"field": "last", "type": "quantitative"}
    return sheet(
        width,
        22 * len(rows) + 60,
        data=values(rows),
        encoding={"y": y},
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.6},
                "encoding": {"x": x, "x2": {"field": "last"}, "color": colour},
            },
            {"mark": {"type": "point", "filled": True, "size": 34, "color": SOFT}, "encoding": {"x": x}},
            {"mark": {"type": "point", "filled": True, "size": 90}, "encoding": {"x": last, "color": colour}},
        ],
    )  # fmt: skip
