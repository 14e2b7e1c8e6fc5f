"""Lookups: who is asked, when stored facts stand in, and what is kept of an answer."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from syncengine import Library
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import AudioFeatures
from syncengine.errors import (
    Gone,
    NotFound,
    SignInNeeded,
    SyncEngineError,
    Transient,
    TryLater,
    UsageError,
)
from syncengine.storage.lock import lock_path, writer_lock
from syncengine.storage.unit_of_work import Database
from tests import made_exports as made
from tests.builders import NOW, track
from tests.fakes.service import (
    MadeService,
    entry,
    no_network,
    no_sign_in,
    rate_limited,
    server_error,
)
from tests.made_exports import Song, songs

EXPORTED_AT = "2026-01-10T12:00:00Z"
KNOWN, STRANGE = track(1), track(77)
OBSTACLES = {
    "429": (rate_limited, "rate-limited", TryLater),
    "5xx": (server_error, "unreachable", Transient),
    "no network": (no_network, "unreachable", Transient),
    "no sign-in": (no_sign_in, "sign-in", SignInNeeded),
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'library.db'}"


@pytest.fixture
def service() -> MadeService:
    made_one = MadeService()
    made_one.add(
        entry(KNOWN, "Song 1", "Artist 1"),
        entry(STRANGE, "Strange Song", "Björk", isrc="GBAYE0000077"),
    )
    return made_one


@pytest.fixture
def library(url: str, service: MadeService, tmp_path: Path) -> Iterator[Library]:
    with Library(url, clock=lambda: NOW, service=service) as opened:
        folder = tmp_path / "exports"
        made.write(folder / "spotify_playlists" / "Mix.csv", songs(1, 2, 3))
        made.write(folder / "Liked_Songs.csv", [*songs(2, 4), Song(5, title="Déjà Vu")])
        opened.import_csv(folder, taken_at=EXPORTED_AT)
        yield opened


def tallies(url: str) -> dict[str, int]:
    with Database(url, lambda: NOW).reading() as unit:
        return unit.lookups.since(Instant(0))


def test_one_lookup_asks_first_and_a_batch_does_not(library: Library, service: MadeService) -> None:
    asked = library.track(KNOWN)
    assert (asked.source, asked.age, asked.fallback) == ("spotify", 0, None)
    assert service.calls == ["track"]
    batch = library.tracks([KNOWN, track(2)])
    assert [each.title for each in batch] == ["Song 1", "Song 2"]
    assert service.calls == ["track"]


def test_an_answer_keeps_what_only_the_export_knew(library: Library) -> None:
    asked = library.track(KNOWN)
    assert asked.facts.sources["recording"].source == "spotify"
    assert asked.facts.sources["features"].source == "exportify.net"
    assert (asked.popularity, asked.album) == (50, "Album 1")


def test_stored_facts_carry_source_and_age(library: Library, service: MadeService) -> None:
    stored = library.track(KNOWN, prefer="stored")
    assert stored.source == "exportify.net"
    assert stored.age == NOW - stored.at
    assert not stored.is_fallback
    assert service.calls == []


def test_an_export_that_repeats_a_fact_makes_it_young(library: Library, tmp_path: Path) -> None:
    before = library.track(KNOWN, prefer="stored")
    other = made.write(tmp_path / "Mix.csv", songs(1, 2, 3, 8))
    library.import_csv(other, taken_at="2026-02-10T12:00:00Z")
    after = library.track(KNOWN, prefer="stored")
    assert after.at - before.at == 31 * 24 * 3600
    assert after.facts.sources == before.facts.sources


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_stored_facts_stand_in(
    library: Library,
    service: MadeService,
    url: str,
    obstacle: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.failing, reason, error = OBSTACLES[obstacle]
    with caplog.at_level(logging.INFO, "syncengine.lookup"):
        answer = library.track(KNOWN)
    assert answer.fallback is not None
    assert (answer.source, answer.fallback.reason) == ("exportify.net", reason)
    assert reason in caplog.text
    named = library.track("song 1", artist="ARTIST 1")
    assert (named.key, named.is_fallback) == (KNOWN, True)
    with pytest.raises(error):
        library.track(STRANGE)
    with pytest.raises(error):
        library.track("Strange Song", artist="Björk")
    library.close()
    assert tallies(url)[f"fallback:{reason}"] == 2
    assert tallies(url)["failed"] == 2


@pytest.mark.parametrize(
    ("variable", "fails", "still"),
    [
        ("SPOTIFY_CSV_FALLBACK_ON_RATE_LIMIT", rate_limited, no_network),
        ("SPOTIFY_CSV_FALLBACK_ON_ERROR", no_network, rate_limited),
    ],
)
def test_a_flag_forbids_one_kind(
    library: Library,
    service: MadeService,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    fails: Callable[[], Exception],
    still: Callable[[], Exception],
) -> None:
    monkeypatch.setenv(variable, "false")
    with Library(url, clock=lambda: NOW, service=service) as strict:
        service.failing = fails
        with pytest.raises(SyncEngineError):
            strict.track(KNOWN)
        service.failing = still
        assert strict.track(KNOWN).is_fallback
        assert strict.track(KNOWN, prefer="stored").title == "Song 1"


def test_without_the_backup_spotify_alone_answers(
    library: Library, service: MadeService, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTIFY_CSV_BACKUP_ENABLED", "false")
    with Library(url, clock=lambda: NOW, service=service) as strict:
        assert strict.tracks([KNOWN])[KNOWN].source == "spotify"
        assert strict.track(KNOWN).facts.features is None
        service.failing = rate_limited
        with pytest.raises(TryLater):
            strict.track(KNOWN)
        assert strict.track(KNOWN, prefer="offline").source == "spotify"  # who asks for it gets it


def test_offline_never_asks(library: Library, service: MadeService) -> None:
    assert library.track(KNOWN, prefer="offline").title == "Song 1"
    assert library.track("Deja vu", artist="artist 0", prefer="offline").title == "Déjà Vu"
    assert library.audio_features(KNOWN, prefer="offline").features.danceability == 0.5
    assert len(library.liked_songs(prefer="offline")) == 3
    assert library.search("nothing like it", prefer="offline") == []
    assert library.find_duplicate(STRANGE, prefer="offline") is None
    batch = library.tracks([KNOWN, STRANGE, ("No Such", "Nobody")], prefer="offline")
    assert list(batch.found) == [KNOWN]
    assert {type(error) for error in batch.failed.values()} == {NotFound}
    for lookup in (library.track, library.audio_features, library.playlist_tracks):
        with pytest.raises(NotFound):
            lookup(STRANGE, prefer="offline")
    assert service.calls == []


def test_without_any_settings_it_works_from_what_is_stored(library: Library, url: str) -> None:
    with Library(url, clock=lambda: NOW) as alone:
        answer = alone.track(KNOWN)
        assert (answer.title, answer.fallback and answer.fallback.reason) == ("Song 1", "sign-in")
        nothing = alone.search("strange")
        assert (nothing, nothing.fallback and nothing.fallback.reason) == ([], "sign-in")
        assert [e.facts.recording.title for e in alone.liked_songs()] == [
            "Song 2", "Song 4", "Déjà Vu",
        ]  # fmt: skip
        with pytest.raises(SignInNeeded, match="SPOTIFY_CLIENT_ID"):
            alone.track(STRANGE)


def test_no_library_yet_is_an_empty_one(tmp_path: Path, service: MadeService) -> None:
    path = tmp_path / "none.db"
    with Library(f"sqlite:///{path}", clock=lambda: NOW, service=service) as empty:
        assert empty.track(STRANGE).title == "Strange Song"
        assert empty.track(STRANGE, prefer="stored").title == "Strange Song"
        assert service.calls == ["track"]
        assert empty.playlists() == []
        other = threading.Thread(target=empty.track, args=(STRANGE,), kwargs={"prefer": "stored"})
        other.start()
        other.join()
        assert len(service.calls) == 1
    assert not path.exists()


def test_a_batch_asks_only_for_what_is_not_stored(library: Library, service: MadeService) -> None:
    strangers = [track(number) for number in range(100, 160)]
    service.add(*(entry(key, f"S {key[-3:]}", "Somebody") for key in strangers))
    items = [KNOWN, *strangers, track(999), "nonsense"]
    batch = library.tracks(items)
    assert service.calls == ["tracks", "tracks"]
    assert list(batch.found) == [KNOWN, *strangers]
    assert isinstance(batch.failed[track(999)], Gone)
    assert isinstance(batch.failed["nonsense"], UsageError)
    with pytest.raises(Gone):
        _ = batch[track(999)]
    assert (KNOWN in batch, len(batch)) == (True, 61)
    library.tracks(items[:-2])
    assert len(service.calls) == 2  # they are stored by now


def test_an_app_that_may_not_ask_for_many_asks_one_by_one(
    library: Library, service: MadeService
) -> None:
    service.batches = False
    service.add(*(entry(track(number), "S", "Somebody") for number in (101, 102)))
    batch = library.tracks([track(101), KNOWN, track(102)])
    assert [each.key for each in batch] == [track(101), KNOWN, track(102)]
    assert service.calls == ["track", "track"]


@pytest.mark.parametrize(("obstacle", "calls"), [("429", 1), ("no sign-in", 1), ("5xx", 2)])
def test_an_obstacle_for_all_ends_the_asking(
    library: Library, service: MadeService, obstacle: str, calls: int
) -> None:
    service.batches = False
    service.failing, _, error = OBSTACLES[obstacle]
    strangers = [track(number) for number in range(100, 110)]
    batch = library.tracks([*strangers, KNOWN, ("No", "Body")])
    assert [each.key for each in batch] == [KNOWN]
    assert {type(each) for each in batch.failed.values()} == {error}
    assert len(batch.failed) == 11
    assert len(service.calls) <= calls + 1  # the name is asked for first
    before = len(service.calls)
    assert [each.is_fallback for each in library.tracks([KNOWN, track(2)], prefer="api")] == [
        True,
        True,
    ]
    assert len(service.calls) <= before + 2


def test_answers_are_kept_for_later_lookups_and_are_no_history(
    library: Library, service: MadeService, url: str
) -> None:
    library.track(STRANGE)
    library.close()
    service.failing = rate_limited
    with Library(url, clock=lambda: Instant(NOW + 60), service=service) as later:
        answer = later.track(STRANGE)
        assert (answer.title, answer.source, answer.age) == ("Strange Song", "spotify", 60)
        assert later.tracks([STRANGE, ("strange song", "Bjork")], prefer="offline").failed == {}
        assert later.search("bjork str", prefer="offline")[0].key == STRANGE
        assert later.at().facts.get(STRANGE) is None
        assert later.find_duplicate(STRANGE) is None  # what was asked about is in no playlist
    service.failing = None


def test_names_are_found_without_case_and_accents(library: Library, service: MadeService) -> None:
    assert library.track("DEJA VU", artist="Artist 0", prefer="stored").title == "Déjà Vu"
    assert library.track("Strange song", artist="bjork", prefer="stored").key == STRANGE
    assert service.calls == ["search"]
    assert library.track("strange song", artist="BJÖRK", prefer="stored").key == STRANGE
    assert service.calls == ["search"]
    with pytest.raises(NotFound):
        library.track("Strange song", artist="Somebody Else")


def test_audio_features_come_from_exports_where_the_app_may_not(
    library: Library, service: MadeService
) -> None:
    service.batches = False
    answer = library.audio_features(KNOWN)
    assert answer.fallback is not None
    assert (answer.fallback.reason, answer.features.tempo) == ("forbidden", 120)
    service.batches = True
    service.features[STRANGE] = AudioFeatures(tempo=90)
    assert [each.features.tempo for each in library.audio_features([KNOWN, STRANGE])] == [120, 90]
    assert library.audio_features(STRANGE, prefer="offline").source == "spotify"
    with pytest.raises(NotFound):
        library.track(STRANGE, prefer="offline")  # of its name nothing was said
    assert library.track(STRANGE).features == AudioFeatures(tempo=90)


def test_what_the_service_cannot_know_is_not_asked(url: str, tmp_path: Path) -> None:
    service = MadeService()
    local = "spotify:local:Somebody:Demos:Home+Take:100"
    with Library(url, clock=lambda: NOW, service=service) as library:
        library.import_csv(made.write(tmp_path / "Mix.csv", [Song(uri=local, title="Home Take")]))
        assert library.track(local).title == "Home Take"
        with pytest.raises(NotFound):
            library.track("spotify:local:Nobody::Nothing:1")
        with pytest.raises(NotFound):
            library.track("meta:nothing")
    assert service.calls == []


def test_a_rate_limited_lookup_answers_at_once(
    library: Library, service: MadeService, url: str
) -> None:
    library.track(KNOWN, prefer="offline")
    service.failing = rate_limited
    database = Database(url, lambda: NOW)
    with database.unit() as unit:  # another run writes all the while
        unit.lookups.add({"stored": 1}, NOW)
        times = []
        for _ in range(20):
            begun = time.perf_counter()
            assert library.track(KNOWN).is_fallback
            times.append(time.perf_counter() - begun)
        library._lookups.notes.flush()  # nothing can be written, and nothing is lost
    assert sorted(times)[10] < 0.05
    library.close()
    assert tallies(url)["fallback:rate-limited"] == 20


def test_counts_say_what_was_saved(library: Library, service: MadeService, url: str) -> None:
    library.tracks([KNOWN, track(2), STRANGE])
    library.liked_songs()
    library.close()
    assert tallies(url) == {"stored": 3, "calls-saved": 3, "api": 1, "calls": 1}


def test_two_threads_may_share_a_library(library: Library, service: MadeService) -> None:
    service.add(*(entry(track(n), f"Song {n}", "Somebody") for n in range(200, 240)))
    wrong: list[object] = []

    def work(first: int) -> None:
        for number in range(first, first + 20):
            try:
                found = library.track(track(number), prefer="stored")
                named = library.track(f"Song {number}", artist="somebody", prefer="stored")
                if not found.key == named.key == library.search(f"song {number}")[0].key:
                    wrong.append((found, named))
            except SyncEngineError as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in (200, 220)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(service.calls) == 40


def test_a_library_that_changes_is_seen_at_once(library: Library, url: str, tmp_path: Path) -> None:
    assert library.search("quiet", prefer="offline") == []
    other = Library(url, clock=lambda: NOW)
    file = made.write(tmp_path / "New.csv", [Song(50, title="A Quiet Song")])
    other.import_csv(file, taken_at="2026-03-01T00:00:00Z")
    assert [each.key for each in library.search("quiet", prefer="offline")] == [track(50)]
    assert library.track("a quiet song", artist="Artist 0", prefer="offline").key == track(50)
    snapshot = other.snapshots()[-1].id
    from syncengine.jobs.drop import drop_snapshot

    drop_snapshot(other._database.unit, snapshot, clock=lambda: NOW)
    assert library.search("quiet", prefer="offline") == []


def test_a_library_that_is_put_in_another_s_place_is_read(library: Library, tmp_path: Path) -> None:
    assert library.track(KNOWN, prefer="offline").title == "Song 1"
    with Library(f"sqlite:///{tmp_path / 'other.db'}", clock=lambda: NOW) as other:
        other.import_csv(made.write(tmp_path / "Mix.csv", [Song(1, title="Another Name")]))
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("library.db-wal", "library.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "other.db").replace(tmp_path / "library.db")
    assert library.track(KNOWN, prefer="offline").title == "Another Name"


def test_a_library_nobody_may_write_to_can_be_asked(
    library: Library, tmp_path: Path, service: MadeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_arguments: False)  # root may write everywhere
    library.close()
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(frozen / "library.db"),))
    (frozen / "library.db").chmod(0o444)
    frozen.chmod(0o555)
    try:
        with Library(
            f"sqlite:///{frozen / 'library.db'}", clock=lambda: NOW, service=service
        ) as it:
            assert it.track(KNOWN, prefer="stored").title == "Song 1"
            assert it.search("deja")[0].title == "Déjà Vu"
            assert it.track(STRANGE).title == "Strange Song"
            assert it.track(STRANGE, prefer="offline").title == "Strange Song"
    finally:
        frozen.chmod(0o755)


def folder_library(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, clock: list[int], **more: str
) -> Library:
    monkeypatch.setenv("SPOTIFY_CSV_BACKUP_PATH", str(folder))
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    return Library(url, clock=lambda: Instant(clock[0]))


def test_new_exports_are_taken_in_once_the_folder_is_old_news(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, clock = tmp_path / "exports", [int(NOW)]
    made.write(folder / "Liked_Songs.csv", songs(1, 2))
    with folder_library(url, folder, monkeypatch, clock) as library:
        assert len(library.liked_songs()) == 2
        made.write(folder / "Liked_Songs.csv", songs(1, 2, 3), "2026-01-11T12:00:00Z")
        clock[0] += 3599
        assert len(library.liked_songs()) == 2
    with folder_library(url, folder, monkeypatch, clock) as another:
        assert len(another.liked_songs()) == 2  # the other process looked an hour ago
        clock[0] += 1
        assert len(another.liked_songs()) == 3


@pytest.mark.parametrize(
    "setting", [{"SPOTIFY_CSV_CACHE_TTL": "0"}, {"SPOTIFY_CSV_CACHE_ENABLED": "false"}]
)
def test_the_folder_may_be_looked_at_every_time(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, str]
) -> None:
    folder, clock = tmp_path / "exports", [int(NOW)]
    made.write(folder / "Liked_Songs.csv", songs(1, 2))
    with folder_library(url, folder, monkeypatch, clock, **setting) as library:
        assert len(library.liked_songs()) == 2
        assert len(library.liked_songs()) == 2
        assert len(library.snapshots()) == 1
        made.write(folder / "Liked_Songs.csv", songs(1, 2, 3), "2026-01-11T12:00:00Z")
        assert len(library.liked_songs()) == 3


def test_while_another_run_holds_the_library_what_is_stored_answers(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, clock = tmp_path / "exports", [int(NOW)]
    made.write(folder / "Liked_Songs.csv", songs(1, 2))
    with folder_library(url, folder, monkeypatch, clock) as library:
        assert len(library.liked_songs()) == 2
        made.write(folder / "Liked_Songs.csv", songs(1, 2, 3), "2026-01-11T12:00:00Z")
        clock[0] += 3600
        with writer_lock(lock_path(url, data_dir=tmp_path), wait=0, clock=lambda: NOW):
            assert len(library.liked_songs()) == 2
        clock[0] += 60
        assert len(library.liked_songs()) == 3


def test_a_folder_that_is_not_there_is_logged(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with folder_library(url, tmp_path / "none", monkeypatch, [int(NOW)]) as library:
        assert library.search("anything") == []
    assert "were not taken" in caplog.text


def test_the_mix_of_a_day(tmp_path: Path, url: str) -> None:
    """One liked fetch, five playlists of 100, 50 single lookups of which nine in ten are stored.

    Before, this took 2 + 5 × 202 + 100 calls; what the lookups part takes is counted here.
    """
    service = MadeService(batches=False)
    folder = tmp_path / "exports"
    for number in range(5):
        made.write(folder / f"Mix {number}.csv", songs(*range(number * 100, number * 100 + 100)))
    made.write(folder / "Liked_Songs.csv", songs(*range(200)))
    strangers = [track(number) for number in range(900, 905)]
    service.add(*(entry(key, "Song", "Somebody") for key in strangers))
    with Library(url, clock=lambda: NOW, service=service) as library:
        library.import_csv(folder, taken_at=EXPORTED_AT)
        assert len(library.liked_songs()) == 200
        assert len(library.playlist_tracks("Mix 3")) == 100
        assert service.calls == []
        looked_up: list[TrackKey] = [*(track(number * 10) for number in range(45)), *strangers]
        for key in looked_up:
            assert library.track(key, prefer="stored").title
    assert service.calls == ["track"] * 5
