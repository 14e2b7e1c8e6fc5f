"""Claims: what rows of exports say of tracks, each distinct statement stored once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from syncengine.core.identity import (
    UNAVAILABLE,
    TrackKey,
    is_track,
)
from syncengine.core.track import (
    Artist,
    AudioFeatures,
    Claim,
    Dialect,
    Recording,
    Release,
)
from syncengine.storage.bulk import Lookup, Numbers, bulk_insert, chunks, plain_rows
from syncengine.storage.models import catalog
from syncengine.storage.repositories.groups import GROUP_COLUMNS, GroupBook
from syncengine.storage.repositories.interning import Interner


class KnownClaim(NamedTuple):
    """A stored claim, and the track it is of, as row numbers."""

    claim: int
    track: int


CLAIMS = catalog.claims
TRACKS = catalog.tracks
_KNOWN = Lookup(select(CLAIMS.c.fingerprint, CLAIMS.c.id, CLAIMS.c.track_id), CLAIMS.c.fingerprint)
_MOST_REMEMBERED = 100_000
_FEW_CLAIMS = 10
_SAYING = ("attestations", "enriched_tracks")


def track_kind(key: TrackKey) -> str:
    """Return the kind a track key is of, as the tracks table names it."""
    if is_track(key):
        return "track"
    if key == UNAVAILABLE:
        return "unavailable"
    if key.startswith("meta:"):
        return "meta"
    return key.split(":", 2)[1]


class ClaimBook:
    """Finds and stores claims within one transaction."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._known: dict[bytes, KnownClaim] = {}
        self._forgot = False
        self._tracks: Interner[str] = Interner(connection, numbers, TRACKS, "key", ("kind",))
        self.groups = GroupBook(connection, numbers)
        self._dialects: dict[Dialect, int] = {}

    def find(self, fingerprints: Iterable[bytes]) -> dict[bytes, KnownClaim]:
        """Return the stored claims among these fingerprints."""
        asked = set(fingerprints)
        remembered = self._known
        found = {each: remembered[each] for each in asked if each in remembered}
        if len(found) < len(asked) and (self._forgot or not self._numbers.was_empty(CLAIMS)):
            rows = _KNOWN.rows(self._connection, asked.difference(found))
            stored = {row[0]: KnownClaim(row[1], row[2]) for row in rows}
            self._remember(stored)
            found |= stored
        return found

    def _remember(self, known: Mapping[bytes, KnownClaim]) -> None:
        if len(self._known) + len(known) > _MOST_REMEMBERED:
            self._known.clear()
            self._forgot = True
        self._known |= known

    def add(self, dialect: Dialect, claims: Mapping[bytes, Claim]) -> dict[bytes, KnownClaim]:
        """Store claims that ``find`` did not know, and everything they speak of."""
        self._numbers.was_empty(CLAIMS)
        said = list(claims.values())
        tracks = self._tracks.find({c.track for c in said})
        strangers: dict[str, tuple[str]] = {
            c.track: (track_kind(c.track),) for c in said if c.track not in tracks
        }
        known = set(tracks.values())
        tracks |= self._tracks.intern(strangers)
        owners = [tracks[c.track] for c in said]
        groups = self.groups.intern(said, owners, known)
        numbers = self._numbers.take(CLAIMS, len(said))
        dialects = repeat(self.dialect(dialect))
        isrcs = [c.isrc for c in said]
        bulk_insert(
            self._connection,
            CLAIMS,
            ("id", "fingerprint", "track_id", "dialect_id", *GROUP_COLUMNS, "isrc"),
            zip(numbers, claims, owners, dialects, *groups, isrcs, strict=False),
        )
        added = dict(zip(claims, map(KnownClaim, numbers, owners), strict=True))
        self._remember(added)
        return added

    def add_isrcs(self, dialect: Dialect, isrcs: Mapping[int, str]) -> dict[int, int]:
        """Store claims of tracks' ISRCs and nothing else; return their numbers, by track's row number."""
        number = self.dialect(dialect)
        query = select(CLAIMS.c.track_id, CLAIMS.c.isrc, CLAIMS.c.id)
        rows = plain_rows(self._connection, query.where(CLAIMS.c.dialect_id == number))
        found = {track: claim for track, isrc, claim in rows if isrcs.get(track) == isrc}
        new = sorted(track for track in isrcs if track not in found)
        numbers = self._numbers.take(CLAIMS, len(new))
        said = zip(numbers, new, strict=True)
        bulk_insert(
            self._connection,
            CLAIMS,
            ("id", "fingerprint", "track_id", "dialect_id", "isrc"),
            (
                (claim, _isrc_mark(number, track, isrcs[track]), track, number, isrcs[track])
                for claim, track in said
            ),
        )
        return found | dict(zip(new, numbers, strict=True))

    def forget(self, claims: Collection[int]) -> None:
        """Delete claims that nothing tells any more."""
        gone = set(claims)
        with self._attestations_by_claim(len(gone)):
            for chunk in chunks(gone):
                self._connection.execute(delete(CLAIMS).where(CLAIMS.c.id.in_(chunk)))
        self._known = {k: known for k, known in self._known.items() if known.claim not in gone}

    @contextmanager
    def _attestations_by_claim(self, count: int) -> Iterator[None]:
        """Keep indexes while many claims are deleted.

        For each of them the database looks whether something still refers to it. All the time the indexes
        would cost every import more than they are worth.
        """
        if count <= _FEW_CLAIMS:
            yield
            return
        run = self._connection.exec_driver_sql
        for table in _SAYING:
            run(f"CREATE INDEX ix_{table}_while_deleting ON {table} (claim_id)")
        yield
        for table in _SAYING:
            run(f"DROP INDEX ix_{table}_while_deleting")

    def dialect(self, dialect: Dialect) -> int:
        """Return the row number of a dialect, storing it if it is new."""
        if dialect not in self._dialects:
            self._dialects.update(
                {each: number for number, each in load_dialects(self._connection).items()}
            )
        if dialect not in self._dialects:
            number = self._numbers.next(catalog.dialects)
            damages = ",".join(sorted(dialect.damages))
            bulk_insert(
                self._connection,
                catalog.dialects,
                ("id", "name", "generation", "rank", "damages"),
                [(number, dialect.name, dialect.generation, dialect.rank, damages)],
            )
            self._dialects[dialect] = number
        return self._dialects[dialect]


