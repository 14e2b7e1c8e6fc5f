"""Plans that are limited to some fields: nothing else is touched, and what is chosen gets done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.edits import NO_DECISIONS, decide
from syncengine.core.plan import DELETED, IN_TRASH, PAGE, REMOVED, TRASHED, Action, Agreed, Item
from syncengine.core.reconcile import Rules, plan_sink
from tests.core.test_plan import DESIRED, SHELF, agreements
from tests.plan_builders import agree, item

ALL = frozenset({"mass-deletion", "emptied-source"})
CHOICES = st.frozensets(
    st.sampled_from(["Name", "Popularity", "Artists", "Album", "Rest", PAGE, REMOVED, IN_TRASH])
)


def held(thing: Item, **edits: object) -> Agreed:
    made = agree(plan_sink(SHELF, [thing], []), [])[0]
    return replace(made, edits={name.replace("_", " "): each for name, each in edits.items()})  # type: ignore[misc]


def plan(desired: list[Item], agreed: list[Agreed], *only: str) -> list[Action]:
    """Plan with every edit giving way, as far as it is chosen."""
    rules = Rules(ALL, only=frozenset(only))
    made = plan_sink(SHELF, desired, agreed, rules=rules).actions
    conflicts = [each for each in made if each.action == "conflict"]
    known = {(each.entity, each.key): each for each in agreed}
    decisions = NO_DECISIONS.with_more(decide(conflicts, known, "use-ours"))
    return list(
        plan_sink(SHELF, desired, agreed, rules=replace(rules, decisions=decisions)).actions
    )


@given(DESIRED, agreements(), CHOICES)
def test_nothing_but_what_is_chosen_is_planned(
    desired: list[Item], agreed: list[Agreed], only: frozenset[str]
) -> None:
    found = plan(desired, agreed, *only)
    for action in found:
        if action.action == "create":
            assert PAGE in only
        elif action.action == "remove":
            assert REMOVED in only
        else:
            assert action.fields.keys() <= only
    after = agree(plan_sink(SHELF, desired, agreed, rules=Rules(ALL, only=only)), agreed)
    assert plan(desired, after, *only) == []


@given(DESIRED, agreements())
def test_all_fields_chosen_is_a_plan_like_any(desired: list[Item], agreed: list[Agreed]) -> None:
    names = {"Name", "Popularity", "Source", "Rest", "Artists", "Album", "Playlists"}
    everything = names | {PAGE, REMOVED, IN_TRASH}
    assert plan(desired, agreed, *everything) == list(
        plan_sink(SHELF, desired, agreed, rules=Rules(ALL)).actions
    )


def test_an_edit_that_is_not_chosen_stands_in_nobodys_way() -> None:
    thing = item("track", "a", Label="Ours", Popularity=50)
    found = plan([thing], [held(thing, Label="Theirs", Popularity=1)], "Label")
    assert [each.fields for each in found] == [{"Label": ("Theirs", "Ours")}]


@pytest.mark.parametrize("where", [TRASHED, DELETED])
def test_what_is_out_of_sight_comes_back_only_if_that_is_chosen(where: str) -> None:
    thing = item("track", "a", Label="Ours")
    away = held(thing, In_trash=where)
    assert plan([thing], [away], "Label", PAGE) == []
    (found,) = plan([thing], [away], IN_TRASH)
    assert found.action == ("create" if where == DELETED else "update")


def test_what_we_put_into_the_trash_ourselves_is_not_changed_there() -> None:
    thing = item("track", "a", Label="New")
    away = replace(held(item("track", "a", Label="Old")), removed=True, trashed=True)
    assert plan([thing], [away], "Label", REMOVED) == []
    (found,) = plan([thing], [away], IN_TRASH)
    assert found.fields == {IN_TRASH: (True, False)}


def test_a_relation_waits_for_pages_that_are_not_to_be_made() -> None:
    track, artist = item("track", "a", Artists=("x",)), item("artist", "x")
    bare = held(item("track", "a"))
    assert plan([track, artist], [bare], "Artists") == []
    (made, related) = plan([track, artist], [bare], "Artists", PAGE)
    assert (made.action, related.fields) == ("create", {"Artists": (None, ("x",))})
