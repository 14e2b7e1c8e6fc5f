"""The library in Notion, whatever happens here, there and on the way: it converges, people's own stays."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from syncengine.adapters.notion.fields import ENTITIES
from syncengine.core.guard import LIFTS
from syncengine.core.moment import Instant
from syncengine.core.plan import Agreed, Plan, Target
from syncengine.core.plan_file import from_json, to_json
from syncengine.errors import Gone, RemoteError, StalePlan
from syncengine.jobs.reconcile import Wishes
from tests.builders import track
from tests.fakes.notion_http import VERSIONS
from tests.fakes.notion_things import Page
from tests.moving_library import LABELS, MovingLibrary
from tests.notion_lives import Came, Killed, Lives, Order
from tests.notion_people import RELATIONS, People
from tests.notion_troubles import TROUBLES, trouble_of
from tests.notion_watch import Sight, Watch

HOUR = 3600
STEMS = ("Mix", "Road trip", "Mix [0000000000000000000Mix]", "Mix2", "Liked_Songs")
SONGS = st.integers(0, 5)
PICK = st.integers(0, 50)
LIFTED = frozenset(LIFTS)
WRITTEN: Mapping[str, Sequence[object]] = {
    "Name": ["Mine", "Other"],
    "Label": ["Mine", None],
    "ISRC": ["ZZMINE000001"],
    "Popularity": [1, 99, None],
    "Explicit": [True, False],
    "Release date": ["1999-01-01", None],
    "Genres": [["mine"], ["mine", "yours"], []],
    "Owner": ["Me", None],
    "Spotify URL": ["https://example.com/mine", None],
    "Facts source": ["mine"],
    "Sync key": ["mine", None],
}


class NotionMachine(RuleBasedStateMachine):
    """A library that changes, people who change it in Notion, and runs of which some go wrong."""

    @initialize(
        in_flight=st.sampled_from([1, 1, 4]),
        version=st.sampled_from(VERSIONS),
        lag=st.sampled_from([0, 0, 4]),
        synced=st.sampled_from([True, True, False]),
    )
    def open(self, in_flight: int, version: str, lag: int, synced: bool) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.lives = Lives(self.folder, in_flight, version)
        self.double = self.lives.double
        self.watch = Watch(self.lives)
        self.people = People(self.watch)
        self.lag = lag
        self.double.lag(lag)
        self.library = MovingLibrary(lists={"Mix": [0, 1], "Liked_Songs": [1, 2]})
        self.saved: Plan | None = None
        self.forgot = False
        self.is_told = False
        if synced:
            self.run_in_peace(None)

    def teardown(self) -> None:
        if hasattr(self, "people"):
            try:
                self.all_is_well(choice="keep-theirs")
                self.all_is_well(choice="use-ours", refresh=True)
                # What came back from the trash shows again in relations.
                self.all_is_well(choice="use-ours", refresh=True)
                self.watch.see_agreement()
                self.double.assert_clean()
            finally:
                self.lives.close()
                shutil.rmtree(self.folder)

    def pass_time(self, seconds: int) -> None:
        self.lives.time.now += seconds

    # ------------------------------------------------------------------------------ in the library

    def tell(self) -> None:
        """Let an export tell of the library as it is now, if that is news."""
        if not self.is_told:
            self.pass_time(HOUR)
            now = Instant(int(self.lives.time.now))
            self.library.told(self.lives.database, self.folder / "exports", now)
            self.is_told = True

    @rule(stem=st.sampled_from(STEMS), numbers=st.lists(SONGS, min_size=1, max_size=3, unique=True))
    def have_playlist(self, stem: str, numbers: list[int]) -> None:
        self.library.lists[stem] = numbers
        self.is_told = False

    @rule(stem=st.sampled_from(STEMS), number=SONGS)
    def put_in_or_take_out(self, stem: str, number: int) -> None:
        rows = self.library.lists.get(stem, [])
        rows = [*rows, number] if number not in rows else [n for n in rows if n != number]
        if rows:
            self.library.lists[stem] = rows
            self.is_told = False

    @rule(which=PICK)
    def end_playlist(self, which: int) -> None:
        if len(self.library.lists) > 1:
            self.library.lists.pop(_chosen(sorted(self.library.lists), which))
            self.is_told = False

    @rule(which=PICK, new=st.sampled_from(STEMS[:-1]))
    def rename_playlist(self, which: int, new: str) -> None:
        named = sorted(stem for stem in self.library.lists if stem != "Liked_Songs")
        if named and new not in named:
            self.tell()  # what else is new would hide that it is the same playlist
            self.library.rename(_chosen(named, which), new)
            self.pass_time(24 * HOUR)
            self.is_told = False

    @rule(number=SONGS, drift=st.sampled_from([1, 2, -2, 10, -10]))
    def drift(self, number: int, drift: int) -> None:
        song = self.library.song(number)
        song.popularity = max(0, min(100, song.popularity + drift))
        self.is_told = False

    @rule(
        number=SONGS, label=st.sampled_from(LABELS), genres=st.sampled_from(["", "pop", "pop,rock"])
    )
    def change_facts(self, number: int, label: str, genres: str) -> None:
        song = self.library.song(number)
        song.label, song.genres, song.explicit = label, genres, not song.explicit
        self.is_told = False

    @rule(number=SONGS, named=st.booleans())
    def know_by_name_or_id(self, number: int, named: bool) -> None:
        self.library.song(number).named = named
        self.is_told = False

    @rule(with_ids=st.booleans())
    def change_the_exporter(self, with_ids: bool) -> None:
        self.library.with_ids = with_ids
        self.is_told = False

    # ------------------------------------------------------------------------------------ in Notion

    def a_page(self, which: int) -> Page | None:
        page: Page | None = _chosen(self.people.pages(), which)
        return page

    def a_while(self, which: int) -> None:
        """Let the time pass that queries lag behind, at least."""
        self.pass_time([60, HOUR][which % 2] if self.lag else [0, 30, HOUR][which % 3])

    @rule(which=PICK, name=st.sampled_from(sorted(WRITTEN)), value=PICK)
    def write(self, which: int, name: str, value: int) -> None:
        if page := self.a_page(which):
            self.people.write(page, name, _chosen(WRITTEN[name], value))
            self.a_while(which)

    @rule(which=PICK, other=PICK, name=st.sampled_from(RELATIONS), how=st.sampled_from("+-0"))
    def relate(self, which: int, other: int, name: str, how: str) -> None:
        track = _chosen(self.people.pages("track"), which)
        to = self.watch.prop("track", name).target
        others = [each for each in self.people.pages() if each.parent[1] == to]
        if track and others:
            shown = self.people.related(track, name)
            more = _chosen(others, other).id
            new = {"+": dict.fromkeys([*shown, more]), "-": shown[1:], "0": []}[how]
            self.people.relate(track, name, new)
            self.a_while(which)

    @rule(which=PICK, other=PICK)
    def relate_back(self, which: int, other: int) -> None:
        page = _chosen(self.people.pages("artist", "album", "playlist"), which)
        track = _chosen(self.people.pages("track"), other)
        if page and track:
            self.people.relate_back(page, track)
            self.a_while(which)

    @rule(which=PICK, value=st.sampled_from(["Great", "Dull", None]), rating=st.booleans())
    def take_notes(self, which: int, value: str | None, rating: bool) -> None:
        if page := self.a_page(which):
            self.people.note(page, "My rating" if rating else "My notes", value)
            self.a_while(which)

    @rule(which=PICK)
    def trash(self, which: int) -> None:
        if page := self.a_page(which):
            self.people.trash(page)
            self.a_while(which)

    @rule(which=PICK)
    def restore(self, which: int) -> None:
        if page := _chosen(self.people.pages(trashed=True), which):
            self.people.restore(page)
            self.a_while(which)

    @rule(which=PICK, trashed=st.booleans())
    def delete(self, which: int, trashed: bool) -> None:
        if page := _chosen(self.people.pages(trashed=trashed), which):
            self.people.delete(page)
            self.a_while(which)

    @rule(entity=st.sampled_from(ENTITIES), name=st.sampled_from(["Name", "Sync key", "Artists"]))
    def rename_property(self, entity: str, name: str) -> None:
        if name in self.lives.shelves[entity].properties:  # type: ignore[index]
            self.people.rename(entity, name, f"My {name}")  # type: ignore[arg-type]

    @rule(entity=st.sampled_from(ENTITIES), which=PICK)
    def add_own_page(self, entity: str, which: int) -> None:
        related = _chosen(self.people.pages("artist", "album", "playlist"), which)
        self.people.add_own(entity, related)  # type: ignore[arg-type]
        self.a_while(which)

    @rule(which=PICK)
    def duplicate(self, which: int) -> None:
        if page := self.a_page(which):
            self.pass_time(60)  # within a minute nobody can tell which was first
            self.people.duplicate(page)
            self.a_while(which)

    # ---------------------------------------------------------------------------------------- both

    @rule(number=SONGS, what=st.sampled_from(["facts", "playlists", "artist", "page"]), which=PICK)
    def clash(self, number: int, what: str, which: int) -> None:
        """A person changes the very thing that the library changes."""
        page, song = self.people.page_of("track", track(number)), self.library.song(number)
        if page is None:
            return
        match what:
            case "facts":
                name, value = [("Label", "Mine"), ("Popularity", 1), ("Genres", ["mine"])][
                    which % 3
                ]
                self.people.write(page, name, value)
                song.label, song.genres = (
                    _chosen(LABELS, which),
                    _chosen(["", "pop", "rock"], which),
                )
                song.popularity = which
            case "playlists":
                self.people.relate(page, "Playlists", self.people.related(page, "Playlists")[1:])
                self.put_in_or_take_out(_chosen(sorted(self.library.lists), which), number)
            case "artist":
                for artist in self.people.related(page, "Artists"):
                    self.people.trash(self.double.world.pages[artist])
                self.library.lists["Mix2"] = [number, (number + 3) % 6]
            case _:
                self.people.trash(page)
                song.popularity = which
        self.is_told = False
        self.a_while(which)

    # ----------------------------------------------------------------------------------------- runs

    @rule(
        trouble=st.sampled_from(TROUBLES),
        at=st.integers(0, 40),
        refresh=st.sampled_from([False, False, True]),
        choice=st.sampled_from([None, None, "keep-theirs", "use-ours"]),
        trash=st.sampled_from([False, False, True]),
        limit=st.sampled_from([None, None, 1, 4]),
    )
    def run(
        self,
        trouble: str,
        at: int,
        refresh: bool,
        choice: str | None,
        trash: bool,
        limit: int | None,
    ) -> None:
        self.pass_time(10 * 60)  # any pause is over
        wishes = Wishes(lifted=LIFTED, trash_removed=trash, choice=choice)  # type: ignore[arg-type]
        self.watched(Order(wishes, refresh, limit), trouble, at)

    @rule(choice=st.sampled_from([None, None, "keep-theirs", "use-ours"]))
    def run_in_peace(self, choice: str | None) -> None:
        self.run("none", 0, False, choice, False, None)

    @rule(at=st.integers(0, 100), refresh=st.booleans())
    def run_in_a_storm(self, at: int, refresh: bool) -> None:
        self.run("storm", at, refresh, None, False, None)

    @rule(at=st.integers(0, 30), limit=st.sampled_from([None, 2]))
    def run_and_die(self, at: int, limit: int | None) -> None:
        self.run("killed", at, False, None, False, limit)

    @rule()
    def save_plan(self) -> None:
        self.pass_time(10 * 60)
        if not self.forgot:
            came = self.watched(Order(Wishes(lifted=LIFTED), dry=True))
            self.saved = from_json(to_json(came.plan))

    @precondition(lambda self: self.saved is not None)
    @rule(trouble=st.sampled_from(TROUBLES), at=st.integers(0, 20))
    def apply_saved(self, trouble: str, at: int) -> None:
        self.pass_time(10 * 60)
        if not self.forgot:
            self.watched(Order(saved=self.saved), trouble, at)

    @rule()
    def lose_memory(self) -> None:
        self.pass_time(60)
        with self.lives.database.unit() as unit:
            for entity in ENTITIES:
                unit.agreed.forget_entity("notion", entity)
            unit.commit()
        self.forgot = True

    def watched(self, order: Order, trouble: str = "none", at: int = 0) -> Came:
        """Run, and see that people's own is left alone, however it ends."""
        if self.forgot:
            self.watch.memory_lost()
            order = replace(order, refresh=True)
        self.tell()
        before, came = self.watch.look(), Came()
        ended = self.ended(order, trouble, at, before, came)
        event(f"{trouble}: {ended}")
        self.forgot = self.forgot and came.prepared is None
        self.tell_of(came)
        self.pass_time(60 if self.lag else 0)
        self.watch.compare(before)
        if trouble == "none":
            assert ended in ("well", "StalePlan" if order.saved else "well")
            self.see_that_nothing_failed(came)
        return came

    def ended(self, order: Order, trouble: str, at: int, before: Sight, came: Came) -> str:
        """Run with something going wrong; return how that ended."""
        self.double.log.clear()
        life, progress = trouble_of(self.double, trouble, at)
        try:
            self.lives.run(
                order, life, progress, lambda found: self.watch.decided(found, before), came
            )
        except (RemoteError, StalePlan, Killed, KeyboardInterrupt) as error:
            note(f"  {error!r}")
            return type(error).__name__
        finally:
            self.double.storm = None
            self.double.faults.clear()
        return "well"

    def see_that_nothing_failed(self, came: Came) -> None:
        """See that all was done, but for what people deleted for good: that is found when it is written."""
        if came.report is None or came.prepared is None:
            return
        assert came.report.stopped is None
        agreed: dict[Target, Agreed] = {}
        for side in came.prepared.planned.sides.values():
            agreed |= side.agreed
        for each in came.report.failed:
            assert isinstance(each.error, Gone), each.reason
            address = agreed[each.action.entity, each.action.key].address
            assert address not in self.double.world.pages, each.reason

    def tell_of(self, came: Came) -> None:
        """Say what a run did, for whoever reads of a failure."""
        for each in came.plan.sinks["notion"].actions if came.prepared else ():
            note(f"    {each.action} {each.entity} {each.key}: {dict(each.fields)} ({each.reason})")
        note(f"  {came.report}")

    @rule(choice=st.sampled_from(["keep-theirs", "use-ours"]), refresh=st.booleans())
    def all_is_well(self, choice: str, refresh: bool = False) -> None:
        """What is wanted comes to be in a few runs, and then nothing is asked any more."""
        self.pass_time(10 * 60)
        wishes = Wishes(lifted=LIFTED, choice=choice)  # type: ignore[arg-type]
        came = self.watched(Order(wishes, refresh))
        for _ in range(3):
            if not came.plan.empty:
                came = self.watched(Order(wishes))
        assert came.plan.empty, "this goes on and on"
        came = self.watched(Order())
        assert came.plan.empty
        assert sum(came.calls.values()) == 0, came.calls


def _chosen(several: Sequence[Any], which: int) -> Any:
    return several[which % len(several)] if several else None


TestNotionMachine = NotionMachine.TestCase
TestNotionMachine.settings = settings(
    max_examples=max(20, settings().max_examples // 4),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
