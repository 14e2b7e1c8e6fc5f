"""Writing playlists, against a double: what is sent, what is read back, and what a lost answer is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from syncengine.adapters.retry import Retry
from syncengine.adapters.spotify.wire import Connection, Wire
from syncengine.adapters.spotify.writing import SpotifyWriter
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.remote_writing import OwnPlaylist
from syncengine.errors import (
    Forbidden,
    Gone,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    SignInNeeded,
    Transient,
    TryLater,
)
from tests.fakes import spotify_contract
from tests.fakes.call_book import Book
from tests.fakes.spotify import ALL_SCOPES, SpotifyDouble
from tests.fakes.spotify_faults import (
    cut,
    hung_up,
    invalid_json,
    rate_limited,
    refused,
    server_error,
)
from tests.fakes.spotify_http import MODES, Mode
from tests.fakes.spotify_things import LocalFile
from tests.fakes.spotify_world import World


class Tokens:
    """A sign-in that never ends."""

    def __init__(self, token: str) -> None:
        self._token = token

    def access_token(self) -> str:
        return self._token

    def discard(self, access_token: str) -> None:
        raise AssertionError


class Desk:
    """A writer at a double."""

    def __init__(self, double: SpotifyDouble) -> None:
        self.double, self.world = double, double.world
        self.waits: list[float] = []
        self.book = Book(lambda: Instant(1))
        token = double.accounts.sign_in(ALL_SCOPES)["access_token"]
        retry = Retry(self.book, lambda: Instant(1), self.waits.append, Random(1))
        self._connection = Connection(double.api_url, lambda: Instant(1))
        self.writer = SpotifyWriter(Wire(Tokens(token), retry, self._connection))

    def made(self) -> OwnPlaylist:
        return self.writer.create("New", "why d-1")

    def held(self, key: PlaylistKey) -> list[str]:
        playlist = self.world.playlists[key.rpartition(":")[2]]
        return [each.item.uri if each.item else "unavailable" for each in playlist.entries]


@pytest.fixture(params=MODES)
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    mode: Mode = request.param
    with SpotifyDouble(mode) as double:
        yield Desk(double)
        double.assert_clean()
        document = spotify_contract.load()
        if document is not None:
            assert double.check_contract(document) == []


def keys(world: World, count: int) -> list[TrackKey]:
    return [TrackKey(each.uri) for each in world.add_tracks(count)]


def test_a_playlist_is_made_private_filled_ordered_and_read_back(desk: Desk) -> None:
    writer = desk.writer
    made = desk.made()
    assert (made.name, made.description, made.total) == ("New", "why d-1", 0)
    assert made.owner == writer.person()
    assert desk.world.playlists[made.key.rpartition(":")[2]].public is False
    a, b, c, *rest = keys(desk.world, 103)
    versions = [made.version, writer.add(made.key, [a, b]), writer.add(made.key, [c], 0)]
    assert desk.held(made.key) == [c, a, b]
    versions.append(writer.move(made.key, 0, 3, 1))
    assert desk.held(made.key) == [a, b, c]
    versions.append(writer.add(made.key, rest))
    assert writer.describe(made.key)[3:] == (versions[-1], made.owner, 103)
    first = writer.tracks(made.key, 0)
    assert (first.tracks[:3], first.total) == ([a, b, c], 103)
    versions.append(writer.remove(made.key, rest))
    versions.append(writer.replace(made.key, [b, b]))
    assert desk.held(made.key) == [b, b]
    assert len(set(versions)) == len(versions)
    writer.change(made.key, name="Newer", description="because")
    assert writer.describe(made.key)[1:3] == ("Newer", "because")
    assert writer.replace(made.key, [])
    assert desk.held(made.key) == []


def test_the_listing_is_read_page_by_page(desk: Desk) -> None:
    for number in range(60):
        desk.world.add_playlist(f"List {number}")
    desk.world.add_playlist("Theirs", owner="tibor.gosling")
    first = desk.writer.listing(0)
    second = desk.writer.listing(first.places)
    assert (first.places, first.total, second.places) == (50, 61, 11)
    assert second.playlists[-1].owner == "tibor.gosling"


def test_only_new_endpoints_are_used(desk: Desk) -> None:
    made = desk.made()
    desk.writer.add(made.key, keys(desk.world, 1))
    names = {call.name for call in desk.double.log.calls}
    assert names == {"POST /me/playlists", "POST /playlists/{playlist_id}/items"}
    assert [each.request.query for each in desk.double.log.calls] == [{}, {}]


Act = Callable[[Desk, PlaylistKey, list[TrackKey]], object]
ONCE: list[Act] = [
    lambda desk, key, songs: desk.writer.create("Again", ""),
    lambda desk, key, songs: desk.writer.add(key, songs),
    lambda desk, key, songs: desk.writer.move(key, 0, 2, 1),
]
OFTEN: list[Act] = [
    lambda desk, key, songs: desk.writer.remove(key, songs[:1]),
    lambda desk, key, songs: desk.writer.replace(key, songs),
    lambda desk, key, songs: desk.writer.change(key, name="Other"),
]
FAULTS = [
    hung_up(done=True),
    hung_up(),
    cut(0.5),
    server_error(502),
    server_error(500),
    invalid_json,
]


@pytest.fixture
def one() -> Iterator[Desk]:
    with SpotifyDouble() as double:
        yield Desk(double)


@pytest.mark.parametrize("act", ONCE)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_may_be_done_is_never_asked_for_twice(one: Desk, act: Act, fault: object) -> None:
    key, songs = one.made().key, keys(one.world, 3)
    one.writer.add(key, songs)
    one.double.log.clear()
    one.double.faults.add("*", fault)  # type: ignore[arg-type]  # any fault
    with pytest.raises(OutcomeUnknown):
        act(one, key, songs)
    assert one.double.log.count() == 1
    assert one.waits == []


@pytest.mark.parametrize("act", OFTEN)
@pytest.mark.parametrize("fault", FAULTS[:4])
def test_what_may_be_done_twice_is_asked_for_again(one: Desk, act: Act, fault: object) -> None:
    key, songs = one.made().key, keys(one.world, 3)
    one.writer.add(key, songs)
    one.double.log.clear()
    one.double.faults.add("*", fault)  # type: ignore[arg-type]  # any fault
    act(one, key, songs)
    assert 1 <= one.double.log.count() <= 2


@pytest.mark.parametrize("act", [*ONCE, *OFTEN])
def test_a_short_pause_is_waited_for_and_a_long_one_is_not(one: Desk, act: Act) -> None:
    key, songs = one.made().key, keys(one.world, 3)
    one.writer.add(key, songs)
    one.double.faults.add("*", rate_limited(2))
    act(one, key, songs)
    assert [wait >= 2 for wait in one.waits] == [True]
    one.double.faults.add("*", rate_limited(3600))
    with pytest.raises(TryLater):
        act(one, key, songs)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (403, "Insufficient client scope", SignInNeeded),
        (403, "You cannot change a playlist you don't own.", Forbidden),
        (404, "Resource not found", Gone),
        (400, "Invalid track uri", Rejected),
    ],
)
def test_refusals_are_in_our_words(
    one: Desk, status: int, text: str, kind: type[RemoteError]
) -> None:
    made = one.made()
    one.double.faults.add("*", refused(status, text))
    with pytest.raises(kind) as told:
        one.writer.add(made.key, keys(one.world, 1))
    assert not isinstance(told.value, Transient)
    if kind is SignInNeeded:
        assert "syncengine auth login --write" in str(told.value)


def test_somebody_elses_playlist_a_local_file_and_too_many_are_refused(one: Desk) -> None:
    theirs = one.world.add_playlist("Theirs", owner="tibor.gosling")
    song, file = keys(one.world, 1)[0], LocalFile("Ada", "Home", "Song")
    with pytest.raises(Forbidden):
        one.writer.add(PlaylistKey(theirs.uri), [song])
    made = one.made()
    with pytest.raises(Rejected):
        one.writer.add(made.key, [TrackKey(file.uri)])
    with pytest.raises(ValueError, match="101"):
        one.writer.add(made.key, [song] * 101)
    with pytest.raises(Gone):
        one.writer.add(PlaylistKey("csv:road_trip"), [song])
