"""Write any moment of the library as files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.core.identity import LIKED
from syncengine.core.moment import Instant
from syncengine.core.ports import ExportedEntry, ExportedPlaylist
from syncengine.core.track import Facts
from syncengine.errors import UserError
from syncengine.jobs.history import LibraryThen, PlaylistThen

Render = Callable[[ExportedPlaylist], bytes]
"""Turns a playlist into a file's bytes."""

LIKED_STEM = "Liked_Songs"
FOLDER = "spotify_playlists"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that an export wrote; ``path`` is relative to the folder."""

    path: str
    playlist: str
    entries: int


def export_library(
    then: LibraryThen,
    folder: Path,
    *,
    suffix: str,
    render: Render,
    safe_stem: Callable[[str], str],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[WrittenFile]:
    """Write one file a playlist in the backup-folder layout; file times are set to the moment.

    ``safe_stem`` makes a file stem of any text. Raises UserError where a file cannot be written.
    """
    taken: set[str] = set()
    written: list[WrittenFile] = []
    try:
        for done, playlist in enumerate(then.playlists):
            place = _place(playlist, suffix, taken, safe_stem)
            content = render(to_exported(playlist, then))
            _write(folder / place, content, then.at)
            written.append(
                WrittenFile(place.as_posix(), playlist.state.name, len(playlist.entries))
            )
            progress(done + 1, len(then.playlists))
    except OSError as error:
        raise UserError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return written


def to_exported(playlist: PlaylistThen, then: LibraryThen) -> ExportedPlaylist:
    """Return a playlist with the facts that held at the moment."""
    state = playlist.state
    entries: Sequence[ExportedEntry] = [
        ExportedEntry(
            then.facts.get(entry.track, Facts(entry.track)),
            entry.added_at,
            entry.added_by,
            then.popularity.get(entry.track),
        )
        for entry in playlist.entries
    ]
    return ExportedPlaylist(state.key, state.name, state.stem, entries)


def _place(
    playlist: PlaylistThen, suffix: str, taken: set[str], safe_stem: Callable[[str], str]
) -> Path:
    state = playlist.state
    if state.key == LIKED:
        stem, parent = LIKED_STEM, Path()
    else:
        stem, parent = safe_stem(state.stem), Path(FOLDER)
    # Two stems that differ only in case are one file on some systems.
    number = 1
    while (parent / stem).as_posix().casefold() in taken:
        number += 1
        stem = f"{safe_stem(state.stem)}~{number}"
    taken.add((parent / stem).as_posix().casefold())
    return parent / f"{stem}.{suffix}"


def _write(path: Path, content: bytes, at: Instant) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.write_bytes(content)
    os.utime(partial, (at, at))
    partial.replace(path)
