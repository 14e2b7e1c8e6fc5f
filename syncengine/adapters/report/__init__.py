"""A report as one HTML page, and its charts as pictures."""

from __future__ import annotations

from collections.abc import Callable

from syncengine.adapters.report.charts.chart import NARROW, WIDE, titled
from syncengine.adapters.report.drawing import draw, require, to_picture
from syncengine.adapters.report.page import Drawing, to_html
from syncengine.adapters.report.sections import sections_of
from syncengine.core.report import HeldChart, HeldTable, Rendered, Report

__all__ = ["render", "require"]


def render(
    report: Report,
    *,
    pictures: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Rendered:
    """Draw a report; ``progress`` is told how many of how many charts are drawn.

    Raises UserError where vl-convert is not installed.
    """
    require()
    parts = sections_of(report)
    charts = [chart for part in parts for chart in part.charts]
    drawings: dict[str, Drawing] = {}
    for done, chart in enumerate(charts, 1):
        drawings[chart.name] = Drawing(draw(chart.spec(WIDE)), draw(chart.spec(NARROW)))
        progress(done, len(charts))
    return Rendered(
        to_html(report, parts, drawings),
        [HeldChart(chart.name, chart.title) for chart in charts],
        [
            HeldTable(table.name, table.title, len(table.rows), len(table.shown))
            for part in parts
            for table in part.tables
        ],
        {chart.name: to_picture(draw(titled(chart))) for chart in charts} if pictures else {},
    )
