"""Say why a file is of a track, or of none, and which files come nearest to a track."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from syncengine.core.audio_file import AudioFile
from syncengine.core.candidate import Candidate
from syncengine.core.file_decision import decisions_on
from syncengine.core.file_match import FileMatch, tracks_with_a_file
from syncengine.core.file_reading import NamedFile
from syncengine.core.identity import TrackKey
from syncengine.core.match import Explanation, Match, Matcher
from syncengine.core.music_folder import MusicFolders
from syncengine.core.song import SongFacts
from syncengine.errors import NotFound
from syncengine.jobs.locating import Located, locate
from syncengine.jobs.matching import (
    basis_on,
    is_settled,
    left_the_library,
    library_songs,
    named_file,
)
from syncengine.storage.unit_of_work import UnitOfWork

Progress = Callable[[int, int], None]
_UNSCANNED = 0
"""A number that no file has."""
_OFTEN = 100


@dataclass(frozen=True, slots=True)
class ExplainedFile:
    """Why a file is of a track or not.

    ``explanation`` is what is found now, None for a file that cannot be read; ``kept`` is the answer that was
    remembered and stays, where it differs from that. ``songs`` has what is named in either.
    ``copies`` are paths of other files with the same audio.
    """

    located: Located
    explanation: Explanation | None = None
    kept: FileMatch | None = None
    songs: Mapping[TrackKey, SongFacts] | None = None
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NearFile:
    """A file that comes near to a track: what it was found to be, and how like it is to this track.

    ``candidate`` is None where it is not like it, and is its file all the same.
    """

    file: AudioFile
    match: Match | FileMatch
    candidate: Candidate | None


@dataclass(frozen=True, slots=True)
class ExplainedTrack:
    """Which files are of a track, or come near to it; ``twins`` are the same recording elsewhere."""

    song: SongFacts
    twins: tuple[SongFacts, ...]
    files: tuple[NearFile, ...]


def explain_file(unit: UnitOfWork, path: str, reader: MusicFolders) -> ExplainedFile:
    """Return why the file at a path is of a track or not. Raises NotFound where there is no file."""
    present = unit.audio_files.present()
    located = locate(path, present, reader)
    copies = copies_of(located, present)
    if located.file.problem is not None:
        return ExplainedFile(located, copies=copies)
    return explain_located(unit, located, copies)


def copies_of(located: Located, present: Mapping[int, AudioFile]) -> tuple[str, ...]:
    """Return the paths of the other files with the same audio."""
    digest = located.file.digest
    if digest is None:
        return ()
    return tuple(
        file.path
        for number, file in present.items()
        if file.digest == digest and number != located.number and file.path != located.file.path
    )


def explain_located(
    unit: UnitOfWork, located: Located, copies: tuple[str, ...] = ()
) -> ExplainedFile:
    """Return why a file that can be read is of a track or not."""
    number, file = located.number or _UNSCANNED, located.file
    decisions = decisions_on({number: file}, unit.file_matches.decisions())
    songs = {each.key: each for each in library_songs(unit)}
    matcher = Matcher(songs.values(), decisions)
    was = unit.file_matches.stored().get(number)
    basis = basis_on(number, file, decisions)
    found = matcher.explain(named_file(number, file, was, basis))
    kept = was if was and was.basis == basis and _stays(matcher, was, found.match) else None
    named = {each.track for each in found.candidates} | {found.match.track, kept and kept.track}
    return ExplainedFile(
        located, found, kept, {key: songs[key] for key in named if key in songs}, copies
    )


def _stays(matcher: Matcher, was: FileMatch, now: Match) -> bool:
    """Tell whether what was found before stays, and is something else than what is found now."""
    if (was.tier, was.track) == (now.tier, now.track):
        return False
    return is_settled(matcher, was) or (not now.acts and left_the_library(matcher, was))


def explain_track(
    unit: UnitOfWork, track: TrackKey, progress: Progress | None = None
) -> ExplainedTrack:
    """Return which files come nearest to a track. Raises NotFound where no playlist holds it."""
    present = unit.audio_files.present()
    files = {number: file for number, file in present.items() if file.problem is None}
    decisions = decisions_on(files, unit.file_matches.decisions())
    songs = {each.key: each for each in library_songs(unit)}
    matcher = Matcher(songs.values(), decisions)
    key = matcher.key(track)
    if key is None:
        raise NotFound(f"no playlist holds {track}, so no file is looked for")
    stored = unit.file_matches.stored()
    named = {
        number: named_file(number, file, stored.get(number), basis_on(number, file, decisions))
        for number, file in files.items()
    }
    near = matcher.explain_track(key, _told(named, progress)).candidates
    found = [NearFile(files[int(match.file)], match, best) for match, best in near]
    told = {int(match.file) for match, _ in near}
    is_of = tracks_with_a_file(stored[number] for number in files if number in stored)
    others = [number for number in is_of.get(key, ()) if number not in told]
    found += [NearFile(files[number], stored[number], None) for number in others]
    twins = tuple(songs[each] for each in matcher.twins(key))
    return ExplainedTrack(songs[key], twins, tuple(found))


def _told(named: Mapping[int, NamedFile], progress: Progress | None) -> Iterator[NamedFile]:
    for done, each in enumerate(named.values(), 1):
        yield each
        if progress is not None and (done % _OFTEN == 0 or done == len(named)):
            progress(done, len(named))
