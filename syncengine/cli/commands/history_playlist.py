"""``history playlist``: one playlist's life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.csv_table import check_one_form, write_csv
from syncengine.cli.render import table
from syncengine.cli.text import counted
from syncengine.core.moment import Instant, to_iso

if TYPE_CHECKING:
    from syncengine.jobs.playlist_life import EntryLife, PlaylistLife, PlaylistMonth

EXAMPLES = (
    "syncengine history playlist 'Road Trip'",
    "syncengine history playlist liked --csv",
)
_MOST_MONTHS = 12
_DAY = 86_400
_ENTRY = (
    "uri", "title", "artists", "added_at", "came_at", "seen_at", "left_at", "ending", "addition",
)  # fmt: skip


def command(
    cli: CliContext,
    name: Annotated[
        str,
        typer.Argument(metavar="PLAYLIST", help="A name, key, URI or URL; old names count too."),
    ],
    csv: Annotated[
        bool, typer.Option("--csv", help="Print every entry it ever had as one CSV table.")
    ] = False,
) -> None:
    """Tell one playlist's life: names, size, what came and went, who stayed longest."""
    from syncengine import bootstrap
    from syncengine.jobs.playlist_life import playlist_life

    check_one_form(cli, csv)
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        life = playlist_life(unit, name)
    if cli.json:
        cli.emit("history-playlist", document(life))
    elif csv:
        write_csv(cli, _ENTRY, ([*_entry(each).values()] for each in life.entries))
    else:
        show(cli, life)


def document(life: PlaylistLife) -> dict[str, object]:
    """Return a playlist's life as its JSON says it."""
    return {
        "key": life.key,
        "playlist": life.name,
        "names": [
            {"playlist": each.name, "since": to_iso(each.since), "until": _iso(each.until)}
            for each in life.names
        ],
        "spans": [
            {"since": to_iso(each.since), "until": _iso(each.until)} for each in life.presences
        ],
        "observed_at": to_iso(life.looked_at),
        "months": [
            {
                "month": each.month,
                "entries": each.entries,
                "added": each.added,
                "removed": each.removed if each.observed else None,
                "observed": each.observed,
            }
            for each in life.months
        ],
        "added": life.added,
        "removed": life.removed,
        "churn": life.churn,
        "half_life_days": life.half_life_days,
        "longest": [{**_entry(each), "seconds": life.seconds(each)} for each in life.longest],
        "came_last": [_entry(each) for each in life.came_last],
        "went_last": [_entry(each) for each in life.went_last],
        "entries": [_entry(each) for each in life.entries],
    }


def _entry(entry: EntryLife) -> dict[str, object]:
    values = (
        entry.track, entry.title, entry.artists, _iso(entry.added_at), _iso(entry.came),
        to_iso(entry.seen), _iso(entry.until), str(entry.ending), entry.is_new,
    )  # fmt: skip
    return dict(zip(_ENTRY, values, strict=True))


def _iso(at: Instant | None) -> str | None:
    return None if at is None else to_iso(at)


def show(cli: CliContext, life: PlaylistLife) -> None:
    """Tell a playlist's life to a person."""
    cli.line(f"{life.name}  {life.key}")
    for each in life.presences:
        cli.line(f"seen from {to_iso(each.since)} on" + _gone(each.until))
    for before, after in zip(life.names, life.names[1:], strict=False):
        if before.name != after.name:
            cli.line(f"called {after.name} since {to_iso(after.since)}, {before.name} before")
    sizes = [each.entries for each in life.months]
    held = counted(sizes[-1], "entry", "entries")
    cli.line(f"{held} when last looked at, {to_iso(life.looked_at)}; {_measures(life)}")
    cli.line(f"size by month since {life.months[0].month}: {cli.sparkline(sizes)}")
    if shown := [each for each in life.months if each.added or each.removed][-_MOST_MONTHS:]:
        titles = ("month", "entries", "came", "went")
        cli.show(table(titles, [_month(each) for each in shown]))
    longest = [
        (each.title or "(unavailable)", each.artists, life.seconds(each) // _DAY, _until(each))
        for each in life.longest
    ]
    cli.show(table(("longest there", "artists", "days", "until"), longest))
    for word, entries in (("came lately", life.came_last), ("went lately", life.went_last)):
        if entries:
            _show_moves(cli, word, entries)


def _gone(until: Instant | None) -> str:
    return "" if until is None else f", gone at {to_iso(until)}"


def _month(month: PlaylistMonth) -> tuple[object, ...]:
    went = f"{month.removed:,}" if month.observed else ""
    return month.month, f"{month.entries:,}", f"{month.added:,}", went


def _measures(life: PlaylistLife) -> str:
    """Say how it changes: what came and went, churn and half-life."""
    told = [f"{life.added:,} came and {life.removed:,} went"]
    if life.churn is not None:
        told.append(f"{life.churn:.1%} of it leaves in a month")
    if life.half_life_days is not None:
        told.append(f"half of what came is gone after {life.half_life_days:,.0f} days")
    return ", ".join(told)


def _until(entry: EntryLife) -> str:
    return "" if entry.until is None else to_iso(entry.until)[:10]


def _show_moves(cli: CliContext, word: str, entries: Sequence[EntryLife]) -> None:
    rows = [
        (
            each.title or "(unavailable)",
            each.artists,
            to_iso(at)[:10] if (at := each.came if word == "came lately" else each.until) else "",
        )
        for each in entries
    ]
    cli.show(table((word, "artists", "on"), rows))
