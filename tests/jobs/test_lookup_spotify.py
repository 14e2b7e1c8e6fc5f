"""Lookups through the real client, over HTTP, against a double of Spotify."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syncengine import Library
from syncengine.core.identity import TrackKey
from syncengine.core.lookup import Prefer
from syncengine.errors import Forbidden, Gone, SignInNeeded, Transient, TryLater
from tests import made_exports as made
from tests.fakes.spotify_faults import cut, quota_exceeded, rate_limited, server_error
from tests.fakes.spotify_http import MODES, Fault, Mode
from tests.fakes.spotify_things import Track
from tests.made_exports import Song
from tests.remote_shell import RemoteShell, remote_shell
from tests.shell import Shell

STORED = 60


@pytest.fixture
def remote(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteShell]:
    yield from remote_shell(shell, tmp_path, monkeypatch)


@pytest.fixture
def songs(remote: RemoteShell) -> list[Track]:
    return remote.world.add_tracks(STORED + 20)


@pytest.fixture
def library(remote: RemoteShell, songs: list[Track], tmp_path: Path) -> Iterator[Library]:
    """A library to which exports told of the first songs."""
    rows = [Song(uri=each.uri, title=each.name) for each in songs[:STORED]]
    shell = remote.shell
    with Library(shell.url, clock=lambda: shell.now) as opened:
        opened.import_csv(made.write(tmp_path / "Mix.csv", rows), taken_at="2026-01-10")
        yield opened
    remote.double.assert_clean()


def key(track: Track) -> TrackKey:
    return TrackKey(track.uri)


def test_an_answer_of_spotify_and_what_the_export_knew(
    library: Library, songs: list[Track]
) -> None:
    answer = library.track(songs[0].id)
    assert (answer.source, answer.age, answer.title) == ("spotify", 0, songs[0].name)
    assert answer.isrc == songs[0].isrc
    assert answer.facts.sources["features"].source == "exportify.net"


@pytest.mark.parametrize(
    ("fault", "reason", "error"),
    [
        (rate_limited(20), "rate-limited", TryLater),
        (rate_limited(None), "rate-limited", TryLater),
        (rate_limited(36_000), "rate-limited", TryLater),
        (quota_exceeded(), "rate-limited", TryLater),
        (server_error(500), "unreachable", Transient),
        (server_error(502), "unreachable", Transient),
        (cut(), "unreachable", Transient),
    ],
    ids=["429", "429 without a time", "429 for hours", "quota", "500", "502", "cut"],
)
def test_a_refusal_is_no_end(
    remote: RemoteShell,
    library: Library,
    songs: list[Track],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    reason: str,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: remote.sleep(round(seconds) or 1))
    remote.double.faults.add("GET /tracks/*", fault, times=None)
    answer = library.track(songs[0].id)
    assert answer.fallback is not None
    assert (answer.fallback.reason, answer.title) == (reason, songs[0].name)
    assert remote.double.log.count("GET /tracks/*") == 1  # nothing is tried twice
    with pytest.raises(error):
        library.track(songs[-1].id)


def test_after_a_429_nobody_is_asked_until_it_is_over(
    remote: RemoteShell, library: Library, songs: list[Track]
) -> None:
    remote.double.faults.add("GET /tracks/*", rate_limited(600))
    assert library.track(songs[0].id).is_fallback
    begun = time.perf_counter()
    assert all(library.track(each.id).is_fallback for each in songs[1:11])
    assert (time.perf_counter() - begun) / 10 < 0.05
    with pytest.raises(TryLater):
        library.track(songs[-1].id)
    assert remote.double.log.count("GET /tracks/*") == 1
    remote.sleep(601)
    assert not library.track(songs[0].id).is_fallback


@pytest.fixture
def slept(remote: RemoteShell, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited for, in seconds; nobody really waits."""
    found: list[float] = []

    def sleep(seconds: float) -> None:
        found.append(seconds)
        remote.sleep(round(seconds) or 1)

    monkeypatch.setattr(time, "sleep", sleep)
    return found


