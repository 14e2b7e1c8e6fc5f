"""``files explain``: why a file is of a track or not, and which files come near to a track."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli import file_view
from syncengine.cli.context import CliContext
from syncengine.core.identity import TrackKey, parse_track
from syncengine.core.path_text import path_text
from syncengine.errors import NotFound, UsageError

if TYPE_CHECKING:
    from syncengine.core.audio_file import AudioFile
    from syncengine.core.match import Explanation
    from syncengine.jobs.explaining import ExplainedFile, ExplainedTrack, NearFile

EXAMPLES = (
    "syncengine files explain ~/Music/kettle.mp3",
    "syncengine files explain https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
)


def command(
    cli: CliContext,
    what: Annotated[
        str, typer.Argument(metavar="FILE|TRACK", help="A path; or a track's id, URI or URL.")
    ],
) -> None:
    """Say what is read in a file and why it is of a track or of none; or which files come near to a track.

    A file need not have been scanned. Nothing is changed.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import folders
    from syncengine.jobs.explaining import explain_file, explain_track

    if not what:
        raise UsageError("name a file, or a track by its id, URI or URL")
    path = file_view.absolute(what)
    key = None if os.path.lexists(path) else _track(what)
    document: dict[str, object]
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        if key is not None:
            with cli.progress("looking through the files") as steps:
                follow = file_view.Following(steps).phase("looking through the files")
                track = explain_track(unit, key, follow)
            document, lines = _track_document(track), _track_lines(track)
        else:
            try:
                file = explain_file(unit, path, folders.file_reader(cli.settings))
            except NotFound as error:
                raise NotFound(f"{error}, and {what!r} is no track's id, URI or URL") from error
            document, lines = _file_document(file), _file_lines(file)
    if cli.json:
        cli.emit("files-explain" if key is None else "files-explain-track", document)
        return
    for line in lines:
        cli.line(line)


def _track(text: str) -> TrackKey | None:
    return TrackKey(text) if text.startswith("meta:") else parse_track(text)


def _file_lines(found: ExplainedFile) -> Iterator[str]:
    file = found.located.file
    tags = file.tags
    yield file.path
    if file.problem is not None:
        yield f"It cannot be read: {file.problem}"
        return
    known = (
        ("title", tags.title),
        ("artists", ", ".join(tags.artists)),
        ("album", tags.album),
        ("length", file_view.length(tags.duration_ms)),
        ("ISRC", tags.isrc),
        ("Spotify id", tags.spotify),
    )
    for name, value in known:
        yield f"  {name:<11}{value or '(none)'}"
    for path in found.copies:
        yield f"  same audio as {path}"
    if found.located.number is None:
        yield (
            "  no scan has found it yet: syncengine files scan does, where it is in a music folder"
        )
    yield from _answer_lines(found)


def _answer_lines(found: ExplainedFile) -> Iterator[str]:
    told = found.explanation
    if told is None:
        return
    songs = found.songs or {}
    yield ""
    yield file_view.sentence(found.kept or told.match, songs)
    if found.kept is not None:
        yield (
            "That was found before, and stays for as long as its tags do. By the library of now: "
            f"{file_view.sentence(told.match, songs)}"
        )
    if told.candidates:
        yield ""
        yield "The tracks that come nearest (1.00 is the same in everything):"
    for each in told.candidates:
        song = songs.get(each.track)
        name = file_view.called(song, each.track)
        album = f", {song.album}" if song and song.album else ""
        time = file_view.length(song.duration_ms) if song else "unknown"
        yield f"  {each.score:.2f}  {name}  [{time}{album}]  {each.track}"
        if each.way:
            yield f"          read by: {each.way}"
        for penalty in each.penalties:
            yield f"          {file_view.penalty_line(penalty)}"
    if line := _gap_line(told):
        yield line


def _gap_line(told: Explanation) -> str:
    from syncengine.core.match import GAP_CERTAIN, GAP_LIKELY

    match = told.match
    if match.gap is None:
        return "" if match.best is None else "No other recording comes near."
    return (
        f"The nearest other recording is {match.gap:.2f} less like it. By names alone, certain takes "
        f"{GAP_CERTAIN:.2f}, and likely {GAP_LIKELY:.2f}."
    )


def _file_document(found: ExplainedFile) -> dict[str, object]:
    told = found.explanation
    document: dict[str, object] = {
        "file": _tags_document(found.located.file) | {"scanned": found.located.number is not None},
        "same_audio": file_view.path_list(found.copies),
    }
    if told is None:
        nothing: dict[str, object] = {
            "readings": [],
            "candidates": [],
            "runner_up": None,
            "gap": None,
        }
        return document | {"answer": None, "kept": False} | nothing
    match, songs = told.match, found.songs or {}
    return document | {
        "answer": file_view.match_document(found.kept or match),
        "kept": found.kept is not None,
        "readings": [
            {"title": each.title.shown, "artists": each.artists.words, "way": each.way}
            for each in told.readings
        ],
        "candidates": [
            file_view.song_document(songs[each.track]) | file_view.likeness_document(each)
            for each in told.candidates
        ],
        "runner_up": match.runner_up and match.runner_up.track,
        "gap": match.gap,
    }


def _tags_document(file: AudioFile) -> dict[str, object]:
    return {"path": path_text(file.path), "problem": file.problem, **file.tags._asdict()}


def _track_lines(found: ExplainedTrack) -> Iterator[str]:
    song = found.song
    yield (
        f"{file_view.called(song, song.key)}  [{file_view.length(song.duration_ms)}]  {song.key}"
    )
    for each in found.twins:
        yield f"  the same recording as {each.key} ({each.album or 'no album'})"
    own = {song.key, *(each.key for each in found.twins)}
    yield ""
    for near in found.files:
        is_it = near.match.acts and near.match.track in own
        yield f"{'*' if is_it else ' '} {near.file.path}"
        yield f"      {_state(near, is_it=is_it)}"
        for penalty in near.candidate.penalties if near.candidate else ():
            yield f"      {file_view.penalty_line(penalty)}"
    if not found.files:
        yield "No file comes near to it. If there is one: was it scanned? syncengine files scan"


def _state(near: NearFile, *, is_it: bool) -> str:
    like = "" if near.candidate is None else f"likeness {near.candidate.score:.2f}; "
    match = near.match
    if is_it:
        return f"{like}it is this track: {match.tier}. {match.reason}"
    if match.acts:
        return f"{like}it is another track, {match.track}: {match.tier}. {match.reason}"
    return f"{like}nobody acts on it ({match.tier}). {match.reason}"


def _track_document(found: ExplainedTrack) -> dict[str, object]:
    return {
        "track": file_view.song_document(found.song),
        "twins": [each.key for each in found.twins],
        "files": [
            {
                "path": path_text(each.file.path),
                "answer": file_view.match_document(each.match),
                "likeness": each.candidate and file_view.likeness_document(each.candidate),
            }
            for each in found.files
        ],
    }
