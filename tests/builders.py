"""Makers of small libraries for tests: databases, claims and observations in one line each."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from syncengine.core.enrichment import Statement
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.snapshot import Kind, Source
from syncengine.core.track import NET_RANK, Artist, Claim, Dialect, Recording
from syncengine.storage.memory import Memory, Settled
from syncengine.storage.repositories.enrichments import WrittenFile
from syncengine.storage.repositories.timeline import NewObservation
from syncengine.storage.unit_of_work import Database, UnitOfWork

NOW = Instant(1_800_000_000)
NET = Dialect("exportify.net", "test", NET_RANK)
HOUR = 3600
DAY = 24 * HOUR


@cache
def _empty_database() -> bytes:
    """Return the bytes of an empty database as the migrations make it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.db"
        database = Database(f"sqlite:///{path}", lambda: NOW)
        with database.unit():
            pass
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


def make_database(folder: Path, name: str = "library.db") -> Database:
    """Return a migrated, empty database; its schema is the one the migrations made."""
    path = folder / name
    path.write_bytes(_empty_database())
    return Database(f"sqlite:///{path}", lambda: NOW)


def track(number: int) -> TrackKey:
    """Return the key of a made-up track."""
    return TrackKey(f"spotify:track:{number:022d}")


@dataclass(frozen=True)
class Row:
    """A row of a made-up export."""

    track: TrackKey
    added_at: int | None = 1_000
    title: str = "A song"
    popularity: int | None = None
    added_by: str | None = None
    claim: Claim | None = None
    """What the row says of the track; None makes a claim of the title alone."""


@dataclass(frozen=True)
class Seen:
    """A made-up observation; its bytes are a digest of what it says."""

    key: str
    at: int
    rows: Sequence[Row] = field(default=())
    kind: Kind = Kind.COMPLETE
    inferred: bool = False
    accepted: bool = False
    dialect: Dialect = NET
    source: Source = Source.CSV
    name: str | None = None

    @property
    def digest(self) -> bytes:
        """Stand in for the digest of the bytes."""
        return hashlib.sha256(repr((self.rows, self.dialect)).encode()).digest()


def claim_of(row: Row) -> Claim:
    """Return what a row says of its track."""
    if row.claim is not None:
        return row.claim
    return Claim(row.track, Recording(title=row.title, artists=(Artist("Somebody"),)))


def observe(memory: Memory, *seen: Seen, snapshot: int | None = None) -> tuple[int, Settled]:
    """Record observations as one snapshot; return its id and what became of them."""
    timeline = memory.timeline
    if snapshot is None:
        snapshot = timeline.add_snapshot(
            run=None,
            source=Source.CSV,
            taken_at=Instant(max(each.at for each in seen)),
            recorded_at=NOW,
        )
    keys = timeline.keys()
    fresh = {PlaylistKey(s.key): s.key for s in seen if s.key not in keys}
    keys |= timeline.add_keys(fresh)
    names = timeline.names(
        {name: (name, True) for name in (each.name or each.key for each in seen)}
    )
    new = [
        NewObservation(
            keys[PlaylistKey(each.key)].id,
            names[each.name or each.key],
            memory.claims.dialect(each.dialect),
            Instant(each.at),
            each.source,
            each.kind,
            each.inferred,
            each.accepted,
            each.digest,
            None if each.kind is Kind.FORBIDDEN else _content(memory, each),
        )
        for each in seen
    ]
    return snapshot, memory.record(snapshot, new)


def enrich(unit: UnitOfWork, at: int, *said: Statement) -> int:
    """Apply a made-up enrichment file of a moment; return its number."""
    book = unit.enrichment
    run = unit.ledger.begin_run("enrich apply", NOW)
    digest = hashlib.sha256(repr((at, said)).encode()).digest()
    file = WrittenFile(Instant(at), "made up", digest)
    return book.apply(file, said, book.known(), run=run, at=NOW)


def _content(memory: Memory, seen: Seen) -> int:
    prints = [_fingerprint(seen.dialect, row) for row in seen.rows]
    known = memory.claims.find(prints)
    new = {p: claim_of(r) for p, r in zip(prints, seen.rows, strict=True) if p not in known}
    known |= memory.claims.add(seen.dialect, new)
    people = memory.people.intern({row.added_by: () for row in seen.rows if row.added_by})
    return memory.contents.keep(
        [
            Line(
                known[p].track,
                None if row.added_at is None else Instant(row.added_at),
                people[row.added_by] if row.added_by else None,
                known[p].claim,
                row.popularity,
            )
            for p, row in zip(prints, seen.rows, strict=True)
        ]
    )


def _fingerprint(dialect: Dialect, row: Row) -> bytes:
    said = repr((dialect, claim_of(row))).encode()
    return hashlib.blake2b(said, digest_size=16).digest()
