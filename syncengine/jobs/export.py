"""Write any moment of the library as files."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from syncengine.core.identity import LIKED, is_album
from syncengine.core.moment import Instant
from syncengine.core.ports import Clock, ExportedEntry, ExportedPlaylist
from syncengine.core.track import Facts
from syncengine.errors import Locked, UserError
from syncengine.jobs.history import LibraryThen, PlaylistThen
from syncengine.jobs.runs import OpenUnit

Render = Callable[[ExportedPlaylist], bytes]
"""Turns a playlist into a file's bytes."""

LIKED_STEM = "Liked_Songs"
FOLDER = "spotify_playlists"
_LONGEST_NAME = 255
"""Bytes of a file name that the usual file systems take."""
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "123456789¹²³")]
)
"""Windows opens these whatever their suffix (Microsoft, "Naming Files, Paths, and Namespaces")."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that an export wrote; ``path`` is relative to the folder, ``digest`` its SHA-256."""

    path: str
    playlist: str
    entries: int
    digest: bytes


def without_albums(then: LibraryThen) -> LibraryThen:
    """Return a library without its albums: an export of one would come back as a playlist."""
    playlists = [each for each in then.playlists if not is_album(each.state.key)]
    return replace(then, playlists=playlists)


def export_library(
    then: LibraryThen,
    folder: Path,
    *,
    suffix: str,
    render: Render,
    safe_stem: Callable[[str], str],
    is_ours: Callable[[bytes], bool],
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[WrittenFile]:
    """Write one file a playlist in the backup-folder layout; file times are set to the moment.

    ``safe_stem`` makes a file stem of any text, ``is_ours`` tells by a digest whether an export wrote
    a file. Raises UserError, before anything is written, where a file stands that no export wrote
    (unless ``overwrite``), and where one cannot be written.
    """
    taken: set[str] = set()
    places = [_place(each, suffix, taken, safe_stem) for each in then.playlists]
    written: list[WrittenFile] = []
    try:
        if not overwrite:
            _spare(folder, places, is_ours)
        for done, (place, playlist) in enumerate(zip(places, then.playlists, strict=True)):
            content = render(to_exported(playlist, then))
            digest = hashlib.sha256(content).digest()
            _write(folder / place, content, then.at)
            written.append(
                WrittenFile(place.as_posix(), playlist.state.name, len(playlist.entries), digest)
            )
            progress(done + 1, len(places))
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written to: {error.strerror}; "
            f"{len(written)} of {len(places)} files were written"
        ) from error
    return written


def note_written(
    open_unit: OpenUnit, written: Sequence[WrittenFile], at: Instant, *, clock: Clock
) -> bool:
    """Remember what was written: it is no observation, should it come back through an import.

    Returns False, with nothing lost but that, where another run keeps the database busy.
    """
    try:
        with open_unit() as unit:
            counts = {file.digest: file.entries for file in written}
            unit.ledger.note_exports(counts, at, clock())
            unit.commit()
    except Locked:
        return False
    return True


def _spare(folder: Path, places: Sequence[Path], is_ours: Callable[[bytes], bool]) -> None:
    """Never write over a file that a person, or an exporter, put there."""
    for place in places:
        path = folder / place
        if path.exists() and not (
            path.is_file() and is_ours(hashlib.sha256(path.read_bytes()).digest())
        ):
            raise UserError(
                f"{path} is there already and no export of this library wrote it; "
                "choose another folder, or say --overwrite"
            )


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
    # Two stems that differ only in case, or in how accents are composed, are one file on some systems.
    number, place = 1, parent / _named(stem, f".{suffix}")
    while _folded(place) in taken:
        number += 1
        place = parent / _named(stem, f"~{number}.{suffix}")
    taken.add(_folded(place))
    return place


def _named(stem: str, end: str) -> str:
    """Return a file name that every system takes: as long as fits, and no device of Windows'."""
    if stem.partition(".")[0].strip().upper() in _DEVICES:
        stem = f"_{stem}"
    room = _LONGEST_NAME - len(end.encode())
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + end


def _folded(place: Path) -> str:
    return unicodedata.normalize("NFC", place.as_posix()).casefold()


def _write(path: Path, content: bytes, at: Instant) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not by the file's own name, which may be as long as names can be.
    partial = path.with_name(f".{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        os.utime(partial, (at, at))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
