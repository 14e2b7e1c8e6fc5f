"""Answers written by hand: old names and new ones, what is null, what is absent, what is odd."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.spotify import claims, facts, shapes
from syncengine.adapters.spotify.client import SpotifyService
from syncengine.core.identity import UNAVAILABLE, parse_track
from syncengine.core.remote import RemoteEntry
from syncengine.core.track import Artist, AudioFeatures
from syncengine.errors import Transient

ID = "0123456789abcdefABCDEF"
TRACK: dict[str, Any] = {
    "type": "track",
    "uri": f"spotify:track:{ID}",
    "name": "Song",
    "artists": [{"name": "Ada", "uri": f"spotify:artist:{ID}"}],
    "album": {
        "name": "Home",
        "uri": f"spotify:album:{ID}",
        "artists": [{"name": "Ada", "uri": f"spotify:artist:{ID}"}],
        "release_date": "2001-02-03",
        "release_date_precision": "day",
        "images": [{"url": "https://i.example/1"}],
        "something_new": {"deep": [1]},
    },
    "duration_ms": 1_000,
    "explicit": True,
    "disc_number": 2,
    "track_number": 3,
    "preview_url": "https://p.example/1?cid=of-an-app",
    "external_ids": {"isrc": "ZZTST2400001"},
    "popularity": 7,
}


def placed(**place: Any) -> RemoteEntry:
    said = shapes.read(json.dumps(place).encode(), shapes.Place, "a test")
    return claims.place(said, "a test")


def told(**changes: Any) -> RemoteEntry:
    return placed(item={**TRACK, **changes})


def album(**changes: Any) -> Any:
    return told(album={**TRACK["album"], **changes}).claim.release


def test_a_track_in_full() -> None:
    found = told()
    ada = (Artist("Ada", f"spotify:artist:{ID}"),)
    assert found.claim.track == TRACK["uri"]
    assert found.claim.recording == ("Song", ada, 1_000, True, 2, 3, "https://p.example/1")
    assert found.claim.release == (
        "Home",
        f"spotify:album:{ID}",
        ada,
        "2001-02-03",
        None,
        None,
        (),
        None,
    )
    assert (found.claim.isrc, found.popularity) == ("ZZTST2400001", 7)
    assert (found.claim.genres, found.claim.features) == (None, None)


@pytest.mark.parametrize("names", [("item",), ("track",), ("item", "track")])
def test_old_names_and_new_ones(names: tuple[str, ...]) -> None:
    assert placed(**dict.fromkeys(names, TRACK)) == told()


def test_one_name_may_be_null() -> None:
    assert placed(item=None, track=TRACK) == placed(item=TRACK, track=None) == told()


def test_null_is_unavailable_and_absent_is_no_answer() -> None:
    stamp = "2020-01-02T03:04:05Z"
    found = placed(item=None, added_at=stamp, added_by={"id": "someone"})
    assert found.claim == (UNAVAILABLE, None, None, None, None, None)
    assert (found.added_at, found.added_by) == (1577934245, "someone")
    assert claims.place(None, "a test").claim.track == UNAVAILABLE
    with pytest.raises(Transient, match="neither"):
        placed(added_at=stamp)


@pytest.mark.parametrize(
    ("stamp", "instant"),
    [
        (None, None),
        ("", None),
        ("never", None),
        (5, None),
        ("1969-12-31T00:00:00Z", None),
        # Exports write this one as it stands, and are believed.
        ("1970-01-01T00:00:00Z", 0),
        ("2020-01-02T03:04:05Z", 1577934245),
        ("2020-01-02T03:04:05.678Z", 1577934245),
    ],
)
def test_when_it_was_added(stamp: Any, instant: int | None) -> None:
    assert placed(item=TRACK, added_at=stamp).added_at == instant


@pytest.mark.parametrize("by", [None, {}, {"id": None}, {"id": ""}])
def test_nobody_knows_who_added_it(by: Any) -> None:
    assert placed(item=TRACK, added_by=by).added_by is None


def test_absent_and_null_facts_say_nothing() -> None:
    for absent in (TRACK.keys() - {"uri", "name"}, {"popularity"}, {"album"}, {"artists"}):
        without = placed(item={k: v for k, v in TRACK.items() if k not in absent})
        null = told(**dict.fromkeys(absent))
        assert without == null
    bare = placed(item={"uri": TRACK["uri"]})
    assert bare == RemoteEntry(bare.claim._replace(recording=None, release=None, isrc=None))


def test_what_was_withdrawn_states_no_zeros() -> None:
    nobody = [{"name": "", "uri": None}, None]
    empty: dict[str, Any] = {"name": "", "uri": None, "artists": [], "release_date": "0000"}
    found = told(name="", artists=nobody, album=empty, duration_ms=0, explicit=False, popularity=0)
    assert found.claim == (TRACK["uri"], None, None, None, None, "ZZTST2400001")
    assert found.popularity is None


def test_a_popularity_of_nought_is_one() -> None:
    assert told(popularity=0).popularity == 0


def test_another_track_that_is_played_in_its_place() -> None:
    other = f"spotify:track:{ID[::-1]}"
    assert told(linked_from={"uri": other}).claim.track == other
    assert told(linked_from={}).claim.track == TRACK["uri"]


def test_a_track_without_a_sound_address_is_known_by_name() -> None:
    for uri in (None, "", 7, "spotify:chapter:" + ID, "nonsense"):
        assert told(uri=uri).claim.track.startswith("meta:")
        assert told(uri=uri, name=None).claim.track == UNAVAILABLE


@pytest.mark.parametrize(
    ("date", "precision", "expected"),
    [
        ("2001-02-03", "day", "2001-02-03"),
        ("2001-02", "month", "2001-02"),
        ("2001", "year", "2001"),
        ("2001-01-01", "year", "2001"),
        ("2001-02-01", "month", "2001-02"),
        ("2001-02-03", None, "2001-02-03"),
        (None, None, None),
        ("", "day", None),
        ("0000", "year", None),
        ("0000-01-01", "day", None),
        ("2001-02-30", "day", None),
        ("2001-13", "month", None),
        ("2001-2-3", "day", None),
        ("２００１", "year", None),
        ("soon", None, None),
        (2001, "year", None),
        ("2001-02-03", ["day"], "2001-02-03"),
    ],
)
def test_release_dates(date: Any, precision: Any, expected: str | None) -> None:
    assert album(release_date=date, release_date_precision=precision).release_date == expected


def test_small_print_and_genres_of_an_album() -> None:
    found = album(
        label="Millstone",
        genres=["art pop", "", None],
        copyrights=[
            {"text": "2019 Millstone", "type": "C"},
            None,
            {"text": "2019 Millstone", "type": "P"},
            {"text": None, "type": "C"},
            {"text": "untyped"},
        ],
    )
    assert found.label == "Millstone"
    assert found.genres == ("art pop",)
    assert found.copyrights == "C 2019 Millstone, P 2019 Millstone, untyped"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("spotify:local:Halsey:Manic+%28Deluxe%29:929:174", ("Halsey", "Manic (Deluxe)", 174_000)),
        ("spotify:local:::929:", (None, None, None)),
        ("spotify:local:A%3AB:%C3%96l:929:0", ("A:B", "Öl", None)),
        ("spotify:local:A:B:929:" + "9" * 40, ("A", "B", None)),
        ("spotify:local:only", (None, None, None)),
    ],
)
def test_local_files_are_read_from_their_address_where_nothing_else_says(
    uri: str, expected: tuple[str | None, str | None, int | None]
) -> None:
    found = placed(item={"uri": uri, "name": "929", "is_local": True}).claim
    assert found.track == uri
    assert found.recording is not None
    artist = found.recording.artists[0].name if found.recording.artists else None
    record = found.release.album if found.release else None
    assert (artist, record, found.recording.duration_ms) == expected
    if expected[0]:
        assert placed(item={"uri": uri}).claim.recording == found.recording


def test_an_episode_is_of_its_show() -> None:
    found = placed(
        item={
            "type": "episode",
            "uri": f"spotify:episode:{ID}",
            "name": "1: Hello",
            "show": {"name": "A show"},
            "release_date": "2024-05",
            "release_date_precision": "month",
            "duration_ms": 60_000,
            # Old shapes have these two in an episode, and not beside it.
            "track": False,
            "episode": True,
        }
    ).claim
    assert found.track == f"spotify:episode:{ID}"
    assert found.recording is not None
    assert found.release is not None
    assert (found.recording.title, found.recording.duration_ms) == ("1: Hello", 60_000)
    assert (found.release.album, found.release.release_date) == ("A show", "2024-05")


def test_halves_of_characters_are_replaced() -> None:
    answer = json.dumps({"item": {**TRACK, "name": "cut \ud83d, whole 😀, plain \\ud83d"}})
    found = claims.place(shapes.read(answer.encode(), shapes.Place, "a test"), "a test")
    assert found.claim.recording is not None
    assert found.claim.recording.title == "cut \ufffd, whole 😀, plain \\ud83d"


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=2),
)


@given(
    st.dictionaries(
        st.sampled_from(sorted(TRACK.keys() - {"artists", "album"})),
        odd,
    )
)
def test_one_odd_fact_costs_itself_only(changes: dict[str, Any]) -> None:
    found = told(**changes)
    sound = told()
    assert found.claim.release == sound.claim.release
    assert found.popularity is None or 0 <= found.popularity <= 100
    if "uri" not in changes:
        assert found.claim.track == sound.claim.track
    assert (
        found.claim.track == UNAVAILABLE
        or parse_track(found.claim.track)
        or (found.claim.track.startswith("meta:"))
    )


@given(st.recursive(odd, lambda deeper: st.dictionaries(st.text(), deeper, max_size=3)))
def test_any_answer_is_read_or_transient(value: Any) -> None:
    answer = json.dumps(value).encode()
    for kind in (shapes.Page, shapes.PlaylistPage, shapes.WholeAlbum, shapes.SearchAnswer):
        with suppress(Transient):
            assert isinstance(shapes.read(answer, kind, "a test"), kind)


def test_a_deep_answer_is_transient() -> None:
    with pytest.raises(Transient):
        shapes.read(b'{"items":' + b"[" * 200_000, shapes.Page, "a test")


# ---------------------------------------------------------------------------------------- playlists


def listed(*playlists: Any) -> Any:
    service = SpotifyService.__new__(SpotifyService)  # Reading needs no connection.
    document = {"items": list(playlists), "total": len(playlists)}
    return service.read_listing(json.dumps(document).encode())


def test_playlists_under_old_names_and_new_ones() -> None:
    base = {"id": ID, "name": "Mix", "snapshot_id": "v1", "owner": {"id": "someone"}}
    page = listed(
        {**base, "items": {"total": 3, "href": ""}},
        {**base, "tracks": {"total": 3}},
        {**base, "items": None, "tracks": {"total": 3}},
        base,
        {**base, "items": {}, "name": None, "owner": None, "snapshot_id": ""},
        None,
    )
    assert [each.total for each in page.playlists] == [3, 3, 3, None, None]
    assert {each.key for each in page.playlists} == {f"spotify:playlist:{ID}"}
    assert page.playlists[4][1:] == ("", None, None, None)
    assert (page.total, page.unseen) == (6, 1)


@pytest.mark.parametrize("number", [None, "", "short", 5])
def test_a_playlist_without_an_id_cannot_be_read(number: Any) -> None:
    with pytest.raises(Transient, match="id"):
        listed({"id": number, "name": "Mix"})


# ------------------------------------------------------------------------------------------- numbers


def test_audio_features_that_are_odd_say_nothing() -> None:
    said = shapes.Features(danceability=1, key=5.0, mode=0.5, loudness="x", tempo=True)
    assert claims.features(said) == AudioFeatures(danceability=1.0, key=5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), (5.0, 5), (5.5, None), (-1, None), (True, None), ("5", None), (10**16, None)],
)
def test_counts(value: Any, expected: int | None) -> None:
    assert facts.count(value) == expected
