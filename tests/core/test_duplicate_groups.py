"""Groups: what is one goes together, and nothing that is another brings two together."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.duplicate_evidence import KnownTrack
from syncengine.core.duplicate_index import pairs_to_compare
from syncengine.core.duplicate_search import Recording, find_among, recordings
from syncengine.core.duplicates import (
    CONFIDENCES,
    KINDS,
    SAME,
    Confidence,
    DuplicateKind,
    HeldTrack,
    Place,
    narrow,
)
from syncengine.core.identity import UNAVAILABLE, PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.song import SongFacts
from syncengine.core.track_decision import TrackDecisions, Verdict, decision, settle

I1, I2, I3 = "QZABC2000001", "QZABC2000002", "QZABC2000003"


def key(name: str) -> TrackKey:
    return TrackKey(f"spotify:track:{name:0>22}")


def held(name: str, title: str = "Kettle Waltz", **said: Any) -> HeldTrack:
    facts = SongFacts(key(name), title, ("The Otters",), "Tea", None, 200_000, False)
    return HeldTrack(facts._replace(**said), released="2001")


def place(name: str, playlist: str = "one", position: int = 0, added: int | None = None) -> Place:
    return Place(
        PlaylistKey(playlist), position, key(name), None if added is None else Instant(added)
    )


def decided(*made: tuple[Verdict, str, str]) -> TrackDecisions:
    return settle([decision(verdict, key(one), key(other)) for verdict, one, other in made])


def sets(found: Iterable[Recording]) -> set[frozenset[str]]:
    return {frozenset(each.lstrip("0") for each in _names(one)) for one in found}


def _names(one: Recording) -> list[str]:
    return [track.removeprefix("spotify:track:") for track in one.tracks]


def test_what_is_tied_by_a_third_is_one_group() -> None:
    tracks = [held("a", isrc=I1), held("b", isrc=I1, album="Hits"), held("c", album="Hits")]
    assert sets(recordings(tracks)) == {frozenset("abc")}
    assert recordings([tracks[0], tracks[2]]) == []


@pytest.mark.parametrize("word", [" - Live", " (Fox Remix)", " (Acoustic)", " - Remastered 2011"])
def test_another_version_never_joins_two(word: str) -> None:
    # A wrong ISRC on either side ties the version to two studio recordings that differ in their own.
    tracks = [
        held("a", isrc=I1),
        held("b", f"Kettle Waltz{word}", isrc=I1),
        held("c", f"Kettle Waltz{word}", isrc=I2, album="Hits"),
        held("d", isrc=I2, album="Hits"),
    ]
    for least in ("certain", "likely"):
        for each in sets(recordings(tracks, least=least)):
            assert each in ({"a", "d"}, {"b", "c"})


def test_a_live_album_never_joins_two_studio_versions() -> None:
    tracks = [
        held("a", isrc=I1),
        held("b", isrc=I1, album="Live at the Wharf"),
        held("c", isrc=I3, album="Hits"),
    ]
    for each in sets(recordings(tracks, least="likely")):
        assert not {"b", "c"} <= each


def test_many_small_steps_of_length_are_no_long_one() -> None:
    tracks = [held(f"t{n}", duration_ms=200_000 + 1_500 * n, album=f"A{n}") for n in range(20)]
    lengths = {each.key: each.song.duration_ms or 0 for each in tracks}
    found = recordings(tracks, least="likely")
    assert found
    for each in found:
        spread = [lengths[track] for track in each.tracks]
        assert max(spread) - min(spread) <= 4_000


def test_clean_and_explicit_are_no_one_recording_but_told() -> None:
    tracks = [held("a", explicit=True), held("b", explicit=False), held("c", explicit=True)]
    assert sets(recordings(tracks, least="likely")) == {frozenset("ac")}
    told = find_among(
        tracks, [place(each, position=n) for n, each in enumerate("abc")]
    ).in_playlists
    assert {(each.kind, each.confidence) for each in told} == {
        ("same-recording", "certain"),
        ("clean-explicit", "likely"),
    }
    both = frozenset({"same-recording", "clean-explicit"})
    assert sets(recordings(tracks, least="likely", kinds=both)) == {frozenset("abc")}  # type: ignore[arg-type]  # texts


def test_kinds_and_confidence_limit_what_is_one() -> None:
    tracks = [
        held("a", isrc=I1),
        held("b", isrc=I1, album="Hits"),
        held("c", album="Hits", explicit=None),
    ]
    assert sets(recordings(tracks, least="likely", kinds={"same-isrc"})) == {frozenset("ab")}
    assert sets(recordings(tracks, least="likely")) == {frozenset("abc")}


# Decisions


def test_same_joins_whatever_the_rules_say() -> None:
    tracks = [held("a"), held("b", "Teapot Polka", artists=("Badgers",), duration_ms=90_000)]
    assert recordings(tracks) == []
    (found,) = recordings(tracks, decided(("same", "a", "b")))
    assert {link.kind for link in found.links} == {"decided"}
    (told,) = find_among(tracks, [place("a"), place("b")], decided(("same", "a", "b"))).in_playlists
    assert (told.kind, told.confidence) == ("decided", "certain")
    assert sets(recordings(tracks, decided(("same", "b", "a"), ("different", "a", "b")))) == set()


def test_same_takes_the_others_of_both_along() -> None:
    tracks = [
        held("a", isrc=I1),
        held("b", isrc=I1),
        held("c", "Polka", isrc=I2),
        held("d", "Polka", isrc=I2),
    ]
    found = recordings(tracks, decided(("same", "a", "c")))
    assert sets(found) == {frozenset("abcd")}


def test_different_parts_also_by_way_of_others() -> None:
    tracks = [
        held("a", isrc=I1),
        held("b", isrc=I1, album="Hits"),
        held("c", isrc=I1, album="Gold"),
    ]
    assert sets(recordings(tracks)) == {frozenset("abc")}
    (found,) = sets(recordings(tracks, decided(("different", "a", "c"))))
    assert len(found) == 2
    assert "b" in found
    parted = decided(("different", "a", "c"), ("different", "b", "c"), ("different", "a", "b"))
    assert recordings(tracks, parted, least="unsure") == []
    places = [place(each, position=n) for n, each in enumerate("abc")]
    assert find_among(tracks, places, parted).in_playlists == []


def test_a_twin_of_two_that_a_person_parted_brings_them_not_together() -> None:
    tracks = [held("a"), held("b", explicit=True), held("c", album="Hits")]
    parted = decided(("different", "a", "c"))
    (found,) = sets(recordings(tracks, parted, least="likely", kinds=frozenset(KINDS)))
    assert found in ({"a", "b"}, {"b", "c"})


def test_what_was_decided_of_absent_tracks_waits() -> None:
    assert recordings([held("a")], decided(("same", "a", "z"), ("different", "a", "y"))) == []


# Where


def test_a_track_twice_in_one_playlist_is_a_duplicate_and_in_two_it_is_not() -> None:
    tracks = [held("a")]
    places = [place("a", added=5), place("a", position=7, added=3), place("a", "two", added=1)]
    found = find_among(tracks, places)
    (told,) = found.in_playlists
    assert (told.kind, told.confidence, told.keep) == ("same-id", "certain", key("a"))
    assert (told.where[0].position, told.rule) == (7, "it was added first")
    assert (found.across, found.shared) == ([], 1)
    (shared,) = find_among(tracks, places, with_shared=True).across
    assert (shared.kind, shared.where[0].playlist) == ("same-id", "two")
    assert (
        find_among(tracks, [place("a"), place("a", position=1)]).in_playlists[0].rule
        == "it stands first"
    )


def test_across_are_those_that_stand_in_several_playlists() -> None:
    tracks = [held("a", isrc=I1), held("b", isrc=I1, album="Hits")]
    found = find_among(tracks, [place("a", added=9), place("b", "two", added=3)])
    (told,) = found.across
    assert found.in_playlists == []
    assert (told.keep, told.rule, told.kind) == (key("b"), "it was added first", "same-isrc")
    assert [each.track for each in told.where] == [key("b"), key("a")]
    assert found.titles == {
        key("a"): "The Otters – Kettle Waltz",
        key("b"): "The Otters – Kettle Waltz",
    }
    within = find_among(tracks, [place("a"), place("b", position=1)])
    assert (len(within.in_playlists), within.across) == (1, [])


def test_a_playlist_tells_of_what_is_tied_by_a_track_elsewhere() -> None:
    tracks = [
        held("a", isrc=I1),
        held("b", isrc=I1, album="Hits"),
        held("c", album="Hits", explicit=None),
    ]
    (told,) = find_among(
        tracks, [place("a"), place("c", position=1), place("b", "two")]
    ).in_playlists
    assert set(told.tracks) == {key("a"), key("c")}
    assert told.confidence == "likely"


def test_unavailable_entries_are_no_duplicates_of_each_other() -> None:
    gone = HeldTrack(SongFacts(UNAVAILABLE, ""))
    places = [Place(PlaylistKey("one"), n, UNAVAILABLE, None) for n in range(3)]
    found = find_among([gone], places)
    assert (found.in_playlists, found.across, found.shared) == ([], [], 0)
    assert recordings([gone, gone]) == []


def test_narrowing_keeps_what_is_asked_for() -> None:
    tracks = [held("a", isrc=I1), held("b", isrc=I1), held("c", explicit=True, isrc=I2)]
    found = find_among(tracks, [place(each, position=n) for n, each in enumerate("abc")])
    assert [each.kind for each in found.in_playlists] == ["same-isrc", "clean-explicit"]
    assert [each.kind for each in narrow(found, least="certain").in_playlists] == ["same-isrc"]
    assert [each.kind for each in narrow(found, ["clean-explicit"]).in_playlists] == [
        "clean-explicit"
    ]
    assert narrow(found, ["remaster"]).in_playlists == []


# Laws

_SAID = st.fixed_dictionaries(
    {
        "title": st.sampled_from(
            ["Kettle Waltz", "Kettle Waltz - Live", "Kettle Waltz (Remastered)"]
        ),
        "album": st.sampled_from(["Tea", "Hits", "Live at Rome", None]),
        "isrc": st.sampled_from([None, I1, I2]),
        "duration_ms": st.sampled_from([None, 200_000, 201_500, 203_000, 240_000]),
        "explicit": st.sampled_from([True, False, None]),
    }
)
_TRACKS = st.lists(_SAID, min_size=2, max_size=7)
_NAMES = st.sampled_from([f"t{n}" for n in range(7)])
_DECIDED = st.lists(st.tuples(st.sampled_from(["same", "different"]), _NAMES, _NAMES), max_size=4)


@given(_TRACKS, _DECIDED, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_any_order(
    said: list[dict[str, Any]], made: list[tuple[Verdict, str, str]], dice: random.Random
) -> None:
    tracks = [held(f"t{n}", **each) for n, each in enumerate(said)]
    decisions = decided(*(each for each in made if each[1] != each[2]))
    places = [place(f"t{n}", f"p{n % 2}", n) for n in range(len(tracks))]
    found = find_among(tracks, places, decisions)
    mixed = dice.sample(tracks, len(tracks))
    again = find_among(mixed, places, decisions)
    assert (found.in_playlists, found.across) == (again.in_playlists, again.across)
    assert recordings(tracks, decisions) == recordings(mixed, decisions)


@given(_TRACKS, _DECIDED, st.sampled_from(CONFIDENCES), st.sampled_from([SAME, frozenset(KINDS)]))
def test_sets_keep_every_decision_and_hold_each_track_once(
    said: list[dict[str, Any]],
    made: list[tuple[Verdict, str, str]],
    least: Confidence,
    kinds: frozenset[DuplicateKind],
) -> None:
    tracks = [held(f"t{n}", **each) for n, each in enumerate(said)]
    decisions = decided(*(each for each in made if each[1] != each[2]))
    group_of: dict[TrackKey, int] = {}
    for number, each in enumerate(recordings(tracks, decisions, least=least, kinds=kinds)):
        assert each.keep == each.tracks[0]
        for track in each.tracks:
            assert track not in group_of
            group_of[track] = number
    known = {each.key for each in tracks}
    for one, other in decisions.same:
        if {one, other} <= known:
            assert group_of[one] == group_of[other]
    for one, other in decisions.different:
        assert one not in group_of or group_of[one] != group_of.get(other)


@given(_TRACKS)
def test_what_is_certain_stays_one_where_less_is_asked_for(said: list[dict[str, Any]]) -> None:
    tracks = [held(f"t{n}", **each) for n, each in enumerate(said)]
    likely = sets(recordings(tracks, least="likely"))
    assert all(any(each <= more for more in likely) for each in sets(recordings(tracks)))


def test_thousands_of_one_name_are_no_million_comparisons() -> None:
    alike = [held(f"{n}", isrc=I1) for n in range(1_000)]
    compared = sum(1 for _ in pairs_to_compare(map(KnownTrack, alike)))
    assert compared <= 12 * len(alike)
    (found,) = recordings(alike)
    assert len(found.tracks) == len(alike)
