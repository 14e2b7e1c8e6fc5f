"""Which track a file is of, as it is remembered, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePath

from syncengine.core.audio_file import Tags
from syncengine.core.identity import TrackKey
from syncengine.core.match import By, Tier
from syncengine.core.path_text import path_text


@dataclass(frozen=True, slots=True)
class FileMatch:
    """The answer for a file, by its number; the fields from ``tier`` to ``reason`` are those of a Match.

    ``twins`` are other tracks of the library that are the same recording, if the match is acted on.
    ``basis`` is a digest of the tags and decisions that the answer rests on, ``name`` what the file was
    called then, without folder and ending.
    """

    file: int
    tier: Tier
    track: TrackKey | None
    by: By | None
    score: float
    reason: str
    twins: tuple[TrackKey, ...] = ()
    basis: str = ""
    name: str = ""

    @property
    def acts(self) -> bool:
        """Whether something may be done because of it."""
        return self.tier in ("certain", "likely")


def basis_of(tags: Tags, same: TrackKey | None, other: Iterable[TrackKey]) -> str:
    """Return a digest of a file's tags, and of what people decided that it is and is not."""
    said = repr((tuple(tags), same, sorted(other)))
    return blake2b(said.encode(errors="backslashreplace"), digest_size=16).hexdigest()


def name_of(path: str) -> str:
    """Return what a file is called, without folder and ending, as text."""
    return path_text(PurePath(path).stem)


def tracks_with_a_file(matches: Iterable[FileMatch]) -> dict[TrackKey, list[int]]:
    """Return the tracks that a file is of, or of the same recording, with these files by number."""
    found: dict[TrackKey, list[int]] = {}
    for match in matches:
        if match.acts and match.track is not None:
            for track in (match.track, *match.twins):
                found.setdefault(track, []).append(match.file)
    return found
