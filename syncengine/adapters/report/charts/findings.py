"""What was found: duplicates by kind, tracks that vanished, calls that were not needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from syncengine.adapters.report.charts.chart import (
    Chart,
    by_month,
    hues,
    millis,
    month_bars,
    sheet,
    values,
)
from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Column, Table
from syncengine.adapters.report.theme import BLUE, GREEN, HUES, RED, REST
from syncengine.core.moment import to_iso
from syncengine.core.page_text import page_text
from syncengine.core.report import CallsOf, FoundDuplicate
from syncengine.core.trends import Trends

_SURE = ("certain", "likely", "unsure")
_SURE_HUES = (HUES[4], HUES[3], REST)
_MADE, _FETCHES, _LOOKUPS = "made", "saved by fetches", "saved by lookups"


def duplicates(found: Sequence[FoundDuplicate]) -> Chart | None:
    """Return the duplicates by kind and confidence; None where there is none."""
    if not found:
        return None
    counts = Counter((page_text(each.kind), each.confidence) for each in found)
    sums = Counter(page_text(each.kind) for each in found)
    kinds = sorted(sums, key=lambda kind: (-sums[kind], kind))
    rows = [
        {"kind": kind, "confidence": sure, "count": counts[kind, sure]}
        for kind in kinds
        for sure in _SURE
        if counts[kind, sure]
    ]

    def spec(width: int) -> Spec:
        return sheet(
            width,
            30 * len(kinds) + 60,
            data=values(rows),
            mark={"type": "bar", "height": {"band": 0.7}},
            encoding={
                "y": {"field": "kind", "type": "nominal", "sort": kinds, "title": None},
                "x": {
                    "field": "count",
                    "type": "quantitative",
                    "title": None,
                    "axis": {"grid": True, "tickCount": 6, "tickMinStep": 1, "format": ",d"},
                },
                "color": {"field": "confidence", "type": "nominal", **hues(_SURE, _SURE_HUES)},
                "order": {"field": "confidence", "type": "nominal"},
            },
        )

    certain = sum(each.confidence == "certain" for each in found)
    columns = [Column("Kind"), *(Column(sure.capitalize(), number=True) for sure in _SURE)]
    return Chart(
        "duplicates",
        "Duplicates",
        f"{len(found):,} recordings stand in the library more than once, {certain:,} of them certainly; "
        f"the most frequent kind is “{kinds[0]}” with {sums[kinds[0]]:,}.",
        spec,
        Table(
            "duplicates-kinds",
            "Duplicates by kind and confidence",
            columns,
            [(kind, *(counts[kind, sure] for sure in _SURE)) for kind in kinds],
        ),
    )


def vanished(trends: Trends) -> Chart | None:
    """Return by month how many tracks vanished from Spotify; None where none did."""
    counts = Counter(to_iso(each.since)[:7] for each in trends.vanished)
    if not counts:
        return None
    months = sorted({*counts, *(each.month for each in trends.months)})
    rows = [{"month": millis(month), "tracks": counts[month]} for month in months]

    def spec(width: int) -> Spec:
        return sheet(
            width,
            160,
            data=values(rows),
            mark=month_bars(months, color=RED),
            encoding={
                "x": by_month(months, width),
                "y": {
                    "field": "tracks",
                    "type": "quantitative",
                    "title": None,
                    "axis": {"tickMinStep": 1, "format": ",d"},
                },
            },
        )

    worst = max(counts, key=lambda month: (counts[month], month))
    columns = [Column("Month"), Column("Tracks", number=True)]
    return Chart(
        "vanished",
        "What vanished",
        f"{len(trends.vanished):,} tracks vanished from Spotify, most of them in {worst}: {counts[worst]:,}.",
        spec,
        Table(
            "vanished-months",
            "Tracks that vanished, by month",
            columns,
            [(month, counts[month]) for month in months],
        ),
    )


def calls(found: Sequence[CallsOf]) -> Chart | None:
    """Return calls made and saved by month; None where none was made or saved."""
    if not any(each.made or each.saved for each in found):
        return None
    months = [each.month for each in found]
    rows = [
        {"month": millis(each.month), "place": place, "what": what, "count": count}
        for each in found
        for place, (what, count) in enumerate(
            ((_MADE, each.made), (_FETCHES, each.by_fetches), (_LOOKUPS, each.by_lookups))
        )
    ]

    def spec(width: int) -> Spec:
        return sheet(
            width,
            220,
            data=values(rows),
            mark=month_bars(months),
            encoding={
                "x": by_month(months, width),
                "y": {"field": "count", "type": "quantitative", "title": None},
                "order": {"field": "place", "type": "quantitative"},
                "color": {
                    "field": "what",
                    "type": "nominal",
                    **hues([_MADE, _FETCHES, _LOOKUPS], [BLUE, GREEN, HUES[7]]),
                },
            },
        )

    made, saved = sum(each.made for each in found), sum(each.saved for each in found)
    columns = [
        Column("Month"),
        *(Column(t, number=True) for t in ("Made", "Saved by fetches", "Saved by lookups")),
    ]
    return Chart(
        "calls",
        "Calls to Spotify",
        f"{made:,} calls were made to Spotify, and {saved:,} were not needed.",
        spec,
        Table("calls", "Calls to Spotify by month", columns, [tuple(each) for each in found]),
        "A fetch saves the calls that reading unchanged or stored lists would have taken, a lookup those "
        "that a script without stored facts would have made.",
    )
