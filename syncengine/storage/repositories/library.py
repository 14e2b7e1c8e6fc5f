"""Questions about the library at any moment; whole sets at a time, no query per row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select

from syncengine.core.identity import (
    UNAVAILABLE,
    PlaylistKey,
    TrackKey,
    keys_of_file,
    shown_key,
)
from syncengine.core.moment import Instant
from syncengine.core.playlist import Entry
from syncengine.core.snapshot import Effect, Source
from syncengine.core.track import Facts
from syncengine.storage.bulk import chunks
from syncengine.storage.models import catalog, timeline
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.claims import TRACKS
from syncengine.storage.repositories.digest import library_digest
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.facts import facts_at
from syncengine.storage.repositories.series import POPULARITY
from syncengine.storage.repositories.timeline import (
    KEYS,
    NAMES,
    OBSERVATIONS,
    PLAYLISTS,
    SNAPSHOTS,
    SPANS,
    keys_of_joined,
    seen_stem,
    told_names,
)

_CONTENTS = timeline.contents
_DIALECTS = catalog.dialects
_HEARD = OBSERVATIONS.c.effect < Effect.ASIDE


@dataclass(frozen=True, slots=True)
class PlaylistState:
    """A playlist as it was at a moment; ``source`` and ``observed_at`` are of its last sound observation.

    ``seen_as`` is the key it was seen under then, ``key`` the one to show.
    """

    id: int
    key: PlaylistKey
    name: str
    stem: str
    inferred: bool
    observed_at: Instant
    source: str
    dialect: str | None
    seen_as: PlaylistKey


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """A snapshot as lists show it; ``entries`` counts the lines of its observations."""

    id: int
    source: Source
    taken_at: Instant
    recorded_at: Instant
    playlists: int
    entries: int


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """How fresh one source is: its last snapshot."""

    source: Source
    snapshot: int
    taken_at: Instant
    recorded_at: Instant


@dataclass(frozen=True, slots=True)
class PlaylistRecord:
    """A playlist with everything it was ever called; ``because`` says why keys belong together."""

    id: int
    key: PlaylistKey
    name: str
    entries: int
    observed_at: Instant | None
    ended_at: Instant | None
    keys: tuple[tuple[PlaylistKey, str | None], ...]
    names: tuple[tuple[str, Instant], ...]


def present(at: Instant | None, source: object = None) -> ColumnElement[bool]:
    """Return the condition for rows of entries or spans that hold at a moment (none: now)."""
    columns = (source if source is not None else ENTRIES).c  # type: ignore[attr-defined]  # a Table
    if at is None:
        return columns.valid_to.is_(None)  # type: ignore[no-any-return]  # a column
    return (columns.valid_from <= at) & or_(columns.valid_to.is_(None), columns.valid_to > at)  # type: ignore[no-any-return]  # a column


def number_of(entry: Entry) -> int:
    """Return the row number of an entry's track; entries that this reader gives have one."""
    assert isinstance(entry.track, int)  # noqa: S101 -- narrows the type
    return entry.track


