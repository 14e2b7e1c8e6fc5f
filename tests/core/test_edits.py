"""A person's values in a sink: what becomes a conflict, what was decided, what is found and adopted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from syncengine.core.edits import (
    NO_DECISIONS,
    Choice,
    Decisions,
    absorbed,
    adopted,
    decide,
    decisions_of,
    edits_of,
)
from syncengine.core.plan import DELETED, IN_TRASH, TRASHED, Action, Agreed, Item, Target, Value
from syncengine.core.reconcile import Rules, plan_sink
from syncengine.core.rekey import rekeyed, renamed_keys
from tests.plan_builders import Shelf, agree, item

SHELF = Shelf()
TRACK = SHELF.policies["track"]


def held(wanted: Sequence[Item], edits: Mapping[str, Value] | None = None) -> list[Agreed]:
    """Return what is agreed once all is written, with a person's edits of the first track."""
    now = agree(plan_sink(SHELF, wanted, []), [])
    first = next(n for n, each in enumerate(now) if each.entity == "track")
    now[first] = replace(now[first], edits=dict(edits or {}))
    return now


def actions(
    wanted: Sequence[Item], agreed: Sequence[Agreed], decisions: Decisions = NO_DECISIONS
) -> list[Action]:
    return list(plan_sink(SHELF, wanted, agreed, rules=Rules(decisions=decisions)).actions)


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        ({"Rest": "mine"}, "conflict"),
        ({"Label": "mine"}, "conflict"),
        ({"Label": None}, "conflict"),
        ({"Label": "M"}, None),
        ({}, "update"),
    ],
)
def test_a_persons_edit_is_a_conflict_unless_it_is_what_the_library_says(
    theirs: dict[str, Value], kind: str | None
) -> None:
    agreed = held([item("track", "t", Label="L", Rest="r")], theirs)
    found = actions([item("track", "t", Label="M", Rest="r")], agreed)
    assert [each.action for each in found] == ([kind] if kind else [])


def test_a_conflict_shows_theirs_and_ours() -> None:
    agreed = held([item("track", "t", Label="L")], {"Label": "mine"})
    (conflict,) = actions([item("track", "t", Label="M")], agreed)
    assert conflict.fields == {"Label": ("mine", "M")}


def resolved(
    wanted: Sequence[Item], agreed: Sequence[Agreed], choice: Choice
) -> tuple[list[Action], Decisions]:
    by_target = {(each.entity, each.key): each for each in agreed}
    conflicts = [each for each in actions(wanted, agreed) if each.action == "conflict"]
    decisions = decisions_of(decide(conflicts, by_target, choice))
    return actions(wanted, agreed, decisions), decisions


def test_what_is_kept_is_theirs_from_then_on_and_the_rest_goes_on() -> None:
    agreed = held([item("track", "t", Label="L", Rest="r")], {"Label": "mine"})
    found, decisions = resolved([item("track", "t", Label="M", Rest="r")], agreed, "keep-theirs")
    assert found == []
    later = [replace(each, edits={"Label": "mine again"}) for each in agreed]
    (update,) = actions([item("track", "t", Label="N", Rest="s")], later, decisions)
    assert update.fields == {"Rest": ("r", "s")}


def test_ours_is_written_over_the_very_value_that_was_decided_on() -> None:
    wanted = [item("track", "t", Label="M", Rest="r")]
    agreed = held([item("track", "t", Label="L", Rest="r")], {"Label": "mine"})
    found, decisions = resolved(wanted, agreed, "use-ours")
    assert [(each.action, each.fields) for each in found] == [("update", {"Label": ("mine", "M")})]
    after = agree(plan_sink(SHELF, wanted, agreed, rules=Rules(decisions=decisions)), agreed)
    assert after[0].edits == {}
    assert actions(wanted, after, decisions) == []
    another = [replace(each, edits={"Label": "another"}) for each in after]
    assert [each.action for each in actions(wanted, another, decisions)] == ["conflict"]


@pytest.mark.parametrize(("where", "kind"), [(TRASHED, "update"), (DELETED, "create")])
def test_what_a_person_put_away_comes_back_only_when_they_say_so(where: str, kind: str) -> None:
    wanted = [item("track", "t", Label="L")]
    agreed = held(wanted, {IN_TRASH: where})
    assert [each.action for each in actions(wanted, agreed)] == ["conflict"]
    assert resolved(wanted, agreed, "keep-theirs")[0] == []
    ((back,), decisions) = resolved(wanted, agreed, "use-ours")
    assert back.action == kind
    after = agree(plan_sink(SHELF, wanted, agreed, rules=Rules(decisions=decisions)), agreed)
    assert actions(wanted, after, decisions) == []


def test_relations_pass_over_what_is_in_the_trash_and_name_it_anew_when_it_is_made_again() -> None:
    wanted = [item("playlist", "p"), item("track", "t", Playlists=("p",))]
    agreed = agree(plan_sink(SHELF, wanted, []), [])
    gone = [
        replace(each, edits={IN_TRASH: DELETED}) if each.entity == "playlist" else each
        for each in agreed
    ]
    assert [(each.action, each.entity) for each in actions(wanted, gone)] == [
        ("conflict", "playlist")
    ]
    new = [*wanted, item("track", "u", Playlists=("p",))]
    made = next(each for each in actions(new, gone) if each.action == "create")
    assert "Playlists" not in made.fields
    found, _ = resolved(wanted, gone, "use-ours")
    assert [(each.action, each.entity) for each in found] == [
        ("create", "playlist"),
        ("update", "track"),
    ]
    assert found[1].fields == {"Playlists": (None, ("p",))}


