"""Groups of facts: what claims say of recordings, releases, genres and features, each stored once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, select

from syncengine.core.identity import album_key, artist_key
from syncengine.core.track import Artist, AudioFeatures, Claim
from syncengine.storage.bulk import Lookup, Numbers, bulk_insert
from syncengine.storage.models import catalog
from syncengine.storage.repositories.interning import Interner

GROUP_COLUMNS = ("recording_id", "release_id", "genre_set_id", "audio_features_id")


class GroupBook:
    """Stores groups within one transaction."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._artists: Interner[str] = self._interner(catalog.Artist, "key", ("name",))
        self._albums: Interner[str] = self._interner(catalog.Album, "key", ("name",))
        self._credits: Interner[bytes] = self._interner(catalog.ArtistCredit, "digest", ())
        self._releases: Interner[bytes] = self._interner(
            catalog.Release, "digest", _RELEASE_COLUMNS
        )
        self._genre_sets: Interner[bytes] = self._interner(catalog.GenreSet, "digest", ("genres",))

    def _interner(self, model: Table, key: str, columns: tuple[str, ...]) -> Interner[Any]:
        return Interner(self._connection, self._numbers, model, key, columns)

    def intern(
        self, claims: Sequence[Claim], owners: Sequence[int], known: Collection[int]
    ) -> tuple[Sequence[int | None], ...]:
        """Store each claim's groups; return their row numbers, one column per group.

        ``owners`` are the claims' tracks, ``known`` those that may have groups already.
        """
        credits = self._intern_credits(claims)
        recordings = [
            c.recording and (c.recording[0], credits.get(c.recording[1]), *c.recording[2:])
            for c in claims
        ]
        return (
            self._own_groups(_RECORDINGS, recordings, owners, known),
            self._intern_releases(claims, credits),
            self._intern_genres(claims),
            self._own_groups(_FEATURES, [c.features for c in claims], owners, known),
        )

    def _own_groups(
        self,
        kind: _OwnGroup,
        values: Sequence[tuple[Any, ...] | None],
        owners: Sequence[int],
        known: Collection[int],
    ) -> list[int | None]:
        """Store groups that belong to one track, each once however many of its claims say it."""
        numbers: dict[tuple[Any, ...], int] = {}
        for lookup in (kind.claimed, kind.current) if known else ():
            for owner, number, *row in lookup.rows(self._connection, known):
                numbers[owner, tuple(row)] = number
        placed = [
            None if value is None else (owner, tuple(value))
            for owner, value in zip(owners, values, strict=True)
        ]
        fresh = [each for each in dict.fromkeys(placed) if each is not None and each not in numbers]
        made = self._numbers.take(kind.table, len(fresh))
        numbers |= zip(fresh, made, strict=True)
        rows = ((number, *value) for number, (_, value) in zip(made, fresh, strict=True))
        bulk_insert(self._connection, kind.table, ("id", *kind.columns), rows)
        return [None if each is None else numbers[each] for each in placed]

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
        bulk_insert(self._connection, catalog.ArtistCreditMember, columns, members)
        return {credit: ids[digest] for credit, digest in digests.items()}

    def _intern_genres(self, claims: Sequence[Claim]) -> list[int | None]:
        texts = {genres: _json(genres) for genres in {c.genres for c in claims if c.genres}}
        digests = {genres: _digest(genres) for genres in texts}
        ids = self._genre_sets.intern({digests[each]: (text,) for each, text in texts.items()})
        return [ids[digests[c.genres]] if c.genres else None for c in claims]

    def _intern_releases(
        self, claims: Sequence[Claim], credits: Mapping[tuple[Artist, ...], int]
    ) -> list[int | None]:
        spoken = [(c.release, album_artists(c)) if c.release else None for c in claims]
        keys = {
            each: each[0].album
            and album_key(each[0].album, [a.name for a in each[1]], each[0].album_uri)
            for each in set(spoken)
            if each
        }
        albums = self._albums.intern({key: (each[0].album,) for each, key in keys.items() if key})
        rows = {
            each: (
                albums[key] if key else None,
                *each[0][:2],
                credits.get(each[0].album_artists),
                *each[0][3:6],
                _json(each[0].genres) if each[0].genres else None,
                each[0].copyrights,
            )
            for each, key in keys.items()
        }
        digests = {each: _digest(row) for each, row in rows.items()}
        ids = self._releases.intern({digests[each]: row for each, row in rows.items()})
        return [ids[digests[each]] if each else None for each in spoken]


class _OwnGroup(NamedTuple):
    """A table of groups that each belong to one track, and where to find those of a track.

    The lookups, by track, give the track, the row number and the ``columns``.
    """

    table: Table
    columns: tuple[str, ...]
    claimed: Lookup
    current: Lookup


def _own_group(model: Table, pointer: str, columns: tuple[str, ...]) -> _OwnGroup:
    values = [model.c[name] for name in ("id", *columns)]
    claimed = select(catalog.Claim.c.track_id, *values).join(
        model, model.c.id == catalog.Claim.c[pointer]
    )
    current = select(catalog.Track.c.id, *values).join(
        model, model.c.id == catalog.Track.c[pointer]
    )
    return _OwnGroup(
        model,
        columns,
        Lookup(claimed, catalog.Claim.c.track_id),
        Lookup(current, catalog.Track.c.id),
    )


_RECORDING_COLUMNS = (
    "title", "artist_credit_id", "duration_ms", "explicit", "disc_number", "track_number",
    "preview_url",
)  # fmt: skip
_RELEASE_COLUMNS = (
    "album_id", "album", "album_uri", "artist_credit_id", "release_date", "label", "image_url",
    "genres", "copyrights",
)  # fmt: skip
_RECORDINGS = _own_group(catalog.Recording, "recording_id", _RECORDING_COLUMNS)
_FEATURES = _own_group(catalog.AudioFeatures, "audio_features_id", AudioFeatures._fields)


def album_artists(claim: Claim) -> tuple[Artist, ...]:
    """Return whose album a claim speaks of.

    Without album artists the first artist of the track stands in: two albums of one name by
    different people stay two.
    """
    by = claim.release.album_artists if claim.release else ()
    return by or (claim.recording.artists[:1] if claim.recording else ())


def _json(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _digest(values: object) -> bytes:
    return blake2b(msgspec.msgpack.encode(values), digest_size=16).digest()
