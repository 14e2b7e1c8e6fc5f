from __future__ import annotations

from syncengine.core.credit import album_keys, artist_keys, artist_names, most_said
from syncengine.core.identity import TrackKey
from syncengine.core.track import Artist, Facts, Recording, Release

BJORK = Artist("Björk", "spotify:artist:1")


def _facts(*artists: Artist, release: Release | None = None) -> Facts:
    return Facts(TrackKey("t"), Recording("Song", artists), release or Release())


def test_a_name_is_the_artist_of_that_name_where_there_is_exactly_one_with_a_uri() -> None:
    keys = artist_keys([_facts(BJORK), _facts(Artist("BJORK")), _facts(Artist("Other"))])
    assert keys[Artist("BJORK")] == keys[BJORK] == "spotify:artist:1"
    assert keys[Artist("Other")].startswith("meta:artist:")


def test_a_name_that_two_artists_have_is_neither() -> None:
    namesake = Artist("Bjork", "spotify:artist:2")
    keys = artist_keys([_facts(BJORK, namesake), _facts(Artist("björk"))])
    assert len(set(keys.values())) == 3


def test_names_without_uris_are_one_artist_by_folded_name_and_blank_ones_are_none() -> None:
    keys = artist_keys([_facts(Artist("BJÖRK"), Artist("bjork"), Artist(" "), Artist(""))])
    assert set(keys) == {Artist("BJÖRK"), Artist("bjork")}
    assert len(set(keys.values())) == 1


def test_an_artist_goes_by_the_name_that_most_credits_spell() -> None:
    other = Artist("bjork", BJORK.uri)
    library = [_facts(BJORK), _facts(other), _facts(BJORK), _facts(Artist("", "spotify:artist:9"))]
    names = artist_names(library, artist_keys(library))
    assert names == {"spotify:artist:1": "Björk", "spotify:artist:9": "spotify:artist:9"}


def test_an_album_without_a_uri_joins_the_one_of_its_name_and_artist() -> None:
    various = (Artist("Various"),)
    known = Release("Debut", "spotify:album:1", album_artists=various)
    one, same, other, none = album_keys(
        [
            _facts(BJORK, release=known),
            _facts(Artist("bjork"), Artist("Guest"), release=Release("DEBUT")),
            _facts(Artist("Guest"), release=Release("Debut")),
            _facts(BJORK),
        ]
    )
    assert one == same == "spotify:album:1"
    assert other is not None
    assert other.startswith("meta:album:")
    assert none is None


def test_reissues_under_one_name_are_not_mistaken_for_each_other() -> None:
    old, new = Release("Debut", "spotify:album:1"), Release("Debut", "spotify:album:2")
    library = [_facts(BJORK, release=release) for release in (old, new, Release("Debut"))]
    assert len(set(album_keys(library))) == 3


def test_most_said() -> None:
    assert most_said([]) is None
    assert most_said([None, "", "a"]) == "a"
    assert most_said(["a", "b", "b"]) == "b"
    assert most_said(["b", "a", "cc"]) == "cc"
    assert most_said(["b", "a"]) == "a"
