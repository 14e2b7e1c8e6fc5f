import csv
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.make_sample import CREATED, FOLDER, RENAMED, TRIMMED, make_sample

FIRST, SECOND = FOLDER / "2026-01-04", FOLDER / "2026-02-15"
Rows = list[dict[str, str]]


def read(folder: Path) -> dict[str, Rows]:
    library = {}
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            library[path.stem] = list(csv.DictReader(file))
    return library


def pairs(rows: Rows) -> list[tuple[str, str]]:
    return [(row["Track URI"], row["Added At"]) for row in rows]


def stem(name: str) -> str:
    return name.replace(" ", "_")


@pytest.fixture(scope="module")
def first() -> dict[str, Rows]:
    return read(FIRST)


@pytest.fixture(scope="module")
def second() -> dict[str, Rows]:
    return read(SECOND)


def test_the_committed_files_are_what_the_script_makes(tmp_path: Path) -> None:
    make_sample(tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    kept = {path.relative_to(FOLDER): path.read_bytes() for path in FOLDER.rglob("*.csv")}
    assert made == kept


def test_is_small_and_travels_well() -> None:
    files = list(FOLDER.rglob("*.csv"))
    assert sum(path.stat().st_size for path in files) < 250_000
    assert all(path.name.isascii() and "," not in path.name for path in files)


def test_size_of_both_exports(first: dict[str, Rows], second: dict[str, Rows]) -> None:
    uris = {row["Track URI"] for rows in (first | second).values() for row in rows}
    assert (len(first), len(second)) == (8, 9)
    assert 280 <= len(uris) <= 340


def test_nothing_was_added_after_its_export(
    first: dict[str, Rows], second: dict[str, Rows]
) -> None:
    for library, end in ((first, "2026-01-04T18:00:00Z"), (second, "2026-02-15T18:00:00Z")):
        assert all(row["Added At"] <= end for rows in library.values() for row in rows)


def test_holds_one_of_each_oddity(first: dict[str, Rows]) -> None:
    rows = [row for each in first.values() for row in each]
    kinds = Counter(":".join(row["Track URI"].split(":")[:2]) for row in rows)
    assert (kinds["spotify:local"], kinds["spotify:episode"], kinds[""]) == (1, 1, 1)
    assert {len(row["Release Date"]) for row in rows} >= {0, 4, 7, 10}
    assert any(row["Added By"] == "tibor.gosling" for row in rows)


def test_holds_a_track_twice_in_one_playlist(first: dict[str, Rows]) -> None:
    for playlist in (TRIMMED, "Kettle Songs"):
        uris = Counter(row["Track URI"] for row in first[stem(playlist)])
        assert [count for count in uris.values() if count > 1] == [2]


def test_holds_recordings_under_two_ids(first: dict[str, Rows]) -> None:
    recordings: dict[tuple[str, str], set[str]] = {}
    for row in [row for rows in first.values() for row in rows if row["Track URI"]]:
        key = (row["Track Name"], row["Artist Name(s)"])
        recordings.setdefault(key, set()).add(row["Track URI"])
    assert sorted(len(uris) for uris in recordings.values())[-3:] == [1, 2, 2]


def test_one_playlist_is_renamed_and_one_is_new(
    first: dict[str, Rows], second: dict[str, Rows]
) -> None:
    old, new = map(stem, RENAMED)
    assert first.keys() - second.keys() == {old}
    assert second.keys() - first.keys() == {new, stem(CREATED)}
    assert pairs(first[old]) == pairs(second[new])


def test_one_playlist_is_trimmed_and_reordered(
    first: dict[str, Rows], second: dict[str, Rows]
) -> None:
    before, after = pairs(first[stem(TRIMMED)]), pairs(second[stem(TRIMMED)])
    kept = [pair for pair in before if pair in after]
    assert set(after) < set(before)
    assert len(before) - len(after) == 6
    assert kept != after


def test_some_playlists_only_grow(first: dict[str, Rows], second: dict[str, Rows]) -> None:
    grown = {
        name: len(second[name]) - len(first[name])
        for name in first.keys() & second.keys()
        if set(pairs(second[name])) > set(pairs(first[name]))
    }
    assert grown == {"Liked_Songs": 9, "Kettle_Songs": 5, "Night_Train_to_Nowhere": 3}


def test_popularity_drifts_on_about_a_third(
    first: dict[str, Rows], second: dict[str, Rows]
) -> None:
    before, after = map(popularity, (first, second))
    both = before.keys() & after.keys()
    changed = sum(before[uri] != after[uri] for uri in both)
    assert 0.25 <= changed / len(both) <= 0.35


def popularity(library: dict[str, Rows]) -> dict[str, str]:
    rows = [row for rows in library.values() for row in rows]
    return {r["Track URI"]: r["Popularity"] for r in rows if "track" in r["Track URI"]}
