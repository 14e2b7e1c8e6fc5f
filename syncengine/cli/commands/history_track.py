"""``history track``: one track's life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.csv_table import check_one_form, write_csv
from syncengine.cli.render import table
from syncengine.core.moment import Instant, to_iso
from syncengine.core.track import AudioFeatures

if TYPE_CHECKING:
    from syncengine.core.history import Fact
    from syncengine.jobs.track_life import TrackLife, Visit
    from syncengine.storage.repositories.sightings import Sighting

EXAMPLES = (
    "syncengine history track https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
    "syncengine history track spotify:track:4uLU6hMCjMI75M1A2tKUQC --csv",
)
_MARKS_A_LINE = 60
_PARTINGS = {
    "held": "",
    "removed": "removed",
    "vanished": "nothing shown any more",
    "playlist-ended": "playlist gone",
}
_EVENTS = (
    "at", "event", "playlist_key", "playlist", "playlist_then", "added_at", "snapshot", "source",
    "field", "before", "after",
)  # fmt: skip


def command(
    cli: CliContext,
    track: Annotated[str, typer.Argument(metavar="TRACK", help="An id, URI or URL.")],
    csv: Annotated[
        bool, typer.Option("--csv", help="Print all that happened as one CSV table.")
    ] = False,
) -> None:
    """Tell one track's life: where it stood, what was said of it, how popular it was."""
    from syncengine import bootstrap
    from syncengine.jobs.lookup import read_key
    from syncengine.jobs.track_life import track_life

    check_one_form(cli, csv)
    key = read_key(track)
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        life = track_life(unit, key)
    if cli.json:
        cli.emit("history-track", document(life))
    elif csv:
        write_csv(cli, _EVENTS, sorted(_events(life), key=lambda row: str(row[0])))
    else:
        show(cli, life)


def document(life: TrackLife) -> dict[str, object]:
    """Return a track's life as its JSON says it."""
    return {
        "uri": life.track,
        "also": list(life.also),
        "title": life.title,
        "artists": life.artists,
        "visits": [_visit(each) for each in life.visits],
        "facts": [
            {
                "at": to_iso(each.at),
                "source": each.source,
                "field": each.field,
                "before": each.before,
                "after": each.after,
                "turn": each.turn,
            }
            for each in life.facts
        ],
        "popularity": [{"at": to_iso(at), "value": value} for at, value in life.popularity],
    }


def _visit(visit: Visit) -> dict[str, object]:
    return {
        "key": visit.key,
        "playlist": visit.name,
        "playlist_then": visit.name_then,
        "playlist_at_end": visit.name_at_end,
        "added_at": _iso(visit.added_at),
        "seen_at": to_iso(visit.seen),
        "seen_in": _sighting(visit.came),
        "left_at": _iso(visit.until),
        "left_in": _sighting(visit.left),
        "parting": visit.parting,
        "other": visit.other,
    }


def _sighting(sighting: Sighting | None) -> dict[str, object] | None:
    return sighting and {"snapshot": sighting.snapshot, "source": sighting.source}


def _iso(at: Instant | None) -> str | None:
    return None if at is None else to_iso(at)


def _events(life: TrackLife) -> Iterator[tuple[object, ...]]:
    """Yield everything that happened to a track."""
    for visit in life.visits:
        home = (visit.key, visit.name)
        came, left = visit.came, visit.left
        yield (
            to_iso(visit.seen), "entered", *home, visit.name_then, _iso(visit.added_at),
            came and came.snapshot, came and came.source, None, None, None,
        )  # fmt: skip
        if visit.until is not None:
            yield (
                to_iso(visit.until), visit.parting, *home, visit.name_at_end, _iso(visit.added_at),
                left and left.snapshot, left and left.source, None, life.track, visit.other,
            )  # fmt: skip
    nowhere = (None,) * 5
    for each in life.facts:
        change = (each.field, _fact(each.before), _fact(each.after))
        yield (to_iso(each.at), each.turn, *nowhere, each.source, *change)
    before = None
    for at, value in life.popularity:
        yield (to_iso(at), "popularity", *nowhere, None, "popularity", before, value)
        before = value


def _fact(value: Fact) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def show(cli: CliContext, life: TrackLife) -> None:
    """Tell a track's life to a person."""
    called = " – ".join(filter(None, (life.artists, life.title))) or "(no name known)"
    cli.line(f"{called}  {life.track}")
    if life.also:
        cli.line(f"also known as {', '.join(life.also)}")
    rows = [
        (
            visit.name,
            "" if visit.name_then == visit.name else visit.name_then,
            _iso(visit.added_at) or "",
            _told(visit.seen, visit.came),
            "" if visit.until is None else _told(visit.until, visit.left),
            f"now {visit.other}" if visit.other else _PARTINGS.get(visit.parting, ""),
        )
        for visit in life.visits
    ]
    if rows:
        titles = ("playlist", "called then", "added at", "first seen", "first seen gone", "")
        cli.show(table(titles, rows))
    else:
        cli.line("it was never seen in a playlist")
    _show_popularity(cli, life)
    _show_facts(cli, life)


def _told(at: Instant, sighting: Sighting | None) -> str:
    return f"{to_iso(at)} (snapshot {sighting.snapshot})" if sighting else to_iso(at)


def _show_popularity(cli: CliContext, life: TrackLife) -> None:
    if not life.popularity:
        cli.line("its popularity is not known")
        return
    first, last = life.popularity[0], life.popularity[-1]
    peak = max(life.popularity, key=lambda each: each[1])
    told = ((first, "first"), (peak, "highest"), (last, "last"))
    cli.line(
        "popularity: "
        + ", ".join(f"{word} {value} on {to_iso(at)[:10]}" for (at, value), word in told)
    )
    marks = cli.sparkline([value for _, value in life.popularity])
    for place in range(0, len(marks), _MARKS_A_LINE):
        since = to_iso(life.popularity[place][0])[:10]
        cli.line(f"  {since}  {marks[place : place + _MARKS_A_LINE]}")


def _show_facts(cli: CliContext, life: TrackLife) -> None:
    """Show what changed; of what was only told for the first time, that it was."""
    known: dict[tuple[Instant, str], list[str]] = {}
    rows: list[tuple[object, ...]] = []
    for each in life.facts:
        if each.before in (None, ()):
            known.setdefault((each.at, each.source), []).append(each.field)
        else:
            shown = (_fact(each.before), _fact(each.after), each.turn)
            rows.append((to_iso(each.at), each.source, each.field, *shown))
    for (at, source), fields in known.items():
        heard = [each for each in fields if each in AudioFeatures._fields]
        named = [each for each in fields if each not in heard] + ["audio features"] * bool(heard)
        cli.line(f"{to_iso(at)}  {source} tells {', '.join(named)}")
    if rows:
        cli.show(table(("at", "source", "fact", "before", "after", ""), rows))
    elif known:
        cli.line("no fact has changed since")
