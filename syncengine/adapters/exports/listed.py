"""Exports that tell one entry after the other, in whatever form: what the memory is given of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from syncengine.adapters.exports import cells as form
from syncengine.core.identity import UNAVAILABLE, TrackKey, meta_track, parse_track
from syncengine.core.moment import Instant
from syncengine.core.ports import RejectedRow, SeenRow
from syncengine.core.track import Artist, Claim, Dialect


class Told(NamedTuple):
    """One entry: what is said of its track, and when and by whom it was added; ``line`` counts from 1."""

    line: int
    claim: Claim
    added_at: Instant | None = None
    added_by: str | None = None
    popularity: int | None = None


class Listed:
    """An export whose dialect is known; ``rows`` may be asked for more than once."""

    def __init__(
        self,
        dialect: Dialect,
        entries: Callable[[], Iterator[Told | RejectedRow]],
        *,
        ordered: bool = True,
        warnings: Sequence[str] = (),
    ) -> None:
        """``entries`` tells them anew at each call; ``ordered`` is whether their order means anything."""
        self.dialect = dialect
        self.ordered = ordered
        self.warnings = warnings
        self._entries = entries
        self._claims: dict[bytes, Claim] = {}

    @property
    def layout(self) -> Hashable:
        """Each reads its own rows only: what they say was read when they were told."""
        return self

    def rows(self) -> Iterator[SeenRow | RejectedRow]:
        """Yield every entry in order; what cannot be read as a rejected row."""
        origin = msgspec.msgpack.encode((self.dialect.name, self.dialect.generation))
        for each in self._entries():
            if isinstance(each, RejectedRow):
                yield each
                continue
            said = origin + msgspec.msgpack.encode(each.claim)
            fingerprint = blake2b(said, digest_size=16).digest()
            self._claims[fingerprint] = each.claim
            yield SeenRow(each.line, fingerprint, each.added_at, each.added_by, each.popularity, ())

    def claims(self, rows: Sequence[SeenRow]) -> Sequence[Claim | ValueError]:
        """Return what each row says of its track; a row that says nothing sound was rejected before."""
        return [self._claims[row.fingerprint] for row in rows]


def track_of(
    address: str | None,
    title: str | None,
    artists: Sequence[Artist],
    duration_ms: int | None = None,
) -> TrackKey:
    """Return the key of a track by its address or bare id; without one, by what is known of it.

    Raises ValueError for an address that names no track, episode or local file.
    """
    if address:
        track = parse_track(address.strip())
        if track is None:
            shown = form.shorten(address)
            raise ValueError(f"this names no track, episode or local file: {shown}")
        return track
    if not title:
        return UNAVAILABLE
    return meta_track(title, [artist.name for artist in artists], duration_ms)


def credited(names: Sequence[str | None]) -> tuple[Artist, ...]:
    """Return artists by their names alone, leaving empty ones out."""
    return tuple(Artist(name) for name in names if name)
