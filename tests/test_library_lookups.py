"""``from syncengine import Library``: duplicates, lists and search as a script asks for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import syncengine
from syncengine import Library
from syncengine.core.identity import LIKED, UNAVAILABLE
from syncengine.core.track import AudioFeatures
from syncengine.errors import Gone, NotFound, TryLater, UsageError
from tests import made_exports as made
from tests.builders import NOW, track
from tests.fakes.service import (
    PLAYLIST,
    MadeService,
    entry,
    listed,
    no_network,
    no_sign_in,
    rate_limited,
)
from tests.made_exports import UNAVAILABLE as GREY
from tests.made_exports import Song, songs

EXPORTED_AT = "2026-01-10T12:00:00Z"
ISRCS = "https://open.spotify.com/track/{}"


@pytest.fixture
def service() -> MadeService:
    return MadeService(page_size=2)


@pytest.fixture
def library(tmp_path: Path, service: MadeService) -> Iterator[Library]:
    url = f"sqlite:///{tmp_path / 'library.db'}"
    with Library(url, clock=lambda: NOW, service=service) as opened:
        folder = tmp_path / "exports"
        made.write(folder / "Mix.csv", [*songs(1, 2), GREY, *songs(1)])
        made.write(folder / "Liked_Songs.csv", [Song(5, title="Déjà Vu"), *songs(2)])
        opened.import_csv(folder, taken_at=EXPORTED_AT)
        yield opened


def test_a_duplicate_by_id(library: Library, service: MadeService) -> None:
    for text in (track(1), track(1)[14:], ISRCS.format(track(1)[14:])):
        same = library.find_duplicate(text)
        assert same is not None
        assert (same.match, same.track.key, same.source) == ("id", track(1), "exportify.net")
    assert service.calls == []


def test_a_duplicate_by_isrc_comes_before_one_by_name(
    library: Library, service: MadeService, tmp_path: Path
) -> None:
    assert library.find_duplicate(isrc="GBAYE0000001") is None
    header = "Track URI,Track Name,Artist Name(s),Album Name,Duration (ms),ISRC,Added At"
    lines = [header, f"{track(30)},Other Words,Someone,Album,180000,GBAYE0000001,2025-06-01"]
    (tmp_path / "With ISRC.csv").write_text("\n".join(lines) + "\n")
    library.import_csv(tmp_path / "With ISRC.csv", taken_at="2026-02-01")
    service.add(entry(track(31), "Déjà Vu", "Artist 0", isrc="gbaye0000001"))
    same = library.find_duplicate(track(31))
    assert same is not None
    assert (same.match, same.track.key) == ("isrc", track(30))


@pytest.mark.parametrize("isrc", ["ZZ-AN8-44-70683", "zz an8 44 70683", " ZZAN84470683\n"])
@pytest.mark.parametrize("stored", ["ZZAN84470683", "zz-an8-44-70683"])
def test_an_isrc_may_be_written_with_hyphens(
    library: Library, tmp_path: Path, isrc: str, stored: str
) -> None:
    header = "Track URI,Track Name,Artist Name(s),Album Name,Duration (ms),ISRC,Added At"
    lines = [header, f"{track(30)},Other Words,Someone,Album,180000,{stored},2025-06-01"]
    (tmp_path / "With ISRC.csv").write_text("\n".join(lines) + "\n")
    library.import_csv(tmp_path / "With ISRC.csv", taken_at="2026-02-01")
    same = library.find_duplicate(isrc=isrc)
    assert same is not None
    assert (same.match, same.track.key) == ("isrc", track(30))
    assert library.find_duplicate(isrc="-") is None


@pytest.mark.parametrize("index_first", [True, False])
def test_an_isrc_that_only_spotify_told_of_counts(
    library: Library, service: MadeService, *, index_first: bool
) -> None:
    if index_first:
        library.search("song")
    service.add(entry(track(5), "Déjà Vu", "Artist 0", isrc="GBAYE0000005"))
    library.track(track(5))
    same = library.find_duplicate(isrc="gbaye0000005")
    assert same is not None
    assert (same.match, same.track.key) == ("isrc", track(5))


def test_a_name_that_is_told_after_the_features(library: Library, service: MadeService) -> None:
    library.search("song")
    service.features[track(80)] = AudioFeatures(tempo=100)
    service.add(entry(track(80), "Late Name", "Somebody"))
    library.audio_features(track(80))
    library.track(track(80))
    assert library.track("late name", artist="somebody", prefer="offline").key == track(80)


def test_a_duplicate_by_name(library: Library, service: MadeService) -> None:
    same = library.find_duplicate("DEJA VU", artist="artist 0")
    assert same is not None
    assert (same.match, same.track.key) == ("name", track(5))
    assert library.find_duplicate("DEJA VU", artist="artist 0", duration_ms=201_999) == same
    assert library.find_duplicate("deja vu", artist="artist 0", duration_ms=210_000) is None
    assert library.find_duplicate("deja vu", artist="somebody") is None
    assert service.calls == []
    service.add(entry(track(40), "deja vu", "ARTIST 0"))
    found = library.find_duplicate(track(40))
    assert found == same
    assert service.calls == ["track"]


def test_a_duplicate_of_what_nobody_knows(library: Library, service: MadeService) -> None:
    assert library.find_duplicate(track(99), prefer="offline") is None
    with pytest.raises(Gone):
        library.find_duplicate(track(99))
    service.failing = rate_limited
    with pytest.raises(TryLater):
        library.find_duplicate(track(99))
    with pytest.raises(UsageError):
        library.find_duplicate()


def test_what_left_the_library_is_no_duplicate(library: Library, tmp_path: Path) -> None:
    made.write(tmp_path / "Mix.csv", songs(2))
    library.import_csv(tmp_path / "Mix.csv", taken_at="2026-02-10T12:00:00Z")
    assert library.find_duplicate("song 1", artist="artist 1") is None
    assert library.find_duplicate(track(1), prefer="offline") is None
    assert library.track(track(1), prefer="offline").title == "Song 1"


def test_stored_lists_make_no_call(library: Library, service: MadeService) -> None:
    liked = library.liked_songs()
    assert [each.track for each in liked] == [track(5), track(2)]
    assert (liked.source, liked.name, len(liked)) == ("exportify.net", "Liked Songs", 2)
    assert liked.age == NOW - liked.at
    mix = library.playlist_tracks("mix")
    assert [each.track for each in mix] == [track(1), track(2), UNAVAILABLE, track(1)]
    assert (mix.entries[0].added_by, mix.entries[0].popularity) == ("somebody", 50)
    assert mix.entries[1].facts.recording.title == "Song 2"
    assert service.calls == []


def test_lists_can_be_read_from_spotify_and_are_not_stored(
    library: Library, service: MadeService
) -> None:
    songs_there = [listed(entry(track(n), f"Song {n}", "Somebody")) for n in range(60, 65)]
    service.lists = {LIKED: songs_there, PLAYLIST: songs_there[:1]}
    liked = library.liked_songs(prefer="api")
    assert [each.track for each in liked] == [track(n) for n in range(60, 65)]
    assert (liked.source, liked.age) == ("spotify", 0)
    assert service.calls == ["entries"] * 3
    assert len(library.playlist_tracks(PLAYLIST)) == 1  # nothing of it is stored
    assert service.calls[3:] == ["describe", "entries"]
    assert len(library.liked_songs()) == 2
    service.failing = rate_limited
    instead = library.liked_songs(prefer="api")
    assert instead.fallback is not None
    assert (instead.fallback.reason, len(instead)) == ("rate-limited", 2)
    with pytest.raises(TryLater):
        library.playlist_tracks(PLAYLIST)


def test_a_playlist_that_only_exports_know_stands_in(
    library: Library, service: MadeService
) -> None:
    mix = library.playlist_tracks("Mix", prefer="api")
    assert mix.fallback is not None
    assert (mix.fallback.reason, len(mix)) == ("not-found", 4)
    assert "Spotify's id of the playlist 'Mix' is not known" in mix.fallback.message
    assert "run syncengine fetch" in mix.fallback.message
    with pytest.raises(NotFound, match="there is no stored playlist"):
        library.playlist_tracks("No Such Playlist")
    assert service.calls == []


def test_without_the_backup_a_name_still_says_which_playlist(
    library: Library, service: MadeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = made.write(tmp_path / f"Known [{PLAYLIST[-22:]}].csv", songs(1, 2))
    library.import_csv(named, taken_at="2026-02-01")
    service.lists = {PLAYLIST: [listed(entry(track(60), "Song", "Somebody"))]}
    monkeypatch.setenv("SPOTIFY_CSV_BACKUP_ENABLED", "false")
    url = f"sqlite:///{tmp_path / 'library.db'}"
    with Library(url, clock=lambda: NOW, service=service) as strict:
        assert [each.track for each in strict.playlist_tracks("known")] == [track(60)]
        with pytest.raises(NotFound, match=r"id of the playlist 'Mix' is not known.* fetch"):
            strict.playlist_tracks("Mix")


def test_playlists_and_who_holds_a_track(library: Library, service: MadeService) -> None:
    found = {each.key: each for each in library.playlists()}
    assert {key: (p.entries, p.source) for key, p in found.items()} == {
        LIKED: (2, "exportify.net"),
        "csv:mix": (4, "exportify.net"),
    }
    assert all(each.age == NOW - (each.at or 0) for each in found.values())
    held = library.playlists_of(track(1))
    assert [(each.name, each.position, each.source) for each in held] == [
        ("Mix", 0, "exportify.net"),
        ("Mix", 3, "exportify.net"),
    ]
    for lookup in (library.playlists, lambda prefer: library.playlists_of(track(1), prefer=prefer)):
        with pytest.raises(UsageError):
            lookup(prefer="api")
    assert service.calls == []


def test_search_asks_where_nothing_stored_is_found(library: Library, service: MadeService) -> None:
    assert [each.key for each in library.search("deja")] == [track(5)]
    assert service.calls == []
    service.add(entry(track(70), "Volcano Waltz", "Somebody"))
    assert [each.key for each in library.search("volcano")] == [track(70)]
    assert [each.key for each in library.search("volcano")] == [track(70)]
    assert service.calls == ["search"]
    service.failing = rate_limited
    found = library.search("deja", prefer="api")
    assert ([each.is_fallback for each in found], found.is_fallback) == ([True], True)


@pytest.mark.parametrize("prefer", ["stored", "api"])
@pytest.mark.parametrize(
    ("fails", "reason"),
    [(rate_limited, "rate-limited"), (no_network, "unreachable"), (no_sign_in, "sign-in")],
)
def test_a_search_that_nobody_can_answer_is_empty_and_says_why(
    library: Library, service: MadeService, fails: Any, reason: str, prefer: Any
) -> None:
    service.failing = fails
    found = library.search("qqqq zzzz", prefer=prefer)
    assert found == []
    assert found.fallback == (reason, str(fails()))
    service.failing = None
    assert library.search("qqqq zzzz", prefer=prefer).fallback is None
    assert library.search("qqqq zzzz", prefer="offline").fallback is None


@pytest.mark.parametrize(
    ("variable", "fails"),
    [
        ("SPOTIFY_CSV_FALLBACK_ON_RATE_LIMIT", rate_limited),
        ("SPOTIFY_CSV_FALLBACK_ON_ERROR", no_network),
        ("SPOTIFY_CSV_BACKUP_ENABLED", rate_limited),
    ],
)
def test_a_flag_makes_such_a_search_an_error(
    library: Library,
    service: MadeService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    fails: Any,
) -> None:
    monkeypatch.setenv(variable, "false")
    service.failing = fails
    url = f"sqlite:///{tmp_path / 'library.db'}"
    with (
        Library(url, clock=lambda: NOW, service=service) as strict,
        pytest.raises(type(fails())),
    ):
        strict.search("qqqq zzzz")


@pytest.mark.parametrize("text", ['"', "", " \t", "?!… – _", "'"])
@pytest.mark.parametrize("prefer", ["api", "stored", "offline"])
def test_a_search_without_words_finds_nothing(
    library: Library, service: MadeService, text: str, prefer: Any
) -> None:
    assert library.search(text, prefer=prefer) == []
    assert service.calls == []


@pytest.mark.parametrize(
    "call",
    [
        lambda it: it.track("a title without artist"),
        lambda it: it.track(track(1), prefer="soon"),
        lambda it: it.tracks(track(1)),
        lambda it: it.tracks([track(1)], playlist="Mix"),
        lambda it: it.search("x", limit=0),
        lambda it: it.audio_features("nonsense"),
    ],
)
def test_wrong_calls_are_told(library: Library, call: Any) -> None:
    with pytest.raises(UsageError):
        call(library)


@pytest.mark.parametrize(
    "call",
    [
        lambda it: it.track(None),
        lambda it: it.track(None, artist="Somebody"),
        lambda it: it.track("Song", artist=5),
        lambda it: it.track(b"Song"),
        lambda it: it.track([track(1)]),
        lambda it: it.track(track(1), prefer=["api"]),
        lambda it: it.tracks(5),
        lambda it: it.tracks([track(1), None]),
        lambda it: it.tracks([("one",)]),
        lambda it: it.tracks([("one", None)]),
        lambda it: it.tracks(playlist=5),
        lambda it: it.audio_features(None),
        lambda it: it.audio_features([None]),
        lambda it: it.search(None),
        lambda it: it.search("x", limit="5"),
        lambda it: it.find_duplicate(5),
        lambda it: it.find_duplicate("Song", artist=5),
        lambda it: it.find_duplicate(isrc=5),
        lambda it: it.find_duplicate("Song", artist="Somebody", duration_ms="3:20"),
        lambda it: it.playlist_tracks(None),
        lambda it: it.playlists(prefer="soon"),
        lambda it: it.playlists_of(None),
        lambda it: it.playlists_of(track(1), prefer=1),
        lambda it: it.at(None),
        lambda it: it.diff("1", 2),
        lambda it: it.import_csv(None),
        lambda it: it.import_csv("x", taken_at=5),
    ],
)
def test_values_of_the_wrong_kind_are_told(
    library: Library, service: MadeService, call: Any
) -> None:
    with pytest.raises(UsageError, match=r"is not a|is no |is none of|is wanted here"):
        call(library)
    assert service.calls == []


def test_what_was_counted_is_written_when_the_program_ends(
    library: Library, tmp_path: Path
) -> None:
    library.close()
    program = (
        "import sys; from syncengine import Library;"
        f"Library(sys.argv[1]).track({track(1)!r}, prefer='stored')"
    )
    root = Path(syncengine.__file__).parents[1]
    url = f"sqlite:///{tmp_path / 'library.db'}"
    subprocess.run([sys.executable, "-c", program, url], check=True, cwd=root)
    with library._database.reading() as unit:
        assert unit.connection.exec_driver_sql(
            "SELECT sum(count) FROM lookup_tallies WHERE outcome = 'stored'"
        ).scalar() == 1  # fmt: skip
