"""Two tracks: what the rules say of the labelled pairs, and laws that hold for any two."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.duplicate_evidence import KnownTrack
from syncengine.core.duplicate_pair import compare, is_parted
from syncengine.core.duplicates import HeldTrack
from syncengine.core.identity import TrackKey
from syncengine.core.song import SongFacts
from tests.labelled_pairs import Pair, finding, labelled_pairs

ACTS = ("certain", "likely")


def labelled(label: str) -> list[Pair]:
    return [each for each in labelled_pairs() if each.label == label]


def test_there_are_many_pairs_of_every_kind_of_complaint() -> None:
    pairs = labelled_pairs()
    assert len({(each.one, each.other) for each in pairs}) >= 330
    assert Counter(each.label for each in pairs).keys() == {"same", "different", "form"}
    assert len({each.theme for each in pairs}) >= 19


def test_nothing_that_is_another_recording_is_certain() -> None:
    wrong = [
        (pair, told)
        for pair in (*labelled("different"), *labelled("form"))
        if (told := finding(pair)) is not None and told.confidence == "certain"
    ]
    assert wrong == []


def test_nearly_all_that_is_one_recording_is_certain_or_likely() -> None:
    told = Counter(
        found.confidence if (found := finding(pair)) else "none" for pair in labelled("same")
    )
    assert (told["certain"] + told["likely"]) / told.total() >= 0.92
    assert told["certain"] / told.total() >= 0.5


def test_hardly_anything_that_is_another_recording_is_likely() -> None:
    pairs = labelled("different")
    likely = [pair for pair in pairs if (told := finding(pair)) and told.confidence in ACTS]
    assert len(likely) / len(pairs) <= 0.03


def test_clean_versions_and_remasters_are_found_as_what_they_are() -> None:
    pairs = labelled("form")
    kinds = [told.kind for pair in pairs if (told := finding(pair)) and told.confidence in ACTS]
    assert set(kinds) == {"clean-explicit", "remaster"}
    assert len(kinds) / len(pairs) >= 0.96


def test_the_page_has_the_figures_of_this_very_set() -> None:
    page = (Path(__file__).parents[2] / "docs" / "duplicates.md").read_text("utf-8")
    assert f"{len(labelled_pairs())} labelled pairs" in page
    rows = {
        "same": "one recording",
        "different": "two recordings",
        "form": "clean version or remaster of it",
    }
    for label, row in rows.items():
        told = Counter(
            found.confidence if (found := finding(pair)) else "none" for pair in labelled(label)
        )
        cells = [str(told[each]) for each in ("certain", "likely", "unsure", "none")]
        if label != "same":
            cells[0] = f"**{cells[0]}**"
        assert f"| {row} ({told.total()}) | {' | '.join(cells)} |" in page


def test_every_finding_has_a_reason_in_a_sentence() -> None:
    for pair in labelled_pairs():
        told = finding(pair)
        if told is not None:
            assert told.reason[0].isupper(), told
            assert told.reason.endswith("."), told


def test_the_order_of_two_tracks_does_not_matter() -> None:
    for pair in labelled_pairs():
        one, other = finding(pair), finding(pair, turned=True)
        assert (one and (one.kind, one.confidence, one.reason, one.keep)) == (
            other and (other.kind, other.confidence, other.reason, other.keep)
        )


ISRC, OTHER_ISRC = "QZABC2000001", "QZABC2000002"
FACTS = SongFacts(
    TrackKey("spotify:track:1"), "Kettle Waltz", ("The Otters",), "Tea", ISRC, 200_000, False
)


def track(number: int = 1, released: str | None = "2001", **said: Any) -> KnownTrack:
    song = FACTS._replace(key=TrackKey(f"spotify:track:{number}"))._replace(**said)
    return KnownTrack(HeldTrack(song, released=released))


@pytest.mark.parametrize(
    ("said", "confidence"),
    [
        ({}, "certain"),
        ({"album": "Hits"}, "certain"),
        ({"duration_ms": 202_000}, "certain"),
        ({"duration_ms": 202_001}, "likely"),
        ({"duration_ms": 208_001}, "unsure"),
        ({"duration_ms": 400_000}, "unsure"),
        ({"duration_ms": None}, "likely"),
        ({"title": "Kettle Waltz - Live"}, "unsure"),
        ({"title": "Kettle Waltz (Fox Remix)"}, "unsure"),
        ({"album": "Live at the Wharf"}, "likely"),
        ({"title": "Teapot Polka"}, "unsure"),
        ({"artists": ("The Badgers",)}, "unsure"),
        ({"title": "Вальс чайника"}, "likely"),
        ({"title": "Вальс чайника", "duration_ms": 205_000}, "unsure"),
    ],
)
def test_one_isrc_is_certain_only_where_nothing_contradicts(
    said: dict[str, Any], confidence: str
) -> None:
    link = compare(track(), track(2, **said))
    assert link is not None
    assert (link.kind, link.confidence) == ("same-isrc", confidence)


@pytest.mark.parametrize(
    ("said", "released", "kind", "confidence"),
    [
        ({}, "2001-03", "same-recording", "certain"),
        ({"duration_ms": 201_000}, "2001", "same-recording", "certain"),
        ({"duration_ms": 202_000}, "2001", "same-recording", "likely"),
        ({"artists": ("The Otters", "Ada")}, "2001", "same-recording", "likely"),
        ({"artists": ("The Otters", "Ada"), "album": "Ada"}, "2001", "re-release", "unsure"),
        ({"explicit": None}, "2001", "same-recording", "likely"),
        ({"album": None}, "2001", "same-recording", "likely"),
        ({}, None, "same-recording", "likely"),
        ({}, "2011", "re-release", "likely"),
        ({"album": "Hits"}, "2001", "re-release", "likely"),
        ({"album": "Hits", "isrc": OTHER_ISRC}, "2011", "re-release", "likely"),
        ({"isrc": OTHER_ISRC}, "2001", "same-recording", "unsure"),
        ({"title": "Kettle Waltz - Remastered"}, "2001", "remaster", "likely"),
        ({"explicit": True}, "2001", "clean-explicit", "likely"),
        ({"title": "Kettle Waltz (Radio Edit)"}, "2001", "same-recording", "unsure"),
    ],
)
def test_names_are_certain_on_one_release_only(
    said: dict[str, Any], released: str | None, kind: str, confidence: str
) -> None:
    link = compare(track(), track(2, released, **{"isrc": None, **said}))
    assert link is not None
    assert (link.kind, link.confidence) == (kind, confidence)


@pytest.mark.parametrize(
    "said",
    [
        {"duration_ms": 202_001},
        {"title": "Kettle Waltz - Live"},
        {"title": "Kettle Waltz, Pt. 2"},
        {"artists": ("The Badgers",)},
        {"album": "Live at the Wharf"},
        {"artists": ("The Otters", "A"), "title": "Another"},
    ],
)
def test_other_lengths_versions_and_artists_are_nothing_to_tell(said: dict[str, Any]) -> None:
    assert compare(track(isrc=None), track(2, **{"isrc": None, **said})) is None


def test_two_places_on_one_release_are_two_tracks() -> None:
    def on(number: int, place: int | None, isrc: str | None = None) -> KnownTrack:
        held = track(number, isrc=isrc).held
        return KnownTrack(held._replace(album_uri="spotify:album:1", number=(1, place)))

    assert compare(on(1, 3), on(2, 9)) is None
    assert compare(on(1, None), on(2, None)) is None
    assert compare(on(1, 3), on(2, 3)) is not None
    told = compare(on(1, 3, ISRC), on(2, 9, ISRC))
    assert told is not None
    assert told.confidence == "likely"


def test_marks_that_may_tell_titles_apart_make_them_less_than_certain() -> None:
    for one, other, confidence in (
        ("Love 💔", "Love ❤", "likely"),
        ("Help!", "Help", "likely"),
        ("Don’t Stop", "Don't Stop", "certain"),
    ):
        told = compare(track(title=one, isrc=None), track(2, title=other, isrc=None))
        assert told is not None
        assert told.confidence == confidence


words = st.sampled_from(
    (
        "",
        " - Live",
        " (Live at Rome)",
        " (Fox Remix)",
        " - Remastered 2011",
        " (Clean)",
        " Pt. 2",
        "!",
    )
)
tracks = st.builds(
    track,
    st.integers(1, 9),
    st.sampled_from((None, "2001", "2011-02")),
    title=st.builds(str.__add__, st.sampled_from(("Kettle Waltz", "Intro", "Вальс", "")), words),
    artists=st.sampled_from(((), ("The Otters",), ("Otters", "Ada"), ("Various Artists",))),
    album=st.sampled_from((None, "Tea", "Live at Rome", "Tea (Remastered)")),
    isrc=st.sampled_from((None, ISRC, OTHER_ISRC, "no isrc")),
    duration_ms=st.sampled_from((None, 0, 12_000, 200_000, 201_500, 209_000)),
    explicit=st.sampled_from((None, True, False)),
)


@given(tracks, tracks)
def test_comparing_is_mutual(one: KnownTrack, other: KnownTrack) -> None:
    if one.key != other.key:
        assert compare(one, other) == compare(other, one)
        assert is_parted(one, other) == is_parted(other, one)


@given(tracks, tracks)
def test_what_is_certain_is_parted_by_nothing(one: KnownTrack, other: KnownTrack) -> None:
    link = compare(one, other) if one.key != other.key else None
    if link is not None and link.confidence == "certain":
        assert not is_parted(one, other)
        assert abs((one.song.duration_ms or 0) - (other.song.duration_ms or 0)) <= 2_000


@given(tracks)
def test_a_track_is_parted_from_nothing_that_is_called_as_it_is(one: KnownTrack) -> None:
    assert not is_parted(one, KnownTrack(one.held._replace(popularity=3)))
