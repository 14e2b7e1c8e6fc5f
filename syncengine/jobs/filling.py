"""Making playlists at a service and filling them, once each, whatever interrupts it.

A playlist carries the mark of its plan in its description, so a run finds it again even where the
database was lost. After each call the version that the playlist has by now is noted, with how far it came and
what is done next: while the version stands, what is there is known without reading it. Else it is read
and compared, so that nothing is added twice, also where the answer to a call was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from syncengine.core.bringing import Add, after, to_fill
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.ports import Clock
from syncengine.core.remote_writing import BATCH, OwnPlaylist, PlaylistWriter
from syncengine.errors import Gone, OutcomeUnknown
from syncengine.jobs.runs import OpenUnit
from syncengine.jobs.watch import NOBODY, Watch
from syncengine.storage.repositories.remote import WRITING, Note

Wait = Callable[[float], None]
"""Waits for some seconds."""

LOOKS = (2.0, 5.0)
"""Seconds before each look for what a lost answer may have left: lists lag behind a write."""
_MOST_LOSSES = 5
"""Answers to one and the same step that may be lost before the run gives up."""
_LAG = 600
"""Seconds for which a listing may not show a playlist that was made."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A playlist to be made; ``mark`` stands in its ``description`` and in no other's."""

    mark: str
    name: str
    description: str
    tracks: Sequence[TrackKey]


@dataclass(slots=True)
class Filled:
    """What became of a wanted playlist; ``twins`` are others that carry its mark.

    ``added`` counts entries that this run added, ``completed_at`` is set where it had nothing to do.
    """

    mark: str
    key: PlaylistKey
    name: str
    is_new: bool
    entries: int
    added: int = 0
    completed_at: Instant | None = None
    twins: Sequence[PlaylistKey] = ()


class Progressed(msgspec.Struct, omit_defaults=True):
    """What is noted of a playlist that is being filled, as JSON.

    The first ``there`` wanted tracks stand there at ``version``, and nothing else; None where that is not
    so. ``doing`` is how many would stand there after the call that is about to be made.
    """

    name: str = ""
    plan: str = ""
    about: str = ""
    key: str = ""
    version: str = ""
    there: int | None = None
    doing: int | None = None
    total: int = 0
    complete: bool = False


