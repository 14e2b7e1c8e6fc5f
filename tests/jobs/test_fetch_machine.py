"""Whatever happens at Spotify, and whatever goes wrong on the way: a fetch that ends well shows the truth."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from syncengine import bootstrap
from syncengine.adapters.retry import Retry
from syncengine.adapters.spotify.client import SpotifyService
from syncengine.adapters.spotify.wire import Connection, Wire
from syncengine.core.moment import Instant
from syncengine.core.remote import CallBook, Service
from syncengine.errors import Transient, TryLater
from syncengine.jobs.calls import Calls
from syncengine.jobs.fetch import fetch
from syncengine.jobs.fetch_report import FetchOptions, FetchReport
from syncengine.storage.unit_of_work import Database
from tests.fakes import spotify_faults as faults
from tests.fakes.asking import Tokens
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_things import LocalFile, Playlist

HOUR = 3600
LARGE = 120
"""Entries of a large playlist: three pages."""


class FetchMachine(RuleBasedStateMachine):
    """A library at Spotify that changes, and what is fetched of it."""

    @initialize(seed=st.integers(0, 1000))
    def open(self, seed: int) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.now = 1_790_000_000
        self.double = SpotifyDouble("development")
        self.double.__enter__()
        self.world = self.double.world
        self.database = Database(f"sqlite:///{self.folder / 'library.db'}", self.clock)
        self.dice = Random(seed)
        self.tracks = self.world.add_tracks(200)
        self.world.add_playlist("Kept", self.tracks[:LARGE])
        self.world.like(*self.tracks[:70])
        self.calls_in_vain = 0

    def teardown(self) -> None:
        if hasattr(self, "double"):
            self.double.faults.clear()
            self.now += 3 * HOUR
            self.fetch_in_peace()
            self.double.assert_clean()
            self.double.__exit__(None, None, None)
            shutil.rmtree(self.folder)

    def clock(self) -> Instant:
        return Instant(int(self.now))

    def sleep(self, seconds: float) -> None:
        self.now += int(seconds) + 1

    def service(self, book: CallBook) -> Service:
        retry = Retry(book, self.clock, self.sleep, Random(7))
        connection = Connection(self.double.api_url, self.clock)
        return SpotifyService(Wire(Tokens(self.double), retry, connection))

    def fetch(self, options: FetchOptions) -> FetchReport:
        return fetch(
            options,
            calls=Calls(self.database.unit, self.clock, "spotify", 0, "THE_BUDGET"),
            make_service=self.service,
            raw_store=self.database.raw_store,
            file_keys=bootstrap.file_keys,
        )

    @property
    def playlists(self) -> list[Playlist]:
        return list(self.world.me.playlists)

    # What happens at Spotify

    @rule(size=st.sampled_from([0, 1, 30, LARGE]))
    def add_playlist(self, size: int) -> None:
        name = self.dice.choice(["Mix", "Road Trip", "Späti", "AC/DC?"])
        self.world.add_playlist(name, self.dice.sample(self.tracks, size))

    @rule(which=st.integers(0, 9), count=st.integers(1, 3), at=st.integers(0, 200))
    def add_entries(self, which: int, count: int, at: int) -> None:
        playlist = self.playlists[which % len(self.playlists)]
        items = [*self.dice.sample(self.tracks, count), LocalFile("A", "B", "C", 60), None]
        place = at % (len(playlist.entries) + 1)
        self.world.add_to(playlist, *items[: count + 1], at=place)

    @rule(which=st.integers(0, 9), at=st.integers(0, 200))
    def take_entries_out(self, which: int, at: int) -> None:
        playlist = self.playlists[which % len(self.playlists)]
        if len(playlist.entries) > 5:
            self.world.take_out(playlist, at % len(playlist.entries))

    @rule(which=st.integers(0, 9), start=st.integers(0, 200), before=st.integers(0, 200))
    def move(self, which: int, start: int, before: int) -> None:
        playlist = self.playlists[which % len(self.playlists)]
        if size := len(playlist.entries):
            self.world.move(playlist, start % size, before % size)

    @rule(which=st.integers(0, 9))
    def rename(self, which: int) -> None:
        playlist = self.playlists[which % len(self.playlists)]
        self.world.rename(playlist, self.dice.choice(["Mix", "Other", "Other/2"]))

    @precondition(lambda self: len(self.playlists) > 1)
    @rule(which=st.integers(1, 9))
    def delete(self, which: int) -> None:
        self.world.delete_playlist(self.playlists[which % len(self.playlists)])

    @rule(count=st.integers(1, 3))
    def like(self, count: int) -> None:
        liked = {each.item.id for each in self.world.me.liked}
        new = [track for track in self.tracks if track.id not in liked]
        self.world.like(*self.dice.sample(new, min(count, len(new))))

    @rule(which=st.integers(0, 200))
    def unlike(self, which: int) -> None:
        liked = self.world.me.liked
        if len(liked) > 5:
            self.world.unlike(liked[which % len(liked)].item)

    @rule(hours=st.sampled_from([1, 2, 30]))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    # What goes wrong

    @rule(
        fault=st.sampled_from(
            ["pause", "quota", "down", "cut", "invalid", "hung up", "changes", "moves", "swaps"]
        ),
        skip=st.integers(0, 4),
    )
    def something_goes_wrong(self, fault: str, skip: int) -> None:
        made = {
            "pause": faults.rate_limited(2 * HOUR),
            "quota": faults.quota_exceeded(HOUR),
            "down": faults.server_error(503),
            "cut": faults.cut(),
            "invalid": faults.invalid_json,
            "hung up": faults.hung_up(),
            "changes": faults.after(self.change_meanwhile),
            "moves": faults.after(self.move_meanwhile),
            "swaps": faults.after(self.swap_likes_meanwhile),
        }[fault]
        times = 20 if fault == "down" else 1
        self.now += HOUR * 3  # a pause is over, and what was suspect can be confirmed
        before = self.truth()
        self.double.faults.add("GET /*", made, times=times, skip=skip)
        with suppress(TryLater, Transient):
            self.fetch(FetchOptions())
            after = self.truth()
            # No list is a mixture of what it was before and after it changed.
            for key, entries in self.told().items():
                assert entries in (before.get(key), after.get(key))
        self.double.faults.clear()

    def change_meanwhile(self) -> None:
        playlist = self.playlists[0]
        self.world.add_to(playlist, self.dice.choice(self.tracks), at=0)

    def move_meanwhile(self) -> None:
        playlist = self.playlists[0]
        self.world.move(playlist, len(playlist.entries) - 1, 0)

    def swap_likes_meanwhile(self) -> None:
        self.world.unlike(self.world.me.liked[3].item)
        self.like(1)

    # What is fetched

    @rule(full=st.booleans())
    def fetch_in_peace(self, full: bool = False) -> None:
        self.now += HOUR * 3  # any pause is over, and what was suspect is confirmed
        self.fetch(FetchOptions(full=full))
        assert self.told() == self.truth()
        with self.database.reading() as unit:
            there = unit.library.playlists()
        assert {each.key: each.name for each in there if each.key != "liked"} == {
            playlist.uri: playlist.name for playlist in self.playlists
        }

    def told(self) -> dict[str, list[str]]:
        """Return what the library says stands in each list."""
        with self.database.reading() as unit:
            entries = unit.library.entries()
            names = unit.library.track_keys()
            return {
                each.key: [names[entry.track] for entry in entries.get(each.id, ())]  # type: ignore[index]
                for each in unit.library.playlists()
            }

    def truth(self) -> dict[str, list[str]]:
        """Return what stands in each list at Spotify."""
        wanted = {
            playlist.uri: [
                each.item.uri if each.item else "unavailable" for each in playlist.entries
            ]
            for playlist in self.playlists
        }
        wanted["liked"] = [each.item.uri for each in self.world.me.liked]
        return wanted

    @invariant()
    def is_sound(self) -> None:
        if hasattr(self, "database") and self.database.exists:
            assert self.database.check() == []


TestFetchMachine = FetchMachine.TestCase
TestFetchMachine.settings = settings(
    max_examples=10,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
