"""Tables of no known exporter, and Soundiiz' like them: read by their titles, with a word on what is odd."""

from __future__ import annotations

import pytest

from syncengine.adapters.exports.dialects import APP_TITLES
from syncengine.core.track import OLD_RANK, Artist
from syncengine.errors import MalformedExport
from tests.adapters.exports.samples import NET_HEADER, URI, only_claim, parse, seen

ID = URI[-22:]


def test_a_header_nobody_writes_is_read_by_the_titles_that_are_known() -> None:
    header = "Titel;Künstlername(n);TRACK URI;Nom de l'album;My notes;Duration\n"
    text = "Rating,track name,ARTIST NAME(S),Spotify URL,Nom de l'album,My notes,Duration\n"
    row = f"5,Song,Ada; Bert,https://open.spotify.com/track/{ID},Rivers,x,3:45\n"
    export = parse(text + row)
    assert (export.dialect.name, export.dialect.rank) == ("unknown", OLD_RANK)
    [warning] = export.warnings
    assert "without: Rating, My notes" in warning
    claim = export.claim(seen(export)[0])
    assert claim.track == URI
    assert claim.recording is not None
    assert claim.recording.artists == (Artist("Ada"), Artist("Bert"))
    assert claim.recording.duration_ms == 225_000
    assert claim.release is not None
    assert claim.release.album == "Rivers"
    assert parse(header).dialect.name == "unknown"


def test_a_header_nobody_writes_needs_an_id_or_title_and_artist() -> None:
    assert parse("Track URI,Foo\n").dialect.name == "unknown"
    only_id = parse("Track URI,Foo\nnot an id,x\n")
    with pytest.raises(ValueError, match="names no track"):
        only_id.claim(seen(only_id)[0])


def test_an_unknown_file_with_a_column_of_playlists_is_refused() -> None:
    with pytest.raises(MalformedExport, match="one file for each playlist"):
        parse("Track name,Artist name,Playlist name\nSong,Ada,Mix\n")


def test_titles_of_one_meaning_are_known_in_every_language() -> None:
    assert parse(f"{APP_TITLES['uri']},Beliebtheit,人気度\n").dialect.name == "unknown"


@pytest.mark.parametrize(
    ("title", "cell", "duration_ms"),
    [
        ("duration", "225", 225_000),
        ("duration", "225.4", 225_400),
        ("duration", "225000", 225_000),
        ("duration", "9600", 9_600_000),
        ("duration", "225s", 225_000),
        ("Duration", "", None),
        ("Duration (ms)", "225", 225),
        ("Duration_ms", "225", 225),
    ],
)
def test_a_bare_duration_is_in_seconds_where_its_title_does_not_say_otherwise(
    title: str, cell: str, duration_ms: int | None
) -> None:
    own = parse(f"Song,Artist Name(s),{title},Stars\nSong,Ada,{cell},5\n")
    soundiiz = parse(
        "title;artist;album;isrc;addedDate;addedBy;duration;url\n"
        f"Song;Ada;Rivers;XX1230000001;;me;{cell};\n"
    )
    for export in (own, soundiiz) if title == "duration" else (own,):
        [found] = seen(export)
        recording = export.claim(found).recording
        assert recording is not None
        assert recording.duration_ms == duration_ms


def test_a_long_podcast_of_soundiiz_is_in_seconds() -> None:
    header = "title;artist;album;isrc;addedDate;addedBy;duration;url\n"
    recording = only_claim(f"{header}Song;Ada;Rivers;;;me;14400;\n").recording
    assert recording is not None
    assert recording.duration_ms == 14_400_000


@pytest.mark.parametrize("rows", [3, 12_000])
def test_ids_that_name_no_track_are_told_where_names_do(rows: int) -> None:
    header = "Song,Artist Name(s),Track URI\n"
    sound = f"Song,Ada,{URI}\n" * (rows - 3)
    export = parse(
        f"{header}{sound}Song,Ada,spotify:track:bad\nSong,Ada,\nSong,Ada,https://tidal.com/track/1\n"
    )
    told = (
        f"1 row has a Track URI that names no track, the first in line {rows - 1:,}; "
        "these tracks are known by their names only"
    )
    for _ in range(2):
        assert [export.claim(row).track[:5] for row in seen(export)][-3:] == ["meta:"] * 3
        assert list(export.warnings)[1:] == [told]


def test_ids_of_other_services_in_soundiiz_are_nothing_to_tell() -> None:
    header = "title,artist,album,isrc,platform,trackId,duration,addedDate,url\n"
    start = "Song,Ada,Rivers,XX1230000001"
    export = parse(
        f"{header}{start},deezer,31337,225s,,https://deezer.com/track/31337\n"
        f"{start},spotify,{ID},225s,,https://open.spotify.com/track/cut\n"
        f"{start},spotify,,225s,,https://open.spotify.com/track/cut\n"
    )
    assert len(seen(export)) == 3
    [warning] = export.warnings
    assert warning.startswith("1 row has a trackId that names no track, the first in line 4")


def test_a_misspelt_title_is_told_with_the_one_that_was_meant() -> None:
    header = ["Track Nmae" if title == "Track Name" else title for title in NET_HEADER]
    export = parse(",".join(header) + "\n")
    assert export.warnings[0].endswith("without: Track Nmae (Track Name?)")
    header[0] = "Trak URI"
    with pytest.raises(MalformedExport) as caught:
        parse(",".join(header) + "\n")
    assert caught.value.reason.startswith(
        "unknown header, nearest to exportify.net of 2025-07-27; "
        "Trak URI should be Track URI; Track Nmae should be Track Name. Readable"
    )


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Album,Popularity,Foo", "the header names no tracks; it needs a column of ids"),
        ("Artist Nmae(s),Foo,Popularity", "; Artist Nmae(s) should be Artist Name(s). Readable"),
        (",".join(NET_HEADER[2:]), "exportify.net of 2025-07-27; missing: Track URI, Track Name."),
        ("Foo,Bar", "the first line is no header of an export"),
        (",".join(f"Titel {n}" for n in range(5_000)), "is no header"),
    ],
)
def test_a_header_that_names_no_tracks_is_told_what_it_lacks(header: str, reason: str) -> None:
    with pytest.raises(MalformedExport) as caught:
        parse(header + "\n")
    assert reason in caught.value.reason


def test_a_table_of_hundreds_of_columns_is_told_in_one_short_sentence() -> None:
    strange = [f"Column {number}" for number in range(549)]
    export = parse(",".join(["Track URI", *strange, "x" * 500]) + "\n")
    [warning] = export.warnings
    assert "without: Column 0, Column 1," in warning
    assert warning.endswith(" more")
    assert len(warning) < 350
    with pytest.raises(MalformedExport) as caught:
        parse(",".join([*NET_HEADER[2:], *strange]) + "\n")
    assert "missing: Track URI, Track Name; unknown: Column 0" in caught.value.reason
    assert len(caught.value.reason) < 500
