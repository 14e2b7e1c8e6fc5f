"""What applied enrichments say of tracks, as the series hear it."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from syncengine.core.enrichment import ANSWERED, EDITED
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.storage.bulk import chunks, plain_rows
from syncengine.storage.models.enrichment import enriched_tracks, enrichments
from syncengine.storage.repositories.heard import Heard

_AFTER_SERVICES = 3
"""At one moment a file that a person looked through comes after what exports and services said."""
_EVER = Instant(0)
_MARK = struct.Struct(">Q?")
_E = enriched_tracks.c
_WORDS = select(_E.enrichment_id, _E.edited, _E.at, _E.track_id, _E.claim_id, _E.popularity)


def words_of(connection: Connection, enrichment: int) -> list[Heard]:
    """Return what one enrichment says."""
    return as_heard(plain_rows(connection, _WORDS.where(_E.enrichment_id == enrichment)))


def applied_words(
    connection: Connection,
    since: Instant = _EVER,
    tracks: Collection[int] | None = None,
) -> list[Heard]:
    """Return what enrichments say from a moment on of tracks (none: all), in fold order.

    Of two files of one moment the one that was applied later comes later.
    """
    # No file says anything from later than its own moment on: old ones need not be looked into.
    query = _WORDS.where(
        _E.at >= since,
        _E.enrichment_id.in_(select(enrichments.c.id).where(enrichments.c.taken_at >= since)),
    )
    parts = [query] if tracks is None else [query.where(_E.track_id.in_(c)) for c in chunks(tracks)]
    return as_heard(row for part in parts for row in plain_rows(connection, part))


def as_heard(rows: Iterable[Sequence[Any]]) -> list[Heard]:
    """Return rows (enrichment, edited, at, track, claim, popularity) as the series want them."""
    lines: dict[tuple[int, bool, Instant], list[Line]] = {}
    for enrichment, edited, at, track, claim, popularity in rows:
        key = (enrichment, bool(edited), at)
        if key not in lines:
            lines[key] = []
        lines[key].append(Line(track, None, None, claim or 0, popularity))
    return sorted(
        (
            Heard(
                (at, _AFTER_SERVICES, _MARK.pack(enrichment, edited)),
                (EDITED if edited else ANSWERED).rank,
                0,
                tuple(said),
            )
            for (enrichment, edited, at), said in lines.items()
        ),
        key=lambda each: each.order,
    )
