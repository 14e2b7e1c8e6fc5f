"""Remediation asks the database for sets, whatever is wrong: never for a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from syncengine import bootstrap
from syncengine.adapters.notion.sink import NotionSink
from syncengine.bootstrap.remediation import field_notes
from syncengine.core.plan import Agreed, Item, digest
from syncengine.jobs.import_csv import import_csv
from syncengine.jobs.import_report import Options
from syncengine.jobs.reconcile import NO_WISHES
from syncengine.jobs.remediate import Judged, judge
from syncengine.storage.bulk import CHUNK
from syncengine.storage.unit_of_work import Database
from tests.builders import NOW, make_database
from tests.made_exports import songs, write
from tests.statements import counting

FEW, MANY = 50, 1_050
LOOK_UPS = 6
"""How many look-ups are made of the same set of tracks, chunk by chunk."""


def library(folder: Path, count: int) -> Database:
    """Return a library of so many tracks, all in Notion, each with an edit and each artist put away."""
    folder.mkdir()
    database = make_database(folder)
    import_csv(
        [write(folder / "Mix.csv", songs(*range(count)))],
        Options(),
        reader=bootstrap.export_reader(),
        open_unit=database.unit,
        raw_store=database.raw_store,
        clock=lambda: NOW,
    )
    with database.unit() as unit:
        wanted = NotionSink().desired(tuple(unit.catalogue.tracks()), unit.catalogue.playlists())
        unit.agreed.save("notion", [_held(n, each) for n, each in enumerate(wanted)], NOW)
        unit.commit()
    return database


def _held(number: int, item: Item) -> Agreed:
    held = Agreed(item.entity, item.key, digest(item.properties), item.properties, f"p{number}")
    edits = {"track": {"Label": "Mine"}, "artist": {"In trash": "in the trash"}}
    return replace(held, edits=edits.get(item.entity, {}))


def judged(database: Database) -> Judged:
    with database.reading() as unit:
        return judge(unit, NotionSink(), field_notes(), lambda: NOW, NO_WISHES)


def statements(database: Database) -> int:
    with counting() as sent:
        found = judged(database)
    assert {each.kind for each in found.findings} == {
        "differing-value", "broken-relation", "without-page",
    }  # fmt: skip
    return len(sent)


def test_there_is_no_query_for_each_page(tmp_path: Path) -> None:
    few, many = (statements(library(tmp_path / str(n), n)) for n in (FEW, MANY))
    assert many - few <= LOOK_UPS * (MANY - FEW) / CHUNK


@pytest.mark.parametrize("name", ["Label", "Artists"])
def test_every_finding_says_who_says_so_and_since_when(tmp_path: Path, name: str) -> None:
    found = [each for each in judged(library(tmp_path / "few", 10)).findings if each.field == name]
    assert len(found) == 10
    assert {each.source for each in found} == {"exportify.net"}
    assert all(each.since for each in found)
