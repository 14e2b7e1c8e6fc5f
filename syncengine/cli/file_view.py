"""Audio files and the tracks they are of, as people and scripts are told of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from syncengine.core.path_text import path_text

if TYPE_CHECKING:
    from syncengine.core.candidate import Candidate
    from syncengine.core.file_match import FileMatch
    from syncengine.core.identity import TrackKey
    from syncengine.core.likeness import Penalty
    from syncengine.core.match import Match
    from syncengine.core.song import SongFacts
    from syncengine.jobs.watch import Watch

_TIERS = {
    "certain": "certain",
    "likely": "likely",
    "unsure": "unsure, so nothing is done with it",
    "none": "no track",
}


def absolute(path: str) -> str:
    """Return the absolute path that a person means, as files are known by it."""
    whole = os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 -- a path may be no text
    return whole[1:] if whole.startswith("//") else whole


class Following:
    """Tells a bar how far a job is, phase by phase."""

    def __init__(self, steps: Watch) -> None:
        self._steps = steps
        self._gone = 0

    def phase(self, about: str) -> Callable[[int, int], None]:
        """Return what is told how many are done, and of how many; the bar says what it is about."""
        begin: list[int] = []

        def progress(done: int, total: int) -> None:
            if not begin:
                begin.append(self._gone)
                self._steps.describe(about)
            self._steps.expect(begin[0] + total)
            self._steps.advance(begin[0] + done - self._gone)
            self._gone = begin[0] + done

        return progress


def length(milliseconds: int | None) -> str:
    """Return a length as minutes and seconds."""
    if not milliseconds:
        return "unknown"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02}"


def called(song: SongFacts | None, key: TrackKey) -> str:
    """Return a track as a person names it; its key where no playlist holds it."""
    if song is None:
        return key
    artists = ", ".join(song.artists) or "(nobody)"
    return f"{artists} – {song.title or '(no title)'}"


def sentence(match: Match | FileMatch, songs: Mapping[TrackKey, SongFacts]) -> str:
    """Return an answer for a file in words, with its reason."""
    if match.track is None:
        return f"It is of no track: {match.reason}"
    name = called(songs.get(match.track), match.track)
    key = f" ({match.track})" if match.track in songs else ""
    verb = "It is" if match.acts else "It may be"
    return f"{verb} {name}{key}: {_TIERS[match.tier]}. {match.reason}"


def penalty_line(each: Penalty) -> str:
    """Return what speaks against a candidate, in words."""
    sides = ""
    if each.file or each.track:
        sides = f": {each.file or 'nothing'} in the file, {each.track or 'nothing'} in the library"
    return f"-{each.size:.2f}  {each.name}{sides}"


def match_document(match: Match | FileMatch) -> dict[str, object]:
    """Return an answer for a file as its JSON says it."""
    return {
        "tier": match.tier,
        "track": match.track,
        "by": match.by,
        "score": match.score,
        "reason": match.reason,
        "twins": list(match.twins),
    }


def song_document(song: SongFacts) -> dict[str, object]:
    """Return a track as JSON says it here."""
    return {
        "uri": song.key,
        "title": song.title,
        "artists": list(song.artists),
        "album": song.album,
        "duration_ms": song.duration_ms,
        "isrc": song.isrc,
    }


def likeness_document(one: Candidate) -> dict[str, object]:
    """Return how like a file and a track are as JSON says it."""
    return {
        "score": one.score,
        "way": one.way,
        "penalties": [
            {"name": each.name, "size": each.size, "file": each.file, "track": each.track}
            for each in one.penalties
        ],
    }


def path_list(found: Iterable[str]) -> list[str]:
    """Return paths as JSON takes them."""
    return [path_text(each) for each in found]
