"""Keys: one for each thing, however it is written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.identity import (
    LIKED,
    PlaylistKey,
    album_key,
    artist_key,
    fold,
    keys_of_file,
    meta_track,
    parse_artist,
    parse_playlist,
    parse_track,
    playlist_key,
    shown_name,
)

ID = "6rqhFgbbKwnb9MLmUQDhG6"
texts = st.text(max_size=12)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"spotify:track:{ID}", f"spotify:track:{ID}"),
        (ID, f"spotify:track:{ID}"),
        (f"https://open.spotify.com/track/{ID}?si=abc", f"spotify:track:{ID}"),
        (f"open.spotify.com/intl-de/track/{ID}", f"spotify:track:{ID}"),
        (f"https://open.spotify.com/embed/episode/{ID}", f"spotify:episode:{ID}"),
        ("spotify:local:A:B:C:123", "spotify:local:A:B:C:123"),
        (f"https://open.spotify.com/album/{ID}", None),
        (f"https://example.com/track/{ID}", None),
        (ID + "x", None),
        ("", None),
    ],
)
def test_tracks_are_read_from_what_people_paste(text: str, key: str | None) -> None:
    assert parse_track(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"spotify:playlist:{ID}", f"spotify:playlist:{ID}"),
        (f"spotify:user:somebody:playlist:{ID}", f"spotify:playlist:{ID}"),
        (f"https://open.spotify.com/playlist/{ID}", f"spotify:playlist:{ID}"),
        ("liked", "liked"),
        ("csv:road_trip", "csv:road_trip"),
        (f"spotify:track:{ID}", None),
        ("Road Trip", None),
    ],
)
def test_playlists_are_read_from_what_people_paste(text: str, key: str | None) -> None:
    assert parse_playlist(text) == key


@pytest.mark.parametrize("stem", ["liked", "Liked_Songs", "LIKED  SONGS", "liked_songs"])
def test_liked_songs_have_one_key(stem: str) -> None:
    assert playlist_key(stem) == LIKED
    assert shown_name(stem) == "Liked Songs"


def test_an_id_in_the_file_name_is_the_key() -> None:
    assert playlist_key(f"Road Trip [{ID}]") == f"spotify:playlist:{ID}"
    assert shown_name(f"Road_Trip_[{ID}]") == "Road Trip"


@given(texts)
def test_case_gaps_and_forms_make_no_other_playlist(stem: str) -> None:
    key = playlist_key(stem)
    assert playlist_key(unicodedata.normalize("NFD", stem)) == key
    assert playlist_key(stem.replace(" ", "_")) == key
    assert playlist_key(stem.replace("_", "  ")) == key
    if key.startswith("csv:"):
        assert playlist_key(key.removeprefix("csv:")) == key


def test_a_file_goes_by_its_name_with_and_without_a_twins_number() -> None:
    csv, other = PlaylistKey("csv:mix~2"), PlaylistKey("spotify:playlist:mix~2")
    assert keys_of_file(csv) == {"csv:mix~2", "csv:mix"}
    assert keys_of_file(PlaylistKey("csv:mix~")) == {"csv:mix~"}
    assert keys_of_file(other) == {other}


@given(texts)
def test_every_playlist_has_a_name_to_show(stem: str) -> None:
    assert bool(shown_name(stem)) == bool(stem)


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_forgives_accents_case_width_and_gaps() -> None:
    assert fold("  Bjo\u0308RK  ") == fold("björk") == fold("Bjork") == "bjork"


def test_made_up_keys_tell_apart_what_differs() -> None:
    keys = {
        meta_track("A", ["B"], 1),
        meta_track("A", ["B"], None),
        meta_track("A", ["B", "C"], 1),
        meta_track("A", ["BC"], 1),
        meta_track("AB", [], 1),
    }
    assert len(keys) == 5
    assert artist_key("Björk") == artist_key("BJORK") != artist_key("Bjork", f"spotify:artist:{ID}")
    assert album_key("X", ["A"]) == album_key("x", ["a"]) != album_key("X", ["B"])


def test_artists_are_read_from_whatever_names_them() -> None:
    name = "1LZEQNv7sE11VDY3SdxQeN"
    uri = f"spotify:artist:{name}"
    for text in (uri, name, f"https://open.spotify.com/intl-de/artist/{name}?si=1"):
        assert parse_artist(text) == uri
    assert parse_artist(artist_key("Bee Gees")) == artist_key("Bee Gees")
    for text in ("", f"spotify:album:{name}", f"https://open.spotify.com/album/{name}", f"{uri} "):
        assert parse_artist(text) is None
