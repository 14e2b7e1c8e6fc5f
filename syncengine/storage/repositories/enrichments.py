"""Enrichment files that were written, those that were applied, and what they lack in the library."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, exists, insert, select, update

from syncengine.core.enrichment import ANSWERED, EDITED, Statement, Written
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.query import TIERS
from syncengine.core.track import API_RANK, EDITED_RANK
from syncengine.storage.bulk import Numbers, bulk_insert, plain_rows
from syncengine.storage.models.enrichment import enriched_tracks, enrichment_files, enrichments
from syncengine.storage.repositories.claims import CLAIMS, TRACKS, ClaimBook
from syncengine.storage.repositories.enriched import as_heard, words_of
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.heard import Heard
from syncengine.storage.repositories.series import ATTESTATIONS
from syncengine.storage.repositories.timeline import KEYS

Hear = Callable[[Sequence[Heard], Sequence[Heard]], None]
NOTES_KEPT = 90 * 24 * 60 * 60
"""Seconds for which it is remembered what was written into a file."""
_COLUMNS = ("enrichment_id", "edited", "track_id", "at", "isrc", "claim_id", "popularity")
_F, _E, _T = enrichment_files.c, enriched_tracks.c, TRACKS.c


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of the library's tracks there are, and of how many what is known; ``tiers`` by name."""

    tracks: int
    isrc: int
    popularity: int
    tiers: Mapping[str, int]


class Enrichment(NamedTuple):
    """A file that was applied; ``run`` is the run's number."""

    id: int
    run: int
    name: str
    taken_at: Instant
    undone_at: Instant | None


class WrittenFile(NamedTuple):
    """A file that was written for people to look through; ``path`` is where, ``digest`` its SHA-256."""

    written_at: Instant
    path: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """Spotify's tracks as they stand: row numbers by key, and what is known of each by row number."""

    numbers: Mapping[TrackKey, int]
    isrcs: Mapping[int, str | None]
    popularities: Mapping[int, int | None]
    counts: Counts


class KnownTrack(NamedTuple):
    """A track of Spotify's that is in the library now, and the ISRC that is believed.

    ``is_settled`` says that it is a person's word, or Spotify's own.
    """

    key: TrackKey
    isrc: str | None
    popularity: int | None
    is_settled: bool


