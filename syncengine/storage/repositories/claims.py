"""Claims: what rows of exports say of tracks, each distinct statement stored once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, bindparam, select

from syncengine.core.identity import (
    UNAVAILABLE,
    AlbumKey,
    TrackKey,
    album_key,
    artist_key,
)
from syncengine.core.track import (
    Artist,
    AudioFeatures,
    Claim,
    Dialect,
    Recording,
    Release,
)
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.models import Base, catalog
from syncengine.storage.repositories.interning import Interner


class KnownClaim(NamedTuple):
    """A stored claim, and the track it is of, as row numbers."""

    claim: int
    track: int


def table(model: type[Base]) -> Table:
    """Return a model's table."""
    found = model.__table__
    assert isinstance(found, Table)  # noqa: S101 - narrows the type: every model maps a plain table
    return found


CLAIMS = table(catalog.Claim)
TRACKS = table(catalog.Track)
_KNOWN = select(CLAIMS.c.fingerprint, CLAIMS.c.id, CLAIMS.c.track_id).where(
    CLAIMS.c.fingerprint.in_(bindparam("fingerprints", expanding=True))
)
_MOST_REMEMBERED = 200_000


# dataclasses.astuple copies every value in depth, which took a fifth of an import's time.
_numbers = attrgetter(*AudioFeatures.__dataclass_fields__)


def _digest(values: object) -> bytes:
    return blake2b(msgspec.msgpack.encode(values), digest_size=16).digest()


def track_kind(key: TrackKey) -> str:
    """Return the kind a track key is of, as the tracks table names it."""
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
        make = self._interner
        self._tracks: Interner[str] = make(catalog.Track, "key", ("kind",))
        self._artists: Interner[str] = make(catalog.Artist, "key", ("name",))
        self._albums: Interner[str] = make(catalog.Album, "key", ("name",))
        self._credits: Interner[bytes] = make(catalog.ArtistCredit, "digest", ())
        self._recordings: Interner[bytes] = make(
            catalog.Recording,
            "digest",
            (
                "title",
                "artist_credit_id",
                "duration_ms",
                "explicit",
                "disc_number",
                "track_number",
                "preview_url",
            ),
        )
        self._releases: Interner[bytes] = make(
            catalog.Release,
            "digest",
            (
                "album_id",
                "album",
                "album_uri",
                "artist_credit_id",
                "release_date",
                "label",
                "image_url",
                "genres",
                "copyrights",
            ),
        )
        self._genre_sets: Interner[bytes] = make(catalog.GenreSet, "digest", ("genres",))
        self._features: Interner[bytes] = make(
            catalog.AudioFeatures, "digest", tuple(AudioFeatures.__dataclass_fields__)
        )
        self._dialects: dict[Dialect, int] = {}

    def _interner(self, model: type[Base], key: str, columns: tuple[str, ...]) -> Interner[Any]:
        return Interner(self._connection, self._numbers, table(model), key, columns)

    def find(self, fingerprints: Iterable[bytes]) -> dict[bytes, KnownClaim]:
        """Return the stored claims among these fingerprints."""
        asked = set(fingerprints)
        found = {each: self._known[each] for each in asked if each in self._known}
        missing = asked.difference(found)
        if missing and (self._forgot or not self._numbers.was_empty(CLAIMS)):
            for chunk in chunks(missing):
                for row in self._connection.execute(_KNOWN, {"fingerprints": chunk}):
                    found[row[0]] = self._remember(row[0], KnownClaim(row[1], row[2]))
        return found

    def _remember(self, fingerprint: bytes, known: KnownClaim) -> KnownClaim:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
            self._forgot = True
        self._known[fingerprint] = known
        return known

    def add(self, dialect: Dialect, claims: Mapping[bytes, Claim]) -> dict[bytes, KnownClaim]:
        """Store claims that ``find`` did not know, and everything they speak of."""
        self._numbers.was_empty(CLAIMS)
        said = list(claims.values())
        tracks = self._tracks.intern({c.track: (track_kind(c.track),) for c in said})
        groups = self.intern_groups(said)
        number = self.dialect(dialect)
        rows = []
        added: dict[bytes, KnownClaim] = {}
        for (fingerprint, claim), group in zip(claims.items(), groups, strict=True):
            known = KnownClaim(self._numbers.next(CLAIMS), tracks[claim.track])
            rows.append((known.claim, fingerprint, known.track, number, *group, claim.isrc))
            added[fingerprint] = self._remember(fingerprint, known)
        columns = ("id", "fingerprint", "track_id", "dialect_id", *GROUP_COLUMNS, "isrc")
        bulk_insert(self._connection, CLAIMS, columns, rows)
        return added

    def dialect(self, dialect: Dialect) -> int:
        """Return the row number of a dialect, storing it if it is new."""
        if dialect not in self._dialects:
            self._dialects.update(
                {each: number for number, each in load_dialects(self._connection).items()}
            )
        if dialect not in self._dialects:
            number = self._numbers.next(table(catalog.Dialect))
            damages = ",".join(sorted(dialect.damages))
            bulk_insert(
                self._connection,
                table(catalog.Dialect),
                ("id", "name", "generation", "rank", "damages"),
                [(number, dialect.name, dialect.generation, dialect.rank, damages)],
            )
            self._dialects[dialect] = number
        return self._dialects[dialect]

    def intern_groups(
        self, claims: Sequence[Claim]
    ) -> list[tuple[int | None, int | None, int | None, int | None]]:
        """Store each claim's groups; return their row numbers in the order of ``GROUP_COLUMNS``."""
        credits = self._intern_credits(claims)
        recordings = self._intern_recordings(claims, credits)
        releases = self._intern_releases(claims, credits)
        genres = {c.genres: _digest(c.genres) for c in claims if c.genres}
        genre_ids = self._genre_sets.intern({d: (_json(g),) for g, d in genres.items()})
        features = {c.features: _digest(_numbers(c.features)) for c in claims if c.features}
        feature_ids = self._features.intern({d: _numbers(f) for f, d in features.items()})
        return [
            (
                recordings.get(c.recording) if c.recording else None,
                releases[c.release, album_of(c)] if c.release else None,
                genre_ids[genres[c.genres]] if c.genres else None,
                feature_ids[features[c.features]] if c.features else None,
            )
            for c in claims
        ]

    def _intern_credits(self, claims: Sequence[Claim]) -> dict[tuple[Artist, ...], int]:
        spoken = {c.recording.artists for c in claims if c.recording}
        spoken |= {c.release.album_artists for c in claims if c.release}
        spoken.discard(())
        keys = {artist: artist_key(*artist) for credit in spoken for artist in credit}
        artists = self._artists.intern({key: (artist.name,) for artist, key in keys.items()})
        digests = {credit: _digest(credit) for credit in spoken}
        known = self._credits.find(digests.values())
        ids = self._credits.intern(dict.fromkeys(digests.values(), ()))
        members = [
            (ids[digest], position, artists[keys[artist]], artist.name)
            for credit, digest in digests.items()
            if digest not in known
            for position, artist in enumerate(credit)
        ]
        columns = ("artist_credit_id", "position", "artist_id", "name")
        bulk_insert(self._connection, table(catalog.ArtistCreditMember), columns, members)
        return {credit: ids[digest] for credit, digest in digests.items()}

    def _intern_recordings(
        self, claims: Sequence[Claim], credits: Mapping[tuple[Artist, ...], int]
    ) -> dict[Recording, int]:
        rows = {
            each: (
                each.title,
                credits.get(each.artists),
                each.duration_ms,
                each.explicit,
                each.disc_number,
                each.track_number,
                each.preview_url,
            )
            for each in {c.recording for c in claims if c.recording}
        }
        digests = {each: _digest(row) for each, row in rows.items()}
        ids = self._recordings.intern({digests[each]: row for each, row in rows.items()})
        return {each: ids[digest] for each, digest in digests.items()}

    def _intern_releases(
        self, claims: Sequence[Claim], credits: Mapping[tuple[Artist, ...], int]
    ) -> dict[tuple[Release, str | None], int]:
        spoken = {(c.release, album_of(c)) for c in claims if c.release}
        albums = self._albums.intern({key: (each.album,) for each, key in spoken if key})
        rows = {
            (each, key): (
                albums[key] if key else None,
                each.album,
                each.album_uri,
                credits.get(each.album_artists),
                each.release_date,
                each.label,
                each.image_url,
                _json(each.genres) if each.genres else None,
                each.copyrights,
            )
            for each, key in spoken
        }
        digests = {said: _digest(row) for said, row in rows.items()}
        ids = self._releases.intern({digests[said]: row for said, row in rows.items()})
        return {said: ids[digest] for said, digest in digests.items()}


