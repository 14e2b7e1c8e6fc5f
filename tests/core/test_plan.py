"""The laws of the planner: it converges, it is the same however it is asked, and it is careful."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.plan import (
    ENTITIES,
    Action,
    Agreed,
    Base,
    Item,
    SinkPlan,
    Tally,
    Target,
    digest,
    make_plan,
)
from syncengine.core.reconcile import Rules, plan_sink
from syncengine.core.scope import Scope
from syncengine.core.settle import settle
from syncengine.errors import InvariantBroken
from tests.plan_builders import NOON, Shelf, agree, item

SHELF = Shelf()
ALLOWED = Rules(frozenset({"mass-deletion", "emptied-source"}))
KEYS = st.sampled_from("abcdef")
MANY_KEYS = st.lists(KEYS, unique=True, max_size=3).map(tuple)
TEXTS = st.text(max_size=3)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | st.booleans() | NUMBERS | TEXTS | MANY_KEYS
RELATIONS = {"Artists": MANY_KEYS, "Album": MANY_KEYS, "Playlists": MANY_KEYS}
PROPERTIES = st.fixed_dictionaries(
    {"Name": TEXTS},
    optional={
        "Popularity": st.none() | st.integers(0, 100),
        "Source": TEXTS,
        "Rest": VALUES,
        **RELATIONS,
    },
)
ITEMS = st.builds(Item, st.sampled_from(ENTITIES), KEYS, TEXTS, PROPERTIES)


def _target(thing: Item | Agreed) -> Target:
    return thing.entity, thing.key


DESIRED = st.lists(ITEMS, unique_by=_target, max_size=16)


@st.composite
def agreements(draw: st.DrawFn) -> list[Agreed]:
    """What a shelf may hold after any two libraries: things live and removed, with drift unwritten."""
    agreed: list[Agreed] = []
    for desired in draw(st.lists(DESIRED, max_size=2)):
        agreed = agree(plan_sink(SHELF, desired, agreed), agreed)
    return agreed


@given(DESIRED, agreements())
def test_the_second_plan_is_empty(desired: list[Item], agreed: list[Agreed]) -> None:
    after = agree(plan_sink(SHELF, desired, agreed), agreed)
    again = plan_sink(SHELF, desired, after)
    assert again.actions == ()
    assert again.summary == Tally(unchanged=len(desired))
    assert {_target(each) for each in after if not each.removed} == {*map(_target, desired)}


@given(DESIRED, agreements())
def test_what_is_written_is_what_is_wanted(desired: list[Item], agreed: list[Agreed]) -> None:
    plan = plan_sink(SHELF, desired, agreed)
    after = {_target(each): each for each in agree(plan, agreed)}
    wanted = {_target(each): each for each in desired}
    for action in plan.actions:
        if action.action != "remove":
            target = (action.entity, action.key)
            properties = wanted[target].properties
            held = {name: value for name, value in properties.items() if value is not None}
            assert after[target].properties == held
            assert after[target].digest == digest(held)


@given(DESIRED, agreements(), st.randoms(use_true_random=False))
def test_order_never_matters(
    desired: list[Item], agreed: list[Agreed], chance: random.Random
) -> None:
    plan = plan_sink(SHELF, desired, agreed)
    chance.shuffle(desired)
    chance.shuffle(agreed)
    assert plan_sink(SHELF, desired, agreed) == plan


@given(DESIRED)
def test_nothing_is_removed_where_nothing_was_agreed(desired: list[Item]) -> None:
    plan = plan_sink(SHELF, desired, [])
    assert plan.summary == Tally(create=len(desired))
    assert plan.refusals == ()


@given(DESIRED, agreements())
def test_ids_are_unique_and_name_the_same_in_every_plan(
    desired: list[Item], agreed: list[Agreed]
) -> None:
    actions = plan_sink(SHELF, desired, agreed).actions
    assert len({action.id for action in actions}) == len(actions)
    alone = [plan_sink(SHELF, [each], agreed).actions for each in desired]
    wanted = {action.id for action in actions if action.action in ("create", "update")}
    assert wanted <= {action.id for some in alone for action in some}


@given(DESIRED, agreements())
def test_what_is_related_to_is_created_first_and_removed_last(
    desired: list[Item], agreed: list[Agreed]
) -> None:
    actions = plan_sink(SHELF, desired, agreed).actions
    kinds = [action.action for action in actions]
    assert kinds == sorted(kinds, key=("create", "update", "remove").index)
    created = [action.entity for action in actions if action.action == "create"]
    removed = [action.entity for action in actions if action.action == "remove"]
    assert created == sorted(created, key=ENTITIES.index)
    assert removed == sorted(removed, key=ENTITIES.index, reverse=True)


@given(DESIRED, agreements(), st.sets(KEYS, max_size=2), st.sets(KEYS, max_size=2))
def test_a_limited_plan_is_part_of_the_whole_and_complete_in_itself(
    desired: list[Item], agreed: list[Agreed], tracks: set[str], playlists: set[str]
) -> None:
    known = {*map(_target, desired), *map(_target, agreed)}
    scope = Scope(
        frozenset(TrackKey(key) for key in tracks if ("track", key) in known),
        frozenset(PlaylistKey(key) for key in playlists if ("playlist", key) in known),
    )
    whole = plan_sink(SHELF, desired, agreed)
    part = plan_sink(SHELF, desired, agreed, scope=scope)
    assert {each.id for each in part.actions} <= {each.id for each in whole.actions}
    if not scope.whole:
        removed = {each.entity for each in part.actions if each.action == "remove"}
        assert removed <= {"track", "playlist"}
    in_place = {_target(each) for each in agree(part, agreed) if not each.removed}
    wanted = {_target(each) for each in desired}
    for target in _relations(part.actions):
        assert target in in_place or target not in wanted


def _relations(actions: Sequence[Action]) -> list[Target]:
    ends: dict[str, Target] = {
        "Artists": ("artist", ""),
        "Album": ("album", ""),
        "Playlists": ("playlist", ""),
    }
    return [
        (ends[name][0], key)
        for action in actions
        if action.entity == "track"
        for name, (_, keys) in action.fields.items()
        if name in ends and isinstance(keys, tuple)
        for key in keys
    ]


def _shelved(count: int) -> list[Agreed]:
    plan = plan_sink(SHELF, [item("track", f"{number}") for number in range(count)], [])
    return agree(plan, [])


def _without(count: int, live: int, lifted: Sequence[str] = ()) -> SinkPlan:
    kept = [item("track", f"{number}") for number in range(count, live)]
    return plan_sink(SHELF, kept, _shelved(live), rules=Rules(frozenset(lifted)))


@pytest.mark.parametrize(
    ("removed", "live", "refused"),
    [
        (25, 30, False),
        (25, 100, False),
        (26, 100, True),
        (26, 259, True),
        (26, 260, False),
        (100, 1000, False),
        (101, 1000, True),
    ],
)
def test_mass_deletion_is_more_than_25_and_more_than_a_tenth(
    removed: int, live: int, refused: bool
) -> None:
    plan = _without(removed, live)
    assert plan.summary.remove == removed
    assert [each.guard for each in plan.refusals] == ["mass-deletion"] * refused


def test_a_refusal_names_the_counts_and_ends_in_the_flag_that_lifts_it() -> None:
    (refusal,) = _without(1200, 2000).refusals
    assert "1,200 of 2,000 tracks" in refusal.message
    assert refusal.message.endswith(refusal.lift)
    assert refusal.lift == "--allow-removals"
    assert _without(1200, 2000, lifted=["mass-deletion"]).refusals == ()


def test_what_was_removed_before_does_not_count_as_live() -> None:
    agreed = _shelved(400)
    gone = plan_sink(SHELF, [item("track", f"{n}") for n in range(150, 400)], agreed)
    agreed = agree(gone, agreed)
    again = plan_sink(SHELF, [item("track", f"{n}") for n in range(176, 400)], agreed)
    assert again.summary.remove == 26
    assert "26 of 250" in again.refusals[0].message


@pytest.mark.parametrize("live", [1, 26])
def test_an_emptied_library_is_refused_once_with_a_flag_of_its_own(live: int) -> None:
    (refusal,) = _without(live, live).refusals
    assert refusal.guard == "emptied-source"
    assert refusal.message.endswith("--allow-empty")
    assert _without(live, live, lifted=["emptied-source"]).refusals == ()
    assert _without(live, live, lifted=["mass-deletion"]).refusals == (refusal,)


def test_small_drift_is_written_only_along_with_something_else() -> None:
    agreed = agree(plan_sink(SHELF, [item("track", "t", Popularity=70, Source="a")], []), [])
    for popularity in (66, 70, 74):
        drifted = item("track", "t", Popularity=popularity, Source="b")
        assert plan_sink(SHELF, [drifted], agreed).actions == ()
    moved = plan_sink(SHELF, [item("track", "t", Popularity=75, Source="b")], agreed)
    assert moved.actions[0].fields == {"Popularity": (70, 75), "Source": ("a", "b")}
    assert moved.actions[0].reason == "changed in the library: Popularity; written along: Source"
    other = item("track", "t", Popularity=72, Source="a", Label="L")
    (action,) = plan_sink(SHELF, [other], agreed).actions
    assert action.fields == {"Popularity": (70, 72), "Label": (None, "L")}


def test_drift_adds_up_against_what_was_agreed_and_a_first_value_is_no_drift() -> None:
    known = agree(plan_sink(SHELF, [item("track", "t", Popularity=1)], []), [])
    for popularity in (3, 5):
        assert not plan_sink(SHELF, [item("track", "t", Popularity=popularity)], known).actions
    assert plan_sink(SHELF, [item("track", "t", Popularity=6)], known).actions
    unknown = agree(plan_sink(SHELF, [item("track", "t")], []), [])
    (action,) = plan_sink(SHELF, [item("track", "t", Popularity=1)], unknown).actions
    assert action.fields == {"Popularity": (None, 1)}


def test_what_left_and_came_back_is_the_same_thing_again() -> None:
    agreed = agree(plan_sink(SHELF, [item("track", "t"), item("track", "u")], []), [])
    gone = plan_sink(SHELF, [item("track", "u")], agreed)
    assert gone.actions[0].title == "track t"
    assert gone.actions[0].fields == {"Removed": (False, True)}
    agreed = agree(gone, agreed)
    (action,) = plan_sink(SHELF, [item("track", "t"), item("track", "u")], agreed).actions
    assert (action.action, action.reason) == ("update", "back in the library")
    assert action.fields == {"Removed": (True, False)}


def test_what_left_is_in_no_playlist_and_keeps_the_rest() -> None:
    both = [item("playlist", "p"), item("track", "t", Playlists=("p",), Label="L")]
    agreed = agree(plan_sink(SHELF, both, []), [])
    (gone,) = plan_sink(SHELF, both[:1], agreed).actions
    assert gone.fields == {"Removed": (False, True), "Playlists": (("p",), None)}
    left = agree(plan_sink(SHELF, both[:1], agreed), agreed)
    assert next(e.properties for e in left if e.entity == "track") == {
        "Name": "track t",
        "Label": "L",
    }
    (back,) = plan_sink(SHELF, both, left).actions
    assert back.fields == {"Removed": (True, False), "Playlists": (None, ("p",))}
    mine = [replace(e, edits={"Playlists": ()} if e.entity == "track" else {}) for e in agreed]
    (gone,) = plan_sink(SHELF, both[:1], mine).actions
    assert gone.fields == {"Removed": (False, True)}


def test_what_was_marked_before_leaves_its_playlists_all_the_same() -> None:
    known = agree(plan_sink(SHELF, [item("track", "t", Playlists=("p",))], []), [])
    (gone,) = plan_sink(SHELF, [], [replace(known[0], removed=True)], rules=ALLOWED).actions
    assert gone.fields == {"Playlists": (("p",), None)}


def test_a_sink_without_a_place_for_the_mark_gets_none() -> None:
    plain = Shelf(marks=())
    known = agree(plan_sink(plain, [item("track", "t", Playlists=("p",))], []), [])
    left = agree(plan := plan_sink(plain, [], known, rules=ALLOWED), known)
    assert [each.fields for each in plan.actions] == [{"Playlists": (("p",), None)}]
    assert plan_sink(plain, [], left, rules=ALLOWED).actions == ()
    (back,) = plan_sink(plain, [item("track", "t", Playlists=("p",))], left).actions
    assert back.fields == {"Playlists": (None, ("p",))}


def test_what_cannot_have_been_done_is_not_settled() -> None:
    agreed = agree(plan_sink(SHELF, [item("track", "t", Label="L")], []), [])
    edited = [replace(each, edits={"Label": "mine"}) for each in agreed]
    (conflict,) = plan_sink(SHELF, [item("track", "t", Label="M")], edited).actions
    with pytest.raises(InvariantBroken):
        settle(conflict, agreed[0], "here")


def test_entities_that_a_sink_does_not_keep_are_left_alone() -> None:
    agreed = agree(plan_sink(SHELF, [item("album", "a"), item("track", "t")], []), [])
    plan = plan_sink(Shelf(entities=("track",)), [item("track", "t")], agreed)
    assert plan.actions == ()
    assert plan.entities == {"track": Tally(unchanged=1)}


def test_a_limited_plan_removes_only_what_was_named_or_was_in_it() -> None:
    both = [item("playlist", "p"), item("playlist", "q"), item("artist", "x")]
    in_p = item("track", "1", Playlists=("p",), Artists=("x",))
    in_q = item("track", "2", Playlists=("q",))
    agreed = agree(plan_sink(SHELF, [*both, in_p, in_q], []), [])
    plan = plan_sink(SHELF, both[:2], agreed, scope=Scope(playlists=frozenset({PlaylistKey("p")})))
    assert [(each.action, each.key) for each in plan.actions] == [("remove", "1")]


def test_a_limited_plan_brings_everything_its_tracks_need() -> None:
    wanted = [
        item("track", "1", Album=("a",), Playlists=("p", "q")),
        item("track", "2", Playlists=("q",)),
        item("album", "a", Artists=("x",)),
        *(item("playlist", key) for key in "pqr"),
        *(item("artist", key) for key in "xy"),
    ]
    plan = plan_sink(SHELF, wanted, [], scope=Scope(tracks=frozenset({TrackKey("1")})))
    assert [each.key for each in plan.actions] == ["x", "a", "p", "q", "1"]


def test_a_scope_that_nobody_knows_reaches_nothing() -> None:
    scope = Scope(tracks=frozenset({TrackKey("nowhere")}))
    assert plan_sink(SHELF, [item("track", "t")], [], scope=scope).actions == ()


def test_a_sink_that_wants_a_thing_twice_is_broken() -> None:
    with pytest.raises(InvariantBroken):
        plan_sink(SHELF, [item("track", "t"), item("track", "t", Label="L")], [])


def test_a_plans_id_says_what_it_does_and_to_what_state_not_when_it_was_made() -> None:
    sinks = {"shelf": plan_sink(SHELF, [item("track", "t")], [])}
    plan = make_plan(NOON, Base(7, "d"), sinks)
    assert not plan.empty
    assert make_plan(NOON, Base(7, "d"), {"shelf": plan_sink(SHELF, [], [])}).empty
    later = type(NOON)(NOON + 1)
    assert make_plan(later, Base(7, "d"), sinks).id == plan.id
    assert make_plan(NOON, Base(8, "e"), sinks).id != plan.id
