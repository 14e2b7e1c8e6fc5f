"""The rows that the library's evolution is counted from: entries, presences, facts, popularity.

Each question is one statement over a whole table, whatever it is asked of: nothing is read day by day.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, ScalarSelect, Select, and_, func, select

from syncengine.core.evolution import Traits
from syncengine.core.identity import UNAVAILABLE, PlaylistKey, TrackKey
from syncengine.core.moment import FOR_EVER, Instant
from syncengine.core.snapshot import Effect, Kind
from syncengine.core.stay import Presence, Row, Vanishing
from syncengine.core.track import OLD_RANK
from syncengine.storage.models import catalog
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.claims import CLAIMS, TRACKS
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.series import ATTESTATIONS, POPULARITY
from syncengine.storage.repositories.timeline import KEYS, OBSERVATIONS, PLAYLISTS, SPANS

FEATURES = (
    "danceability", "energy", "valence", "acousticness", "instrumentalness", "liveness",
    "speechiness", "loudness", "tempo",
)  # fmt: skip
"""The audio features of which a mean says something: no keys, modes and metres."""
_HEARD = OBSERVATIONS.c.effect < Effect.ASIDE
_WHOLE = (int(Kind.COMPLETE), int(Kind.MEMBERSHIP))


class PopularityRow(NamedTuple):
    """A track and its first and last popularity (0–100) in some time."""

    number: int
    track: TrackKey
    first: int
    last: int


class EvolutionReader:
    """The library's past up to a moment, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def names(self) -> dict[int, tuple[PlaylistKey, str]]:
        """Return every playlist's key and name as they are now, by row number."""
        p = PLAYLISTS.c
        rows = self._connection.execute(select(p.id, p.key, p.name))
        return {number: (PlaylistKey(key), name) for number, key, name in rows}

    def unavailable(self) -> int | None:
        """Return the row number of the track that stands for entries of which nothing is shown."""
        query = select(TRACKS.c.id).where(TRACKS.c.key == UNAVAILABLE)
        return self._connection.execute(query).scalar()

    def ever_holding(self, track: int) -> set[int]:
        """Return the playlists that ever held a track, by row number."""
        query = select(ENTRIES.c.playlist_id).where(ENTRIES.c.track_id == track).distinct()
        return set(self._connection.execute(query).scalars())

    def other_names(self, track: int) -> list[TrackKey]:
        """Return the keys that a track goes by besides its own."""
        query = select(TRACKS.c.key).join(ALIASES, ALIASES.c.track_id == TRACKS.c.id)
        found = self._connection.execute(query.where(ALIASES.c.alias_of == track))
        return sorted(TrackKey(key) for key in found.scalars())

    def rows(self, end: Instant, playlists: Collection[int] | None = None) -> dict[int, list[Row]]:
        """Return the entries up to a moment, of playlists (none: all), by playlist."""
        e = ENTRIES.c
        query = select(e.playlist_id, e.track_id, e.added_at, e.rank, e.valid_from, e.valid_to)
        query = query.where(e.valid_from <= end)
        found: dict[int, list[Row]] = {}
        for playlist, track, stamp, rank, since, until in self._some(
            query, e.playlist_id, playlists
        ):
            row = Row(track, stamp, rank, since, _by(until, end))
            found.setdefault(playlist, []).append(row)
        return found

    def presences(
        self, end: Instant, playlists: Collection[int] | None = None
    ) -> dict[int, list[Presence]]:
        """Return when playlists (none: all) were in the library, up to a moment, whatever their name."""
        s, o = SPANS.c, OBSERVATIONS.c
        whole = (
            select(s.id, func.min(o.taken_at).label("at"))
            .join(KEYS, KEYS.c.playlist_id == s.playlist_id)
            .join(OBSERVATIONS, and_(o.key_id == KEYS.c.id, o.taken_at >= s.valid_from))
            .where(_HEARD, o.kind.in_(_WHOLE))
            .group_by(s.id)
            .subquery()
        )
        query = (
            select(s.playlist_id, s.valid_from, s.valid_to, whole.c.at)
            .outerjoin(whole, whole.c.id == s.id)
            .where(s.valid_from <= end)
            .order_by(s.playlist_id, s.valid_from)
        )
        found: dict[int, list[Presence]] = {}
        for playlist, since, until, seen_whole in self._some(query, s.playlist_id, playlists):
            known = found.setdefault(playlist, [])
            until = _by(until, end)  # noqa: PLW2901 - as far as is looked at
            if known and known[-1].until == since:
                known[-1] = known[-1]._replace(until=until)
            else:
                known.append(Presence(since, until, FOR_EVER if seen_whole is None else seen_whole))
        return found

    def looked_at(
        self, end: Instant, playlists: Collection[int] | None = None
    ) -> dict[int, Instant]:
        """Return when playlists (none: all) were last observed soundly, up to a moment."""
        query = (
            select(KEYS.c.playlist_id, func.max(OBSERVATIONS.c.taken_at))
            .join(KEYS, KEYS.c.id == OBSERVATIONS.c.key_id)
            .where(_HEARD, OBSERVATIONS.c.taken_at <= end)
            .group_by(KEYS.c.playlist_id)
        )
        return dict(map(tuple, self._some(query, KEYS.c.playlist_id, playlists)))

    def traits(self) -> dict[int, Traits]:
        """Return what holds now for every track, as far as it is counted over time."""
        t, f = TRACKS.c, catalog.audio_features.c
        sets = self._connection.execute(
            select(catalog.genre_sets.c.id, catalog.genre_sets.c.genres)
        )
        genres = {number: tuple(dict.fromkeys(json.loads(text))) for number, text in sets}
        query = (
            select(
                t.id, t.genre_set_id, catalog.releases.c.release_date,
                *(f[name] for name in FEATURES),
            )
            .outerjoin(catalog.releases, catalog.releases.c.id == t.release_id)
            .outerjoin(catalog.audio_features, f.id == t.audio_features_id)
        )  # fmt: skip
        return {
            track: Traits(genres.get(of, ()), decade(date), tuple(heard))
            for track, of, date, *heard in self._connection.execute(query)
        }

    def popularity(self, start: Instant, end: Instant) -> list[PopularityRow]:
        """Return the tracks whose popularity at ``end`` is another than at ``start`` (or first known)."""
        p = POPULARITY.c

        # A seek for each track: a library that is observed daily has a hundred values for each.
        def value(*, until: Instant, newest: bool) -> ScalarSelect[int]:
            query = select(p.value).where(p.track_id == TRACKS.c.id, p.at <= until)
            return query.order_by(p.at.desc() if newest else p.at).limit(1).scalar_subquery()

        before = value(until=start, newest=True)
        first = func.coalesce(before, value(until=end, newest=False)).label("first")
        last = value(until=end, newest=True).label("last")
        known = select(TRACKS.c.id, TRACKS.c.key, first, last).subquery()
        query = select(known).where(known.c.first != known.c.last)
        return [PopularityRow(*row) for row in self._connection.execute(query)]

    def nameless(self, end: Instant) -> list[Vanishing]:
        """Return the tracks that the last source that spoke of them showed without a name, and since when.

        Only of sources that name every track they know, and of tracks whose name is known.
        """
        a = ATTESTATIONS.c
        spoken = a.rank > OLD_RANK
        last = select(a.track_id, func.max(a.at).label("at")).where(a.at <= end, spoken)
        last_word = last.group_by(a.track_id).subquery()
        said, known = catalog.recordings, catalog.recordings.alias()
        query = (
            select(a.track_id, a.at)
            .join(last_word, and_(last_word.c.track_id == a.track_id, last_word.c.at == a.at))
            .join(CLAIMS, CLAIMS.c.id == a.claim_id)
            .outerjoin(said, said.c.id == CLAIMS.c.recording_id)
            .join(TRACKS, TRACKS.c.id == a.track_id)
            .join(known, known.c.id == TRACKS.c.recording_id)
            .where(spoken, known.c.title.is_not(None), TRACKS.c.kind.in_(("track", "episode")))
            .group_by(a.track_id, a.at)
            .having(func.count(said.c.title) == 0)
            .order_by(a.track_id)
        )
        return [Vanishing(*row) for row in self._connection.execute(query)]

    def _some(
        self, query: Select[Any], column: Any, playlists: Collection[int] | None
    ) -> Iterable[Any]:
        if playlists is not None:
            query = query.where(column.in_(list(playlists)))
        return self._connection.execute(query)


def _by(until: Instant | None, end: Instant) -> Instant | None:
    """Return when something ended, as far as it had by a moment."""
    return until if until is not None and until <= end else None


def decade(release_date: str | None) -> str | None:
    """Return the decade of a release date, such as ``1990s``; None where the year is not known."""
    year = (release_date or "")[:4]
    return f"{year[:3]}0s" if len(year) == 4 and year.isdigit() and year != "0000" else None
