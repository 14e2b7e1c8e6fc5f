"""Which keys are one playlist: by what stands inside, by the roll, by a person's word."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.identity import LIKED, PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.rename import (
    SITTING,
    Trail,
    Verdicts,
    find_joins,
    group_keys,
    seen_together,
)

A, B, C = (PlaylistKey(f"csv:{name}") for name in "abc")
DAY = 86_400


def lines(*tracks: int, stamp: int | None = 1) -> list[Line]:
    return [
        Line(track, None if stamp is None else Instant(stamp + track), None, 1, None)
        for track in tracks
    ]


def joined(
    *seen: tuple[PlaylistKey, int, Sequence[Line]],
    gone: dict[PlaylistKey, list[Instant]] | None = None,
    verdicts: Verdicts | None = None,
) -> list[tuple[PlaylistKey, PlaylistKey]]:
    contents: list[Sequence[Line]] = []
    trails: dict[PlaylistKey, Trail] = {}
    for key in dict.fromkeys(key for key, _, _ in seen):
        mine = sorted(
            ((at, content) for k, at, content in seen if k == key),
            key=lambda each: (each[0], str(each[1])),
        )
        numbers = range(len(contents), len(contents) + len(mine))
        contents += [content for _, content in mine]
        times = [Instant(at) for at, _ in mine]
        trails[key] = Trail(key, times, list(numbers), (gone or {}).get(key, ()))
    found = find_joins(trails, contents.__getitem__, verdicts or Verdicts())
    return [(join.earlier, join.later) for join in found]


def test_half_and_five_make_a_rename() -> None:
    old = (A, DAY, lines(*range(10)))
    assert joined(old, (B, 2 * DAY, lines(*range(5), *range(20, 25)))) == [(A, B)]
    assert joined(old, (B, 2 * DAY, lines(*range(5), *range(20, 26)))) == []
    assert joined((A, DAY, lines(*range(4))), (B, 2 * DAY, lines(*range(4)))) == []


def test_a_copy_is_no_rename() -> None:
    assert joined((A, DAY, lines(*range(9))), (B, 2 * DAY, lines(*range(9), stamp=500))) == []


def test_playlists_seen_side_by_side_are_two() -> None:
    both = [(A, DAY, lines(*range(9))), (B, 2 * DAY, lines(*range(9)))]
    assert joined(*both, (A, 2 * DAY + SITTING - 1, lines(1))) == []
    assert joined(*both, (A, 2 * DAY + SITTING, lines(1))) == [(A, B)]


def test_without_stamps_the_roll_must_say_that_the_old_one_is_gone() -> None:
    both = [(A, DAY, lines(*range(9), stamp=None)), (B, 2 * DAY, lines(*range(9), stamp=None))]
    assert joined(*both) == []
    assert joined(*both, gone={A: [Instant(2 * DAY)]}) == [(A, B)]


def test_liked_songs_and_two_spotify_ids_are_never_renames() -> None:
    one, other = (PlaylistKey(f"spotify:playlist:{n:022d}") for n in (1, 2))
    for left, right in ((LIKED, A), (A, LIKED), (one, other)):
        assert joined((left, DAY, lines(*range(9))), (right, 2 * DAY, lines(*range(9)))) == []
    assert joined((A, DAY, lines(*range(9))), (one, 2 * DAY, lines(*range(9)))) == [(A, one)]


def test_there_and_back_is_one_playlist() -> None:
    seen = [
        (A, DAY, lines(*range(9))),
        (B, 2 * DAY, lines(*range(9))),
        (A, 3 * DAY, lines(*range(9))),
    ]
    assert joined(*seen) == [(A, B)]


def test_people_have_the_last_word() -> None:
    alike = [(A, DAY, lines(*range(9))), (B, 2 * DAY, lines(*range(9)))]
    apart = [(A, DAY, lines(1)), (B, DAY, lines(2))]
    pair = frozenset((A, B))
    assert joined(*alike, verdicts=Verdicts(different=frozenset({pair}))) == []
    assert joined(*apart, verdicts=Verdicts(same=frozenset({pair}))) == [(A, B)]


def test_a_playlist_that_people_set_apart_is_not_joined_through_a_third() -> None:
    seen = [(key, day * DAY, lines(*range(9))) for day, key in enumerate((A, B, C), start=1)]
    apart = Verdicts(different=frozenset({frozenset((A, C)), frozenset((B, C))}))
    assert joined(*seen, verdicts=apart) == [(A, B)]


seen_things = st.lists(
    st.tuples(
        st.sampled_from([A, B, C, LIKED]),
        st.integers(1, 4).map(lambda day: day * DAY),
        st.sampled_from([lines(*range(9)), lines(*range(4, 13)), lines(*range(9), stamp=None)]),
    ),
    min_size=1,
    max_size=6,
)


@given(seen_things, st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_learned_does_not_matter(
    seen: list[tuple[PlaylistKey, int, list[Line]]], chance: object
) -> None:
    mixed = list(seen)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    assert joined(*mixed) == joined(*seen)


@given(seen_things)
def test_nothing_in_a_group_was_ever_seen_together(
    seen: list[tuple[PlaylistKey, int, list[Line]]],
) -> None:
    trails: dict[PlaylistKey, list[Instant]] = {}
    for key, at, _ in sorted(seen, key=lambda each: each[1]):
        trails.setdefault(key, []).append(Instant(at))
    contents: list[Sequence[Line]] = [content for _, _, content in seen]
    found = find_joins(
        {key: Trail(key, times, [0] * len(times)) for key, times in trails.items()},
        contents.__getitem__,
        Verdicts(),
    )
    for group in group_keys(trails, found):
        for left in group:
            for right in group - {left}:
                assert not seen_together(trails[left], trails[right])


times = st.lists(st.integers(0, 5 * SITTING).map(Instant), max_size=5).map(sorted)


@given(times, times)
def test_together_is_within_one_sitting(left: list[Instant], right: list[Instant]) -> None:
    assert seen_together(left, right) == any(abs(a - b) < SITTING for a in left for b in right)
