"""Which track an audio file is of: a person's decision, Spotify id, ISRC, then names and length.

A file's answer depends on the file, on the tracks and on decisions, never on other files. What takes how
much is in ``core/likeness.py``; docs/matching.md tells it to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from syncengine.core.candidate import (
    UNREAD,
    Candidate,
    against_id,
    against_isrc,
    best_of,
    candidate,
    unread,
)
from syncengine.core.file_reading import (
    NamedFile,
    Reading,
    first_reading,
    other_readings,
    spotify_key,
)
from syncengine.core.identity import TrackKey, fold
from syncengine.core.likeness import Compared
from syncengine.core.lookup import is_as_long
from syncengine.core.song import (
    Song,
    SongFacts,
    album_name,
    is_same_recording,
    read_song,
    sound_isrc,
)
from syncengine.core.song_index import SongIndex
from syncengine.core.version_words import hints_of

Tier = Literal["certain", "likely", "unsure", "none"]
"""How sure a match is; only ``certain`` and ``likely`` ones are ever acted on."""
By = Literal["decision", "spotify", "isrc", "names"]
"""What a match rests on."""

RULES = 1
"""Raised when files could get another answer than before: then all of them are matched again."""
CERTAIN = 0.95
LIKELY = 0.84
UNSURE = 0.55
"""The least likeness of each tier."""
GAP_CERTAIN = 0.08
GAP_LIKELY = 0.04
"""How much less like the runner-up has to be."""
GAP_TWIN = 0.01
"""How much less like another release of the same recording has to be for a certain match."""
_KEPT = 5
_SAYS_LESS = ("length unknown", "length 4-8 s off", "version word missing")


class Decisions(NamedTuple):
    """What people decided of files: the track that each is, and the tracks that it is not."""

    same: Mapping[str, TrackKey] = {}
    other: Mapping[str, frozenset[TrackKey]] = {}


NO_DECISIONS = Decisions()


@dataclass(frozen=True, slots=True)
class Match:
    """The answer for one file.

    ``score`` is how like names and length are, 0 to 1, also where an id decided.
    ``track`` is None where the tier is ``none``; of an ``unsure`` match it is the best candidate, which
    nobody acts on. ``gap`` is how much less like ``runner_up`` is, the best track that is not the same
    recording; None where there is none. ``twins`` are other tracks that are the same recording on another
    release. ``reason`` is one sentence.
    """

    file: str
    tier: Tier
    track: TrackKey | None
    by: By | None
    score: float
    reason: str
    best: Candidate | None = None
    runner_up: Candidate | None = None
    gap: float | None = None
    twins: tuple[TrackKey, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether something may be done because of it."""
        return self.tier in ("certain", "likely")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a file matched or not: what was read in it, by which ways, and its best candidates in order."""

    match: Match
    readings: tuple[Reading, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class TrackExplanation:
    """Which files come nearest to a track, the best first, and what became of each."""

    track: TrackKey
    candidates: tuple[tuple[Match, Candidate], ...]


class _Ranked(NamedTuple):
    """A file held against the tracks that it may be of, the best first."""

    file: NamedFile
    compared: Compared
    readings: tuple[Reading, ...]
    candidates: tuple[Candidate, ...]


class Matcher:
    """The tracks of a library, each key once, ready to be found."""

    def __init__(self, tracks: Iterable[SongFacts], decisions: Decisions = NO_DECISIONS) -> None:
        self._index = SongIndex(map(read_song, tracks))
        self._decisions = decisions

    def match(self, file: NamedFile) -> Match:
        """Return the answer for one file."""
        return self._answer(self._ranked(file))

    def match_all(self, files: Iterable[NamedFile]) -> dict[str, Match]:
        """Return the answer for each file."""
        return {file.file: self.match(file) for file in files}

    def explain(self, file: NamedFile) -> Explanation:
        """Return why a file matched or not."""
        ranked = self._ranked(file)
        candidates = ranked.candidates[:_KEPT]
        return Explanation(self._answer(ranked), ranked.readings, candidates)

    def explain_track(self, track: TrackKey, files: Iterable[NamedFile]) -> TrackExplanation:
        """Return which files come nearest to a track. Raises KeyError where the track is not known."""
        song = self._index.by_key[track]
        found = []
        for file in files:
            near = best_of(_readings(file), _compared(file), song)
            decided = self._decisions.same.get(file.file)
            if near.score >= UNSURE or decided in (song.key, *song.also):
                found.append((near, file))
        found.sort(key=lambda each: (-each[0].score, each[1].file))
        told = tuple((self.match(file), near) for near, file in found[:_KEPT])
        return TrackExplanation(song.key, told)

    def key(self, track: TrackKey) -> TrackKey | None:
        """Return the key that a track goes by now; None where it is not known."""
        song = self._index.by_key.get(track)
        return song.key if song else None

    def twins(self, track: TrackKey) -> tuple[TrackKey, ...]:
        """Return the other tracks that are the same recording as this one, as far as can be told."""
        song = self._index.by_key.get(track)
        return tuple(sorted(each.key for each in self._index.twins(song))) if song else ()

    def _ranked(self, file: NamedFile) -> _Ranked:
        """Hold a file against what it may be of, by its tags first and otherwise if these don't do."""
        compared = _compared(file)
        denied = self._denied(file)
        first = first_reading(file)
        readings: tuple[Reading, ...] = (first,) if first else ()
        best: dict[TrackKey, Candidate] = {}
        candidates = self._candidates(readings, compared, denied, best)
        if not self._is_settled(compared, candidates):
            others = tuple(_unlike(other_readings(file), readings))
            candidates = self._candidates(others, compared, denied, best)
            readings += others
        return _Ranked(file, compared, readings, candidates)

    def _is_settled(self, compared: Compared, candidates: tuple[Candidate, ...]) -> bool:
        """Tell whether the tags as they are do: by names, or by an id that nothing contradicts."""
        if candidates and candidates[0].score >= CERTAIN:
            return True
        song = self._named(compared)
        best = song and _of(candidates, song.key)
        return bool(best and best.score and not against_id(best))

    def _named(self, compared: Compared) -> Song | None:
        """Return the track whose Spotify id the file carries."""
        key = compared.spotify
        return self._index.by_key.get(key) if key else None

    def _denied(self, file: NamedFile) -> frozenset[TrackKey]:
        keys = self._decisions.other.get(file.file, frozenset())
        known = {self._index.by_key[key].key for key in keys if key in self._index.by_key}
        return keys | known

    def _candidates(
        self,
        readings: tuple[Reading, ...],
        compared: Compared,
        denied: frozenset[TrackKey],
        best: dict[TrackKey, Candidate],
    ) -> tuple[Candidate, ...]:
        """Return the tracks that a file may be of by these readings or was by earlier ones, in ``best``."""
        named = self._named(compared)
        always = [*([named] if named else ()), *self._index.by_isrc.get(compared.isrc or "", ())]
        for reading in readings:
            near = {song.key: song for song in self._index.near(reading, compared.duration_ms)}
            for song in {**near, **{song.key: song for song in always}}.values():
                one = candidate(reading, compared, song)
                was = best.get(song.key)
                if was is None or one.score > was.score or was.has(UNREAD):
                    best[song.key] = one
        for song in always:
            best.setdefault(song.key, unread(compared, song))
        found = [each for each in best.values() if each.track not in denied]
        return tuple(sorted(found, key=lambda each: self._order(each, compared)))

    def _order(self, one: Candidate, compared: Compared) -> tuple[float, int, TrackKey]:
        """Return what orders candidates: likeness, of equals the nearer length, then the key."""
        length = self._index.by_key[one.track].duration_ms
        off = abs(length - compared.duration_ms) if length and compared.duration_ms else 0
        return -one.score, off, one.track

    def _answer(self, ranked: _Ranked) -> Match:
        decided = self._decisions.same.get(ranked.file.file)
        if decided is not None:
            return self._decided(ranked, decided)
        by_id = self._by_spotify(ranked)
        if by_id:
            return by_id
        found = self._by_isrc(ranked) or self._by_names(ranked)
        denied = self._denied(ranked.file)
        if found.acts and found.track and any(self._is_twin(found.track, key) for key in denied):
            reason = "A person said that it is not another track of the same recording."
            return replace(found, tier="unsure", reason=reason)
        return found

    def _decided(self, ranked: _Ranked, track: TrackKey) -> Match:
        song = self._index.by_key.get(track)
        name = ranked.file.file
        if song is None:
            reason = "A person decided so; the track is in no playlist at present."
            return Match(name, "certain", track, "decision", 1.0, reason)
        best = best_of(ranked.readings, ranked.compared, song)
        return self._match(ranked, best, "certain", "decision", "A person decided so.")

    def _by_spotify(self, ranked: _Ranked) -> Match | None:
        song = self._named(ranked.compared)
        best = song and _of(ranked.candidates, song.key)
        if not song or not best:
            return None
        tier: Tier = "certain"
        reason = "The file carries the track's Spotify id."
        if against := against_id(best):
            tier, reason = "unsure", f"The file carries the track's Spotify id, but {against}."
        elif best.has("title in another script") and best.has("other artist"):
            tier, reason = "likely", "Spotify id and length are the track's, in another script."
            if ranked.candidates[0].score >= LIKELY:
                tier, reason = "unsure", "The Spotify id is one track's, the names are another's."
        return self._match(ranked, best, tier, "spotify", reason)

    def _by_isrc(self, ranked: _Ranked) -> Match | None:
        songs = self._index.by_isrc.get(ranked.compared.isrc or "", ())
        keys = {song.key for song in songs}
        found = [each for each in ranked.candidates if each.track in keys]
        if not found:
            return None
        best, tops = found[0], ranked.candidates[0]
        if against := against_isrc(best):
            reason = f"The ISRC is that of the track, but {against}."
        elif tops.track not in keys and tops.score >= LIKELY > best.score:
            reason = "The ISRC is that of one track, but names and length are those of another."
        else:
            return self._sound_isrc(ranked, found)
        by_names = self._by_names(ranked)
        if by_names.track not in keys and by_names.acts:
            best = by_names.best or best
        return self._match(ranked, best, "unsure", "isrc", reason)

    def _sound_isrc(self, ranked: _Ranked, found: list[Candidate]) -> Match:
        best = found[0]
        tier: Tier = "certain"
        reason = "ISRC and length are those of the track."
        if len(found) > 1 and round(best.score - found[1].score, 4) < GAP_TWIN:
            tier, reason = "likely", "ISRC and length are those of several tracks, one recording."
        elif best.score < UNSURE or best.has(*_SAYS_LESS):
            tier, reason = "likely", "The ISRC is that of the track; names or length say less."
        return self._match(ranked, best, tier, "isrc", reason)

    def _by_names(self, ranked: _Ranked) -> Match:
        name = ranked.file.file
        if not ranked.candidates or ranked.candidates[0].score < UNSURE:
            best = ranked.candidates[0] if ranked.candidates else None
            score = best.score if best else 0.0
            reason = "No track is like it." if best else "No track has its artist or its title."
            return Match(name, "none", None, None, score, reason, best=None, runner_up=best)
        best = ranked.candidates[0]
        tier, reason = self._tier(ranked, best)
        return self._match(ranked, best, tier, "names", reason)

    def _tier(self, ranked: _Ranked, best: Candidate) -> tuple[Tier, str]:
        runner_up, twins = self._others(ranked, best)
        gap = round(best.score - runner_up.score, 4) if runner_up else 1.0
        if best.score < LIKELY:
            return "unsure", f"It is like it, but {best.worst}."
        if gap < GAP_LIKELY:
            return "unsure", "Another track is as like it; see the runner-up."
        if best.score < CERTAIN:
            return "likely", f"It is very like it; {best.worst}."
        if gap < GAP_CERTAIN:
            return "likely", "Title, artists and length agree; another track is nearly as like it."
        if runner_up and self._says_more(runner_up, best):
            return "likely", "It is like it; another version of the song is as long."
        if any(round(best.score - each.score, 4) < GAP_TWIN for each in twins):
            return "likely", "Title, artists and length agree with several tracks, one recording."
        return "certain", "Title, artists and length agree."

    def _says_more(self, other: Candidate, best: Candidate) -> bool:
        """Tell whether another track is as long, and is only not it by words that the file lacks."""
        songs = self._index.by_key
        lone = [each for each in other.penalties if each.name == "version word missing"]
        if not is_as_long(songs[other.track].duration_ms, songs[best.track].duration_ms):
            return False
        gap = round(best.score - other.score, 4)
        size = round(sum(each.size for each in lone), 4)
        return any(not each.file for each in lone) and gap <= size

    def _others(self, ranked: _Ranked, best: Candidate) -> tuple[Candidate | None, list[Candidate]]:
        """Return the best track that is another recording, and those that are the same."""
        runner_up, twins = None, []
        for each in ranked.candidates:
            if each.track == best.track:
                continue
            if self._is_twin(best.track, each.track):
                twins.append(each)
            elif runner_up is None:
                runner_up = each
        return runner_up, twins

    def _is_twin(self, one: TrackKey, other: TrackKey) -> bool:
        songs = self._index.by_key
        return one in songs and other in songs and is_same_recording(songs[one], songs[other])

    def _match(self, ranked: _Ranked, best: Candidate, tier: Tier, by: By, reason: str) -> Match:
        runner_up, twins = self._others(ranked, best)
        gap = round(best.score - runner_up.score, 4) if runner_up else None
        keys = tuple(sorted(each.track for each in twins))
        return Match(
            ranked.file.file, tier, best.track, by, best.score, reason, best, runner_up, gap, keys
        )


def _unlike(readings: Iterable[Reading], known: Iterable[Reading]) -> Iterator[Reading]:
    """Yield the readings that say something else than those before them."""
    said = {(each.title.shown, each.artists.words) for each in known}
    for reading in readings:
        if (reading.title.shown, reading.artists.words) not in said:
            said.add((reading.title.shown, reading.artists.words))
            yield reading


def _readings(file: NamedFile) -> tuple[Reading, ...]:
    first = first_reading(file)
    return (*((first,) if first else ()), *other_readings(file))


def _compared(file: NamedFile) -> Compared:
    tags = file.tags
    album = fold(tags.album or "")
    return Compared(
        tags.duration_ms or None,
        sound_isrc(tags.isrc),
        spotify_key(file),
        album_name(album),
        hints_of(album),
        tags.album or "",
    )


def _of(candidates: tuple[Candidate, ...], track: TrackKey) -> Candidate | None:
    return next((each for each in candidates if each.track == track), None)
