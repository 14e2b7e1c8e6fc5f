"""A music service in this process: it has tracks, counts its calls, and fails when it is told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from syncengine.core.identity import ArtistKey, PlaylistKey, TrackKey, fold
from syncengine.core.moment import Instant
from syncengine.core.remote import EntryPage, ListingPage, ListKey, RemoteEntry, RemotePlaylist
from syncengine.core.track import API_RANK, Artist, AudioFeatures, Claim, Dialect, Recording
from syncengine.errors import Forbidden, Gone, SignInNeeded, Transient, TryLater

DIALECT = Dialect("spotify", "test", API_RANK)
_WHERE: dict[str, Any] = {"system": "spotify", "operation": "track"}


def rate_limited() -> TryLater:
    return TryLater("slow down", not_before=1_800_000_060, **_WHERE)


def server_error() -> Transient:
    return Transient("it answered 503", system="spotify", operation="track")


def no_network() -> Transient:
    return Transient("no connection", system="spotify", operation="track")


def no_sign_in() -> SignInNeeded:
    return SignInNeeded("nobody is signed in", **_WHERE)


def entry(key: TrackKey, title: str, *artists: str, isrc: str | None = None) -> RemoteEntry:
    recording = Recording(title, tuple(Artist(name) for name in artists), 200_000)
    return RemoteEntry(Claim(key, recording, isrc=isrc))


@dataclass
class MadeService:
    """What ``core.remote.Service`` asks for; ``failing`` makes the error of every call until it is None."""

    name: str = "spotify"
    dialect: Dialect = DIALECT
    page_size: int = 50
    songs: dict[TrackKey, RemoteEntry] = field(default_factory=dict)
    features: dict[TrackKey, AudioFeatures] = field(default_factory=dict)
    lists: dict[ListKey, list[RemoteEntry]] = field(default_factory=dict)
    batches: bool = True
    failing: Callable[[], Exception] | None = None
    calls: list[str] = field(default_factory=list)

    def add(self, *entries: RemoteEntry) -> None:
        self.songs |= {each.claim.track: each for each in entries}

    def _call(self, endpoint: str) -> None:
        self.calls.append(endpoint)
        if self.failing is not None:
            raise self.failing()

    def hasty(self) -> MadeService:
        return self

    def listing(self, offset: int) -> bytes:
        self._call("listing")
        return b"[]"

    def read_listing(self, answer: bytes) -> ListingPage:
        return ListingPage(json.loads(answer), 0)

    def describe(self, key: ListKey) -> RemotePlaylist:
        self._call("describe")
        return RemotePlaylist(key, f"list {key[-1]}", "v1", len(self.lists[key]))

    def entries(self, key: ListKey, offset: int) -> bytes:
        self._call("entries")
        return json.dumps(offset).encode()

    def read_entries(self, key: ListKey, answer: bytes) -> EntryPage:
        offset = json.loads(answer)
        if key not in self.lists:
            raise Gone("no such list", **_WHERE)
        found = self.lists[key]
        return EntryPage(found[offset : offset + self.page_size], offset, len(found))

    def track(self, key: TrackKey) -> RemoteEntry:
        self._call("track")
        if key not in self.songs:
            raise Gone("no such track", **_WHERE)
        return self.songs[key]

    def tracks(self, keys: Sequence[TrackKey]) -> Mapping[TrackKey, RemoteEntry]:
        if not self.batches:
            raise Forbidden("one at a time", **_WHERE)
        self._call("tracks")
        assert len(keys) <= 50
        return {key: self.songs[key] for key in keys if key in self.songs}

    def audio_features(self, keys: Sequence[TrackKey]) -> Mapping[TrackKey, AudioFeatures]:
        if not self.batches:
            raise Forbidden("not for this app", **_WHERE)
        self._call("audio_features")
        return {key: self.features[key] for key in keys if key in self.features}

    def genres(self, keys: Sequence[ArtistKey]) -> Mapping[ArtistKey, Sequence[str]]:
        raise Forbidden("not for this app", **_WHERE)

    def search(self, text: str, limit: int) -> Sequence[RemoteEntry]:
        self._call("search")
        words = fold(text).split()
        return [e for e in self.songs.values() if all(w in _text(e) for w in words)][:limit]


def _text(found: RemoteEntry) -> str:
    recording = found.claim.recording or Recording()
    return fold(" ".join([recording.title or "", *(a.name for a in recording.artists)]))


def listed(found: RemoteEntry, at: int = 1_700_000_000) -> RemoteEntry:
    return found._replace(added_at=Instant(at), added_by="somebody")


PLAYLIST = PlaylistKey("spotify:playlist:" + "p" * 22)
