from __future__ import annotations

import pytest

from syncengine.core.identity import UNAVAILABLE, meta_track
from syncengine.core.track import Artist, AudioFeatures, Claim, Recording, Release
from tests.adapters.exports.samples import (
    APP_HEADER,
    DATA,
    NET_HEADER,
    URI,
    app_row,
    csv_text,
    net_row,
    only_claim,
    parse,
    seen,
)

FULL_APP = only_claim((DATA / "app_all_blocks.csv").read_text(encoding="utf-8"))


def net(**cells: str) -> Claim:
    return only_claim(csv_text(NET_HEADER, net_row(**cells)))


def artists_of_app(names: str, uris: str) -> tuple[Artist, ...]:
    claim = only_claim(csv_text(APP_HEADER, app_row(artists=names, artist_uris=uris)))
    assert claim.recording is not None
    return claim.recording.artists


def test_everything_exportify_net_says_is_read() -> None:
    export = parse((DATA / "backup" / "Liked_Songs.csv").read_bytes())
    first, second = map(export.claim, seen(export))
    assert first == Claim(
        URI,
        Recording(
            'The "Quiet" Mill', (Artist("Ada Lark"), Artist("Tin, Copper & Co")), 201500, False
        ),
        Release("Rivers, Vol. 1", release_date="2019-03-01", label="Millstone"),
        ("folk", "chamber folk"),
        AudioFeatures(0.5, 0.25, 0, -10.139, 1, 0.0288, 0.812, 0.0000123, 0.769, 0.912, 125.244, 4),
    )
    assert second.recording is not None
    assert second.recording.title == "Two\nlines"
    assert (second.genres, second.features) == (None, None)


def test_everything_exportify_app_says_is_read() -> None:
    artist = "spotify:artist:000000000000000000000"
    assert FULL_APP.recording == Recording(
        'The "Quiet" Mill',
        (Artist("Ada Lark", artist + "1"), Artist("Tin, Copper & Co", artist + "2")),
        201500,
        False,
        1,
        4,
    )
    assert FULL_APP.release == Release(
        "Rivers, Vol. 1",
        "spotify:album:0000000000000000000007",
        (Artist("Ada Lark", artist + "1"),),
        "2019-03-01",
        "Millstone",
        "https://images.example/1.jpg",
        ("art pop", "folk"),
        "C 2019 Millstone, P 2019 Millstone",
    )
    assert (FULL_APP.genres, FULL_APP.isrc) == (("folk", "folk", "pop"), "XX1230000001")


def test_episodes_local_files_and_tracks_no_longer_shown_are_kinds_of_their_own() -> None:
    path = DATA / "backup" / "spotify_playlists" / "Morning_Mix.csv"
    export = parse(path.read_bytes())
    claims = [export.claim(row) for row in seen(export)]
    assert claims[0] == Claim(UNAVAILABLE)
    assert claims[1].track == "spotify:local:Ada+Lark::Demo:93"
    assert claims[2].track == "spotify:episode:0000000000000000000009"


@pytest.mark.parametrize(
    "text",
    [
        "spotify:track:0000000000000000000001",
        " 0000000000000000000001 ",
        "https://open.spotify.com/intl-de/track/0000000000000000000001?si=x",
    ],
)
def test_a_track_is_known_by_uri_id_or_address(text: str) -> None:
    assert net(uri=text).track == URI


def test_a_name_without_an_id_makes_a_key_of_its_own() -> None:
    claim = net(uri="undefined", artists="Ada;Bert", duration_ms="5")
    assert claim.track == meta_track("Song", ["Ada", "Bert"], 5)
    assert claim.recording is not None


def test_a_group_of_which_nothing_is_said_is_none() -> None:
    assert net(title="", artists="undefined") == Claim(URI)


def test_texts_are_kept_exactly_as_said() -> None:
    claim = net(title=" Cafe\u0301 ", album="\u00c5 ")
    assert claim.recording is not None
    assert claim.release is not None
    assert (claim.recording.title, claim.release.album) == (" Cafe\u0301 ", "\u00c5 ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uri", "not an id"),
        ("uri", "spotify:album:0000000000000000000001"),
        ("duration_ms", "-1"),
        ("duration_ms", "3:20"),
        ("duration_ms", "9" * 30),
        ("explicit", "yes"),
        ("release_date", "2001-13"),
        ("release_date", "2001-02-29"),
        ("release_date", "2001-1-1"),
        ("release_date", "20010101"),
        ("energy", "inf"),
        ("energy", "1e999"),
        ("energy", "1_0"),
        ("energy", "0,5"),
        ("key", "1.5"),
    ],
)
def test_a_cell_that_cannot_be_right_is_named_with_its_column(field: str, value: str) -> None:
    row = net_row(**{field: value})
    [title] = [title for title, cell in row.items() if cell == value]
    export = parse(csv_text(NET_HEADER, row))
    [found] = seen(export)
    with pytest.raises(ValueError, match=r".") as caught:
        export.claim(found)
    assert str(caught.value).startswith(title)
    assert value[:20] in str(caught.value)


@pytest.mark.parametrize(
    ("value", "date"), [("1999", "1999"), ("2000-02", "2000-02"), ("2000-02-29", "2000-02-29")]
)
def test_release_dates_keep_their_precision(value: str, date: str) -> None:
    release = net(release_date=value).release
    assert release is not None
    assert release.release_date == date


@pytest.mark.parametrize("value", ["0000", "0000-01-01"])
def test_a_release_in_the_year_0000_is_unknown(value: str) -> None:
    assert net(release_date=value, album="Rivers").release == Release("Rivers")


@pytest.mark.parametrize(("value", "explicit"), [("TRUE", True), ("False", False), ("", None)])
def test_explicit_in_any_case(value: str, explicit: bool | None) -> None:
    recording = net(explicit=value).recording
    assert recording is not None
    assert recording.explicit is explicit


def test_commas_in_names_survive_exportify_app() -> None:
    assert artists_of_app("Tyler\\, The Creator, Kali Uchis", "") == (
        Artist("Tyler, The Creator"),
        Artist("Kali Uchis"),
    )


@pytest.mark.parametrize(
    ("names", "uris", "paired"),
    [
        ("A, B", "spotify:artist:1, spotify:artist:2", ["spotify:artist:1", "spotify:artist:2"]),
        ("A, B", "spotify:artist:1, ", ["spotify:artist:1", None]),
        ("A, B", "spotify:artist:1", ["spotify:artist:1"]),
        ("A, B, C", "spotify:artist:1, spotify:artist:2", [None, None, None]),
        ("A", "", [None]),
        ("", "spotify:artist:1", []),
    ],
)
def test_names_and_uris_are_paired_where_they_are_as_many(
    names: str, uris: str, paired: list[str | None]
) -> None:
    assert [artist.uri for artist in artists_of_app(names, uris)] == paired


def test_every_feature_is_read_from_its_own_column() -> None:
    titles = NET_HEADER[-12:]
    row = net_row() | {title: str(place) for place, title in enumerate(titles)}
    features = only_claim(csv_text(NET_HEADER, row)).features
    assert features is not None
    assert list(features) == list(range(12))
    wholes = {name for name, value in features._asdict().items() if type(value) is int}
    assert wholes == {"key", "mode", "time_signature"}