def test_what_left_goes_to_the_trash_where_that_is_wanted_and_comes_back_from_there() -> None:
    wanted = [item("track", "t"), item("track", "u")]
    agreed = agree(plan_sink(SHELF, wanted, []), [])
    rules = Rules(trash_removed=True)
    plan = plan_sink(SHELF, wanted[:1], agreed, rules=rules)
    assert [(each.action, each.fields) for each in plan.actions] == [
        ("remove", {IN_TRASH: (False, True)})
    ]
    after = agree(plan, agreed)
    assert not plan_sink(SHELF, wanted[:1], after, rules=rules).actions
    (back,) = plan_sink(SHELF, wanted, after).actions
    assert back.fields == {"Removed": (True, False), IN_TRASH: (True, False)}
    assert not plan_sink(SHELF, wanted, agree(plan_sink(SHELF, wanted, after), after)).actions


def test_what_was_only_marked_goes_to_the_trash_later() -> None:
    wanted = [item("track", "t"), item("track", "u")]
    agreed = agree(plan_sink(SHELF, wanted, []), [])
    marked = agree(plan_sink(SHELF, wanted[:1], agreed), agreed)
    (trash,) = plan_sink(SHELF, wanted[:1], marked, rules=Rules(trash_removed=True)).actions
    assert trash.fields == {IN_TRASH: (False, True)}


def test_where_there_is_no_place_for_the_mark_nothing_is_marked() -> None:
    agreed = agree(plan_sink(SHELF, [item("track", "t"), item("track", "u")], []), [])
    assert not plan_sink(Shelf(marks=("album",)), [item("track", "t")], agreed).actions


def test_edits_are_what_differs_from_what_was_pushed_or_first_read() -> None:
    before = replace(
        held([item("track", "t", Label="L", Explicit=False, Playlists=("p", "q"))])[0],
        reads_as={"Label": "l"},
    )
    now: dict[str, Value] = {"Name": "track t", "Label": "l", "Playlists": ("q", "p")}
    assert edits_of(before, now, TRACK) == {}
    assert edits_of(before, {**now, "Label": "L"}, TRACK) == {"Label": "L"}
    assert edits_of(before, {**now, "Energy": 0.5}, TRACK) == {"Energy": 0.5}
    less: dict[str, Value] = {**now, "Playlists": ("q",)}
    assert edits_of(before, less, TRACK) == {"Playlists": ("q",)}
    assert edits_of(before, less, TRACK, {("playlist", "p")}) == {}


def test_what_a_person_wrote_as_we_wanted_it_is_agreed() -> None:
    before = held([item("track", "t", Label="L")], {"Label": "M", "Rest": "mine"})[0]
    now = absorbed(before, item("track", "t", Label="M", Rest="r"))
    assert now.properties["Label"] == "M"
    assert now.edits == {"Rest": "mine"}


def test_adopting_loses_nothing_of_a_person() -> None:
    wanted = item(
        "track", "t", Label="L", Popularity=50, Source="a", Playlists=("p", "q"), Album=("a",)
    )
    there: dict[str, Value] = {
        "Name": "my name for it", "Popularity": 60, "Source": "b", "Playlists": ("p",),
        "Album": ("b",),
    }  # fmt: skip
    theirs = adopted(wanted, "here", there, TRACK, trashed=False, signed=False)
    assert set(theirs.edits) == {"Name", "Album", "Popularity", "Source"}
    found = adopted(wanted, "here", there, TRACK, trashed=False, signed=True)
    assert found.edits == {"Name": "my name for it", "Album": ("b",)}
    (conflict,) = actions([wanted], [found])
    assert conflict.action == "conflict"
    (update,) = resolved([wanted], [found], "keep-theirs")[0]
    assert update.fields == {
        "Label": (None, "L"), "Popularity": (60, 50), "Source": ("b", "a"),
        "Playlists": (("p",), ("p", "q")),
    }  # fmt: skip


def test_what_is_found_in_the_trash_is_ours_only_where_it_was_marked_before() -> None:
    wanted = item("track", "t")
    theirs = adopted(wanted, "here", {"Name": "track t"}, TRACK, trashed=True, signed=True)
    assert theirs.edits == {IN_TRASH: TRASHED}
    marked: dict[str, Value] = {"Name": "track t", "Removed": "2026-01-01T00:00:00Z"}
    ours = adopted(wanted, "here", marked, TRACK, trashed=True, signed=True)
    assert (ours.edits, ours.removed, ours.trashed) == ({}, True, True)
    (back,) = actions([wanted], [ours])
    assert back.reason == "back in the library"


def test_a_better_key_is_the_same_thing_also_in_relations() -> None:
    before = agree(
        plan_sink(SHELF, [item("playlist", "csv:p"), item("track", "t", Playlists=("csv:p",))], []),
        [],
    )
    playlist = replace(item("playlist", "spotify:p", Key="spotify:p"), also=("csv:p",))
    wanted: dict[Target, Item] = {
        ("playlist", "spotify:p"): playlist,
        ("track", "t"): item("track", "t", Playlists=("spotify:p",)),
    }
    by_target = {(each.entity, each.key): each for each in before}
    renames = renamed_keys(wanted, by_target)
    assert renames == {("playlist", "csv:p"): ("playlist", "spotify:p")}
    now = rekeyed(by_target, renames, SHELF.policies)
    (update,) = actions(list(wanted.values()), list(now.values()))
    assert (update.action, update.key) == ("update", "spotify:p")
    assert set(update.fields) == {"Name", "Key"}
