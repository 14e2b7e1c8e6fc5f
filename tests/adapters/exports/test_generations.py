"""Every generation of every exporter, each with a made file of its own."""

from __future__ import annotations

import pytest

from syncengine.adapters.exports.dialects import APP, FORMS, NET, Form
from syncengine.adapters.exports.dialects.form import FEATURES
from syncengine.core.identity import UNAVAILABLE
from syncengine.core.moment import parse_utc
from syncengine.core.track import APP_RANK, NET_RANK, OLD_RANK, Artist, Claim
from tests.adapters.exports.samples import (
    APP_HEADER,
    NET_HEADER,
    URI,
    csv_text,
    net_row,
    only_claim,
    parse,
    rejected,
    seen,
)

ID = "0000000000000000000001"
ADDED = "2015-06-01T10:00:00Z"
F = ",".join(FEATURES.values())
NET_TAIL = f"Release Date,Duration (ms),Popularity,Added By,Added At,Genres,Record Label,{F}"
MADE = {
    "uri": URI,
    "title": "Song",
    "artists": "Ada",
    "album": "Rivers",
    "added_at": ADDED,
    "added_by": "spotify:user:somebody",
    "duration_ms": "1000",
    "popularity": "7",
    "explicit": "false",
    "isrc": "XX1230000001",
}
# As the exporters' own histories have them.
HEADERS = [
    (APP, "2015-05-15", "Spotify URI,Name,Artist Name,Album Name,Added By,Added At"),
    (
        APP,
        "2015-05-21",
        (
            "Spotify URI,Track Name,Artist Name,Album Name,Disc Number,Track Number,"
            "Track Duration (ms),Added By,Added At"
        ),
    ),
    (
        APP,
        "2018-01-31",
        (
            "Track URI,Track Name,Artist URI,Artist Name,Album URI,Album Name,Disc Number,"
            "Track Number,Track Duration (ms),Added By,Added At"
        ),
    ),
    (
        APP,
        "2020-11-20",
        (
            "Track URI,Track Name,Artist URI,Artist Name,Album URI,Album Name,Album Release Date,"
            "Disc Number,Track Number,Track Duration (ms),Explicit,Popularity,Added By,Added At"
        ),
    ),
    (
        APP,
        "2021-01-19",
        (
            "Track URI,Track Name,Artist URI,Artist Name,Album URI,Album Name,Album Release Date,"
            "Album Image URL,Disc Number,Track Number,Track Duration (ms),Track Preview URL,"
            "Explicit,Popularity,Added By,Added At"
        ),
    ),
    (APP, "2021-03-26", ",".join(title for title in APP_HEADER if title != "ISRC")),
    (APP, "2022-12-03", ",".join(APP_HEADER)),
    (APP, "2024-08-21", ",".join([*APP_HEADER[:17], "Is Playable", *APP_HEADER[17:]])),
    (
        NET,
        "2019-06-22",
        (
            "Spotify URI,Track Name,Album Name,Duration (ms),Popularity,Release Date,"
            "Artist Name(s),Added By,Added At"
        ),
    ),
    (
        NET,
        "2019-06-27 (without artist ids)",
        (
            "Spotify ID,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
            f"Added By,Added At,Genres,{F}"
        ),
    ),
    (
        NET,
        "2019-06-27",
        (
            "Spotify ID,Artist IDs,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),"
            f"Popularity,Added By,Added At,Genres,{F}"
        ),
    ),
    (
        NET,
        "2024-09-01",
        (
            "Spotify ID,Artist IDs,Track Name,Album ID,Album Name,Artist Name(s),Release Date,"
            "Duration (ms),Popularity,Added By,Added At,Genres,Label,Total Album Tracks,Album Type,"
            f"{F}"
        ),
    ),
    (NET, "2024-09-04", f"Track Name,Album Name,Artist Name(s),{NET_TAIL}"),
    (NET, "2024-09-10", f"Track ID,Track Name,Album Name,Artist Name(s),{NET_TAIL}"),
    (NET, "2025-04-07", f"Track URI,Track Name,Album Name,Artist Name(s),{NET_TAIL}"),
    (NET, "2025-07-27", ",".join(NET_HEADER)),
]
SOUND = {"2018-01-31", "2020-11-20", "2021-01-19", "2021-03-26", "2022-12-03", "2024-08-21"}


