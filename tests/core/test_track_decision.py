"""Decisions on tracks: the later one holds, and what is left never contradicts itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.identity import TrackKey
from syncengine.core.track_decision import Groups, TrackDecision, decision, settle

A, B, C = (TrackKey(f"spotify:track:{each}") for each in "ABC")


def test_a_decision_has_its_tracks_in_order() -> None:
    assert decision("same", B, A) == TrackDecision("same", A, B)


def test_the_later_of_two_on_one_pair_holds() -> None:
    found = settle([decision("same", A, B), decision("different", B, A)])
    assert (found.same, set(found.different)) == ((), {(A, B)})
    assert found.overruled == (TrackDecision("same", A, B),)


def test_of_three_that_contradict_the_first_gives_way() -> None:
    made = [decision("same", A, B), decision("same", B, C), decision("different", A, C)]
    found = settle(made)
    assert found.overruled == (made[0],)
    assert (set(found.same), set(found.different)) == ({(B, C)}, {(A, C)})
    found = settle([made[2], made[0], made[1]])
    assert found.overruled == (made[2],)
    assert (set(found.same), found.different) == ({(A, B), (B, C)}, frozenset())


def test_decisions_follow_a_track_to_its_own_key() -> None:
    meta = TrackKey("meta:1")
    found = settle([decision("different", meta, B)], {meta: A})
    assert found.different == {(A, B)}
    assert settle([decision("same", meta, A)], {meta: A}).same == ()


keys = st.sampled_from([TrackKey(each) for each in "abcdef"])
made = st.lists(
    st.builds(decision, st.sampled_from(("same", "different")), keys, keys).filter(
        lambda each: each.one != each.other
    ),
    max_size=20,
)


@given(made)
def test_what_holds_contradicts_nothing(decisions: list[TrackDecision]) -> None:
    found = settle(decisions)
    groups = Groups()
    for pair in found.same:
        groups.join(*pair)
    assert all(groups.find(one) != groups.find(other) for one, other in found.different)
    assert len(found.overruled) <= max(0, len(decisions) - 1)


@given(made)
def test_the_last_decision_always_holds(decisions: list[TrackDecision]) -> None:
    found = settle(decisions)
    if decisions:
        verdict, *pair = decisions[-1]
        assert tuple(pair) in (found.same if verdict == "same" else found.different)


@given(made)
def test_taking_back_what_is_overruled_changes_nothing(decisions: list[TrackDecision]) -> None:
    found = settle(decisions)
    left = list(reversed(decisions))
    for each in found.overruled:
        left.reverse()
        left.remove(each)
        left.reverse()
    again = settle(list(reversed(left)))
    assert again.overruled == ()
    assert (set(again.same), again.different) == (set(found.same), found.different)
