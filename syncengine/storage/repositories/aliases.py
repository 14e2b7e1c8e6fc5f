"""Tracks without an id that turned out to be real ones: derived from all claims, and kept for reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from syncengine.core.alias import Sketch, comparable, find_aliases
from syncengine.core.enrichment import ENRICHMENT
from syncengine.storage.bulk import Lookup, bulk_insert, chunks
from syncengine.storage.models import catalog

ALIASES = catalog.track_aliases
_TRACKS = catalog.tracks
_CLAIMS = catalog.claims
_MEMBERS = catalog.artist_credit_members
_REAL = ("track", "episode", "local")
# A range over the unique index, so that a library without such tracks is asked for nothing else.
_WITHOUT_ID = (_TRACKS.c.key >= "meta:") & (_TRACKS.c.key < "meta;")
# Which track a row is of follows from what was observed: what was applied says nothing about that.
_ENRICHING = select(catalog.dialects.c.id).where(catalog.dialects.c.name == ENRICHMENT)
_CREDIT = Lookup(
    select(_MEMBERS.c.artist_credit_id, _MEMBERS.c.position, _MEMBERS.c.name),
    _MEMBERS.c.artist_credit_id,
)


class Changed(NamedTuple):
    """An alias that came, went or changed: what the track was and is now; None for itself."""

    before: int | None
    after: int | None


class AliasBook:
    """The aliases within one transaction; ``real`` gives each alias's track, by row number."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._real: dict[int, int] | None = None
        self._seen_up_to: int | None = None
        self._newest_track = self._newest(_TRACKS)

    @property
    def real(self) -> Mapping[int, int]:
        """The real track of each track without an id that has one."""
        if self._real is None:
            rows = self._connection.execute(select(ALIASES.c.track_id, ALIASES.c.alias_of))
            self._real = {track: real for track, real in rows}  # noqa: C416 - a row is no pair to mypy
        return self._real

    def refresh(self, *, lost: bool = False) -> dict[int, Changed]:
        """Work the aliases out from all claims there are; return what changed, by alias.

        Tracks that were first spoken of since the last time, in observations that are yet to be
        followed through, are left out of the answer: nothing was made of them under another name.
        ``lost`` says that claims were taken away; where nothing was added nor lost nothing is done.
        """
        if not self._any_without_id():
            return {}
        newest = self._newest(_CLAIMS)
        if newest == self._seen_up_to and not lost:
            return {}
        self._seen_up_to = newest
        newest_track, self._newest_track = self._newest_track, self._newest(_TRACKS)
        before, after = self.real, self._find()
        changed = {
            track: Changed(before.get(track), after.get(track))
            for track in {*before, *after}
            if before.get(track) != after.get(track)
        }
        for chunk in chunks(changed):
            self._connection.execute(delete(ALIASES).where(ALIASES.c.track_id.in_(chunk)))
        rows = [(track, each.after) for track, each in changed.items() if each.after is not None]
        bulk_insert(self._connection, ALIASES, ("track_id", "alias_of"), sorted(rows))
        self._real = after
        return {track: each for track, each in changed.items() if track <= newest_track}

    def _newest(self, table: Table) -> int:
        return self._connection.execute(select(func.max(table.c.id))).scalar() or 0

    def _any_without_id(self) -> bool:
        query = select(_TRACKS.c.id).where(_WITHOUT_ID).limit(1)
        return self._connection.execute(query).first() is not None

    def _find(self) -> dict[int, int]:
        unnamed = list(self._said(_WITHOUT_ID))
        folded = _Comparable()
        wanted = {folded[each.title] for each in unnamed if each.title}
        named = list(self._said(_TRACKS.c.kind.in_(_REAL)))
        # Only tracks that are called like one without an id are looked at closely.
        called_so = {each.track for each in named if each.title and folded[each.title] in wanted}
        close = [each for each in named if each.track in called_so]
        credits = self._credits({each.credit for each in (*unnamed, *close) if each.credit})
        return find_aliases(_sketches(unnamed, credits), _sketches(close, credits))

    def _said(self, which: ColumnElement[bool]) -> Iterator[_Said]:
        r, s = catalog.recordings.c, catalog.releases.c
        query = (
            select(
                _CLAIMS.c.track_id, r.title, r.artist_credit_id, r.duration_ms, _CLAIMS.c.isrc,
                s.album,
            )
            .join(_TRACKS, _TRACKS.c.id == _CLAIMS.c.track_id)
            .outerjoin(catalog.recordings, r.id == _CLAIMS.c.recording_id)
            .outerjoin(catalog.releases, s.id == _CLAIMS.c.release_id)
            .where(which, _CLAIMS.c.dialect_id.not_in(_ENRICHING))
        )  # fmt: skip
        for row in self._connection.execute(query):
            yield _Said(*row)

    def _credits(self, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
        names: dict[int, list[tuple[int, str]]] = {}
        for credit, position, name in _CREDIT.rows(self._connection, numbers):
            names.setdefault(credit, []).append((position, name))
        return {
            credit: tuple(name for _, name in sorted(members)) for credit, members in names.items()
        }


class _Said(NamedTuple):
    """A claim as it is read; ``credit`` is a row number."""

    track: int
    title: str | None
    credit: int | None
    duration_ms: int | None
    isrc: str | None
    album: str | None


class _Comparable(dict[str, str]):
    """Comparable texts, each worked out once."""

    def __missing__(self, text: str) -> str:
        return self.setdefault(text, comparable(text))


def _sketches(said: Iterable[_Said], credits: Mapping[int, tuple[str, ...]]) -> Iterator[Sketch]:
    for each in said:
        artists = () if each.credit is None else credits.get(each.credit, ())
        yield Sketch(each.track, each.title, artists, *each[3:])
