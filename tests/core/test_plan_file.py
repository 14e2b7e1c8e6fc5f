"""Plans saved and read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.plan import (
    ENTITIES,
    KINDS,
    Action,
    Base,
    Estimate,
    GuardRefusal,
    Plan,
    SinkPlan,
    Tally,
    action_id,
    make_plan,
)
from syncengine.core.plan_file import from_json, to_json
from syncengine.core.reconcile import plan_sink
from syncengine.errors import UserError
from tests.plan_builders import NOON, Shelf, item

# Half surrogates too: file names have them, and no file may fail to be written for one.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=5)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | st.booleans() | NUMBERS | TEXTS | st.lists(TEXTS, max_size=3).map(tuple)
ACTIONS = st.builds(
    Action,
    TEXTS,
    st.sampled_from(KINDS),
    st.sampled_from(ENTITIES),
    TEXTS,
    TEXTS,
    st.dictionaries(TEXTS, st.tuples(VALUES, VALUES), max_size=3),
    TEXTS,
    st.lists(TEXTS, max_size=2).map(tuple),
)
TALLIES = st.builds(Tally, *[st.integers(0, 99)] * 5)
SINKS = st.builds(
    SinkPlan,
    st.dictionaries(st.sampled_from(ENTITIES), TALLIES),
    st.builds(Estimate, st.integers(0), st.floats(0, 1e9)),
    st.lists(ACTIONS, max_size=4).map(tuple),
    st.lists(st.builds(GuardRefusal, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
)
PLANS = st.builds(
    Plan,
    TEXTS,
    st.just(NOON),
    st.builds(Base, st.none() | st.integers(0), TEXTS),
    st.dictionaries(TEXTS, SINKS, max_size=2),
)


def _plan() -> Plan:
    shelf = plan_sink(Shelf(), [item("track", "t", Popularity=71, Genres=("a",))], [])
    return make_plan(NOON, Base(7, "d"), {"shelf": shelf})


def _as_made(plan: Plan) -> Plan:
    """Return a plan with the ids that follow from what it says."""
    sinks = {
        name: replace(sink, actions=tuple(_named(name, each) for each in sink.actions))
        for name, sink in plan.sinks.items()
    }
    return make_plan(plan.created_at, plan.base, sinks)


def _named(sink: str, action: Action) -> Action:
    target = (action.entity, action.key)
    return replace(action, id=action_id(sink, action.action, target, action.fields))


@given(PLANS.map(_as_made))
def test_a_plan_that_is_saved_and_read_is_the_same_plan(plan: Plan) -> None:
    assert from_json(to_json(plan).encode()) == plan


def test_the_form_is_that_of_the_contract() -> None:
    content = json.loads(to_json(_plan()))
    assert list(content)[:2] == ["format_version", "kind"]
    assert content["created_at"] == "2026-01-13T12:00:00Z"
    assert content["base"] == {"snapshot": 7, "digest": "d"}
    assert content["empty"] is False
    shelf = content["sinks"]["shelf"]
    assert shelf["summary"] == {
        "create": 1,
        "update": 0,
        "remove": 0,
        "conflict": 0,
        "unchanged": 0,
    }
    assert shelf["estimate"] == {"calls": 1, "seconds": 1.0}
    (action,) = shelf["actions"]
    assert list(action) == ["id", "action", "entity", "key", "title", "fields", "reason"]
    assert action["fields"]["Popularity"] == [None, 71]
    assert action["fields"]["Genres"] == [None, ["a"]]


def test_fields_that_a_later_version_added_are_passed_over() -> None:
    content = {**json.loads(to_json(_plan())), "mood": "good"}
    assert from_json(json.dumps(content)) == _plan()


def _break(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        *way, last = path.split("/")
        place: Any = content
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_break("id", 3), "id is not a text"),
        (_break("created_at", "yesterday"), "created_at is not a time"),
        (_break("base", None), "base is not an object"),
        (_break("base/snapshot", "7"), "base.snapshot is not a whole number"),
        (_break("format_version", True), "format_version is not a whole number"),
        (_break("sinks/shelf/actions", {}), "sinks.shelf.actions is not an array"),
        (_break("sinks/shelf/actions/0/action", "burn"), "actions[0].action is not one of create"),
        (_break("sinks/shelf/actions/0/fields/Name", ["x"]), "fields.Name is not an old and a new"),
        (_break("sinks/shelf/actions/0/fields/Name", [None, {}]), "fields.Name is not an old"),
        (_break("sinks/shelf/entities/song", {}), "entities.song is not one of artist"),
        (_break("sinks/shelf/estimate", {"calls": 1}), "sinks.shelf.estimate.seconds is missing"),
    ],
)
def test_a_damaged_plan_is_refused_with_the_place_that_is_wrong(
    change: Callable[[dict[str, Any]], None], named: str
) -> None:
    content = json.loads(to_json(_plan()))
    change(content)
    with pytest.raises(UserError) as caught:
        from_json(json.dumps(content))
    assert named in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        _break("sinks/shelf/actions/0/fields/Popularity", [None, 72]),
        _break("sinks/shelf/actions/0/key", "u"),
        _break("sinks/shelf/actions/0/action", "remove"),
        _break("sinks/shelf/actions", []),
        _break("sinks/shelf/refusals", [{"guard": "g", "message": "m", "lift": "l"}]),
        _break("base/digest", "e"),
        _break("base/snapshot", 8),
        _break("id", "0123"),
    ],
)
def test_a_plan_that_was_edited_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(to_json(_plan()))
    change(content)
    with pytest.raises(UserError, match="this plan was changed after it was made"):
        from_json(json.dumps(content))


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"kind":"diff"}', "[" * 100_000, b"\xff\xfe\x00"]
)
def test_what_is_no_plan_is_refused(text: str | bytes) -> None:
    with pytest.raises(UserError, match="no plan file"):
        from_json(text)


def test_a_plan_of_a_newer_version_is_refused_before_anything_else_of_it_is_read() -> None:
    with pytest.raises(UserError, match="newer syncengine"):
        from_json('{"format_version": 2, "kind": "plan"}')
