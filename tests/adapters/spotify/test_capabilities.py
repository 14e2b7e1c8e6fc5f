"""What an app may see is found out from answers and remembered; no setting says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from syncengine.adapters.spotify.capabilities import ASK_AGAIN
from syncengine.errors import Forbidden
from tests.fakes import spotify_faults as faults
from tests.fakes.asking import Asking, artist_key, playlist_key, track_key, tracks_of
from tests.fakes.spotify_http import Fault

ITEMS, TRACKS = "GET /playlists/{id}/items", "GET /playlists/{id}/tracks"
AT_ITEMS = "GET /playlists/{playlist_id}/items"
AT_TRACKS = "GET /playlists/{playlist_id}/tracks"
BATCHES: dict[str, Callable[[Asking], object]] = {
    "GET /tracks": lambda a: a.service.tracks([track_key(t) for t in a.world.tracks.values()]),
    "GET /artists": lambda a: a.service.genres([artist_key(t) for t in a.world.artists.values()]),
    "GET /audio-features": lambda a: a.service.audio_features(
        [track_key(t) for t in a.world.tracks.values()]
    ),
}
NO_PATH = faults.refused(404, "Service not found")
NO = faults.refused(403, "Forbidden")


@pytest.fixture
def asking() -> Iterator[Asking]:
    with Asking() as made:
        made.world.add_tracks(2)
        yield made


@pytest.mark.parametrize("endpoint", BATCHES)
def test_a_refusal_is_remembered_for_a_month(asking: Asking, endpoint: str) -> None:
    for _ in range(3):
        with pytest.raises(Forbidden, match="CSV"):
            BATCHES[endpoint](asking)
    assert asking.book.calls == [endpoint]
    assert asking.book.notes == [(endpoint, False)]
    asking.now += ASK_AGAIN
    with pytest.raises(Forbidden):
        BATCHES[endpoint](asking)
    assert asking.book.calls == [endpoint] * 2
    with pytest.raises(Forbidden):
        BATCHES[endpoint](asking)
    assert asking.book.calls == [endpoint] * 2
    asking.now += ASK_AGAIN
    asking.double.mode = "extended"
    assert BATCHES[endpoint](asking)
    assert asking.book.notes[-1] == (endpoint, True)


def test_what_was_open_closes(asking: Asking) -> None:
    asking.double.mode = "extended"
    assert BATCHES["GET /tracks"](asking)
    asking.double.mode = "development"
    for _ in range(2):
        with pytest.raises(Forbidden):
            BATCHES["GET /tracks"](asking)
    assert asking.book.notes == [("GET /tracks", True), ("GET /tracks", False)]
    assert asking.book.counts == {"GET /tracks": 2}


def test_old_development_mode_has_batches_and_no_features(asking: Asking) -> None:
    asking.double.mode = "old_development"
    for endpoint, ask in BATCHES.items():
        if endpoint == "GET /audio-features":
            with pytest.raises(Forbidden):
                ask(asking)
        else:
            assert ask(asking)


def test_a_failure_says_nothing_of_an_endpoint(asking: Asking) -> None:
    asking.double.mode = "extended"
    asking.double.faults.add("GET /tracks", faults.rate_limited(1))
    asking.double.faults.add("GET /tracks", faults.server_error())
    assert BATCHES["GET /tracks"](asking)
    assert asking.book.notes == [("GET /tracks", True)]


# ---------------------------------------------------------------------------------- pages of playlists


@pytest.mark.parametrize("fault", [NO_PATH, NO])
def test_an_app_that_has_the_old_endpoint_only(asking: Asking, fault: Fault) -> None:
    asking.double.mode = "old_development"
    asking.double.faults.add(AT_ITEMS, fault, times=None)
    songs = asking.world.add_tracks(230)
    playlist = asking.world.add_playlist("P", songs)
    key = playlist_key(playlist)
    assert tracks_of(asking.every(key)) == [each.uri for each in songs]
    assert asking.book.counts == {ITEMS: 1, TRACKS: 3}
    page = asking.service.read_entries(key, asking.service.entries(key, 100))
    assert (page.offset, page.limit, len(page.entries)) == (100, 100, 100)
    assert dict(asking.book.notes) == {TRACKS: True, ITEMS: False}
    asking.double.faults.clear()
    asking.now += ASK_AGAIN
    asking.book.calls.clear()
    assert len(asking.every(key)) == 230
    assert asking.book.counts == {ITEMS: 5}


def test_an_old_app_that_is_moved_to_the_new_rules_is_not_shut_out(asking: Asking) -> None:
    asking.double.mode = "old_development"
    asking.double.faults.add(AT_ITEMS, NO_PATH)
    key = playlist_key(asking.world.add_playlist("P", asking.world.add_tracks(3)))
    asking.every(key)
    asking.double.mode = "development"
    asking.book.calls.clear()
    assert len(asking.every(key)) == 3
    assert asking.book.calls == [TRACKS, ITEMS]
    assert len(asking.every(key)) == 3
    assert asking.book.calls == [TRACKS, ITEMS, ITEMS]


def test_a_closed_playlist_is_no_closed_endpoint(asking: Asking) -> None:
    songs = asking.world.add_tracks(3)
    theirs = [asking.world.add_playlist(f"T {n}", songs, owner="tibor.gosling") for n in range(3)]
    mine = asking.world.add_playlist("Mine", songs)
    for each in theirs:
        with pytest.raises(Forbidden, match=each.id):
            asking.service.entries(playlist_key(each), 0)
    # The first one may have been an older app's; it is found out once.
    assert asking.book.counts == {ITEMS: 3, TRACKS: 1}
    assert len(asking.every(playlist_key(mine))) == 3
    assert dict(asking.book.notes) == {TRACKS: False, ITEMS: True}
    asking.now += ASK_AGAIN
    with pytest.raises(Forbidden):
        asking.service.entries(playlist_key(theirs[0]), 0)
    assert asking.book.counts == {ITEMS: 5, TRACKS: 1}


def test_two_closed_doors_of_an_old_app(asking: Asking) -> None:
    asking.double.mode = "old_development"
    asking.double.faults.add(AT_ITEMS, NO, times=None)
    key = playlist_key(asking.world.add_playlist("P", asking.world.add_tracks(3)))
    assert len(asking.every(key)) == 3
    asking.double.faults.add(AT_TRACKS, NO)
    with pytest.raises(Forbidden):
        asking.service.entries(key, 0)
    assert len(asking.every(key)) == 3
