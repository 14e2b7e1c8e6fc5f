"""What the machine found: people, faults and the library meet in ways that nobody thought of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.adapters.notion.fields import ENTITIES
from syncengine.core.edits import Choice
from syncengine.core.moment import Instant
from syncengine.core.plan import REMOVED
from syncengine.jobs.reconcile import Wishes
from tests.fakes.notion_faults import hung_up
from tests.fakes.notion_things import Page
from tests.moving_library import MovingLibrary
from tests.notion_lives import Came, Killed, Life, Lives, Order
from tests.notion_people import People
from tests.notion_watch import Watch


class Scene:
    """A library of three tracks, in Notion already, and time that passes with each step."""

    def __init__(self, folder: Path) -> None:
        self.lives = Lives(folder)
        self.folder = folder
        self.watch = Watch(self.lives)
        self.people = People(self.watch)
        self.library = MovingLibrary(lists={"Mix": [0, 1], "Liked_Songs": [1, 2]})
        self.tell()
        self.run()

    def tell(self) -> None:
        self.lives.time.now += 3600
        now = Instant(int(self.lives.time.now))
        self.library.told(self.lives.database, self.folder / "exports", now)

    def run(
        self,
        choice: Choice | None = None,
        *,
        refresh: bool = False,
        trash_removed: bool = False,
        life: Life | None = None,
    ) -> Came:
        self.lives.time.now += 3600
        wishes = Wishes(choice=choice, trash_removed=trash_removed)
        return self.lives.run(Order(wishes, refresh), life)

    def stopped(self) -> bool:
        """Run, and return whether that was ended before its time."""
        report = self.run().report
        return report is not None and report.stopped is not None

    def conflicts(self) -> list[object]:
        """Run, and return the fields in conflict."""
        actions = self.run().plan.sinks["notion"].actions
        return [each.fields for each in actions if each.action == "conflict"]

    def lose_memory(self) -> None:
        with self.lives.database.unit() as unit:
            for entity in ENTITIES:
                unit.agreed.forget_entity("notion", entity)
            unit.commit()

    def page(self, key: str) -> Page:
        """Return the page that we made for a key."""
        (found,) = [
            page
            for page in self.people.pages(trashed=None)
            if self.watch.item(page).fields["Sync key"] == key
        ]
        return found

    def track(self, number: int) -> Page:
        return self.page(f"spotify:track:{number:022d}")

    def says(self, page: Page, name: str) -> object:
        return self.watch.item(page).fields.get(name)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.lives.double.assert_clean()
    made.lives.close()


def test_a_persons_copy_does_not_take_the_place_of_the_page_it_was_made_of(scene: Scene) -> None:
    scene.library.song(1).label = "New"
    scene.tell()
    scene.run()  # the next look asks for what was changed after this
    page = scene.track(0)
    scene.lives.time.now += 3600
    scene.people.duplicate(page)
    scene.library.song(0).label = "New"
    scene.tell()
    came = scene.run()
    assert came.prepared is not None
    assert len(came.prepared.looked["notion"].doubles) == 1
    assert scene.says(page, "Label") == "New"


def test_a_page_is_known_again_by_a_key_that_the_thing_went_by(scene: Scene) -> None:
    page = scene.page("csv:mix")
    scene.lose_memory()
    scene.library.rename("Mix", "Mix [0000000000000000000Mix]")
    scene.lives.time.now += 24 * 3600
    scene.tell()
    came = scene.run(refresh=True)
    assert came.report is not None
    assert came.report.calls.get("POST /v1/pages") is None
    assert scene.says(page, "Sync key") == "spotify:playlist:0000000000000000000Mix"
    assert scene.run().plan.empty


def test_what_left_the_library_while_our_memory_was_lost_is_marked_so(scene: Scene) -> None:
    page = scene.page("csv:mix")
    scene.lose_memory()
    del scene.library.lists["Mix"]
    scene.tell()
    scene.run(refresh=True)
    assert scene.says(page, REMOVED)
    scene.library.lists["Mix"] = [0, 1]
    scene.tell()
    scene.run()
    assert scene.says(scene.page("csv:mix"), REMOVED) is None


def test_a_change_that_was_given_up_and_yet_done_is_nobodys_edit(scene: Scene) -> None:
    scene.library.song(0).label = "New"
    scene.library.lists["Liked_Songs"] = [0, 1, 2]
    scene.tell()
    scene.lives.double.faults.add("PATCH *", hung_up(done=True), times=6)
    assert scene.stopped()
    scene.people.write(scene.track(0), "Name", "Mine")
    scene.library.song(0).label = "Newer"
    scene.library.lists["Road trip"] = [0]
    scene.tell()
    (conflict,) = [
        each for each in scene.run().plan.sinks["notion"].actions if each.action == "conflict"
    ]
    assert conflict.fields == {"Name": ("Mine", "Song 0")}


def test_what_was_put_into_the_trash_by_a_run_that_was_killed_is_nobodys_edit(scene: Scene) -> None:
    scene.library.lists["Mix"] = [1]
    scene.tell()
    with pytest.raises(Killed):
        scene.run(trash_removed=True, life=Life(writes=1))
    assert scene.track(0).trashed
    scene.library.lists["Mix"] = [0, 1]
    scene.tell()
    scene.run()
    assert not scene.track(0).trashed


def test_what_was_deleted_stays_away_where_it_left_the_library_before_and_came_back(
    scene: Scene,
) -> None:
    scene.library.lists["Mix"] = [1]
    scene.tell()
    scene.run()
    page = scene.track(0)
    assert scene.says(page, REMOVED)
    scene.people.delete(page)
    scene.library.lists["Mix"] = [0, 1]
    scene.tell()
    scene.lives.time.now += 3600
    came = scene.run(refresh=True)
    track = [each for each in came.plan.sinks["notion"].actions if each.entity == "track"]
    assert [each.action for each in track] == ["conflict"]
