"""What stands in a report, part by part: its charts, its tables, and what to say where there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.adapters.report.charts import (
    calendar,
    features,
    findings,
    growth,
    playlists,
    popularity,
    streams,
)
from syncengine.adapters.report.charts.chart import Chart
from syncengine.adapters.report.table import Column, Table
from syncengine.core.moment import to_iso
from syncengine.core.report import Report
from syncengine.core.trends import PopularityMove

MOST_ROWS = 500
"""Rows of a table that are shown: what a phone can still filter at once."""

_MOST_NAMES = 5
"""Playlists that are named for one duplicate."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report; ``nothing`` is what to say where it has neither chart nor table."""

    name: str
    title: str
    charts: Sequence[Chart]
    tables: Sequence[Table]
    nothing: str


def sections_of(report: Report) -> list[Section]:
    """Return the parts of a report, in order; a part with nothing in it is there, and says so."""
    trends = report.trends
    return [
        _section(
            "growth",
            "How it grew",
            [growth.growth(trends), growth.movement(trends)],
            nothing="Nothing is known of the library's size yet: import exports, or fetch.",
        ),
        _section(
            "activity",
            "When things happened",
            [calendar.calendar(trends)],
            nothing="Nothing came or went since the first observation. The second one may change that.",
        ),
        _section(
            "playlists",
            "Playlists",
            [playlists.playlists(trends)],
            _playlist_table(report),
            nothing="No playlist has anything in it.",
        ),
        _section(
            "genres",
            "Genres and decades",
            [streams.genres(trends), streams.decades(trends)],
            nothing="No genres and no release dates are known: exports of exportify.net tell both.",
        ),
        _section(
            "sound",
            "How it sounds",
            [features.features(report.features), features.moods(trends)],
            nothing="No audio features are known: exports of exportify.net tell them.",
        ),
        _section(
            "popularity",
            "Popularity",
            [
                popularity.popularity(report.popularity),
                popularity.drift(report.drift),
                popularity.movers(trends),
            ],
            _mover_table(report),
            nothing="No popularity is known: exports tell it, Spotify's interface only to some apps.",
        ),
        _section(
            "duplicates",
            "Duplicates",
            [findings.duplicates(report.duplicates)],
            _duplicate_table(report),
            nothing="No recording stands in the library more than once.",
        ),
        _section(
            "vanished",
            "What vanished from Spotify",
            [findings.vanished(trends)],
            _vanished_table(report),
            nothing="No track is known to have vanished from Spotify.",
        ),
        _section(
            "calls",
            "Calls saved",
            [findings.calls(report.calls)],
            nothing="No call to Spotify was made or saved yet: all that is known comes from exports.",
        ),
    ]


def _section(
    name: str,
    title: str,
    charts: Sequence[Chart | None],
    table: Table | None = None,
    *,
    nothing: str,
) -> Section:
    found = [chart for chart in charts if chart is not None]
    tables = [table] if table is not None and table.rows else []
    return Section(name, title, found, tables, nothing)


def _playlist_table(report: Report) -> Table:
    def rounded(value: float | None, digits: int) -> float | None:
        return None if value is None else round(value, digits)

    listed = sorted(
        report.trends.playlists,
        key=lambda each: (
            -(each.sizes[-1][1] if each.sizes else 0),
            each.name.casefold(),
            each.key,
        ),
    )
    rows = [
        (
            each.name,
            each.sizes[-1][1] if each.sizes else 0,
            each.added,
            each.removed,
            rounded(None if each.churn is None else each.churn * 100, 1),
            rounded(each.half_life_days, 0),
            "" if each.ended_at is None else to_iso(each.ended_at)[:10],
        )
        for each in listed
    ]
    columns = (
        Column("Playlist"),
        Column("Entries", number=True),
        Column("Added", number=True),
        Column("Removed", number=True),
        Column("Churn, % a month", number=True, digits=1),
        Column("Half-life, days", number=True),
        Column("Gone since"),
    )
    return Table("playlists", "All playlists", columns, rows, MOST_ROWS, "the largest first")


def _mover_table(report: Report) -> Table:
    def row(each: PopularityMove) -> tuple[str, str, int, int, int]:
        return each.title, each.artists, each.first, each.last, each.last - each.first

    trends = report.trends
    rows = sorted(
        map(row, [*trends.winners, *trends.losers]), key=lambda each: (-abs(each[4]), each)
    )
    columns = (
        Column("Track"),
        Column("Artists"),
        *(Column(title, number=True) for title in ("First", "Last", "Change")),
    )
    return Table(
        "movers", "Winners and losers", columns, rows, MOST_ROWS, "the largest changes first"
    )


def _duplicate_table(report: Report) -> Table:
    rows = [
        (d.title, d.kind, d.confidence, _few(d.where), d.reason, d.keep, d.rule)
        for d in report.duplicates
    ]
    titles = ("Recording", "Kind", "Confidence", "Where", "Why", "Keep", "Because")
    columns = tuple(Column(title) for title in titles)
    return Table("duplicates", "Duplicates", columns, rows, MOST_ROWS, "the surest first")


def _few(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _vanished_table(report: Report) -> Table:
    gone = sorted(report.trends.vanished, key=lambda each: (-each.since, each.title, each.track))
    rows = [(each.title, each.artists, to_iso(each.since)[:10], each.track) for each in gone]
    columns = (Column("Track"), Column("Artists"), Column("Not shown since"), Column("Address"))
    return Table(
        "vanished", "Tracks that vanished", columns, rows, MOST_ROWS, "the last to vanish first"
    )
