"""``history diff``: what changed between two moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.core.identity import TrackKey
from syncengine.core.moment import to_iso
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.history import Fact, PlaylistChange
    from syncengine.jobs.history import LibraryDiff

EXAMPLES = (
    "syncengine history diff 2026-01-01 latest",
    "syncengine history diff 6 7 --json",
    "syncengine history diff latest live",
)
_MOST_FACTS = 10
_MOST_PLAYLISTS = 12
_MOST_ENTRIES = 3


def command(
    cli: CliContext,
    start: Annotated[
        str,
        typer.Argument(metavar="FROM", help="A date (its end), date-time, snapshot id or latest."),
    ],
    end: Annotated[
        str | None,
        typer.Argument(
            metavar="TO", help="The same; may be before FROM. Or: live, Spotify as it is now."
        ),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="TO", help="Another way to say TO.")
    ] = None,
) -> None:
    """Show what changed between any two moments, or since one until now at Spotify.

    Up to now, `live`, it asks Spotify as fetch does, for what changed alone, and stores no snapshot.
    """
    if end is not None and to is not None:
        raise UsageError("TO is given twice: once as an argument and once with --to")
    wanted = end or to or "latest"
    if wanted == "live":
        _show_live(cli, start)
        return
    from syncengine import bootstrap
    from syncengine.jobs.history import diff_between

    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        found = diff_between(unit, start, wanted)
    if cli.json:
        cli.emit("diff", document(found))
    else:
        show(cli, found)


def _show_live(cli: CliContext, start: str) -> None:
    from syncengine.cli.live_view import live_document, look, show_unobserved

    found = look(cli, start)
    for note in found.notes:
        cli.warn(note)
    if cli.json:
        cli.emit("diff", document(found.diff) | live_document(found))
    else:
        show(cli, found.diff)
        show_unobserved(cli, found)


def document(found: LibraryDiff) -> dict[str, object]:
    """Return a difference as its JSON says it."""
    return {
        "from": {"snapshot": found.snapshots[0], "taken_at": to_iso(found.start)},
        "to": {"snapshot": found.snapshots[1], "taken_at": to_iso(found.end)},
        "playlists": [_playlist(change) for change in found.playlists],
        "tracks": [
            {
                "uri": change.track,
                "fields": {name: list(pair) for name, pair in change.fields.items()},
            }
            for change in found.tracks
        ],
        "popularity": {
            "changed": found.popularity.up + found.popularity.down,
            "up": found.popularity.up,
            "down": found.popularity.down,
        },
    }


def _playlist(change: PlaylistChange) -> dict[str, object]:
    def listed(occurrences: object) -> list[dict[str, object]]:
        return [
            {
                "uri": each.entry.track,
                "position": each.position,
                "added_at": None if each.entry.added_at is None else to_iso(each.entry.added_at),
            }
            for each in occurrences  # type: ignore[attr-defined]  # a sequence of Occurrence
        ]

    entries = change.entries
    return {
        "playlist": change.name,
        "key": change.key,
        "status": change.status,
        "renamed_from": change.renamed_from,
        "added": listed(entries.added),
        "removed": listed(entries.removed),
        "moved": [{"uri": m.track, "from": m.source, "to": m.target} for m in entries.moved],
        "restamped": [{"uri": r.after.track, "position": r.target} for r in entries.restamped],
    }


def _fact(value: Fact) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def show(cli: CliContext, found: LibraryDiff) -> None:
    """Say what changed, as a person wants to hear it."""
    cli.line(f"from {to_iso(found.start)} to {to_iso(found.end)}")
    if found.playlists:
        rows = [
            (
                change.name
                if not change.renamed_from
                else f"{change.renamed_from} → {change.name}",
                change.status,
                *(
                    _count(each)
                    for each in (change.entries.added, change.entries.removed, change.entries.moved)
                ),
            )
            for change in found.playlists
        ]
        cli.show(table(("playlist", "change", "came", "went", "moved"), rows))
    else:
        cli.line("no playlist changed")
    for playlist in found.playlists[:_MOST_PLAYLISTS]:
        _show_entries(cli, playlist, found.titles)
    if len(found.playlists) > _MOST_PLAYLISTS:
        cli.line("  and so on; --json lists every track")
    drift = found.popularity
    cli.line(
        f"{len(found.tracks):,} tracks have other facts; popularity changed for "
        f"{drift.up + drift.down:,} ({drift.up:,} up, {drift.down:,} down)"
    )
    for change in found.tracks[:_MOST_FACTS]:
        told = "; ".join(
            f"{name}: {_fact(old)} → {_fact(new)}" for name, (old, new) in change.fields.items()
        )
        cli.line(f"  {change.track}  {told}")
    if len(found.tracks) > _MOST_FACTS:
        cli.line(f"  and {len(found.tracks) - _MOST_FACTS:,} more; --json lists them all")


def _show_entries(cli: CliContext, change: PlaylistChange, titles: Mapping[TrackKey, str]) -> None:
    for mark, occurrences in (("+", change.entries.added), ("-", change.entries.removed)):
        for each in occurrences[:_MOST_ENTRIES]:
            title = titles.get(TrackKey(str(each.entry.track)), "(unavailable)")
            cli.line(f"  {mark} {change.name}: {title}")
        if (more := len(occurrences) - _MOST_ENTRIES) > 0:
            cli.line(f"  {mark} {change.name}: and {more:,} more; --json lists them all")


def _count(found: object) -> str:
    number = len(found)  # type: ignore[arg-type]  # a sequence
    return f"{number:,}" if number else ""