def _isrc_mark(dialect: int, track: int, isrc: str) -> bytes:
    """Return what a claim of an ISRC alone goes by: no digest, so that many are written in order."""
    return b"%04x%08x%s" % (dialect, track, isrc.encode())


def load_dialects(connection: Connection) -> dict[int, Dialect]:
    """Return every dialect by row number."""
    d = catalog.dialects.c
    rows = connection.execute(select(d.id, d.name, d.generation, d.rank, d.damages))
    return {
        number: Dialect(name, generation, rank, frozenset(filter(None, damages.split(","))))
        for number, name, generation, rank, damages in rows
    }


class ClaimReader:
    """Reads claims back, whole sets at a time; credits are read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._credits: dict[int, tuple[Artist, ...]] | None = None

    def read(self, numbers: Collection[int] | None = None) -> dict[int, Claim]:
        """Return claims by row number; None reads them all."""
        if numbers is None:
            return dict(map(self._claim, self._connection.execute(_CLAIM)))
        some = _CLAIM.where(CLAIMS.c.id.in_(bindparam("numbers", expanding=True)))
        found: dict[int, Claim] = {}
        for chunk in chunks(numbers):
            found.update(map(self._claim, self._connection.execute(some, {"numbers": chunk})))
        return found

    def read_few(self, numbers: Collection[int]) -> dict[int, Claim]:
        """Return claims by row number, with no look at what they do not speak of."""
        rows = list(_FEW.quick_rows(self._connection, numbers))
        known = self._credits = {} if self._credits is None else self._credits
        fresh = {row[place] for row in rows for place in _CREDITS} - known.keys() - {None}
        lists: dict[int, list[tuple[int, Artist]]] = {credit: [] for credit in fresh}
        for credit, position, name, key in _MEMBERS.quick_rows(self._connection, fresh):
            lists[credit].append((position, _artist(name, key)))
        known |= {credit: tuple(a for _, a in sorted(each)) for credit, each in lists.items()}
        return dict(map(self._claim, rows))

    @property
    def credits(self) -> dict[int, tuple[Artist, ...]]:
        """Every artist credit by row number; after ``read_few`` those that it needed."""
        if self._credits is None:
            m, a = catalog.artist_credit_members.c, catalog.artists.c
            rows = self._connection.execute(
                select(m.artist_credit_id, m.name, a.key)
                .join(catalog.artists, a.id == m.artist_id)
                .order_by(m.artist_credit_id, m.position)
            )
            lists: dict[int, list[Artist]] = {}
            for credit, name, key in rows:
                lists.setdefault(credit, []).append(_artist(name, key))
            self._credits = {credit: tuple(members) for credit, members in lists.items()}
        return self._credits

    def _claim(self, row: Any) -> tuple[int, Claim]:
        (number, key, recording, release, genre_set, features, isrc, genres) = row[:8]
        credits = self.credits
        made = release_made = heard = None
        if recording is not None:
            r = row[8:15]
            made = Recording(
                r[0],
                credits.get(r[1], ()),
                r[2],
                None if r[3] is None else bool(r[3]),
                r[4],
                r[5],
                r[6],
            )
        if release is not None:
            r = row[15:23]
            release_made = Release(
                r[0],
                r[1],
                credits.get(r[2], ()),
                r[3],
                r[4],
                r[5],
                tuple(json.loads(r[6])) if r[6] else (),
                r[7],
            )
        if features is not None:
            heard = AudioFeatures(*row[23:])
        listed = tuple(json.loads(genres)) if genre_set is not None else None
        return number, Claim(TrackKey(key), made, release_made, listed, heard, isrc)


def _artist(name: str, key: str) -> Artist:
    return Artist(name, key if key.startswith("spotify:") else None)


def _claim_query() -> Any:
    c, r, s = catalog.claims.c, catalog.recordings.c, catalog.releases.c
    g, f = catalog.genre_sets.c, catalog.audio_features.c
    features = [f[name] for name in AudioFeatures._fields]
    return (
        select(
            c.id,
            TRACKS.c.key,
            c.recording_id,
            c.release_id,
            c.genre_set_id,
            c.audio_features_id,
            c.isrc,
            g.genres,
            r.title,
            r.artist_credit_id,
            r.duration_ms,
            r.explicit,
            r.disc_number,
            r.track_number,
            r.preview_url,
            s.album,
            s.album_uri,
            s.artist_credit_id,
            s.release_date,
            s.label,
            s.image_url,
            s.genres,
            s.copyrights,
            *features,
        )
        .join(TRACKS, TRACKS.c.id == c.track_id)
        .outerjoin(catalog.recordings, r.id == c.recording_id)
        .outerjoin(catalog.releases, s.id == c.release_id)
        .outerjoin(catalog.genre_sets, g.id == c.genre_set_id)
        .outerjoin(catalog.audio_features, f.id == c.audio_features_id)
    )


_CLAIM = _claim_query()
_FEW = Lookup(_CLAIM, CLAIMS.c.id)
_CREDITS = (9, 17)
"""Where a row has the credits of the recording and of the release."""
_CREDITED = catalog.artist_credit_members.c
_MEMBERS = Lookup(
    select(
        _CREDITED.artist_credit_id, _CREDITED.position, _CREDITED.name, catalog.artists.c.key
    ).join(catalog.artists, catalog.artists.c.id == _CREDITED.artist_id),
    _CREDITED.artist_credit_id,
)
