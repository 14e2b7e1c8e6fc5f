"""What the double answers is what Spotify's OpenAPI document allows, in every mode and everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.fakes import spotify_contract
from tests.fakes.openapi import OpenApi
from tests.fakes.spotify import ALL_SCOPES, SpotifyDouble
from tests.fakes.spotify_faults import quota_exceeded, rate_limited, refused, server_error
from tests.fakes.spotify_http import MODES, Answer, Mode
from tests.fakes.spotify_library import fill
from tests.fakes.spotify_log import Call
from tests.fakes.spotify_routes import OLD, ROUTES, played
from tests.fakes.spotify_things import Entry, LocalFile

PLAYED = sorted({f"{route.method} {route.template}" for route in played()})


@pytest.fixture(scope="module")
def document() -> OpenApi:
    found = spotify_contract.load()
    if found is None:
        pytest.skip(
            f"{spotify_contract.DOCUMENT} is not here; SYNCENGINE_CONTRACTS names its folder"
        )
    return found


class Caller:
    """Asks a double that holds one of everything; names in paths stand for things in its world."""

    def __init__(self, double: SpotifyDouble, session: requests.Session) -> None:
        self.double = double
        self._session = session
        world = double.world
        song, other = world.add_track("Song", ("Ada", "Bo")), world.add_track("Old", isrc=None)
        other.album.release_date = "1999"
        self.episode = world.add_episode("1: Hello")
        strange = [song, other, None, self.episode, LocalFile("", "", "Untitled")]
        self.mine = world.add_playlist("Mine", [*strange, Entry(song, None, None)])
        self.theirs = world.add_playlist("Theirs", [song], owner="tibor.gosling")
        self.theirs.description = self.theirs.public = None
        world.like(song, other)
        world.save_album(song.album)
        self.song = song
        self.names = {
            "playlist_id": self.mine.id,
            "user_id": world.me.id,
            "track": song.id,
            "album": song.album.id,
            "artist": song.artists[0].id,
        }

    def __call__(self, name: str, body: Any = None, **query: object) -> Any:
        method, _, path = name.partition(" ")
        token = self.double.accounts.sign_in(ALL_SCOPES)["access_token"]
        answer = self._session.request(
            method,
            self.double.api_url + path.format(**self.names).removeprefix("/"),
            params={key: str(value) for key, value in query.items()},
            headers={"Authorization": f"Bearer {token}"},
            json=body,
            timeout=10,
        )
        return answer.json() if answer.content else None

    def read_everything(self) -> None:
        ids = f"{self.song.id},{'0' * 22}"
        both = "track,episode"
        for name in ("me", "me/tracks", "me/albums", "me/playlists"):
            self(f"GET {name}")
        self("GET me/library/contains", uris=f"{self.song.uri},{self.mine.uri}")
        for playlist in (self.mine, self.theirs):
            self.names["playlist_id"] = playlist.id
            for tail in ("", "/items", "/tracks"):
                self(f"GET playlists/{{playlist_id}}{tail}")
                self(f"GET playlists/{{playlist_id}}{tail}", additional_types=both, market="DE")
        self.names["playlist_id"] = self.mine.id
        self("GET playlists/{playlist_id}", fields="name,owner(id),items(items(item(name)))")
        for kind in ("track", "album", "artist"):
            self(f"GET {kind}s/{{{kind}}}")
            self(f"GET {kind}s", ids=self.names[kind])
        self("GET tracks/{track}", market="DE")
        self("GET albums/{album}/tracks", limit=1)
        self("GET artists/{artist}/albums")
        self("GET audio-features/{track}")
        self("GET audio-features", ids=self.song.id)
        self("GET search", q="song", type="track,album,artist", limit=10, offset=0)
        assert self("GET tracks", ids=ids)

    def write_everything(self) -> None:
        song = self.song.uri
        for path in ("me/playlists", "users/{user_id}/playlists"):
            self(f"POST {path}", {"name": "New", "public": False, "description": "why"})
        self("PUT playlists/{playlist_id}", {"name": "Newer", "description": "because"})
        for held in ("items", "tracks"):
            where = f"playlists/{{playlist_id}}/{held}"
            self(f"POST {where}", {"uris": [song, self.episode.uri], "position": 0})
            self(f"POST {where}", [song])
            self(f"POST {where}", uris=song)
            self(f"PUT {where}", {"range_start": 0, "insert_before": 2})
            self(f"PUT {where}", {"uris": [song]})
            self(f"DELETE {where}", {held: [{"uri": song}]})
        for verb in ("DELETE", "PUT"):
            self(f"{verb} me/library", uris=f"{song},{self.song.album.uri}")


@pytest.fixture
def call() -> Iterator[Caller]:
    with SpotifyDouble() as double, requests.Session() as session:
        session.trust_env = False
        yield Caller(double, session)


# ------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("mode", MODES)
def test_every_answer_is_one_that_the_document_allows(
    document: OpenApi, call: Caller, mode: Mode
) -> None:
    call.double.mode = mode
    call.read_everything()
    call.write_everything()
    assert call.double.check_contract(document) == []
    call.double.assert_clean()
    served = {each.name for each in call.double.log.calls if each.status < 300}
    there = {f"{r.method} {r.template}" for r in played() if mode in r.modes}
    assert served == there


@pytest.mark.parametrize("mode", MODES)
def test_a_generated_library_is_sound(document: OpenApi, call: Caller, mode: Mode) -> None:
    call.double.mode = mode
    fill(call.double.world, tracks=60, playlists=3)
    call("GET me/tracks", limit=50)
    call("GET me/playlists", limit=50)
    for playlist in call.double.world.me.playlists:
        call.names["playlist_id"] = playlist.id
        call("GET playlists/{playlist_id}/items", limit=50, additional_types="track,episode")
    assert call.double.check_contract(document) == []


def test_refusals_have_the_documents_form(document: OpenApi, call: Caller) -> None:
    faults = (rate_limited(3), quota_exceeded(), server_error(500), refused(403, "No"))
    for fault in faults:
        call.double.faults.add("*", fault)
        call("GET me")
    call("GET tracks/short")
    call("GET me/tracks", limit=51)
    calls = call.double.log.calls
    assert [each.status for each in calls] == [429, 429, 500, 403, 400, 400]
    honest = [replace(each, answer=replace(each.answer, faulty=False)) for each in calls]
    assert document.check(honest) == []


# ----------------------------------------------------------------------------------- the check itself


def spoilt(call: Call, document: object) -> Call:
    return replace(call, answer=Answer(call.status, document))


def test_a_wrong_answer_is_found(document: OpenApi, call: Caller) -> None:
    whole = call("GET me/tracks")
    (said,) = call.double.log.calls
    song = whole["items"][0]["track"]
    for wrong in (
        {"duration_ms": "long"},
        {"invented": 1},
        {"album": {**song["album"], "name": None}},
        {"album": {k: v for k, v in song["album"].items() if k != "images"}},
        {"artists": [{"nom": "Ada"}]},
        {"type": "song"},
    ):
        items = [{"added_at": "2024-01-01T00:00:00Z", "track": {**song, **wrong}}]
        found = document.check([spoilt(said, {**whole, "items": items})])
        assert len(found) == 1, wrong
        assert next(iter(wrong)) in found[0]
    assert document.check([spoilt(said, {"items": []})]) != []


def test_a_wrong_request_is_found(document: OpenApi, call: Caller) -> None:
    call("GET me/tracks", limit=50, colour="red")
    call("POST me/playlists", {"name": "New", "colour": "red"})
    call("DELETE playlists/{playlist_id}/items", {"items": [{"uri": 7}]})
    call("GET me/nonsense")
    found = document.check(call.double.log.calls)
    for word, text in zip(("colour", "colour", "7 is not", "no such"), found, strict=True):
        assert word in text


def test_limits_are_those_of_the_document(document: OpenApi) -> None:
    for name, most in (("/me/tracks", 50), ("/playlists/{playlist_id}/items", 50), ("/search", 10)):
        assert document.parameters("GET", name)["limit"]["schema"]["maximum"] == most


# ------------------------------------------------------------------------------------------ endpoints


def test_the_endpoints_are_those_of_the_document(document: OpenApi) -> None:
    for route in ROUTES:
        found = document.operation(route.method, route.template)
        assert found is not None, route.template
        # The document marks as deprecated what development mode lost.
        assert bool(found.get("deprecated")) is ("development" not in route.modes), route


@pytest.mark.parametrize("name", PLAYED)
def test_the_parameters_are_those_of_the_document(document: OpenApi, name: str) -> None:
    method, _, template = name.partition(" ")
    (route,) = [r for r in played() if (r.method, r.template) == (method, template)]
    assert route.query == set(document.parameters(method, template))


def test_batches_are_old() -> None:
    gone = {r.template for r in played() if r.modes == OLD and r.method == "GET"}
    assert gone == {"/tracks", "/albums", "/artists", "/playlists/{playlist_id}/tracks"}


def test_times_are_written_as_the_document_has_them(document: OpenApi, call: Caller) -> None:
    call.double.world.like(call.song, at=datetime(2030, 1, 2, 3, 4, 5, 678, tzinfo=UTC))
    assert call("GET me/tracks")["items"][0]["added_at"] == "2030-01-02T03:04:05Z"
    assert call.double.check_contract(document) == []
