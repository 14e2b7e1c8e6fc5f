from __future__ import annotations

import pytest

from syncengine.core.ports import Part
from syncengine.core.track import OLD_RANK, Artist
from syncengine.errors import MalformedExport
from tests.adapters.exports.playlists import cut, read
from tests.several import TMM_HEADER, tmm_row, tunemymusic, uri


def test_a_file_is_cut_by_the_name_of_the_playlist() -> None:
    rows = tmm_row(1, "Road Trip"), tmm_row(2, "AC/DC"), tmm_row(3, "Road Trip")
    found = read(tunemymusic(*rows), "all.csv")
    assert {name: each.tracks for name, each in found.items()} == {
        "Road Trip": [uri(1), uri(3)],
        "AC/DC": [uri(2)],
    }
    assert [row.line for row in found["Road Trip"].rows] == [2, 4]
    assert found["AC/DC"].part.file.path == "all.csv › AC/DC"
    dialect = found["AC/DC"].parsed.dialect
    assert (dialect.name, dialect.generation, dialect.rank) == (
        "TuneMyMusic",
        "ids of Spotify",
        OLD_RANK,
    )


def test_a_part_is_a_file_of_its_own_and_does_not_change_with_others() -> None:
    mine, other = tmm_row(1, "Mine"), tmm_row(2, "Other")
    [alone] = cut(tunemymusic(mine))
    assert isinstance(alone, Part)
    first = cut(tunemymusic(other, mine))[1]
    assert isinstance(first, Part)
    assert first.content == alone.content
    [again] = cut(alone.content)
    assert isinstance(again, Part)
    assert again.content == alone.content


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Favorite Songs", "Playlist"), ("", "Favorite"), ("Library Songs", "Favorite")],
)
def test_favorites_are_liked_songs(name: str, kind: str) -> None:
    [playlist] = read(tunemymusic(tmm_row(1, name, kind))).values()
    assert playlist.key == "liked"


def test_albums_and_artists_are_no_tracks() -> None:
    rows = tmm_row(1, "Mix"), tmm_row(2, "Library Albums", "Album"), tmm_row(3, "", "Artist")
    found = read(tunemymusic(*rows))
    assert list(found) == ["Mix"]
    assert found["Mix"].parsed.warnings == (
        "rows of albums (1) are not read",
        "rows of artists (1) are not read",
    )


def test_a_row_may_end_behind_its_type_and_have_no_id() -> None:
    header = "Track name,Artist name,Album,Playlist name,Type,ISRC"
    content = tunemymusic("Song,Ada,Album,Mix,Playlist", "Song,Ada,,Mix,Playlist,", header=header)
    mix = read(content)["Mix"]
    assert [track.partition(":")[0] for track in mix.tracks] == ["meta", "meta"]
    assert mix.parsed.dialect.generation == "no ids"


def test_ids_of_other_services_are_not_spotifys() -> None:
    header = TMM_HEADER.replace("Spotify", "Apple")
    mix = read(tunemymusic('Song,"Ada, Bob",X,Mix,Playlist,USUG11904206,1440806041', header=header))
    [claim] = mix["Mix"].claims
    assert claim.track.startswith("meta:")
    assert claim.isrc == "USUG11904206"
    assert claim.recording
    assert claim.recording.artists == (Artist("Ada"), Artist("Bob"))
    assert mix["Mix"].parsed.dialect.generation == "ids of Apple"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('"Song,Ada,Album,Mix,Playlist,,', "no valid CSV"),
        ("Song,Ada,Album,Mix,Playlist,,x", "names no track"),
        ("Song,Ada,Album,Mix,Playlist,,,,extra", "9 cells where the header has 7"),
        ("Song,Ada,Album,Mix", "cut off after 4 cells"),
    ],
)
def test_a_bad_row_is_rejected_in_the_playlist_that_it_stands_in(row: str, reason: str) -> None:
    found = read(tunemymusic(tmm_row(1, "Mix"), row, tmm_row(2, "Other")))
    assert [(each.line, reason in each.reason) for each in found["Mix"].rejected] == [(3, True)]
    assert found["Mix"].tracks == [uri(1)]
    assert found["Other"].rejected == []


def test_bad_rows_in_front_belong_to_what_follows() -> None:
    found = read(tunemymusic('"x', tmm_row(1, "Mix")))
    assert [row.line for row in found["Mix"].rejected] == [2]
    assert list(read(tunemymusic('"x'), "all.csv")) == ["all"]


def test_a_file_that_was_cut_off_says_so() -> None:
    content = tunemymusic(tmm_row(1, "Mix"), "Song,Ada,Album,Mix,Playlist").removesuffix(b"\r\n")
    assert "cut off after 5 cells" in read(content)["Mix"].rejected[0].reason


def test_what_is_no_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(MalformedExport, match=r"no UTF-8.*save it again as UTF-8") as caught:
        cut(tunemymusic(tmm_row(1, "Mix")) + b"\xff\xff,")
    assert caught.value.line == 3
    with pytest.raises(MalformedExport, match="NUL"):
        cut(tunemymusic(tmm_row(1, "Mix\0")))