def row_of(form: Form) -> dict[str, str]:
    titles = form.titles["English"]
    return {titles[field]: MADE.get(field, "") for field in form.columns}


def generation(name: str, label: str) -> Form:
    return next(f for f in FORMS if (f.dialect.name, f.dialect.generation) == (name, label))


@pytest.mark.parametrize(("name", "label", "header"), HEADERS)
def test_every_generation_is_known_by_its_header(name: str, label: str, header: str) -> None:
    row = row_of(generation(name, label))
    assert list(row) == header.split(",")
    export = parse(csv_text(list(row), row))
    assert (export.dialect.name, export.dialect.generation) == (name, label)
    assert list(export.warnings) == []
    [found] = seen(export)
    assert found.added_at == parse_utc(ADDED)
    assert found.added_by == "somebody"
    claim = export.claim(found)
    assert claim.recording is not None
    assert (claim.recording.title, claim.recording.artists) == ("Song", (Artist("Ada"),))
    assert claim.release is not None
    assert claim.release.album == "Rivers"
    assert claim.track == URI or label == "2024-09-04"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.dialect.generation)
def test_ids_and_escapes_make_a_source_of_exportify_app_sound(form: Form) -> None:
    dialect = form.dialect
    expected = OLD_RANK
    if dialect.name == APP and dialect.generation in SOUND:
        expected = APP_RANK
    elif (dialect.name, dialect.generation) == (NET, "2025-07-27"):
        expected = NET_RANK
    assert dialect.rank == expected
    assert ("artists" in dialect.damages) == (expected == OLD_RANK)


def test_each_generation_has_a_name_of_its_own() -> None:
    names = [(form.dialect.name, form.dialect.generation) for form in FORMS]
    assert len(names) == len(set(names))


def test_the_first_form_quotes_nothing_so_commas_in_names_cost_the_names_and_not_the_row() -> None:
    header = "Spotify URI,Name,Artist Name,Album Name,Added By,Added At\n"
    text = header + f"{URI},Yes, no,Ada,Rivers, Vol. 1,spotify:user:me,{ADDED}\n"
    export = parse(text + f"{URI},Song,Ada,Rivers,spotify:user:me,{ADDED}\n")
    first, second = seen(export)
    assert (first.added_at, first.added_by) == (second.added_at, "me")
    assert export.claim(first) == Claim(URI)
    assert list(export.warnings) == ["1 row has commas inside names, which were left out"]
    [problem] = rejected(
        parse(text.replace("spotify:user:me,", "spotify:user:me,then,")[:-1] + "!")
    )
    assert "cells where the header has 6" in problem.reason


def test_commas_in_names_are_read_where_exportify_app_escaped_them() -> None:
    form = generation(APP, "2015-05-21")
    row = row_of(form) | {"Artist Name": "Tyler\\, The Creator, Ada"}
    claim = only_claim(csv_text(list(row), row))
    assert claim.recording is not None
    assert [each.name for each in claim.recording.artists] == ["Tyler, The Creator", "Ada"]


