"""Trends as data: one JSON object, or one of several tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from syncengine.core.moment import Instant, to_iso
from syncengine.core.trends import PopularityMove, Share, Trends

Rows = Iterable[Sequence[object]]


class Table(NamedTuple):
    """One table of trends: its columns, and how its rows are made."""

    titles: tuple[str, ...]
    rows: Callable[[Trends], Rows]


def _iso(at: Instant | None) -> str | None:
    return None if at is None else to_iso(at)


def _months(found: Trends) -> Rows:
    for each in found.months:
        removed = each.removed if each.observed else None
        yield (
            each.month, each.tracks, each.entries, each.playlists, each.added, removed,
            each.observed,
        )  # fmt: skip


def _days(found: Trends) -> Rows:
    return ((each.day, each.added, each.removed) for each in found.days)


def _playlists(found: Trends) -> Rows:
    for each in found.playlists:
        size = each.sizes[-1][1] if each.sizes else 0
        yield (
            each.key, each.name, _iso(each.ended_at), size, each.added, each.removed, each.churn,
            each.half_life_days,
        )  # fmt: skip


def _sizes(found: Trends) -> Rows:
    return ((each.key, each.name, *size) for each in found.playlists for size in each.sizes)


def _shares(shares: Sequence[Share]) -> Rows:
    return ((each.month, each.name, each.entries) for each in shares)


def _features(found: Trends) -> Rows:
    return ((each.name, *mean) for each in found.features for mean in each.means)


def _vanished(found: Trends) -> Rows:
    return ((each.track, each.title, each.artists, to_iso(each.since)) for each in found.vanished)


def _popularity(found: Trends) -> Rows:
    for word, moves in (("winner", found.winners), ("loser", found.losers)):
        for each in moves:
            yield (word, *_move(each).values())


def _move(move: PopularityMove) -> dict[str, object]:
    return {
        "uri": move.track,
        "title": move.title,
        "artists": move.artists,
        "first": move.first,
        "last": move.last,
    }


_SHARE = ("month", "name", "entries")
TABLES = {
    "months": Table(
        ("month", "tracks", "entries", "playlists", "added", "removed", "observed"), _months
    ),
    "days": Table(("day", "added", "removed"), _days),
    "playlists": Table(
        (
            "key", "playlist", "ended_at", "entries", "added", "removed", "churn",
            "half_life_days",
        ),
        _playlists,
    ),
    "sizes": Table(("key", "playlist", "month", "entries"), _sizes),
    "genres": Table(_SHARE, lambda found: _shares(found.genres)),
    "decades": Table(_SHARE, lambda found: _shares(found.decades)),
    "features": Table(("name", "month", "mean"), _features),
    "vanished": Table(("uri", "title", "artists", "since"), _vanished),
    "popularity": Table(("move", "uri", "title", "artists", "first", "last"), _popularity),
}  # fmt: skip
"""Every table that can be had as CSV, by name."""


def document(found: Trends) -> dict[str, object]:
    """Return trends as their JSON says them."""

    def listed(name: str) -> list[dict[str, object]]:
        table = TABLES[name]
        return [dict(zip(table.titles, row, strict=True)) for row in table.rows(found)]

    playlists = [
        {**row, "sizes": [{"month": month, "entries": size} for month, size in each.sizes]}
        for row, each in zip(listed("playlists"), found.playlists, strict=True)
    ]
    return {
        "start": to_iso(found.start),
        "end": to_iso(found.end),
        "observed_from": to_iso(found.observed_from),
        "months": listed("months"),
        "days": listed("days"),
        "playlists": playlists,
        "genres": listed("genres"),
        "decades": listed("decades"),
        "features": [
            {
                "name": each.name,
                "means": [{"month": month, "mean": mean} for month, mean in each.means],
            }
            for each in found.features
        ],
        "vanished": listed("vanished"),
        "popularity": {
            "winners": [_move(each) for each in found.winners],
            "losers": [_move(each) for each in found.losers],
        },
    }
