"""The memory: observations go in, and everything that follows from them is brought up to date.

Identity first (which keys are one playlist), then each playlist's fold, then its entries and spans,
then the facts. One path serves an import in order, one out of order, a drop, a join and a judgement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, select

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.rename import Join, Verdicts, find_joins, group_keys
from syncengine.core.snapshot import (
    Effect,
    Event,
    Fold,
    Folded,
    Observation,
    Source,
    Standing,
    Step,
)
from syncengine.storage.bulk import Numbers, chunks
from syncengine.storage.models import timeline
from syncengine.storage.repositories.claims import ClaimBook, table
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.repositories.entries import ENTRIES, EntryWriter, Stretch
from syncengine.storage.repositories.facts import FactWriter
from syncengine.storage.repositories.interning import Interner
from syncengine.storage.repositories.judgements import playlist_verdicts
from syncengine.storage.repositories.series import Heard
from syncengine.storage.repositories.timeline import (
    KEYS,
    OBSERVATIONS,
    ROSTER_KEYS,
    ROSTERS,
    SNAPSHOTS,
    KeyRow,
    NewObservation,
    Recorded,
    Timeline,
    heard,
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What following through did: effects by observation number, joins made or undone."""

    effects: Mapping[int, Effect]
    joins: Sequence[Join] = ()


@dataclass(slots=True)
class _Change:
    """What has to be followed through: playlists, from when on, and observations that are gone."""

    first: Instant
    last: Instant
    playlists: set[int] = field(default_factory=set)
    from_the_start: set[int] = field(default_factory=set)
    gone: dict[int, list[Recorded]] = field(default_factory=dict)