@pytest.mark.parametrize(
    ("names", "ids", "read"),
    [
        ("Ada,Bert", f"{ID},{ID}", ["Ada", "Bert"]),
        ("Tyler, The Creator", ID, ["Tyler, The Creator"]),
        ("Earth, Wind & Fire,Ada", f"{ID},{ID}", ["Earth, Wind & Fire", "Ada"]),
        ("Ada,Bert,Cleo", f"{ID},{ID}", ["Ada", "Bert", "Cleo"]),
        ("A; B", f"{ID},{ID}", ["A", " B"]),
    ],
)
def test_artists_are_counted_against_their_ids(names: str, ids: str, read: list[str]) -> None:
    row = row_of(generation(NET, "2019-06-27")) | {"Artist Name(s)": names, "Artist IDs": ids}
    claim = only_claim(csv_text(list(row), row | {"Spotify ID": ID}))
    assert claim.track == URI
    assert claim.recording is not None
    assert [each.name for each in claim.recording.artists] == read
    fits = len(read) == len(ids.split(","))
    assert {each.uri for each in claim.recording.artists} == {
        f"spotify:artist:{ID}" if fits else None
    }


def test_an_album_id_is_an_album() -> None:
    row = row_of(generation(NET, "2024-09-01")) | {"Album ID": ID, "Label": "Millstone"}
    claim = only_claim(csv_text(list(row), row))
    assert claim.release is not None
    assert (claim.release.album_uri, claim.release.label) == (f"spotify:album:{ID}", "Millstone")


def test_the_header_with_tabs_before_danceability_is_known() -> None:
    header = list(row_of(generation(NET, "2024-09-10")))
    tabbed = ["\t\t\t\t" + cell if cell == "Danceability" else cell for cell in header]
    assert parse(csv_text(tabbed)).dialect.generation == "2024-09-10"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Earth, Wind & Fire", ["Earth, Wind & Fire"]),
        ("Tyler, The Creator,Kali Uchis", ["Tyler, The Creator", "Kali Uchis"]),
        ("Ada,Bert", ["Ada", "Bert"]),
    ],
)
def test_a_comma_before_a_space_is_of_a_name_where_artists_are_joined_by_bare_ones(
    cell: str, names: list[str]
) -> None:
    row = row_of(generation(NET, "2024-09-10")) | {"Artist Name(s)": cell}
    claim = only_claim(csv_text(list(row), row))
    assert claim.recording is not None
    assert [artist.name for artist in claim.recording.artists] == names


def test_a_file_without_any_id_makes_keys_of_names() -> None:
    row = row_of(generation(NET, "2024-09-04"))
    assert only_claim(csv_text(list(row), row)).track.startswith("meta:")


TWICE = [*NET_HEADER[:10], "Explicit", *NET_HEADER[10:]]


@pytest.mark.parametrize("features", [",1" * 12, ""])
def test_explicit_stands_twice_in_the_header_and_once_in_the_rows(features: str) -> None:
    row = f'{URI},"Song","Rivers","Ada,Bert",2001,1000,7,true,me,{ADDED},"folk","Millstone"'
    export = parse(",".join(TWICE) + "\n" + row + features + "\n")
    assert export.dialect.generation == "2025-05-23 (Explicit twice)"
    [found] = seen(export)
    claim = export.claim(found)
    assert (claim.genres, found.added_at) == (("folk",), parse_utc(ADDED))
    assert claim.recording is not None
    assert claim.recording.explicit is True
    assert (claim.features is None) == (not features)


def test_a_column_that_stands_twice_is_read_from_the_first_that_says_something() -> None:
    row = f'{URI},"Song","Rivers","Ada",2001,1000,7,,me,{ADDED},true,"folk","L"' + ",1" * 12
    claim = only_claim(",".join(TWICE) + "\n" + row + "\n")
    assert claim.recording is not None
    assert claim.recording.explicit is True
    text = csv_text(["Track Name", *NET_HEADER], net_row()).replace('"Song"', '""', 1)
    assert parse(text).dialect.name == NET
    both = only_claim(text)
    assert both.recording is not None
    assert both.recording.title == "Song"


CLI_DEFAULT = (
    "Position,Track Name,Album Name,Artist Name(s),Release Date,Duration_ms,Popularity,Added By,"
    "Added At,Record Label"
)


