"""Finding tracks by name, ISRC and words: tables of the connection's own, made on first use.

They need no upkeep when the library changes, since they are made anew then, and no right to write to
it. What is special to SQLite, its full-text search, is in this file; elsewhere words are compared one
by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, select, update
from sqlalchemy.exc import OperationalError

from syncengine.core.identity import UNAVAILABLE, TrackKey, fold
from syncengine.core.lookup import is_as_long, is_by, plain_isrc, words_of
from syncengine.core.track import Recording
from syncengine.storage.bulk import Lookup, bulk_insert
from syncengine.storage.models import catalog
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.answers import KeptAnswer, read_answers
from syncengine.storage.repositories.claims import TRACKS, ClaimReader
from syncengine.storage.repositories.entries import ENTRIES

_BETWEEN = "\x1f"
"""Between the artists of a credit; no part of any word."""
_NAMES = Table(
    "lookup_names",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", String, index=True),
    Column("title", String, index=True),
    Column("artists", String),
    Column("album", String),
    Column("isrc", String, index=True),
    Column("duration_ms", Integer),
    Column("popularity", Integer),
    Column("held", Integer),
    prefixes=["TEMPORARY"],
)
"""Folded names, numbered in the order of ``held`` (1: a playlist holds it now) and popularity."""
_WORDS = "lookup_words"
_COLUMNS = tuple(column.name for column in _NAMES.columns)
_CANDIDATE = [_NAMES.c[name] for name in ("key", "artists", "duration_ms", "held", "popularity")]
_BY_TITLE = Lookup(select(*_CANDIDATE), _NAMES.c.title)
_BY_ISRC = Lookup(select(*_CANDIDATE), _NAMES.c.isrc)


class Candidate(NamedTuple):
    """A track that goes by a name or an ISRC; ``is_held`` by a playlist now."""

    key: TrackKey
    artists: tuple[str, ...]
    duration_ms: int | None
    is_held: bool
    popularity: int


class LookupIndex:
    """The index of one connection; it is as the library was when it was made."""

    def __init__(self, connection: Connection, *, full_text: bool = True) -> None:
        """``full_text`` False does without the database's own search of words."""
        self._connection = connection
        self._full_text = full_text and connection.dialect.name == "sqlite"
        self._has_names = False
        self._has_words = False
        self._known: set[str] = set()
        self._held = 0
        self._heard: dict[TrackKey, KeptAnswer] = {}

    def forget(self) -> None:
        """Have the index made anew on next use: the library has changed."""
        self._has_names = self._has_words = False

    def named(self, title: str, artist: str, duration_ms: int | None = None) -> list[Candidate]:
        """Return the tracks of a title by an artist, the likeliest first.

        Case and accents don't matter; lengths differ by two seconds at most.
        """
        self._need_names()
        rows = _candidates(_BY_TITLE.quick_rows(self._connection, [fold(title)]))
        folded = fold(artist)
        return [
            each
            for each in rows
            if is_by(folded, each.artists) and is_as_long(duration_ms, each.duration_ms)
        ]

    def with_isrc(self, isrc: str) -> list[Candidate]:
        """Return the tracks that have an ISRC, the likeliest first."""
        plain = plain_isrc(isrc)
        if not plain:
            return []
        self._need_names()
        return _candidates(_BY_ISRC.quick_rows(self._connection, [plain]))

    def search(self, text: str, limit: int) -> list[TrackKey]:
        """Return the tracks that have every word, the last one perhaps unfinished, the best first.

        Those that playlists hold come first, and among them those of just this title.
        """
        words = words_of(text)
        if not words:
            return []
        self._need_names()
        if self._full_text:
            self._need_words()
        exact = _candidates(_BY_TITLE.quick_rows(self._connection, [fold(text)]))
        find = self._matching if self._full_text else self._containing
        other = [TrackKey(key) for (key,) in find(words, limit)]
        held = [each.key for each in exact if each.is_held]
        return list(dict.fromkeys([*held, *other, *(each.key for each in exact)]))[:limit]

    def add(self, key: TrackKey, answer: KeptAnswer) -> None:
        """Take up a track that a service has just told of, which need not be written down yet."""
        self._heard[key] = answer
        recording, isrc = answer.said.claim.recording, answer.said.claim.isrc
        if self._has_names and key in self._known and isrc:
            n = _NAMES.c
            told = update(_NAMES).where(n.key == key, n.isrc == "").values(isrc=plain_isrc(isrc))
            self._connection.execute(told)
            self._connection.commit()
        if recording is None or not self._has_names or key in self._known:
            return
        self._known.add(key)
        row = (len(self._known) + 1, *_row_of(key, answer, recording))
        self._insert([row])
        if self._has_words:
            self._connection.exec_driver_sql(
                f"INSERT INTO temp.{_WORDS} (rowid, title, artists, album) VALUES (?, ?, ?, ?)",
                (row[0], *row[2:5]),
            )
        self._connection.commit()

    def _matching(self, words: list[str], limit: int) -> Iterable[Any]:
        quoted = [f'"{word}"' for word in words]
        # Ranks differ by the length of a title, too; within a tenth the better known comes first,
        # which is the order of the numbers.
        return self._connection.exec_driver_sql(
            "SELECT n.key FROM temp.lookup_names n JOIN ("
            f"SELECT rowid AS id, round(bm25({_WORDS}, 4.0, 3.0, 1.0), 1) AS score FROM temp.{_WORDS} "
            f"WHERE {_WORDS} MATCH ? ORDER BY id > ?, score, id LIMIT ?) w ON w.id = n.id "
            "ORDER BY n.held DESC, w.score, w.id",
            (" ".join(quoted) + "*", self._held, limit),
        )

    def _containing(self, words: list[str], limit: int) -> Iterable[Any]:
        n = _NAMES.c
        text = " " + n.title + " " + n.artists + " " + n.album
        return self._connection.execute(
            select(n.key)
            .where(*(text.contains(word, autoescape=True) for word in words))
            .order_by(n.id)
            .limit(limit)
        )

    def _need_names(self) -> None:
        if self._has_names:
            return
        self._connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_NAMES.name}")
        _NAMES.create(self._connection)
        self._known.clear()
        answered = read_answers(self._connection) | self._heard
        stored = list(self._stored(answered))
        self._known = {row[0] for row in stored}
        stored += [
            _row_of(key, one, recording)
            for key, one in answered.items()
            if key not in self._known and (recording := one.said.claim.recording) is not None
        ]
        self._known = {row[0] for row in stored}
        stored.sort(key=lambda row: (-row[-1], -row[-2], row[0]))
        self._held = sum(row[-1] for row in stored)
        self._insert((number, *row) for number, row in enumerate(stored, 1))
        self._connection.commit()
        self._has_names = True
        self._has_words = False

    def _need_words(self) -> None:
        """Make the full-text index; an SQLite that was built without it has words compared instead."""
        if self._has_words:
            return
        run = self._connection.exec_driver_sql
        try:
            run(f"DROP TABLE IF EXISTS temp.{_WORDS}")
            run(
                f"CREATE VIRTUAL TABLE temp.{_WORDS} USING fts5(title, artists, album, content='', "
                "prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
            )
        except OperationalError:
            self._connection.rollback()
            self._full_text = False
            return
        run(
            f"INSERT INTO temp.{_WORDS} (rowid, title, artists, album) "
            "SELECT id, title, artists, album FROM temp.lookup_names"
        )
        self._connection.commit()
        self._has_words = True

    def _stored(self, answered: Mapping[TrackKey, KeptAnswer]) -> Iterator[tuple[Any, ...]]:
        """Yield the tracks of the library; exports without ISRC get theirs from what was answered."""
        r, s, e = catalog.recordings.c, catalog.releases.c, ENTRIES.c
        held = set(
            self._connection.execute(select(e.track_id).where(e.valid_to.is_(None))).scalars()
        )
        credits = {
            number: _BETWEEN.join(fold(artist.name) for artist in members)
            for number, members in ClaimReader(self._connection).credits.items()
        }
        query = (
            select(
                TRACKS.c.id, TRACKS.c.key, r.title, r.artist_credit_id, s.album, TRACKS.c.isrc,
                r.duration_ms, TRACKS.c.popularity,
            )
            .join(catalog.recordings, r.id == TRACKS.c.recording_id)
            .outerjoin(catalog.releases, s.id == TRACKS.c.release_id)
            .outerjoin(ALIASES, ALIASES.c.track_id == TRACKS.c.id)
            .where(ALIASES.c.track_id.is_(None), TRACKS.c.key != UNAVAILABLE)
        )  # fmt: skip
        for number, key, title, credit, album, isrc, length, popularity in self._connection.execute(
            query
        ):
            told = answered[key].said.claim.isrc if key in answered else None
            yield (
                key, fold(title or ""), credits.get(credit, ""), fold(album or ""),
                plain_isrc(isrc or told or ""), length, popularity or 0, int(number in held),
            )  # fmt: skip

    def _insert(self, rows: Iterable[tuple[Any, ...]]) -> None:
        bulk_insert(self._connection, _NAMES, _COLUMNS, rows)


def _row_of(key: TrackKey, answer: KeptAnswer, recording: Recording) -> tuple[Any, ...]:
    release = answer.said.claim.release
    artists = _BETWEEN.join(fold(artist.name) for artist in recording.artists)
    return (
        key, fold(recording.title or ""), artists, fold((release.album if release else None) or ""),
        plain_isrc(answer.said.claim.isrc or ""), recording.duration_ms, answer.popularity or 0, 0,
    )  # fmt: skip


def _candidates(rows: Iterable[Any]) -> list[Candidate]:
    found = [
        Candidate(TrackKey(key), tuple(artists.split(_BETWEEN)), length, bool(held), popularity)
        for key, artists, length, held, popularity in rows
    ]
    return sorted(found, key=lambda each: (not each.is_held, -each.popularity, each.key))
