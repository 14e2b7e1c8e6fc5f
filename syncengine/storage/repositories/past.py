"""The past as the fold wants it: observations with what became of them, endings, trails of keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Column, Connection, Subquery, bindparam, exists, func, select, update

from syncengine.core.identity import LIKED, PlaylistKey, keys_of_file
from syncengine.core.moment import FOR_EVER, Instant
from syncengine.core.rename import Trail
from syncengine.core.snapshot import Effect, Ending, Kind, Observation, Source, Step
from syncengine.storage.bulk import chunks
from syncengine.storage.models import catalog, remote
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.recorded import RECORDED, Recorded, recorded_row
from syncengine.storage.repositories.series import ATTESTATIONS
from syncengine.storage.repositories.timeline import (
    KEYS,
    OBSERVATIONS,
    ROSTER_KEYS,
    ROSTERS,
    SPANS,
)

_DIALECTS = catalog.dialects
NAME_KEYS = remote.name_keys
_HEARD = OBSERVATIONS.c.effect < Effect.ASIDE
T = TypeVar("T")


_FOLD_ORDER = (
    OBSERVATIONS.c.taken_at,
    OBSERVATIONS.c.source,
    OBSERVATIONS.c.digest,
    KEYS.c.key,
)


def _last_sure(playlists: Sequence[int], first: Instant, *, in_order: bool) -> Subquery:
    """Select when the last observation before ``first`` that counts was, with none vouched for so far."""
    o = OBSERVATIONS.c
    vouched = (
        select(KEYS.c.playlist_id.label("playlist"), func.min(o.taken_at).label("at"))
        .join(KEYS, KEYS.c.id == o.key_id)
        .where(o.effect == Effect.VOUCHED)
        .group_by(KEYS.c.playlist_id)
        .subquery()
    )
    query = select(KEYS.c.playlist_id.label("playlist"), func.max(o.taken_at).label("at"))
    query = query.join(KEYS, KEYS.c.id == o.key_id)
    query = query.where(KEYS.c.playlist_id.in_(playlists), o.taken_at < first, _HEARD)
    if not in_order:
        query = query.outerjoin(vouched, vouched.c.playlist == KEYS.c.playlist_id)
        query = query.where(o.taken_at < func.coalesce(vouched.c.at, FOR_EVER))
    return query.group_by(KEYS.c.playlist_id).subquery()


class Past:
    """The past within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def recorded_since(
        self, playlists: Collection[int], first: Instant, *, in_order: bool = False
    ) -> dict[int, list[Recorded]]:
        """Return playlists' observations in fold order, from the last sure one before ``first`` on.

        Sure is one that counts, and so does all before it whatever comes later. Where observations
        follow that are not new (``in_order`` denies it), those may have vouched for an earlier one.
        """
        found: dict[int, list[Recorded]] = {}
        for chunk in chunks(playlists):
            base = _last_sure(chunk, first, in_order=in_order)
            query = (
                RECORDED.outerjoin(base, base.c.playlist == KEYS.c.playlist_id)
                .where(KEYS.c.playlist_id.in_(chunk))
                .where(OBSERVATIONS.c.taken_at >= func.coalesce(base.c.at, 0))
            )
            for row in self._connection.execute(query.order_by(*_FOLD_ORDER)):
                playlist, recorded = recorded_row(row)
                found.setdefault(playlist, []).append(recorded)
        return found

    def recorded(self, playlists: Collection[int]) -> dict[int, list[Recorded]]:
        """Return all observations of playlists in fold order."""
        return self.recorded_since(playlists, Instant(0))

    def said_before(self, playlist: int, digest: bytes, at: Instant) -> bool:
        """Tell whether an observation with these bytes counted for a playlist at or before a moment."""
        o = OBSERVATIONS.c
        query = select(
            exists().where(
                o.key_id == KEYS.c.id,
                KEYS.c.playlist_id == playlist,
                o.digest == digest,
                o.taken_at <= at,
                _HEARD,
            )
        )
        return bool(self._connection.execute(query).scalar())

    def endings(self, playlists: Collection[int]) -> dict[int, list[Ending]]:
        """Return when rosters did not list playlists of which they can tell.

        A roster of exports tells of playlists that only exports had shown till then, an API listing of
        those that one had listed before: what was asked for by its address may be in no library. Liked
        Songs is always there, and in no listing.
        """
        rosters = self._rosters(KEYS.c.playlist_id)
        if not rosters:
            return {}
        since = self._known_to_api_since(KEYS.c.playlist_id)
        liked = set(
            self._connection.execute(
                select(KEYS.c.playlist_id).where(KEYS.c.key == LIKED)
            ).scalars()
        )
        return {
            playlist: [
                Ending(at)
                for at, source, listed in rosters
                if playlist not in listed and since.told_by(source, at, playlist)
            ]
            for playlist in playlists
            if playlist not in liked
        }

    def last_told_order(self, at: Instant) -> list[tuple[int, int | None, int]]:
        """Return the playlists that hold entries whose place nobody told by a moment.

        Each with the state whose order was told last (none: it never was) and the state at that moment.
        """
        o = OBSERVATIONS.c
        query = select(KEYS.c.playlist_id).join(OBSERVATIONS, KEYS.c.id == o.key_id).distinct()
        query = query.where(o.kind == int(Kind.MEMBERSHIP), o.taken_at <= at, _HEARD)
        playlists = set(self._connection.execute(query).scalars())
        recorded, endings = self.recorded(playlists), self.endings(playlists)
        found = []
        for playlist in sorted(playlists):
            events = [*recorded[playlist], *endings.get(playlist, ())]
            told, state = _order_told(each for each in events if _order(each)[0] <= at)
            if state is not None and told != state:
                found.append((playlist, told, state))
        return found

    def _rosters(self, column: Column[T]) -> list[tuple[Instant, Source, set[T]]]:
        """Return every roster in order of time, with the keys or playlists (``column``) it lists."""
        r = ROSTERS.c
        rosters: dict[int, tuple[Instant, Source, set[T]]] = {
            number: (at, Source(source), set())
            for number, at, source in self._connection.execute(
                select(r.id, r.taken_at, r.source).order_by(r.taken_at, r.id)
            )
        }
        if rosters:
            query = select(ROSTER_KEYS.c.roster_id, column).join(
                KEYS, KEYS.c.id == ROSTER_KEYS.c.key_id
            )
            for roster, each in self._connection.execute(query):
                rosters[roster][2].add(each)
        return list(rosters.values())

    def _known_to_api_since(self, column: Column[T]) -> _KnownToApi[T]:
        """Return when the API first showed or listed each key or playlist (``column``)."""
        o, r = OBSERVATIONS.c, ROSTERS.c
        shown = select(column, func.min(o.taken_at)).join_from(KEYS, OBSERVATIONS)
        shown = shown.where(o.source == int(Source.API)).group_by(column)
        listed = select(column, func.min(r.taken_at)).join_from(KEYS, ROSTER_KEYS).join(ROSTERS)
        listed = listed.where(r.source == int(Source.API)).group_by(column)
        return _KnownToApi(
            dict(iter(self._connection.execute(shown))),
            dict(iter(self._connection.execute(listed))),
        )

    def playlists_speaking_of(self, tracks: Collection[int]) -> set[int]:
        """Return every playlist that ever told of one of these tracks, and perhaps some more.

        Entries show all that counts, but not what was kept aside or told at the same moment as another
        answer; playlists with such observations are taken for speaking of anything.
        """
        e, o = ENTRIES.c, OBSERVATIONS.c
        found: set[int] = set()
        for chunk in chunks(tracks):
            query = select(e.playlist_id).where(e.track_id.in_(chunk)).distinct()
            found |= set(self._connection.execute(query).scalars())
        aside = select(KEYS.c.playlist_id).join(KEYS, KEYS.c.id == o.key_id)
        aside = aside.where(o.effect == Effect.ASIDE).distinct()
        at_once = select(KEYS.c.playlist_id).join(KEYS, KEYS.c.id == o.key_id)
        at_once = at_once.where(o.content_id.is_not(None))
        at_once = at_once.group_by(KEYS.c.playlist_id, o.taken_at).having(func.count() > 1)
        for hidden in (aside, at_once):
            found |= set(self._connection.execute(hidden).scalars())
        return found

    def contents_of(self, playlists: Collection[int]) -> set[int]:
        """Return what was ever told of playlists, whether it counts or not."""
        o = OBSERVATIONS.c
        query = select(o.content_id).join(KEYS, KEYS.c.id == o.key_id)
        query = query.where(o.content_id.is_not(None)).distinct()
        return {
            content
            for chunk in chunks(playlists)
            for content in self._connection.execute(
                query.where(KEYS.c.playlist_id.in_(chunk))
            ).scalars()
        }

    def attested(self, tracks: Collection[int]) -> set[int]:
        """Return the claims that are made of tracks at some moment."""
        a = ATTESTATIONS.c
        return {
            claim
            for chunk in chunks(tracks)
            for claim in self._connection.execute(
                select(a.claim_id).where(a.track_id.in_(chunk))
            ).scalars()
        }

    def last_roster(self) -> Instant:
        """Return the moment of the last roster; 0 where there is none."""
        return Instant(self._connection.execute(select(func.max(ROSTERS.c.taken_at))).scalar() or 0)

    def unlisted_playlists(self, listed: Collection[int], at: Instant) -> set[int]:
        """Return the playlists in the library at a moment whose keys are not among ``listed``."""
        s = SPANS.c
        present = set(
            self._connection.execute(
                select(s.playlist_id).where(
                    s.valid_from <= at, (s.valid_to.is_(None)) | (s.valid_to > at)
                )
            ).scalars()
        )
        return present - self.playlists_of(listed)

    def playlists_of(self, keys: Collection[int]) -> set[int]:
        """Return the playlists that keys belong to."""
        query = select(KEYS.c.playlist_id).where(KEYS.c.id.in_(list(keys)))
        return set(self._connection.execute(query).scalars())

    def write_steps(self, steps: Iterable[Step]) -> None:
        """Store what the fold made of observations."""
        values = [
            {"row": step.event.id, "effect_now": int(step.effect), "state_now": step.state}
            for step in steps
            if isinstance(step.event, Observation)
        ]
        if values:
            self._connection.execute(
                update(OBSERVATIONS)
                .where(OBSERVATIONS.c.id == bindparam("row"))
                .values(effect=bindparam("effect_now"), state_id=bindparam("state_now")),
                values,
            )

    def trails(self) -> dict[PlaylistKey, Trail]:
        """Return every moment at which each key was seen with a content, and when rosters lacked it."""
        o = OBSERVATIONS.c
        query = (
            select(KEYS.c.key, o.taken_at, o.content_id)
            .join(KEYS, KEYS.c.id == o.key_id)
            .where((o.content_id.is_not(None)) | (o.kind == int(Kind.FORBIDDEN)))
            # What was never seen inside is known by its name alone.
            .order_by(o.content_id.is_(None), o.taken_at, o.source, o.digest)
        )
        called = self._file_keys()
        seen: dict[PlaylistKey, tuple[list[Instant], list[int | None]]] = {}
        for key, at, content in self._connection.execute(query):
            if content is None and PlaylistKey(key) in seen and None not in seen[key][1]:
                continue
            times, contents = seen.setdefault(PlaylistKey(key), ([], []))
            times.append(at)
            contents.append(content)
        rosters = self._rosters(KEYS.c.key)
        since = self._known_to_api_since(KEYS.c.key)
        return {
            key: Trail(
                key,
                times,
                contents,
                [
                    at
                    for at, source, listed in rosters
                    if key not in listed and since.told_by(source, at, key)
                ],
                called.get(key, frozenset()),
            )
            for key, (times, contents) in seen.items()
        }

    def _file_keys(self) -> dict[PlaylistKey, frozenset[PlaylistKey]]:
        """Return the keys that exports have of each playlist whose name the API told."""
        o = OBSERVATIONS.c
        query = select(KEYS.c.key, NAME_KEYS.c.key).join_from(
            NAME_KEYS, OBSERVATIONS, o.name_id == NAME_KEYS.c.name_id
        )
        query = (
            query.join(KEYS, KEYS.c.id == o.key_id).where(o.source == int(Source.API)).distinct()
        )
        found: dict[PlaylistKey, set[PlaylistKey]] = {}
        for key, of_file in self._connection.execute(query):
            found.setdefault(PlaylistKey(key), set()).add(PlaylistKey(of_file))
        return {key: frozenset(of_files) for key, of_files in found.items()}

    def named_by(self) -> set[tuple[int, int]]:
        """Return the keys of exports, each with a name that the API tells of such a playlist."""
        names: dict[str, list[int]] = {}
        for name, key in self._connection.execute(select(NAME_KEYS.c.name_id, NAME_KEYS.c.key)):
            names.setdefault(key, []).append(name)
        if not names:
            return set()
        return {
            (number, name)
            for number, key in self._connection.execute(select(KEYS.c.id, KEYS.c.key))
            for each in keys_of_file(PlaylistKey(key))
            for name in names.get(each, ())
        }


class _KnownToApi(NamedTuple, Generic[T]):
    """Since when the API showed, and since when it listed, keys or playlists."""

    shown: Mapping[T, Instant]
    listed: Mapping[T, Instant]

    def told_by(self, source: Source, at: Instant, each: T) -> bool:
        """Tell whether what a roster of a moment leaves out is gone."""
        listed = self.listed.get(each, FOR_EVER)
        if source is Source.API:
            return listed < at
        return at < min(listed, self.shown.get(each, FOR_EVER))


def _order(event: Recorded | Ending) -> tuple[Instant, int, bytes]:
    return event.order if isinstance(event, Ending) else event.observation.order


def _order_told(events: Iterable[Recorded | Ending]) -> tuple[int | None, int | None]:
    """Return the state whose order was told last, and the state after all events."""
    told: int | None = None
    state: int | None = None
    for event in sorted(events, key=_order):
        if isinstance(event, Ending):
            told = state = None
        elif event.effect.heard:
            kind = event.observation.kind
            # What a part adds has its place among entries whose order is known.
            if kind is Kind.COMPLETE or (kind is Kind.PARTIAL and told == state):
                told = event.state
            state = event.state
    return told, state
