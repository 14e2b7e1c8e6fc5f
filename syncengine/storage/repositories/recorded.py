"""Observations as they are stored, with what was made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect, Kind, Observation, Source
from syncengine.storage.models import catalog
from syncengine.storage.repositories.heard import Heard
from syncengine.storage.repositories.timeline import KEYS, OBSERVATIONS

_DIALECTS = catalog.dialects

Span = tuple[int, int, Instant, Instant | None]
"""Key and name by row number, from when, and until when; None for one that is open."""


class Recorded(NamedTuple):
    """A stored observation with what belongs to it."""

    observation: Observation
    key: int
    name: int
    rank: int
    effect: Effect
    state: int | None


RECORDED = (
    select(
        KEYS.c.playlist_id,
        OBSERVATIONS.c.id,
        OBSERVATIONS.c.taken_at,
        OBSERVATIONS.c.source,
        OBSERVATIONS.c.digest,
        OBSERVATIONS.c.kind,
        OBSERVATIONS.c.inferred,
        OBSERVATIONS.c.content_id,
        OBSERVATIONS.c.accepted,
        OBSERVATIONS.c.key_id,
        OBSERVATIONS.c.name_id,
        func.coalesce(_DIALECTS.c.rank, 0),
        OBSERVATIONS.c.effect,
        OBSERVATIONS.c.state_id,
    )
    .join(KEYS, KEYS.c.id == OBSERVATIONS.c.key_id)
    .outerjoin(_DIALECTS, _DIALECTS.c.id == OBSERVATIONS.c.dialect_id)
)


def recorded_row(row: Sequence[object]) -> tuple[int, Recorded]:
    """Return a playlist's row number, and the observation that a row of RECORDED tells of it."""
    playlist, number, at, source, digest, kind, inferred, content, accepted, *rest = row
    key, name, rank, effect, state = rest
    observation = Observation(
        number,  # type: ignore[arg-type]  # a row is untyped
        at,  # type: ignore[arg-type]  # a row is untyped
        Source(source),  # type: ignore[arg-type]  # a row is untyped
        digest,  # type: ignore[arg-type]  # a row is untyped
        Kind(kind),  # type: ignore[arg-type]  # a row is untyped
        bool(inferred),
        content,  # type: ignore[arg-type]  # a row is untyped
        bool(accepted),
    )
    return playlist, Recorded(observation, key, name, rank, Effect(effect), state)  # type: ignore[arg-type, return-value]  # a row is untyped


def heard(recorded: Recorded) -> Heard:
    """Return an observation that has a content as the series want it."""
    assert recorded.observation.content is not None  # noqa: S101 - what counts has a content
    return Heard(recorded.observation.order, recorded.rank, recorded.observation.content)
