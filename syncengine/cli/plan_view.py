"""A plan for a person: what would happen, what it costs, and the first actions of each kind.

Of each kind tracks come first, which people know best; a plan's own order is that of doing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from rich.console import Console
from rich.table import Table
from rich.text import Text

from syncengine.cli.text import duration, safe
from syncengine.core.plan import (
    DELETED,
    ENTITIES,
    IN_TRASH,
    TRASHED,
    Action,
    Estimate,
    Kind,
    Plan,
    SinkPlan,
    Tally,
    Value,
)

SHOWN = 5
MORE = "All actions: --json prints them, --out plan.json saves them."
_FIELDS = 4
_ELEMENTS = 3
_WIDTH = 60
_VALUE_WIDTH = 32
_ELLIPSIS = "…"
_DIGEST = re.compile("[0-9a-f]{24,}")
_COLUMNS = ("create", "update", "remove", "conflict", "unchanged")
_KINDS: tuple[tuple[Kind, str, str, str], ...] = (
    ("conflict", "in conflict", "!", "yellow"),
    ("remove", "to remove", "-", "red"),
    ("update", "to update", "~", "cyan"),
    ("create", "to create", "+", "green"),
)
"""Kind, words, mark and colour; what most needs a look comes first."""
_PLACES: Mapping[Value, str] = {
    TRASHED: "put into the trash by hand → taken out",
    DELETED: "deleted by hand → made again",
}
"""What is said of a thing that a person put away and that would come back."""


def show_plan(
    plan: Plan, console: Console, *, not_configured: Collection[str], more: str = MORE
) -> None:
    """Print a plan; ``not_configured`` names the sinks that were planned without being set up.

    ``more`` says where the actions are that are not shown.

    What is shown of a library's texts can neither steer the terminal nor be taken for markup.
    """
    for name, sink in plan.sinks.items():
        _show_sink(name, sink, console, configured=name not in not_configured)
    if any(_hidden(sink) for sink in plan.sinks.values()):
        _print(console, more)


def _show_sink(name: str, sink: SinkPlan, console: Console, *, configured: bool) -> None:
    _print(console, f"{name.capitalize()}: {_headline(sink)}", "bold")
    if not configured:
        _print(console, f"  not configured: planned as if {name.capitalize()} were empty", "yellow")
    for refusal in sink.refusals:
        _print(console, f"  refused ({refusal.guard}): {refusal.message}", "bold red")
    if sink.actions:
        console.print(_tallies(sink))
    for kind, words, mark, colour in _KINDS:
        found = [action for action in sink.actions if action.action == kind]
        if found:
            console.print()
            some = f", {SHOWN} of them" if len(found) > SHOWN else ""
            _print(console, f"  {len(found):,} {words}{some}{_how(found)}:", colour)
            found.sort(key=lambda action: -ENTITIES.index(action.entity))
            console.print(_sample(found[:SHOWN], mark, colour, sink.names))
    console.print()


def _how(found: Sequence[Action]) -> str:
    """Return what removing comes to, which sounds worse than it is."""
    if found[0].action != "remove":
        return ""
    if any(each.entity == "file" for each in found) or "List" in found[0].fields:
        return " (taken out of their folders; no audio is lost)"
    is_trashed = IN_TRASH in found[0].fields
    return " (put into the trash)" if is_trashed else " (marked as removed, and kept)"


def _headline(sink: SinkPlan) -> str:
    if sink.actions:
        return _cost(sink.estimate)
    if sink.refusals:
        return "refused"
    if not sink.summary.unchanged:
        return "nothing to do, and nothing there"
    return f"nothing to do, {sink.summary.unchanged:,} unchanged"


def _cost(estimate: Estimate) -> str:
    calls = f"{estimate.calls:,} {estimate.unit}{'' if estimate.calls == 1 else 's'}"
    if not estimate.calls or estimate.seconds <= 0:
        return calls
    return f"{calls}, about {duration(estimate.seconds)}"


def _tallies(sink: SinkPlan) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    table.add_column("")
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for entity in ENTITIES:
        if entity in sink.entities:
            table.add_row(f"  {entity}s", *_cells(sink.entities[entity]))
    table.add_row("  all", *_cells(sink.summary), style="bold")
    return table


def _cells(tally: Tally) -> Iterator[str]:
    for column in _COLUMNS:
        count: int = getattr(tally, column)
        yield f"{count:,}" if count else "·"


def _sample(actions: Sequence[Action], mark: str, colour: str, names: Mapping[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style=colour, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for action in actions:
        about = Text(_short(action.title, _WIDTH))
        table.add_row(Text(f"    {mark} {action.entity}"), about, _details(action, names))
    return table


def _details(action: Action, names: Mapping[str, str]) -> Text:
    lines = []
    if action.action in ("update", "conflict"):
        lines.append("; ".join(_changes(action, names)))
    lines += [safe(action.reason), *(f"note: {safe(note)}" for note in action.notes)]
    return Text("\n".join(filter(None, lines)))


def _changes(action: Action, names: Mapping[str, str]) -> Iterator[str]:
    for name, (old, new) in islice(action.fields.items(), _FIELDS):
        yield change(name, old, new, names)
    if len(action.fields) > _FIELDS:
        yield f"{len(action.fields) - _FIELDS} more"


def change(
    name: str, old: Value, new: Value, names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return what becomes of a field, in a few words; ``names`` are what keys are called."""
    if name == IN_TRASH and old in _PLACES:
        return _PLACES[old]
    return f"{safe(name)} {_change(_named(old, names), _named(new, names))}"


def _named(value: Value, names: Mapping[str, str]) -> Value:
    if not isinstance(value, tuple):
        return value
    return tuple(names.get(each, each) for each in value)


def _change(old: Value, new: Value) -> str:
    if isinstance(old, tuple | None) and isinstance(new, tuple | None):
        before, after = old or (), new or ()
        added = [f"+{_short(each, _VALUE_WIDTH)}" for each in after if each not in before]
        gone = [f"-{_short(each, _VALUE_WIDTH)}" for each in before if each not in after]
        return _listed([*added, *gone]) or "in another order"
    was, is_now = shown_value(old), shown_value(new)
    # A digest, or what differs only where it is cut off, tells a person nothing but that.
    if was == is_now or any(
        isinstance(each, str) and _DIGEST.fullmatch(each) for each in (old, new)
    ):
        return "changed"
    return f"{was} → {is_now}"


def _listed(parts: Sequence[str]) -> str:
    left_out = len(parts) - _ELEMENTS
    return ", ".join([*parts[:_ELEMENTS], *([f"{left_out:,} more"] if left_out > 0 else [])])


def shown_value(value: Value) -> str:
    """Return a value as a person reads it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return _listed([_short(each, _VALUE_WIDTH) for each in value])
        case _:
            return _short(str(value), _VALUE_WIDTH)


def _short(text: str, width: int) -> str:
    shown = safe(text)
    return shown if len(shown) <= width else shown[: width - 1] + _ELLIPSIS


def _hidden(sink: SinkPlan) -> bool:
    return any(sum(action.action == kind for action in sink.actions) > SHOWN for kind, *_ in _KINDS)


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(safe(text), style=style), soft_wrap=True)
