"""Who says what of tracks: the sources of facts, names that sources tell otherwise, numbers out of range."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from syncengine.core.finding import NameMismatch, plain_name
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.ranges import Range
from syncengine.core.track import API_RANK, Facts, Provenance
from syncengine.storage.bulk import chunks
from syncengine.storage.models import catalog, remote
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.answers import KeptAnswer, read_answers
from syncengine.storage.repositories.claims import CLAIMS, TRACKS, ClaimReader, load_dialects
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.facts import facts_at
from syncengine.storage.repositories.series import ATTESTATIONS, POPULARITY

POPULAR = "popularity"
"""What ``sources`` calls the popularity, of which it is only known since when it is what it is."""
_HELD = select(ENTRIES.c.track_id).where(ENTRIES.c.valid_to.is_(None))
"""The tracks that stand in a playlist now."""


class _Said(NamedTuple):
    """What a source calls a track; ``spoilt`` says that it is known to delete marks from titles."""

    title: str | None
    artists: tuple[str, ...]
    at: Instant
    source: str
    spoilt: bool = False


class OriginReader:
    """Asks where facts come from, for whole sets of tracks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sources(self, tracks: Collection[TrackKey]) -> dict[TrackKey, dict[str, Provenance]]:
        """Return for each track the source of each group of its facts, and since when it says so."""
        keys = dict(self._numbers(tracks))
        if not keys:
            return {}
        found = {
            keys[number]: dict(facts.sources)
            for number, facts in facts_at(self._connection, None, keys).items()
        }
        p = POPULARITY.c
        for some in chunks(keys):
            since = select(p.track_id, func.max(p.at)).where(p.track_id.in_(some))
            for number, at in self._connection.execute(since.group_by(p.track_id)):
                found.setdefault(keys[number], {})[POPULAR] = Provenance("", Instant(at))
        return found

    def tracks(self) -> list[TrackKey]:
        """Return the tracks in playlists that the service can be asked about."""
        query = select(TRACKS.c.key).where(TRACKS.c.kind == "track", TRACKS.c.id.in_(_HELD))
        return [
            TrackKey(key)
            for key in self._connection.execute(query.order_by(TRACKS.c.key)).scalars()
        ]

    def answered_at(self) -> dict[TrackKey, Instant]:
        """Return when the service last answered about each track that it was asked of."""
        a = remote.answers.c
        return {
            TrackKey(k): Instant(at)
            for k, at in self._connection.execute(select(a.track, a.answered_at))
        }

    def facts(self, tracks: Collection[TrackKey]) -> dict[TrackKey, tuple[Facts, int | None]]:
        """Return what holds for tracks, each with its popularity."""
        keys = dict(self._numbers(tracks))
        rated: dict[int, int | None] = {}
        for some in chunks(keys):
            rows = select(TRACKS.c.id, TRACKS.c.popularity).where(TRACKS.c.id.in_(some))
            rated |= dict(iter(self._connection.execute(rows)))
        found = facts_at(self._connection, None, keys)
        return {keys[number]: (facts, rated[number]) for number, facts in found.items()}

    def out_of_range(
        self, ranges: Mapping[str, Range]
    ) -> list[tuple[TrackKey, str | None, str, float]]:
        """Return the tracks with audio features out of range: key, title, feature and value."""
        f, r = catalog.audio_features.c, catalog.recordings.c
        outside = [or_(f[name] < each.least, f[name] > each.most) for name, each in ranges.items()]
        query = (
            select(TRACKS.c.key, r.title, *(f[name] for name in ranges))
            .join(catalog.audio_features, f.id == TRACKS.c.audio_features_id)
            .outerjoin(catalog.recordings, r.id == TRACKS.c.recording_id)
            .where(or_(*outside), TRACKS.c.id.in_(_HELD))
            .order_by(TRACKS.c.key)
        )
        return [
            (TrackKey(key), title, name, value)
            for key, title, *values in self._connection.execute(query)
            for (name, limits), value in zip(ranges.items(), values, strict=True)
            if value is not None and not limits.has(value)
        ]

    def name_mismatches(self, tracks: Collection[TrackKey] | None = None) -> list[NameMismatch]:
        """Return the tracks (none: of all) that Spotify's own service and exports call otherwise.

        Of each side the latest word counts, of exports that of the best exporter; what old exporters are
        known to delete from names is no difference.
        """
        answers = read_answers(self._connection, tracks)
        if not answers and not self._has_two_sides():
            return []
        api, exported = self._latest_names(answers, tracks)
        found = []
        for key in sorted(api.keys() & exported.keys()):
            one, other = api[key], exported[key]
            pairs = (
                ("title", one.title, other.title, other.spoilt),
                # Exporters that join artists by commas hide where one ends: the words are compared.
                ("artists", ", ".join(one.artists), ", ".join(other.artists), True),
            )
            found += [
                NameMismatch(key, name, here, one.at, there, other.source, other.at)
                for name, here, there, spoilt in pairs
                if here
                and there
                and plain_name(here, spoilt=spoilt) != plain_name(there, spoilt=spoilt)
            ]
        return found

    def _has_two_sides(self) -> bool:
        """Say whether Spotify's own service ever spoke of a track."""
        told = select(ATTESTATIONS.c.track_id).where(ATTESTATIONS.c.rank == API_RANK).limit(1)
        return self._connection.execute(told).first() is not None

    def _numbers(self, tracks: Collection[TrackKey]) -> Iterator[tuple[int, TrackKey]]:
        for some in chunks(tracks):
            rows = select(TRACKS.c.id, TRACKS.c.key).where(TRACKS.c.key.in_(some))
            for number, key in self._connection.execute(rows):
                yield number, TrackKey(key)

    def _latest_names(
        self, answers: Mapping[TrackKey, KeptAnswer], tracks: Collection[TrackKey] | None
    ) -> tuple[dict[TrackKey, _Said], dict[TrackKey, _Said]]:
        """Return what the service calls tracks and what exports do, of tracks that the service spoke of."""
        api = {
            key: _Said(recording.title, tuple(a.name for a in recording.artists), said.at, "")
            for key, (said, _) in answers.items()
            if (recording := said.claim.recording) is not None
        }
        exported: dict[TrackKey, _Said] = {}
        credits, ranks = ClaimReader(self._connection).credits, dict[TrackKey, int]()
        for key, rank, credit, said in self._told():
            if tracks is not None and key not in tracks:
                continue
            named = said._replace(artists=tuple(a.name for a in credits.get(credit or 0, ())))
            if rank == API_RANK:
                if key not in api or api[key].at <= said.at:
                    api[key] = named
            elif rank >= ranks.get(key, 0):
                ranks[key], exported[key] = rank, named
        return api, exported

    def _told(self) -> Iterator[tuple[TrackKey, int, int | None, _Said]]:
        """Yield the last word of each rank of source on what a track is called."""
        a, r = ATTESTATIONS.c, catalog.recordings.c
        last = (
            select(a.track_id, a.rank, func.max(a.at).label("at"))
            .group_by(a.track_id, a.rank)
            .subquery()
        )
        query = (
            select(TRACKS.c.key, a.rank, a.at, r.title, r.artist_credit_id, CLAIMS.c.dialect_id)
            .join(
                last,
                (a.track_id == last.c.track_id) & (a.rank == last.c.rank) & (a.at == last.c.at),
            )
            .join(CLAIMS, CLAIMS.c.id == a.claim_id)
            .join(catalog.recordings, r.id == CLAIMS.c.recording_id)
            .join(TRACKS, TRACKS.c.id == a.track_id)
            .outerjoin(ALIASES, ALIASES.c.track_id == TRACKS.c.id)
            .where(ALIASES.c.track_id.is_(None), TRACKS.c.id.in_(_HELD))
        )
        dialects = load_dialects(self._connection)
        for key, rank, at, title, credit, dialect in self._connection.execute(query):
            by = dialects[dialect]
            said = _Said(title, (), Instant(at), by.name, "title" in by.damages)
            yield TrackKey(key), rank, credit, said
