"""``history at``: the library as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.core.moment import to_iso

if TYPE_CHECKING:
    from syncengine.jobs.history import LibraryThen

EXAMPLES = (
    "syncengine history at 2026-01-13",
    "syncengine history at latest --playlist 'Road Trip' --json",
)


def command(
    cli: CliContext,
    when: Annotated[
        str,
        typer.Argument(metavar="WHEN", help="A date (its end), date-time, snapshot id or latest."),
    ],
    playlist: Annotated[
        list[str] | None,
        typer.Option("--playlist", metavar="PLAYLIST", help="Only this one, by name, key or URL."),
    ] = None,
) -> None:
    """Show the library as it was at a moment."""
    from syncengine import bootstrap
    from syncengine.jobs.history import library_at
    from syncengine.jobs.playlists import find_playlist

    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        some = None
        if playlist:
            records = unit.library.playlist_records()
            some = frozenset(find_playlist(records, each).id for each in playlist)
        then = library_at(unit, when, some)
    if cli.json:
        cli.emit("library", _document(then))
    elif playlist:
        _show_entries(cli, then)
    else:
        _show_playlists(cli, then)


def _document(then: LibraryThen) -> dict[str, object]:
    return {
        "at": to_iso(then.at),
        "playlists": [
            {
                "key": playlist.state.key,
                "playlist": playlist.state.name,
                "inferred": playlist.state.inferred,
                "observed_at": to_iso(playlist.state.observed_at),
                "source": playlist.state.source,
                "entries": [
                    {
                        "uri": entry.track,
                        "added_at": None if entry.added_at is None else to_iso(entry.added_at),
                        "title": (recording := then.facts[entry.track].recording).title,
                        "artists": [artist.name for artist in recording.artists],
                    }
                    for entry in playlist.entries
                ],
            }
            for playlist in then.playlists
        ],
    }


def _show_playlists(cli: CliContext, then: LibraryThen) -> None:
    total = sum(len(playlist.entries) for playlist in then.playlists)
    cli.line(
        f"the library at {to_iso(then.at)}: {len(then.playlists)} playlists, {total:,} entries"
    )
    rows = [
        (
            each.state.name,
            f"{len(each.entries):,}",
            to_iso(each.state.observed_at),
            each.state.source,
        )
        for each in then.playlists
    ]
    cli.show(table(("playlist", "entries", "observed at", "source"), rows))


def _show_entries(cli: CliContext, then: LibraryThen) -> None:
    for playlist in then.playlists:
        cli.line(f"{playlist.state.name} at {to_iso(then.at)}: {len(playlist.entries):,} entries")
        rows = [
            (
                number,
                (recording := then.facts[entry.track].recording).title or "(unavailable)",
                ", ".join(artist.name for artist in recording.artists),
                "" if entry.added_at is None else to_iso(entry.added_at),
            )
            for number, entry in enumerate(playlist.entries, 1)
        ]
        cli.show(table(("#", "title", "artists", "added at"), rows))
