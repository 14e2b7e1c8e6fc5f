"""``enrich apply`` and ``enrich undo``: what a file changes, and that it can be taken back exactly."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.enrichment import HEADER
from tests import made_exports as made
from tests.builders import DAY, track
from tests.fakes.spotify_things import Track
from tests.made_exports import Song
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

A, B, C = "ZZTST2499901", "ZZTST2499902", "ZZTST2499903"
NAME = "spotify_enrichment_20260120_120000.csv"
BOOKS = {"runs", "sync_log", "enrichments", "raw_files", "dialects", "calls", "contents"}
"""Tables that remember what was done, and not what is so."""

Change = Callable[[str, list[str]], list[str] | None]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fill(shell: Shell, at: str = "2026-01-10", popularity: int = 50, tracks: int = 5) -> None:
    rows = [Song(n, popularity=popularity) for n in range(1, tracks + 1)]
    shell("import-csv", made.write(Path("Mix.csv"), rows), "--taken-at", at)


def write(*rows: tuple[object, ...], name: str = NAME) -> Path:
    """Write a file; a row is a track's number, and then its popularity and ISRC where they are said."""
    lines = [",".join(HEADER)]
    for number, *values in rows:
        popularity, isrc = [*values, "", ""][:2]
        lines.append(f"{track(int(str(number)))},,{popularity},{isrc}")
    path = Path(name)
    path.write_text("\n".join(lines) + "\n")
    return path


def apply(shell: Shell, path: Path, *words: object, code: int = 0) -> dict[str, Any]:
    found = shell.json("enrich", "apply", path, *words, code=code)
    assert found["kind"] == "enrich-apply"
    return found


def facts(shell: Shell, number: int) -> tuple[str | None, int | None]:
    """Return a track's ISRC and popularity."""
    found = {each["uri"]: each for each in shell.json("tracks")["tracks"]}[track(number)]
    return found["isrc"], found["popularity"]


