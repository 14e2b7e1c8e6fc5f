"""What a service told of lists, on its way into the memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from syncengine.core.identity import TrackKey
from syncengine.core.playlist import Line
from syncengine.core.remote import RemoteEntry
from syncengine.core.track import Claim, Dialect, carry
from syncengine.storage.memory import Memory
from syncengine.storage.repositories.claims import KnownClaim
from syncengine.storage.repositories.standing import StandingClaim, standing_claims
from syncengine.storage.unit_of_work import UnitOfWork

_encode = msgspec.json.encode


class Observer:
    """Turns entries into lines; what a service said of a track before and cannot see now still holds."""

    def __init__(self, unit: UnitOfWork, dialect: Dialect) -> None:
        self._unit = unit
        self._memory: Memory = unit.memory
        self._dialect = dialect
        self._said: dict[TrackKey, KnownClaim] = {}

    def take_up(
        self, entries: Iterable[RemoteEntry], more: Mapping[TrackKey, Claim] | None = None
    ) -> None:
        """Store what entries say of their tracks; ``more`` is what else the service told of some."""
        told = {each.claim.track: each.claim for each in entries}
        new = {track: claim for track, claim in told.items() if track not in self._said}
        stood = self.standing(new)
        marks: dict[bytes, Claim] = {}
        of_track: dict[TrackKey, bytes] = {}
        for track, claim in new.items():
            whole = claim
            if more and track in more:
                whole = carry(whole, more[track])
            if track in stood:
                whole = carry(whole, stood[track].said)
            mark = _fingerprint(self._dialect, whole)
            marks[mark], of_track[track] = whole, mark
        known = self._memory.claims.find(marks)
        unknown = {mark: claim for mark, claim in marks.items() if mark not in known}
        known |= self._memory.claims.add(self._dialect, unknown) if unknown else {}
        self._said |= {track: known[mark] for track, mark in of_track.items()}

    def lines(self, entries: Sequence[RemoteEntry]) -> list[Line]:
        """Return the lines of entries that were taken up."""
        who = {each.added_by for each in entries if each.added_by}
        people = self._memory.people.intern(dict.fromkeys(who, ()))
        return [
            Line(
                self._said[each.claim.track].track,
                each.added_at,
                people.get(each.added_by or ""),
                self._said[each.claim.track].claim,
                each.popularity,
            )
            for each in entries
        ]

    def unheard(self, lines: Sequence[Line]) -> list[Line]:
        """Return stored lines as what stands still: popularity was not told again.

        A claim of another source is left to that one, where this service said something itself.
        """
        if not lines:
            return []
        own = self._own_claims({line.track for line in lines})
        return [
            line._replace(claim=own.get(line.track, line.claim), popularity=None) for line in lines
        ]

    def standing(self, tracks: Collection[TrackKey]) -> dict[TrackKey, StandingClaim]:
        """Return what this service last said of tracks."""
        return standing_claims(self._unit.connection, self._dialect.rank, tracks)

    def _own_claims(self, tracks: Collection[int]) -> dict[int, int]:
        keys = self._unit.library.track_keys(tracks)
        numbers = {key: number for number, key in keys.items()}
        said = {numbers[key]: each.number for key, each in self.standing(list(numbers)).items()}
        said |= {known.track: known.claim for known in self._said.values()}
        return said


def _fingerprint(dialect: Dialect, claim: Claim) -> bytes:
    said = (dialect.name, dialect.generation, *claim)
    return hashlib.blake2b(_encode(said), digest_size=16).digest()


def told_digest(entries: Sequence[RemoteEntry]) -> bytes:
    """Return a digest of what was told of a list: equal answers have equal ones, however paged."""
    said = hashlib.sha256()
    for each in entries:
        said.update(_encode(each))
    return said.digest()
