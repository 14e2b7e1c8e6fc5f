"""What the library should look like in Notion."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.notion.connection import MOST_BYTES
from syncengine.adapters.notion.fields import ENTITIES, PROPERTIES
from syncengine.adapters.notion.pages import LONGEST_KEY, pages
from syncengine.adapters.notion.values import to_json
from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.identity import UNAVAILABLE, PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.plan import REMOVED, Entity, Item
from syncengine.core.track import Artist, AudioFeatures, Provenance, Release
from tests.plan_builders import NOON, catalog_playlist, catalog_track

ID = "4uLU6hMCjMI75M1A2tKUQC"
TRACK = f"spotify:track:{ID}"


def _pages(
    tracks: Iterable[CatalogTrack] = (),
    playlists: Iterable[CatalogPlaylist] = (),
    entities: Sequence[Entity] = ENTITIES,
) -> dict[tuple[Entity, str], Item]:
    listed = list(pages(tracks, playlists, entities))
    found = {(page.entity, page.key): page for page in listed}
    assert len(found) == len(listed)
    return found


def _page(track: CatalogTrack, *playlists: CatalogPlaylist) -> Item:
    return _pages([track], playlists)["track", track.facts.track]


def test_a_track_says_everything_the_library_knows() -> None:
    track = catalog_track(
        TRACK,
        title="Stayin' Alive",
        artists=[Artist("Bee Gees", "spotify:artist:1LZEQNv7sE11VDY3SdxQeN"), Artist("Guest")],
        release=Release(
            "Fever", "spotify:album:0Z3Yl6pU6rUCBqTzqKDnzT", (), "1977-11-15", label="RSO"
        ),
        genres=("soft rock", "disco"),
        features=AudioFeatures(0.7, 0.8, 6, -5.5, 0, 0.03, 0.1, 0.0, 0.2, 0.9, 103.56, 4),
        isrc="NLF057790038",
        duration_ms=237_500,
        popularity=83,
        places=[("liked", NOON), ("liked", NOON - 60), ("csv:road_trip", None)],
        sources={
            "recording": Provenance("exportify.net", NOON),
            "isrc": Provenance("exportify.app", Instant(NOON - 99)),
        },
    )
    page = _page(track, catalog_playlist(), catalog_playlist("liked", "Liked Songs"))
    (guest,) = [key for key in page.properties["Artists"] or () if "meta" in str(key)]  # type: ignore[union-attr]
    assert page.notes == ()
    assert page.properties == {
        "Sync key": TRACK,
        "Name": "Stayin' Alive",
        "Spotify URI": TRACK,
        "Spotify URL": f"https://open.spotify.com/track/{ID}",
        "ISRC": "NLF057790038",
        "Artists": ("spotify:artist:1LZEQNv7sE11VDY3SdxQeN", guest),
        "Album": ("spotify:album:0Z3Yl6pU6rUCBqTzqKDnzT",),
        "Playlists": ("csv:road_trip", "liked"),
        "Duration": 238,
        "Release date": "1977-11-15",
        "Popularity": 83,
        "Genres": ("disco", "soft rock"),
        "Label": "RSO",
        "Added at": "2026-01-13T11:59:00Z",
        "BPM": 103.6,
        "Key": "F♯ minor",
        "Camelot": "11A",
        "Energy": 0.8,
        "Danceability": 0.7,
        "Valence": 0.9,
        "Acousticness": 0.1,
        "Instrumentalness": 0.0,
        "Liveness": 0.2,
        "Speechiness": 0.03,
        "Loudness": -5.5,
        "Time signature": 4,
        "Facts source": "exportify.app, exportify.net",
        "Facts as of": "2026-01-13T12:00:00Z",
    }


def test_what_is_not_known_is_left_out() -> None:
    page = _page(catalog_track(TRACK, artists=()))
    assert set(page.properties) == {"Name", "Sync key", "Spotify URI", "Spotify URL"}
    unheard = catalog_track(TRACK, features=AudioFeatures(key=-1, mode=1, tempo=0.0))
    assert _page(unheard).properties.keys().isdisjoint({"Key", "Camelot", "BPM"})


@pytest.mark.parametrize(
    ("key", "uri", "url"),
    [
        (f"spotify:episode:{ID}", True, f"https://open.spotify.com/episode/{ID}"),
        ("spotify:local:Halsey:Manic:929:174", True, None),
        ("spotify:local:::Song:", True, None),
        ("meta:0123", False, None),
    ],
)
def test_whatever_can_be_told_apart_has_a_page(key: str, uri: bool, url: str | None) -> None:
    page = _page(catalog_track(key))
    assert page.properties.get("Spotify URI") == (key if uri else None)
    assert page.properties.get("Spotify URL") == url


def test_entries_that_spotify_shows_nothing_of_have_no_page() -> None:
    assert _pages([catalog_track(UNAVAILABLE, artists=("Ghost",))]) == {}


def test_a_track_without_a_title_is_called_by_its_key() -> None:
    page = _page(catalog_track(TRACK, title=None))
    assert page.title == page.properties["Name"] == TRACK


def test_added_at_is_the_liking_and_nothing_else() -> None:
    assert "Added at" not in _page(catalog_track(places=[("csv:road_trip", NOON)])).properties
    assert "Added at" not in _page(catalog_track(places=[("liked", None)])).properties


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("1978", "1978-01-01"),
        ("1978-05", "1978-05-01"),
        ("1978-05-06", "1978-05-06"),
        ("0000", None),
        ("", None),
        ("197", None),
    ],
)
def test_release_dates_are_whole_dates(said: str, written: str | None) -> None:
    page = _page(catalog_track(release=Release("A", release_date=said)))
    assert page.properties.get("Release date") == written


def test_playlists() -> None:
    known = CatalogPlaylist(
        PlaylistKey(f"spotify:playlist:{ID}"), "P", False, NOON, 9, owner="me", folder="F"
    )
    found = _pages(playlists=[catalog_playlist(), known])
    assert found["playlist", "csv:road_trip"].properties == {
        "Name": "Road trip",
        "Sync key": "csv:road_trip",
    }
    assert found["playlist", known.key].properties == {
        "Name": "P",
        "Spotify URL": f"https://open.spotify.com/playlist/{ID}",
        "Owner": "me",
        "Folder": "F",
        "Sync key": known.key,
    }


def test_artists_and_albums_come_from_the_tracks() -> None:
    artist, album = f"spotify:artist:{ID}", f"spotify:album:{ID}"
    release = Release("A", album, (Artist("Various"),), "1999", "L")
    precise = Release("A", album, (), "1999-03", "L")
    tracks = [
        catalog_track(f"spotify:local:{number}", artists=[Artist("X", artist)], release=said)
        for number, said in enumerate([release, release, precise])
    ]
    found = _pages(tracks)
    assert len(found) == 5
    assert found["artist", artist].properties == {
        "Name": "X",
        "Spotify URI": artist,
        "Spotify URL": f"https://open.spotify.com/artist/{ID}",
        "Sync key": artist,
    }
    assert found["album", album].properties == {
        "Name": "A",
        "Release date": "1999-03-01",
        "Label": "L",
        "Spotify URI": album,
        "Spotify URL": f"https://open.spotify.com/album/{ID}",
        "Sync key": album,
    }


def test_entities_that_are_not_kept_have_no_pages_and_no_relations() -> None:
    track = catalog_track(release=Release("A"), places=[("csv:road_trip", None)])
    (page,) = _pages([track], [catalog_playlist()], ["track"]).values()
    assert page.properties.keys().isdisjoint({"Artists", "Album", "Playlists"})
    found = _pages([track], [catalog_playlist()], ["playlist", "artist"])
    assert {entity for entity, _ in found} == {"playlist", "artist"}


def test_options_lists_and_texts_are_made_to_fit_and_it_is_said() -> None:
    playlists = [catalog_playlist(f"csv:{number:03d}", "P") for number in range(101)]
    track = catalog_track(
        title="x" * 2001,
        artists=[f"Artist {number}" for number in range(103)],
        genres=("rock, loud", "pop"),
        places=[(playlist.key, None) for playlist in playlists],
    )
    page = _page(track, *playlists)
    assert page.properties["Name"] == "x" * 1999 + "…"
    assert page.properties["Genres"] == ("pop", "rock\u201a loud")
    for name in ("Artists", "Playlists"):
        assert len(page.properties[name] or ()) == 100  # type: ignore[arg-type]
    assert sorted(note.split(",")[0] for note in page.notes) == [
        "Artists: 3 of 103 left out",
        "Genres: commas written as \u201a in 1 of 2",
        "Name: cut to 2",
        "Playlists: 1 of 101 left out",
    ]


def test_texts_are_cut_by_utf_16_units_and_never_within_a_character() -> None:
    assert _page(catalog_track(title="😀" * 1000)).notes == ()
    title = _page(catalog_track(title="😀" * 1001)).properties["Name"]
    assert title == "😀" * 999 + "…"


def test_times_have_no_seconds() -> None:
    page = _page(
        catalog_track(
            places=[("liked", NOON + 59)],
            sources={"recording": Provenance("exportify.net", Instant(NOON + 61))},
        )
    )
    assert page.properties["Added at"] == "2026-01-13T12:00:00Z"
    assert page.properties["Facts as of"] == "2026-01-13T12:01:00Z"


@pytest.mark.parametrize(("explicit", "written"), [(True, True), (False, None), (None, None)])
def test_what_is_not_explicit_is_a_box_that_nobody_ticked(
    explicit: bool | None, written: bool | None
) -> None:
    track = catalog_track()
    recording = track.facts.recording._replace(explicit=explicit)
    page = _page(replace(track, facts=replace(track.facts, recording=recording)))
    assert page.properties.get("Explicit") is written


def test_names_of_options_are_cut_and_blank_ones_are_none() -> None:
    page = _page(catalog_track(genres=("x" * 101, "x" * 102, "y" * 100, " ", "", "a,b")))
    assert page.properties["Genres"] == ("a\u201ab", "x" * 99 + "…", "y" * 100)
    assert page.notes == (
        "Genres: commas written as \u201a in 1 of 4",
        "Genres: 2 of 4 cut to 100 characters",
    )
    assert _page(catalog_track(genres=("😀" * 50,))).notes == ()
    cut = _page(catalog_track(genres=("😀" * 51,))).properties["Genres"]
    assert cut == ("😀" * 49 + "…",)


def test_what_goes_by_an_endless_key_has_no_page_and_nothing_is_related_to_it() -> None:
    endless = "spotify:local:" + "x" * LONGEST_KEY
    long = endless[:LONGEST_KEY]
    track = catalog_track(
        artists=[Artist("A", endless), Artist("B", long)],
        release=Release("R", endless),
        places=[(endless, None), (long, None)],
    )
    playlists = [catalog_playlist(endless, "P"), catalog_playlist(long, "Q")]
    found = _pages([track, catalog_track(endless), catalog_track(long)], playlists)
    assert {key for _, key in found if len(key) > 100} == {long}
    page = found["track", track.facts.track]
    assert page.properties["Artists"] == page.properties["Playlists"] == (long,)
    assert "Album" not in page.properties


def test_an_address_that_is_too_long_is_left_out() -> None:
    page = _page(catalog_track("spotify:track:" + "x" * 2_000))
    assert "Spotify URL" not in page.properties
    assert page.notes == ("Spotify URL: left out, Notion takes 2,000 characters and it has 2,031",)


# Control characters take the most bytes: six for each of the units by which Notion counts texts.
WORST = "\x01"


def _largest() -> Iterator[Item]:
    """Yield pages of which nothing can be longer."""
    endless, key = WORST * 5_000, "spotify:" + WORST * (LONGEST_KEY - 8)
    tiny = -1.1234567890123457e-300
    features = AudioFeatures(tiny, tiny, 1, tiny, 1, tiny, tiny, tiny, tiny, tiny, tiny, 4)
    options = tuple(chr(2 + number % 5) * 90 + f"{number:010}" for number in range(150))
    track = catalog_track(
        key,
        title=endless,
        artists=[Artist(f"{number}{endless}", None) for number in range(150)],
        release=Release(endless, key, (), "1999-12-31", endless),
        genres=options,
        isrc=endless,
        duration_ms=2**63,
        popularity=100,
        features=features,
        places=[("liked", NOON), *((f"csv:{number}", NOON) for number in range(150))],
        sources={"recording": Provenance("exportify.net", NOON)},
    )
    recording = track.facts.recording._replace(explicit=True)
    track = replace(track, facts=replace(track.facts, recording=recording))
    lists = [catalog_playlist("liked", endless)]
    lists += [catalog_playlist(f"csv:{number}", endless) for number in range(150)]
    lists.append(
        CatalogPlaylist(PlaylistKey(key), endless, False, NOON, 9, "h" * 2_000, endless, endless)
    )
    guest = catalog_track("spotify:track:2", artists=[Artist(endless, key)])
    known = catalog_track(
        artists=[Artist("A", f"spotify:artist:{ID}")], release=Release("R", f"spotify:album:{ID}")
    )
    yield from pages([track, guest, known], lists, ENTITIES)


def test_every_name_is_that_of_a_property_that_is_kept_and_every_property_has_a_name() -> None:
    used: dict[Entity, set[str]] = {}
    for page in _largest():
        used.setdefault(page.entity, set()).update(page.properties)
    assert used == {
        entity: {name for name, prop in kept.items() if prop.type != "rollup"} - {REMOVED}
        for entity, kept in PROPERTIES.items()
    }


def test_the_largest_page_is_smaller_than_what_notion_takes() -> None:
    """As httpx writes it: without escapes for what is not ASCII."""
    address, largest = "00000000-0000-4000-8000-000000000000", dict.fromkeys(ENTITIES, 0)
    for page in _largest():
        kept = PROPERTIES[page.entity]
        body: dict[str, object] = {"parent": {"type": "data_source_id", "data_source_id": address}}
        body["properties"] = properties = {}
        for name, value in page.properties.items():
            is_relation = isinstance(value, tuple) and kept[name].type == "relation"
            written = (address,) * len(value) if is_relation else value  # type: ignore[arg-type]
            properties["%3A" * 4 + name] = to_json(kept[name].type, written)
        size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
        largest[page.entity] = max(size, largest[page.entity])
    assert max(largest.values()) < MOST_BYTES
    # What was meant to be long is: two times the key, three texts and a hundred options.
    units = 2 * LONGEST_KEY + 3 * 2_000 + 100 * 90
    assert largest["track"] > 6 * units


ARTISTS = st.builds(
    Artist,
    st.sampled_from(["A", "a", "Á", "B", "", " "]),
    st.sampled_from([None, None, "spotify:artist:1", "spotify:artist:2"]),
)
RELEASES = st.builds(
    Release,
    st.sampled_from([None, "R", "r", "S"]),
    st.sampled_from([None, None, "spotify:album:1", "spotify:album:2"]),
    st.lists(ARTISTS, max_size=1).map(tuple),
    st.sampled_from([None, "1999", "1999-01-02", "2000"]),
    st.sampled_from([None, "L", "M"]),
)
TRACKS = st.builds(
    catalog_track,
    st.sampled_from("abcdefgh").map(lambda key: f"spotify:local:{key}"),
    artists=st.lists(ARTISTS, max_size=3),
    release=RELEASES,
    genres=st.lists(st.sampled_from(["x", "y, z", ""]), max_size=3).map(tuple),
    places=st.lists(st.tuples(st.sampled_from(["liked", "csv:p", "csv:gone"]), st.just(NOON))),
)


@given(
    st.lists(TRACKS, unique_by=lambda track: track.facts.track), st.randoms(use_true_random=False)
)
def test_pages_do_not_depend_on_order_and_every_relation_has_both_ends(
    tracks: list[CatalogTrack], chance: random.Random
) -> None:
    playlists = [catalog_playlist("csv:p", "P"), catalog_playlist("liked", "Liked Songs")]
    found = _pages(tracks, playlists)
    chance.shuffle(tracks)
    chance.shuffle(playlists)
    assert _pages(tracks, playlists) == found
    ends: dict[str, Entity] = {"Artists": "artist", "Album": "album", "Playlists": "playlist"}
    for page in found.values():
        for name, entity in ends.items():
            for key in page.properties.get(name) or ():  # type: ignore[union-attr]
                assert (entity, key) in found