def rows(shell: Shell) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row that says how things are."""
    connection = sqlite3.connect(shell.path)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = {
        name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
        for (name,) in names
        if name not in BOOKS
    }
    connection.close()
    return found


def state(shell: Shell) -> list[list[tuple[Any, ...]]]:
    """Return all that is said of tracks, without the row numbers of claims, which mean nothing."""
    connection = sqlite3.connect(shell.path)
    found = [
        sorted(connection.execute(sql).fetchall(), key=repr)
        for sql in (
            "SELECT * FROM tracks",
            "SELECT * FROM popularity",
            "SELECT * FROM entries",
            "SELECT * FROM enriched_tracks",
            "SELECT fingerprint, track_id, isrc FROM claims",
            """SELECT a.track_id, a.rank, a.at, c.fingerprint FROM attestations a
               JOIN claims c ON c.id = a.claim_id""",
        )
    ]
    connection.close()
    return found


def test_what_a_file_says_is_so_and_is_counted(shell: Shell) -> None:
    fill(shell)
    said = apply(shell, write((1, 90, A), (2, "", "zz-tst-24-99902"), (3, 20), (4,)))
    assert said["before"] == {
        "tracks": 5, "isrc": 0, "popularity": 5, "tiers": {"easy": 0, "medium": 5, "hard": 0},
    }  # fmt: skip
    assert said["after"] == {
        "tracks": 5, "isrc": 2, "popularity": 5, "tiers": {"easy": 1, "medium": 3, "hard": 1},
    }  # fmt: skip
    assert said["changed"] == {"isrc": 2, "popularity": 2}
    assert said["values"] == {"told": 0, "edited": 4}
    assert (said["unchanged"], said["dry_run"], said["taken_at"]) == (
        False,
        False,
        "2026-01-20T12:00:00Z",
    )
    assert [facts(shell, n) for n in (1, 2, 3, 4)] == [(A, 90), (B, 50), (None, 20), (None, 50)]
    shown = shell("enrich", "apply", write((1, 91), name=NAME.replace("20260120", "20260121")))
    assert "changed 0 ISRCs and 1 popularity" in shown.out
    assert "easy (80–100)" in shown.out
    assert shell("db", "check").code == 0


def test_the_same_file_again_changes_nothing_and_says_so(shell: Shell) -> None:
    fill(shell)
    path = write((1, 90, A))
    apply(shell, path)
    before = rows(shell)
    again = apply(shell, path)
    assert (again["unchanged"], again["applied_before"], again["run"]) == (True, True, None)
    assert "is applied already, and changes nothing" in shell("enrich", "apply", path).out
    assert rows(shell) == before


def test_a_dry_run_says_the_same_and_keeps_nothing(shell: Shell) -> None:
    fill(shell)
    path = write((1, 90, A))
    before = shell.path.read_bytes()
    tried = apply(shell, path, "--dry-run")
    assert shell.path.read_bytes() == before
    done = apply(shell, path)
    hidden = {"dry_run", "run", "seconds"}
    assert {k: v for k, v in tried.items() if k not in hidden} == {
        k: v for k, v in done.items() if k not in hidden
    }
    assert (tried["run"], tried["dry_run"]) == (None, True)
    before = shell.path.read_bytes()
    shell("enrich", "undo", "--dry-run")
    assert shell.path.read_bytes() == before


def test_a_bad_file_is_not_applied_at_all_and_every_problem_is_told(shell: Shell) -> None:
    fill(shell)
    path = write((1, 90, A), (2, 101), (3, "", "XX"), (99, 1), (1, 80, A))
    before = rows(shell)
    said = shell("enrich", "apply", path, code=1)
    for line in (2, 3, 4, 5, 6):
        assert f"{NAME}, line {line}: " in said.err
    assert "--skip-bad" in said.err
    told = shell.json("enrich", "apply", path, code=1)
    assert (told["kind"], len(told["problems"])) == ("error", 5)
    assert rows(shell) == before


def test_skip_bad_applies_the_rest(shell: Shell) -> None:
    fill(shell)
    said = apply(shell, write((1, 90, A), (2, 101), (3, 20)), "--skip-bad", code=8)
    assert said["skipped"] == [
        f"{NAME}, line 3: '101' is no popularity: a whole number from 0 to 100"
    ]
    assert [facts(shell, n)[1] for n in (1, 2, 3)] == [90, 50, 20]
    shell.error("enrich", "apply", write((2, 101), name=NAME.replace("12", "13")), "--skip-bad")


def test_newer_popularity_is_not_overruled_whichever_came_first(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Shell(tmp_path / "other.db", capsys)
    path = write((1, 90))
    fill(shell)
    fill(shell, "2026-02-01", 60)
    late = apply(shell, path)
    assert (late["unchanged"], late["outdated"]) == (True, 1)
    fill(other)
    apply(other, path)
    assert facts(other, 1)[1] == 90
    fill(other, "2026-02-01", 60)
    for each in (shell, other):
        assert facts(each, 1)[1] == 60
        found = each.json("history", "diff", "2026-01-15", "2026-01-25")["popularity"]
        assert found == {"changed": 1, "up": 1, "down": 0}


def test_an_older_file_does_not_overrule_a_newer_one(shell: Shell) -> None:
    fill(shell)
    apply(shell, write((1, 90, A)))
    said = apply(shell, write((1, 70, B), name=NAME.replace("20260120", "20260115")))
    assert (said["outvoted"], said["outdated"]) == (1, 1)
    assert facts(shell, 1) == (A, 90)
    older = write((1, 71, B), name=NAME.replace("20260120", "20260119"))
    shown = shell("enrich", "apply", older).out
    assert "1 ISRC not believed" in shown
    assert "1 popularity of before what is known by now" in shown


def test_a_file_that_is_changed_again_replaces_what_it_said(shell: Shell) -> None:
    fill(shell)
    apply(shell, write((1, 90, A), (2, 80, B)))
    apply(shell, write((1, 10, C)))
    assert (facts(shell, 1), facts(shell, 2)) == ((C, 10), (B, 80))
    shell("enrich", "undo")
    assert (facts(shell, 1), facts(shell, 2)) == ((A, 90), (B, 80))


def test_taken_back_it_has_never_been_also_after_later_imports(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Shell(tmp_path / "other.db", capsys)
    for each in (shell, other):
        fill(each)
        each(
            "import-csv", made.write(Path("More.csv"), made.songs(4, 7)), "--taken-at", "2026-01-11"
        )
    said = apply(shell, write((1, 90, A), (2, 50, B), (4, "", C)))
    middle = apply(shell, write((2, 60, C), name=NAME.replace("20260120", "20260121")))
    for each in (shell, other):
        fill(each, "2026-01-25", 55)
        fill(each, "2026-01-18", 58, tracks=6)  # an older export, imported late
    assert facts(shell, 2)[0] == C
    undone = shell.json("enrich", "undo", said["run"])
    assert (undone["kind"], undone["run"], undone["file"]) == ("enrich-undo", said["run"], NAME)
    assert facts(shell, 1)[0] is None
    assert facts(shell, 2)[0] == C
    shell("enrich", "undo", middle["run"])
    assert state(shell) == state(other)
    assert "taken back already" in shell.error("enrich", "undo", said["run"])
    assert "nothing to take back" in shell.error("enrich", "undo")
    assert "applied no enrichment file" in shell.error("enrich", "undo", 1)


def test_applied_again_after_it_was_taken_back(shell: Shell) -> None:
    fill(shell)
    path = write((1, 90, A))
    apply(shell, path)
    shell("enrich", "undo")
    assert apply(shell, path)["changed"] == {"isrc": 1, "popularity": 1}


def test_its_moment_is_known_or_asked_for(shell: Shell) -> None:
    fill(shell)
    path = write((1, 90), name="review.csv")
    assert "--taken-at" in shell.error("enrich", "apply", path, code=2)
    shell.error("enrich", "apply", path, "--taken-at", "soon", code=2)
    assert "yet to come" in shell.error("enrich", "apply", path, "--taken-at", "2099-01-01", code=2)
    said = apply(shell, path, "--taken-at", "2026-01-20T12:00:00Z")
    assert said["taken_at"] == "2026-01-20T12:00:00Z"
    assert apply(shell, write((1, 90)))["changed"]["popularity"] == 0


def test_an_empty_library_has_none_of_the_tracks(shell: Shell) -> None:
    assert "nothing was applied" in shell.error("enrich", "apply", write((1, 90)))
    assert "nothing to take back" in shell.error("enrich", "undo", "--dry-run")


# With Spotify: what it told, and what a person wrote in its place


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch, "extended")


def exported(remote: RemoteShell, count: int) -> list[Track]:
    songs = remote.world.add_tracks(count)
    path = made.write(Path("Mix.csv"), [Song(uri=each.uri, title=each.name) for each in songs])
    remote.shell("import-csv", path, "--taken-at", "2026-01-10")
    return songs


def fetched(remote: RemoteShell) -> Path:
    path = Path(remote.shell.json("enrich", "fetch")["file"])
    remote.double.assert_clean()
    return path


def edit(path: Path, change: Change) -> None:
    with path.open(newline="") as file:
        header, *body = csv.reader(file)
    kept = [new for row in body if (new := change(row[0], row)) is not None]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *kept])


def test_what_stands_as_told_is_spotifys_and_what_was_edited_a_persons(remote: RemoteShell) -> None:
    shell = remote.shell
    songs = exported(remote, 3)
    path = fetched(remote)
    edit(path, lambda key, row: [*row[:3], A] if key == songs[0].uri else row)
    remote.sleep(600)
    said = apply(shell, path)
    assert said["values"] == {"told": 5, "edited": 1}
    found = {each["uri"]: each for each in shell.json("tracks")["tracks"]}
    assert [found[each.uri]["isrc"] for each in songs] == [A, songs[1].isrc, songs[2].isrc]
    assert [found[each.uri]["popularity"] for each in songs] == [each.popularity for each in songs]
    assert found[songs[1].uri]["sources"]["isrc"]["source"] == "enrichment"
    # What Spotify's own lists say overrules what it said before, and not what a person wrote.
    songs[0].isrc, songs[1].isrc = B, C
    remote.world.like(*songs)
    remote.fetch()
    found = {each["uri"]: each for each in shell.json("tracks")["tracks"]}
    assert [found[each.uri]["isrc"] for each in songs] == [A, C, songs[2].isrc]
    shell("enrich", "undo")
    found = {each["uri"]: each for each in shell.json("tracks")["tracks"]}
    assert [found[each.uri]["isrc"] for each in songs] == [B, C, songs[2].isrc]


def test_a_file_of_what_is_known_changes_nothing(remote: RemoteShell) -> None:
    songs = remote.world.add_tracks(3)
    remote.world.like(*songs)
    remote.fetch()
    path = Path(remote.shell.json("enrich", "fetch", "--out", "x.csv")["file"])
    before = remote.shell.json("tracks")["tracks"]
    assert apply(remote.shell, path)["unchanged"]
    assert remote.shell.json("tracks")["tracks"] == before


def test_a_value_counts_from_when_it_was_told_on(remote: RemoteShell) -> None:
    (song,) = exported(remote, 1)
    remote.double.faults.clear()
    path = fetched(remote)
    told_at = remote.shell.now
    remote.sleep(DAY)
    later = made.write(Path("Mix.csv"), [Song(uri=song.uri, title=song.name, popularity=12)])
    remote.sleep(DAY)
    remote.shell("import-csv", later, "--taken-at", "2027-01-16T00:00:00Z")
    assert remote.shell.now > told_at
    said = apply(remote.shell, path)
    assert said["changed"]["popularity"] == 0
    assert said["outdated"] == 1


def test_after_three_months_nobody_remembers_and_all_values_count_as_yours(
    remote: RemoteShell,
) -> None:
    exported(remote, 1)
    path = fetched(remote)
    remote.sleep(91 * DAY)
    fetched(remote)
    shown = remote.shell("enrich", "apply", path)
    assert "all of its values count as yours" in shown.err
