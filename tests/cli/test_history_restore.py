"""``history restore`` against a double of Spotify: what it makes, what it costs, and what it never does."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from syncengine.core.moment import to_iso
from syncengine.jobs import filling, restore
from tests import schemas
from tests.fakes.spotify_faults import cut, hung_up, rate_limited, refused, server_error
from tests.fakes.spotify_http import Fault
from tests.fakes.spotify_things import LocalFile, Playlist
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

HOUR = 3600
DAY = 24 * HOUR
WRITES = ("POST /me/playlists", "POST /playlists/*", "PUT /playlists/*", "DELETE /playlists/*")
ADD = "POST /playlists/{playlist_id}/items"


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    monkeypatch.setattr(filling, "LOOKS", (0.0, 0.0))
    monkeypatch.setattr(restore, "LOOKS", (0.0, 0.0))
    for made in remote_shell(shell, tmp_path, monkeypatch):
        made.sign_in(write=True)
        yield made


def writes(remote: RemoteShell) -> int:
    return sum(remote.double.log.count(pattern) for pattern in WRITES)


def held(playlist: Playlist) -> list[str]:
    return [each.item.uri if each.item else "unavailable" for each in playlist.entries]


def made_by(remote: RemoteShell, said: dict[str, Any]) -> Playlist:
    (one,) = said["made"]
    return remote.world.playlists[one["key"].rpartition(":")[2]]


class Trip:
    """A playlist of 230 songs that lost and gained some, and was turned around in part."""

    def __init__(self, remote: RemoteShell) -> None:
        self.songs = remote.world.add_tracks(240)
        self.playlist = remote.world.add_playlist("Road Trip", self.songs[:230])
        self._fetch(remote, "first")
        self.then = to_iso(remote.shell.now)
        self.was = held(self.playlist)
        remote.sleep(DAY)
        remote.world.replace_items(
            self.playlist, [*self.songs[230:], *self.songs[100:200], *self.songs[:60]]
        )
        self._fetch(remote, "second")
        remote.sleep(DAY)
        remote.double.log.clear()

    _fetched: ClassVar[dict[str, bytes]] = {}

    def _fetch(self, remote: RemoteShell, name: str) -> None:
        """Fetch, or take the database of the same fetch in an earlier test: it asks for the same world."""
        if "second" not in self._fetched:
            remote.fetch()
            with sqlite3.connect(remote.shell.path) as connection:
                self._fetched[name] = connection.serialize()
            connection.close()
        elif name == "second":
            remote.shell.path.write_bytes(self._fetched[name])


@pytest.fixture
def trip(remote: RemoteShell) -> Trip:
    return Trip(remote)


Restoring = Callable[..., dict[str, Any]]


@pytest.fixture
def restoring(remote: RemoteShell, trip: Trip) -> Restoring:
    def run(*more: object, code: int = 0) -> dict[str, Any]:
        words = ("history", "restore", "Road Trip", "--at", trip.then, "--yes", *more)
        found = remote.shell.json(*words, code=code)
        remote.double.assert_clean()
        return found

    return run


def test_it_comes_back_as_a_new_private_playlist(
    remote: RemoteShell, trip: Trip, restoring: Restoring
) -> None:
    before = held(trip.playlist)
    said = restoring()
    made = made_by(remote, said)
    assert held(made) == trip.was
    assert (made.name, made.public) == (f"Road Trip (as of {trip.then[:10]})", False)
    assert f"syncengine-restore-{said['plan']}-1" in (made.description or "")
    assert held(trip.playlist) == before
    assert writes(remote) == 4
    assert said["estimate"] == {"writes": 4, "reads": 2}
    assert said["calls"] == remote.calls == 6


def test_the_same_again_does_nothing(remote: RemoteShell, restoring: Restoring) -> None:
    first = restoring()
    remote.double.log.clear()
    again = restoring()
    assert again["made"][0]["key"] == first["made"][0]["key"]
    assert again["made"][0]["completed_at"]
    assert writes(remote) == 0


def test_a_dry_run_needs_neither_spotify_nor_a_sign_in(remote: RemoteShell, trip: Trip) -> None:
    remote.token_file.unlink()
    words = ("history", "restore", "Road Trip", "--at", trip.then)
    told = schemas.check("restore", remote.shell.json(*words, "--dry-run"))
    assert told["dry_run"]
    assert [each["uri"] for each in told["entries"]] == trip.was
    assert told["compared_with_now"] == {"comes": 70, "goes": 10}
    assert "nothing was done" in remote.shell(*words, "--dry-run").out
    rows = list(csv.DictReader(io.StringIO(remote.shell(*words, "--csv").out)))
    assert [row["uri"] for row in rows] == trip.was
    assert remote.calls == 0
    remote.shell(*words, "--csv", "--json", code=2)


def test_nobody_there_means_no_consent_and_no_work(remote: RemoteShell, trip: Trip) -> None:
    remote.shell("history", "restore", "Road Trip", "--at", trip.then, code=2)
    assert remote.calls == 0


def test_without_the_permission_the_command_that_gives_it_is_named(
    remote: RemoteShell, trip: Trip
) -> None:
    remote.sign_in()
    words = ("history", "restore", "Road Trip", "--at", trip.then, "--yes")
    assert "syncengine auth login --write" in remote.shell.error(*words, code=5)
    assert remote.calls == 0


def test_spotifys_own_word_on_the_permission_is_the_same(
    remote: RemoteShell, restoring: Restoring
) -> None:
    remote.double.faults.add("POST /me/*", refused(403, "Insufficient client scope"))
    said = restoring(code=5)
    assert "syncengine auth login --write" in said["message"]


LOST: list[Fault] = [hung_up(done=True), cut(0.5), hung_up(), server_error(502)]


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("skip", [0, 2])
def test_a_lost_answer_adds_nothing_twice(
    remote: RemoteShell, trip: Trip, restoring: Restoring, fault: Fault, skip: int
) -> None:
    remote.double.faults.add(ADD, fault, skip=skip)
    assert held(made_by(remote, restoring())) == trip.was


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_makes_no_second_playlist(
    remote: RemoteShell, trip: Trip, restoring: Restoring, fault: Fault
) -> None:
    remote.double.faults.add("POST /me/playlists", fault)
    count = len(remote.world.me.playlists)
    assert held(made_by(remote, restoring())) == trip.was
    assert len(remote.world.me.playlists) == count + 1


def test_a_pause_ends_in_6_and_the_next_run_goes_on_with_the_database_lost_or_not(
    remote: RemoteShell, trip: Trip, restoring: Restoring
) -> None:
    remote.double.faults.add(ADD, rate_limited(3600), skip=2)
    said = restoring(code=6)
    assert said["entries_added"] == 200
    assert said["not_before"]
    remote.sleep(2 * HOUR)
    with remote.database().unit() as unit:
        unit.remote("spotify").forget("writing")
        unit.commit()
    remote.double.log.clear()
    done = restoring()
    assert held(made_by(remote, done)) == trip.was
    assert not done["made"][0]["new"]
    assert remote.double.log.count(ADD) == 1
    assert remote.double.log.count("GET /playlists/{playlist_id}/items") == 4


def test_a_pause_costs_no_reading_where_the_database_remembers(
    remote: RemoteShell, trip: Trip, restoring: Restoring
) -> None:
    remote.double.faults.add(ADD, rate_limited(3600), skip=2)
    restoring(code=6)
    remote.sleep(2 * HOUR)
    remote.double.log.clear()
    assert held(made_by(remote, restoring())) == trip.was
    assert remote.double.log.count("GET /playlists/{playlist_id}/items") == 0


def test_what_a_person_changed_meanwhile_stays(
    remote: RemoteShell, trip: Trip, restoring: Restoring
) -> None:
    remote.double.faults.add(ADD, rate_limited(3600), skip=2)
    restoring(code=6)
    remote.sleep(2 * HOUR)
    begun = remote.world.me.playlists[0]
    extra = trip.songs[239]
    remote.world.add_to(begun, extra, at=0)
    assert held(made_by(remote, restoring())) == [extra.uri, *trip.was]


def test_somebody_elses_playlist_with_the_mark_is_not_written_to(
    remote: RemoteShell, restoring: Restoring, trip: Trip
) -> None:
    plan = restoring("--dry-run")["plan"]
    theirs = remote.world.add_playlist("Copied", owner="tibor.gosling")
    theirs.description = f"syncengine-restore-{plan}-1"
    assert held(made_by(remote, restoring())) == trip.was
    assert theirs.entries == []


def test_what_cannot_be_added_is_told(remote: RemoteShell) -> None:
    one, two = remote.world.add_tracks(2)
    episode = remote.world.add_episode("An episode")
    local = LocalFile("Halsey", "Manic", "929", 174)
    remote.world.add_playlist("Odd", [one, None, local, episode, two, one])
    remote.fetch()
    said = remote.shell.json("history", "restore", "Odd", "--at", "latest", "--yes")
    assert [(each["position"], each["reason"]) for each in said["left_out"]] == [
        (1, "unavailable"),
        (2, "local file"),
    ]
    assert held(made_by(remote, said)) == [one.uri, episode.uri, two.uri, one.uri]


def test_liked_songs_come_back_as_a_playlist_and_never_in_place(remote: RemoteShell) -> None:
    songs = remote.world.add_tracks(3)
    remote.world.like(*songs)
    remote.fetch()
    words = ("history", "restore", "Liked Songs", "--at", "latest", "--yes")
    assert "--in-place" in " ".join(remote.shell.json(*words, "--in-place", code=2)["problems"])
    said = remote.shell.json(*words)
    assert held(made_by(remote, said)) == [each.uri for each in reversed(songs)]


# ------------------------------------------------------------------------------------------ in place


def test_in_place_the_order_is_right_and_what_stays_keeps_its_stamp(
    remote: RemoteShell, trip: Trip, restoring: Restoring
) -> None:
    stamps = {held(trip.playlist)[n]: each.added_at for n, each in enumerate(trip.playlist.entries)}
    count = len(remote.world.me.playlists)
    said = restoring("--in-place")
    assert held(trip.playlist) == trip.was
    assert said["entries_now"] == 230
    assert said["writes"] == said["estimate"]["writes"] == writes(remote)
    assert writes(remote) <= 3
    assert len(remote.world.me.playlists) == count
    assert restoring("--in-place", code=3)["message"], "the library has not seen it yet"
    remote.fetch()
    assert restoring("--in-place")["writes"] == 0
    assert stamps


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("skip", [0, 1])
def test_in_place_a_lost_answer_does_no_harm(
    remote: RemoteShell, trip: Trip, restoring: Restoring, fault: Fault, skip: int
) -> None:
    for pattern in ("PUT /playlists/*", "POST /playlists/*", "DELETE /playlists/*"):
        remote.double.faults.add(pattern, fault, skip=skip)
    restoring("--in-place")
    assert held(trip.playlist) == trip.was


def test_in_place_an_interrupted_run_goes_on(
    remote: RemoteShell, trip: Trip, restoring: Restoring
) -> None:
    remote.double.faults.add("POST /playlists/*", rate_limited(3600))
    restoring("--in-place", code=6)
    assert held(trip.playlist) != trip.was
    remote.sleep(2 * HOUR)
    restoring("--in-place")
    assert held(trip.playlist) == trip.was


def test_in_place_nothing_goes_that_the_history_does_not_hold(
    remote: RemoteShell, trip: Trip, restoring: Restoring
) -> None:
    new = remote.world.add_track("Not seen yet")
    remote.world.add_to(trip.playlist, new)
    said = restoring("--in-place", code=3)
    assert "syncengine fetch --playlist" in said["message"]
    assert writes(remote) == 0
    remote.fetch()
    restoring("--in-place")
    assert held(trip.playlist) == trip.was


def test_in_place_only_ones_own(remote: RemoteShell) -> None:
    songs = remote.world.add_tracks(3)
    theirs = remote.world.add_playlist("Shared", songs, owner="tibor.gosling", collaborative=True)
    theirs.collaborators.add(remote.world.me.id)
    remote.fetch()
    then = to_iso(remote.shell.now)
    remote.sleep(DAY)
    remote.world.take_out(theirs, 0)
    remote.fetch()
    said = remote.shell.json(
        "history", "restore", "Shared", "--at", then, "--yes", "--in-place", code=1
    )
    assert "tibor.gosling" in said["message"]
    assert len(theirs.entries) == 2


def test_in_place_a_local_file_stays(remote: RemoteShell) -> None:
    songs = remote.world.add_tracks(30)
    local = LocalFile("Halsey", "Manic", "929", 174)
    mine = remote.world.add_playlist("Mine", [local, *songs])
    remote.fetch()
    then, was = to_iso(remote.shell.now), held(mine)
    remote.sleep(DAY)
    remote.world.replace_items(mine, [*songs[::-1], local])
    remote.fetch()
    said = remote.shell.json("history", "restore", "Mine", "--at", then, "--yes", "--in-place")
    assert held(mine) == was
    assert said["left_out"] == []


def test_hostile_names_steer_no_terminal(remote: RemoteShell) -> None:
    song = remote.world.add_track("\x1b[31m<script>\u202e")
    remote.world.add_playlist("\x1b[2Jbad", [song, None])
    remote.fetch()
    said = remote.shell("history", "restore", "\x1b[2Jbad", "--at", "latest", "--yes")
    assert "\x1b" not in said.out + said.err
    told = remote.shell.json("history", "restore", "\x1b[2Jbad", "--at", "latest", "--dry-run")
    assert json.dumps(told)


def test_wrong_calls(remote: RemoteShell, trip: Trip) -> None:
    words = ("history", "restore", "Road Trip", "--at", trip.then, "--dry-run")
    remote.shell.error(*words, "--name", "x" * 101, code=2)
    remote.shell.error(*words, "--name", " ", code=2)
    remote.shell.error(*words, "--name", "x", "--in-place", code=2)
    remote.shell.error("history", "restore", "No such", "--at", "latest", "--dry-run", code=1)
