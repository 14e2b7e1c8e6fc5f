"""Match the audio files with the library, and remember which track each is of.

Only what may have another answer than before is asked again; where nothing changed, the tracks are not
even read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import NamedTuple

from syncengine.core.audio_file import AudioFile
from syncengine.core.file_decision import FileDecision, decisions_on
from syncengine.core.file_match import FileMatch, basis_of, name_of
from syncengine.core.file_reading import NamedFile
from syncengine.core.identity import UNAVAILABLE, TrackKey
from syncengine.core.match import RULES, Decisions, Matcher, Tier
from syncengine.core.ports import Clock
from syncengine.core.song import SongFacts, song_facts
from syncengine.storage.unit_of_work import UnitOfWork

Progress = Callable[[int, int], None]
"""Is told how many files have been matched, and of how many."""
_OFTEN = 100
_LEFT = "It is of a track that was in the library, and is in no playlist any more."


@dataclass(frozen=True, slots=True)
class Matched:
    """What matching came to.

    ``anew`` counts the files that were matched; the tiers count all that are there and can be read.
    ``unchanged`` says that nothing had changed since the last time.
    """

    tiers: Mapping[Tier, int]
    anew: int = 0
    unchanged: bool = False


@dataclass(slots=True)
class Answers:
    """The answer for each file that is there and can be read, by number.

    ``changed`` are those that are not remembered so; ``anew`` counts those that were looked for.
    """

    files: Mapping[int, AudioFile]
    matches: dict[int, FileMatch]
    changed: list[FileMatch] = field(default_factory=list)
    anew: int = 0


class _State(NamedTuple):
    """All that answers follow from: equal ones make equal answers."""

    rules: str
    library: str
    files: str
    decisions: str


def match_files(unit: UnitOfWork, clock: Clock, progress: Progress | None = None) -> Matched:
    """Match what needs it, and remember the answers; the caller commits, or rolls back.

    What a person renamed or moved, or a sink, keeps its track. A file is matched again when its tags or
    the decisions on it changed, or when its track left the library (which it keeps where it is like no
    other); one that is not certain also when the library changed in any way.
    """
    made = unit.file_matches.decisions()
    state = _state(unit, made)
    noted = _noted(unit)
    if state == noted:
        return Matched(unit.file_matches.counts(), unchanged=True)
    found = _answers(unit, made, state, noted, progress)
    unit.file_matches.save(found.changed, clock())
    unit.file_matches.note_state(" ".join(state), clock())
    return Matched(unit.file_matches.counts(), found.anew)


def answers_now(unit: UnitOfWork, progress: Progress | None = None) -> Answers:
    """Return the answers as ``match_files`` would remember them, and remember nothing."""
    made = unit.file_matches.decisions()
    return _answers(unit, made, _state(unit, made), _noted(unit), progress)


def library_songs(unit: UnitOfWork) -> list[SongFacts]:
    """Return the tracks of the library, as matching wants them."""
    found = map(song_facts, unit.catalogue.tracks())
    return [each for each in found if each.key != UNAVAILABLE]


def named_file(number: int, file: AudioFile, was: FileMatch | None, basis: str) -> NamedFile:
    """Return a file as matching wants it, under the name that its answer rests on.

    An answer that is acted on keeps the name that it was found with: sinks give files other names.
    """
    kept = was is not None and was.acts and was.basis == basis
    return NamedFile(str(number), file.tags, was.name if was and kept else name_of(file.path))


def basis_on(number: int, file: AudioFile, decisions: Decisions) -> str:
    """Return a digest of what of a file its answer rests on."""
    name = str(number)
    return basis_of(file.tags, decisions.same.get(name), decisions.other.get(name, ()))


def _state(unit: UnitOfWork, made: Sequence[FileDecision]) -> _State:
    digest = blake2b(repr(made).encode(), digest_size=16).hexdigest()
    return _State(str(RULES), unit.library.digest(), unit.audio_files.state(), digest)


def _noted(unit: UnitOfWork) -> _State | None:
    parts = (unit.file_matches.state() or "").split(" ")
    return _State(*parts) if len(parts) == len(_State._fields) else None


def _answers(
    unit: UnitOfWork,
    made: Sequence[FileDecision],
    state: _State,
    noted: _State | None,
    progress: Progress | None,
) -> Answers:
    present = unit.audio_files.present()
    files = {number: file for number, file in present.items() if file.problem is None}
    stored = unit.file_matches.stored()
    was = {number: stored[number] for number in files.keys() & stored.keys()}
    if state == noted:
        return Answers(files, was)
    asking = _Asking(unit, files, was, decisions_on(files, made), progress)
    if noted is None or noted.rules != state.rules:
        return asking.ask(files.keys())
    unsettled = {number for number in files if not asking.is_as_it_was(number)}
    if noted.library == state.library:
        return asking.ask(unsettled)
    return asking.ask_of_another_library(unsettled)


class _Asking:
    """One run of matching: which files are asked again, and what becomes of the others."""

    def __init__(
        self,
        unit: UnitOfWork,
        files: Mapping[int, AudioFile],
        was: dict[int, FileMatch],
        decisions: Decisions,
        progress: Progress | None,
    ) -> None:
        self._unit = unit
        self._files = files
        self._was = was
        self._decisions = decisions
        self._progress = progress or (lambda _done, _total: None)
        self._bases = {number: basis_on(number, file, decisions) for number, file in files.items()}
        self._twins: dict[TrackKey, tuple[TrackKey, ...]] = {}

    def is_as_it_was(self, number: int) -> bool:
        """Tell whether all that an answer rests on, but for the library, is as it was."""
        was = self._was.get(number)
        if was is None or was.basis != self._bases[number]:
            return False
        return was.acts or was.name == name_of(self._files[number].path)

    def ask(self, numbers: Collection[int]) -> Answers:
        """Match these files; the answers for the others stay."""
        if not numbers:
            return Answers(self._files, self._was)
        return self._ask(Matcher(library_songs(self._unit), self._decisions), numbers)

    def ask_of_another_library(self, unsettled: Collection[int]) -> Answers:
        """Match these files and all that are not certain, or whose track is gone."""
        matcher = Matcher(library_songs(self._unit), self._decisions)
        # What has no answer is unsettled, so each of the others has one.
        asked = {
            number
            for number in self._files
            if number in unsettled or not is_settled(matcher, self._was[number])
        }
        found = self._ask(matcher, asked)
        for number in self._files.keys() - asked:
            was = self._was[number]
            now = replace(was, twins=self._other_tracks(matcher, was))
            if now != was:
                found.matches[number] = now
                found.changed.append(now)
        return found

    def _ask(self, matcher: Matcher, numbers: Collection[int]) -> Answers:
        matches = dict(self._was)
        changed = []
        for done, number in enumerate(sorted(numbers), 1):
            now = self._match(matcher, number)
            if now != self._was.get(number):
                changed.append(now)
            matches[number] = now
            if done % _OFTEN == 0 or done == len(numbers):
                self._progress(done, len(numbers))
        return Answers(self._files, matches, changed, len(numbers))

    def _match(self, matcher: Matcher, number: int) -> FileMatch:
        basis = self._bases[number]
        named = named_file(number, self._files[number], self._was.get(number), basis)
        found = matcher.match(named)
        now = FileMatch(
            number, found.tier, found.track, found.by, found.score, found.reason, (), basis, named.stem
        )  # fmt: skip
        was = self._was.get(number)
        if was and was.basis == basis and not now.acts and left_the_library(matcher, was):
            return replace(was, reason=_LEFT, twins=())
        return replace(now, twins=self._other_tracks(matcher, now))

    def _other_tracks(self, matcher: Matcher, match: FileMatch) -> tuple[TrackKey, ...]:
        """Return the twins of a match that is acted on, but for those that a person said it is not."""
        track = match.track
        if track is None or not match.acts:
            return ()
        if track not in self._twins:
            self._twins[track] = matcher.twins(track)
        denied = self._decisions.other.get(str(match.file), frozenset())
        return tuple(each for each in self._twins[track] if each not in denied)


def is_settled(matcher: Matcher, match: FileMatch) -> bool:
    """Tell whether a match is certain, and its track still there under the same key.

    What a person decided is asked again, since its track may have come only now.
    """
    if match.tier != "certain" or match.track is None or match.by == "decision":
        return False
    return matcher.key(match.track) == match.track


def left_the_library(matcher: Matcher, match: FileMatch) -> bool:
    """Tell whether the track of a match that is acted on is in no playlist any more."""
    return match.acts and match.track is not None and matcher.key(match.track) is None
