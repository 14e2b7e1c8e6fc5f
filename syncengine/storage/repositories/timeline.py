"""Observations, playlists and snapshots: what was seen, when, under which key and name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from syncengine.core.identity import LIKED, PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.rename import Trail
from syncengine.core.snapshot import Effect, Ending, Event, Kind, Observation, Source, Step
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.models import catalog, timeline
from syncengine.storage.repositories.claims import table
from syncengine.storage.repositories.interning import Interner
from syncengine.storage.repositories.series import Heard

OBSERVATIONS = table(timeline.Observation)
KEYS = table(timeline.PlaylistKey)
PLAYLISTS = table(timeline.Playlist)
NAMES = table(timeline.PlaylistName)
SNAPSHOTS = table(timeline.Snapshot)
SPANS = table(timeline.PlaylistSpan)
ROSTERS = table(timeline.Roster)
ROSTER_KEYS = table(timeline.RosterKey)
_CONTENTS = table(timeline.Content)
_DIALECTS = table(catalog.Dialect)
_HEARD = OBSERVATIONS.c.effect < Effect.ASIDE


class KeyRow(NamedTuple):
    """A playlist key and the playlist it belongs to, as row numbers."""

    id: int
    playlist: int


@dataclass(frozen=True, slots=True)
class NewObservation:
    """An observation about to be stored, in row numbers."""

    key: int
    name: int
    dialect: int | None
    at: Instant
    source: Source
    kind: Kind
    inferred: bool
    accepted: bool
    digest: bytes
    content: int | None


class Seen(NamedTuple):
    """An observation as an import compares it with a file; ``lines`` counts its content."""

    id: int
    at: Instant
    effect: Effect
    content: int | None
    lines: int | None


class Recorded(NamedTuple):
    """A stored observation with what belongs to it."""

    observation: Observation
    key: int
    name: int
    rank: int
    effect: Effect
    state: int | None


_RECORDED = (
    select(
        KEYS.c.playlist_id,
        OBSERVATIONS.c.id,
        OBSERVATIONS.c.taken_at,
        OBSERVATIONS.c.source,
        OBSERVATIONS.c.digest,
        OBSERVATIONS.c.kind,
        OBSERVATIONS.c.inferred,
        OBSERVATIONS.c.content_id,
        OBSERVATIONS.c.accepted,
        OBSERVATIONS.c.key_id,
        OBSERVATIONS.c.name_id,
        func.coalesce(_DIALECTS.c.rank, 0),
        OBSERVATIONS.c.effect,
        OBSERVATIONS.c.state_id,
    )
    .join(KEYS, KEYS.c.id == OBSERVATIONS.c.key_id)
    .outerjoin(_DIALECTS, _DIALECTS.c.id == OBSERVATIONS.c.dialect_id)
)


def _recorded(row: Sequence[object]) -> tuple[int, Recorded]:
    playlist, number, at, source, digest, kind, inferred, content, accepted, *rest = row
    key, name, rank, effect, state = rest
    observation = Observation(
        number,  # type: ignore[arg-type]  # a row is untyped
        at,  # type: ignore[arg-type]  # a row is untyped
        Source(source),  # type: ignore[arg-type]  # a row is untyped
        digest,  # type: ignore[arg-type]  # a row is untyped
        Kind(kind),  # type: ignore[arg-type]  # a row is untyped
        bool(inferred),
        content,  # type: ignore[arg-type]  # a row is untyped
        bool(accepted),
    )
    return playlist, Recorded(observation, key, name, rank, Effect(effect), state)  # type: ignore[arg-type, return-value]  # a row is untyped


def heard(recorded: Recorded) -> Heard:
    """Return an observation that has a content as the series want it."""
    assert recorded.observation.content is not None  # noqa: S101 - what counts has a content
    return Heard(recorded.observation.order, recorded.rank, recorded.observation.content)


class Timeline:
    """The observations within one transaction."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._names: Interner[str] = Interner(
            connection, numbers, NAMES, "stem", ("name", "inferred")
        )

    # Keys, names and playlists

    def keys(self) -> dict[PlaylistKey, KeyRow]:
        """Return every key that was ever seen."""
        rows = self._connection.execute(select(KEYS.c.key, KEYS.c.id, KEYS.c.playlist_id))
        return {PlaylistKey(key): KeyRow(number, playlist) for key, number, playlist in rows}

    def add_keys(self, names: Mapping[PlaylistKey, str]) -> dict[PlaylistKey, KeyRow]:
        """Store keys that are new, each with a playlist of its own for now."""
        added = {key: KeyRow(self._numbers.next(KEYS), self.new_playlist(key, name))
                 for key, name in names.items()}
        rows = [(row.id, key, row.playlist, None) for key, row in added.items()]
        bulk_insert(self._connection, KEYS, ("id", "key", "playlist_id", "joined_because"), rows)
        return added

    def new_playlist(self, key: PlaylistKey, name: str) -> int:
        """Store a playlist and return its row number."""
        number = self._numbers.next(PLAYLISTS)
        columns = ("id", "key", "name", "name_inferred")
        bulk_insert(self._connection, PLAYLISTS, columns, [(number, key, name, True)])
        return number

    def assign_key(self, key: int, playlist: int, because: str | None) -> None:
        """Say which playlist a key belongs to, and why."""
        self._connection.execute(
            update(KEYS)
            .where(KEYS.c.id == key)
            .values(playlist_id=playlist, joined_because=because)
        )

    def names(self, shown: Mapping[str, tuple[str, bool]]) -> dict[str, int]:
        """Return the row numbers of names by stem; values are what to show and whether inferred."""
        return self._names.intern(shown)

    # Snapshots and observations

    def add_snapshot(
        self, *, run: int | None, source: Source, taken_at: Instant, recorded_at: Instant
    ) -> int:
        """Store a snapshot, listed, and return its id."""
        number = self._numbers.next(SNAPSHOTS)
        bulk_insert(
            self._connection,
            SNAPSHOTS,
            ("id", "run_id", "source", "taken_at", "recorded_at", "listed"),
            [(number, run, int(source), taken_at, recorded_at, True)],
        )
        return number

    def unlist(self, snapshot: int) -> None:
        """Leave a snapshot out of lists: it only confirmed what was known."""
        statement = update(SNAPSHOTS).where(SNAPSHOTS.c.id == snapshot).values(listed=False)
        self._connection.execute(statement)

    def in_force(self, at: Instant) -> tuple[int, Source, Instant] | None:
        """Return id, source and taken-at of the listed snapshot in force at a moment."""
        s = SNAPSHOTS.c
        row = self._connection.execute(
            select(s.id, s.source, s.taken_at)
            .where(s.listed, s.taken_at <= at)
            .order_by(s.taken_at.desc(), s.id.desc())
            .limit(1)
        ).first()
        return None if row is None else (row[0], Source(row[1]), Instant(row[2]))

    def add_observations(self, snapshot: int, new: Sequence[NewObservation]) -> list[int]:
        """Store observations that nothing was made of yet; return their row numbers."""
        numbers = [self._numbers.next(OBSERVATIONS) for _ in new]
        rows = [
            (
                number, snapshot, o.key, o.name, o.dialect, o.at, int(o.source), int(o.kind),
                o.inferred, o.accepted, o.digest, o.content, int(Effect.SILENT), None,
            )
            for number, o in zip(numbers, new, strict=True)
        ]  # fmt: skip
        columns = (
            "id", "snapshot_id", "key_id", "name_id", "dialect_id", "taken_at", "source", "kind",
            "inferred", "accepted", "digest", "content_id", "effect", "state_id",
        )  # fmt: skip
        bulk_insert(self._connection, OBSERVATIONS, columns, rows)
        return numbers

    def seen_bytes(
        self, keys: Collection[int], digests: Collection[bytes]
    ) -> dict[tuple[int, bytes], list[Seen]]:
        """Return the observations of these keys that had these bytes, oldest first."""
        o = OBSERVATIONS.c
        query = select(o.key_id, o.digest, o.id, o.taken_at, o.effect, o.content_id, _CONTENTS.c.lines)
        query = query.outerjoin(_CONTENTS, _CONTENTS.c.id == o.content_id).order_by(o.taken_at)
        wanted = set(digests)
        found: dict[tuple[int, bytes], list[Seen]] = {}
        for chunk in chunks(keys):
            for key, digest, *rest in self._connection.execute(query.where(o.key_id.in_(chunk))):
                if digest in wanted:
                    found.setdefault((key, digest), []).append(Seen(*rest))
        return found

    def contents_at(self, key: int, at: Instant) -> set[int]:
        """Return the contents a key was observed to have at exactly this moment."""
        o = OBSERVATIONS.c
        query = select(o.content_id).where(o.key_id == key, o.taken_at == at)
        return set(self._connection.execute(query).scalars())

    def has_roster(self, at: Instant, keys: Collection[int]) -> bool:
        """Tell whether the same roster was stored for the same moment."""
        query = (
            select(ROSTERS.c.id, ROSTER_KEYS.c.key_id)
            .join(ROSTER_KEYS, ROSTER_KEYS.c.roster_id == ROSTERS.c.id)
            .where(ROSTERS.c.taken_at == at)
        )
        listed: dict[int, set[int]] = {}
        for roster, key in self._connection.execute(query):
            listed.setdefault(roster, set()).add(key)
        return set(keys) in listed.values()

    def accept(self, observations: Collection[int]) -> None:
        """Mark observations as right, by a person's word."""
        for chunk in chunks(observations):
            self._connection.execute(
                update(OBSERVATIONS).where(OBSERVATIONS.c.id.in_(chunk)).values(accepted=True)
            )

    def latest_contents(self, keys: Collection[int]) -> dict[int, int]:
        """Return the content of each key's latest observation, by key."""
        o = OBSERVATIONS.c
        latest = (
            select(o.key_id.label("key"), func.max(o.taken_at).label("at"))
            .where(o.content_id.is_not(None))
            .group_by(o.key_id)
        )
        found: dict[int, int] = {}
        for chunk in chunks(keys):
            last = latest.where(o.key_id.in_(chunk)).subquery()
            query = select(o.key_id, o.content_id).join(
                last, (last.c.key == o.key_id) & (last.c.at == o.taken_at)
            )
            rows = self._connection.execute(query.where(o.content_id.is_not(None)))
            found.update({key: content for key, content in rows})
        return found

    def latest_at(self) -> Instant | None:
        """Return the moment of the latest observation of all."""
        return self._connection.execute(select(func.max(OBSERVATIONS.c.taken_at))).scalar()

    # The fold's input and output

    def recorded_since(
        self, playlists: Collection[int], first: Instant
    ) -> dict[int, list[Recorded]]:
        """Return each playlist's observations in fold order, from the last that counted before ``first`` on."""
        found: dict[int, list[Recorded]] = {}
        for chunk in chunks(playlists):
            base = (
                select(KEYS.c.playlist_id.label("playlist"), func.max(OBSERVATIONS.c.taken_at).label("at"))
                .join(KEYS, KEYS.c.id == OBSERVATIONS.c.key_id)
                .where(KEYS.c.playlist_id.in_(chunk), OBSERVATIONS.c.taken_at < first, _HEARD)
                .group_by(KEYS.c.playlist_id)
                .subquery()
            )
            query = (
                _RECORDED.outerjoin(base, base.c.playlist == KEYS.c.playlist_id)
                .where(KEYS.c.playlist_id.in_(chunk))
                .where(OBSERVATIONS.c.taken_at >= func.coalesce(base.c.at, 0))
            )
            for row in self._connection.execute(query):
                playlist, recorded = _recorded(row)
                found.setdefault(playlist, []).append(recorded)
        for rows in found.values():
            rows.sort(key=lambda each: each.observation.order)
        return found

    def recorded(self, playlists: Collection[int]) -> dict[int, list[Recorded]]:
        """Return all observations of playlists in fold order."""
        return self.recorded_since(playlists, Instant(0))

    def said_before(self, playlist: int, digest: bytes, at: Instant) -> bool:
        """Tell whether an observation with these bytes counted for a playlist at or before a moment."""
        o = OBSERVATIONS.c
        query = select(
            exists().where(
                o.key_id == KEYS.c.id,
                KEYS.c.playlist_id == playlist,
                o.digest == digest,
                o.taken_at <= at,
                _HEARD,
            )
        )
        return bool(self._connection.execute(query).scalar())

    def endings(self, playlists: Collection[int]) -> dict[int, list[Ending]]:
        """Return the moments at which rosters of CSV exports did not list playlists only such exports showed."""
        r = ROSTERS.c
        rosters = self._connection.execute(
            select(r.id, r.taken_at).where(r.source == int(Source.CSV)).order_by(r.taken_at)
        ).all()
        if not rosters:
            return {}
        listed: dict[int, set[int]] = {}
        query = select(ROSTER_KEYS.c.roster_id, KEYS.c.playlist_id).join(
            KEYS, KEYS.c.id == ROSTER_KEYS.c.key_id
        )
        for roster, playlist in self._connection.execute(query):
            listed.setdefault(roster, set()).add(playlist)
        exempt = self._exempt_from_csv_rosters()
        return {
            playlist: [Ending(at) for roster, at in rosters if playlist not in listed.get(roster, ())]
            for playlist in playlists
            if playlist not in exempt
        }

    def _exempt_from_csv_rosters(self) -> set[int]:
        query = (
            select(KEYS.c.playlist_id)
            .join(OBSERVATIONS, OBSERVATIONS.c.key_id == KEYS.c.id)
            .where((OBSERVATIONS.c.source == int(Source.API)) | (KEYS.c.key == LIKED))
        )
        return set(self._connection.execute(query.distinct()).scalars())

    def add_roster(self, snapshot: int, at: Instant, source: Source, keys: Iterable[int]) -> None:
        """Store which playlists exist at a moment."""
        number = self._numbers.next(ROSTERS)
        columns = ("id", "snapshot_id", "taken_at", "source")
        bulk_insert(self._connection, ROSTERS, columns, [(number, snapshot, at, int(source))])
        rows = [(number, key) for key in sorted(set(keys))]
        bulk_insert(self._connection, ROSTER_KEYS, ("roster_id", "key_id"), rows)

    def unlisted_playlists(self, listed: Collection[int], at: Instant) -> set[int]:
        """Return the playlists in the library at a moment whose keys are not among ``listed``."""
        s = SPANS.c
        present = set(
            self._connection.execute(
                select(s.playlist_id).where(
                    s.valid_from <= at, (s.valid_to.is_(None)) | (s.valid_to > at)
                )
            ).scalars()
        )
        named = set(
            self._connection.execute(
                select(KEYS.c.playlist_id).where(KEYS.c.id.in_(list(listed)))
            ).scalars()
        )
        return present - named

    def write_steps(self, steps: Iterable[Step]) -> None:
        """Store what the fold made of observations."""
        values = [
            {"row": step.event.id, "effect_now": int(step.effect), "state_now": step.state}
            for step in steps
            if isinstance(step.event, Observation)
        ]
        if values:
            self._connection.execute(
                update(OBSERVATIONS)
                .where(OBSERVATIONS.c.id == bindparam("row"))
                .values(effect=bindparam("effect_now"), state_id=bindparam("state_now")),
                values,
            )

    def trails(self) -> dict[PlaylistKey, Trail]:
        """Return every moment at which each key was seen with a content, and when rosters lacked it."""
        o = OBSERVATIONS.c
        query = (
            select(KEYS.c.key, o.taken_at, o.content_id)
            .join(KEYS, KEYS.c.id == o.key_id)
            .where(o.content_id.is_not(None))
            .order_by(o.taken_at, o.source, o.digest)
        )
        seen: dict[PlaylistKey, tuple[list[Instant], list[int | None]]] = {}
        for key, at, content in self._connection.execute(query):
            times, contents = seen.setdefault(PlaylistKey(key), ([], []))
            times.append(at)
            contents.append(content)
        gone = self._roster_gaps()
        return {
            key: Trail(key, times, contents, [at for at, keys in gone if key not in keys])
            for key, (times, contents) in seen.items()
        }

    def _roster_gaps(self) -> list[tuple[Instant, set[PlaylistKey]]]:
        listed: dict[int, tuple[Instant, set[PlaylistKey]]] = {
            number: (at, set())
            for number, at in self._connection.execute(select(ROSTERS.c.id, ROSTERS.c.taken_at))
        }
        query = select(ROSTER_KEYS.c.roster_id, KEYS.c.key).join(
            KEYS, KEYS.c.id == ROSTER_KEYS.c.key_id
        )
        for roster, key in self._connection.execute(query):
            listed[roster][1].add(PlaylistKey(key))
        return list(listed.values())

    # Spans: when a playlist was in the library, under which key and name

    def write_spans(self, playlists: Collection[int]) -> None:
        """Work out anew when playlists were in the library, and what they are called now."""
        endings = self.endings(playlists)
        recorded = self.recorded(playlists)
        for chunk in chunks(playlists):
            self._connection.execute(delete(SPANS).where(SPANS.c.playlist_id.in_(chunk)))
        rows: list[tuple[object, ...]] = []
        for playlist in playlists:
            for span in _spans(recorded.get(playlist, []), endings.get(playlist, [])):
                rows.append((self._numbers.next(SPANS), playlist, *span))
        columns = ("id", "playlist_id", "key_id", "name_id", "valid_from", "valid_to")
        bulk_insert(self._connection, SPANS, columns, rows)

    def refresh_playlists(self, playlists: Collection[int]) -> None:
        """Bring playlists' key, name and moments up to date with their spans and observations."""
        last = _last_spans(self._connection, playlists)
        observed = _observed(self._connection, playlists)
        names = {row[0]: row for row in self._connection.execute(select(NAMES))}
        keys = {row[0]: row[1] for row in self._connection.execute(select(KEYS.c.id, KEYS.c.key))}
        values = []
        for playlist, (key, name, ended) in last.items():
            values.append(
                {
                    "row": playlist,
                    "key_now": keys[key],
                    "name_now": names[name][2],
                    "inferred_now": names[name][3],
                    "observed_now": observed.get(playlist),
                    "ended_now": ended,
                }
            )
        if values:
            self._connection.execute(_REFRESH, values)
        self._forget_empty(set(playlists) - set(last))

    def _forget_empty(self, playlists: Collection[int]) -> None:
        """Unset the moments of playlists that no sound observation shows any more."""
        for chunk in chunks(playlists):
            self._connection.execute(
                update(PLAYLISTS)
                .where(PLAYLISTS.c.id.in_(chunk))
                .values(observed_at=None, ended_at=None)
            )

    def open_span_names(self, playlists: Collection[int]) -> dict[int, tuple[int, int]]:
        """Return key and name of each playlist's open span, as row numbers."""
        query = select(SPANS.c.playlist_id, SPANS.c.key_id, SPANS.c.name_id).where(
            SPANS.c.valid_to.is_(None)
        )
        return {
            playlist: (key, name)
            for chunk in chunks(playlists)
            for playlist, key, name in self._connection.execute(
                query.where(SPANS.c.playlist_id.in_(chunk))
            )
        }


