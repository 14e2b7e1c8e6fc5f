"""What is stored as it was seen: keys, names, snapshots, observations and rosters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect, Kind, Source
from syncengine.storage.bulk import Lookup, Numbers, bulk_insert, chunks
from syncengine.storage.models import catalog, remote, timeline
from syncengine.storage.repositories.interning import Interner

OBSERVATIONS = timeline.observations
KEYS = timeline.playlist_keys
PLAYLISTS = timeline.playlists
NAMES = timeline.playlist_names
SNAPSHOTS = timeline.snapshots
SPANS = timeline.playlist_spans
ROSTERS = timeline.rosters
ROSTER_KEYS = timeline.roster_keys
_CONTENTS = timeline.contents
_DIALECTS = catalog.dialects
_NAME_KEYS = remote.name_keys
_HEARD = OBSERVATIONS.c.effect < Effect.ASIDE


_SEEN = Lookup(
    select(
        OBSERVATIONS.c.key_id,
        OBSERVATIONS.c.digest,
        OBSERVATIONS.c.id,
        OBSERVATIONS.c.taken_at,
        OBSERVATIONS.c.effect,
        OBSERVATIONS.c.content_id,
        _CONTENTS.c.lines,
        _DIALECTS.c.name,
        _DIALECTS.c.generation,
    )
    .outerjoin(_CONTENTS, _CONTENTS.c.id == OBSERVATIONS.c.content_id)
    .outerjoin(_DIALECTS, _DIALECTS.c.id == OBSERVATIONS.c.dialect_id),
    OBSERVATIONS.c.digest,
)


def keys_of_joined(connection: Connection) -> dict[int, list[PlaylistKey]]:
    """Return the keys of each playlist that has several, by row number."""
    joined = select(KEYS.c.playlist_id).where(KEYS.c.joined_because.is_not(None))
    query = select(KEYS.c.playlist_id, KEYS.c.key).where(KEYS.c.playlist_id.in_(joined))
    keys: dict[int, list[PlaylistKey]] = {}
    for playlist, key in connection.execute(query):
        keys.setdefault(playlist, []).append(PlaylistKey(key))
    return keys


_TOLD = "/"
"""What the stem of a name begins with that the API told: no file is called so."""


def told_stem(name: str) -> str:
    """Return what stands for the file stem of a name that no file was seen with."""
    return _TOLD + name


def seen_stem(stem: str) -> str:
    """Return the stem to give a file: the one that was seen, else the name that was told."""
    return stem.removeprefix(_TOLD)


def told_names(connection: Connection) -> dict[int, tuple[str, frozenset[PlaylistKey]]]:
    """Return the name that the API told last of each playlist, and the keys its exports go by."""
    o = OBSERVATIONS.c
    query = (
        select(KEYS.c.playlist_id, NAMES.c.id, NAMES.c.name)
        .join_from(KEYS, OBSERVATIONS, o.key_id == KEYS.c.id)
        .join(NAMES, NAMES.c.id == o.name_id)
        .where(NAMES.c.stem.like(f"{_TOLD}%"))
        .order_by(o.taken_at)
    )
    last = {playlist: (number, name) for playlist, number, name in connection.execute(query)}
    if not last:
        return {}
    of_name: dict[int, set[PlaylistKey]] = {}
    for number, key in connection.execute(select(_NAME_KEYS.c.name_id, _NAME_KEYS.c.key)):
        of_name.setdefault(number, set()).add(PlaylistKey(key))
    return {
        playlist: (name, frozenset(of_name.get(number, ())))
        for playlist, (number, name) in last.items()
    }


class KeyRow(NamedTuple):
    """A playlist key and the playlist it belongs to, as row numbers, and why if it was joined."""

    id: int
    playlist: int
    because: str | None = None


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
    dialect: str | None
    generation: str | None


class LastTold(NamedTuple):
    """The last that was told of a key; ``content``, ``dialect`` and ``name`` are row numbers."""

    at: Instant
    digest: bytes
    content: int
    dialect: int | None
    name: int


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
        k = KEYS.c
        rows = self._connection.execute(select(k.key, k.id, k.playlist_id, k.joined_because))
        return {PlaylistKey(key): KeyRow(*row) for key, *row in rows}

    def add_keys(self, names: Mapping[PlaylistKey, str]) -> dict[PlaylistKey, KeyRow]:
        """Store keys that are new, each with a playlist of its own for now."""
        numbers = self._numbers.take(KEYS, len(names))
        playlists = self._new_playlists(names)
        added = {
            key: KeyRow(number, playlist)
            for key, number, playlist in zip(names, numbers, playlists, strict=True)
        }
        rows = [(row.id, key, row.playlist, None) for key, row in added.items()]
        bulk_insert(self._connection, KEYS, ("id", "key", "playlist_id", "joined_because"), rows)
        return added

    def new_playlist(self, key: PlaylistKey, name: str) -> int:
        """Store a playlist and return its row number."""
        return self._new_playlists({key: name})[0]

    def _new_playlists(self, names: Mapping[PlaylistKey, str]) -> range:
        numbers = self._numbers.take(PLAYLISTS, len(names))
        columns = ("id", "key", "name", "name_inferred")
        rows = ((n, key, names[key], True) for n, key in zip(numbers, names, strict=True))
        bulk_insert(self._connection, PLAYLISTS, columns, rows)
        return numbers

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

    def told_names(self, called: Mapping[str, Collection[PlaylistKey]]) -> dict[str, int]:
        """Return the row numbers of names that the API told; values are the keys their exports go by."""
        stems = {told_stem(name): (name, False) for name in called}
        numbers = self._names.intern(stems)
        known = {
            tuple(row)
            for chunk in chunks(numbers.values())
            for row in self._connection.execute(
                select(_NAME_KEYS.c.name_id, _NAME_KEYS.c.key).where(
                    _NAME_KEYS.c.name_id.in_(chunk)
                )
            )
        }
        found = {name: numbers[told_stem(name)] for name in called}
        rows = {(found[name], str(key)) for name, keys in called.items() for key in keys}
        bulk_insert(self._connection, _NAME_KEYS, ("name_id", "key"), sorted(rows - known))
        return found

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

    def snapshot_of(self, observations: Collection[int]) -> tuple[int, Source, Instant] | None:
        """Return id, source and taken-at of the latest listed snapshot among those of observations."""
        s = SNAPSHOTS.c
        found: list[tuple[Instant, int, Source]] = []
        for chunk in chunks(observations):
            query = (
                select(s.taken_at, s.id, s.source)
                .join(OBSERVATIONS, OBSERVATIONS.c.snapshot_id == s.id)
                .where(OBSERVATIONS.c.id.in_(chunk), s.listed)
                .distinct()
            )
            found += [
                (at, number, Source(src)) for at, number, src in self._connection.execute(query)
            ]
        if not found:
            return None
        at, number, source = max(found)
        return number, source, at

    def shown_names(self, keys: Collection[PlaylistKey]) -> dict[PlaylistKey, str]:
        """Return the name under which each key was seen last."""
        o = OBSERVATIONS.c
        query = (
            select(KEYS.c.key, NAMES.c.name)
            .join(OBSERVATIONS, o.key_id == KEYS.c.id)
            .join(NAMES, NAMES.c.id == o.name_id)
            .order_by(o.taken_at)
        )
        return {
            PlaylistKey(key): name
            for chunk in chunks(keys)
            for key, name in self._connection.execute(query.where(KEYS.c.key.in_(chunk)))
        }

    def sizes(self, observations: Collection[int]) -> dict[int, tuple[int, int]]:
        """Return how many entries observations tell, and how many were in force beside them."""
        o, state = OBSERVATIONS.c, _CONTENTS.alias()
        query = (
            select(o.id, _CONTENTS.c.lines, func.coalesce(state.c.lines, 0))
            .join(_CONTENTS, _CONTENTS.c.id == o.content_id)
            .outerjoin(state, state.c.id == o.state_id)
        )
        return {
            number: (told, held)
            for chunk in chunks(observations)
            for number, told, held in self._connection.execute(query.where(o.id.in_(chunk)))
        }

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

    def seen_bytes(self, digests: Iterable[bytes]) -> dict[tuple[int, bytes], list[Seen]]:
        """Return the observations that had these bytes by key and digest, oldest first."""
        found: dict[tuple[int, bytes], list[Seen]] = {}
        rows = _SEEN.rows(self._connection, set(digests))
        for key, digest, number, at, effect, *rest in sorted(rows, key=itemgetter(3)):
            seen = Seen(number, at, Effect(effect), *rest)
            found.setdefault((key, digest), []).append(seen)
        return found

    def last_told(self, source: Source) -> dict[PlaylistKey, LastTold]:
        """Return the last sound observation that a source made of each key."""
        o = OBSERVATIONS.c
        sound = (o.source == int(source), _HEARD, o.content_id.is_not(None))
        newest = (
            select(o.key_id.label("key"), func.max(o.taken_at).label("at"))
            .where(*sound)
            .group_by(o.key_id)
            .subquery()
        )
        query = (
            select(KEYS.c.key, o.taken_at, o.digest, o.content_id, o.dialect_id, o.name_id)
            .join(KEYS, KEYS.c.id == o.key_id)
            .join(newest, (newest.c.key == o.key_id) & (newest.c.at == o.taken_at))
            .where(*sound)
        )
        return {PlaylistKey(key): LastTold(*row) for key, *row in self._connection.execute(query)}

    def told_at(self, key: int, at: Instant) -> dict[bytes, int | None]:
        """Return what a key was observed to hold at exactly this moment: contents by digest of bytes."""
        o = OBSERVATIONS.c
        query = select(o.digest, o.content_id).where(o.key_id == key, o.taken_at == at)
        return dict(iter(self._connection.execute(query)))

    def moments_since(self, keys: Collection[int], at: Instant) -> dict[int, set[Instant]]:
        """Return when each key was observed at or after a moment."""
        o = OBSERVATIONS.c
        found: dict[int, set[Instant]] = {key: set() for key in keys}
        for chunk in chunks(keys):
            query = select(o.key_id, o.taken_at).where(o.key_id.in_(chunk), o.taken_at >= at)
            for key, taken_at in self._connection.execute(query):
                found[key].add(taken_at)
        return found

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

    def latest_contents(self, keys: Collection[int], *, heard: bool = False) -> dict[int, int]:
        """Return the content of each key's latest observation (``heard``: that counts), by key."""
        o = OBSERVATIONS.c
        counts = o.effect < Effect.ASIDE if heard else o.content_id.is_not(None)
        latest = (
            select(o.key_id.label("key"), func.max(o.taken_at).label("at"))
            .where(counts)
            .group_by(o.key_id)
        )
        found: dict[int, int] = {}
        for chunk in chunks(keys):
            last = latest.where(o.key_id.in_(chunk)).subquery()
            query = select(o.key_id, o.content_id).join(
                last, (last.c.key == o.key_id) & (last.c.at == o.taken_at)
            )
            found.update(iter(self._connection.execute(query.where(counts))))
        return found

    def latest_at(self) -> Instant | None:
        """Return the moment of the latest observation of all."""
        return self._connection.execute(select(func.max(OBSERVATIONS.c.taken_at))).scalar()

    def add_roster(self, snapshot: int, at: Instant, source: Source, keys: Iterable[int]) -> None:
        """Store which playlists exist at a moment."""
        number = self._numbers.next(ROSTERS)
        columns = ("id", "snapshot_id", "taken_at", "source")
        bulk_insert(self._connection, ROSTERS, columns, [(number, snapshot, at, int(source))])
        rows = [(number, key) for key in sorted(set(keys))]
        bulk_insert(self._connection, ROSTER_KEYS, ("roster_id", "key_id"), rows)
