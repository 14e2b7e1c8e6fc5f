"""The adapter for Spotify, set up to ask the double, with a clock that only its waits move."""

from __future__ import annotations

from functools import cache
from random import Random
from types import TracebackType
from typing import Any, Self

from syncengine.adapters.retry import PATIENT, Policy, Retry
from syncengine.adapters.spotify.client import SpotifyService
from syncengine.adapters.spotify.wire import Connection, Wire
from syncengine.core.identity import ArtistKey, PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.remote import ListKey, RemoteEntry
from tests.fakes import spotify_contract
from tests.fakes.call_book import Book
from tests.fakes.spotify import ALL_SCOPES, SpotifyDouble
from tests.fakes.spotify_http import Mode
from tests.fakes.spotify_things import Album, Artist, Playlist, Track

NOON = Instant(1_790_000_000)


_document = cache(spotify_contract.load)


class Tokens:
    """A sign-in that gets itself another token when one is discarded."""

    def __init__(self, double: SpotifyDouble, scopes: str = ALL_SCOPES) -> None:
        self._double = double
        self._scopes = scopes
        self.given: list[str] = []
        self.discarded: list[str] = []

    def access_token(self) -> str:
        if not self.given or self.given[-1] in self.discarded:
            self.given.append(self._double.accounts.sign_in(self._scopes)["access_token"])
        return self.given[-1]

    def discard(self, access_token: str) -> None:
        self.discarded.append(access_token)


class Asking:
    """A double with a service that asks it; leaving checks all that was said against the document."""

    def __init__(self, mode: Mode = "development", *, scopes: str = ALL_SCOPES) -> None:
        self.double = SpotifyDouble(mode)
        self.world = self.double.world
        self.now = float(NOON)
        self.slept: list[float] = []
        self.book = Book(self.clock)
        self.tokens = Tokens(self.double, scopes)

    def __enter__(self) -> Self:
        self.double.__enter__()
        self.service = self.made()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.service.close()
        self.double.__exit__(kind, error, trace)
        if kind is None:
            self.double.assert_clean()
            document = _document()
            if document is not None:
                assert self.double.check_contract(document) == []

    def made(self, policy: Policy = PATIENT) -> SpotifyService:
        """Return a service as another process would make it."""
        retry = Retry(self.book, self.clock, self.sleep, Random(7), policy)
        connection = Connection(self.double.api_url, self.clock)
        return SpotifyService(Wire(self.tokens, retry, connection))

    def clock(self) -> Instant:
        return Instant(int(self.now))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def every(self, key: ListKey) -> list[RemoteEntry]:
        """Return all entries of a list, page after page."""
        found: list[RemoteEntry] = []
        while True:
            page = self.service.read_entries(key, self.service.entries(key, len(found)))
            assert page.offset == len(found)
            found += page.entries
            if len(found) >= page.total:
                return found


def playlist_key(made: Playlist) -> PlaylistKey:
    return PlaylistKey(made.uri)


def album_key(made: Album) -> PlaylistKey:
    return PlaylistKey(made.uri)


def track_key(made: Track) -> TrackKey:
    return TrackKey(made.uri)


def artist_key(made: Artist) -> ArtistKey:
    return ArtistKey(made.uri)


def tracks_of(entries: Any) -> list[str]:
    """Return the keys of the tracks in entries."""
    return [each.claim.track for each in entries]
