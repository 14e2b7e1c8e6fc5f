"""Shelves are remembered between runs, and what was agreed goes with the data source it was agreed of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from syncengine.adapters.notion.shelf import KeptShelves, Known, Shelf
from syncengine.bootstrap.notion import shelves_of
from syncengine.core.plan import Agreement, Entity
from syncengine.storage.unit_of_work import Database
from tests.builders import NOW

HERE = Shelf("source-1", "database-1", {"Name": Known("title", "title")})
MORE = Shelf("source-1", "database-1", {**HERE.properties, "BPM": Known("%3Ab", "number")})
THERE = Shelf("source-2", "database-2", {"Name": Known("title", "title")})


class Texts:
    """Remembers texts, and what was void at each write."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.void: list[tuple[bool, list[str]]] = []

    def read(self) -> Mapping[str, str]:
        return self.texts

    def write(self, entity: Entity, text: str, *, elsewhere: bool, anew: Collection[str]) -> None:
        self.texts[entity] = text
        self.void.append((elsewhere, list(anew)))


@pytest.mark.parametrize(
    ("shelves", "void"),
    [
        ([HERE], [(False, [])]),
        ([HERE, HERE], [(False, [])]),
        ([HERE, MORE], [(False, []), (False, ["BPM"])]),
        ([MORE, HERE], [(False, []), (False, ["BPM"])]),
        ([HERE, THERE], [(False, []), (True, [])]),
    ],
)
def test_what_was_agreed_holds_for_one_source_and_its_properties(
    shelves: list[Shelf], void: list[tuple[bool, list[str]]]
) -> None:
    texts = Texts()
    for each in shelves:
        KeptShelves(texts).write("track", each)
    assert texts.void == void
    assert KeptShelves(texts).read() == {"track": shelves[-1]}


def test_shelves_are_kept_in_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'library.db'}", lambda: NOW)
    assert shelves_of(database, lambda: NOW).read() == {}
    assert not database.exists, "who only asks makes no database"
    shelves_of(database, lambda: NOW).write("track", MORE)
    shelves_of(database, lambda: NOW).write("artist", HERE)
    assert shelves_of(database, lambda: NOW).read() == {"artist": HERE, "track": MORE}


def test_a_plan_is_made_anew_once_an_entity_is_kept_elsewhere(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'library.db'}", lambda: NOW)
    shelves = shelves_of(database, lambda: NOW)
    shelves.write("track", HERE)
    with database.unit() as unit:
        unit.agreed.note_agreement("notion", Agreement("library", "rules", {"track": 1}), NOW)
        unit.commit()
    shelves.write("track", THERE)
    with database.reading() as unit:
        assert unit.agreed.agreement("notion") is None
