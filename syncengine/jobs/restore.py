"""Bring a playlist back to what it was: as a new one, or in place."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.core.bringing import Add, Move, Remove, Replace, Step, after, reachable, to_bring
from syncengine.core.identity import LIKED, PlaylistKey, TrackKey, is_album
from syncengine.core.moment import Instant, to_iso
from syncengine.core.remote_writing import (
    LONGEST_NAME,
    MOST_ENTRIES,
    PAGE,
    PlaylistWriter,
    can_be_added,
    in_parts,
    mark_of,
    why_not,
)
from syncengine.core.track import title_of
from syncengine.errors import NotFound, OutcomeUnknown, StalePlan, UsageError, UserError
from syncengine.jobs.calls import Calls
from syncengine.jobs.counting import Cost, counted_run
from syncengine.jobs.filling import LOOKS, Wait, Wanted, calls_for
from syncengine.jobs.history import EntryThen, library_at
from syncengine.jobs.making import MakeWriter
from syncengine.jobs.playlists import find_playlist
from syncengine.jobs.watch import NOBODY, Watch
from syncengine.storage.repositories.library import PlaylistRecord
from syncengine.storage.repositories.remote import WRITING
from syncengine.storage.unit_of_work import UnitOfWork

PURPOSE = "restore"
_MOST_LOSSES = 5


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that cannot be brought back, with its place then and the reason."""

    position: int
    track: TrackKey
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Restore:
    """What would be done to bring a playlist back to ``at``, when it was last seen at ``observed_at``.

    ``entries`` are those of then, ``titles`` name them; ``tracks`` is what is wanted of them at the
    service, ``stored`` what the library holds of the playlist now. ``key`` is set where it is brought back
    in place, else ``wanted`` are the playlists that are made.
    """

    id: str
    name: str
    shown_key: PlaylistKey
    at: Instant
    observed_at: Instant
    entries: Sequence[EntryThen]
    titles: Sequence[str]
    tracks: Sequence[TrackKey]
    stored: Sequence[TrackKey]
    left_out: Sequence[LeftOut]
    wanted: Sequence[Wanted]
    key: PlaylistKey | None

    @property
    def comes(self) -> int:
        """How many entries of then are not there now."""
        return sum((Counter(self.tracks) - Counter(self.stored)).values())

    @property
    def goes(self) -> int:
        """How many entries of now were not there then; a new playlist takes nothing away."""
        return sum((Counter(self.stored) - Counter(self.tracks)).values())

    @property
    def calls(self) -> dict[str, int]:
        """How many calls it takes, if what is there is what the library holds."""
        if self.key is None:
            return dict(calls_for([len(each.tracks) for each in self.wanted]))
        pages = -(-len(self.stored) // PAGE)
        return {"writes": len(to_bring(self.stored, self.tracks)), "reads": 2 + pages}

    @property
    def is_anew(self) -> bool:
        """Whether bringing it back in place writes it anew, so that no stamp stays."""
        steps = [] if self.key is None else to_bring(self.stored, self.tracks)
        return any(isinstance(step, Replace) for step in steps)


def plan_restore(
    unit: UnitOfWork, text: str, when: str, *, name: str, in_place: bool, today: str
) -> Restore:
    """Return what brings a playlist back to what it was; nothing is asked of the service.

    ``name`` is that of the new playlist, in which ``{name}`` and ``{date}`` stand for the playlist's and the
    moment's; ``today`` is told in its description. Raises NotFound where there was no such playlist then.
    """
    record = find_playlist(unit.library.playlist_records(), text)
    then = library_at(unit, when, frozenset((record.id,)))
    if not then.playlists:
        raise NotFound(f"there was no playlist {record.name!r} at {to_iso(then.at)}")
    state, entries = then.playlists[0].state, then.playlists[0].entries
    titles = [title_of(then.facts[e.track]) if e.track in then.facts else "" for e in entries]
    tracks = [each.track for each in entries]
    now = library_at(unit, "latest", frozenset((record.id,))).playlists
    stored = [each.track for each in now[0].entries] if now else []
    key = _own_key(record) if in_place else None
    wanted_tracks = [each for each in tracks if can_be_added(each)]
    # In place, what cannot be added may still be there.
    reached = Counter(wanted_tracks if key is None else reachable(stored, tracks))
    left_out = []
    for position, track in enumerate(tracks):
        if reached[track]:
            reached[track] -= 1
        else:
            left_out.append(LeftOut(position, track, titles[position], why_not(track)))
    filled = name.replace("{name}", state.name).replace("{date}", to_iso(then.at)[:10])
    plan = _digest(record.key, str(then.at), name, str(key), *tracks)
    return Restore(
        plan, state.name, state.key, then.at, state.observed_at, entries, titles,
        tracks if key else wanted_tracks, stored, left_out,
        () if key else _wanted(plan, filled, wanted_tracks, to_iso(then.at), today), key,
    )  # fmt: skip


def _wanted(plan: str, name: str, tracks: Sequence[TrackKey], at: str, today: str) -> list[Wanted]:
    if not tracks:
        raise UserError("nothing of what it held then can be added at Spotify")
    made = []
    for number, (part, some) in enumerate(in_parts(name, tracks), start=1):
        if not part.strip() or len(part) > LONGEST_NAME:
            raise UsageError(
                f"{part!r} is no name for a playlist at Spotify: it takes 1 to {LONGEST_NAME} letters",
                ["say another one with --name"],
            )
        mark = mark_of(PURPOSE, plan, number)
        made.append(Wanted(mark, part, f"As it was at {at}. Made on {today}. {mark}", some))
    return made


def _own_key(record: PlaylistRecord) -> PlaylistKey:
    if record.key == LIKED or is_album(record.key):
        raise UsageError(
            f"{record.name!r} is no playlist at Spotify that could be brought back in place",
            ["without --in-place a new playlist is made"],
        )
    found = [key for key, _ in record.keys if key.startswith("spotify:playlist:")]
    if not found:
        raise UsageError(
            f"only exports ever showed {record.name!r}, so it is not known which playlist at Spotify it is",
            ["syncengine fetch may find that out; without --in-place a new playlist is made"],
        )
    return min(found)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


# ---------------------------------------------------------------------------------------- in place


@dataclass(frozen=True, slots=True)
class Restored:
    """What bringing back in place came to; ``steps`` counts what was written, ``entries`` are there now."""

    steps: int
    entries: int
    cost: Cost


def restore_in_place(
    plan: Restore,
    *,
    calls: Calls,
    make_writer: MakeWriter,
    wait: Wait,
    steps: Watch = NOBODY,
) -> Restored:
    """Bring the playlist itself back; only who holds the writer's lock may call it.

    Raises StalePlan, before anything is written, where something else stands there than the library
    holds: what would be taken away has to be in the history first. Raises UserError for a playlist of
    somebody else's, RemoteError as the service says; the same command goes on from there.
    """
    assert plan.key is not None  # noqa: S101 -- the caller has looked
    with counted_run(calls, f"history {PURPOSE}") as (run, cost):
        writer = make_writer(calls)
        placing = _Placing(plan, plan.key, writer, calls, wait, steps)
        placing.check()
        entries = placing.run()
        run.summary |= {"plan": plan.id, "playlists": [plan.key], "writes": placing.done}
    return Restored(placing.done, entries, cost)


@dataclass(slots=True)
class _Placing:
    plan: Restore
    key: PlaylistKey
    writer: PlaylistWriter
    calls: Calls
    wait: Wait
    watch: Watch
    done: int = 0

    @property
    def _mark(self) -> str:
        return mark_of(PURPOSE, self.plan.id, 0)

    def check(self) -> None:
        """See that the playlist is the person's own, and not too long."""
        if len(self.plan.tracks) > MOST_ENTRIES:
            raise UserError(
                f"it held {len(self.plan.tracks):,} entries, and Spotify's playlists take {MOST_ENTRIES:,}; "
                "without --in-place it comes back as several"
            )
        owner = self.writer.describe(self.key).owner
        if owner != self.writer.person():
            raise UserError(
                f"{self.plan.name!r} belongs to {owner or 'somebody else'}, and only its owner may have it "
                "brought back in place; without --in-place a new playlist is made"
            )

    def run(self) -> int:
        """Bring the playlist back; return how many entries it has."""
        there = self._read()
        if not self._was_begun():
            self._guard(there)
        losses = 0
        while todo := to_bring(there, self.plan.tracks):
            self.watch.expect(self.done + len(todo))
            try:
                self._make(todo[0])
            except OutcomeUnknown:
                losses += 1
                if losses == _MOST_LOSSES:
                    raise
                self.wait(LOOKS[0])
                there = self._read()
                continue
            losses = 0
            self.done += 1
            self.watch.advance()
            there = after(there, todo[0])
        self._note(begun=False)
        return len(there)

    def _make(self, step: Step) -> None:
        match step:
            case Add(position, tracks):
                self.writer.add(self.key, tracks, position)
            case Remove(tracks):
                self.writer.remove(self.key, tracks)
            case Move(start, before, length):
                self.writer.move(self.key, start, before, length)
            case Replace(tracks):
                self.writer.replace(self.key, tracks)

    def _guard(self, there: Sequence[TrackKey]) -> None:
        """Let nothing be taken away that the history does not hold."""
        known = [each for each in self.plan.stored if can_be_added(each)]
        if [each for each in there if can_be_added(each)] != known:
            fetch = f"syncengine fetch --playlist {self.key.rpartition(':')[2]}"
            raise StalePlan(
                f"{self.plan.name!r} is not what the library holds of it, and what it is now would be lost; "
                f"take it into the history first: {fetch}",
                lift=fetch,
            )
        self._note(begun=True)

    def _was_begun(self) -> bool:
        with self.calls.open_unit() as unit:
            return unit.remote(self.writer.name).noted(WRITING, self._mark) is not None

    def _note(self, *, begun: bool) -> None:
        with self.calls.open_unit() as unit:
            book = unit.remote(self.writer.name)
            if begun:
                book.note(WRITING, self._mark, "{}", self.calls.clock())
            else:
                book.forget_all(WRITING, [self._mark])
            unit.commit()

    def _read(self) -> list[TrackKey]:
        found: list[TrackKey] = []
        total = 1
        while len(found) < total:
            page = self.writer.tracks(self.key, len(found))
            if not page.tracks:
                break
            found += page.tracks
            total = page.total
        return found
