"""``remediate --api``: what Spotify says otherwise, within the budget, and names that two sources tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import made_exports as made
from tests import schemas
from tests.builders import DAY
from tests.fakes.spotify_faults import server_error
from tests.fakes.spotify_things import Track
from tests.made_exports import Song
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

COUNT = 6


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


@pytest.fixture
def tracks(remote: RemoteShell, tmp_path: Path) -> list[Track]:
    """Tracks that exports tell of; the first one they call otherwise."""
    found = remote.world.add_tracks(COUNT)
    rows = [Song(uri=each.uri, title=each.name) for each in found[1:]]
    rows.append(Song(uri=found[0].uri, title="Another name"))
    remote.shell("import-csv", made.write(tmp_path / "Mix.csv", rows))
    return found


def asked(remote: RemoteShell, *arguments: object, code: int = 8) -> dict[str, Any]:
    remote.double.log.clear()
    told = remote.shell.json("remediate", "--api", *arguments, code=code)
    remote.double.assert_clean()
    return schemas.check("remediation", told)


def test_what_spotify_says_otherwise_is_listed_and_changes_nothing(
    remote: RemoteShell, tracks: list[Track]
) -> None:
    before = remote.shell.json("tracks")
    told = asked(remote)
    assert told["api"] == {"asked": COUNT, "answered_lately": 0, "left": 0, "stopped": None}
    mine = {f["field"]: f for f in told["findings"] if f["key"] == tracks[0].uri}
    assert mine["isrc"]["kind"] == "missing-field"
    assert mine["isrc"]["there"] == tracks[0].isrc
    assert (mine["album"]["library"], mine["album"]["source"]) == ("Album 0", "exportify.net")
    assert {f["where"] for f in told["findings"]} == {"spotify"}
    assert "syncengine fetch" in mine["album"]["reason"]
    assert remote.shell.json("tracks") == before


def test_names_that_two_sources_tell_are_listed_with_both_values_and_once(
    remote: RemoteShell, tracks: list[Track]
) -> None:
    told = asked(remote)
    titles = [each for each in told["name_mismatches"] if each["field"] == "title"]
    (mine,) = titles
    assert (mine["uri"], mine["api"]["value"], mine["csv"]["value"], mine["csv"]["source"]) == (
        tracks[0].uri, tracks[0].name, "Another name", "exportify.net",
    )  # fmt: skip
    assert len([e for e in told["name_mismatches"] if e["field"] == "artists"]) == COUNT
    assert not {"title", "artists"} & {f["field"] for f in told["findings"]}
    later = remote.shell.json("remediate")
    assert later["name_mismatches"] == told["name_mismatches"]
    assert remote.shell.json("status")["remediation"]["name_mismatches"] == COUNT + 1


def test_names_of_a_fetch_are_compared_with_those_of_exports(
    remote: RemoteShell, tracks: list[Track]
) -> None:
    assert remote.shell.json("remediate")["name_mismatches"] == []
    remote.world.like(*tracks[:2])
    remote.sleep(3600)
    remote.fetch("--liked")
    told = remote.shell.json("remediate")
    titles = {e["uri"]: e["csv"]["value"] for e in told["name_mismatches"] if e["field"] == "title"}
    assert titles == {tracks[0].uri: "Another name"}


def test_the_budget_ends_it_and_the_next_run_goes_on(
    remote: RemoteShell, tracks: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "4")
    told = asked(remote, code=6)
    first = told["api"]
    assert first["stopped"]["reason"] == "rate-limited"
    assert "SPOTIFY_DAILY_CALL_BUDGET" in first["stopped"]["message"]
    assert (0 < first["asked"] < COUNT, first["asked"] + first["left"]) == (True, COUNT)
    remote.sleep(DAY + 60)
    second = asked(remote)["api"]
    assert second == {
        "asked": first["left"], "answered_lately": first["asked"], "left": 0, "stopped": None,
    }  # fmt: skip
    assert asked(remote)["api"]["asked"] == 0
    assert remote.calls == 0


def test_a_track_that_is_gone_and_one_that_is_meant(
    remote: RemoteShell, tracks: list[Track]
) -> None:
    remote.world.remove_track_from_service(tracks[1])
    told = asked(remote, "--track", tracks[1].uri)
    assert [(f["kind"], f["key"]) for f in told["findings"]] == [("vanished", tracks[1].uri)]
    assert told["api"]["asked"] == 1


def test_spotify_down_and_not_signed_in(remote: RemoteShell, tracks: list[Track]) -> None:
    remote.double.faults.add("GET *", server_error(503), times=1000)
    told = asked(remote, code=6)
    assert (told["api"]["asked"], told["api"]["stopped"]["reason"]) == (0, "unreachable")
    remote.token_file.unlink()
    assert asked(remote, code=5)["api"]["stopped"]["reason"] == "sign-in"


def test_without_an_app_nobody_is_asked(shell: Shell) -> None:
    assert "SPOTIFY_CLIENT_ID" in shell("remediate", "--api", code=2).err
