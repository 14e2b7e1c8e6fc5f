"""``fetch`` against a double of Spotify: what it costs, and what the library is afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.moment import Instant, to_iso
from tests.fakes.spotify_faults import (
    cut,
    quota_exceeded,
    rate_limited,
    refused,
    server_error,
    shortened,
)
from tests.fakes.spotify_http import Fault
from tests.fakes.spotify_library import fill
from tests.fakes.spotify_things import LocalFile
from tests.fakes.spotify_world import features_of
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


def uris(*tracks: object) -> list[str]:
    return [f"spotify:track:{each.id}" for each in tracks]  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", ["development", "old_development", "extended"])
def test_a_first_fetch_brings_everything_and_a_second_only_asks_whether_it_changed(
    remote: RemoteShell, mode: str
) -> None:
    remote.double.mode = mode  # type: ignore[assignment]
    tracks = remote.world.add_tracks(120)
    remote.world.like(*tracks[:60])
    remote.world.add_playlist("Road Trip", tracks)
    remote.world.add_playlist("Empty", [])
    said = remote.fetch()
    assert remote.statuses(said) == {
        "Road Trip": "fetched",
        "Empty": "fetched",
        "Liked Songs": "fetched",
    }
    assert remote.entries("Road Trip") == uris(*tracks)
    assert len(remote.entries("Liked Songs")) == 60
    assert said["calls"] == remote.calls
    remote.sleep(DAY)
    again = remote.fetch()
    assert set(remote.statuses(again).values()) == {"unchanged"}
    assert again["snapshot"]["unchanged"]
    assert remote.calls == 2  # the listing, and the first page of Liked Songs
    assert again["calls_saved"] >= 3


def test_only_what_changed_is_read(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(130)
    kept = remote.world.add_playlist("Kept", tracks[:100])
    changed = remote.world.add_playlist("Changed", tracks[:40])
    remote.world.like(*tracks[:110])
    remote.fetch()
    remote.sleep(DAY)
    remote.world.add_to(changed, *tracks[100:103])
    remote.world.like(*tracks[110:113])
    said = remote.fetch()
    assert remote.statuses(said) == {
        kept.name: "unchanged",
        changed.name: "fetched",
        "Liked Songs": "fetched",
    }
    assert remote.calls == 3  # the listing, a page of the one, the newest likes
    assert len(remote.entries("Changed")) == 43
    assert remote.entries("Liked Songs")[:3] == uris(*tracks[112:109:-1])
    assert len(remote.entries("Liked Songs")) == 113


def test_a_like_that_was_taken_back_deep_down_is_noticed(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(230)
    remote.world.like(*tracks)
    remote.fetch()
    remote.sleep(DAY)
    remote.world.unlike(tracks[100])
    remote.fetch()
    assert len(remote.entries("Liked Songs")) == 229
    assert uris(tracks[100])[0] not in remote.entries("Liked Songs")
    assert remote.double.log.count("GET /me/tracks") <= 4


def test_odd_entries_keep_their_place(remote: RemoteShell) -> None:
    one, two = remote.world.add_tracks(2)
    episode = remote.world.add_episode("An episode")
    local = LocalFile("Halsey", "Manic", "929", 174)
    remote.world.add_playlist("Odd", [one, None, local, episode, two, one])
    remote.fetch()
    assert remote.entries("Odd") == [
        *uris(one),
        "unavailable",
        local.uri,
        f"spotify:episode:{episode.id}",
        *uris(two, one),
    ]


def test_a_followed_playlist_that_the_app_may_not_see_is_forbidden_and_not_empty(
    remote: RemoteShell,
) -> None:
    tracks = remote.world.add_tracks(30)
    remote.world.add_playlist("A friend's", tracks, owner="tibor")
    said = remote.fetch()
    assert remote.statuses(said)["A friend's"] == "forbidden"
    remote.sleep(DAY)
    assert remote.statuses(remote.fetch())["A friend's"] == "forbidden"
    assert remote.double.log.count("GET /playlists/*") == 0  # remembered
    remote.sleep(31 * DAY)
    remote.double.mode = "extended"
    assert remote.statuses(remote.fetch())["A friend's"] == "fetched"
    remote.sleep(DAY)
    remote.double.mode = "development"
    remote.world.rename(remote.world.playlists[next(iter(remote.world.playlists))], "Renamed")
    remote.fetch()
    assert len(remote.entries("A friend's")) == 30  # what is known of it stays


@pytest.mark.parametrize("fault", [rate_limited(3600), quota_exceeded()])
def test_a_long_pause_ends_in_6_and_the_next_fetch_goes_on(
    remote: RemoteShell, fault: Fault
) -> None:
    tracks = remote.world.add_tracks(200)
    remote.world.add_playlist("Long", tracks)
    remote.double.faults.add("GET /playlists/*", fault, times=1, skip=2)
    said = remote.fetch(code=6)
    assert said["kind"] == "error"
    assert remote.shell.json("playlists")["playlists"] == []
    remote.fetch(code=6)
    assert remote.calls == 0  # the pause is known to other processes as well
    remote.sleep(2 * DAY)
    remote.fetch()
    assert remote.entries("Long") == uris(*tracks)
    assert remote.double.log.count("GET /playlists/{playlist_id}/items") == 2


def test_an_error_says_from_when_on_what_it_cost_and_what_is_kept(remote: RemoteShell) -> None:
    remote.world.add_playlist("Long", remote.world.add_tracks(200))
    remote.double.faults.add("GET /playlists/*", rate_limited(3600), times=1, skip=2)
    said = remote.fetch(code=6)
    assert list(said)[:5] == ["format_version", "kind", "code", "message", "problems"]
    assert said["not_before"] == to_iso(Instant(remote.shell.now + 3600))
    assert said["calls"] == remote.calls == 4
    assert said["endpoints"] == {"GET /me/playlists": 1, "GET /playlists/{id}/items": 3}
    assert (said["pages_kept"], said["calls_left"]) == (3, 596)  # the listing, and two pages
    again = remote.fetch(code=6)
    assert (again["calls"], again["endpoints"], again["pages_kept"]) == (0, {}, 3)


def test_an_error_that_no_wait_mends_names_no_moment(remote: RemoteShell) -> None:
    remote.token_file.unlink()
    said = remote.fetch(code=5)
    assert (said["calls"], said["pages_kept"]) == (0, 0)
    assert "not_before" not in said


def test_a_short_pause_is_waited_for_and_broken_connections_are_tried_again(
    remote: RemoteShell,
) -> None:
    tracks = remote.world.add_tracks(60)
    remote.world.add_playlist("P", tracks)
    remote.double.faults.plan("GET /playlists/*", [rate_limited(0), server_error(502), cut(), None])
    remote.fetch()
    assert remote.entries("P") == uris(*tracks)


def test_the_budget_ends_a_fetch_and_the_next_day_goes_on(
    remote: RemoteShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = remote.world.add_tracks(300)
    remote.world.add_playlist("Long", tracks)
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "4")
    assert "SPOTIFY_DAILY_CALL_BUDGET" in remote.fetch(code=6)["message"]
    assert remote.calls == 4
    remote.sleep(HOUR)
    remote.fetch(code=6)
    assert remote.calls == 0
    for _ in range(3):
        remote.sleep(DAY + 1)
        if remote.shell.any("fetch").code == 0:
            break
    assert remote.entries("Long") == uris(*tracks)


def test_a_playlist_that_changes_between_two_pages_is_read_again(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(200)
    playlist = remote.world.add_playlist("Moving", tracks[:150])
    remote.double.before_page(
        "GET /playlists/{playlist_id}/items",
        lambda: remote.world.add_to(playlist, *tracks[150:160]),
        page=2,
    )
    remote.fetch()
    assert remote.entries("Moving") == uris(*tracks[:160])


def test_a_playlist_that_is_reordered_between_two_pages_is_read_again(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(150)
    playlist = remote.world.add_playlist("Moving", tracks)
    remote.double.before_page(
        "GET /playlists/{playlist_id}/items",
        lambda: remote.world.move(playlist, 149, 0),
        page=2,
    )
    remote.fetch()
    assert remote.entries("Moving") == uris(tracks[149], *tracks[:149])


def test_likes_that_come_while_they_are_read_are_not_lost(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(160)
    remote.world.like(*tracks[:150])

    def swap() -> None:
        remote.world.unlike(tracks[5])
        remote.world.like(tracks[155])

    remote.double.before_page("GET /me/tracks", swap, page=2)
    remote.fetch()
    expected = [*tracks[:5], *tracks[6:150], tracks[155]]
    assert sorted(remote.entries("Liked Songs")) == sorted(uris(*expected))


@pytest.mark.parametrize("left", [0, 10])
def test_an_outage_removes_nothing(remote: RemoteShell, left: int) -> None:
    tracks = remote.world.add_tracks(100)
    playlist = remote.world.add_playlist("P", tracks[:100])
    remote.fetch()
    remote.sleep(DAY)
    remote.world.move(playlist, 0, 5)
    remote.double.faults.add("GET /playlists/{playlist_id}/items", shortened(left), times=50)
    said = remote.fetch(code=8)
    assert remote.statuses(said)["P"] == "suspect"
    assert remote.double.log.count("GET /playlists/{playlist_id}/items") >= 2  # asked once more
    assert len(remote.entries("P")) == 100
    remote.double.faults.clear()
    remote.sleep(DAY)
    assert remote.statuses(remote.fetch())["P"] == "fetched"
    assert len(remote.entries("P")) == 100


def test_a_real_clear_out_is_confirmed_by_a_later_fetch(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(100)
    playlist = remote.world.add_playlist("P", tracks)
    remote.fetch()
    remote.sleep(DAY)
    remote.world.replace_items(playlist, tracks[:10])
    assert remote.statuses(remote.fetch(code=8))["P"] == "suspect"
    assert len(remote.entries("P")) == 100
    remote.sleep(2 * HOUR)
    remote.fetch()
    assert len(remote.entries("P")) == 10


def test_accept_takes_a_clear_out_at_once(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(100)
    playlist = remote.world.add_playlist("P", tracks)
    remote.fetch()
    remote.sleep(DAY)
    remote.world.replace_items(playlist, tracks[:10])
    remote.fetch("--accept", "P")
    assert len(remote.entries("P")) == 10


def test_a_listing_that_came_back_empty_ends_no_playlist(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(10)
    for name in ("A", "B", "C"):
        remote.world.add_playlist(name, tracks)
    remote.fetch()
    remote.sleep(DAY)
    remote.double.faults.add("GET /me/playlists", shortened(0), times=50)
    said = remote.fetch(code=8)
    assert said["notes"]
    assert remote.entries("A") == uris(*tracks)
    remote.double.faults.clear()
    remote.sleep(DAY)
    remote.world.delete_playlist(next(p for p in remote.world.playlists.values() if p.name == "B"))
    assert remote.fetch()["ended"] == ["B"]


def test_named_lists_and_albums_alone(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(70)
    mine = remote.world.add_playlist("Mine", tracks)
    remote.world.add_playlist("Other", tracks)
    album = tracks[0].album
    said = remote.fetch(
        "--playlist", mine.id, "--album", f"https://open.spotify.com/album/{album.id}"
    )
    assert set(remote.statuses(said).values()) == {"fetched"}
    assert len(said["playlists"]) == 2
    remote.sleep(DAY)
    whole = remote.fetch()
    assert whole["ended"] == []
    assert f"spotify:album:{album.id}" in {
        each["key"] for each in remote.shell.json("playlists")["playlists"]
    }
    missing = remote.fetch("--playlist", "0" * 22, code=1)
    assert [each["status"] for each in missing["playlists"]] == ["missing"]
    assert missing["playlists"][0]["warnings"][0].startswith("there is no such playlist, or ")


def test_a_sync_of_a_hundred_tracks_takes_four_calls(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(100)
    mine = remote.world.add_playlist("Mine", tracks)
    remote.fetch("--playlist", mine.id)
    assert remote.calls <= 6
    assert remote.entries("Mine") == uris(*tracks)
    other = remote.world.add_playlist("Other", tracks[::-1])
    remote.fetch("--playlist", other.id)
    assert remote.calls <= 4


@pytest.mark.parametrize("mode", ["extended", "development"])
def test_features_and_genres_come_in_batches_where_the_app_may(
    remote: RemoteShell, mode: str
) -> None:
    remote.double.mode = mode  # type: ignore[assignment]
    fill(remote.world, tracks=150, playlists=2)
    remote.fetch()
    asked = remote.double.log.count("GET /audio-features")
    assert asked == (2 if mode == "extended" else 1)
    tracks = remote.shell.json("tracks", "--limit", "500")["tracks"]
    known = [each for each in tracks if each["features"].get("tempo")]
    assert bool(known) is (mode == "extended")
    remote.sleep(DAY)
    remote.fetch("--full")
    assert remote.double.log.count("GET /audio-features") <= 1
    again = remote.shell.json("tracks", "--limit", "500")["tracks"]
    assert [each["features"] for each in again] == [each["features"] for each in tracks]


def test_nobody_signed_in_ends_in_5(remote: RemoteShell) -> None:
    remote.token_file.unlink()
    assert "auth login" in remote.fetch(code=5)["message"]
    assert remote.double.log.calls == []


def test_every_call_is_in_the_log(remote: RemoteShell) -> None:
    remote.world.add_playlist("P", remote.world.add_tracks(3))
    said = remote.fetch()
    with remote.database().reading() as unit:
        rows = unit.connection.exec_driver_sql(
            "SELECT subject, outcome FROM sync_log WHERE step = 'call'"
        ).all()
    assert {subject: int(count) for subject, count in rows} == said["endpoints"]
    assert sum(said["endpoints"].values()) == said["calls"] == remote.calls


def logged(remote: RemoteShell) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return what the last fetch logged beside its calls: outcome and detail by step and subject."""
    with remote.database().reading() as unit:
        rows = unit.connection.exec_driver_sql(
            "SELECT step, subject, outcome, detail FROM sync_log"
            " WHERE step <> 'call' AND run_id = (SELECT max(id) FROM runs)"
        ).all()
    return {(step, subject): (outcome, detail) for step, subject, outcome, detail in rows}


