"""A bounded run makes whole things: tracks with all that they relate to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.plan import Action, Agreed
from syncengine.core.portion import portion, related
from syncengine.core.reconcile import plan_sink
from tests.plan_builders import Shelf, agree, item

SHELF = Shelf()
LIBRARY = [
    *(item("artist", f"a{n}") for n in range(6)),
    *(item("album", f"b{n}") for n in range(4)),
    item("playlist", "p"),
    *(
        item("track", f"t{n}", Artists=(f"a{n}", "a5"), Album=(f"b{n % 4}",), Playlists=("p",))
        for n in range(5)
    ),
]
ACTIONS = plan_sink(SHELF, LIBRARY, []).actions


def names(actions: list[Action]) -> list[str]:
    return [each.key for each in actions]


@given(st.integers(1, 20))
def test_everything_that_is_made_has_what_it_relates_to(limit: int) -> None:
    chosen = portion(ACTIONS, SHELF.policies, limit)
    made = {(each.entity, each.key) for each in chosen}
    assert all(made.issuperset(related(each, SHELF.policies)) for each in chosen)
    assert len(chosen) <= max(limit, 5)
    assert chosen == [each for each in ACTIONS if each in chosen]


def test_the_first_track_comes_with_its_company_however_low_the_limit() -> None:
    assert names(portion(ACTIONS, SHELF.policies, 1)) == ["a0", "a5", "b0", "p", "t0"]
    assert names(portion(ACTIONS, SHELF.policies, 8)) == [
        "a0", "a1", "a5", "b0", "b1", "p", "t0", "t1",
    ]  # fmt: skip


def test_run_after_run_everything_gets_done() -> None:
    agreed: list[Agreed] = []
    for _ in range(len(LIBRARY)):
        plan = plan_sink(SHELF, LIBRARY, agreed)
        chosen = portion(plan.actions, SHELF.policies, 2)
        part = type(plan)(plan.entities, plan.estimate, chosen)
        agreed = agree(part, agreed)
    assert plan_sink(SHELF, LIBRARY, agreed).actions == ()


def test_a_change_waits_for_what_it_is_to_relate_to() -> None:
    known = agree(plan_sink(SHELF, LIBRARY[:-1], []), [])
    later = [
        *LIBRARY, item("playlist", "q"), item("track", "t9", Artists=("a0",)),
    ]  # fmt: skip
    later[11] = item("track", "t0", Artists=("a0", "a5"), Album=("b0",), Playlists=("p", "q"))
    actions = plan_sink(SHELF, later, known).actions
    assert "t0" not in names(portion(actions, SHELF.policies, 1))
    assert "t0" in names(portion(actions, SHELF.policies, 9))
