"""docs/notion.md names every property with its type, in the order in which they are made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from syncengine.adapters.notion.fields import ENTITIES, PROPERTIES
from syncengine.adapters.notion.names import TITLES, shown_name
from syncengine.core.plan import Entity

PAGE = (Path(__file__).parents[1] / "docs" / "notion.md").read_text("utf-8")


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_property_is_explained(entity: Entity) -> None:
    _, _, rest = PAGE.partition(f"\n### {TITLES[entity]}\n")
    section, _, _ = rest.partition("\n#")
    rows = re.findall(r"^\| ([^|]+) \| ([a-z_]+) \|", section, re.MULTILINE)
    told = [row for row in rows if row != ("property", "type")]
    assert told == [(shown_name(name), prop.type) for name, prop in PROPERTIES[entity].items()]


def test_links_within_the_page_lead_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
