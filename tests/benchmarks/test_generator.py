import csv
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.exports import APP_HEADER, LIKED, NET_HEADER, Playlist, file_stem
from benchmarks.generator import Library, main

Pairs = list[tuple[str, int]]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.csv")}


def cells(folder: Path) -> list[list[str]]:
    found: list[list[str]] = []
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == NET_HEADER.split(",")
        found += rows
    return found


def pairs(playlist: Playlist) -> Pairs:
    return [(entry.track.uri, entry.added_at) for entry in playlist.entries]


def changes(before: Pairs, after: Pairs) -> tuple[int, int, int]:
    """Entries added, removed and moved; what stays in order is a longest increasing subsequence."""
    old, new = Counter(before), Counter(after)
    places = {pair: place for place, pair in enumerate(before)}
    order = [places[pair] for pair in after if pair in places]
    longest: list[int] = []
    for n, place in enumerate(order):
        longest.append(1 + max((longest[m] for m in range(n) if order[m] < place), default=0))
    moved = len(order) - max(longest, default=0)
    return (new - old).total(), (old - new).total(), moved


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(seed=3, rows=3_000, playlists=20)


@pytest.fixture(scope="module")
def exported(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    library.write(folder)
    return folder


def test_one_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", "5"), ("same", "5"), ("other", "6")):
        arguments = ["--rows", "400", "--playlists", "6", "--days", "3", "--seed", seed]
        main([str(tmp_path / name), *arguments])
    assert contents(tmp_path / "one") == contents(tmp_path / "same")
    assert contents(tmp_path / "one") != contents(tmp_path / "other")
    assert contents(tmp_path / "one" / "day-000") != contents(tmp_path / "one" / "day-001")


@pytest.mark.parametrize(("rows", "playlists"), [(1, 0), (1, 1), (5, 3), (977, 0), (977, 40)])
def test_has_exactly_the_rows_and_playlists_asked_for(rows: int, playlists: int) -> None:
    library = Library(seed=1, rows=rows, playlists=playlists)
    assert library.rows == rows
    assert len({file_stem(each.name).casefold() for each in library.playlists}) == playlists + 1


def test_tracks_and_playlists_are_spread_as_in_real_libraries(library: Library) -> None:
    uris = {entry.track.uri for playlist in library.playlists for entry in playlist.entries}
    sizes = [len(playlist.entries) for playlist in library.playlists]
    credits = Counter(track.artists[0].name for track in library.catalogue.tracks)
    albums = Counter(track.album.uri for track in library.catalogue.tracks)
    assert 0.74 <= len(uris) / library.rows <= 0.76
    assert 0.15 <= sizes[0] / library.rows <= 0.25
    assert sizes[0] == max(sizes)
    assert sizes[1] > 4 * sizes[-1]
    assert credits.most_common(1)[0][1] > 10 * credits.total() / len(credits)
    assert albums.total() / len(albums) > 2


def test_asked_for_tracks_there_are_as_many() -> None:
    library = Library(seed=2, rows=500, playlists=5, tracks=100)
    songs = {e.track.uri for each in library.playlists for e in each.entries if e.track.uri}
    assert len(songs) == 100


def test_holds_what_readers_stumble_over(exported: Path) -> None:
    rows = cells(exported)
    kinds = Counter(":".join(row[0].split(":")[:2]) for row in rows)
    assert all(len(row) == 24 for row in rows)
    assert all(0 < kinds[kind] < 20 for kind in ("", "spotify:local", "spotify:episode"))
    assert {len(row[4]) for row in rows} == {0, 4, 7, 10}
    assert any('"' in row[1] for row in rows)
    assert any("," in row[1] and "," in row[3] for row in rows)
    assert any(not row[1].isascii() for row in rows)
    assert any(";" in row[3] for row in rows)
    assert any(row[0].startswith("spotify:track:") and not any(row[12:]) for row in rows)
    assert not any("e-" in cell for row in rows for cell in row[12:])


def test_a_playlist_may_hold_a_track_twice_but_liked_songs_never(library: Library) -> None:
    liked, *others = library.playlists
    assert liked.name == LIKED
    assert all(entry.track.uri.startswith("spotify:track:") for entry in liked.entries)
    assert max(Counter(uri for uri, _ in pairs(liked)).values()) == 1
    assert any(max(Counter(pairs_of).values()) > 1 for pairs_of in map(uris_of, others))


def uris_of(playlist: Playlist) -> list[str]:
    return [uri for uri, _ in pairs(playlist)]


def test_is_written_as_exportify_net_writes(exported: Path, library: Library) -> None:
    content = (exported / "Liked_Songs.csv").read_bytes()
    bom, first = content[:3], content.decode("utf-8-sig").splitlines()[1]
    entry = library.playlists[0].entries[0]
    assert bom == b"\xef\xbb\xbf"
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert first.startswith(f'{entry.track.uri},"')
    assert f",{entry.track.duration},{entry.track.popularity}," in first
    assert first.endswith(f'","{entry.track.album.label}",{entry.track.features}')


def test_is_written_as_exportify_app_writes(library: Library, tmp_path: Path) -> None:
    library.write(tmp_path, dialect="exportify.app")
    lines = (tmp_path / "liked.csv").read_text(encoding="utf-8").splitlines()
    everything = b"".join(contents(tmp_path).values())
    assert lines[0] == ",".join(f'"{title}"' for title in APP_HEADER.split(","))
    assert len(lines) == 1 + len(library.playlists[0].entries)
    assert all(line.startswith('"spotify:') for line in lines[1:])
    assert b"\\, the Reluctant Otter" in everything
    assert b"undefined,undefined" not in everything


@pytest.mark.parametrize("asked", [0, 1, 20, 60])
def test_a_day_changes_exactly_the_asked_number_of_entries(asked: int) -> None:
    library = Library(seed=asked, rows=1_500, playlists=30)
    for _ in range(3):
        before = {each.name: pairs(each) for each in library.playlists}
        drift = library.advance_day(changes=asked, popularity_drift=0)
        found = [changes(before[each.name], pairs(each)) for each in library.playlists]
        totals = tuple(sum(column) for column in zip(*found, strict=True))
        assert totals == (drift.added, drift.removed, drift.moved)
        assert sum(totals) == asked


def test_a_day_changes_the_asked_share_of_popularity_and_no_other_fact() -> None:
    library = Library(seed=4, rows=1_000, playlists=10)
    before = [(t.uri, t.popularity, t.title, t.duration) for t in library.catalogue.tracks]
    library.advance_day(changes=0, popularity_drift=0.3)
    after = [(t.uri, t.popularity, t.title, t.duration) for t in library.catalogue.tracks]
    changed = [(a[1], b[1]) for a, b in zip(before, after, strict=True) if a != b]
    assert 0.29 <= len(changed) / len(before) <= 0.31
    assert all(1 <= abs(old - new) <= 3 and 0 <= new <= 100 for old, new in changed)
    assert [(b[0], *b[2:]) for b in before] == [(a[0], *a[2:]) for a in after]


def test_writing_again_touches_only_what_changed_and_every_time(tmp_path: Path) -> None:
    library = Library(seed=8, rows=600, playlists=12)
    assert len(library.write(tmp_path / "kept")) == 13
    library.advance_day(changes=1, popularity_drift=0)
    assert len(library.write(tmp_path / "kept")) == 1
    assert len(library.write(tmp_path / "new")) == 13
    assert contents(tmp_path / "kept") == contents(tmp_path / "new")
    times = sorted(path.stat().st_mtime for path in (tmp_path / "kept").rglob("*.csv"))
    begun = library.moment(1).timestamp()
    assert times == [begun + 3 * place for place in range(13)]


def test_no_entry_is_younger_than_the_file_that_shows_it(tmp_path: Path) -> None:
    library = Library(seed=9, rows=600, playlists=12)
    for _ in range(3):
        library.advance_day(changes=50)
    begun = library.moment(3).timestamp()
    assert all(at <= begun for each in library.playlists for _, at in pairs(each))
