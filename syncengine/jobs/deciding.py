"""Record what a person says a file is, or is not; or take it back."""

from __future__ import annotations

from dataclasses import dataclass

from syncengine.core.audio_file import AudioFile
from syncengine.core.file_decision import Verdict, marks_of, marks_of_copies
from syncengine.core.file_match import FileMatch
from syncengine.core.identity import TrackKey
from syncengine.core.match import Match
from syncengine.core.moment import Instant
from syncengine.core.music_folder import MusicFolders
from syncengine.core.ports import Clock
from syncengine.core.song import SongFacts
from syncengine.errors import NotFound, UserError
from syncengine.jobs.explaining import copies_of, explain_located
from syncengine.jobs.locating import Located, locate
from syncengine.jobs.matching import Progress, library_songs, match_files
from syncengine.jobs.runs import OpenUnit, recorded_run
from syncengine.storage.repositories.file_decisions import judge_file, take_back_file
from syncengine.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says; ``verdict`` is None where it is taken back, ``track`` None for any track."""

    track: TrackKey | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of it.

    ``answer`` is what the file is now, None where it cannot be read. ``songs`` has what is known of the
    tracks that are named; a track that no playlist holds is not among them. ``copies`` are the
    files with the same audio, for which it holds too.
    """

    located: Located
    answer: Match | FileMatch | None
    songs: dict[TrackKey, SongFacts]
    copies: tuple[str, ...]


def decide_file(
    path: str,
    said: Said,
    *,
    reader: MusicFolders,
    open_unit: OpenUnit,
    clock: Clock,
    progress: Progress | None = None,
) -> Decided:
    """Record what a file is or is not, match it again, and return what it is now; a recorded run.

    Raises NotFound where there is no file, or nothing to take back, UserError where the file cannot be
    told from others.
    """
    with recorded_run(open_unit, "files decide", clock) as run, open_unit() as unit:
        present = unit.audio_files.present()
        located = locate(path, present, reader)
        _record(unit, located, said, present, clock())
        match_files(unit, clock, progress)
        answer: Match | FileMatch | None = None
        if located.number is not None:
            answer = unit.file_matches.stored().get(located.number)
        elif located.file.problem is None:
            found = explain_located(unit, located).explanation
            answer = None if found is None else found.match
        songs = _named(unit, {said.track, None if answer is None else answer.track})
        unit.commit()
        run.summary = {"verdict": said.verdict or "taken back"}
    if located.file.problem is not None:
        answer = None
    return Decided(located, answer, songs, copies_of(located, present))


def _record(
    unit: UnitOfWork, located: Located, said: Said, present: dict[int, AudioFile], at: Instant
) -> None:
    number, file = located.number, located.file
    marks = marks_of(number, file.digest)
    if not marks:
        raise UserError(f"{file.path} cannot be told from other files: {file.problem}")
    copies = marks_of_copies(number, file.digest, present.items())
    if said.verdict is not None and said.track is not None:
        judge_file(unit.connection, marks, said.track, said.verdict, at, copies=copies)
    elif not take_back_file(unit.connection, copies, said.track, at):
        about = f" about {said.track}" if said.track else ""
        raise NotFound(f"nothing was decided of {file.path}{about}, so nothing is taken back")


def _named(unit: UnitOfWork, keys: set[TrackKey | None]) -> dict[TrackKey, SongFacts]:
    """Return what is known of tracks, by each key that they go by."""
    return {
        key: song for song in library_songs(unit) for key in (song.key, *song.also) if key in keys
    }