def test_a_short_pause_is_waited_for_once(
    remote: RemoteShell, library: Library, songs: list[Track], slept: list[float]
) -> None:
    remote.double.faults.add("GET /tracks/*", rate_limited(3))
    assert library.track(songs[-1].id).title == songs[-1].name
    assert slept == [3.0]
    remote.double.faults.add("GET /tracks/*", rate_limited(3), times=None)
    with pytest.raises(TryLater):
        library.track(songs[-2].id)
    assert slept == [3.0, 3.0]


@pytest.mark.parametrize("prefer", ["stored", "api"])
def test_a_longer_pause_stops_no_script(
    remote: RemoteShell, library: Library, songs: list[Track], slept: list[float], prefer: Prefer
) -> None:
    remote.double.faults.add("GET /tracks/*", rate_limited(20), times=None)
    with pytest.raises(TryLater):
        library.track(songs[-1].id, prefer=prefer)
    remote.sleep(20)
    batch = library.tracks([songs[-1].id, *(each.id for each in songs[:5])], prefer=prefer)
    assert [each.key for each in batch] == [key(each) for each in songs[:5]]
    assert {type(error) for error in batch.failed.values()} == {TryLater}
    assert slept == []


def test_a_batch_waits_for_one_pause(
    remote: RemoteShell, library: Library, songs: list[Track], slept: list[float]
) -> None:
    remote.double.faults.plan("GET /tracks/*", [rate_limited(4), None, None] * 5)
    batch = library.tracks([each.id for each in songs[STORED - 1 : STORED + 10]])
    assert slept == [4.0]
    assert len(batch) == 3  # the stored one, and those until the second pause
    assert {type(error) for error in batch.failed.values()} == {TryLater}


def test_a_list_waits_for_one_pause(
    remote: RemoteShell, library: Library, songs: list[Track], slept: list[float]
) -> None:
    remote.world.like(*songs)
    limited = rate_limited(4)
    remote.double.faults.plan("GET /me/tracks", [limited, None, None])
    assert len(library.liked_songs()) == len(songs)
    assert slept == [4.0]
    remote.double.faults.plan("GET /me/tracks", [limited, None, limited, None])
    with pytest.raises(TryLater):
        library.liked_songs()
    assert slept == [4.0, 4.0]


def test_what_is_stored_is_asked_about_first(
    remote: RemoteShell, library: Library, songs: list[Track], slept: list[float]
) -> None:
    remote.double.faults.plan("GET /tracks/*", [None, rate_limited(600)])
    batch = library.tracks([songs[-1].id, songs[0].id], prefer="api")
    assert [(each.key, each.source) for each in batch] == [(key(songs[0]), "spotify")]
    assert list(batch.failed) == [songs[-1].id]
    assert slept == []


def test_no_network_and_no_sign_in(
    remote: RemoteShell, library: Library, songs: list[Track]
) -> None:
    remote.double.pause()
    assert library.track(songs[0].id).fallback is not None
    remote.double.resume()
    assert not library.track(songs[1].id).is_fallback
    remote.token_file.unlink()
    with Library(remote.shell.url, clock=lambda: remote.shell.now) as alone:
        answer = alone.track(songs[0].id)
        assert answer.fallback is not None
        assert answer.fallback.reason == "sign-in"
        with pytest.raises(SignInNeeded, match="auth login"):
            alone.track(songs[-1].id)


