"""``files orphans``: the files without a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.cli import file_view
from syncengine.cli.context import CliContext
from syncengine.cli.text import counted
from syncengine.core.path_text import path_text

if TYPE_CHECKING:
    from syncengine.jobs.orphans import Orphan, Orphans

EXAMPLES = ("syncengine files orphans", "syncengine files orphans --json")


def command(cli: CliContext) -> None:
    """List the files that are of no track, and those that are unsure, each with the best candidate.

    Nothing is ever done with either.
    """
    from syncengine import bootstrap
    from syncengine.jobs.orphans import orphans

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with database.reading() as unit, cli.progress("matching") as steps:
        found = orphans(unit, file_view.Following(steps).phase("matching"))
    if not found.files:
        cli.say("no audio file is known yet: run syncengine files scan")
    if cli.json:
        cli.emit("files-orphans", _document(found))
    else:
        _show(cli, found)


def _show(cli: CliContext, found: Orphans) -> None:
    if found.none:
        cli.line(f"{counted(len(found.none), 'file')} of no track:")
        for each in found.none:
            cli.line(f"  {each.file.path}")
            _show_same_audio(cli, each, found)
    if found.unsure:
        cli.line(f"{counted(len(found.unsure), 'file')} of which nobody is sure:")
        for each in found.unsure:
            cli.line(f"  {each.file.path}")
            cli.line(f"      {file_view.sentence(each.match, found.songs)}")
            _show_same_audio(cli, each, found)
        cli.line("Say what they are: syncengine files decide FILE TRACK")
    orphaned = len(found.none) + len(found.unsure)
    cli.line(f"{orphaned:,} of {counted(found.files, 'file')} without a track")


def _show_same_audio(cli: CliContext, orphan: Orphan, found: Orphans) -> None:
    for each in orphan.same_audio:
        name = each.track and file_view.called(found.songs.get(each.track), each.track)
        cli.line(f"      same audio as {each.path}" + (f", which is {name}" if name else ""))


def _document(found: Orphans) -> dict[str, object]:
    return {
        "files": found.files,
        "none": [_orphan_document(each) for each in found.none],
        "unsure": [
            _orphan_document(each)
            | {"candidate": _candidate(each, found), "score": each.match.score}
            for each in found.unsure
        ],
    }


def _candidate(each: Orphan, found: Orphans) -> dict[str, object] | None:
    song = None if each.match.track is None else found.songs.get(each.match.track)
    return None if song is None else file_view.song_document(song)


def _orphan_document(each: Orphan) -> dict[str, object]:
    tags = each.file.tags
    return {
        "path": path_text(each.file.path),
        "title": tags.title,
        "artists": list(tags.artists),
        "duration_ms": tags.duration_ms,
        "reason": each.match.reason,
        "same_audio": [
            {"path": path_text(other.path), "track": other.track} for other in each.same_audio
        ],
    }