def album_of(claim: Claim) -> AlbumKey | None:
    """Return the key of the album a claim speaks of.

    Without album artists the first artist of the track stands in: two albums of one name by
    different people stay two.
    """
    release = claim.release
    if release is None or not release.album:
        return None
    by = release.album_artists or (claim.recording or Recording()).artists[:1]
    return album_key(release.album, [artist.name for artist in by], release.album_uri)


GROUP_COLUMNS = ("recording_id", "release_id", "genre_set_id", "audio_features_id")


def _json(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)


def load_dialects(connection: Connection) -> dict[int, Dialect]:
    """Return every dialect by row number."""
    d = catalog.Dialect
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

    @property
    def credits(self) -> dict[int, tuple[Artist, ...]]:
        """Every artist credit by row number."""
        if self._credits is None:
            m, a = catalog.ArtistCreditMember, catalog.Artist
            rows = self._connection.execute(
                select(m.artist_credit_id, m.name, a.key)
                .join(a, a.id == m.artist_id)
                .order_by(m.artist_credit_id, m.position)
            )
            lists: dict[int, list[Artist]] = {}
            for credit, name, key in rows:
                uri = key if key.startswith("spotify:") else None
                lists.setdefault(credit, []).append(Artist(name, uri))
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


def _claim_query() -> Any:
    c, r, s = catalog.Claim, catalog.Recording, catalog.Release
    g, f = catalog.GenreSet, catalog.AudioFeatures
    features = [getattr(f, name) for name in AudioFeatures.__dataclass_fields__]
    return (
        select(
            c.id,
            catalog.Track.key,
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
        .join(catalog.Track, catalog.Track.id == c.track_id)
        .outerjoin(r, r.id == c.recording_id)
        .outerjoin(s, s.id == c.release_id)
        .outerjoin(g, g.id == c.genre_set_id)
        .outerjoin(f, f.id == c.audio_features_id)
    )


_CLAIM = _claim_query()