def test_exportify_cli_is_known_in_any_choice_and_order_of_columns() -> None:
    row = f'1,Song,Rivers,"Ada, Bert",2001,1000,7,me,{ADDED},Millstone\r\n'
    export = parse(CLI_DEFAULT + "\r\n" + row)
    assert (export.dialect.name, export.dialect.rank) == ("exportify-cli", OLD_RANK)
    [found] = seen(export)
    claim = export.claim(found)
    assert claim.track.startswith("meta:")
    assert claim.recording is not None
    assert (claim.recording.duration_ms, len(claim.recording.artists)) == (1000, 2)
    more = "Track ISRC,Artist Name(s),Artist URI(s),Track URI,Track Name,Album UPC\r\n"
    one = only_claim(more + f'XX1230000001,"A, B",spotify:artist:{ID},{URI},Song,1\r\n')
    assert (one.track, one.isrc) == (URI, "XX1230000001")
    assert one.recording is not None
    assert one.recording.artists == (Artist("A, B", f"spotify:artist:{ID}"),)


@pytest.mark.parametrize(
    ("text", "label", "track"),
    [
        ("title;artist;album;isrc\nSong;Ada;Rivers;XX1230000001\n", "titles only", "meta:"),
        (
            (
                "\ufefftitle;artist;album;isrc;addedDate;addedBy;duration;url\n"
                f"Song;Ada;Rivers;XX1230000001;{ADDED};me;225s;https://open.spotify.com/track/{ID}\n"
            ),
            "with dates",
            URI,
        ),
        (
            (
                "title;artist;album;isrc;addedDate;addedBy;duration;url\n"
                "Song;Ada;Rivers;XX1230000001;2015-06-01;me;225s;https://tidal.com/track/1\n"
            ),
            "with dates",
            "meta:",
        ),
        (
            (
                "title,artist,album,isrc,platform,trackId,duration,addedDate,url\n"
                f"Song,Ada,Rivers,XX1230000001,spotify,{ID},225s,{ADDED},\n"
            ),
            "with matches",
            URI,
        ),
        (
            (
                "title,artist,album,isrc,platform,trackId,duration,addedDate,url\n"
                "Song,Ada,Rivers,XX1230000001,deezer,31337,3:45,,https://deezer.com/track/31337\n"
            ),
            "with matches",
            "meta:",
        ),
    ],
)
def test_soundiiz_is_read_with_its_durations_and_addresses(
    text: str, label: str, track: str
) -> None:
    export = parse(text)
    assert (export.dialect.name, export.dialect.generation) == ("Soundiiz", label)
    assert list(export.warnings) == []
    [found] = seen(export)
    claim = export.claim(found)
    assert claim.track.startswith(track)
    assert claim.isrc == "XX1230000001"
    assert claim.recording is not None
    assert claim.recording.duration_ms == (None if label == "titles only" else 225_000)
    # A day is not the moment of adding.
    assert (found.added_at is None) == (ADDED not in text)


def test_a_junk_row_is_an_unavailable_entry_with_its_moment() -> None:
    junk = f',"undefined","undefined","undefined",,,,,,{ADDED},"","undefined"' + "," * 12 + "\n"
    export = parse(",".join(NET_HEADER) + "\n" + junk)
    [found] = seen(export)
    assert found.added_at == parse_utc(ADDED)
    assert export.claim(found) == Claim(UNAVAILABLE)


@pytest.mark.parametrize("nothing", ["NULL", "nan", "None", "Undefined"])
def test_numbers_are_nothing_however_an_exporter_says_so(nothing: str) -> None:
    claim = only_claim(csv_text(NET_HEADER, net_row(duration_ms=nothing, energy=nothing)))
    assert claim.recording is not None
    assert (claim.recording.duration_ms, claim.features) == (None, None)
    titled = only_claim(csv_text(NET_HEADER, net_row(title="NULL")))
    assert titled.recording is not None
    assert titled.recording.title == "NULL"
