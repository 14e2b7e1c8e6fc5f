"""Which file stands in which folder, under which name, and what lists say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.assignment import (
    Assignment,
    FolderRules,
    MusicShelf,
    PlacedFile,
    assign,
)
from syncengine.core.audio_file import AudioFile, Stat, Tags
from syncengine.core.catalog import CatalogTrack
from syncengine.core.file_match import FileMatch
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.match import Tier
from syncengine.core.safe_name import folded
from tests.plan_builders import catalog_playlist, catalog_track

LIKED, MIX, ROAD = "liked", "csv:mix", "csv:road_trip"
PLAYLISTS = [
    catalog_playlist(LIKED, "Liked Songs"),
    catalog_playlist(MIX, "Mix"),
    catalog_playlist(ROAD, "Road trip"),
]


def key(number: int) -> str:
    return f"spotify:track:{number:022d}"


def song(number: int, *places: tuple[str, int | None], title: str = "") -> CatalogTrack:
    return catalog_track(key(number), title=title or f"Song {number}", places=places)


def audio(number: int, path: str = "", digest: str | None = None, size: int = 1) -> AudioFile:
    stat = Stat(size, number, 1, number)
    said = Tags(title=f"Tagged {number}", duration_ms=60_000)
    return AudioFile(path or f"/music/{number}.mp3", stat, digest or f"{number:032x}", said)


def match(
    number: int, track: int | None, tier: Tier = "certain", twins: Sequence[int] = ()
) -> FileMatch:
    found = None if track is None else TrackKey(key(track))
    keys = tuple(TrackKey(key(twin)) for twin in twins)
    return FileMatch(number, tier, found, "isrc", 1.0, "It is so.", keys)


def shelf(*matches: FileMatch, files: Mapping[int, AudioFile] | None = None) -> MusicShelf:
    there = {each.file: audio(each.file) for each in matches} | dict(files or {})
    return MusicShelf(there, {each.file: each for each in matches})


def assigned(
    tracks: Sequence[CatalogTrack], on: MusicShelf, rules: FolderRules | None = None
) -> Assignment:
    return assign(tracks, PLAYLISTS, on, rules or FolderRules())


def placed(found: Assignment) -> dict[int, PlacedFile]:
    return {each.number: each for each in found.files}


def lists(found: Assignment) -> dict[str, list[str]]:
    return {each.folder: [entry.file for entry in each.entries] for each in found.folders}


def test_a_file_stands_in_the_folders_of_all_playlists_that_hold_its_track() -> None:
    tracks = [song(1, (MIX, 5), (ROAD, 3)), song(2, (MIX, 1))]
    found = assigned(tracks, shelf(match(1, 1), match(2, 2)))
    assert {n: each.playlists for n, each in placed(found).items()} == {1: (MIX, ROAD), 2: (MIX,)}
    assert placed(found)[1].name == "Somebody - Song 1.mp3"
    assert lists(found) == {
        "Mix": ["Somebody - Song 1.mp3", "Somebody - Song 2.mp3"],
        "Road trip": ["Somebody - Song 1.mp3"],
    }
    assert not any(each.home for each in found.files)


@pytest.mark.parametrize("tier", ["unsure", "none"])
def test_what_is_not_sure_stays_where_it_is(tier: Tier) -> None:
    assert assigned([song(1, (MIX, 1))], shelf(match(1, 1, tier))).files == []
    assert assigned([song(1, (MIX, 1))], shelf(files={1: audio(1)})).files == []


def test_a_track_in_no_playlist_goes_to_unassigned_and_keeps_its_name() -> None:
    left = shelf(match(1, 1))
    found = assigned([], left)
    assert placed(found)[1].playlists == ("unassigned",)
    assert placed(found)[1].name == "Tagged 1.mp3"
    named = replace(left, names={1: "Somebody - Song 1.mp3"})
    assert placed(assigned([], named))[1].name == "Somebody - Song 1.mp3"
    assert lists(assigned([], named)) == {"Unassigned": ["Somebody - Song 1.mp3"]}


def test_liked_songs_is_a_folder_or_not() -> None:
    tracks = [song(1, (LIKED, 1)), song(2, (LIKED, 1), (MIX, 2))]
    files = shelf(match(1, 1), match(2, 2))
    assert placed(assigned(tracks, files))[2].playlists == (MIX, LIKED)
    without = placed(assigned(tracks, files, FolderRules(liked=False)))
    assert {n: each.playlists for n, each in without.items()} == {1: ("unassigned",), 2: (MIX,)}


def test_a_twin_without_a_file_is_served_and_one_with_a_file_is_not() -> None:
    tracks = [song(1, (MIX, 1)), song(2, (ROAD, 1))]
    found = assigned(tracks, shelf(match(1, 1, twins=[2])))
    assert placed(found)[1].playlists == (MIX, ROAD)
    assert lists(found)["Road trip"] == ["Somebody - Song 1.mp3"]
    both = assigned(tracks, shelf(match(1, 1, twins=[2]), match(2, 2, twins=[1])))
    assert {n: each.playlists for n, each in placed(both).items()} == {1: (MIX,), 2: (ROAD,)}


def test_of_files_with_one_audio_one_is_assigned_and_it_stays_the_same_one() -> None:
    copies = {1: audio(1, "/b/1.mp3", "f" * 32), 2: audio(2, "/a/1.mp3", "f" * 32)}
    files = shelf(match(1, 1), match(2, 1), files=copies)
    found = assigned([song(1, (MIX, 1))], files)
    assert (list(placed(found)), dict(found.repeated)) == ([2], {1: 2})
    kept = assigned([song(1, (MIX, 1))], replace(files, names={1: "Somebody - Song 1.mp3"}))
    assert (list(placed(kept)), dict(kept.repeated)) == ([1], {2: 1})


def test_of_two_forms_of_a_song_both_are_there_and_the_list_names_the_better() -> None:
    forms = {1: audio(1, "/a/1.mp3"), 2: audio(2, "/a/1.FLAC")}
    found = assigned([song(1, (MIX, 1))], shelf(match(1, 1), match(2, 1), files=forms))
    assert {each.name for each in found.files} == {
        "Somebody - Song 1.mp3",
        "Somebody - Song 1.flac",
    }
    assert lists(found) == {"Mix": ["Somebody - Song 1.flac"]}


def test_a_file_itself_lives_where_a_person_says_else_where_it_came_first() -> None:
    tracks = [song(1, (MIX, 5), (ROAD, 3), (LIKED, None))]
    files = shelf(match(1, 1))
    homes = [
        placed(assigned(tracks, files, FolderRules(move=True, priority=wanted)))[1].home
        for wanted in ((), ("mix",), ("nothing", "LIKED SONGS", "Mix"))
    ]
    assert homes == [ROAD, MIX, LIKED]
    assert placed(assigned([], files, FolderRules(move=True)))[1].home == "unassigned"
    only = placed(assigned(tracks, files, FolderRules(moving=frozenset({1}))))
    assert only[1].home == ROAD


def test_a_file_that_lives_in_a_folder_stays_there_and_leaves_only_with_its_track() -> None:
    files = replace(shelf(match(1, 1)), homes={1: PlaylistKey(MIX)})
    both, one = [song(1, (MIX, 5), (ROAD, 3))], [song(1, (ROAD, 3))]
    assert placed(assigned(both, files))[1].home == MIX
    assert placed(assigned(one, files))[1].home == ROAD
    assert placed(assigned([], files))[1].home == "unassigned"


def test_a_playlist_that_is_called_unassigned_has_another_folder_and_a_rename_renames() -> None:
    named = [catalog_playlist(MIX, "Unassigned")]
    found = assign([song(1, (MIX, 1))], named, shelf(match(1, 1), match(2, 2)), FolderRules())
    folders = {str(each.key): each.folder for each in found.folders}
    assert folders["unassigned"] == "Unassigned"
    assert folded(folders[MIX]) != folded("Unassigned")
    known = replace(shelf(match(1, 1)), folders={PlaylistKey(MIX): "Mix"})
    renamed = [catalog_playlist(MIX, "Mix 2")]
    (folder,) = assign([song(1, (MIX, 1))], renamed, known, FolderRules()).folders
    assert folder.folder == "Mix 2"


def test_a_key_that_became_better_keeps_folder_and_home() -> None:
    playlist = replace(catalog_playlist("spotify:playlist:x", "Mix"), also=(PlaylistKey(MIX),))
    other = catalog_playlist("csv:0", "MIX")
    files = replace(
        shelf(match(1, 1), match(2, 2)),
        homes={1: PlaylistKey(MIX)},
        folders={PlaylistKey(MIX): "Mix"},
    )
    tracks = [song(1, ("spotify:playlist:x", 9), ("csv:0", 1)), song(2, ("csv:0", 1))]
    found = assign(tracks, [playlist, other], files, FolderRules())
    assert {str(each.key): each.folder for each in found.folders}["spotify:playlist:x"] == "Mix"
    assert placed(found)[1].home == "spotify:playlist:x"


TITLES = st.sampled_from(["Song", "SONG", "Söng", "So/ng", "CON", "...", "", "x" * 300, "Song."])


@st.composite
def libraries(draw: st.DrawFn) -> tuple[list[CatalogTrack], MusicShelf]:
    count = draw(st.integers(1, 6))
    tracks = []
    for number in range(count):
        keys = draw(st.sets(st.sampled_from([LIKED, MIX, ROAD])))
        places = [(each, draw(st.none() | st.integers(0, 9))) for each in sorted(keys)]
        tracks.append(song(number, *places, title=draw(TITLES)))
    matches = [
        match(n, draw(st.integers(0, count)), draw(st.sampled_from(["certain", "likely", "none"])))
        for n in range(draw(st.integers(0, 6)))
    ]
    files = {
        each.file: audio(each.file, digest=f"{draw(st.integers(0, 3)):032x}") for each in matches
    }
    return tracks, shelf(*matches, files=files)


@given(libraries(), st.randoms(use_true_random=False), st.booleans())
def test_names_are_alone_everywhere_and_nothing_depends_on_order(
    library: tuple[list[CatalogTrack], MusicShelf], random: object, move: bool
) -> None:
    tracks, files = library
    rules = FolderRules(move=move)
    found = assigned(tracks, files, rules)
    names = [folded(each.name) for each in found.files]
    assert len(names) == len(set(names))
    folders = [folded(each.folder) for each in found.folders]
    assert len(folders) == len(set(folders))
    for each in found.files:
        assert each.playlists
        assert "/" not in each.name
        assert (each.home in each.playlists) if move else each.home is None
    shuffled = tracks[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assigned(shuffled, files, rules) == found


@given(libraries(), libraries())
def test_names_stay_when_others_come_and_go(
    first: tuple[list[CatalogTrack], MusicShelf], second: tuple[list[CatalogTrack], MusicShelf]
) -> None:
    tracks, files = first
    before = assigned(tracks, files)
    known = {each.number: each.name for each in before.files}
    folders = {each.key: each.folder for each in before.folders}
    more = {n + 100: replace(match(n + 100, None), track=m.track, tier=m.tier)
            for n, m in second[1].matches.items()}  # fmt: skip
    both = MusicShelf(
        {**files.files, **{n: audio(n) for n in more}}, {**files.matches, **more}, known,
        folders=folders,
    )  # fmt: skip
    after = placed(assigned(tracks, both))
    assert {n: after[n].name for n in known if n in after} == {
        n: known[n] for n in known if n in after
    }
    assert set(known) <= set(after)
