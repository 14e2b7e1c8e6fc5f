"""Series told wholly anew: for tracks that turned out to be others, or no longer are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, bindparam, delete, select, update

from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect
from syncengine.storage.bulk import bulk_insert, chunks
from syncengine.storage.models import catalog, timeline
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.repositories.enriched import applied_words
from syncengine.storage.repositories.heard import Heard
from syncengine.storage.repositories.series import ATTESTATIONS, POPULARITY

_TRACKS = catalog.tracks
_AT_ONCE = 200
"""Contents that are read together."""
_SET_POPULARITY = (
    update(_TRACKS)
    .where(_TRACKS.c.id == bindparam("track"))
    .values(popularity=bindparam("value_now"))
)

Told = dict[tuple[int, ...], dict[Instant, int]]
"""What is said of each series, moment by moment."""


def tell_anew(
    connection: Connection,
    contents: ContentBook,
    *,
    playlists: Collection[int],
    tracks: Collection[int],
) -> None:
    """Write all series of tracks from what counts; ``playlists`` are all that ever spoke of them."""
    wanted = set(tracks)
    claims: Told = {}
    values: Told = {}
    for heard in _heard(connection, contents, playlists, wanted):
        for line in heard.lines(contents):
            if line.track in wanted:
                if line.claim:
                    claims.setdefault((line.track, heard.rank), {})[heard.at] = line.claim
                if line.popularity is not None:
                    values.setdefault((line.track,), {})[heard.at] = line.popularity
    for chunk in chunks(wanted):
        for table in (ATTESTATIONS, POPULARITY):
            connection.execute(delete(table).where(table.c.track_id.in_(chunk)))
    attested, popular = _changes(claims), _changes(values)
    bulk_insert(connection, ATTESTATIONS, ("track_id", "rank", "at", "claim_id"), attested)
    bulk_insert(connection, POPULARITY, ("track_id", "at", "value"), popular)
    now: dict[int, int | None] = dict.fromkeys(wanted)
    now.update((track, value) for track, _, value in popular)
    connection.execute(
        _SET_POPULARITY, [{"track": track, "value_now": value} for track, value in now.items()]
    )


def _heard(
    connection: Connection,
    contents: ContentBook,
    playlists: Collection[int],
    tracks: Collection[int],
) -> Iterator[Heard]:
    """Yield what counts of playlists and was applied to tracks in fold order, with the contents at hand."""
    o, keys = timeline.observations.c, timeline.playlist_keys.c
    found = applied_words(connection, tracks=tracks)
    for chunk in chunks(playlists):
        query = (
            select(o.taken_at, o.source, o.digest, catalog.dialects.c.rank, o.content_id)
            .join(timeline.playlist_keys, keys.id == o.key_id)
            .join(catalog.dialects, catalog.dialects.c.id == o.dialect_id)
            .where(keys.playlist_id.in_(chunk), o.effect < Effect.ASIDE)
        )
        for at, source, digest, rank, content in connection.execute(query):
            found.append(Heard((at, 1 + source, digest), rank, content))
    for some in chunks(sorted(found), _AT_ONCE):
        contents.load(each.content for each in some if each.words is None)
        yield from some


def _changes(told: Mapping[tuple[int, ...], Mapping[Instant, int]]) -> list[tuple[int, ...]]:
    """Return (series, moment, value) where a value differs from the one before it, sorted."""
    rows: list[tuple[int, ...]] = []
    for series, said in told.items():
        before: int | None = None
        for at, value in said.items():
            if value != before:
                rows.append((*series, at, value))
            before = value
    return sorted(rows)
