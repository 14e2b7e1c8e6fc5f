"""Playlists that exports and Spotify both show are one, and have one history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.spotify_things import Track
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

DAY = 24 * 3600


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


def playlists(remote: RemoteShell) -> list[dict[str, Any]]:
    """Return every playlist but Liked Songs."""
    found: list[dict[str, Any]] = remote.shell.json("playlists")["playlists"]
    return [each for each in found if each["key"] != "liked"]


_HEADER = (
    "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,"
    "Added By,Added At"
)


def export(folder: Path, stem: str, tracks: Sequence[Track]) -> None:
    """Write what an older exportify.net would write of a playlist."""
    folder.mkdir(exist_ok=True)
    rows = [
        f'spotify:track:{track.id},"{track.name}","An album","An artist",2020,{track.duration_ms},50,'
        "false,,"
        for track in tracks
    ]
    (folder / f"{stem}.csv").write_text("\n".join([_HEADER, *rows]) + "\n")


def test_an_export_and_a_playlist_of_that_name_are_one(remote: RemoteShell, tmp_path: Path) -> None:
    tracks = remote.world.add_tracks(12)
    remote.world.add_playlist("AC/DC: live?", tracks)
    export(tmp_path / "csv", "ACDC_live", tracks[:10])
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-01-01")
    said = remote.fetch()
    assert [join["reason"] for join in said["joins"]]
    (found,) = playlists(remote)
    assert found["playlist"] == "AC/DC: live?"
    assert found["key"].startswith("spotify:playlist:")
    assert len(remote.entries("AC/DC: live?")) == 12
    first = remote.shell.json("history", "at", "2026-01-01")["playlists"]
    assert [each["playlist"] for each in first] == ["AC/DC: live?"]
    changes = remote.shell.json("history", "diff", "2026-01-01", "latest")["playlists"]
    told = [(c["status"], len(c["added"])) for c in changes if c["key"] != "liked"]
    assert told == [("changed", 2)]
    # An export that comes after the fetch is of the same playlist, and renames nothing.
    remote.sleep(DAY)
    export(tmp_path / "csv", "ACDC_live", tracks[:11])
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-07-01")
    assert len(playlists(remote)) == 1
    changes = remote.shell.json("history", "diff", "2026-01-01", "latest")["playlists"]
    assert {each["status"] for each in changes if each["key"] != "liked"} <= {"changed"}


def test_of_several_playlists_of_one_name_the_contents_tell(
    remote: RemoteShell, tmp_path: Path
) -> None:
    tracks = remote.world.add_tracks(40)
    remote.world.add_playlist("Mix", tracks[:20])
    second = remote.world.add_playlist("Mix", tracks[20:])
    export(tmp_path / "csv", "Mix", tracks[20:38])
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-01-01")
    remote.fetch()
    joined = [each for each in playlists(remote) if len(each["keys"]) > 1]
    assert [each["key"] for each in joined] == [f"spotify:playlist:{second.id}"]


def test_playlists_that_share_a_name_and_nothing_else_stay_two(
    remote: RemoteShell, tmp_path: Path
) -> None:
    tracks = remote.world.add_tracks(40)
    remote.world.add_playlist("Mix", tracks[:20])
    export(tmp_path / "csv", "Mix", tracks[20:])
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-01-01")
    remote.fetch()
    assert len(playlists(remote)) == 2


def test_a_forbidden_playlist_is_known_by_its_name(remote: RemoteShell, tmp_path: Path) -> None:
    tracks = remote.world.add_tracks(20)
    theirs = remote.world.add_playlist("A friend's", tracks, owner="tibor")
    export(tmp_path / "csv", "A_friend's", tracks)
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-01-01")
    said = remote.fetch()
    assert [each["playlist"] for each in said["fallbacks"]] == ["A friend's"]
    (found,) = playlists(remote)
    assert found["key"] == f"spotify:playlist:{theirs.id}"
    assert len(remote.entries("A friend's")) == 20


def test_a_person_may_split_what_was_joined(remote: RemoteShell, tmp_path: Path) -> None:
    tracks = remote.world.add_tracks(20)
    remote.world.add_playlist("Mix", tracks)
    export(tmp_path / "csv", "Mix", tracks)
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-01-01")
    remote.fetch()
    remote.shell("playlists", "split", "csv:mix")
    assert len(playlists(remote)) == 2
    remote.sleep(DAY)
    remote.fetch()
    assert len(playlists(remote)) == 2


def test_liked_songs_of_exports_are_known_ground(remote: RemoteShell, tmp_path: Path) -> None:
    tracks = remote.world.add_tracks(300)
    remote.world.like(*tracks)
    folder = tmp_path / "out"
    remote.fetch("--liked")
    remote.shell("export", folder)
    assert (folder / "Liked_Songs.csv").is_file()
    other = Shell(tmp_path / "other.db", remote.shell._capsys)
    other.now = remote.shell.now
    remote.shell = other
    other("import-csv", folder / "Liked_Songs.csv", "--taken-at", "2026-01-01")
    remote.fetch("--liked")
    assert remote.double.log.count("GET /me/tracks") == 1
    assert remote.entries("Liked Songs") == [f"spotify:track:{each.id}" for each in tracks[::-1]]


def test_dropping_a_fetch_makes_the_next_one_read_again(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(20)
    remote.world.add_playlist("Mix", tracks)
    said = remote.fetch()
    remote.shell("history", "drop", said["snapshot"]["id"], "--yes")
    remote.sleep(DAY)
    assert remote.statuses(remote.fetch())["Mix"] == "fetched"
    assert len(remote.entries("Mix")) == 20


def test_an_export_of_a_renamed_playlist_is_not_of_the_one_that_has_its_name_now(
    remote: RemoteShell, tmp_path: Path
) -> None:
    tracks = remote.world.add_tracks(100)
    first = remote.world.add_playlist("Road Trip", tracks[:60])
    remote.fetch()
    remote.shell("export", tmp_path / "out")
    other = Shell(tmp_path / "other.db", remote.shell._capsys)
    other.now = remote.shell.now
    remote.shell = other
    other(
        "import-csv", tmp_path / "out" / "spotify_playlists", "--taken-at", "2027-01-15T09:00:00Z"
    )
    remote.world.rename(first, "Road Trip 2025")
    second = remote.world.add_playlist("Road Trip", tracks[55:100])
    remote.sleep(DAY)
    remote.fetch()
    told = {each["key"]: each for each in playlists(remote)}
    assert len(told[f"spotify:playlist:{first.id}"]["keys"]) == 2
    assert len(told[f"spotify:playlist:{second.id}"]["keys"]) == 1
    assert (
        len(
            remote.entries(
                "Road Trip 2025",
            )
        )
        == 60
    )


def test_twins_stay_joined_when_they_are_exported_again(
    remote: RemoteShell, tmp_path: Path
) -> None:
    tracks = remote.world.add_tracks(60)
    remote.world.add_playlist("Mix", tracks[:30])
    remote.world.add_playlist("Mix", tracks[30:])
    for day in ("a", "b"):
        (tmp_path / day).mkdir()
        export(tmp_path / day / "one", "Mix", tracks[:30])
        export(tmp_path / day / "two", "Mix", tracks[30:])
    remote.shell("import-csv", tmp_path / "a", "--taken-at", "2027-01-14T08:00:00Z")
    remote.fetch()
    assert len(playlists(remote)) == 2
    remote.sleep(DAY)
    remote.fetch()
    said = remote.shell.json("import-csv", tmp_path / "b", "--taken-at", "2027-01-16T08:10:00Z")
    assert said["parted"] == []
    assert len(playlists(remote)) == 2


def test_playlists_shows_other_names_only(remote: RemoteShell, tmp_path: Path) -> None:
    tracks = remote.world.add_tracks(40)
    remote.world.like(*tracks)
    remote.world.add_playlist("Harbour Waltzes", tracks[:12])
    remote.world.add_playlist("AC/DC: live?", tracks[12:24])
    renamed = remote.world.add_playlist("Old Hat", tracks[24:36])
    for stem, some in (
        ("harbour_waltzes", tracks[:12]),
        ("ACDC_live", tracks[12:24]),
        ("Old_Hat", tracks[24:36]),
        ("Liked_Songs", tracks),
    ):
        export(tmp_path / "csv", stem, some)
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-01-01")
    remote.fetch()
    remote.sleep(DAY)
    remote.world.rename(renamed, "New Hat")
    remote.fetch()
    lines = remote.shell("playlists").out.splitlines()
    told = {line.split("  ")[0].strip(): line for line in lines}
    assert [name for name, line in told.items() if "was " in line] == ["New Hat"]
    assert told["New Hat"].count("Old Hat") == 1
    names = {
        each["playlist"]: each["names"] for each in remote.shell.json("playlists")["playlists"]
    }
    assert len(names["AC/DC: live?"]) > 1  # JSON has every spelling, with its time


@pytest.mark.parametrize("count", [5, 6])
def test_many_joins_are_told_in_one_line(remote: RemoteShell, tmp_path: Path, count: int) -> None:
    tracks = remote.world.add_tracks(count * 6)
    for number in range(count):
        some = tracks[number * 6 : number * 6 + 6]
        remote.world.add_playlist(f"List {number}", some)
        export(tmp_path / "csv", f"List_{number}", some)
    remote.shell("import-csv", tmp_path / "csv", "--taken-at", "2026-01-01")
    err = remote.shell("fetch").err
    assert err.count(" as well: ") == (5 if count == 5 else 0)
    assert ("6 playlists were recognised" in err) is (count == 6)
    assert ("syncengine playlists shows them" in err) is (count == 6)