def test_what_became_of_each_list_is_in_the_log_and_in_one_figure(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(4)
    mine = [remote.world.add_playlist(name, tracks[:2]) for name in ("A", "B", "C")]
    keys = [f"spotify:playlist:{each.id}" for each in mine]
    said = remote.fetch()
    assert said["stored_hit_rate"] == 0.25  # Liked Songs, which are empty
    assert logged(remote) == {("fetch", "calls-saved"): ("0", None)} | {
        ("list", key): ("fetched", '{"entries": 2, "reason": null}') for key in keys
    }
    remote.sleep(DAY)
    remote.world.add_to(mine[0], tracks[2])
    remote.world.add_to(mine[1], tracks[3])
    remote.double.faults.add("GET /playlists/*", refused(403, "Forbidden"))
    said = remote.fetch()
    (away,) = said["fallbacks"]
    (came,) = {*keys[:2]} - {away["key"]}
    assert said["stored_hit_rate"] == 0.75
    found = logged(remote)
    outcome, detail = found.pop(("list", away["key"]))
    assert outcome == "forbidden"
    assert "only to its owner" in json.loads(detail or "")["reason"]
    assert found == {
        ("list", came): ("fetched", '{"entries": 3, "reason": null}'),
        ("fetch", "calls-saved"): (str(said["calls_saved"]), None),
        ("fetch", "fallback:forbidden"): ("1", None),
    }


def test_features_that_the_budget_left_out_come_with_the_next_fetch(
    remote: RemoteShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.double.mode = "extended"
    tracks = remote.world.add_tracks(60)
    for number, track in enumerate(tracks):
        track.features = features_of(number)
    remote.world.add_playlist("P", tracks)
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "5")  # the listing twice, two pages, the likes
    said = remote.fetch()
    assert "audio features" in said["notes"][0]
    assert not any(t["features"].get("tempo") for t in remote.shell.json("tracks")["tracks"])
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "0")
    remote.sleep(DAY)
    remote.fetch()
    told = remote.shell.json("tracks", "--limit", "100")["tracks"]
    assert len(told) == 60
    assert all(each["features"].get("tempo") for each in told)
    remote.sleep(DAY)
    remote.fetch()
    assert remote.double.log.count("GET /audio-features*") == 0


