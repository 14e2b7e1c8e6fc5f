"""What people decided of files, and which files it is about.

A decision hangs on two things: on the file's number, which stays when the file is moved, tagged anew or
replaced by a better form of the song; and on its audio, so that it also holds for identical copies and
for the same file under another number, should the numbers ever be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from syncengine.core.audio_file import AudioFile
from syncengine.core.identity import TrackKey
from syncengine.core.match import Decisions

Verdict = Literal["same", "different"]
"""The file is the track, or it is not."""


class FileDecision(NamedTuple):
    """One decision; ``file`` is one of ``marks_of``."""

    file: str
    verdict: Verdict
    track: TrackKey


def marks_of(number: int | None, digest: str | None) -> tuple[str, ...]:
    """Return what decisions on a file hang on: its number and its audio, as far as they are known."""
    by_number = () if number is None else (f"file:{number}",)
    return (*by_number, *(() if digest is None else (f"audio:{digest}",)))


def number_in(mark: str) -> int | None:
    """Return the number of the file that a mark is about; None where it is about audio."""
    kind, _, number = mark.partition(":")
    return int(number) if kind == "file" else None


def decisions_on(files: Mapping[int, AudioFile], made: Sequence[FileDecision]) -> Decisions:
    """Return what holds for files, which go by their numbers as texts; of two decisions the later one.

    ``made`` is in the order in which it was decided.
    """
    about: dict[str, list[int]] = {}
    for each in made:
        about.setdefault(each.file, [])
    if about:
        for number, file in files.items():
            for mark in marks_of(number, file.digest):
                if mark in about:
                    about[mark].append(number)
    same: dict[str, TrackKey] = {}
    other: dict[str, set[TrackKey]] = {}
    for each in made:
        for name in map(str, about[each.file]):
            _settle(each, name, same, other)
    return Decisions(same, {name: frozenset(tracks) for name, tracks in other.items() if tracks})


def _settle(
    each: FileDecision, name: str, same: dict[str, TrackKey], other: dict[str, set[TrackKey]]
) -> None:
    if each.verdict == "same":
        same[name] = each.track
        other.get(name, set()).discard(each.track)
        return
    other.setdefault(name, set()).add(each.track)
    if same.get(name) == each.track:
        del same[name]


def marks_of_copies(
    number: int | None, digest: str | None, files: Iterable[tuple[int, AudioFile]]
) -> set[str]:
    """Return what decisions on a file hang on, and on all its identical copies."""
    marks = set(marks_of(number, digest))
    if digest is not None:
        marks.update(f"file:{each}" for each, file in files if file.digest == digest)
    return marks
