"""Tracks without an id: which real track each is, if any."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.alias import SAME_LENGTH_MS, Sketch, comparable, find_aliases

META, REAL, OTHER = 1, 2, 3
SONG = Sketch(META, "Héllo", ("A", "B"), 200_000)


def real(**said: object) -> Sketch:
    return SONG._replace(track=REAL)._replace(**said)  # type: ignore[arg-type]  # any field


def other(**said: object) -> Sketch:
    return SONG._replace(track=OTHER)._replace(**said)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"title": "HELLO"},
        {"artists": ("A, B",)},
        {"duration_ms": 200_000 + SAME_LENGTH_MS},
        {"duration_ms": None},
        {"isrc": "X1"},
    ],
)
def test_one_real_track_of_the_name_is_it(said: dict[str, object]) -> None:
    assert find_aliases([SONG], [real(**said)]) == {META: REAL}


@pytest.mark.parametrize(
    "said",
    [
        {"title": "Hello again"},
        {"title": None},
        {"artists": ("A",)},
        {"duration_ms": 200_001 + SAME_LENGTH_MS},
        {"isrc": "X2"},
    ],
)
def test_another_name_length_or_isrc_is_another_track(said: dict[str, object]) -> None:
    assert find_aliases([SONG._replace(isrc="X1")], [real(**said)]) == {}


def test_of_several_none_is_it_unless_isrc_or_album_decides() -> None:
    assert find_aliases([SONG], [real(), other()]) == {}
    assert find_aliases([SONG._replace(isrc="X1")], [real(isrc="X1"), other()]) == {META: REAL}
    single = SONG._replace(album="Single")
    assert find_aliases([single], [real(album="Album"), other(album="SINGLE")]) == {META: OTHER}
    assert find_aliases([single], [real(album="Single"), other(album="Single")]) == {}


def test_what_one_claim_says_against_it_no_other_outweighs() -> None:
    assert find_aliases([SONG, SONG._replace(isrc="X1")], [real(isrc="X2")]) == {}


sketches = st.lists(
    st.builds(
        Sketch,
        st.integers(1, 4),
        st.sampled_from(["Song", "song", "Sóng", "Other", None]),
        st.sampled_from([("A", "B"), ("A,B",), ("A",)]),
        st.sampled_from([None, 1_000, 2_500, 9_000]),
        st.sampled_from([None, None, "X1", "X2"]),
        st.sampled_from([None, "Single", "Album"]),
    ),
    max_size=8,
)


@given(sketches, sketches, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(
    unnamed: list[Sketch], named: list[Sketch], chance: object
) -> None:
    def mixed(said: Sequence[Sketch]) -> list[Sketch]:
        again = [*said, *said]
        chance.shuffle(again)  # type: ignore[attr-defined]  # a Random
        return again

    assert find_aliases(mixed(unnamed), mixed(named)) == find_aliases(unnamed, named)


@given(sketches, sketches)
def test_an_alias_is_called_what_its_track_is_called(
    unnamed: list[Sketch], named: list[Sketch]
) -> None:
    def names(said: Sequence[Sketch], track: int) -> set[str]:
        return {comparable(each.title) for each in said if each.track == track and each.title}

    for meta, track in find_aliases(unnamed, named).items():
        assert names(unnamed, meta) & names(named, track)