class Memory:
    """The memory within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = Numbers(connection)
        self.contents = ContentBook(connection, self._numbers)
        self.claims = ClaimBook(connection, self._numbers)
        self.timeline = Timeline(connection, self._numbers)
        self.people: Interner[str] = Interner(
            connection, self._numbers, table(timeline.Contributor), "name"
        )
        self._entries = EntryWriter(connection, self._numbers)
        self._facts = FactWriter(connection, self.contents, self.claims)

    def record(self, snapshot: int, new: Sequence[NewObservation]) -> Settled:
        """Store observations and follow them through; returns what became of each."""
        latest = self.timeline.latest_at()
        known = {row.id: row.playlist for row in self.timeline.keys().values()}
        first_seen = self._first_seen({each.key for each in new})
        numbers = self.timeline.add_observations(snapshot, new)
        change = _Change(min(each.at for each in new), max(each.at for each in new))
        change.playlists = {known[each.key] for each in new}
        in_order = latest is None or change.first > latest
        joins: list[Join] = []
        if first_seen or not in_order or self._any_joined(change.playlists):
            joins = self._identify(change)
        settled = self._follow(change)
        return Settled({n: settled.get(n, Effect.SILENT) for n in numbers}, joins)

    def _first_seen(self, keys: Collection[int]) -> set[int]:
        known = set()
        for chunk in chunks(keys):
            query = select(OBSERVATIONS.c.key_id).where(OBSERVATIONS.c.key_id.in_(chunk))
            known |= set(self._connection.execute(query.distinct()).scalars())
        return set(keys) - known

    def _any_joined(self, playlists: Collection[int]) -> bool:
        rows = self._connection.execute(
            select(KEYS.c.playlist_id).where(KEYS.c.joined_because.is_not(None))
        ).scalars()
        return not set(playlists).isdisjoint(rows)

    def record_roster(
        self, snapshot: int, at: Instant, source: Source, keys: Collection[int]
    ) -> None:
        """Store which playlists exist at a moment, and end those that do not."""
        self.timeline.add_roster(snapshot, at, source, keys)
        change = _Change(at, at, self.timeline.unlisted_playlists(keys, at))
        self._identify(change)
        self._follow(change)

    def accept(self, observations: Collection[int]) -> Settled:
        """Take suspect observations for right, as a person said, and follow that through."""
        self.timeline.accept(observations)
        rows = self._rows_of(observations)
        moments = [each.observation.at for rows_ in rows.values() for each in rows_]
        if not moments:
            return Settled({})
        effects = self._follow(_Change(min(moments), max(moments), set(rows)))
        return Settled({n: effects[n] for n in observations if n in effects})

    def reconsider(self) -> list[Join]:
        """Work out anew which keys are one playlist, after a person's judgement."""
        change = _Change(Instant(0), Instant(0))
        joins = self._identify(change)
        self._follow(change)
        return joins

    def drop(self, snapshot: int) -> int:
        """Forget a snapshot as if it had never been; returns how many observations it had."""
        numbers = self._connection.execute(
            select(OBSERVATIONS.c.id).where(OBSERVATIONS.c.snapshot_id == snapshot)
        ).scalars()
        rows = self._rows_of(list(numbers))
        every = [each for rows_ in rows.values() for each in rows_]
        rosters = self._rosters_of(snapshot)
        moments = [each.observation.at for each in every] + [at for _, at in rosters]
        self._delete_snapshot(snapshot, [number for number, _ in rosters])
        if moments:
            change = _Change(min(moments), max(moments), set(rows), gone=rows)
            if rosters:
                change.playlists |= {row.playlist for row in self.timeline.keys().values()}
            self._identify(change)
            self._follow(change)
            self._forget_unseen_keys()
        self._relist()
        return len(every)

    def _rosters_of(self, snapshot: int) -> list[tuple[int, Instant]]:
        query = select(ROSTERS.c.id, ROSTERS.c.taken_at).where(ROSTERS.c.snapshot_id == snapshot)
        return [(number, at) for number, at in self._connection.execute(query)]

    def _delete_snapshot(self, snapshot: int, rosters: Sequence[int]) -> None:
        run = self._connection.execute
        run(delete(ROSTER_KEYS).where(ROSTER_KEYS.c.roster_id.in_(rosters)))
        run(delete(ROSTERS).where(ROSTERS.c.snapshot_id == snapshot))
        run(delete(OBSERVATIONS).where(OBSERVATIONS.c.snapshot_id == snapshot))
        run(delete(SNAPSHOTS).where(SNAPSHOTS.c.id == snapshot))

    def _rows_of(self, observations: Collection[int]) -> dict[int, list[Recorded]]:
        wanted = set(observations)
        playlists: set[int] = set()
        for chunk in chunks(wanted):
            query = (
                select(KEYS.c.playlist_id)
                .join(OBSERVATIONS, OBSERVATIONS.c.key_id == KEYS.c.id)
                .where(OBSERVATIONS.c.id.in_(chunk))
            )
            playlists |= set(self._connection.execute(query.distinct()).scalars())
        rows = self.timeline.recorded(playlists)
        return {
            playlist: [each for each in every if each.observation.id in wanted]
            for playlist, every in rows.items()
        }

    def _relist(self) -> None:
        """List snapshots that only confirmed something, now that what they confirmed is gone."""
        o, s = OBSERVATIONS.c, SNAPSHOTS.c
        news = select(o.snapshot_id).where(o.effect != int(Effect.CONFIRMED))
        self._connection.execute(
            SNAPSHOTS.update().where(s.listed.is_(False), s.id.in_(news)).values(listed=True)
        )

    def _forget_unseen_keys(self) -> None:
        """Playlists that only the dropped snapshot showed leave no trace but their row."""
        seen = select(OBSERVATIONS.c.key_id)
        query = select(KEYS.c.playlist_id).where(KEYS.c.id.not_in(seen))
        unseen = set(self._connection.execute(query).scalars())
        self.timeline.write_spans(unseen)
        self.timeline.refresh_playlists(unseen)

    # Identity

    def _identify(self, change: _Change) -> list[Join]:
        """Bring keys and playlists together, or apart; playlists that changed are folded from the start."""
        trails = self.timeline.trails()
        verdicts = playlist_verdicts(self._connection)
        joins = find_joins(trails, self.contents.lines, verdicts)
        keys = self.timeline.keys()
        because = {join.later: join.because for join in joins}
        made: list[Join] = []
        for group in group_keys([key for key in keys], joins):
            made += self._assign(sorted(group, key=lambda k: (keys[k].id)), keys, because, joins, change)
        return made

    def _assign(
        self,
        group: Sequence[PlaylistKey],
        keys: dict[PlaylistKey, KeyRow],
        because: Mapping[PlaylistKey, str],
        joins: Sequence[Join],
        change: _Change,
    ) -> list[Join]:
        owners = {
            other.playlist
            for key, other in keys.items()
            if key not in group and other.playlist in {keys[k].playlist for k in group}
        }
        own = sorted({keys[key].playlist for key in group})
        if len(own) == 1 and not owners:
            return []
        free = [playlist for playlist in own if playlist not in owners]
        target = own[0] if free and own[0] in free else (free[0] if free else 0)
        if own[0] in owners and self._keeps(own[0], group, keys):
            target = own[0]
        if not target:
            target = self.timeline.new_playlist(group[0], group[0])
        for key in group:
            if keys[key].playlist != target:
                self.timeline.assign_key(keys[key].id, target, because.get(key))
                keys[key] = KeyRow(keys[key].id, target)
            elif key in because:
                self.timeline.assign_key(keys[key].id, target, because[key])
        change.from_the_start |= {*own, target}
        return [join for join in joins if join.earlier in group]

    def _keeps(
        self, playlist: int, group: Sequence[PlaylistKey], keys: Mapping[PlaylistKey, KeyRow]
    ) -> bool:
        """Tell whether a group that is being split keeps the playlist: the one with the oldest key does."""
        holders = [row.id for row in keys.values() if row.playlist == playlist]
        return min(holders) in {keys[key].id for key in group}

    # The fold

    def _follow(self, change: _Change) -> dict[int, Effect]:
        """Fold what changed and write what follows; returns the effects of the folded observations."""
        effects: dict[int, Effect] = {}
        came: list[Heard] = []
        went: list[Heard] = []
        stretches: list[Stretch] = []
        respan: set[int] = set()
        gone = {r.observation.id for rows in change.gone.values() for r in rows}
        went += [heard(r) for rows in change.gone.values() for r in rows if r.effect.heard]
        parts = [(change.from_the_start, Instant(0)), (change.playlists - change.from_the_start, change.first)]
        for playlists, first in parts:
            if not playlists:
                continue
            recorded = self.timeline.recorded_since(playlists, first)
            endings = self.timeline.endings(playlists)
            for playlist in sorted(playlists):
                rows = [r for r in recorded.get(playlist, []) if r.observation.id not in gone]
                whole = playlist in change.from_the_start
                refold = _Refold(
                    self, playlist, rows, endings.get(playlist, []), first,
                    Instant(2**62) if whole else change.last,
                )  # fmt: skip
                refold.run()
                effects.update(refold.effects)
                came += refold.came
                went += refold.went
                stretches += refold.stretches
                self.timeline.write_steps(refold.steps)
                if whole or refold.renames(self.timeline):
                    respan.add(playlist)
        self._entries.lay(stretches)
        self._finish(change, respan, came, went)
        return effects

    def _finish(
        self, change: _Change, respan: set[int], came: Sequence[Heard], went: Sequence[Heard]
    ) -> None:
        touched = change.playlists | change.from_the_start
        if respan:
            self.timeline.write_spans(respan)
        self.timeline.refresh_playlists(touched)
        self._facts.retell(came, went)


