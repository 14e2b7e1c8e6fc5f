"""``merge`` against a double of Spotify: the report, the consent, what it makes, and what it never does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncengine.core import remote_writing
from syncengine.jobs import filling
from tests import schemas
from tests.fakes.spotify_faults import hung_up, rate_limited
from tests.fakes.spotify_things import LocalFile, Playlist
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

HOUR = 3600
DAY = 24 * HOUR
ADD = "POST /playlists/{playlist_id}/items"
NAME = ("--name", "Master Library {date}")


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    monkeypatch.setattr(filling, "LOOKS", (0.0, 0.0))
    for made in remote_shell(shell, tmp_path, monkeypatch):
        made.sign_in(write=True)
        yield made


@pytest.fixture
def two(remote: RemoteShell) -> RemoteShell:
    """Two playlists of 150 that share 50 ids, one song under another id, and odd entries."""
    songs = remote.world.add_tracks(251)
    songs[250].isrc, songs[250].name = songs[0].isrc, songs[0].name
    episode, local = remote.world.add_episode("An episode"), LocalFile("Halsey", "Manic", "929")
    remote.world.add_playlist("A", [*songs[:150], local, None])
    remote.world.add_playlist("B", [*songs[100:251], episode])
    remote.fetch()
    remote.double.log.clear()
    return remote


def held(playlist: Playlist) -> list[str]:
    return [each.item.uri if each.item else "unavailable" for each in playlist.entries]


def merged(remote: RemoteShell, *more: object, code: int = 0) -> dict[str, Any]:
    found = remote.shell.json("merge", "A", "B", *NAME, *more, code=code)
    remote.double.assert_clean()
    return found


def made_by(remote: RemoteShell, said: dict[str, Any]) -> list[Playlist]:
    return [remote.world.playlists[each["key"].rpartition(":")[2]] for each in said["made"]]


def test_a_report_first_in_the_terminal_and_in_files_and_nothing_is_asked(
    two: RemoteShell, tmp_path: Path
) -> None:
    two.token_file.unlink()
    said = schemas.check("merge", merged(two, "--dry-run"))
    assert (said["entries_before"], said["unique_after"]) == (304, 251)
    assert said["removed"] == {"same-id": 50, "same-isrc": 1}
    assert [each["reason"] for each in said["left_out"]] == ["local file", "unavailable"]
    assert said["overlaps"][0]["recordings"] == 51
    assert said["weights"]["in_playlists"] == {"1": 200, "2": 51}
    assert said["estimate"] == {"writes": 4, "reads": 2}
    assert said["sources"][0]["source"] == "api"
    on_disk, page = (tmp_path / name for name in said["files"])
    stored = json.loads(on_disk.read_text("utf-8"))
    assert stored["kind"] == "merge-report"
    assert {k: stored[k] for k in ("plan", "tracks", "removed")} == {
        k: said[k] for k in ("plan", "tracks", "removed")
    }
    assert "251 recordings" in page.read_text("utf-8")
    text = two.shell("merge", "A", "B", *NAME, "--dry-run").out
    assert "304 entries before, 251 recordings after" in text
    assert "50 same-id, 1 same-isrc" in text
    assert two.calls == 0
    assert not list(tmp_path.glob(".*.partial"))


def test_it_is_made_private_in_batches_with_every_recording_once(two: RemoteShell) -> None:
    said = merged(two, "--yes")
    (playlist,) = made_by(two, said)
    assert held(playlist) == said["tracks"]
    assert len(set(held(playlist))) == 251
    assert playlist.public is False
    assert playlist.name == f"Master Library {said['at'][:10]}"
    assert f"syncengine-merge-{said['plan']}-1" in (playlist.description or "")
    assert two.double.log.count("POST *") == 4
    assert two.double.log.count("GET /playlists/*") == 0, "sources are not read"
    assert said["calls"] == two.calls == 6


def test_without_consent_nothing_is_done(two: RemoteShell, tmp_path: Path) -> None:
    two.shell("merge", "A", "B", *NAME, code=2)
    assert not list(tmp_path.glob("merge_report_*"))
    assert two.calls == 0


def test_without_the_permission_nothing_is_done(two: RemoteShell) -> None:
    two.sign_in()
    error = two.shell.error("merge", "A", "B", *NAME, "--yes", code=5)
    assert "syncengine auth login --write" in error
    assert two.calls == 0


@pytest.mark.parametrize("order", ["first-added", "weight", "given"])
def test_the_order_is_the_one_asked_for(two: RemoteShell, order: str) -> None:
    said = merged(two, "--dry-run", "--order", order)
    songs = [each.uri for each in two.world.tracks.values()]
    if order == "weight":
        assert set(said["tracks"][:51]) == {songs[0], *songs[100:150]}
    elif order == "given":
        assert said["tracks"][:250] == songs[:250]
    assert len(said["tracks"]) == 251


def test_the_same_again_does_nothing_the_next_day_either(two: RemoteShell) -> None:
    first = merged(two, "--yes")
    two.sleep(DAY)
    two.double.log.clear()
    again = merged(two, "--yes")
    assert again["plan"] == first["plan"]
    assert again["made"][0]["key"] == first["made"][0]["key"]
    assert two.double.log.count("POST /playlists/*") == two.double.log.count("POST /me/*") == 0
    assert "nothing to do" in two.shell("merge", "A", "B", *NAME, "--yes").out


def test_an_interrupted_run_goes_on_where_the_database_was_lost(two: RemoteShell) -> None:
    two.double.faults.add(ADD, rate_limited(3600), skip=1)
    assert merged(two, "--yes", code=6)["entries_added"] == 100
    two.sleep(2 * DAY)
    with two.database().unit() as unit:
        unit.remote("spotify").forget("writing")
        unit.commit()
    count = len(two.world.me.playlists)
    said = merged(two, "--yes")
    assert held(made_by(two, said)[0]) == said["tracks"]
    assert len(two.world.me.playlists) == count


def test_a_lost_answer_adds_nothing_twice(two: RemoteShell) -> None:
    two.double.faults.add(ADD, hung_up(done=True), times=2)
    said = merged(two, "--yes")
    assert held(made_by(two, said)[0]) == said["tracks"]


def test_more_than_a_playlist_takes_is_split(
    two: RemoteShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_writing, "MOST_ENTRIES", 150)
    assert "it is split: Master" in two.shell("merge", "A", "B", *NAME, "--dry-run").out
    said = merged(two, "--yes")
    first, second = made_by(two, said)
    assert (len(first.entries), len(second.entries)) == (150, 101)
    assert held(first) + held(second) == said["tracks"]
    assert second.name.endswith(" (2/2)")


def test_the_budget_holds_and_is_said(two: RemoteShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "12")
    said = two.shell("merge", "A", "B", *NAME, "--yes", code=6)
    assert "left today: it stops" in said.err
    two.sleep(DAY + 1)
    assert held(made_by(two, done := merged(two, "--yes"))[0]) == done["tracks"]


def test_what_was_begun_and_left_is_told(two: RemoteShell) -> None:
    two.double.faults.add(ADD, rate_limited(3600), skip=1)
    merged(two, "--yes", code=6)
    two.sleep(DAY)
    two.world.add_to(two.world.me.playlists[1], two.world.add_track("New"))
    two.fetch()
    said = merged(two, "--dry-run")
    assert len(said["unfinished"]) == 1
    assert "100 of 251" in said["unfinished"][0]


def test_a_file_needs_no_spotify_and_takes_more(two: RemoteShell, tmp_path: Path) -> None:
    two.token_file.unlink()
    said = two.shell.json("merge", "A", "B", "--out", "master.csv")
    assert [each["reason"] for each in said["left_out"]] == ["unavailable"]
    text = (tmp_path / "master.csv").read_text("utf-8-sig")
    assert text.count("\n") == 253
    assert "spotify:local:Halsey" in text
    assert two.calls == 0
    two.shell.json("merge", "A", "B", "--out", "master.csv")  # one's own is replaced
    (tmp_path / "master.csv").write_text("mine")
    two.shell.error("merge", "A", "B", "--out", "master.csv", code=1)
    two.shell("merge", "A", "B", "--out", "master.csv", "--overwrite")
    two.shell.error("merge", "A", "B", "--out", "nowhere/master.csv", code=1)


def test_what_a_person_decided_holds(two: RemoteShell) -> None:
    songs = list(two.world.tracks.values())
    assert merged(two, "--dry-run", "--match", "id")["unique_after"] == 252
    two.shell("duplicates", "--decide", songs[0].uri, songs[250].uri, "different")
    assert merged(two, "--dry-run")["unique_after"] == 252


def test_hostile_titles_are_titles(remote: RemoteShell, tmp_path: Path) -> None:
    song = remote.world.add_track("<script>alert(1)</script>\x1b[2J\u202e")
    remote.world.add_playlist("A", [song, song])
    remote.world.add_playlist("<img src=x>", [song, LocalFile("<b>", "", "</td>")])
    remote.fetch()
    said = remote.shell.json("merge", "A", "<img src=x>", *NAME, "--dry-run")
    page = (tmp_path / said["files"][1]).read_text("utf-8")
    assert "<script" not in page
    assert not {"\x1b", "\u202e"} & set(page)
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in remote.shell("merge", "A", "<img src=x>", *NAME, "--dry-run").out


def test_wrong_calls(two: RemoteShell) -> None:
    for words, code in [
        (("merge", "A", "B", "--dry-run"), 2),
        (("merge", "A", "A", *NAME, "--dry-run"), 2),
        (("merge", "A", "No such", *NAME, "--dry-run"), 1),
        (("merge", "A", *NAME, "--order", "mood", "--dry-run"), 2),
        (("merge", "A", *NAME, "--match", "mood", "--dry-run"), 2),
        (("merge", "A", "--name", "x" * 101, "--dry-run"), 2),
    ]:
        two.shell.error(*words, code=code)


def test_it_asks_after_the_report_and_a_no_is_a_no(
    two: RemoteShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(question: str, **_: object) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr("syncengine.cli.consent.is_somebody_there", lambda: True)
    monkeypatch.setattr("typer.confirm", answer)
    said = two.shell("merge", "A", "B", *NAME, code=2)
    assert "251 recordings after" in said.out
    assert "it takes about 6 calls to Spotify (4 writes)" in said.err
    assert two.calls == 0
    two.shell("merge", "A", "B", *NAME)
    assert asked == ["Make 1 private playlist at Spotify?"] * 2
    assert len(two.world.me.playlists[0].entries) == 251


def test_what_was_deleted_is_made_anew(two: RemoteShell) -> None:
    first = merged(two, "--yes")
    two.world.delete_playlist(made_by(two, first)[0])
    again = merged(two, "--yes")
    assert again["made"][0]["new"]
    assert held(made_by(two, again)[0]) == again["tracks"]


def test_what_was_deleted_half_made_is_made_anew(two: RemoteShell) -> None:
    two.double.faults.add(ADD, rate_limited(3600), skip=1)
    merged(two, "--yes", code=6)
    two.world.delete_playlist(two.world.me.playlists[0])
    two.sleep(2 * HOUR)
    said = merged(two, "--yes")
    assert held(made_by(two, said)[0]) == said["tracks"]
