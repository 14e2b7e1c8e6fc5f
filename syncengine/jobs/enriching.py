"""Audio features and genres, in batches, of tracks that no source told any of; where the app may."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from syncengine.core.identity import ArtistKey, TrackKey
from syncengine.core.ports import Clock
from syncengine.core.remote import Service
from syncengine.core.track import AudioFeatures, Claim, carry
from syncengine.errors import Forbidden, Transient, TryLater
from syncengine.jobs.runs import OpenUnit
from syncengine.storage.repositories.remote import ENRICHING

_FEATURES_AT_ONCE, _ARTISTS_AT_ONCE = 100, 50
_FEATURES, _GENRES = "features", "genres"
BATCHES = (f"{_FEATURES} ", f"{_GENRES} ")
"""What the names begin with under which batches are kept until the fetch is whole."""
Key = TypeVar("Key", TrackKey, ArtistKey)
Answer = TypeVar("Answer")


class Enriching:
    """Asks for what lists do not tell of their tracks."""

    def __init__(
        self,
        service: Service,
        open_unit: OpenUnit,
        clock: Clock,
        credits: Mapping[TrackKey, Sequence[ArtistKey]],
        *,
        full: bool,
    ) -> None:
        """``credits`` are the artists of every track that was told of; ``full`` asks again of all."""
        self._service = service
        self._open_unit = open_unit
        self._clock = clock
        self._credits = credits
        self._full = full
        self.found: dict[TrackKey, Claim] = {}
        """What was told of tracks beside their lists."""

    def run(self) -> list[str]:
        """Ask for what is missing; returns what a person should know. What fails is left for later."""
        credits = self._credits
        with self._open_unit() as unit:
            book = unit.remote(self._service.name)
            left_over = book.noted(ENRICHING, "") is not None
            # What the service was asked about and knows nothing of is not asked about each time.
            asked = unit.lists.told_by(self._service.dialect.rank, credits)
            new = set(credits) - (set() if self._full or left_over else asked)
            more = unit.lists.present() if left_over else set()
            dull = sorted(unit.lists.without_features(new | more))
            plain = sorted(unit.lists.without_genres(new))
            if left_over:
                book.forget(ENRICHING)
                unit.commit()
        try:
            self._features(dull)
            self._genres({track: credits[track] for track in plain})
        except Forbidden:
            return []  # as for every new app; the client remembers it and asks again now and then
        except (TryLater, Transient) as error:
            with self._open_unit() as unit:
                unit.remote(self._service.name).note(ENRICHING, "", "left over", self._clock())
                unit.commit()
            return [f"audio features and genres are left for a later fetch: {error}"]
        return []

    def _features(self, tracks: Sequence[TrackKey]) -> None:
        for batch in _batches(tracks, _FEATURES_AT_ONCE):
            for track, features in self._once(
                _FEATURES, batch, self._service.audio_features, dict[TrackKey, AudioFeatures]
            ).items():
                self._add(Claim(track, features=features))

    def _genres(self, artists: Mapping[TrackKey, Sequence[ArtistKey]]) -> None:
        genres: dict[ArtistKey, Sequence[str]] = {}
        wanted = sorted({artist for each in artists.values() for artist in each})
        for batch in _batches(wanted, _ARTISTS_AT_ONCE):
            genres |= self._once(
                _GENRES, batch, self._service.genres, dict[ArtistKey, Sequence[str]]
            )
        for track, credited in artists.items():
            said = dict.fromkeys(genre for artist in credited for genre in genres.get(artist, ()))
            if said:
                self._add(Claim(track, genres=tuple(said)))

    def _add(self, claim: Claim) -> None:
        before = self.found.get(claim.track)
        self.found[claim.track] = claim if before is None else carry(claim, before)

    def _once(
        self,
        what: str,
        batch: Sequence[Key],
        ask: Callable[[Sequence[Key]], Mapping[Key, Answer]],
        kind: type[dict[Key, Answer]],
    ) -> dict[Key, Answer]:
        """Ask for a batch, unless a fetch that was interrupted did."""
        name = f"{what} {hashlib.sha256(' '.join(batch).encode()).hexdigest()[:16]}"
        with self._open_unit() as unit:
            kept = unit.remote(self._service.name).kept_pages(name, "")
        if kept:
            return msgspec.json.decode(kept[0][0], type=kind)
        answer = dict(ask(batch))
        with self._open_unit() as unit:
            book = unit.remote(self._service.name)
            book.keep_page(name, "", 0, msgspec.json.encode(answer), self._clock())
            unit.commit()
        return answer


def _batches(keys: Sequence[Key], size: int) -> list[Sequence[Key]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]
