"""The double says what Spotify says: driven through spotipy, and by hand where spotipy would not ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests
import spotipy
from spotipy.exceptions import SpotifyException

from tests.fakes.pages import every
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_http import MODES, Mode
from tests.fakes.spotify_things import Entry, LocalFile
from tests.fakes.spotify_world import MAKER
from tests.fakes.spotify_writes import MOST_ENTRIES

Get = Callable[..., requests.Response]
LOCAL = LocalFile("Halsey", "Manic (Deluxe)", "929", 174)


def said(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["message"]


def uris(double: SpotifyDouble, playlist_id: str) -> list[str | None]:
    held = double.world.playlists[playlist_id].entries
    return [entry.item.uri if entry.item else None for entry in held]


# ------------------------------------------------------------------------------------------- reading


def test_liked_songs_come_newest_first_over_pages_of_this_server(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    songs = double.world.add_tracks(120)
    double.world.like(*songs)
    first = spotify.current_user_saved_tracks(limit=50)
    assert first["next"].startswith(double.api_url)
    assert first["total"] == 120
    found = every(spotify, first)
    assert [each["track"]["id"] for each in found] == [song.id for song in reversed(songs)]
    times = [each["added_at"] for each in found]
    assert times == sorted(times, reverse=True)
    assert double.log.counts == {"GET /me/tracks": 3}
    exact = spotify.current_user_saved_tracks(limit=40, offset=80)
    assert (len(exact["items"]), exact["next"]) == (40, None)
    assert spotify.previous(exact)["offset"] == 40


@pytest.mark.parametrize("mode", MODES)
def test_fields_and_names_are_those_of_the_mode(
    double: SpotifyDouble, spotify: spotipy.Spotify, mode: Mode
) -> None:
    double.mode = mode
    song = double.world.add_track("A", isrc="ZZABC2400001")
    playlist = double.world.add_playlist("Mine", [song])
    new = mode == "development"
    page = spotify.playlist_items(playlist.id)["items"][0]
    whole = spotify.playlist(playlist.id)
    listed = spotify.current_user_playlists()["items"][0]
    track = spotify.track(song.id)
    assert ("track" in page) is not new
    assert page["item"]["external_ids"] == {"isrc": "ZZABC2400001"}
    assert ("items" in whole, "tracks" in whole) == (new, not new)
    assert ("items" in listed, "tracks" in listed) == (new, not new)
    assert listed["items" if new else "tracks"]["total"] == 1
    assert ("popularity" in track, "available_markets" in track) == (not new, not new)
    assert ("label" in spotify.album(song.album.id)) is not new
    assert ("followers" in spotify.artist(song.artists[0].id)) is not new
    assert ("product" in spotify.me()) is not new
    assert (track.get("preview_url") is not None) is (mode == "extended")


@pytest.mark.parametrize(
    ("path", "modes"),
    [
        ("tracks?ids={track}", {"extended", "old_development"}),
        ("albums?ids={album}", {"extended", "old_development"}),
        ("artists/?ids={artist}", {"extended", "old_development"}),
        ("playlists/{playlist}/tracks", {"extended", "old_development"}),
        ("audio-features?ids={track}", {"extended"}),
        ("audio-features/{track}", {"extended"}),
        ("playlists/{playlist}/items", set(MODES)),
    ],
)
def test_what_was_removed_is_forbidden(
    double: SpotifyDouble, get: Get, path: str, modes: set[Mode]
) -> None:
    song = double.world.add_track("A")
    playlist = double.world.add_playlist("P", [song])
    names = {"track": song.id, "album": song.album.id, "artist": song.artists[0].id}
    for mode in MODES:
        double.mode = mode
        answer = get(path.format(**names, playlist=playlist.id))
        if mode in modes:
            assert answer.status_code == 200
        else:
            assert answer.json() == {"error": {"status": 403, "message": "Forbidden"}}
    double.assert_clean()


@pytest.mark.parametrize("mode", MODES)
def test_others_playlists_are_closed_in_development_mode(
    double: SpotifyDouble, get: Get, mode: Mode
) -> None:
    double.mode = mode
    songs = double.world.add_tracks(2)
    followed = double.world.add_playlist("Theirs", songs, owner="tibor.gosling")
    shared = double.world.add_playlist("Ours", songs, owner="tibor.gosling", collaborative=True)
    closed = mode == "development"
    assert get(f"playlists/{followed.id}/items").status_code == (403 if closed else 200)
    assert get(f"playlists/{shared.id}/items").status_code == 200
    whole = get(f"playlists/{followed.id}").json()
    assert ("items" not in whole and "tracks" not in whole) is closed
    assert whole["name"] == "Theirs"
    assert [each["name"] for each in get("me/playlists").json()["items"]] == ["Theirs", "Ours"]


def test_playlists_made_by_spotify_need_extended_quota(double: SpotifyDouble, get: Get) -> None:
    made = double.world.add_playlist("Discover Weekly", owner=MAKER)
    assert said(get(f"playlists/{made.id}")) == (404, "Resource not found")
    double.mode = "extended"
    assert get(f"playlists/{made.id}").status_code == 200


def test_a_playlist_holds_strange_things(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    world = double.world
    song, episode = world.add_track("A", release_date=None), world.add_episode("1: Hello")
    old = Entry(song, None, None)
    held = world.add_playlist("Strange", [song, LOCAL, episode, None, song, old])
    found = spotify.playlist_items(held.id, additional_types=("track", "episode"))["items"]
    items = [each["item"] for each in found]
    assert [each and each["type"] for each in items] == [
        "track", "track", "episode", None, "track", "track",
    ]  # fmt: skip
    assert items[0]["album"]["release_date"] is None
    assert items[1]["uri"] == "spotify:local:Halsey:Manic+%28Deluxe%29:929:174"
    assert (items[1]["id"], items[1]["album"]["uri"], found[1]["is_local"]) == (None, None, True)
    assert items[2]["show"]["name"] == "A show"
    assert (found[5]["added_at"], found[5]["added_by"]) == (None, None)
    bent = spotify.playlist_items(held.id, additional_types=("track",))["items"][2]["item"]
    assert (bent["uri"], bent["album"]["name"]) == (episode.uri, "A show")


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("me/tracks?limit=51", 400, "Invalid limit"),
        ("me/tracks?limit=0", 400, "Invalid limit"),
        ("me/playlists?limit=many", 400, "Invalid limit"),
        ("me/tracks?offset=-1", 400, "Invalid offset"),
        ("artists/{artist}/albums?limit=11", 400, "Invalid limit"),
        ("search?q=a&type=track&limit=11", 400, "Invalid limit"),
        ("search?q=a&type=track&offset=1001", 400, "Invalid offset"),
        ("tracks/short", 400, "Invalid base62 id"),
        ("tracks/0000000000000000000000", 404, "Resource not found"),
        ("me/library/contains?uris=spotify:local:a:b:c:1", 400, "Invalid URI"),
    ],
)
def test_limits_and_ids_are_checked(
    double: SpotifyDouble, get: Get, path: str, status: int, message: str
) -> None:
    artist = double.world.artist("A")
    assert said(get(path.format(artist=artist.id))) == (status, message)


def test_limits_hold_where_they_are_met(double: SpotifyDouble, get: Get) -> None:
    song = double.world.add_track("A")
    playlist = double.world.add_playlist("P", [song])
    assert get(f"playlists/{playlist.id}/items", limit=50).status_code == 200
    assert get(f"playlists/{playlist.id}/items", limit=51).status_code == 400
    double.mode = "old_development"
    assert get(f"playlists/{playlist.id}/tracks", limit=100).status_code == 200
    assert get("search", q="a", type="track", limit=10, offset=1000).status_code == 200


def test_fields_choose(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    playlist = double.world.add_playlist("P", double.world.add_tracks(60))
    fields = "items(added_at,item(name,album(!images,artists))),next"
    page = spotify.playlist_items(playlist.id, fields=fields)
    assert set(page) == {"items", "next"}
    assert set(page["items"][0]) == {"added_at", "item"}
    assert set(page["items"][0]["item"]) == {"name", "album"}
    assert not {"images", "artists"} & set(page["items"][0]["item"]["album"])
    last = spotify.next(page)
    assert set(last) == {"items", "next"}  # The link keeps the fields.
    assert (len(last["items"]), last["next"]) == (10, None)
    assert spotify.playlist(playlist.id, fields="snapshot_id,items.total,items.limit") == {
        "snapshot_id": playlist.snapshot_id,
        "items": {"total": 60, "limit": 50},
    }


def test_search_finds_by_isrc_and_words(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    song = double.world.add_track("Blue Hour", ("Ada",), isrc="ZZABC2400009")
    double.world.add_track("Red Hour", ("Ada",))

    def names(query: str) -> list[str]:
        found = spotify.search(query, limit=10, type="track")["tracks"]["items"]
        return [each["name"] for each in found]

    assert names(f"isrc:{song.isrc}") == ["Blue Hour"]
    assert names("ada hour") == ["Blue Hour", "Red Hour"]
    assert names('track:"red hour" artist:ada') == ["Red Hour"]


@pytest.mark.filterwarnings("ignore:You're using `audio_features:DeprecationWarning")
def test_batches_say_null_for_what_is_not_there(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    double.mode = "extended"
    song, bare = double.world.add_tracks(2)
    bare.features = None
    found = spotify.tracks([song.id, "0" * 22])["tracks"]
    assert [each and each["id"] for each in found] == [song.id, None]
    features = spotify.audio_features([song.id, bare.id])
    assert features[0]["tempo"] == 90.5
    assert features[1] is None


def test_a_withdrawn_track_leaves_its_place(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    songs = double.world.add_tracks(2)
    playlist = double.world.add_playlist("P", songs)
    double.world.like(*songs)
    before = playlist.snapshot_id
    double.world.remove_track_from_service(songs[0])
    found = spotify.playlist_items(playlist.id)
    assert [each["item"] and each["item"]["id"] for each in found["items"]] == [None, songs[1].id]
    assert spotify.playlist(playlist.id)["snapshot_id"] == before
    assert spotify.current_user_saved_tracks()["total"] == 1
    with pytest.raises(SpotifyException, match="not found"):
        spotify.track(songs[0].id)


# ------------------------------------------------------------------------------------------- writing


def test_a_playlist_is_made_filled_ordered_and_emptied(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    a, b, c = (song.uri for song in double.world.add_tracks(3))
    made = spotify.current_user_playlist_create("New", public=False, description="why")
    number = made["id"]
    versions = [made["snapshot_id"]]
    versions.append(spotify.playlist_add_items(number, [a, b])["snapshot_id"])
    versions.append(spotify.playlist_add_items(number, [c, a], position=0)["snapshot_id"])
    assert uris(double, number) == [c, a, a, b]
    versions.append(spotify.playlist_reorder_items(number, 0, 4)["snapshot_id"])
    assert uris(double, number) == [a, a, b, c]
    versions.append(spotify.playlist_reorder_items(number, 2, 0, range_length=2)["snapshot_id"])
    assert uris(double, number) == [b, c, a, a]
    versions.append(spotify.playlist_reorder_items(number, 0, 2)["snapshot_id"])
    assert uris(double, number) == [c, b, a, a]
    spotify.playlist_remove_all_occurrences_of_items(number, [a])
    assert uris(double, number) == [c, b]
    spotify.playlist_replace_items(number, [c])
    assert uris(double, number) == [c]
    spotify.playlist_change_details(number, name="Newer")
    found = spotify.playlist(number)
    assert (found["name"], found["description"], found["public"]) == ("Newer", "why", False)
    assert found["snapshot_id"] == double.world.playlists[number].snapshot_id
    assert found["snapshot_id"] not in versions
    assert len(set(versions)) == len(versions)
    double.assert_clean()


def test_added_entries_bear_the_time_of_the_clock(double: SpotifyDouble) -> None:
    double.world.clock = lambda: datetime(2026, 7, 1, 12, tzinfo=UTC)
    song = double.world.add_track("A")
    playlist = double.world.add_playlist("P")
    with requests.Session() as session:
        double.client(session).playlist_add_items(playlist.id, [song.uri])
    assert playlist.entries[0].added_at == double.world.clock()
    assert playlist.entries[0].added_by == double.world.me.id


def test_writes_are_refused(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    song = double.world.add_track("A")
    mine = double.world.add_playlist("Mine")
    theirs = double.world.add_playlist("Theirs", owner="tibor.gosling")
    for number, items, status in [
        (theirs.id, [song.uri], 403),
        (mine.id, [song.uri] * 101, 400),
        (mine.id, ["spotify:track:" + "0" * 22], 400),
    ]:
        with pytest.raises(SpotifyException) as refused:
            spotify.playlist_add_items(number, items)
        assert refused.value.http_status == status
    assert (mine.entries, theirs.entries) == ([], [])


def test_local_files_come_and_go_by_no_call_and_a_playlist_is_full_at_its_end(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    song, file = double.world.add_track("A"), LocalFile("Ada", "Home", "Song")
    mine = double.world.add_playlist("Mine", [file, *[song] * (MOST_ENTRIES - 1)])
    before = mine.snapshot_id
    for ask in (
        lambda: spotify.playlist_add_items(mine.id, [song.uri]),
        lambda: spotify._post(f"playlists/{mine.id}/items", payload={"uris": [file.uri]}),
        lambda: spotify._delete(
            f"playlists/{mine.id}/items", payload={"items": [{"uri": file.uri}]}
        ),
    ):
        with pytest.raises(SpotifyException) as refused:
            ask()  # type: ignore[no-untyped-call]  # spotipy has no types
        assert refused.value.http_status == 400
    assert mine.snapshot_id == before
    spotify.playlist_reorder_items(mine.id, 0, MOST_ENTRIES)
    assert mine.entries[-1].item is file


def test_a_description_comes_back_escaped(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    made = spotify.current_user_playlist_create("New", public=False, description="a/b & 'c' d-1")
    assert made["description"] == "a&#x2F;b &amp; &#x27;c&#x27; d-1"


def test_the_library_is_changed_by_uri(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    song = double.world.add_track("A")
    playlist = double.world.add_playlist("P")
    spotify.current_user_saved_tracks_add([song.id])
    spotify.current_user_saved_albums_add([song.album.id])
    spotify._delete("me/library", uris=playlist.uri)  # unfollow_playlist() asks what is removed.
    asked = [song.uri, song.album.uri, playlist.uri]
    assert spotify.current_user_saved_items(asked) == [True, True, False]
    assert spotify.current_user_saved_albums()["items"][0]["album"]["id"] == song.album.id
    spotify.current_user_saved_tracks_delete([song.id])
    assert double.world.me.liked == []


# ----------------------------------------------------------------------------------- seeing mistakes


def test_strange_calls_are_seen(double: SpotifyDouble, get: Get) -> None:
    double.assert_clean()
    assert get("me/nonsense").status_code == 404
    assert get("me", colour="red").status_code == 200
    assert [call.name for call in double.log.unexpected] == ["GET /me/nonsense"]
    assert double.log.problems == ["GET /me: Spotify's document knows no parameter 'colour'"]
    with pytest.raises(AssertionError, match="nonsense"):
        double.assert_clean()
    double.log.clear()
    double.assert_clean()


def test_positions_are_not_in_the_document(double: SpotifyDouble, spotify: spotipy.Spotify) -> None:
    song = double.world.add_track("A")
    playlist = double.world.add_playlist("P", [song, song])
    asked = [{"uri": song.uri, "positions": [0]}]
    spotify.playlist_remove_specific_occurrences_of_items(playlist.id, asked)
    assert playlist.entries == []  # Spotify takes every occurrence.
    assert "'positions'" in double.log.problems[0]


def test_a_bug_of_the_double_does_not_go_unseen(session: requests.Session) -> None:
    def hook() -> None:
        raise ZeroDivisionError

    double = SpotifyDouble()
    double.__enter__()
    double.before_page("*", hook, page=1)
    with pytest.raises(requests.ConnectionError):
        session.get(f"{double.api_url}me", timeout=5)
    with pytest.raises(AssertionError, match="stumbled"):
        double.__exit__(None, None, None)
