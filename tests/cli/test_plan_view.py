from __future__ import annotations

import io
from collections.abc import Collection, Sequence

from rich.console import Console

from syncengine.cli.plan_view import show_plan
from syncengine.core.plan import (
    Action,
    Base,
    Entity,
    Estimate,
    GuardRefusal,
    Kind,
    Plan,
    SinkPlan,
    Tally,
    Value,
)
from tests.plan_builders import NOON


def _action(
    kind: Kind,
    title: str = "A song",
    entity: Entity = "track",
    fields: dict[str, tuple[Value, Value]] | None = None,
    notes: tuple[str, ...] = (),
) -> Action:
    return Action("id", kind, entity, "key", title, fields or {}, "the reason", notes)


def _shown(
    *actions: Action,
    tally: Tally | None = None,
    estimate: Estimate | None = None,
    refusals: Sequence[GuardRefusal] = (),
    not_configured: Collection[str] = (),
    terminal: bool = False,
) -> str:
    stream = io.StringIO()
    estimate = estimate or Estimate(len(actions), len(actions) / 3)
    tallies: dict[Entity, Tally] = {"track": tally or Tally()}
    plan = Plan("i", NOON, Base(1, "d"), {"notion": SinkPlan(tallies, estimate, actions, refusals)})
    console = Console(
        file=stream,
        width=100,
        force_terminal=terminal,
        color_system="standard" if terminal else "auto",
    )
    show_plan(plan, console, not_configured=not_configured)
    return stream.getvalue()


def test_a_first_plan_says_what_it_makes_and_what_that_takes() -> None:
    creates = [_action("create", f"Song {number}") for number in range(7)]
    shown = _shown(
        *creates,
        tally=Tally(create=15_120, unchanged=3),
        estimate=Estimate(15_120, 5040.0),
        not_configured={"notion"},
    )
    assert "15,120 calls, about 84 minutes" in shown
    assert "not configured: planned as if Notion were empty" in shown
    assert "15,120" in shown.split("tracks")[1]
    assert "7 to create, 5 of them:" in shown
    assert "Song 4" in shown
    assert "Song 5" not in shown
    assert "--json" in shown
    assert "--out plan.json" in shown


def test_updates_show_what_changes_and_why() -> None:
    changes: dict[str, tuple[Value, Value]] = {
        "Popularity": (70, 76),
        "Explicit": (None, True),
        "Genres": (("a", "b"), ("b", "c")),
        "Label": ("L", None),
        "Length": (1, 2),
    }
    shown = " ".join(_shown(_action("update", fields=changes, notes=("Genres: cut",))).split())
    assert (
        "Popularity 70 → 76; Explicit nothing → yes; Genres +c, -a; Label L → nothing; 1 more"
        in shown
    )
    assert "the reason" in shown
    assert "note: Genres: cut" in shown
    assert "--out" not in shown


def test_refusals_say_how_they_are_lifted() -> None:
    refusal = GuardRefusal("mass-deletion", "too many; lift with --allow-removals", "--allow…")
    shown = _shown(_action("remove"), refusals=[refusal])
    assert "refused (mass-deletion): too many; lift with --allow-removals\n" in shown


def test_tracks_come_first_of_what_is_shown() -> None:
    artists = [_action("create", f"Artist {number}", "artist") for number in range(9)]
    shown = _shown(*artists, _action("create", "The song"))
    assert shown.index("The song") < shown.index("Artist 0")
    assert "Artist 4" not in shown


def test_nothing_to_do() -> None:
    shown = _shown(tally=Tally(unchanged=19_980))
    assert shown.strip() == "Notion: nothing to do, 19,980 unchanged"


def test_times_are_in_words_of_their_size() -> None:
    def cost(seconds: float) -> str:
        return _shown(_action("create"), estimate=Estimate(10, seconds)).split("\n")[0]

    assert cost(0.4) == "Notion: 10 calls, about 1 second"
    assert cost(89) == "Notion: 10 calls, about 89 seconds"
    assert cost(91) == "Notion: 10 calls, about 2 minutes"
    assert cost(7199) == "Notion: 10 calls, about 120 minutes"
    assert cost(9000) == "Notion: 10 calls, about 2.5 hours"


def test_titles_are_neither_markup_nor_control_sequences() -> None:
    nasty = "[red]x[/red] :boom: \x1b[31mred\x07\u202e"
    changes: dict[str, tuple[Value, Value]] = {"Name": (nasty, nasty + "!")}
    for terminal in (False, True):
        shown = _shown(
            _action("update", nasty, fields=changes), _action("create", nasty), terminal=terminal
        )
        assert "[red]x[/red] :boom: " in shown
        for harm in ("\x1b[31mred", "\x07", "\u202e"):
            assert harm not in shown


def test_nothing_is_coloured_where_nobody_watches() -> None:
    kinds: tuple[Kind, ...] = ("create", "update", "remove", "conflict")
    actions = [_action(kind) for kind in kinds]
    assert "\x1b" not in _shown(*actions)
    assert "\x1b" in _shown(*actions, terminal=True)
