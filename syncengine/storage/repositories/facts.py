"""What holds for tracks: kept current on every change, and read for any moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, select, update

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import Attestation, Claim, Facts, in_hindsight, resolve
from syncengine.storage.bulk import Lookup, bulk_update, chunks
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.anew import tell_anew
from syncengine.storage.repositories.claims import (
    CLAIMS,
    TRACKS,
    ClaimBook,
    ClaimReader,
    load_dialects,
)
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.repositories.continuing import standing_rows
from syncengine.storage.repositories.groups import GROUP_COLUMNS
from syncengine.storage.repositories.heard import Heard
from syncengine.storage.repositories.series import ATTESTATIONS, Retelling

Said = tuple[Instant, int]
"""From when a claim is made, and the claim's row number."""

_CURRENT = (*GROUP_COLUMNS, "isrc")
_POINT_AT_CLAIM = (
    update(TRACKS)
    .where(CLAIMS.c.id == bindparam("claim"), TRACKS.c.id == CLAIMS.c.track_id)
    .values({name: CLAIMS.c[name] for name in _CURRENT})
)
_ALL_ISRCS = select(TRACKS.c.id, TRACKS.c.isrc)
_ISRCS = Lookup(_ALL_ISRCS, TRACKS.c.id)
_ALL_SAID_ISRCS = select(
    ATTESTATIONS.c.track_id, ATTESTATIONS.c.rank, ATTESTATIONS.c.at, CLAIMS.c.isrc
).join_from(
    ATTESTATIONS, CLAIMS, (CLAIMS.c.id == ATTESTATIONS.c.claim_id) & CLAIMS.c.isrc.is_not(None)
)
_SAID_ISRCS = Lookup(_ALL_SAID_ISRCS, ATTESTATIONS.c.track_id)
_MANY = 200
"""From so many tracks on, one statement over the whole table is quicker than one for each."""
_A = ATTESTATIONS.c
_ALONE = (
    select(_A.track_id, func.min(_A.claim_id).label("claim_id"))
    .group_by(_A.track_id)
    .having(func.count() == 1)
    .subquery()
)
_POINT_FIRST = (
    update(TRACKS)
    .where(
        TRACKS.c.id == _ALONE.c.track_id,
        CLAIMS.c.id == _ALONE.c.claim_id,
        *(TRACKS.c[name].is_(None) for name in _CURRENT),
    )
    .values({name: CLAIMS.c[name] for name in _CURRENT})
)
_POINT_AT_GROUPS = (
    update(TRACKS)
    .where(TRACKS.c.id == bindparam("track"))
    .values({name: bindparam(f"{name}_now") for name in _CURRENT})
)
_POINT_NOWHERE = (
    update(TRACKS).where(TRACKS.c.id == bindparam("track")).values(dict.fromkeys(_CURRENT))
)


class FactWriter:
    """Keeps what is said of tracks, and their current facts, right."""

    def __init__(self, connection: Connection, contents: ContentBook, claims: ClaimBook) -> None:
        self._connection = connection
        self._contents = contents
        self._claims = claims

    def retell(self, came: Sequence[Heard], went: Sequence[Heard]) -> None:
        """Bring everything up to date after observations came to count, or ceased to."""
        if came or went:
            told = Retelling(self._connection, self._contents, came, went).run()
            if all(each.words is not None for each in (*came, *went)):
                self._refresh_isrcs({*told.first, *told.others})
                return
            called = _keys_of_aliased(self._connection)
            self._introduce({t: claim for t, claim in told.first.items() if t not in called})
            self._refresh(told.others.union(told.first.keys() & called.keys()))

    def _introduce(self, first: Mapping[int, int]) -> None:
        """Point tracks that were never spoken of before at their one claim."""
        if len(first) < _MANY:
            self._point(first.values())
            return
        # Nothing but these point nowhere and have exactly one claim made of them.
        self._connection.execute(_POINT_FIRST)

    def tell_anew(self, playlists: Collection[int], tracks: Collection[int]) -> None:
        """Bring everything about tracks up to date; ``playlists`` are all that ever spoke of them."""
        tell_anew(self._connection, self._contents, playlists=playlists, tracks=tracks)
        self._refresh(tracks)

    def _point(self, claims: Iterable[int]) -> None:
        if values := [{"claim": claim} for claim in claims]:
            self._connection.execute(_POINT_AT_CLAIM, values)

    def _refresh(self, tracks: Collection[int]) -> None:
        """Point each track at the facts that hold now."""
        said = _said_of(self._connection, None, tracks)
        # A claim that speaks of a track by another name does not point at it.
        called = _keys_of_aliased(self._connection)
        several = {track: rows for track, rows in said.items() if len(rows) > 1 or track in called}
        self._point(rows[0][1] for track, rows in said.items() if track not in several)
        if several:
            self._merge(several)
        silent = [{"track": track} for track in tracks if track not in said]
        if silent:
            self._connection.execute(_POINT_NOWHERE, silent)

    def _refresh_isrcs(self, tracks: Collection[int]) -> None:
        """Give each track the ISRC that holds now: the one fact that an enrichment can change."""
        now: dict[int, str | None] = dict.fromkeys(sorted(tracks))
        rows = standing_rows(self._connection, _ALL_ISRCS, _ISRCS, now)
        before = {track: isrc for track, isrc in rows}  # noqa: C416 - a row is no pair to mypy
        said = standing_rows(self._connection, _ALL_SAID_ISRCS, _SAID_ISRCS, now)
        now |= {track: isrc for track, _, _, isrc in sorted(said)}
        changed = [(track, isrc) for track, isrc in now.items() if before[track] != isrc]
        bulk_update(self._connection, TRACKS, "isrc", changed)

    def _merge(self, several: Mapping[int, Sequence[Said]]) -> None:
        facts = _resolve_all(self._connection, several)
        merged = [
            Claim(
                f.track,
                f.recording if "recording" in f.sources else None,
                f.release if "release" in f.sources else None,
                f.genres or None,
                f.features,
                f.isrc,
            )
            for f in facts.values()
        ]
        groups = zip(*self._claims.groups.intern(merged, list(facts), facts), strict=True)
        names = [f"{name}_now" for name in GROUP_COLUMNS]
        self._connection.execute(
            _POINT_AT_GROUPS,
            [
                {"track": track, "isrc_now": each.isrc, **dict(zip(names, group, strict=True))}
                for (track, each), group in zip(facts.items(), groups, strict=True)
            ],
        )


