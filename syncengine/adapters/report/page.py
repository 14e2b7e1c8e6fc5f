"""The report as one HTML file that needs nothing but itself, and can reach nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from syncengine.adapters.report.charts.chart import Chart
from syncengine.adapters.report.drawing import to_markup
from syncengine.adapters.report.html import Html, element, joined, trusted
from syncengine.adapters.report.sections import Section
from syncengine.adapters.report.table import folded, shown_number, sortable
from syncengine.adapters.report.theme import style_variables
from syncengine.core.moment import Instant, to_iso
from syncengine.core.report import GENERATOR, Report

_HOUR = 3_600_000
_TITLE = "Your music library"


class Drawing(NamedTuple):
    """A chart as SVG in both widths."""

    wide: str
    narrow: str


def to_html(report: Report, parts: Sequence[Section], drawings: Mapping[str, Drawing]) -> bytes:
    """Return a report as HTML in UTF-8; ``drawings`` are those of its charts, by name."""
    style, script = style_variables() + _asset("style.css"), _asset("script.js")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="generator", content=GENERATOR),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", _TITLE),
        element("style", trusted(style)),
    )
    body = element(
        "body",
        element(
            "div",
            _header(report, parts),
            element("main", (_section(part, drawings) for part in parts)),
            _footer(report),
            class_="wrap",
        ),
        element("script", trusted(script)),
    )
    return joined(trusted("<!doctype html>\n"), element("html", head, body, lang="en")).encode()


@cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Return what the page may do: use its own style and its own script, by their digests, and no more.

    Nothing can be loaded, sent or framed, and no script that a name might smuggle in would run (W3C,
    Content Security Policy Level 3).
    """
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _day(at: Instant) -> str:
    return to_iso(at)[:10]


def _header(report: Report, parts: Sequence[Section]) -> Html:
    trends = report.trends
    tiles = {
        "Tracks": shown_number(report.tracks),
        "Playlists": shown_number(report.playlists),
        "Entries": shown_number(report.entries),
        "Hours of music": shown_number(report.milliseconds / _HOUR),
        "Duplicates": shown_number(len(report.duplicates)),
        "Vanished": shown_number(len(trends.vanished)),
        "Calls saved": shown_number(report.calls_saved),
    }
    return element(
        "header",
        element("h1", _TITLE),
        element(
            "p",
            f"From {_day(trends.start)} to {_day(trends.end)}, looked at since {_day(trends.observed_from)}",
            class_="soft",
        ),
        element(
            "dl",
            (
                element("div", element("dt", name), element("dd", value))
                for name, value in tiles.items()
            ),
            class_="tiles",
        ),
        element(
            "nav",
            element(
                "ul",
                (element("li", element("a", each.title, href=f"#{each.name}")) for each in parts),
            ),
            aria_label="Parts of this report",
        ),
    )


def _section(part: Section, drawings: Mapping[str, Drawing]) -> Html:
    heading = f"{part.name}-heading"
    content: list[str] = [_figure(chart, drawings[chart.name]) for chart in part.charts]
    content += [sortable(table) for table in part.tables]
    return element(
        "section",
        element("h2", part.title, id=heading),
        content or element("p", part.nothing, class_="empty"),
        id=part.name,
        aria_labelledby=heading,
    )


def _figure(chart: Chart, drawing: Drawing) -> Html:
    label = f"{chart.title}. {chart.says}"
    wide = to_markup(drawing.wide, f"{chart.name}-wide", label)
    narrow = to_markup(drawing.narrow, f"{chart.name}-narrow", label, tips=False)
    return element(
        "figure",
        element("figcaption", element("h3", chart.title), chart.says),
        element("div", wide, class_="wide"),
        element("div", narrow, class_="narrow"),
        element("p", chart.note, class_="note") if chart.note else "",
        folded(chart.numbers),
        id=f"chart-{chart.name}",
    )


def _footer(report: Report) -> Html:
    return element(
        "footer",
        element(
            "p",
            f"Made by syncengine on {to_iso(report.at).replace('T', ' ').replace('Z', ' UTC')}. "
            "Months and days are in UTC. This page holds all it shows: it asks no other place for "
            "anything, and tells nobody that you read it.",
        ),
    )