_REFRESH = (
    update(PLAYLISTS)
    .where(PLAYLISTS.c.id == bindparam("row"))
    .values(
        key=bindparam("key_now"),
        name=bindparam("name_now"),
        name_inferred=bindparam("inferred_now"),
        observed_at=bindparam("observed_now"),
        ended_at=bindparam("ended_now"),
    )
)


def _last_spans(
    connection: Connection, playlists: Collection[int]
) -> dict[int, tuple[int, int, Instant | None]]:
    s = SPANS.c
    query = select(s.playlist_id, s.key_id, s.name_id, s.valid_to).order_by(s.valid_from)
    return {
        playlist: (key, name, ended)
        for chunk in chunks(playlists)
        for playlist, key, name, ended in connection.execute(query.where(s.playlist_id.in_(chunk)))
    }


def _observed(connection: Connection, playlists: Collection[int]) -> dict[int, Instant]:
    query = (
        select(KEYS.c.playlist_id, func.max(OBSERVATIONS.c.taken_at))
        .join(KEYS, KEYS.c.id == OBSERVATIONS.c.key_id)
        .where(_HEARD)
        .group_by(KEYS.c.playlist_id)
    )
    return {
        playlist: at
        for chunk in chunks(playlists)
        for playlist, at in connection.execute(query.where(KEYS.c.playlist_id.in_(chunk)))
    }


def _spans(
    recorded: Sequence[Recorded], endings: Sequence[Ending]
) -> list[tuple[int, int, Instant, Instant | None]]:
    """Return (key, name, from, to) for every stretch under one key and name."""
    said = [(each.observation.order, each) for each in recorded if each.effect.heard]
    events: list[tuple[Event, Recorded | None]] = [(each.observation, each) for _, each in said]
    events += [(ending, None) for ending in endings]
    events.sort(key=lambda event: event[0].order)
    spans: list[tuple[int, int, Instant, Instant | None]] = []
    for event, each in events:
        if spans and spans[-1][3] is None:
            key, name, start, _ = spans[-1]
            if each is not None and (each.key, each.name) == (key, name):
                continue
            spans.pop()
            if start < event.at:
                spans.append((key, name, start, event.at))
        if each is not None:
            spans.append((each.key, each.name, event.at, None))
    return spans
