"""What holds for a track: the best source per field, gaps filled, nothing sound replaced by less."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import (
    API_RANK,
    APP_RANK,
    NET_RANK,
    OLD_RANK,
    Artist,
    Attestation,
    AudioFeatures,
    Claim,
    Dialect,
    Facts,
    Recording,
    Release,
    in_hindsight,
    resolve,
)

KEY = TrackKey("spotify:track:1")
OLD = Dialect("old", "1", OLD_RANK, frozenset({"artists", "title"}))
NET = Dialect("net", "1", NET_RANK)
APP = Dialect("app", "1", APP_RANK)
API = Dialect("api", "1", API_RANK)
DIALECTS = (OLD, NET, APP, API)

titles = st.sampled_from([None, "A", "B", "C"])
dates = st.sampled_from([None, "2020", "2020-05", "2020-05-03", "2020-06", "2021"])
claims = st.builds(
    Claim,
    st.just(KEY),
    st.none() | st.builds(Recording, titles, explicit=st.sampled_from([None, True, False])),
    st.none() | st.builds(Release, titles, release_date=dates),
    st.sampled_from([None, ("rock",), ("pop",)]),
    st.none() | st.builds(AudioFeatures, energy=st.sampled_from([None, 0.0, 0.5])),
    st.sampled_from([None, "X1", "X2"]),
)


@st.composite
def attestations(draw: st.DrawFn) -> list[Attestation]:
    """Draw claims; of one rank at most one holds from each moment on."""
    chosen = draw(st.sets(st.tuples(st.sampled_from(DIALECTS), st.integers(1, 3)), max_size=6))
    return [
        Attestation(Instant(at), dialect, draw(claims)) for dialect, at in sorted(chosen, key=repr)
    ]


def best(said: list[Attestation], group: str, name: str) -> object:
    """Return a field's value by the rule, one field at a time."""
    known = [
        (name not in each.dialect.damages, each.dialect.rank, each.at, value)
        for each in said
        if (whole := getattr(each.claim, group)) is not None
        and (value := getattr(whole, name)) not in (None, ())
    ]
    return max(known, key=lambda each: each[:3])[3] if known else None


@given(attestations())
def test_each_field_is_the_newest_sound_word_of_the_best_source(said: list[Attestation]) -> None:
    facts = resolve(KEY, said)
    assert facts.recording.title == best(said, "recording", "title")
    assert facts.recording.explicit == best(said, "recording", "explicit")
    assert facts.release.album == best(said, "release", "album")
    assert (facts.features and facts.features.energy) == best(said, "features", "energy")
    genres = [(s.dialect.rank, s.at, s.claim.genres) for s in said if s.claim.genres]
    assert facts.genres == max(genres, default=(0, 0, ()))[2]
    codes = [(s.dialect.rank, s.at, s.claim.isrc) for s in said if s.claim.isrc]
    assert facts.isrc == max(codes, default=(0, 0, None))[2]


@given(attestations())
def test_a_date_is_the_best_sources_or_says_more_of_the_same(said: list[Attestation]) -> None:
    date = resolve(KEY, said).release.release_date
    winner = best(said, "release", "release_date")
    assert (date is None) == (winner is None)
    if date is not None:
        assert date.startswith(str(winner))


@given(attestations(), st.randoms(use_true_random=False))
def test_the_order_of_the_words_does_not_matter(said: list[Attestation], chance: object) -> None:
    mixed = list(said)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    assert resolve(KEY, mixed) == resolve(KEY, said)


@given(attestations(), claims)
def test_a_lower_rank_fills_gaps_and_never_replaces(said: list[Attestation], claim: Claim) -> None:
    lowest = Dialect("lowest", "1", OLD_RANK - 1)
    before = resolve(KEY, [each for each in said if each.dialect is not OLD])
    after = resolve(
        KEY, [*(e for e in said if e.dialect is not OLD), Attestation(Instant(9), lowest, claim)]
    )
    for old, new in ((before.recording.title, after.recording.title), (before.isrc, after.isrc)):
        assert old in (None, new)
    assert before.genres in ((), after.genres)
    assert before.release.release_date is None or str(after.release.release_date).startswith(
        before.release.release_date
    )


@given(attestations())
def test_an_empty_claim_changes_nothing(said: list[Attestation]) -> None:
    silent = Attestation(Instant(9), API, Claim(KEY, Recording(), Release(), (), AudioFeatures()))
    assert resolve(KEY, [*said, silent]) == resolve(KEY, said)


