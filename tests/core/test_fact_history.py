"""What it means when a fact is told otherwise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.fact_history import Turn, fact_turns
from syncengine.core.history import shown_facts
from syncengine.core.moment import Instant
from syncengine.core.track import (
    API_RANK,
    NET_RANK,
    Artist,
    Attestation,
    Claim,
    Dialect,
    Recording,
    Release,
    resolve,
)
from tests.builders import track

NET, API = Dialect("exportify.net", "test", NET_RANK), Dialect("spotify", "test", API_RANK)
SONG = track(1)


def said(at: int, dialect: Dialect = NET, **facts: object) -> Attestation:
    recording = Recording(
        facts.get("title"),  # type: ignore[arg-type]  # texts and numbers
        (Artist("Ada"),),
        facts.get("duration_ms"),  # type: ignore[arg-type]
    )
    release = Release("Album", release_date=facts.get("date"))  # type: ignore[arg-type]
    isrc = facts.get("isrc")
    return Attestation(Instant(at), dialect, Claim(SONG, recording, release, isrc=isrc))  # type: ignore[arg-type]


def turns(*told: Attestation) -> list[tuple[int, str, str, object, object, str]]:
    return [
        (t.at, t.source, t.field, t.before, t.after, str(t.turn)) for t in fact_turns(SONG, told)
    ]


def test_the_first_word_makes_facts_known() -> None:
    assert turns(said(5, title="Fog")) == [
        (5, "exportify.net", "title", None, "Fog", "known"),
        (5, "exportify.net", "artists", (), ("Ada",), "known"),
        (5, "exportify.net", "album", None, "Album", "known"),
    ]


def test_the_same_source_that_says_otherwise_is_a_change() -> None:
    found = turns(said(5, title="Fog", duration_ms=1), said(9, title="Fog", duration_ms=2))
    assert found[-1] == (9, "exportify.net", "duration_ms", 1, 2, "changed")


def test_a_better_source_that_says_otherwise_on_its_first_word_corrects() -> None:
    told = (said(5, title="Fog"), said(9, API, title="Fog!"), said(12, API, title="Fog?"))
    assert turns(*told)[-2:] == [
        (9, "spotify", "title", "Fog", "Fog!", "corrected"),
        (12, "spotify", "title", "Fog!", "Fog?", "changed"),
    ]


def test_a_lesser_source_changes_nothing_and_fills_gaps() -> None:
    told = (said(5, API, title="Fog"), said(9, title="Mist", isrc="GBXXX0000001"))
    assert turns(*told)[-1] == (9, "exportify.net", "isrc", None, "GBXXX0000001", "known")


def test_a_date_known_more_precisely_is_no_change() -> None:
    told = (said(5, title="Fog", date="2013"), said(9, title="Fog", date="2013-05-01"))
    assert turns(*told)[-1][2:] == ("release_date", "2013", "2013-05-01", "known")


def test_nothing_said_nothing_to_tell() -> None:
    assert turns() == []


_SAID = st.builds(
    lambda at, dialect, title, length, date: said(
        at, dialect, title=title, duration_ms=length, date=date
    ),
    st.integers(1, 6),
    st.sampled_from([NET, API]),
    st.sampled_from([None, "Fog", "Mist"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, "2013", "2013-05-01", "2014"]),
)


@given(st.lists(_SAID, max_size=6, unique_by=lambda each: (each.at, each.dialect.rank)))
def test_all_turns_together_lead_to_what_holds_now(told: list[Attestation]) -> None:
    told.sort(key=lambda each: (each.at, each.dialect.rank))
    facts = shown_facts(resolve(SONG, ()))
    for each in fact_turns(SONG, told):
        assert facts[each.field] == each.before != each.after
        assert each.turn is Turn.KNOWN or each.before not in (None, ())
        facts[each.field] = each.after
    assert facts == shown_facts(resolve(SONG, told))
