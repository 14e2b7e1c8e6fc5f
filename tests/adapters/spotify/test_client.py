"""What the service answers, asked through spotipy over real HTTP, in every mode of an app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from syncengine import bootstrap
from syncengine.config import Settings
from syncengine.core.identity import LIKED, UNAVAILABLE, PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.remote import Service
from syncengine.core.track import API_RANK, Artist, Claim, Recording, Release
from syncengine.errors import Forbidden, Gone, Transient
from tests.fakes.asking import (
    Asking,
    album_key,
    artist_key,
    playlist_key,
    track_key,
    tracks_of,
)
from tests.fakes.spotify_http import MODES, Mode
from tests.fakes.spotify_things import Entry, LocalFile

all_modes = pytest.mark.parametrize("mode", MODES)
batch_modes = pytest.mark.parametrize("mode", ["extended", "old_development"])


@pytest.fixture
def mode() -> Mode:
    return "development"


@pytest.fixture
def asking(mode: Mode) -> Iterator[Asking]:
    with Asking(mode) as made:
        yield made


def test_it_is_a_service(asking: Asking) -> None:
    service: Service = asking.service
    assert (service.name, service.dialect.rank, service.page_size) == ("spotify", API_RANK, 50)


def test_it_is_made_from_the_settings(asking: Asking) -> None:
    settings = Settings.load(asking.double.environment, environ={})
    made = bootstrap.spotify_service(settings, asking.book, asking.tokens, asking.clock)
    assert made.read_listing(made.listing(0)).total == 0
    assert asking.book.calls == ["GET /me/playlists"]
    made.close()


# -------------------------------------------------------------------------------------------- lists


@all_modes
def test_the_library_is_listed(asking: Asking) -> None:
    songs = asking.world.add_tracks(3)
    made = [asking.world.add_playlist(f"P {n}", songs[: n % 4]) for n in range(59)]
    made.append(asking.world.add_playlist("Theirs", songs, owner="tibor.gosling"))
    first, second = (asking.service.read_listing(asking.service.listing(n)) for n in (0, 50))
    assert [len(first.playlists), len(second.playlists)] == [50, 10]
    assert (first.total, second.total, first.unseen) == (60, 60, 0)
    for said, truth in zip([*first.playlists, *second.playlists], made, strict=True):
        assert said == (
            truth.uri,
            truth.name,
            truth.snapshot_id,
            len(truth.entries),
            truth.owner.id,
        )
    assert asking.book.counts == {"GET /me/playlists": 2}


@all_modes
def test_liked_songs_page_by_page(asking: Asking) -> None:
    songs = asking.world.add_tracks(120)
    asking.world.like(*songs)
    found = asking.every(LIKED)
    assert tracks_of(found) == [each.uri for each in reversed(songs)]
    saved = asking.world.me.liked
    assert [each.added_at for each in found] == [int(each.added_at.timestamp()) for each in saved]
    assert {each.added_by for each in found} == {None}
    assert asking.book.counts == {"GET /me/tracks": 3}
    first = asking.service.read_entries(LIKED, asking.service.entries(LIKED, 0))
    assert (first.limit, first.total, first.described) == (50, 120, None)


@all_modes
def test_a_playlist_with_all_that_may_stand_in_one(asking: Asking) -> None:
    song = asking.world.add_track("Song", popularity=71)
    episode = asking.world.add_episode("1: Hello")
    file = LocalFile("Halsey", "Manic (Deluxe)", "929", 174)
    oddities = [song, None, episode, file, Entry(song, None, None), song]
    playlist = asking.world.add_playlist("Odd", oddities)
    found = asking.every(playlist_key(playlist))
    local = "spotify:local:Halsey:Manic+%28Deluxe%29:929:174"
    uris = [song.uri, UNAVAILABLE, episode.uri, local, song.uri, song.uri]
    assert tracks_of(found) == uris
    assert found[0].added_by == asking.world.me.id
    assert (found[4].added_at, found[4].added_by) == (None, None)
    assert found[0].popularity == (None if asking.double.mode == "development" else 71)
    assert {found[n].popularity for n in (1, 3)} == {None}


@all_modes
def test_what_a_playlist_says_of_a_track(asking: Asking) -> None:
    song = asking.world.add_track("Näö — 歌 \u202e", ("Ada", "Bo, Jr."), "Home")
    (entry,) = asking.every(playlist_key(asking.world.add_playlist("P", [song])))
    shown = asking.double.mode == "extended"
    preview = f"https://p.scdn.co/mp3-preview/{song.id}" if shown else None
    people = tuple(Artist(each.name, each.uri) for each in song.artists)
    assert entry.claim == Claim(
        track_key(song),
        Recording(song.name, people, 200_000, False, 1, 1, preview),
        Release("Home", song.album.uri, people[:1], "2020-01-31"),
        isrc=song.isrc,
    )


@all_modes
def test_what_a_playlist_says_of_episodes_and_local_files(asking: Asking) -> None:
    episode = asking.world.add_episode("1: Hello")
    files = [LocalFile("Halsey", "Manic (Deluxe)", "929", 174), LocalFile("", "", "Untitled", 0)]
    playlist = asking.world.add_playlist("P", [episode, *files])
    told, local, bare = (each.claim for each in asking.every(playlist_key(playlist)))
    assert told.recording == Recording("1: Hello", (), 1_800_000, False)
    assert told.release == Release("A show", release_date="2024-05-06")
    assert local.recording == Recording("929", (Artist("Halsey"),), 174_000, False)
    assert local.release == Release("Manic (Deluxe)")
    assert (bare.recording, bare.release) == (Recording("Untitled", explicit=False), None)


@all_modes
def test_a_playlist_of_several_pages(asking: Asking) -> None:
    songs = asking.world.add_tracks(130)
    playlist = asking.world.add_playlist("Long", songs)
    assert tracks_of(asking.every(playlist_key(playlist))) == [each.uri for each in songs]
    assert asking.book.counts == {"GET /playlists/{id}/items": 3}
    empty = asking.world.add_playlist("Empty")
    assert asking.every(playlist_key(empty)) == []


@all_modes
def test_an_album_costs_one_call_for_fifty_tracks(asking: Asking) -> None:
    for n in range(120):
        asking.world.add_track(f"Part {n}", ("Ada", "Bo"), "Whole", release_date="1999")
    (album,) = asking.world.albums.values()
    key = album_key(album)
    found = asking.every(key)
    assert tracks_of(found) == [each.uri for each in album.tracks]
    assert asking.book.counts == {"GET /albums/{id}": 1, "GET /albums/{id}/tracks": 2}
    label = None if asking.double.mode == "development" else "A label"
    for each in found:
        assert each.claim.release is not None
        assert each.claim.release[:5] == (
            "Whole",
            album.uri,
            (Artist("Ada", album.artists[0].uri),),
            "1999",
            label,
        )
        assert each.claim.release.copyrights == "C 2020 A label"
        assert (each.claim.isrc, each.popularity, each.added_at) == (None, None, None)


def test_an_album_describes_itself_on_every_page(asking: Asking) -> None:
    for n in range(60):
        asking.world.add_track(f"Part {n}", ("Ada",), "Whole")
    (album,) = asking.world.albums.values()
    key = album_key(album)
    described = asking.service.describe(key)
    assert described == (key, "Whole", None, 60, None)
    for offset in (0, 50):
        page = asking.service.read_entries(key, asking.service.entries(key, offset))
        assert (page.described, page.total, page.offset) == (described, 60, offset)
    # Another process goes on at the second page: the album is asked for once more.
    asking.book.calls.clear()
    other = asking.made()
    page = other.read_entries(key, other.entries(key, 50))
    other.close()
    assert [each.claim.release is not None for each in page.entries] == [True] * 10
    assert asking.book.calls == ["GET /albums/{id}", "GET /albums/{id}/tracks"]


@all_modes
def test_lists_are_described_without_their_entries(asking: Asking) -> None:
    songs = asking.world.add_tracks(70)
    asking.world.like(*songs)
    mine = asking.world.add_playlist("Mine", songs, listed=False)
    theirs = asking.world.add_playlist("Theirs", songs, owner="tibor.gosling")
    assert asking.service.describe(playlist_key(mine)) == (
        mine.uri,
        "Mine",
        mine.snapshot_id,
        70,
        asking.world.me.id,
    )
    hidden = None if asking.double.mode == "development" else 70
    said = asking.service.describe(playlist_key(theirs))
    assert (said.total, said.owner) == (hidden, "tibor.gosling")
    assert asking.service.describe(LIKED) == ("liked", "Liked Songs", None, 70, None)
    assert len(asking.book.calls) == 3
    answers = [call.answer.body for call in asking.double.log.matching("GET /playlists/*")]
    assert all(b"Song" not in each for each in answers)


# ------------------------------------------------------------------------------------------ lookups


@all_modes
def test_one_track(asking: Asking) -> None:
    song = asking.world.add_track("Song", popularity=64)
    found = asking.service.track(track_key(song))
    assert (found.claim.track, found.claim.isrc) == (song.uri, song.isrc)
    assert found.popularity == (None if asking.double.mode == "development" else 64)


@pytest.mark.parametrize(
    "key",
    [
        "spotify:local:a:b:c:1",
        "meta:0123",
        "unavailable",
        "spotify:episode:" + "e" * 22,
        "spotify:track:short",
    ],
)
def test_what_has_no_page_is_gone_without_a_call(asking: Asking, key: str) -> None:
    with pytest.raises(Gone):
        asking.service.track(TrackKey(key))
    assert asking.service.tracks([TrackKey(key)]) == {}
    assert asking.book.calls == []


def test_lists_of_others_kinds_are_gone_without_a_call(asking: Asking) -> None:
    for key in (
        PlaylistKey("csv:mix"),
        PlaylistKey("meta:album:1"),
        PlaylistKey("spotify:album:x"),
    ):
        for ask in (asking.service.describe, lambda key: asking.service.entries(key, 0)):
            with pytest.raises(Gone):
                ask(key)
    assert asking.book.calls == []


def test_what_is_not_there_is_gone(asking: Asking) -> None:
    with pytest.raises(Gone):
        asking.service.track(TrackKey("spotify:track:" + "0" * 22))
    with pytest.raises(Gone):
        asking.service.entries(PlaylistKey("spotify:playlist:" + "0" * 22), 0)
    assert len(asking.book.calls) == 2
    assert asking.slept == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "playlist",
            "there is no such playlist, or it is private, or it was deleted",
        ),
        ("album", "there is no such album, or it was taken down"),
    ],
)
def test_a_list_that_is_not_there_is_said_in_words(asking: Asking, kind: str, words: str) -> None:
    key = PlaylistKey(f"spotify:{kind}:" + "0" * 22)
    with pytest.raises(Gone, match="check the id"):
        asking.service.describe(key)
    for ask in (asking.service.describe, lambda key: asking.service.entries(key, 0)):
        with pytest.raises(Gone) as found:
            ask(key)
        assert str(found.value).startswith(words)
        assert f"(Spotify answered GET /{kind}s/{{id}}" in str(found.value)
        assert " with 404" in str(found.value)


@batch_modes
def test_many_tracks_at_once(asking: Asking) -> None:
    songs = asking.world.add_tracks(49)
    keys = [*map(track_key, songs), TrackKey("spotify:track:" + "0" * 22)]
    found = asking.service.tracks(keys)
    assert list(found) == keys[:-1]
    assert all(key == entry.claim.track for key, entry in found.items())
    assert asking.book.counts == {"GET /tracks": 1}
    assert asking.book.notes == [("GET /tracks", True)]
    asking.service.tracks(keys[:2])
    assert len(asking.book.notes) == 1
    with pytest.raises(ValueError, match="51"):
        asking.service.tracks([*keys, keys[0]])


@batch_modes
def test_genres_of_many_artists(asking: Asking) -> None:
    people = [
        asking.world.artist("Ada", ("dream pop", "kraut, rock")),
        asking.world.artist("Bo"),
    ]
    asking.world.add_tracks(1)
    found = asking.service.genres([artist_key(each) for each in people])
    assert found == {people[0].uri: ("dream pop", "kraut, rock"), people[1].uri: ()}


@pytest.mark.parametrize("mode", ["extended"])
def test_audio_features_of_many_tracks(asking: Asking) -> None:
    songs = asking.world.add_tracks(99)
    songs[1].features = None
    keys = [*map(track_key, songs), TrackKey("spotify:episode:" + "e" * 22)]
    found = asking.service.audio_features(keys)
    assert set(found) == set(keys) - {keys[1], keys[-1]}
    assert songs[0].features is not None
    assert found[keys[0]]._asdict() == songs[0].features
    assert isinstance(found[keys[0]].key, int)
    assert asking.book.counts == {"GET /audio-features": 1}


@all_modes
def test_search(asking: Asking) -> None:
    songs = [asking.world.add_track(f"Blue {n}", ("Ada",)) for n in range(12)]
    found = asking.service.search("blue ada", 99)
    assert tracks_of(found) == [each.uri for each in songs[:10]]
    assert len(asking.service.search("  blue ", 3)) == 3
    assert asking.service.search(" ", 3) == []
    assert asking.service.search("blue", 0) == []
    assert asking.service.search("blue " * 99, 1) != []
    longest = max(call.query["q"] for call in asking.double.log.matching("GET /search"))
    assert len(longest) <= 250
    assert asking.book.counts == {"GET /search": 3}


def test_nothing_is_asked_for_nothing(asking: Asking) -> None:
    assert asking.service.tracks([]) == {}
    assert asking.service.audio_features([]) == {}
    assert asking.service.genres([]) == {}
    assert asking.book.calls == []


# ---------------------------------------------------------------------------------------- lists that drift


def test_a_list_that_grows_between_two_pages_has_another_total(asking: Asking) -> None:
    songs = asking.world.add_tracks(60)
    playlist = asking.world.add_playlist("P", songs[:55])
    pages = "GET /playlists/{playlist_id}/items"
    asking.double.before_page(pages, lambda: asking.world.add_to(playlist, songs[55]))
    key = playlist_key(playlist)
    totals = [
        asking.service.read_entries(key, asking.service.entries(key, offset)).total
        for offset in (0, 50)
    ]
    assert totals == [55, 56]


def test_answers_are_kept_as_they_came(asking: Asking) -> None:
    asking.world.like(*asking.world.add_tracks(2))
    answer = asking.service.entries(LIKED, 0)
    assert answer == asking.double.log.calls[-1].answer.body
    assert asking.service.read_entries(LIKED, answer) == asking.made().read_entries(LIKED, answer)


def test_followed_playlists_are_forbidden_in_development_mode(asking: Asking) -> None:
    songs = asking.world.add_tracks(2)
    theirs = asking.world.add_playlist("Theirs", songs, owner="tibor.gosling")
    ours = asking.world.add_playlist("Ours", songs, owner="tibor.gosling", collaborative=True)
    assert len(asking.every(playlist_key(ours))) == 2
    with pytest.raises(Forbidden, match=r"owner.*CSV"):
        asking.service.entries(playlist_key(theirs), 0)
    assert asking.book.counts == {"GET /playlists/{id}/items": 2}


def test_an_odd_answer_is_transient(asking: Asking) -> None:
    for answer in (b"{}", b'{"items": 3}', b"[]", b"\xff", b'{"items":[{}],"total":1,"offset":0}'):
        with pytest.raises(Transient, match=r"cannot be read"):
            asking.service.read_entries(LIKED, answer)
        with pytest.raises(Transient):
            asking.service.read_listing(answer)
        with pytest.raises(Transient):
            asking.service.read_entries(PlaylistKey("spotify:album:" + "a" * 22), answer)


def test_times_are_whole_seconds(asking: Asking) -> None:
    asking.world.like(asking.world.add_track("A"))
    (entry,) = asking.every(LIKED)
    assert isinstance(entry.added_at, int)
    assert entry.added_at == Instant(int(asking.world.me.liked[0].added_at.timestamp()))
