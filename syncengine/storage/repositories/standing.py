"""What sources of one rank last said of tracks."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from syncengine.core.identity import TrackKey
from syncengine.core.track import Claim
from syncengine.storage.bulk import Lookup, chunks
from syncengine.storage.models import catalog
from syncengine.storage.repositories.claims import TRACKS, ClaimReader

_A = catalog.attestations.c
_NUMBERS = Lookup(select(TRACKS.c.key, TRACKS.c.id), TRACKS.c.key)


class StandingClaims:
    """The last claims that sources of a rank made, within one transaction."""

    def __init__(self, connection: Connection, rank: int) -> None:
        self._connection = connection
        self._rank = rank
        self._reader = ClaimReader(connection)

    def numbers(self, tracks: Collection[int]) -> dict[int, int]:
        """Return the row number of each track's last claim; those never spoken of are left out."""
        last: dict[int, int] = {}
        query = select(_A.track_id, _A.claim_id).where(_A.rank == self._rank).order_by(_A.at)
        for chunk in chunks(tracks):
            last.update(iter(self._connection.execute(query.where(_A.track_id.in_(chunk)))))
        return last

    def known(self, tracks: Collection[TrackKey]) -> set[TrackKey]:
        """Return those tracks of which a claim was made."""
        keys = {number: key for key, number in _NUMBERS.rows(self._connection, set(tracks))}
        return {keys[number] for number in self.numbers(keys)}

    def said(self, tracks: Collection[TrackKey]) -> dict[TrackKey, Claim]:
        """Return each track's last claim; those never spoken of are left out."""
        keys = {number: key for key, number in _NUMBERS.rows(self._connection, set(tracks))}
        last = self.numbers(keys)
        claims = self._reader.read(set(last.values())) if last else {}
        return {keys[track]: claims[claim] for track, claim in last.items()}