class EnrichmentBook:
    """Everything about enrichment within one transaction."""

    def __init__(self, connection: Connection, claims: ClaimBook, hear: Hear) -> None:
        """``hear`` brings the series of tracks up to date with what came and what went."""
        self._connection = connection
        self._claims = claims
        self._hear = hear

    # The library

    def tracks(self, playlists: Sequence[PlaylistKey] = ()) -> list[KnownTrack]:
        """Return Spotify's tracks that stand in playlists (none: in any) now, by key."""
        entries = exists().where(ENTRIES.c.track_id == _T.id, ENTRIES.c.valid_to.is_(None))
        if playlists:
            mine = select(KEYS.c.playlist_id).where(KEYS.c.key.in_(playlists))
            entries = entries.where(ENTRIES.c.playlist_id.in_(mine))
        query = select(_T.id, _T.key, _T.isrc, _T.popularity)
        query = query.where(_T.kind == "track", entries).order_by(_T.key)
        settled = self._settled()
        return [
            KnownTrack(TrackKey(key), isrc, popularity, number in settled)
            for number, key, isrc, popularity in self._connection.execute(query)
        ]

    def _settled(self) -> set[int]:
        a = ATTESTATIONS.c
        query = select(a.track_id).join(CLAIMS, CLAIMS.c.id == a.claim_id)
        said = query.where(a.rank.in_((API_RANK, EDITED_RANK)), CLAIMS.c.isrc.is_not(None))
        return set(self._connection.execute(said).scalars())

    def standing(self) -> Standing:
        """Return every track of Spotify's that was ever seen; only those in playlists now are counted."""
        present = _T.id.in_(select(ENTRIES.c.track_id).where(ENTRIES.c.valid_to.is_(None)))
        query = select(_T.key, _T.id, _T.isrc, _T.popularity, present).where(_T.kind == "track")
        rows = plain_rows(self._connection, query)
        here = [(isrc, popularity) for _, _, isrc, popularity, is_here in rows if is_here]
        known = Counter(popularity for _, popularity in here)
        tiers = {
            name: sum(known[value] for value in range(low, high + 1))
            for name, (low, high) in TIERS.items()
        }
        with_isrc = sum(isrc is not None for isrc, _ in here)
        return Standing(
            {row[0]: row[1] for row in rows},
            {row[1]: row[2] for row in rows},
            {row[1]: row[3] for row in rows},
            Counts(len(here), with_isrc, len(here) - known[None], tiers),
        )

    def known(self) -> Mapping[TrackKey, int]:
        """Return the row number of every track of Spotify's that was ever seen."""
        return self.standing().numbers

    # Files that were written

    def note_file(self, file: WrittenFile, told: Mapping[TrackKey, Written]) -> None:
        """Remember a file as it was written; what is older than NOTES_KEPT is forgotten."""
        over = _F.written_at < file.written_at - NOTES_KEPT
        again = _F.written_at == file.written_at
        self._connection.execute(delete(enrichment_files).where(over | again))
        packed = zlib.compress(msgspec.msgpack.encode(told), 6)
        self._connection.execute(insert(enrichment_files).values(**file._asdict(), told=packed))

    def file_at(self, path: str) -> WrittenFile | None:
        """Return the file that was last written to a path; None where none was, or long ago."""
        query = select(_F.written_at, _F.path, _F.digest).where(_F.path == path)
        row = self._connection.execute(query.order_by(_F.written_at.desc()).limit(1)).first()
        return None if row is None else WrittenFile(*row)

    def written(self, at: Instant) -> dict[TrackKey, Written] | None:
        """Return what was written into the file of a moment; None where nobody remembers."""
        query = select(_F.told).where(_F.written_at == at)
        packed = self._connection.execute(query).scalar()
        if packed is None:
            return None
        return msgspec.msgpack.decode(zlib.decompress(packed), type=dict[TrackKey, Written])

    # Files that were applied

    def applied(self) -> list[Enrichment]:
        """Return every file that was ever applied, the last one first."""
        a = enrichments.c
        query = select(a.id, a.run_id, a.name, a.taken_at, a.undone_at).order_by(a.id.desc())
        return [Enrichment(*row) for row in self._connection.execute(query)]

    def is_applied(self, digest: bytes, at: Instant) -> bool:
        """Tell whether a file with these bytes was applied as of a moment, and not taken back."""
        a = enrichments.c
        query = select(a.id).where(a.digest == digest, a.taken_at == at, a.undone_at.is_(None))
        return self._connection.execute(query.limit(1)).first() is not None

    def apply(
        self,
        file: WrittenFile,
        said: Sequence[Statement],
        tracks: Mapping[TrackKey, int],
        *,
        run: int,
        at: Instant,
    ) -> int:
        """Take what a file says into the library; ``tracks`` are row numbers. Returns its own number.

        ``file.path`` is the name to remember it by, ``at`` is now.
        """
        number = Numbers(self._connection).next(enrichments)
        columns = ("id", "run_id", "name", "digest", "taken_at", "applied_at")
        row = (number, run, file.path, file.digest, file.written_at, at)
        bulk_insert(self._connection, enrichments, columns, [row])
        words: list[tuple[Any, ...]] = []
        for edited, dialect in ((False, ANSWERED), (True, EDITED)):
            mine = sorted((tracks[each.track], each) for each in said if each.edited is edited)
            isrcs = {track: each.isrc for track, each in mine if each.isrc is not None}
            claims = self._claims.add_isrcs(dialect, isrcs) if isrcs else {}
            rows = [
                (
                    number, edited, track, each.at, each.isrc,
                    None if each.isrc is None else claims[track], each.popularity,
                )
                for track, each in mine
            ]  # fmt: skip
            bulk_insert(self._connection, enriched_tracks, _COLUMNS, rows)
            words += [(*row[:2], row[3], row[2], *row[5:]) for row in rows]
        self._hear(as_heard(words), ())
        return number

    def undo(self, enrichment: int, at: Instant) -> None:
        """Take an enrichment back, as if it had never been; ``at`` is now."""
        words = words_of(self._connection, enrichment)
        mine = _E.enrichment_id == enrichment
        query = select(_E.claim_id).where(mine, _E.claim_id.is_not(None))
        claims = set(self._connection.execute(query).scalars())
        self._connection.execute(delete(enriched_tracks).where(mine))
        self._hear((), words)
        if claims:
            others = select(_E.claim_id).where(_E.claim_id.is_not(None))
            claims.difference_update(row[0] for row in plain_rows(self._connection, others))
        self._claims.forget(claims)
        done = update(enrichments).where(enrichments.c.id == enrichment)
        self._connection.execute(done.values(undone_at=at))