class _Refold:
    """One playlist folded anew from the last observation that counted before the first change."""

    def __init__(
        self,
        memory: Memory,
        playlist: int,
        rows: Sequence[Recorded],
        endings: Sequence[Event],
        first: Instant,
        last: Instant,
    ) -> None:
        self._memory = memory
        self._playlist = playlist
        self._first = first
        self._last = last
        base = [i for i, r in enumerate(rows) if r.observation.at < first and r.effect.heard]
        start = base[-1] + 1 if base else 0
        self._standing = Standing()
        self._since = Instant(-1)
        after = (Instant(-1), 0, b"")
        if base:
            held = rows[base[-1]]
            self._standing = Standing(held.state, held.observation.digest)
            self._since = held.observation.at
            after = held.observation.order
        self._rows = {row.observation.id: row for row in rows[start:]}
        events: list[Event] = [row.observation for row in rows[start:]]
        events += [ending for ending in endings if ending.order > after]
        self._events = sorted(events, key=lambda event: event.order)
        self.steps: list[Step] = []
        self.effects: dict[int, Effect] = {}
        self.came: list[Heard] = []
        self.went: list[Heard] = []
        self.stretches: list[Stretch] = []

    def run(self) -> None:
        """Fold, and note what has to be written."""
        timeline = self._memory.timeline

        def said_before(digest: bytes, at: Instant) -> bool:
            return timeline.said_before(self._playlist, digest, min(at, self._since))

        folded = Fold(self._memory.contents, said_before, self._standing).run(
            self._events, self._is_settled
        )
        changed_from = self._first
        for step in folded.steps:
            if not isinstance(step.event, Observation):
                continue
            row = self._rows[step.event.id]
            self.effects[step.event.id] = step.effect
            if (row.effect, row.state) != (step.effect, step.state):
                self.steps.append(step)
                changed_from = min(changed_from, step.event.at)
            if step.effect.heard and not row.effect.heard:
                self.came.append(heard(row))
            elif row.effect.heard and not step.effect.heard:
                self.went.append(heard(row))
        self._plan_stretch(folded, changed_from)

    def _is_settled(self, step: Step) -> bool:
        if not isinstance(step.event, Observation) or step.event.at <= self._last:
            return False
        row = self._rows[step.event.id]
        return row.effect.heard and (row.effect, row.state) == (step.effect, step.state)

    def _plan_stretch(self, folded: Folded, start: Instant) -> None:
        end = folded.settled_at
        states: dict[Instant, int | None] = {}
        state = self._standing.state
        for step in folded.steps:
            if step.event.at <= start:
                state = step.state
            else:
                states[step.event.at] = step.state
        if end is not None:
            states = {at: each for at, each in states.items() if at < end}
            if start >= end:
                return
        told: list[tuple[Instant, Sequence[Line]]] = [(start, self._lines(state))]
        for at, each in states.items():
            if each != state:
                told.append((at, self._lines(each)))
            state = each
        self.stretches.append(Stretch(self._playlist, start, end, told))

    def _lines(self, state: int | None) -> Sequence[Line]:
        return () if state is None else self._memory.contents.lines(state)

    def renames(self, timeline: Timeline) -> bool:
        """Tell whether the playlist's spans may differ from what they were."""
        new = [row for row in self._rows.values() if self.effects.get(row.observation.id, Effect.SILENT).heard]
        if self.went or len(self._events) != len(self._rows) or not new:
            return True
        if any(row.observation.at > self._last for row in self._rows.values()):
            return True
        span = timeline.open_span_names([self._playlist]).get(self._playlist)
        return any((row.key, row.name) != span for row in new)
