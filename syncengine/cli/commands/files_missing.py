"""``files missing``: the tracks without a file, by playlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.file_view import Following, path_list
from syncengine.cli.render import table
from syncengine.cli.text import counted

if TYPE_CHECKING:
    from syncengine.core.catalog import CatalogTrack
    from syncengine.jobs.missing import Missing

EXAMPLES = ("syncengine files missing", "syncengine files missing --playlist 'Road Trip'")


def command(
    cli: CliContext,
    playlist: Annotated[
        list[str] | None,
        typer.Option("--playlist", metavar="PLAYLIST", help="List what this playlist lacks."),
    ] = None,
) -> None:
    """List the tracks without an audio file: how many in each playlist, or which in some.

    A file counts for its track, and for others that are the same recording, if it is certain or likely.
    """
    from syncengine import bootstrap
    from syncengine.jobs.missing import missing

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with database.reading() as unit, cli.progress("matching") as steps:
        found = missing(unit, playlist or (), Following(steps).phase("matching"))
    if not found.files:
        cli.say("no audio file is known yet: run syncengine files scan")
    if cli.json:
        cli.emit("files-missing", _document(found))
    elif playlist:
        _show_tracks(cli, found)
    else:
        _show_playlists(cli, found)


def _show_playlists(cli: CliContext, found: Missing) -> None:
    rows = [(each.name, f"{each.tracks:,}", f"{len(each.missing):,}") for each in found.playlists]
    if rows:
        cli.show(table(("playlist", "tracks", "without a file"), rows))
    cli.line(_summary(found))


def _show_tracks(cli: CliContext, found: Missing) -> None:
    rows = [
        (
            each.name,
            position + 1,
            track.facts.recording.title or "(no title)",
            _artists(track),
            track.facts.track,
            ", ".join(found.unsure.get(track.facts.track, ())),
        )
        for each in found.playlists
        for position, track in each.missing
    ]
    if rows:
        cli.show(table(("playlist", "#", "title", "artists", "uri", "may be"), rows))
    cli.line(_summary(found))


def _summary(found: Missing) -> str:
    verb = "has" if found.missing == 1 else "have"
    return f"{found.missing:,} of {counted(found.tracks, 'track')} {verb} no file"


def _artists(track: CatalogTrack) -> str:
    return ", ".join(artist.name for artist in track.facts.recording.artists)


def _document(found: Missing) -> dict[str, object]:
    return {
        "tracks": found.tracks,
        "missing": found.missing,
        "playlists": [
            {
                "key": each.key,
                "playlist": each.name,
                "tracks": each.tracks,
                "missing": [
                    {
                        "uri": track.facts.track,
                        "position": position,
                        "title": track.facts.recording.title,
                        "artists": [a.name for a in track.facts.recording.artists],
                        "album": track.facts.release.album,
                        "duration_ms": track.facts.recording.duration_ms,
                        "isrc": track.facts.isrc,
                        "may_be": path_list(found.unsure.get(track.facts.track, ())),
                    }
                    for position, track in each.missing
                ],
            }
            for each in found.playlists
        ],
    }
