"""Everything that goes wrong at the double, as spotipy with a session of ours gets to see it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
import requests
import spotipy
from spotipy.exceptions import SpotifyException

from tests.fakes import spotify_faults as faults
from tests.fakes.pages import every
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_http import Fault

TRACKS = "GET /me/tracks"


def refusal(spotify: spotipy.Spotify) -> SpotifyException:
    with pytest.raises(SpotifyException) as raised:
        spotify.current_user_saved_tracks()
    return raised.value


def test_a_rate_limit_says_how_long(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    double.faults.add(TRACKS, faults.rate_limited(3600), times=2)
    double.faults.add(TRACKS, faults.rate_limited(None))
    found = [refusal(spotify) for _ in range(3)]
    assert [(each.http_status, each.reason) for each in found] == [(429, None)] * 3
    assert [each.headers.get("Retry-After") for each in found] == ["3600", "3600", None]
    assert spotify.current_user_saved_tracks()["total"] == 0
    assert double.log.count(TRACKS) == 4


def test_a_quota_has_its_reason(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    double.faults.add("*", faults.quota_exceeded())
    assert refusal(spotify).reason == "QUOTA_EXCEEDED"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failure_is_said_with_its_status(
    double: SpotifyDouble, spotify: spotipy.Spotify, status: int
) -> None:
    double.faults.add("GET /me/*", faults.server_error(status))
    assert refusal(spotify).http_status == status


def test_an_error_can_be_worded(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    double.faults.add("*", faults.refused(403, faults.PREMIUM))
    assert "Active premium subscription" in str(refusal(spotify))


@pytest.mark.parametrize("fault", [faults.cut(), faults.cut(0.0), faults.hung_up()])
def test_a_connection_ends_too_early(
    double: SpotifyDouble, spotify: spotipy.Spotify, fault: Fault
) -> None:
    double.faults.add(TRACKS, fault)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        spotify.current_user_saved_tracks()
    assert spotify.current_user_saved_tracks()["total"] == 0


def test_what_was_done_may_go_unsaid(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    song = double.world.add_track("A")
    playlist = double.world.add_playlist("P")
    add = "POST /playlists/{playlist_id}/items"
    double.faults.plan(add, [faults.hung_up(), faults.hung_up(done=True)])
    for held in (0, 1):
        with pytest.raises(requests.ConnectionError):
            spotify.playlist_add_items(playlist.id, [song.uri])
        assert len(playlist.entries) == held


def test_broken_json_is_nothing_to_spotipy(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    double.faults.add(TRACKS, faults.invalid_json)
    assert spotify.current_user_saved_tracks() is None


def test_a_slow_answer_outlasts_the_patience(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    double.faults.add(TRACKS, faults.slow(60))
    spotify.requests_timeout = 0.1
    with pytest.raises(requests.Timeout):
        spotify.current_user_saved_tracks()
    spotify.requests_timeout = 5
    assert spotify.current_user_saved_tracks()["total"] == 0


def test_a_paused_server_refuses_and_comes_back_at_the_same_address(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    address = double.api_url
    spotify.me()
    double.pause()
    with pytest.raises(requests.ConnectionError):
        spotify.me()
    double.resume()
    assert double.api_url == address
    assert spotify.me()["id"] == double.world.me.id


def test_a_playlist_changes_between_two_pages(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    songs = double.world.add_tracks(100)
    playlist = double.world.add_playlist("P", songs)
    double.before_page(
        "GET /playlists/{playlist_id}/items", lambda: double.world.take_out(playlist, 0)
    )
    first = spotify.playlist_items(playlist.id)
    second = spotify.next(first)
    assert (first["total"], second["total"]) == (100, 99)
    seen = [each["item"]["id"] for each in first["items"] + second["items"]]
    assert songs[50].id not in seen  # It moved to the first page after that was read.


@pytest.mark.parametrize("pattern", [TRACKS, "GET /me/playlists", "GET /playlists/*"])
def test_an_empty_answer_is_sound_in_form(
    double: SpotifyDouble, spotify: spotipy.Spotify, pattern: str
) -> None:
    songs = double.world.add_tracks(3)
    double.world.like(*songs)
    playlist = double.world.add_playlist("P", songs)
    double.faults.add(pattern, faults.shortened(), times=None)
    found = {
        TRACKS: spotify.current_user_saved_tracks(),
        "GET /me/playlists": spotify.current_user_playlists(),
        "GET /playlists/*": spotify.playlist(playlist.id)["items"],
    }
    for name, page in found.items():
        assert (page["items"] == [] and page["total"] == 0) is (name == pattern)


def test_a_plan_goes_call_by_call(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    double.faults.plan(TRACKS, [None, faults.server_error(500), None, faults.rate_limited()])
    seen = []
    for _ in range(5):
        try:
            spotify.current_user_saved_tracks()
            seen.append(200)
        except SpotifyException as error:
            seen.append(error.http_status)
    assert seen == [200, 500, 200, 429, 200]


def test_another_process_is_served(double: SpotifyDouble) -> None:
    token = double.accounts.sign_in("user-library-read")["access_token"]
    script = (
        "import sys, urllib.request as u; r = u.Request(sys.argv[1] + 'me/', "
        "headers={'Authorization': 'Bearer ' + sys.argv[2]}); print(u.urlopen(r).status)"
    )
    url = double.environment["SPOTIFY_API_URL"]
    command = [sys.executable, "-I", "-c", script, url, token]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env={})
    assert said.stdout.strip() == "200"
    assert double.log.counts == {"GET /me": 1}


def test_leaving_waits_for_nobody() -> None:
    before = set(threading.enumerate())
    with SpotifyDouble() as double, requests.Session() as session:
        session.trust_env = False
        double.client(session).me()  # Keeps its connection alive.
        double.faults.add("*", faults.slow(600))
        with pytest.raises(requests.Timeout):
            session.get(f"{double.api_url}me", timeout=0.05)
        began = time.perf_counter()
    assert time.perf_counter() - began < 5
    left = {each.name for each in set(threading.enumerate()) - before}
    assert not {name for name in left if "serve" in name or "request" in name}


def test_an_outage_looks_like_deletion(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    playlist = double.world.add_playlist("P", double.world.add_tracks(120))
    double.faults.add("GET /playlists/*", faults.shortened(to=60), times=None)
    page = spotify.playlist_items(playlist.id)
    assert page["total"] == 60
    assert len(every(spotify, page)) == 60
    double.faults.clear()
    assert spotify.playlist_items(playlist.id)["total"] == 120