def facts_at(
    connection: Connection, at: Instant | None, tracks: Collection[int] | None = None
) -> dict[int, Facts]:
    """Return what holds for tracks (none: all) at a moment (none: now), by track row number."""
    return _resolve_all(connection, _said_of(connection, at, tracks), everything=tracks is None)


def facts_in_hindsight(
    connection: Connection, at: Instant, until: Instant, tracks: Collection[int]
) -> dict[int, Facts]:
    """Return what held for tracks at a moment, as better sources that first spoke until another tell."""
    return _resolve_all(connection, _said_of(connection, until, tracks), known_at=at)


def attested(connection: Connection, track: int) -> list[Attestation]:
    """Return all that sources said of a track (by row number), in order of time."""
    said = _said_of(connection, None, (track,))
    return next((told for _, told in _attested(connection, said)), [])


def restated(connection: Connection, after: Instant, until: Instant) -> set[int]:
    """Return the tracks of which something new was said after one moment, up to another."""
    query = select(_A.track_id).where(_A.at > after, _A.at <= until).distinct()
    return set(connection.execute(query).scalars())


def _said_of(
    connection: Connection, at: Instant | None, tracks: Collection[int] | None
) -> dict[int, list[Said]]:
    a = ATTESTATIONS.c
    query = select(a.track_id, a.at, a.claim_id).order_by(a.track_id, a.at, a.rank)
    if at is not None:
        query = query.where(a.at <= at)
    parts = [query] if tracks is None else [query.where(a.track_id.in_(c)) for c in chunks(tracks)]
    said: dict[int, list[Said]] = {}
    for part in parts:
        for track, since, claim in connection.execute(part):
            said.setdefault(track, []).append((since, claim))
    return said


def _keys_of_aliased(connection: Connection) -> dict[int, TrackKey]:
    """Return the keys of tracks that are also spoken of by other names, by row number."""
    query = select(TRACKS.c.id, TRACKS.c.key).join(ALIASES, ALIASES.c.alias_of == TRACKS.c.id)
    return {track: TrackKey(key) for track, key in connection.execute(query)}


def _resolve_all(
    connection: Connection,
    said: Mapping[int, Sequence[Said]],
    *,
    everything: bool = False,
    known_at: Instant | None = None,
) -> dict[int, Facts]:
    keys = _keys_of_aliased(connection)
    facts = {}
    for track, told in _attested(connection, said, everything=everything):
        known = told if known_at is None else in_hindsight(told, known_at)
        facts[track] = resolve(keys.get(track, told[0].claim.track), known)
    return facts


def _attested(
    connection: Connection, said: Mapping[int, Sequence[Said]], *, everything: bool = False
) -> Iterator[tuple[int, list[Attestation]]]:
    """Yield what is said of tracks, in words."""
    numbers = {claim for rows in said.values() for _, claim in rows}
    claims = ClaimReader(connection).read(None if everything else numbers)
    dialects = load_dialects(connection)
    by_claim = select(CLAIMS.c.id, CLAIMS.c.dialect_id)
    parts = (
        [by_claim] if everything else [by_claim.where(CLAIMS.c.id.in_(c)) for c in chunks(numbers)]
    )
    made_by = {
        claim: dialects[dialect] for part in parts for claim, dialect in connection.execute(part)
    }
    for track, rows in said.items():
        yield track, [Attestation(since, made_by[claim], claims[claim]) for since, claim in rows]
