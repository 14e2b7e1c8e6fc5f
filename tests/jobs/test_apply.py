"""Applies in which things are away that were there when the plan was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from syncengine.core.plan import DELETED, IN_TRASH, Agreed, Value
from syncengine.core.reconcile import plan_sink
from syncengine.core.writer import Change, SeenItem, Written
from syncengine.errors import Gone
from syncengine.jobs.apply import Means, apply
from syncengine.storage.unit_of_work import Database
from tests.plan_builders import NOON, Shelf, agree, item

SHELF = Shelf(entities=("playlist", "track"))


class Emptied:
    """A sink in which everything was deleted for good."""

    name = "shelf"
    in_flight = 4
    in_steps = False

    def __init__(self) -> None:
        self.tried: list[Change] = []

    @property
    def calls(self) -> Mapping[str, int]:
        return {"write": len(self.tried)}

    def write(self, change: Change) -> Written:
        self.tried.append(change)
        raise Gone("it is gone", system="shelf", operation="write", address=change.address or "")

    def keepsake(self, change: Change) -> Mapping[str, Value]:
        return {}

    def at(self, address: str) -> SeenItem | None:
        return None

    def find(self, *_: object) -> Iterator[SeenItem]:
        return iter(())

    def changed(self, *_: object) -> Iterator[SeenItem]:
        return iter(())

    def everything(self, *_: object) -> Iterator[SeenItem]:
        return iter(())

    def related(self, address: str, field: str) -> tuple[str, ...]:
        return ()

    def stop(self) -> None:
        """Nothing waits here."""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'library.db'}", lambda: NOON)


def test_a_track_and_the_playlist_that_it_comes_into_are_both_deleted(database: Database) -> None:
    before = [item("playlist", "p"), item("track", "t")]
    agreed: list[Agreed] = agree(plan_sink(SHELF, before, []), [])
    plan = plan_sink(SHELF, [before[0], item("track", "t", Playlists=("p",))], agreed)
    with database.unit() as unit:
        run = unit.ledger.begin_run("reconcile", NOON)
        unit.agreed.save("shelf", agreed, NOON)
        unit.commit()
    sink = Emptied()
    held = {(each.entity, each.key): each for each in agreed}
    report = apply(plan.actions, held, Means(SHELF, sink, database.unit, lambda: NOON, run))
    assert [each.fields for each in sink.tried] == [
        {"Playlists": (held["playlist", "p"].address,)},
        {"Playlists": None},  # once more, without what is away
    ]
    (failure,) = report.failed
    assert failure.reason == (
        "it was deleted for good there by hand; from the next run on that is a conflict"
    )
    with database.reading() as unit:
        now = list(unit.agreed.agreed("shelf"))
    assert [each.edits for each in now] == [{IN_TRASH: DELETED}] * 2
