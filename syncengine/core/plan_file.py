"""A plan as JSON: what ``reconcile --json`` prints and ``apply`` reads back (docs: the contract)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, get_args

import msgspec

from syncengine.core.moment import Instant, parse_utc, to_iso
from syncengine.core.plan import (
    ENTITIES,
    KINDS,
    Action,
    Base,
    Entity,
    Estimate,
    GuardRefusal,
    Plan,
    SinkPlan,
    Tally,
    Value,
    action_id,
    make_plan,
)
from syncengine.errors import UserError

FORMAT_VERSION = 1

Word = TypeVar("Word", bound=str)
_TALLIES = ("create", "update", "remove", "conflict", "unchanged")


def document(plan: Plan) -> dict[str, object]:
    """Return a plan as what ``json`` can write, ``format_version`` and ``kind`` first."""
    return {
        "format_version": FORMAT_VERSION,
        "kind": "plan",
        "id": plan.id,
        "created_at": to_iso(plan.created_at),
        "base": {"snapshot": plan.base.snapshot, "digest": plan.base.digest},
        "sinks": {name: _sink(sink) for name, sink in plan.sinks.items()},
        "empty": plan.empty,
    }


def to_json(plan: Plan) -> str:
    """Return a plan as one line of JSON that any UTF-8 file takes.

    Half surrogates, which UTF-8 cannot hold, become the escapes that JSON has for them.
    """
    try:
        return msgspec.json.encode(document(plan)).decode()
    except UnicodeEncodeError:
        text = json.dumps(document(plan), ensure_ascii=False)
        return text.encode("utf-8", "backslashreplace").decode()


def from_json(text: str | bytes) -> Plan:
    """Read a saved plan.

    Raises UserError that names the problem: no JSON, no plan, of a newer format, damaged somewhere, or
    not as it was made.
    """
    try:
        content: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"this is no plan file, it is not JSON: {error}") from error
    if not isinstance(content, dict) or content.get("kind") != "plan":
        raise UserError('this is no plan file: it does not say "kind": "plan"')
    root = _Node("", content)
    version = root["format_version"].whole()
    if version > FORMAT_VERSION:
        raise UserError(
            f"this plan was saved by a newer syncengine: its format_version is {version}, "
            f"this one reads up to {FORMAT_VERSION}"
        )
    plan = Plan(
        root["id"].text(),
        root["created_at"].instant(),
        Base(root["base"]["snapshot"].whole_or_none(), root["base"]["digest"].text()),
        {name: _read_sink(node) for name, node in root["sinks"].members()},
    )
    _see_that_it_is_as_it_was_made(plan)
    return plan


def _see_that_it_is_as_it_was_made(plan: Plan) -> None:
    """Raise UserError where an action, or the list of them, was edited: ids follow from what they name."""
    for name, sink in plan.sinks.items():
        for each in sink.actions:
            if each.id != action_id(name, each.action, (each.entity, each.key), each.fields):
                raise UserError(
                    f"this plan was changed after it was made: {each.action} {each.entity} "
                    f"{each.title!r} has the id of another action; make it again with "
                    "`syncengine reconcile --dry-run --out`"
                )
    if plan.id != make_plan(plan.created_at, plan.base, plan.sinks).id:
        raise UserError(
            "this plan was changed after it was made: its id is that of another plan; make it again "
            "with `syncengine reconcile --dry-run --out`"
        )


def _sink(sink: SinkPlan) -> dict[str, object]:
    return {
        "summary": _tally(sink.summary),
        "entities": {entity: _tally(tally) for entity, tally in sink.entities.items()},
        "estimate": {"calls": sink.estimate.calls, "seconds": sink.estimate.seconds},
        "actions": [_action(action) for action in sink.actions],
        "refusals": [
            {"guard": each.guard, "message": each.message, "lift": each.lift}
            for each in sink.refusals
        ],
        **({"state": sink.state} if sink.state else {}),
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in _TALLIES}


def _action(action: Action) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": action.id,
        "action": action.action,
        "entity": action.entity,
        "key": action.key,
        "title": action.title,
        "fields": dict(action.fields),
        "reason": action.reason,
    }
    if action.notes:
        shown["notes"] = action.notes
    return shown


def _read_sink(node: _Node) -> SinkPlan:
    estimate = node["estimate"]
    return SinkPlan(
        {_entity(name, each): _read_tally(each) for name, each in node["entities"].members()},
        Estimate(estimate["calls"].whole(), estimate["seconds"].number()),
        tuple(_read_action(each) for each in node["actions"].elements()),
        tuple(
            GuardRefusal(each["guard"].text(), each["message"].text(), each["lift"].text())
            for each in node["refusals"].elements()
        ),
        node["state"].text() if "state" in node else "",
    )


def _entity(name: str, node: _Node) -> Entity:
    return _Node(node.path, name).one_of(get_args(Entity))


def _read_tally(node: _Node) -> Tally:
    return Tally(**{name: node[name].whole() for name in _TALLIES})


def _read_action(node: _Node) -> Action:
    return Action(
        node["id"].text(),
        node["action"].one_of(KINDS),
        node["entity"].one_of(ENTITIES),
        node["key"].text(),
        node["title"].text(),
        {name: each.change() for name, each in node["fields"].members()},
        node["reason"].text(),
        tuple(note.text() for note in node["notes"].elements()) if "notes" in node else (),
    )


@dataclass(frozen=True, slots=True)
class _Node:
    """A place in a plan file; every reading raises UserError that names the place."""

    path: str
    value: object

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def __getitem__(self, name: str) -> _Node:
        if not isinstance(self.value, dict):
            raise self._damaged("an object")
        if name not in self.value:
            raise UserError(f"this plan file is damaged: {self._at(name)} is missing")
        return _Node(self._at(name), self.value[name])

    def members(self) -> Iterator[tuple[str, _Node]]:
        """Yield the members of an object."""
        if not isinstance(self.value, Mapping):
            raise self._damaged("an object")
        for name, value in self.value.items():
            yield name, _Node(self._at(name), value)

    def elements(self) -> Iterator[_Node]:
        """Yield the elements of an array."""
        if not isinstance(self.value, list):
            raise self._damaged("an array")
        for index, value in enumerate(self.value):
            yield _Node(f"{self.path}[{index}]", value)

    def text(self) -> str:
        """Return a text."""
        if not isinstance(self.value, str):
            raise self._damaged("a text")
        return self.value

    def one_of(self, words: tuple[Word, ...]) -> Word:
        """Return one of some words."""
        for word in words:
            if word == self.value:
                return word
        raise self._damaged(f"one of {', '.join(words)}")

    def whole(self) -> int:
        """Return a whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self._damaged("a whole number")
        return self.value

    def whole_or_none(self) -> int | None:
        """Return a whole number, or None for null."""
        return None if self.value is None else self.whole()

    def number(self) -> float:
        """Return a number."""
        return self.value if isinstance(self.value, float) else float(self.whole())

    def instant(self) -> Instant:
        """Return the instant that a text says."""
        try:
            return parse_utc(self.text())
        except ValueError as error:
            raise self._damaged("a time") from error

    def change(self) -> tuple[Value, Value]:
        """Return an old and a new value."""
        both = self.value
        if not isinstance(both, list) or len(both) != 2:
            raise self._damaged("an old and a new value")
        return self._field(both[0]), self._field(both[1])

    def _field(self, value: object) -> Value:
        if value is None or isinstance(value, str | int | float):
            return value
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise self._damaged("an old and a new value")

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _damaged(self, wanted: str) -> UserError:
        return UserError(f"this plan file is damaged: {self.path or 'it'} is not {wanted}")
