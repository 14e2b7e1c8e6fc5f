"""Playlists merged: every entry is accounted for, and every recording stands once, in the order asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.merging import (
    Held,
    Merge,
    OneRecording,
    Order,
    Origin,
    merge,
    plan_id,
)
from syncengine.core.moment import Instant
from syncengine.core.remote_writing import can_be_added, in_parts
from tests.builders import track

LOCAL = TrackKey("spotify:local:Ada:Home:Song:174")
SOME = [*(track(n) for n in range(8)), LOCAL, TrackKey("meta:1"), TrackKey("unavailable")]
entries = st.lists(
    st.tuples(st.sampled_from(SOME), st.none() | st.integers(1, 9)).map(
        lambda pair: Held(pair[0], None if pair[1] is None else Instant(pair[1]))
    ),
    max_size=12,
)
ONE = OneRecording(track(2), "it has an ISRC", {track(5): "same-isrc", track(6): "same-recording"})


def origin(name: str, held: list[Held]) -> Origin:
    return Origin(PlaylistKey(f"csv:{name}"), name, Instant(1), "csv", held)


def of(*lists: list[Held], order: Order = "given", one: tuple[OneRecording, ...] = ()) -> Merge:
    origins = [origin(str(n), each) for n, each in enumerate(lists)]
    there = {each.track for held in lists for each in held}
    known = [
        each._replace(others={k: v for k, v in each.others.items() if k in there})
        for each in one
        if each.keep in there
    ]
    return merge(origins, known, order=order, takes=can_be_added)


@given(
    st.lists(entries, min_size=1, max_size=4), st.sampled_from(["given", "weight", "first-added"])
)
def test_every_entry_is_accounted_for(lists: list[list[Held]], order: Order) -> None:
    made = of(*lists, order=order, one=(ONE,))
    assert made.entries == sum(map(len, lists))
    gone = sum(made.removed.values()) + len(made.left_out)
    assert made.entries == gone + len(made.result)
    tracks = [each.track for each in made.result]
    assert len(tracks) == len(set(tracks))
    assert all(can_be_added(each) for each in tracks)
    assert sum(each.entries for each in made.result) == made.entries - len(made.left_out)
    assert {each.track for each in made.replaced}.isdisjoint(tracks)
    assert sum(made.weights.values()) == len(tracks)


@given(st.lists(entries, min_size=1, max_size=3))
def test_the_orders_differ_in_order_alone(lists: list[list[Held]]) -> None:
    given_, weight, first = (
        of(*lists, order=order, one=(ONE,)) for order in ("given", "weight", "first-added")
    )
    assert sorted(given_.result) == sorted(weight.result) == sorted(first.result)
    weights = [each.playlists for each in weight.result]
    assert weights == sorted(weights, reverse=True)
    dated = [each.added_at for each in first.result if each.added_at is not None]
    assert dated == sorted(dated)
    undated = [each.added_at is None for each in first.result]
    assert undated == sorted(undated), "what has no date comes last"


def test_what_each_rule_took_and_what_overlaps() -> None:
    a = [Held(track(n), Instant(n)) for n in (1, 2, 5, 1)]
    b = [Held(track(n), Instant(0)) for n in (6, 7, 5)] + [Held(LOCAL, None)]
    made = of(a, b, one=(ONE,))
    assert dict(made.removed) == {"same-id": 2, "same-isrc": 1, "same-recording": 1}
    assert [each.track for each in made.result] == [track(1), track(2), track(7)]
    two = made.result[1]
    assert (two.entries, two.playlists, two.added_at) == (4, 2, 0)
    assert [(each.position, each.reason) for each in made.left_out] == [(3, "local file")]
    assert made.overlaps[0].recordings == 1
    assert list(made.sizes.values()) == [2, 2]


def test_the_plan_is_the_same_for_the_same_and_no_other() -> None:
    a, b = [Held(track(1), Instant(1))], [Held(track(2), None)]
    ids = {
        plan_id("N {date}", "certain", of(a, b)),
        plan_id("M", "certain", of(a, b)),
        plan_id("N {date}", "id", of(a, b)),
        plan_id("N {date}", "certain", of(b, a)),
        plan_id("N {date}", "certain", of(a, b, order="weight")),
        plan_id("N {date}", "certain", of(a, [Held(track(2), Instant(1))])),
    }
    assert len(ids) == 6
    assert plan_id("N {date}", "certain", of(a, b)) in ids


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0]), (1, [1]), (10_000, [10_000]), (15_000, [10_000, 5_000])]
)
def test_parts(count: int, sizes: list[int]) -> None:
    parts = in_parts("Master", [track(n) for n in range(count)])
    assert [len(some) for _, some in parts] == sizes
    assert [name for name, _ in parts] == (
        ["Master"] if len(sizes) == 1 else ["Master (1/2)", "Master (2/2)"]
    )