class LibraryReader:
    """The library within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Moments

    def earliest(self) -> Instant | None:
        """Return the moment of the first sound observation."""
        query = select(func.min(OBSERVATIONS.c.taken_at)).where(_HEARD)
        return self._connection.execute(query).scalar()

    def latest(self) -> Instant | None:
        """Return the taken-at of the last snapshot."""
        return self._connection.execute(select(func.max(OBSERVATIONS.c.taken_at))).scalar()

    def taken_at(self, snapshot: int) -> Instant | None:
        """Return a snapshot's taken-at."""
        query = select(SNAPSHOTS.c.taken_at).where(SNAPSHOTS.c.id == snapshot)
        return self._connection.execute(query).scalar()

    def first_moment_of(self, snapshot: int) -> Instant | None:
        """Return when a snapshot's first observation was taken, else the snapshot itself."""
        query = select(func.min(OBSERVATIONS.c.taken_at)).where(
            OBSERVATIONS.c.snapshot_id == snapshot
        )
        return self._connection.execute(query).scalar() or self.taken_at(snapshot)

    def is_listed(self, snapshot: int) -> bool:
        """Tell whether a snapshot brought news."""
        query = select(SNAPSHOTS.c.listed).where(SNAPSHOTS.c.id == snapshot)
        return bool(self._connection.execute(query).scalar())

    def track_count(self) -> int:
        """Return how many tracks were ever seen; one that is known by two names is one."""
        names, other_names = (select(func.count()).select_from(t) for t in (TRACKS, ALIASES))
        count = select(names.scalar_subquery() - other_names.scalar_subquery())
        return int(self._connection.execute(count).scalar_one())

    def digest(self) -> str:
        """Return a digest of everything the library follows from: equal ones mean equal libraries."""
        return library_digest(self._connection)

    def sizes(self) -> tuple[int, int, int]:
        """Return how many playlists, entries and distinct tracks there are now."""
        e = ENTRIES.c
        entries = select(func.count()).select_from(ENTRIES).where(present(None))
        tracks = (
            select(func.count(func.distinct(e.track_id)))
            .join(TRACKS, TRACKS.c.id == e.track_id)
            .where(present(None), TRACKS.c.key != UNAVAILABLE)
        )
        playlists = select(func.count()).select_from(SPANS).where(present(None, SPANS))
        sizes = [self._connection.execute(q).scalar_one() for q in (playlists, entries, tracks)]
        return sizes[0], sizes[1], sizes[2]

    def sources(self) -> list[SourceRecord]:
        """Return each source's last snapshot."""
        s = SNAPSHOTS.c
        rows = self._connection.execute(
            select(s.source, s.id, s.taken_at, s.recorded_at).order_by(s.taken_at, s.id)
        )
        last = {source: SourceRecord(Source(source), *rest) for source, *rest in rows}
        return [last[source] for source in sorted(last)]

    def suspects(self) -> list[tuple[str, Instant]]:
        """Return name and moment of the last observation of each playlist that was kept aside.

        Those that something sound followed are over.
        """
        o = OBSERVATIONS.c
        followed = OBSERVATIONS.alias()
        later = (
            select(followed.c.id)
            .where(followed.c.key_id == o.key_id, followed.c.taken_at > o.taken_at)
            .where(followed.c.effect < Effect.ASIDE)
        )
        query = (
            select(KEYS.c.playlist_id, NAMES.c.name, o.taken_at)
            .join(NAMES, NAMES.c.id == o.name_id)
            .join(KEYS, KEYS.c.id == o.key_id)
            .where(o.effect == int(Effect.ASIDE), ~later.exists())
            .order_by(o.taken_at)
        )
        last = {playlist: told for playlist, *told in self._connection.execute(query)}
        return sorted(((name, Instant(at)) for name, at in last.values()), key=lambda each: each[1])

    def snapshots(self) -> list[SnapshotRecord]:
        """Return the snapshots, oldest first."""
        s, o = SNAPSHOTS.c, OBSERVATIONS.c
        query = (
            select(
                s.id, s.source, s.taken_at, s.recorded_at,
                func.count(func.distinct(o.key_id)), func.coalesce(func.sum(_CONTENTS.c.lines), 0),
            )
            .outerjoin(OBSERVATIONS, o.snapshot_id == s.id)
            .outerjoin(_CONTENTS, _CONTENTS.c.id == o.content_id)
            .where(s.listed)
            .group_by(s.id, s.source, s.taken_at, s.recorded_at)
            .order_by(s.taken_at, s.id)
        )  # fmt: skip
        return [
            SnapshotRecord(number, Source(source), *rest)
            for number, source, *rest in self._connection.execute(query)
        ]

    # Playlists and entries

    def playlists(self, at: Instant | None = None) -> list[PlaylistState]:
        """Return the playlists there are at a moment (none: now), by name."""
        spans = select(
            SPANS.c.playlist_id, KEYS.c.key, NAMES.c.name, NAMES.c.stem, NAMES.c.inferred
        )
        query = (
            spans.join(KEYS, KEYS.c.id == SPANS.c.key_id)
            .join(NAMES, NAMES.c.id == SPANS.c.name_id)
            .where(present(at, SPANS))
        )
        observed = self._observed(at)
        known = keys_of_joined(self._connection)
        told = told_names(self._connection)
        states = []
        for n, key, name, stem, inferred in self._connection.execute(query):
            # Where it is what its file goes by, the name is known by now.
            if n in told and not told[n][1].isdisjoint(keys_of_file(key)):
                name, inferred = told[n][0], False  # noqa: PLW2901 - a better one
            shown = shown_key(key, known.get(n, ()))
            states.append(
                PlaylistState(n, shown, name, seen_stem(stem), inferred, *observed[n], key)
            )
        return sorted(states, key=lambda each: (each.name.casefold(), each.key))

    def _observed(self, at: Instant | None) -> dict[int, tuple[Instant, str, str | None]]:
        o = OBSERVATIONS.c
        last = (
            select(KEYS.c.playlist_id.label("playlist"), func.max(o.taken_at).label("at"))
            .join(KEYS, KEYS.c.id == o.key_id)
            .where(_HEARD)
            .group_by(KEYS.c.playlist_id)
        )
        if at is not None:
            last = last.where(o.taken_at <= at)
        newest = last.subquery()
        query = (
            select(KEYS.c.playlist_id, o.taken_at, o.source, _DIALECTS.c.name)
            .join(KEYS, KEYS.c.id == o.key_id)
            .outerjoin(_DIALECTS, _DIALECTS.c.id == o.dialect_id)
            .join(newest, (newest.c.playlist == KEYS.c.playlist_id) & (newest.c.at == o.taken_at))
            .where(_HEARD)
            .order_by(o.source)
        )
        return {
            playlist: (taken, Source(source).name.lower(), dialect)
            for playlist, taken, source, dialect in self._connection.execute(query)
        }

    def entries(
        self, at: Instant | None = None, playlists: Collection[int] | None = None
    ) -> dict[int, list[Entry]]:
        """Return the entries of playlists (none: all) at a moment (none: now), by playlist, in order.

        An entry's track and contributor are row numbers.
        """
        e = ENTRIES.c
        query = select(e.playlist_id, e.track_id, e.added_at, e.contributor_id).where(present(at))
        if playlists is not None:
            query = query.where(e.playlist_id.in_(list(playlists)))
        found: dict[int, list[Entry]] = {}
        for playlist, *entry in self._connection.execute(
            query.order_by(e.playlist_id, e.rank, e.id)
        ):
            found.setdefault(playlist, []).append(Entry(*entry))
        return found

    def track_keys(self, tracks: Collection[int] | None = None) -> dict[int, TrackKey]:
        """Return tracks' keys by row number (none: all tracks)."""
        query = select(TRACKS.c.id, TRACKS.c.key)
        parts = (
            [query] if tracks is None else [query.where(TRACKS.c.id.in_(c)) for c in chunks(tracks)]
        )
        return {
            number: TrackKey(key)
            for part in parts
            for number, key in self._connection.execute(part)
        }

    def track_number(self, key: TrackKey) -> int | None:
        """Return a track's row number; for a name of a real track, that one's."""
        query = select(func.coalesce(ALIASES.c.alias_of, TRACKS.c.id))
        query = query.outerjoin_from(TRACKS, ALIASES, ALIASES.c.track_id == TRACKS.c.id)
        return self._connection.execute(query.where(TRACKS.c.key == key)).scalar()

    def playlists_holding(self, track: int) -> set[int]:
        """Return the playlists that hold a track now, by row number."""
        query = select(ENTRIES.c.playlist_id).where(ENTRIES.c.track_id == track, present(None))
        return set(self._connection.execute(query).scalars())

    def contributors(self) -> dict[int, str]:
        """Return everybody who added entries, by row number."""
        people = timeline.contributors.c
        return dict(iter(self._connection.execute(select(people.id, people.name))))

    def playlist_records(self) -> list[PlaylistRecord]:
        """Return every playlist that was ever seen soundly, with its keys and names over time."""
        keys: dict[int, list[tuple[PlaylistKey, str | None]]] = {}
        query = select(KEYS.c.playlist_id, KEYS.c.key, KEYS.c.joined_because).order_by(KEYS.c.id)
        for playlist, key, because in self._connection.execute(query):
            keys.setdefault(playlist, []).append((PlaylistKey(key), because))
        names: dict[int, list[tuple[str, Instant]]] = {}
        spans = select(SPANS.c.playlist_id, NAMES.c.name, SPANS.c.valid_from)
        spans = spans.join(NAMES, NAMES.c.id == SPANS.c.name_id).order_by(SPANS.c.valid_from)
        for playlist, name, since in self._connection.execute(spans):
            names.setdefault(playlist, []).append((name, since))
        e = ENTRIES.c
        sizes = select(e.playlist_id, func.count()).where(present(None)).group_by(e.playlist_id)
        counts: dict[int, int] = dict(iter(self._connection.execute(sizes)))
        p = PLAYLISTS.c
        rows = self._connection.execute(select(p.id, p.key, p.name, p.observed_at, p.ended_at))
        return [
            PlaylistRecord(
                number, PlaylistKey(key), name, counts.get(number, 0), observed, ended,
                tuple(keys.get(number, ())), tuple(names[number]),
            )
            for number, key, name, observed, ended in rows
            if number in names
        ]  # fmt: skip

    # Facts

    def facts(
        self, at: Instant | None = None, tracks: Collection[int] | None = None
    ) -> dict[int, Facts]:
        """Return what holds for tracks (none: all) at a moment (none: now), by row number."""
        return facts_at(self._connection, at, tracks)

    def popularity(
        self, at: Instant | None = None, span: tuple[int, int] | None = None
    ) -> dict[int, int]:
        """Return every popularity within a span (0–100) at a moment (none: now), by track row number."""
        low, high = span or (0, 100)
        if at is None:
            rated = TRACKS.c.popularity.between(low, high)
            query = select(TRACKS.c.id, TRACKS.c.popularity).where(rated)
            return dict(iter(self._connection.execute(query)))
        p = POPULARITY.c
        value = (
            select(p.value)
            .where(p.track_id == TRACKS.c.id, p.at <= at)
            .order_by(p.at.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = self._connection.execute(select(TRACKS.c.id, value))
        return {track: known for track, known in rows if known is not None and low <= known <= high}
