"""The memory: observations go in, and everything that follows from them is brought up to date.

Identity first (which keys are one playlist), then each playlist's fold, then its entries and spans,
then the facts. One path serves an import in order, one out of order, a drop, a join and a judgement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, select

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import FOR_EVER, Instant
from syncengine.core.rename import Join, find_joins, group_keys
from syncengine.core.snapshot import Effect, Observation, Source, unplaced
from syncengine.storage.bulk import Numbers, chunks
from syncengine.storage.models import timeline
from syncengine.storage.refold import Refold, Window
from syncengine.storage.repositories.aliases import AliasBook
from syncengine.storage.repositories.claims import ClaimBook
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.repositories.entries import EntryWriter
from syncengine.storage.repositories.facts import FactWriter
from syncengine.storage.repositories.heard import Heard
from syncengine.storage.repositories.interning import Interner
from syncengine.storage.repositories.judgements import playlist_verdicts
from syncengine.storage.repositories.past import Past
from syncengine.storage.repositories.recorded import Recorded, heard
from syncengine.storage.repositories.spans import SpanWriter
from syncengine.storage.repositories.timeline import (
    KEYS,
    OBSERVATIONS,
    ROSTER_KEYS,
    ROSTERS,
    SNAPSHOTS,
    NewObservation,
    Timeline,
)

_READ_TOGETHER = 200
"""Contents that are read at once where many are gone through."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What following through did: effects by observation number, joins made and keys parted again.

    ``news`` is False where the observations only confirmed what was known.
    """

    effects: Mapping[int, Effect]
    joins: Sequence[Join] = ()
    parted: Sequence[PlaylistKey] = ()
    news: bool = False


@dataclass(slots=True)
class _Change:
    """What has to be followed through: playlists, from when on, and observations that are gone."""

    first: Instant
    last: Instant
    playlists: set[int] = field(default_factory=set)
    from_the_start: set[int] = field(default_factory=set)
    gone: dict[int, list[Recorded]] = field(default_factory=dict)
    parted: set[PlaylistKey] = field(default_factory=set)
    restated: set[int] = field(default_factory=set)
    renamed_tracks: set[int] = field(default_factory=set)
    spoken_of_in: set[int] = field(default_factory=set)
    """Playlists that spoke of tracks which are called otherwise now."""
    in_order: bool = False
    """Whether nothing that is not new was taken at or after the first moment."""

    def reaches(self, at: Instant) -> None:
        """Note that things may differ up to this moment."""
        self.last = max(self.last, at)


class Memory:
    """The memory within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = Numbers(connection)
        self._aliases = AliasBook(connection)
        self.contents = ContentBook(connection, self._numbers, self._aliases)
        self.claims = ClaimBook(connection, self._numbers)
        self.timeline = Timeline(connection, self._numbers)
        self.people: Interner[str] = Interner(
            connection, self._numbers, timeline.contributors, "name"
        )
        self._past = Past(connection)
        self._spans = SpanWriter(connection, self._numbers, self._past)
        self._entries = EntryWriter(connection, self._numbers)
        self._facts = FactWriter(connection, self.contents, self.claims)

    @property
    def real_tracks(self) -> Mapping[int, int]:
        """The real track of each track without an id that has one, by row number."""
        return self._aliases.real

    def record(self, snapshot: int, new: Sequence[NewObservation]) -> Settled:
        """Store observations and follow them through; returns what became of each."""
        if not new:
            return Settled({})
        latest = self.timeline.latest_at()
        known = {row.id: row.playlist for row in self.timeline.keys().values()}
        first_seen = self._first_seen({each.key for each in new})
        numbers = self.timeline.add_observations(snapshot, new)
        change = _Change(min(each.at for each in new), max(each.at for each in new))
        change.playlists = {known[each.key] for each in new}
        change.in_order = latest is None or change.first > latest
        if any(each.source is Source.API for each in new):
            change.reaches(self._past.last_roster())
        self._resolve(change)
        joins: list[Join] = []
        if (
            first_seen
            or change.from_the_start
            or not change.in_order
            or self._any_joined(change.playlists)
        ):
            joins = self._identify(change)
        settled = self._follow(change)
        effects = {n: settled.get(n, Effect.SILENT) for n in numbers}
        news = bool(joins or change.parted or change.restated - effects.keys())
        news |= any(e not in (Effect.CONFIRMED, Effect.SILENT) for e in effects.values())
        return Settled(effects, joins, sorted(change.parted), news)

    def gained_and_lost(self) -> tuple[int, int]:
        """Return how many entries came to be present, and ceased to be, within this transaction."""
        return self._entries.gained_and_lost(self.real_tracks)

    def unplaced(self, at: Instant) -> dict[int, frozenset[int]]:
        """Return the positions of entries whose place in the order nobody told by a moment, by playlist."""
        return {
            playlist: unplaced(
                () if told is None else self.contents.lines(told), self.contents.lines(state)
            )
            for playlist, told, state in self._past.last_told_order(at)
        }

    def _first_seen(self, keys: Collection[int]) -> set[int]:
        """Return the keys whose contents nobody has seen yet."""
        known: set[int] = set()
        o = OBSERVATIONS.c
        for chunk in chunks(keys):
            query = select(o.key_id).where(o.key_id.in_(chunk), o.content_id.is_not(None))
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
        """Store which playlists exist at a moment, and end those that do not.

        An API listing ends only what the API showed or listed before.
        """
        self.timeline.add_roster(snapshot, at, source, keys)
        change = _Change(at, at, self._past.unlisted_playlists(keys, at))
        if source is Source.API:
            # What it lists is known to the API from now on, so later rosters may tell otherwise of it.
            change.playlists |= self._past.playlists_of(keys)
            change.reaches(self._past.last_roster())
        self._identify(change)
        self._follow(change)

    def enrich(self, came: Sequence[Heard], went: Sequence[Heard]) -> None:
        """Hear what applied enrichments say of tracks, and what those that were taken back no longer do."""
        self._facts.retell(came, went)

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
            if any(each.observation.source is Source.API for each in every):
                change.reaches(self._past.last_roster())
            if rosters:
                change.reaches(self._past.last_roster())
                change.playlists |= {row.playlist for row in self.timeline.keys().values()}
            self._identify(change)
            self._follow(change)
            self._forget_unseen_keys()
            self._forget_untold(rows)
        self._relist()
        return len(every)

    def _forget_untold(self, gone: Mapping[int, Sequence[Recorded]]) -> None:
        """Forget claims that nobody makes any more, and what follows from them."""
        contents = {r.observation.content for rows in gone.values() for r in rows}
        lines = [line for c in contents if c is not None for line in self.contents.lines(c)]
        attested = self._past.attested({line.track for line in lines})
        doubtful = {line.claim for line in lines} - attested
        if doubtful:
            tracks = {line.track for line in lines if line.claim in doubtful}
            told = self._past.contents_of(self._past.playlists_speaking_of(tracks))
            for some in chunks(sorted(told), _READ_TOGETHER):
                self.contents.load(some)
                for content in some:
                    doubtful.difference_update(line.claim for line in self.contents.told(content))
        if doubtful:
            self.claims.forget(doubtful)
            change = _Change(Instant(0), Instant(0))
            self._resolve(change, lost=True)
            if change.from_the_start or change.renamed_tracks:
                self._identify(change)
                self._follow(change)

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
        rows = self._past.recorded(playlists)
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
        self._spans.write(unseen)
        self._spans.refresh(unseen)

    # Identity

    def _resolve(self, change: _Change, *, lost: bool = False) -> None:
        """Work out which tracks without an id are real ones; what spoke of them is folded from the start."""
        changed = self._aliases.refresh(lost=lost)
        self.contents.forget_names()
        if not changed:
            return
        before = {track for each in changed.values() if (track := each.before) is not None}
        change.from_the_start |= self._past.playlists_speaking_of({*changed, *before})
        after = {track for each in changed.values() if (track := each.after) is not None}
        change.renamed_tracks = {*changed, *before, *after}
        change.spoken_of_in = self._past.playlists_speaking_of(change.renamed_tracks)

    def _identify(self, change: _Change) -> list[Join]:
        """Bring keys and playlists together, or apart; playlists that changed are folded from the start.

        Of the groups that a playlist's keys fall into, the one with its oldest key keeps it.
        """
        joins = find_joins(
            self._past.trails(), self.contents.lines, playlist_verdicts(self._connection)
        )
        because = {join.later: join.because for join in joins}
        keys = self.timeline.keys()
        groups = [sorted(group, key=lambda key: keys[key].id) for group in group_keys(keys, joins)]
        moved: set[PlaylistKey] = set()
        taken: set[int] = set()
        for group in sorted(groups, key=lambda group: keys[group[0]].id):
            own = [keys[key].playlist for key in group]
            target = next((playlist for playlist in own if playlist not in taken), None)
            if target is None:
                target = self.timeline.new_playlist(group[0], group[0])
            taken.add(target)
            for key, playlist in zip(group, own, strict=True):
                if playlist != target:
                    moved.add(key)
                    change.from_the_start |= {playlist, target}
                if keys[key].because and key not in because:
                    change.parted.add(key)
                if (playlist, keys[key].because) != (target, because.get(key)):
                    self.timeline.assign_key(keys[key].id, target, because.get(key))
        return [join for join in joins if not moved.isdisjoint((join.earlier, join.later))]

    # The fold

    def _follow(self, change: _Change) -> dict[int, Effect]:
        """Fold what changed and write what follows; returns the effects of the folded observations."""
        whole = change.from_the_start
        refolds = self._refolds(whole, Instant(0), FOR_EVER, change)
        refolds += self._refolds(change.playlists - whole, change.first, change.last, change)
        effects: dict[int, Effect] = {}
        came: list[Heard] = []
        went = [heard(r) for rows in change.gone.values() for r in rows if r.effect.heard]
        for refold in refolds:
            refold.run()
            effects.update(refold.effects)
            came += refold.came
            went += refold.went
        steps = [step for refold in refolds for step in refold.steps]
        change.restated |= {s.event.id for s in steps if isinstance(s.event, Observation)}
        self._past.write_steps(steps)
        self._entries.lay([stretch for refold in refolds for stretch in refold.stretches])
        spans = self._spans.standing(change.playlists)
        named = self._past.named_by()
        self._spans.write(
            {
                r.playlist
                for r in refolds
                if r.playlist in whole or r.renames(spans.get(r.playlist, ()), named)
            }
        )
        self._spans.refresh(change.playlists | whole)
        self._facts.retell(came, went)
        if change.renamed_tracks:
            speaking = change.spoken_of_in | change.playlists | change.from_the_start
            self._facts.tell_anew(speaking, change.renamed_tracks)
        return effects

    def _refolds(
        self, playlists: Collection[int], first: Instant, last: Instant, change: _Change
    ) -> list[Refold]:
        if not playlists:
            return []
        recorded = self._past.recorded_since(playlists, first, in_order=change.in_order)
        endings = self._past.endings(playlists)
        gone = {row.observation.digest for rows in change.gone.values() for row in rows}
        window = Window(first, last, change.in_order, frozenset(gone))
        return [
            Refold(
                self._past,
                self.contents,
                playlist,
                recorded.get(playlist, ()),
                endings.get(playlist, ()),
                window,
            )
            for playlist in sorted(playlists)
        ]