@dataclass(slots=True)
class Filling:
    """Fills playlists of one plan; ``wait`` is asked to wait before a look for what was lost.

    ``about`` is noted, too: what the plan is about, the same for plans that take each other's place.
    """

    writer: PlaylistWriter
    open_unit: OpenUnit
    clock: Clock
    wait: Wait
    plan: str
    about: str = ""
    steps: Watch = NOBODY
    done: int = 0
    """Entries that this run added."""
    _me: str = ""
    _notes: dict[str, Note] = field(default_factory=dict)

    def run(self, wanted: Sequence[Wanted]) -> list[Filled]:
        """Bring every wanted playlist to be, one after the other.

        Raises RemoteError; what was done until then stays and is gone on with by the next run.
        """
        self._notes = progress_of(self.open_unit, self.writer.name)
        self._me = self.writer.person()
        mine = self._mine()
        return [self._filled(one, mine) for one in wanted]

    # Finding

    def _mine(self) -> list[OwnPlaylist]:
        """Return the person's own playlists; one that only carries a mark is not to be written to."""
        playlists: list[OwnPlaylist] = []
        offset, total = 0, 1
        while offset < total:
            page = self.writer.listing(offset)
            playlists += page.playlists
            total = page.total
            offset += page.places or total
        return [each for each in playlists if each.owner == self._me]

    def _marked(self, mark: str, mine: Sequence[OwnPlaylist]) -> list[OwnPlaylist]:
        found = [each for each in mine if mark in each.description.split()]
        return sorted(found, key=lambda each: -each.total)

    def _filled(self, one: Wanted, mine: Sequence[OwnPlaylist]) -> Filled:
        note = self._noted(one.mark)
        marked = self._marked(one.mark, mine) or self._lagging(one, note)
        is_new = not marked
        playlist = self._made(one) if is_new else marked[0]
        if note.doing is not None and not is_new:
            # A call was under way: a listing may not know of it yet.
            playlist = self.writer.describe(playlist.key)
        made = Filled(one.mark, playlist.key, playlist.name, is_new, playlist.total)
        made.twins = [each.key for each in marked[1:]]
        if note.complete and note.key == playlist.key:
            made.completed_at = self._notes[one.mark].at
            self.steps.advance(len(one.tracks))
            return made
        there = [] if is_new else self._there(one, playlist, note)
        self.steps.advance(min(len(there), len(one.tracks)))
        self._fill(one, made, there, playlist.version)
        return made

    def _lagging(self, one: Wanted, note: Progressed) -> list[OwnPlaylist]:
        """Return the playlist that was begun so lately that a listing may not show it yet.

        One that was complete was seen since, so a person deleted it.
        """
        noted = self._notes.get(one.mark)
        if not note.key or note.complete or noted is None or self.clock() - noted.at > _LAG:
            return []
        try:
            return self._marked(one.mark, [self.writer.describe(PlaylistKey(note.key))])
        except Gone:
            return []

    def _made(self, one: Wanted) -> OwnPlaylist:
        """Make a playlist; where the answer is lost, look for it before another is made."""
        for loss in range(_MOST_LOSSES):
            self._note(one, Progressed())
            try:
                return self.writer.create(one.name, one.description)
            except OutcomeUnknown:
                if loss == _MOST_LOSSES - 1:
                    raise
            for seconds in LOOKS:
                self.wait(seconds)
                if found := self._marked(one.mark, self._mine()):
                    return found[0]
        raise AssertionError  # the last loss was raised

    # What is there

    def _there(self, one: Wanted, playlist: OwnPlaylist, note: Progressed) -> list[TrackKey]:
        """Return what stands in a playlist that was begun before."""
        if playlist.total == 0:
            return []
        if note.key == playlist.key and note.there is not None:
            if note.version == playlist.version:
                return list(one.tracks[: note.there])
            if (known := self._after_loss(one, playlist, note)) is not None:
                return known
        return self._read(playlist.key)

    def _after_loss(
        self, one: Wanted, playlist: OwnPlaylist, note: Progressed
    ) -> list[TrackKey] | None:
        """Return what is there after a call of which nothing is known; None where it was not that alone."""
        if note.there is None or note.doing is None or playlist.total != note.doing:
            return None
        batch = list(one.tracks[note.there : note.doing])
        if self._read(playlist.key, note.there) != batch:
            return None
        return list(one.tracks[: note.doing])

    def _read(self, key: PlaylistKey, offset: int = 0) -> list[TrackKey]:
        found: list[TrackKey] = []
        total = offset + 1
        while offset < total:
            page = self.writer.tracks(key, offset)
            found += page.tracks
            total = page.total
            offset += len(page.tracks) or total
        return found

    # Filling

    def _fill(self, one: Wanted, made: Filled, there: list[TrackKey], version: str) -> None:
        steps = to_fill(there, one.tracks)
        losses = 0
        while steps:
            step = steps[0]
            note = self._progressed(one, made.key, there, version)
            note.doing = None if note.there is None else note.there + len(step.tracks)
            self._note(one, note)
            try:
                version = self._add(made.key, step, len(there))
            except OutcomeUnknown:
                losses += 1
                if losses == _MOST_LOSSES:
                    raise
                there, version = self._look(one, made, note)
                steps = to_fill(there, one.tracks)
                continue
            there = after(there, step)
            steps.pop(0)
            losses = 0
            self.steps.advance(len(step.tracks))
            made.added += len(step.tracks)
            self.done += len(step.tracks)
        made.entries = len(there)
        note = self._progressed(one, made.key, there, version)
        note.complete = True
        self._note(one, note)

    def _add(self, key: PlaylistKey, step: Add, size: int) -> str:
        return self.writer.add(key, step.tracks, None if step.position == size else step.position)

    def _look(self, one: Wanted, made: Filled, note: Progressed) -> tuple[list[TrackKey], str]:
        """Return what stands in a playlist now, after an answer was lost."""
        self.wait(LOOKS[0])
        now = self.writer.describe(made.key)
        there = self._there(one, now, note)
        gained = max(0, len(there) - (note.there or 0))
        if note.there is not None:
            made.added += gained
            self.done += gained
            self.steps.advance(gained)
        return there, now.version

    # Notes

    def _progressed(
        self, one: Wanted, key: PlaylistKey, there: Sequence[TrackKey], version: str
    ) -> Progressed:
        is_begin = list(one.tracks[: len(there)]) == list(there)
        return Progressed(key=key, version=version, there=len(there) if is_begin else None)

    def _noted(self, mark: str) -> Progressed:
        note = self._notes.get(mark)
        return Progressed() if note is None else read_progress(note.value)

    def _note(self, one: Wanted, said: Progressed) -> None:
        said.name, said.plan, said.about = one.name, self.plan, self.about
        said.total = len(one.tracks)
        at = self.clock()
        value = msgspec.json.encode(said).decode()
        with self.open_unit() as unit:
            unit.remote(self.writer.name).note(WRITING, one.mark, value, at)
            unit.commit()
        self._notes[one.mark] = Note(value, at)


def read_progress(text: str) -> Progressed:
    """Read a note; what cannot be read says nothing."""
    try:
        return msgspec.json.decode(text, type=Progressed)
    except msgspec.DecodeError:
        return Progressed()


def progress_of(open_unit: OpenUnit, system: str) -> dict[str, Note]:
    """Return what is noted of playlists that were, or are being, filled, by mark."""
    with open_unit() as unit:
        return unit.remote(system).notes(WRITING)


def calls_for(sizes: Sequence[int]) -> Mapping[str, int]:
    """Return how many calls making playlists of these sizes takes: what is written, and what is read.

    Read are who is signed in and one page of playlists; a library with more takes one more for each PAGE.
    """
    return {"writes": sum(1 + -(-size // BATCH) for size in sizes), "reads": 2 if sizes else 0}
