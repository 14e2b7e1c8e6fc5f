"""Which audio files have no track."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.core.audio_file import AudioFile
from syncengine.core.file_match import FileMatch
from syncengine.core.identity import TrackKey
from syncengine.core.song import SongFacts
from syncengine.jobs.matching import Answers, Progress, answers_now, library_songs
from syncengine.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SameAudio:
    """Another file with the same audio; ``track`` is what it is of, where that is acted on."""

    path: str
    track: TrackKey | None


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file without a track; ``match`` has the best candidate, where it is unsure."""

    file: AudioFile
    match: FileMatch
    same_audio: tuple[SameAudio, ...] = ()


@dataclass(frozen=True, slots=True)
class Orphans:
    """The files without a track, by path; ``files`` counts all that are there and can be read."""

    none: tuple[Orphan, ...]
    unsure: tuple[Orphan, ...]
    songs: Mapping[TrackKey, SongFacts]
    files: int


def orphans(unit: UnitOfWork, progress: Progress | None = None) -> Orphans:
    """Return the files that are of no track, and those of which nobody knows. Nothing is remembered."""
    answers = answers_now(unit, progress)
    found = _without_track(answers)
    named = {each.match.track for each in found}
    named |= {other.track for each in found for other in each.same_audio}
    songs = library_songs(unit) if named - {None} else ()
    return Orphans(
        tuple(each for each in found if each.match.tier == "none"),
        tuple(each for each in found if each.match.tier == "unsure"),
        {each.key: each for each in songs if each.key in named},
        len(answers.files),
    )


def _without_track(answers: Answers) -> list[Orphan]:
    audio: dict[str, list[int]] = defaultdict(list)
    for number, file in answers.files.items():
        if file.digest is not None:
            audio[file.digest].append(number)
    found = []
    for number, match in answers.matches.items():
        if not match.acts:
            file = answers.files[number]
            others = [each for each in audio.get(file.digest or "", ()) if each != number]
            found.append(Orphan(file, match, tuple(_told(answers, each) for each in others)))
    return sorted(found, key=lambda each: each.file.path)


def _told(answers: Answers, number: int) -> SameAudio:
    match = answers.matches[number]
    return SameAudio(answers.files[number].path, match.track if match.acts else None)
