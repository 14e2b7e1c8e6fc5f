"""Groups of facts: what claims say of recordings, releases, genres and features, each stored once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, select

from syncengine.core.identity import album_key, artist_key
from syncengine.core.track import Artist, AudioFeatures, Claim, Release
from syncengine.storage.bulk import Lookup, Numbers, bulk_insert
from syncengine.storage.models import catalog
from syncengine.storage.repositories.interning import Interner

GROUP_COLUMNS = ("recording_id", "release_id", "genre_set_id", "audio_features_id")


_MOST_RELEASES = 20_000
"""Releases kept in memory between batches."""


class GroupBook:
    """Stores groups within one transaction."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._artists: Interner[str] = self._interner(catalog.artists, "key", ("name",))
        self._albums: Interner[str] = self._interner(catalog.albums, "key", ("name",))
        self._credits: Interner[bytes] = self._interner(catalog.artist_credits, "digest", ())
        self._releases: Interner[bytes] = self._interner(
            catalog.releases, "digest", _RELEASE_COLUMNS
        )
        self._known_releases: dict[_Said, int] = {}
        self._genre_sets: Interner[bytes] = self._interner(
            catalog.genre_sets, "digest", ("genres",)
        )

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
        stored: dict[tuple[int, tuple[Any, ...]], int] = {}
        for lookup in (kind.claimed, kind.current) if known else ():
            for owner, number, *row in lookup.rows(self._connection, known):
                stored[owner, tuple(row)] = number
        # Most tracks are new and said one thing of: there is nothing that theirs could be equal to.
        single = {owner for owner, times in Counter(owners).items() if times == 1}.difference(known)
        first = self._numbers.take(kind.table, 0).start
        rows: list[tuple[Any, ...]] = []
        numbers: list[int | None] = []
        for owner, value in zip(owners, values, strict=True):
            if value is None:
                numbers.append(None)
                continue
            place = None if owner in single else (owner, tuple(value))
            found = stored.get(place) if place else None
            if found is None:
                found = first + len(rows)
                rows.append((found, *value))
                if place:
                    stored[place] = found
            numbers.append(found)
        self._numbers.take(kind.table, len(rows))
        bulk_insert(self._connection, kind.table, ("id", *kind.columns), rows)
        return numbers

    def _intern_credits(self, claims: Sequence[Claim]) -> dict[tuple[Artist, ...], int]:
        credited = [c.recording.artists for c in claims if c.recording]
        credited += [c.release.album_artists for c in claims if c.release]
        # Readers give equal things as one object, which is cheaper to tell than to compare.
        spoken = set({id(each): each for each in credited}.values())
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
        bulk_insert(self._connection, catalog.artist_credit_members, columns, members)
        return {credit: ids[digest] for credit, digest in digests.items()}

    def _intern_genres(self, claims: Sequence[Claim]) -> list[int | None]:
        spoken = {id(c.genres): c.genres for c in claims if c.genres}
        texts = {each: _json(genres) for each, genres in spoken.items()}
        digests = {each: _digest(text) for each, text in texts.items()}
        ids = self._genre_sets.intern({digests[each]: (text,) for each, text in texts.items()})
        return [ids[digests[id(c.genres)]] if c.genres else None for c in claims]

    def _intern_releases(
        self, claims: Sequence[Claim], credits: Mapping[tuple[Artist, ...], int]
    ) -> list[int | None]:
        spoken = [(id(c.release), *album_artists(c)) if c.release else None for c in claims]
        releases = {
            each: (c.release, album_artists(c))
            for each, c in zip(spoken, claims, strict=True)
            if c.release
        }
        known = self._known_releases
        fresh = {said for said in releases.values() if said not in known}
        if len(known) + len(fresh) > _MOST_RELEASES:
            known.clear()
            fresh = set(releases.values())
        known |= self._store_releases(fresh, credits)
        numbers = {each: known[said] for each, said in releases.items()}
        return [numbers[each] if each else None for each in spoken]

    def _store_releases(
        self, fresh: Collection[_Said], credits: Mapping[tuple[Artist, ...], int]
    ) -> dict[_Said, int]:
        keys = {
            said: album_key(said[0].album, [artist.name for artist in said[1]], said[0].album_uri)
            for said in fresh
            if said[0].album
        }
        albums = self._albums.intern({key: (said[0].album,) for said, key in keys.items()})
        rows = {
            said: (
                albums[keys[said]] if said in keys else None,
                *said[0][:2],
                credits.get(said[0].album_artists),
                *said[0][3:6],
                _json(said[0].genres) if said[0].genres else None,
                said[0].copyrights,
            )
            for said in fresh
        }
        digests = {said: _digest(row) for said, row in rows.items()}
        ids = self._releases.intern({digests[said]: row for said, row in rows.items()})
        return {said: ids[digest] for said, digest in digests.items()}


_Said = tuple[Release, tuple[Artist, ...]]
"""A release, and whose it is taken to be."""


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
    claims, made, tracks = catalog.claims.c, catalog.attestations.c, catalog.tracks.c
    claimed = (
        select(made.track_id, *values)
        .join(catalog.claims, claims.id == made.claim_id)
        .join(model, model.c.id == claims[pointer])
    )
    current = select(tracks.id, *values).join(model, model.c.id == tracks[pointer])
    return _OwnGroup(model, columns, Lookup(claimed, made.track_id), Lookup(current, tracks.id))


_RECORDING_COLUMNS = (
    "title", "artist_credit_id", "duration_ms", "explicit", "disc_number", "track_number",
    "preview_url",
)  # fmt: skip
_RELEASE_COLUMNS = (
    "album_id", "album", "album_uri", "artist_credit_id", "release_date", "label", "image_url",
    "genres", "copyrights",
)  # fmt: skip
_RECORDINGS = _own_group(catalog.recordings, "recording_id", _RECORDING_COLUMNS)
_FEATURES = _own_group(catalog.audio_features, "audio_features_id", AudioFeatures._fields)


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
