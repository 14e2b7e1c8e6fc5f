"""The rules by which pages are made have a number, so that what once agreed is known to agree still."""

from __future__ import annotations

from pathlib import Path

import syncengine
from syncengine.adapters.notion.pages import RULES
from syncengine.adapters.notion.sink import NotionSink
from syncengine.core.moment import Instant
from syncengine.core.plan import Agreement, digest
from syncengine.storage.unit_of_work import Database
from tests.builders import NOW
from tests.shell import Shell

SAMPLE = Path(syncengine.__file__).parent / "sample" / "2026-02-15"
PAGES_BY_RULES = {2: "ecc0c02f91beec0aa820a6ffa40f8b4a"}


def test_whoever_changes_the_pages_gives_the_rules_a_new_number(shell: Shell) -> None:
    """A sink that agreed under these rules is not compared again until the library changes."""
    shell("import-csv", str(SAMPLE), "--taken-at", "2026-02-15T12:00:00Z")
    with Database(shell.url, lambda: NOW).reading() as unit:
        tracks, playlists = unit.catalogue.tracks(), unit.catalogue.playlists()
        items = list(NotionSink().desired(list(tracks), playlists))
    pages = {f"{item.entity} {item.key}": (digest(item.properties), *item.notes) for item in items}
    said = digest({key: pages[key] for key in sorted(pages)})
    assert said == PAGES_BY_RULES[RULES], f"raise RULES, and pin {said}"


def test_an_agreement_is_kept_until_it_is_forgotten(shell: Shell) -> None:
    first, second = (Agreement(name, "1 track", {"track": 3}) for name in "ab")
    with Database(shell.url, lambda: NOW).unit() as unit:
        assert unit.agreed.agreement("notion") is None
        for each in (first, second):
            unit.agreed.note_agreement("notion", each, Instant(1))
        assert unit.agreed.agreement("notion") == second
        unit.agreed.forget_agreement("notion")
        assert unit.agreed.agreement("notion") is None
