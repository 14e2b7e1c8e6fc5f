"""Laws of matching: what can't matter doesn't, what must win wins, and explanations agree."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.audio_file import Tags
from syncengine.core.file_reading import NamedFile
from syncengine.core.identity import TrackKey
from syncengine.core.likeness import PENALTIES
from syncengine.core.match import (
    CERTAIN,
    GAP_CERTAIN,
    GAP_LIKELY,
    GAP_TWIN,
    LIKELY,
    RULES,
    UNSURE,
    Decisions,
    Matcher,
)
from syncengine.core.song import SongFacts, is_same_recording, read_song
from syncengine.core.version_words import KINDS

KEYS = [TrackKey(f"spotify:track:{number:022}") for number in range(12)]
bases = st.sampled_from(
    [
        "Rain",
        "Long Live",
        "Kettle Waltz",
        "7",
        "雨傘",
        "Чайник",
        "?",
        "Untitled, Pt. 1",
        "🫖",
        "The Last Tram",
    ]
)
words = st.sampled_from(
    ["", "", "", " - Live", " (Fox Remix)", " - 2011 Remaster", " (Clean)", " - Radio Edit"]
)
titles = st.builds(lambda base, word: base + word, bases, words)
artists = st.lists(
    st.sampled_from(["The Otters", "Otters & Snail", "Snail", "Кино", "AC/TC", "!!!"]),
    max_size=2,
    unique=True,
).map(tuple)
albums = st.sampled_from([None, "Tea", "Live at Rome", "Tea (Deluxe)"])
isrcs = st.sampled_from([None, None, "QZABC2000001", "QZABC2000002"])
lengths = st.sampled_from([None, 200_000, 201_000, 203_500, 207_000, 260_000])
libraries = st.lists(
    st.builds(
        SongFacts,
        st.sampled_from(KEYS[:9]),
        titles,
        artists,
        albums,
        isrcs,
        lengths,
        st.sampled_from([None, True, False]),
        st.just(()),
    ),
    max_size=9,
    unique_by=lambda each: each.key,
)
tags = st.builds(
    Tags, titles, artists, albums, isrcs, st.sampled_from([None, None, *KEYS[:10]]), lengths
)
files = st.builds(
    NamedFile,
    st.just("/f"),
    tags | st.builds(Tags, duration_ms=lengths),
    st.sampled_from(
        ["", "Rain", "The Otters - Rain (Live)", "03 - Snail - Long Live", "Kettle Waltz - Snail"]
    ),
)
decisions = st.builds(
    lambda same, other: Decisions({"/f": same} if same else {}, {"/f": other}),
    st.sampled_from([None, None, *KEYS[:10]]),
    st.frozensets(st.sampled_from(KEYS[:9]), max_size=3),
)
UNRELATED = SongFacts(KEYS[11], "Zzyzx Qwv", ("Wvx Jkq",), "Pqz", None, 91_000)


@given(libraries, files, decisions, st.randoms(use_true_random=False))
def test_the_order_of_tracks_never_matters(
    library: list[SongFacts], file: NamedFile, said: Decisions, chance: object
) -> None:
    found = Matcher(library, said).explain(file)
    shuffled = list(library)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random of Hypothesis
    assert Matcher(shuffled, said).explain(file) == found


@given(libraries, st.lists(files, max_size=4), st.data())
def test_other_files_and_their_order_never_matter(
    library: list[SongFacts], many: list[NamedFile], data: st.DataObject
) -> None:
    named = [each._replace(file=f"/{n}") for n, each in enumerate(many)]
    matcher = Matcher(library)
    together = matcher.match_all(data.draw(st.permutations(named)))
    assert together == {each.file: Matcher(library).match(each) for each in named}


@given(libraries, files, decisions)
def test_a_decision_always_wins(library: list[SongFacts], file: NamedFile, said: Decisions) -> None:
    found = Matcher(library, said).match(file)
    if "/f" in said.same:
        assert (found.track, found.tier, found.by) == (said.same["/f"], "certain", "decision")
    else:
        assert found.track not in said.other["/f"]
        assert found.by != "decision"


@given(libraries, files)
def test_an_unrelated_track_changes_nothing(library: list[SongFacts], file: NamedFile) -> None:
    before = Matcher(library).match(file)
    after = Matcher([*library, UNRELATED]).match(file)
    assert (after.track, after.tier, after.by, after.score) == (
        before.track,
        before.tier,
        before.by,
        before.score,
    )


@given(libraries, files, libraries)
def test_no_other_track_changes_a_certain_match_by_id(
    library: list[SongFacts], file: NamedFile, more: list[SongFacts]
) -> None:
    before = Matcher(library).match(file)
    known = {each.key for each in library}
    after = Matcher([*library, *(each for each in more if each.key not in known)]).match(file)
    if before.by == "spotify" and before.tier == "certain":
        assert (after.track, after.tier, after.by) == (before.track, before.tier, before.by)


@given(libraries, files, decisions)
def test_an_explanation_agrees_with_the_outcome(
    library: list[SongFacts], file: NamedFile, said: Decisions
) -> None:
    matcher = Matcher(library, said)
    found = matcher.match(file)
    told = matcher.explain(file)
    assert told.match == found
    assert found.reason.endswith(".")
    assert found.acts == (found.tier in ("certain", "likely"))
    assert (found.track is None) == (found.tier == "none")
    if found.by == "names" and found.best:
        assert found.best == told.candidates[0]
        least = {"certain": CERTAIN, "likely": LIKELY, "unsure": UNSURE, "none": 0}[found.tier]
        assert found.score >= least
    for each in told.candidates:
        left = 1 - sum(penalty.size for penalty in each.penalties)
        if each.penalties or each.score:
            assert abs(each.score - max(0, left)) < 1e-3


@given(libraries, files)
def test_a_track_tells_of_its_files_what_the_files_tell(
    library: list[SongFacts], file: NamedFile
) -> None:
    matcher = Matcher(library)
    found = matcher.match(file)
    if found.track and found.score >= UNSURE:
        told = matcher.explain_track(found.track, [file])
        assert [match for match, _ in told.candidates] == [found]


@given(libraries)
def test_being_one_recording_is_mutual(library: list[SongFacts]) -> None:
    songs = [read_song(each) for each in library]
    for one in songs:
        for other in songs:
            assert is_same_recording(one, other) == is_same_recording(other, one)


@given(libraries, st.integers(0, 8))
def test_a_file_that_says_all_a_track_says_is_of_it_or_of_its_like(
    library: list[SongFacts], number: int
) -> None:
    """Swapping the sides is the same: what is read from the track is what the file says."""
    for each in library[number : number + 1]:
        if not each.artists or each.duration_ms is None:
            continue
        said = Tags(each.title, each.artists, each.album, each.isrc, None, each.duration_ms)
        found = Matcher(library).match(NamedFile("/f", said))
        assert found.score >= LIKELY
        alone = Matcher([each]).match(NamedFile("/f", said))
        assert alone.track == each.key
        assert alone.acts


@given(libraries)
def test_twins_are_all_that_are_the_same_recording(library: list[SongFacts]) -> None:
    matcher = Matcher(library)
    songs = {each.key: read_song(each) for each in library}
    for key in songs:
        shown = songs[matcher.key(key) or key]
        same = {k for k, each in songs.items() if k != key and is_same_recording(shown, each)}
        assert set(matcher.twins(key)) == same
    assert matcher.twins(TrackKey("spotify:track:" + "9" * 22)) == ()


def test_other_penalties_or_limits_are_other_rules() -> None:
    """Whoever changes them raises RULES, so that what is remembered is matched again."""
    limits = (CERTAIN, LIKELY, UNSURE, GAP_CERTAIN, GAP_LIKELY, GAP_TWIN)
    said = repr((limits, sorted(PENALTIES.items()), sorted(KINDS)))
    assert (RULES, hashlib.sha256(said.encode()).hexdigest()[:16]) == (1, "2e170ed94a4b67f7")
