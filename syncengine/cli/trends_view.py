"""Trends for people: the size over time, the playlists that change most, what is in it, who moved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.cli.text import counted
from syncengine.core.moment import to_iso
from syncengine.core.trends import Month, PlaylistTrend, PopularityMove, Share, Trends

_MOST_MONTHS = 24
"""A longer time is shown by years."""
_MOST_PLAYLISTS = 10
_MOST_GENRES = 5
_MOST_DECADES = 5
_FEATURES = ("danceability", "energy", "valence", "tempo")
_MOST_TITLES = 5
_WIDTH = 24
"""Months that a line of marks in a table shows, the last ones."""


def show(cli: CliContext, found: Trends) -> None:
    """Tell a person how the library evolved."""
    cli.line(f"from {to_iso(found.start)} to {to_iso(found.end)}")
    if found.months[0].month < to_iso(found.observed_from)[:7]:
        cli.line(
            f"observed since {to_iso(found.observed_from)}; of the time before that the added-at stamps "
            "tell what came, and nothing tells what went"
        )
    _show_months(cli, found.months)
    _show_playlists(cli, found.playlists)
    months = [each.month for each in found.months][-_WIDTH:]
    if rows := list(_composition(cli, found)):
        titles = (f"{months[0]}", f"{months[-1]}", "between")
        cli.show(table(("share of the entries", *titles), rows))
        cli.line("more of these with --csv genres, decades or features")
    _show_vanished(cli, found)
    for word, moves in (("more popular", found.winners), ("less popular", found.losers)):
        _show_moves(cli, word, moves)


def _show_months(cli: CliContext, months: Sequence[Month]) -> None:
    by_month = len(months) <= _MOST_MONTHS
    if by_month:
        stretches = [(each.month, [each]) for each in months]
    else:
        years: dict[str, list[Month]] = {}
        for each in months:
            years.setdefault(each.month[:4], []).append(each)
        stretches = list(years.items())
    rows = [
        (name, f"{m[-1].tracks:,}", f"{m[-1].entries:,}", m[-1].playlists, _came(m), _went(m))
        for name, m in stretches
    ]
    titles = ("tracks", "entries", "playlists", "came", "went")
    cli.show(table(("month" if by_month else "year", *titles), rows))


def _came(months: Sequence[Month]) -> str:
    return f"{sum(each.added for each in months):,}"


def _went(months: Sequence[Month]) -> str:
    observed = [each.removed for each in months if each.observed]
    return f"{sum(observed):,}" if observed else ""


def _show_playlists(cli: CliContext, playlists: Sequence[PlaylistTrend]) -> None:
    busiest = sorted(playlists, key=lambda each: -(each.added + each.removed))[:_MOST_PLAYLISTS]
    rows = [
        (
            each.name if each.ended_at is None else f"{each.name} (gone)",
            f"{each.sizes[-1][1]:,}",
            cli.sparkline([size for _, size in each.sizes[-_WIDTH:]]),
            f"{each.added:,}",
            f"{each.removed:,}",
            "" if each.churn is None else f"{each.churn:.1%}",
            "" if each.half_life_days is None else f"{each.half_life_days:,.0f} days",
        )
        for each in busiest
    ]
    titles = ("entries", "over time", "came", "went", "leaves a month", "half is gone after")
    cli.show(table(("playlist", *titles), rows))
    if (more := len(playlists) - len(busiest)) > 0:
        cli.line(f"and {counted(more, 'playlist')} more; --csv playlists lists all")


def _composition(cli: CliContext, found: Trends) -> Iterator[tuple[object, ...]]:
    """Yield how the shares of genres and decades changed lately, and the means of audio features."""
    months = [each.month for each in found.months][-_WIDTH:]
    decades = list(dict.fromkeys(share.name for share in found.decades))[-_MOST_DECADES:]
    genres = list(dict.fromkeys(share.name for share in found.genres))[:_MOST_GENRES]
    for shares, names in ((found.genres, genres), (found.decades, decades)):
        parts = _parts(shares, months)
        for name in names:
            if any(parts.get(name, ())):
                yield (
                    name,
                    f"{parts[name][0]:.0%}",
                    f"{parts[name][-1]:.0%}",
                    cli.sparkline(parts[name]),
                )
    for feature in found.features:
        means = [mean for month, mean in feature.means if month in months]
        if feature.name in _FEATURES and means:
            yield (
                f"{feature.name}, mean",
                f"{means[0]:.3g}",
                f"{means[-1]:.3g}",
                cli.sparkline(means),
            )


def _parts(shares: Sequence[Share], months: Collection[str]) -> dict[str, list[float]]:
    """Return each name's part of all (0–1), of the months in which anything is known."""
    totals: dict[str, float] = {}
    for share in shares:
        totals[share.month] = totals.get(share.month, 0) + share.entries
    parts: dict[str, list[float]] = {}
    for share in shares:
        if share.month in months and totals[share.month]:
            parts.setdefault(share.name, []).append(share.entries / totals[share.month])
    return parts


def _show_vanished(cli: CliContext, found: Trends) -> None:
    if not found.vanished:
        return
    cli.line(f"{counted(len(found.vanished), 'track')} vanished from Spotify:")
    for each in found.vanished[:_MOST_TITLES]:
        cli.line(f"  {to_iso(each.since)[:10]}  {_called(each.artists, each.title)}")
    if (more := len(found.vanished) - _MOST_TITLES) > 0:
        cli.line(f"  and {more:,} more; --csv vanished lists all")


def _show_moves(cli: CliContext, word: str, moves: Sequence[PopularityMove]) -> None:
    if moves:
        cli.line(f"{word}:")
    for each in moves[:_MOST_TITLES]:
        cli.line(f"  {each.first:>3} → {each.last:<3}  {_called(each.artists, each.title)}")


def _called(artists: str, title: str) -> str:
    return " – ".join(filter(None, (artists, title))) or "(no name known)"
