"""What a service told of lists, on its way into the memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from syncengine.core.identity import TrackKey
from syncengine.core.playlist import Line
from syncengine.core.remote import RemoteEntry
from syncengine.core.track import Claim, Dialect, carry
from syncengine.storage.memory import Memory
from syncengine.storage.repositories.claims import KnownClaim
from syncengine.storage.repositories.standing import StandingClaims
from syncengine.storage.unit_of_work import UnitOfWork

_encode = msgspec.json.encode


class Observer:
    """Turns entries into lines; what a service said of a track before and cannot see now still holds."""

    def __init__(self, unit: UnitOfWork, dialect: Dialect) -> None:
        self._memory: Memory = unit.memory
        self._dialect = dialect
        self._standing = StandingClaims(unit.connection, dialect.rank)
        self._said: dict[TrackKey, KnownClaim] = {}

    def take_up(
        self, entries: Iterable[RemoteEntry], more: Mapping[TrackKey, Claim] | None = None
    ) -> None:
        """Store what entries say of their tracks; ``more`` is what else the service told of some."""
        told = {each.claim.track: each.claim for each in entries}
        new = {track: claim for track, claim in told.items() if track not in self._said}
        stood = self._standing.said(new)
        for track, claim in new.items():
            if more and track in more:
                claim = carry(claim, more[track])  # noqa: PLW2901 - the same claim, made whole
            new[track] = carry(claim, stood[track]) if track in stood else claim
        self._store(new)

    def add(self, more: Mapping[TrackKey, Claim]) -> None:
        """Store what else was told of tracks that the service spoke of before, and not now."""
        stood = self._standing.said([track for track in more if track not in self._said])
        self._store({track: carry(more[track], said) for track, said in stood.items()})

    def _store(self, claims: Mapping[TrackKey, Claim]) -> None:
        marks: dict[bytes, Claim] = {}
        of_track: dict[TrackKey, bytes] = {}
        for track, claim in claims.items():
            mark = _fingerprint(self._dialect, claim)
            marks[mark], of_track[track] = claim, mark
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
        own = self._standing.numbers({line.track for line in lines})
        own |= {known.track: known.claim for known in self._said.values()}
        return [
            line._replace(claim=own.get(line.track, line.claim), popularity=None) for line in lines
        ]


def _fingerprint(dialect: Dialect, claim: Claim) -> bytes:
    said = (dialect.name, dialect.generation, *claim)
    return hashlib.blake2b(_encode(said), digest_size=16).digest()


def told_digest(entries: Sequence[RemoteEntry]) -> bytes:
    """Return a digest of what was told of a list: equal answers have equal ones, however paged."""
    said = hashlib.sha256()
    for each in entries:
        said.update(_encode(each))
    return said.digest()
