"""What sources of one rank last said of tracks."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from syncengine.core.identity import TrackKey
from syncengine.core.track import Claim
from syncengine.storage.bulk import Lookup, chunks
from syncengine.storage.models import catalog
from syncengine.storage.repositories.claims import TRACKS, ClaimReader

_A = catalog.attestations.c
_NUMBERS = Lookup(select(TRACKS.c.key, TRACKS.c.id), TRACKS.c.key)


class StandingClaim(NamedTuple):
    """A claim that stands, and its row number."""

    number: int
    said: Claim


def standing_claims(
    connection: Connection, rank: int, tracks: Collection[TrackKey]
) -> dict[TrackKey, StandingClaim]:
    """Return the last claim that sources of a rank made of tracks; those never spoken of are left out."""
    keys = {number: key for key, number in _NUMBERS.rows(connection, set(tracks))}
    last: dict[int, int] = {}
    query = select(_A.track_id, _A.claim_id).where(_A.rank == rank).order_by(_A.at)
    for chunk in chunks(keys):
        last.update(iter(connection.execute(query.where(_A.track_id.in_(chunk)))))
    claims = ClaimReader(connection).read(set(last.values())) if last else {}
    return {keys[track]: StandingClaim(claim, claims[claim]) for track, claim in last.items()}