@given(claims)
def test_a_word_said_twice_is_said_once_since_the_first_time(claim: Claim) -> None:
    one = resolve(KEY, [Attestation(Instant(1), NET, claim)])
    two = resolve(
        KEY, [Attestation(Instant(1), NET, claim), Attestation(Instant(2), APP, Claim(KEY))]
    )
    assert one == two


def test_a_value_a_dialect_is_known_to_damage_stands_until_a_sound_one_comes() -> None:
    broken = Attestation(Instant(5), OLD, Claim(KEY, Recording("Song Part 2", (Artist("A B"),))))
    facts = resolve(KEY, [broken])
    assert facts.recording.title == "Song Part 2"
    lowest = Attestation(Instant(1), replace(NET, rank=1), Claim(KEY, Recording("Song, Part 2")))
    assert resolve(KEY, [broken, lowest]).recording == Recording("Song, Part 2", (Artist("A B"),))


def test_dates() -> None:
    def dated(dialect: Dialect, date: str, at: int = 1) -> Attestation:
        return Attestation(Instant(at), dialect, Claim(KEY, None, Release(release_date=date)))

    def date(*said: Attestation) -> str | None:
        return resolve(KEY, said).release.release_date

    assert date(dated(API, "2020"), dated(NET, "2020-05-03")) == "2020-05-03"
    assert date(dated(API, "2020"), dated(NET, "2021-05-03")) == "2020"
    assert date(dated(API, "2020-05"), dated(NET, "2020-06-03")) == "2020-05"
    # Two know more and contradict each other: the better source is believed.
    assert date(dated(API, "2020"), dated(APP, "2020-06-01"), dated(NET, "2020-05")) == "2020-06-01"
    assert date(dated(API, "2020"), dated(APP, "2020-06"), dated(NET, "2020-05-01")) == "2020-06"
    assert date(dated(NET, "2020-05-03", 1), dated(NET, "2020", 2)) == "2020-05-03"


def test_nothing_said_is_nothing_known() -> None:
    assert resolve(KEY, []) == Facts(KEY)


def title_in_hindsight(*said: tuple[int, Dialect, str]) -> str | None:
    """Return the title that held at 1 as what was said until later tells it."""
    told = [
        Attestation(Instant(at), dialect, Claim(KEY, Recording(title)))
        for at, dialect, title in said
    ]
    return resolve(KEY, in_hindsight(told, Instant(1))).recording.title


def test_the_first_word_of_a_better_source_held_before() -> None:
    assert title_in_hindsight((1, NET, "A"), (2, APP, "B")) == "B"
    assert title_in_hindsight((1, NET, "A"), (2, APP, "B"), (3, APP, "C")) == "B"
    assert title_in_hindsight((1, NET, "A"), (2, NET, "B")) == "A"
    assert title_in_hindsight((1, APP, "A"), (2, NET, "B")) == "A"
    assert title_in_hindsight((1, APP, "A"), (2, NET, "B"), (3, APP, "C")) == "A"


def test_the_first_sound_word_held_before_a_damaged_one() -> None:
    sound = replace(OLD, damages=frozenset())
    assert title_in_hindsight((1, OLD, "A"), (2, sound, "B"), (3, sound, "C")) == "B"


def test_a_source_that_spoke_of_one_fact_may_be_new_to_another() -> None:
    told = [
        Attestation(Instant(1), NET, Claim(KEY, Recording("A", explicit=False), isrc="X1")),
        Attestation(Instant(1), APP, Claim(KEY, Recording("B"))),
        Attestation(Instant(2), APP, Claim(KEY, Recording("C", explicit=True), isrc="X2")),
    ]
    facts = resolve(KEY, in_hindsight(told, Instant(1)))
    assert (facts.recording, facts.isrc) == (Recording("B", explicit=True), "X2")


@given(attestations(), st.integers(0, 3))
def test_hindsight_keeps_what_was_known_and_gives_the_present_once(
    said: list[Attestation], at: int
) -> None:
    known = in_hindsight(said, Instant(at))
    before = [each for each in said if each.at <= at]
    assert known[: len(before)] == sorted(before, key=lambda each: each.at)
    assert in_hindsight(known, Instant(at)) == known
    everything = resolve(KEY, in_hindsight(said, Instant(3)))
    assert everything == resolve(KEY, sorted(said, key=lambda each: each.at))