@pytest.mark.parametrize(
    "text", ["Active premium subscription required for the owner of the app.", "not registered"]
)
def test_an_app_that_is_not_let_in_ends_the_fetch_and_freezes_nothing(
    remote: RemoteShell, text: str
) -> None:
    tracks = remote.world.add_tracks(3)
    for name in ("A", "B"):
        remote.world.add_playlist(name, tracks)
    remote.double.faults.add("GET /playlists/*", refused(403, text), times=9)
    remote.fetch(code=1)
    remote.double.faults.clear()
    remote.sleep(HOUR)
    assert set(remote.statuses(remote.fetch()).values()) <= {"fetched", "unchanged"}


def test_a_refusal_of_a_list_of_ones_own_is_an_odd_moment(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(5)
    mine = [remote.world.add_playlist(name, tracks[:3]) for name in ("A", "B")]
    remote.fetch()
    remote.sleep(DAY)
    remote.world.add_to(mine[0], tracks[4])
    remote.double.faults.add("GET /playlists/*", refused(403, "Forbidden"))
    assert remote.statuses(remote.fetch())["A"] == "forbidden"
    remote.sleep(DAY)
    assert remote.statuses(remote.fetch())["A"] == "fetched"
    assert len(remote.entries("A")) == 4


def test_a_list_that_is_given_other_contents_every_week_is_believed(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(90)
    weekly = remote.world.add_playlist("Weekly", tracks[:30])
    remote.fetch()
    for week in (1, 2):
        remote.sleep(7 * DAY)
        remote.world.replace_items(weekly, tracks[week * 30 : week * 30 + 30])
        assert remote.statuses(remote.fetch())["Weekly"] == "fetched"
        assert remote.entries("Weekly") == uris(*tracks[week * 30 : week * 30 + 30])


def test_two_looks_within_a_second_are_two_observations(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(60)
    playlist = remote.world.add_playlist("P", tracks)
    remote.fetch()
    remote.sleep(DAY)
    remote.world.replace_items(playlist, tracks[:5])
    remote.fetch("--playlist", playlist.id, code=8)
    said = remote.fetch("--playlist", playlist.id, "--accept", "P")
    assert remote.statuses(said) == {"P": "fetched"}
    assert len(remote.entries("P")) == 5
    assert remote.fetch("--playlist", playlist.id)["playlists"][0]["entries"] == 5


def test_what_a_resumed_listing_told_holds_from_then_and_not_from_now(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(120)
    short = remote.world.add_playlist("Short", tracks[:3])
    long = remote.world.add_playlist("Long", tracks[:5])
    remote.fetch()
    remote.sleep(DAY)
    remote.world.add_to(long, tracks[50])
    remote.double.faults.add("GET /playlists/*", rate_limited(60))
    remote.fetch(code=6)
    remote.sleep(600)
    remote.world.add_to(short, tracks[60])
    remote.fetch()
    told = {each["playlist"]: each for each in remote.shell.json("playlists")["playlists"]}
    assert told["Short"]["observed_at"] < told["Long"]["observed_at"]
    remote.sleep(HOUR)
    remote.fetch()
    assert len(remote.entries("Short")) == 4


def test_a_playlist_of_spotifys_own_is_forbidden_and_not_asked_for_each_time(
    remote: RemoteShell,
) -> None:
    remote.world.add_playlist("Discover Weekly", remote.world.add_tracks(3), owner="spotify")
    remote.double.faults.add("GET /playlists/*", refused(404, "Resource not found"), times=9)
    assert remote.statuses(remote.fetch())["Discover Weekly"] == "forbidden"
    remote.sleep(DAY)
    remote.fetch()
    assert remote.double.log.count("GET /playlists/*") == 0


def test_a_rename_is_news(remote: RemoteShell) -> None:
    playlist = remote.world.add_playlist("Before", remote.world.add_tracks(3))
    remote.fetch()
    remote.sleep(DAY)
    remote.world.rename(playlist, "After")
    said = remote.fetch()
    assert not said["snapshot"]["unchanged"]
    assert len(remote.shell.json("history", "list")["snapshots"]) == 2


def test_a_restless_list_does_not_keep_the_others_from_being_seen(remote: RemoteShell) -> None:
    tracks = remote.world.add_tracks(130)
    restless = remote.world.add_playlist("Restless", tracks[:120])
    remote.world.add_playlist("Calm", tracks[:3])
    for page in range(2, 40, 2):
        remote.double.before_page(
            "GET /playlists/{playlist_id}/items",
            lambda: (
                remote.world.add_to(restless, tracks[125]) if len(restless.entries) < 160 else None
            ),
            page=page,
        )
    said = remote.fetch(code=8)
    assert remote.statuses(said)["Restless"] == "suspect"
    assert len(remote.entries("Calm")) == 3


def test_a_name_to_accept_that_no_list_has_is_said(remote: RemoteShell) -> None:
    remote.world.add_playlist("P", remote.world.add_tracks(3))
    assert "--accept 'Nope' had no effect" in remote.shell("fetch", "--accept", "Nope").err