@pytest.mark.parametrize("mode", MODES)
def test_a_batch_in_every_mode(
    remote: RemoteShell, library: Library, songs: list[Track], mode: Mode
) -> None:
    remote.double.mode = mode
    asked = [each.id for each in songs]
    batch = library.tracks([*asked, "0" * 22])
    assert [each.key for each in batch] == [key(each) for each in songs]
    assert {type(error) for error in batch.failed.values()} == {Gone}
    found = remote.double.log.counts
    may = mode != "development"
    assert found["GET /tracks"] == 1  # refused once, and remembered
    assert found["GET /tracks/{id}"] == (0 if may else 21)
    again = library.tracks(asked)
    assert len(again) == len(asked)
    assert remote.double.log.counts == found


def test_audio_features_where_the_app_may_not(library: Library, songs: list[Track]) -> None:
    answer = library.audio_features(songs[0].id)
    assert answer.fallback is not None
    assert answer.fallback.reason == "forbidden"
    batch = library.audio_features([each.id for each in songs])
    assert len(batch) == STORED
    assert {type(error) for error in batch.failed.values()} == {Forbidden}


def test_names_and_duplicates(library: Library, remote: RemoteShell) -> None:
    song = remote.world.add_track("Nächtliche Überfahrt", ("Ada Löwe",), "Home")
    found = library.track("nächtliche überfahrt", artist="ada löwe", prefer="stored")
    assert (found.key, found.source) == (key(song), "spotify")
    assert library.find_duplicate(song.id) is None
    assert library.track("Nachtliche Uberfahrt", artist="Ada Lowe", prefer="offline") == found
    assert library.search("uberfahrt ada", prefer="offline")[0].key == key(song)


def test_lists_before_and_after_a_fetch(
    remote: RemoteShell, library: Library, songs: list[Track]
) -> None:
    remote.world.like(*songs[:70])
    playlist = remote.world.add_playlist("Road Trip", songs[:55])
    asked = library.playlist_tracks(playlist.id)  # nothing of it is stored yet
    assert [each.track for each in asked] == [key(each) for each in songs[:55]]
    assert (asked.source, len(library.liked_songs())) == ("spotify", 70)
    remote.fetch()
    remote.double.log.clear()
    stored = library.playlist_tracks("road trip")
    assert [each.track for each in stored] == [each.track for each in asked]
    assert (stored.source, stored.is_fallback) == ("spotify", False)
    assert len(library.liked_songs()) == 70
    assert library.track(songs[69].id, prefer="stored").source == "spotify"
    assert remote.double.log.count() == 0


def test_the_budget_holds_for_lookups_too(
    remote: RemoteShell, songs: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTIFY_DAILY_CALL_BUDGET", "3")
    with Library(remote.shell.url, clock=lambda: remote.shell.now) as library:
        batch = library.tracks([each.id for each in songs[:10]])
    assert len(batch) == 2  # after the one that told that many at once are not for this app
    assert {type(error) for error in batch.failed.values()} == {TryLater}
    assert remote.double.log.count("GET /*") == 3


def test_the_lookups_of_a_day(
    remote: RemoteShell, library: Library, songs: list[Track], tmp_path: Path
) -> None:
    """The part of the issue's mix that is lookups; fetches are counted where fetch is tested."""
    liked = [Song(uri=each.uri, title=each.name) for each in songs[:40]]
    library.import_csv(made.write(tmp_path / "Liked_Songs.csv", liked), taken_at="2026-01-10")
    remote.double.log.clear()
    assert len(library.liked_songs()) == 40
    for each in [*songs[:45], *songs[STORED : STORED + 5]]:
        assert library.track(each.id, prefer="stored").title == each.name
    assert remote.calls == 5


def test_a_lookup_does_not_wait_for_an_import(
    remote: RemoteShell, library: Library, songs: list[Track]
) -> None:
    library.track(songs[0].id, prefer="offline")
    work: Callable[[], bool] = lambda: library.track(songs[0].id).is_fallback  # noqa: E731 - read twice
    with remote.database().unit() as unit:  # has the database to itself
        unit.lookups.add({"stored": 1}, remote.shell.now)
        begun = time.perf_counter()
        assert work()
        assert time.perf_counter() - begun < 1.0
    assert not work()
