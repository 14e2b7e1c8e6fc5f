"""What is stored of a few tracks, read by their keys alone: the cost does not grow with the library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, literal_column, select

from syncengine.core.identity import UNAVAILABLE, PlaylistKey, TrackKey
from syncengine.core.lookup import Told
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect
from syncengine.core.track import Attestation, Dialect
from syncengine.storage.bulk import Lookup
from syncengine.storage.models import catalog, timeline
from syncengine.storage.repositories.aliases import ALIASES
from syncengine.storage.repositories.claims import CLAIMS, TRACKS, ClaimReader, load_dialects
from syncengine.storage.repositories.entries import ENTRIES
from syncengine.storage.repositories.timeline import KEYS, OBSERVATIONS, PLAYLISTS

_REAL = TRACKS.alias("real")
_MADE = catalog.attestations.c
_BY_KEY = Lookup(
    select(TRACKS.c.key, _REAL.c.id, _REAL.c.key, _REAL.c.popularity)
    .outerjoin(ALIASES, ALIASES.c.track_id == TRACKS.c.id)
    .join(_REAL, _REAL.c.id == func.coalesce(ALIASES.c.alias_of, TRACKS.c.id)),
    TRACKS.c.key,
)
_SAID = Lookup(
    select(_MADE.track_id, _MADE.at, _MADE.rank, _MADE.claim_id, CLAIMS.c.dialect_id).join(
        CLAIMS, CLAIMS.c.id == _MADE.claim_id
    ),
    _MADE.track_id,
)
# Asked by track alone: with the end in the condition SQLite takes the other index and goes through playlists.
_HOLDERS = Lookup(
    select(ENTRIES.c.track_id, ENTRIES.c.playlist_id, ENTRIES.c.valid_to), ENTRIES.c.track_id
)
_PLAYLIST = Lookup(
    select(PLAYLISTS.c.id, PLAYLISTS.c.key, PLAYLISTS.c.name, PLAYLISTS.c.observed_at),
    PLAYLISTS.c.id,
)
UNKNOWN = "unknown"
"""The source of a playlist of which no dialect is noted."""
_SPOKE = Lookup(
    select(
        KEYS.c.playlist_id, timeline.observations.c.dialect_id, func.max(OBSERVATIONS.c.taken_at)
    )
    .join(KEYS, KEYS.c.id == OBSERVATIONS.c.key_id)
    .where(OBSERVATIONS.c.effect < literal_column(str(int(Effect.ASIDE))))
    .group_by(KEYS.c.playlist_id, OBSERVATIONS.c.dialect_id),
    KEYS.c.playlist_id,
)


class StoredPlaylist(NamedTuple):
    """A playlist as it is called now; ``source`` spoke of it last, at ``observed_at``."""

    id: int
    key: PlaylistKey
    name: str
    source: str
    observed_at: Instant


class StoredTracks:
    """What is stored of tracks, read over one connection; what it remembers holds until ``forget``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialects: dict[int, Dialect] = {}
        self._spoke: dict[int, dict[str, Instant]] = {}

    def forget(self) -> None:
        """Forget what was remembered: the library has changed."""
        self._dialects.clear()
        self._spoke.clear()

    def read(self, keys: Collection[TrackKey]) -> dict[TrackKey, tuple[TrackKey, Told]]:
        """Return, by the key asked for, the track's own key and what is known of it.

        Tracks that were never seen are left out.
        """
        rows = list(_BY_KEY.quick_rows(self._connection, dict.fromkeys(keys)))
        numbers = {number: key for _, number, key, _ in rows if key != UNAVAILABLE}
        said = self._said(numbers)
        held = self._holders(numbers)
        return {
            TrackKey(asked): (
                TrackKey(key),
                Told(said.get(number, ()), popularity, self._last_told(held.get(number, ()))),
            )
            for asked, number, key, popularity in rows
            if number in numbers
        }

    def held(self, keys: Collection[TrackKey]) -> set[TrackKey]:
        """Return those of the tracks that are in a playlist now."""
        rows = list(_BY_KEY.quick_rows(self._connection, dict.fromkeys(keys)))
        holders = self._holders({number for _, number, _, _ in rows})
        return {TrackKey(asked) for asked, number, _, _ in rows if number in holders}

    def playlists(self, numbers: Collection[int]) -> list[StoredPlaylist]:
        """Return playlists by row number, as they are called now, by name."""
        told = self.told_by(numbers)
        found = [
            StoredPlaylist(number, PlaylistKey(key), name, *told.get(number, (UNKNOWN, observed)))
            for number, key, name, observed in _PLAYLIST.quick_rows(self._connection, numbers)
        ]
        return sorted(found, key=lambda each: (each.name.casefold(), each.key))

    def told_by(self, playlists: Collection[int]) -> dict[int, tuple[str, Instant]]:
        """Return which source spoke of each playlist last, and when; those without a source are left out."""
        self._last_told(playlists)
        return {
            each: max(spoke.items(), key=lambda one: (one[1], one[0]))
            for each in playlists
            if (spoke := self._spoke[each])
        }

    def _said(self, numbers: Mapping[int, str]) -> dict[int, list[Attestation]]:
        rows = sorted(_SAID.quick_rows(self._connection, numbers))
        claims = ClaimReader(self._connection).read_few({row[3] for row in rows})
        said: dict[int, list[Attestation]] = {}
        for track, at, _, claim, dialect in rows:
            made = Attestation(Instant(at), self._dialect(dialect), claims[claim])
            said.setdefault(track, []).append(made)
        return said

    def _dialect(self, number: int) -> Dialect:
        if number not in self._dialects:
            self._dialects = load_dialects(self._connection)
        return self._dialects[number]

    def _holders(self, numbers: Iterable[int]) -> dict[int, set[int]]:
        """Return which playlists hold tracks now, by track."""
        holders: dict[int, set[int]] = {}
        for track, playlist, ended in _HOLDERS.quick_rows(self._connection, numbers):
            if ended is None:
                holders.setdefault(track, set()).add(playlist)
        return holders

    def _last_told(self, playlists: Collection[int]) -> dict[str, Instant]:
        """Return when each source last spoke of one of the playlists, by its name."""
        if fresh := [each for each in playlists if each not in self._spoke]:
            self._spoke |= {each: {} for each in fresh}
            for playlist, dialect, at in _SPOKE.quick_rows(self._connection, fresh):
                if dialect is not None:
                    self._note(self._spoke[playlist], self._dialect(dialect).name, Instant(at))
        told: dict[str, Instant] = {}
        for playlist in playlists:
            for name, at in self._spoke[playlist].items():
                self._note(told, name, at)
        return told

    def _note(self, told: dict[str, Instant], name: str, at: Instant) -> None:
        told[name] = max(at, told.get(name, at))
