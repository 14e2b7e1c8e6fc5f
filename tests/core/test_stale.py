"""A saved plan is done as it is, or not at all; what was done of it is not done again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncengine.core.plan import DELETED, IN_TRASH, TRASHED, Agreed
from syncengine.core.reconcile import plan_sink
from syncengine.core.stale import remaining
from syncengine.errors import StalePlan
from tests.plan_builders import Shelf, agree, item

SHELF = Shelf()
BEFORE = agree(plan_sink(SHELF, [item("track", "t", Label="L"), item("track", "u")], []), [])
AFTER = [item("track", "t", Label="M"), item("track", "v")]
PLAN = plan_sink(SHELF, AFTER, BEFORE)


def held(agreed: list[Agreed]) -> dict[tuple[str, str], Agreed]:
    return {(each.entity, each.key): each for each in agreed}


def left(agreed: list[Agreed]) -> tuple[list[str], list[str]]:
    found = remaining(PLAN.actions, held(agreed))  # type: ignore[arg-type] # entities are words here
    return [each.key for each in found.to_do], [each.key for each in found.conflicts]


def test_before_anything_is_done_all_is_left() -> None:
    assert left(BEFORE) == (["v", "t", "u"], [])


def test_what_is_done_is_not_left() -> None:
    done = held(agree(PLAN, BEFORE))
    assert left(list(done.values())) == ([], [])
    part = [done["track", "v"], *BEFORE]
    assert left(part) == (["t", "u"], [])


def test_what_a_person_edited_meanwhile_is_left_alone() -> None:
    edited = [replace(e, edits={"Label": "mine"}) if e.key == "t" else e for e in BEFORE]
    assert left(edited) == (["v", "u"], ["t"])
    put_away = [replace(e, edits={IN_TRASH: TRASHED}) if e.key == "t" else e for e in BEFORE]
    assert left(put_away) == (["v", "u"], ["t"])
    as_planned = [replace(e, edits={"Label": "M"}) if e.key == "t" else e for e in BEFORE]
    assert left(as_planned) == (["v", "u"], [])


def test_what_another_plan_changed_makes_it_stale() -> None:
    other = [item("track", "t", Label="N"), item("track", "u")]
    with pytest.raises(StalePlan, match="'track t' was changed"):
        left(agree(plan_sink(SHELF, other, BEFORE), BEFORE))
    done = agree(PLAN, BEFORE)
    renamed = [replace(e, properties={"Name": "another"}) if e.key == "v" else e for e in done]
    with pytest.raises(StalePlan):
        left(renamed)
    with pytest.raises(StalePlan):
        left(BEFORE[:0])
    deleted = [replace(e, edits={IN_TRASH: DELETED}) for e in BEFORE]
    with pytest.raises(StalePlan):
        left(deleted)
